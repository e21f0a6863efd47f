package access_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// provider speaks as much OpenID Connect as a sign-in needs: a code is the address
// of who agreed.
func provider(t *testing.T, app *recadotest.App) {
	t.Helper()
	answer := func(w http.ResponseWriter, value any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(value)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if strings.TrimSpace(r.FormValue("code")) == "" { // it says what it was shown
			w.WriteHeader(http.StatusUnauthorized)
			_, secret, _ := r.BasicAuth()
			answer(w, map[string]any{"error": "invalid_client", "error_description": "what is " + secret + r.FormValue("client_secret") + "?"})

			return
		}
		if r.FormValue("code_verifier") == "" || r.FormValue("redirect_uri") != "https://desk.example.com/auth/oauth" {
			w.WriteHeader(http.StatusBadRequest)

			return
		}
		answer(w, map[string]any{"access_token": r.FormValue("code"), "token_type": "Bearer", "expires_in": 60})
	})
	mux.HandleFunc("GET /me", func(w http.ResponseWriter, r *http.Request) {
		email := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		answer(w, map[string]any{"sub": "id of " + email, "email": email, "email_verified": true, "name": "Clara"})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)

	users, err := app.FindCollectionByNameOrId(collections.Users)
	if err != nil {
		t.Fatal(err)
	}
	users.OAuth2.Enabled = true
	users.OAuth2.Providers = []core.OAuth2ProviderConfig{{
		Name: "oidc", DisplayName: "Example", ClientId: "recado", ClientSecret: "canary-client-secret",
		AuthURL: server.URL + "/auth", TokenURL: server.URL + "/token", UserInfoURL: server.URL + "/me",
	}}
	if err := app.Save(users); err != nil {
		t.Fatal(err)
	}
}

// Parity: DC-auth, DC-errors.
func TestSigningInByAProvider(t *testing.T) {
	d := newDesk(t)
	if got := d.Do(http.MethodGet, "/api/recado/sessions/ways", "", nil).Must(t, http.StatusOK); len(got.JSON["providers"].([]any)) != 0 {
		t.Errorf("ways without a provider: %s", got.Raw)
	}
	provider(t, d.App)
	ways := d.Do(http.MethodGet, "/api/recado/sessions/ways", "", nil).Must(t, http.StatusOK)
	if one := ways.JSON["providers"].([]any)[0].(map[string]any); one["name"] != "oidc" || one["displayName"] != "Example" || strings.Contains(string(ways.Raw), "canary") {
		t.Errorf("ways %s", ways.Raw)
	}
	by := func(email string) recadotest.Response {
		t.Helper()

		return d.Do(http.MethodPost, "/api/collections/users/auth-with-oauth2", "", map[string]any{
			"provider": "oidc", "code": email, "codeVerifier": "verifier", "redirectURL": "https://desk.example.com/auth/oauth",
			"createData": map[string]any{"kind": "key", "verified": true},
		})
	}

	answer := by(d.user.Email()).Must(t, http.StatusOK)
	meta := answer.JSON["meta"].(map[string]any)
	if answer.JSON["record"].(map[string]any)["id"] != d.user.Id || meta["refresh"] == nil {
		t.Errorf("an account that is there: %s", answer.Raw)
	}
	(&device{app: d.App, token: answer.JSON["token"].(string)}).me().Must(t, http.StatusOK)

	refused(t, "a stranger", by("clara@example.com"), http.StatusForbidden, "no_account")
	invited(t, d.App, d.company, d.company.Member("owner"), "agent", "clara@example.com")
	answer = by("clara@example.com").Must(t, http.StatusOK)
	if record := answer.JSON["record"].(map[string]any); record["kind"] != "person" || record["verified"] != true {
		t.Errorf("who is invited: %s", answer.Raw)
	}
	me := (&device{app: d.App, token: answer.JSON["token"].(string)}).me().Must(t, http.StatusOK)
	if got := len(me.JSON["companies"].([]any)); got != 1 {
		t.Errorf("who is invited is in %d companies", got)
	}
	by("clara@example.com").Must(t, http.StatusOK)

	if failed := by(" "); failed.Status != http.StatusBadRequest || strings.Contains(string(failed.Raw), "canary") || strings.Contains(string(failed.Raw), "invalid_client") {
		t.Errorf("the provider refuses: %d %s", failed.Status, failed.Raw)
	}

	_, phone, _ := d.withPhone(t)
	half := by(d.user.Email())
	refused(t, "with a second factor", half, http.StatusUnauthorized, "second_factor")
	d.post("sessions/factor", "", map[string]any{"challenge": half.JSON["data"].(map[string]any)["challenge"], "code": phone.code()}).Must(t, http.StatusOK)
}
