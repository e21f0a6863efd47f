package access_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

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
		return access.SetupCommand(app, access.CommandDeps{Prepare: hooks.Prepare, Password: password, Now: time.Now})
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

	before := fingerprint(t, app)
	out, err = run(t, command("another123"), "--email", "x@example.com")
	if err != nil || !strings.Contains(out, "Nothing was changed") {
		t.Errorf("second run: %v: %s", err, out)
	}
	if fingerprint(t, app) != before {
		t.Error("the second run changed something")
	}
}

// Parity: WB-scripts.
func TestDemo(t *testing.T) {
	app := recadotest.New(t, nil)
	command := func() *cobra.Command {
		return access.DemoCommand(app, access.CommandDeps{Prepare: hooks.Prepare, Now: time.Now})
	}
	if _, err := run(t, command()); err == nil || !strings.Contains(err.Error(), "set Recado up first") {
		t.Errorf("without a company: %v", err)
	}

	answer := app.Do("POST", setupPath, "", setupForm()).Must(t, 200).JSON
	token, company := answer["token"].(string), answer["company"].(map[string]any)["id"].(string)
	empty := fingerprint(t, app)
	if out, err := run(t, command()); err != nil {
		t.Fatalf("%v: %s", err, out)
	}

	// What the owner sees is worth looking at.
	for collection, least := range map[string]int{collections.Contacts: 10, collections.Conversations: 6, collections.Appointments: 4, collections.Messages: 15} {
		items := app.Do("GET", "/api/collections/"+collection+"/records?perPage=200&company="+company, token, nil).Must(t, 200).Items()
		if len(items) < least {
			t.Errorf("%d %s, want at least %d", len(items), collection, least)
		}
	}
	var due int
	if err := app.DB().NewQuery(`SELECT (SELECT count(*) FROM conversations WHERE triage_due != '') + (SELECT count(*) FROM messages WHERE status IN ('queued','sending'))`).Row(&due); err != nil || due != 0 {
		t.Errorf("%d conversations or messages wait for the bot (%v)", due, err)
	}

	before := fingerprint(t, app)
	if out, err := run(t, command()); err != nil || !strings.Contains(out, "Nothing was changed") {
		t.Errorf("second run: %v: %s", err, out)
	}
	if fingerprint(t, app) != before {
		t.Error("the second run changed something")
	}

	if out, err := run(t, command(), "--clear"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if fingerprint(t, app) != empty {
		t.Error("clearing left something behind")
	}
}

func TestDemoSpeaksTheCompanysLanguage(t *testing.T) {
	for locale, name := range map[string]string{"pt-BR": "Mariana Costa", "en": "Olivia Bennett", "es": "Lucía Fernández"} {
		app := recadotest.New(t, nil)
		form := setupForm()
		form["company"].(map[string]any)["locale"] = locale
		app.Do("POST", setupPath, "", form).Must(t, 200)
		if _, err := access.FillDemo(app, time.Now()); err != nil {
			t.Fatalf("%s: %v", locale, err)
		}
		if _, err := app.FindFirstRecordByData(collections.Contacts, "name", name); err != nil {
			t.Errorf("%s: no %s", locale, name)
		}
	}
}
