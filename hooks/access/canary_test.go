package access_test

import (
	"bufio"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

// TestSecretsLieAndShowNowhere: not at rest, not in what the API lists for anybody, the
// log of changes, its export, or the live feed.
//
// Parity: DC-ops, LC-auth.
func TestSecretsLieAndShowNowhere(t *testing.T) {
	d := newDesk(t)
	owner := d.company.Member("owner")
	live := listen(t, d, owner.Token)
	here, app, secrets := d.withPhone(t)
	secrets = append(secrets, string(app.secret))
	for _, code := range secrets {
		secrets = append(secrets, strings.ReplaceAll(code, "-", ""))
	}
	d.post("password/forgot", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	mail := d.one()
	half := d.signIn(recadotest.Password).JSON["data"].(map[string]any)["challenge"].(string)
	made := d.Do(http.MethodPost, d.company.URL("/api/recado/keys"), owner.Token, map[string]any{"name": "Program", "permissions": []string{"contacts.view_all"}}).Must(t, http.StatusOK)
	secrets = append(secrets, mail.token, half, made.JSON["key"].(string), here.token, here.refresh, recadotest.Password)

	shown := map[string]string{}
	superuser := d.Superuser()
	for _, def := range collections.All() {
		for who, token := range map[string]string{"a superuser": superuser, "the owner": owner.Token, "the person": here.token} {
			shown[def.Name+" for "+who] = string(d.Do(http.MethodGet, d.company.Records(def.Name), token, nil).Raw)
		}
	}
	shown["the log's export"] = string(d.Do(http.MethodGet, d.company.URL("/api/recado/audit/export"), owner.Token, nil).Must(t, http.StatusOK).Raw)
	shown["the list of backups"] = string(d.Do(http.MethodGet, "/api/backups", superuser, nil).Must(t, http.StatusOK).Raw)
	shown["me"] = string(here.me().Must(t, http.StatusOK).Raw)
	shown["the live feed"] = live()
	maps.Copy(shown, filesOf(t, d.App))
	for where, text := range shown {
		for _, secret := range secrets {
			if len(secret) < 8 {
				t.Fatalf("%q is no canary", secret)
			}
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("%s shows %q", where, secret)
			}
		}
	}
}

// listen opens the live feed. What it returns reads all that came.
func listen(t *testing.T, d *desk, token string) func() string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.Listen()+d.company.URL("/api/recado/live"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", token)
	response, err := http.DefaultClient.Do(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("the feed: %v, %v", response, err)
	}
	t.Cleanup(func() { response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() && !strings.Contains(lines.Text(), `"hello"`) {
	}

	return func() string {
		d.company.Create(collections.Contacts, map[string]any{"name": "The last of it", "lifecycle": "lead"})
		var all strings.Builder
		for lines.Scan() {
			all.WriteString(lines.Text() + "\n")
			if strings.Contains(lines.Text(), "The last of it") {
				break
			}
		}

		return all.String()
	}
}

// filesOf is what lies in the databases, by where.
func filesOf(t *testing.T, app *recadotest.App) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(app.DataDir(), "*.db*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	found := map[string]string{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found["the file "+filepath.Base(file)] = string(content)
	}

	return found
}
