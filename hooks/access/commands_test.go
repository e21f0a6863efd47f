package access_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"recado/collections"
	"recado/hooks"
	"recado/hooks/access"
	"recado/hooks/recadotest"
)

// run runs a command as the line does and returns what it prints.
func run(t *testing.T, command *cobra.Command, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetArgs(args)
	err := command.Execute()

	return out.String(), err
}

// fingerprint is every row of every declared collection that commands could change.
func fingerprint(t *testing.T, app core.App) string {
	t.Helper()
	var all strings.Builder
	for _, def := range collections.All() {
		records, err := app.FindAllRecords(def.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			all.WriteString(record.Id + record.GetString("updated") + record.GetString("tokenKey") + "\n")
		}
	}

	return all.String()
}

// Parity: LS-auth-login, WB-scripts.
func TestSetupCommand(t *testing.T) {
	app := recadotest.New(t, nil)
	command := func(password string) *cobra.Command {
		return access.SetupCommand(app, access.CommandDeps{Prepare: hooks.Prepare, Password: password})
	}
	args := []string{"--email", "bia@example.com", "--name", "Bia", "--company", "Salão", "--timezone", "America/Sao_Paulo", "--locale", "pt-BR"}

	if _, err := run(t, command(""), args...); err == nil || !strings.Contains(err.Error(), "RECADO_PASSWORD") {
		t.Errorf("without a password: %v", err)
	}
	if _, err := run(t, command("segredo123"), "--email", "bia"); err == nil {
		t.Error("nonsense was accepted")
	}

	out, err := run(t, command("segredo123"), args...)
	if err != nil || !strings.Contains(out, "bia@example.com") {
		t.Fatalf("%v: %s", err, out)
	}
	app.Do("POST", "/api/collections/users/auth-with-password", "", map[string]any{"identity": "bia@example.com", "password": "segredo123"}).Must(t, 200)
	company, err := app.FindFirstRecordByData(collections.Companies, "slug", "salao")
	if err != nil || company.GetString("timezone") != "America/Sao_Paulo" || company.GetString("locale") != "pt-BR" {
		t.Errorf("company %v (%v)", company, err)
	}
	app.Do("POST", setupPath, "", setupForm()).Must(t, 403)

	app.Access.Drain()
	before := fingerprint(t, app)
	out, err = run(t, command("another123"), "--email", "x@example.com")
	if err != nil || !strings.Contains(out, "Nothing was changed") {
		t.Errorf("second run: %v: %s", err, out)
	}
	if fingerprint(t, app) != before {
		t.Error("the second run changed something")
	}
}
