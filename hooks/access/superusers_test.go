package access_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/recadotest"
	"recado/hooks/recadotest/smtptest"
)

const superusers = "/api/collections/_superusers/"

func makeSuperuser(app *recadotest.App) *core.Record {
	return app.Create(core.CollectionNameSuperusers, map[string]any{"email": "root@example.com", "password": recadotest.Password})
}

// enter is a superuser's sign-in by password alone.
func enter(app *recadotest.App, more map[string]any) recadotest.Response {
	body := map[string]any{"identity": "root@example.com", "password": recadotest.Password}
	for key, value := range more {
		body[key] = value
	}

	return app.Do(http.MethodPost, superusers+"auth-with-password", "", body)
}

// Parity: DC-auth.
func TestSuperusersAreAskedForACodeWhereMailsLeave(t *testing.T) {
	server := smtptest.New(t)
	when := newClock()
	app := recadotest.New(t, when.Now, server.Env()...)
	makeSuperuser(app)
	code := make(chan string, 1)
	app.OnMailerRecordOTPSend().BindFunc(func(e *core.MailerRecordEvent) error {
		err := e.Next()
		password, _ := e.Meta["password"].(string)
		code <- password

		return err
	})

	half := enter(app, nil).Must(t, http.StatusUnauthorized)
	mfa, _ := half.JSON["mfaId"].(string)
	if mfa == "" {
		t.Fatalf("the password alone: %s", half.Raw)
	}
	asked := app.Do(http.MethodPost, superusers+"request-otp", "", map[string]any{"email": "root@example.com"}).Must(t, http.StatusOK)
	if got := <-code; len(server.Messages()) != 1 || server.Messages()[0].To != "root@example.com" {
		t.Errorf("the mails are %v", server.Messages())
	} else {
		body := map[string]any{"otpId": asked.JSON["otpId"], "password": "00000000", "mfaId": mfa}
		if wrong := app.Do(http.MethodPost, superusers+"auth-with-otp", "", body); wrong.Status != http.StatusBadRequest {
			t.Errorf("a wrong code: %s", wrong.Raw)
		}
		body["password"] = got
		token, _ := app.Do(http.MethodPost, superusers+"auth-with-otp", "", body).Must(t, http.StatusOK).JSON["token"].(string)
		app.Do(http.MethodGet, "/api/recado/admin/overview", token, nil).Must(t, http.StatusOK)
	}

	// A right password is none that failed, and nobody's mailbox is filled.
	for range 15 {
		if got := enter(app, nil); got.JSON["mfaId"] == nil {
			t.Fatalf("a right password again: %s", got.Raw)
		}
	}
	waits := map[string]int{}
	for _, email := range []string{"root@example.com", "nobody@example.com"} {
		for range 8 {
			got := app.Do(http.MethodPost, superusers+"request-otp", "", map[string]any{"email": email})
			if got.Status == http.StatusTooManyRequests {
				waits[email]++
			} else if email == "root@example.com" {
				<-code
			}
		}
	}
	if waits["root@example.com"] != 4 || waits["nobody@example.com"] != 3 { // one was asked for before
		t.Errorf("told to wait: %v", waits)
	}
}

// Parity: DC-auth, DC-ops.
func TestWhenThePasswordOfASuperuserIsEnough(t *testing.T) {
	server := smtptest.New(t)
	for name, env := range map[string][]string{
		"without a mail server": nil,
		"mails are kept":        append(server.Env(), "RECADO_MAIL=off"),
		"switched off":          append(server.Env(), "RECADO_SUPERUSER_MFA=off"),
	} {
		t.Run(name, func(t *testing.T) {
			app := recadotest.New(t, nil, env...)
			makeSuperuser(app)
			enter(app, nil).Must(t, http.StatusOK)
		})
	}

	t.Run("until the dashboard names a mail server, and after", func(t *testing.T) {
		app := recadotest.New(t, nil)
		makeSuperuser(app)
		root := app.Superuser()
		for _, step := range []struct {
			on     bool
			status int
		}{{true, http.StatusUnauthorized}, {false, http.StatusOK}} {
			app.Do(http.MethodPatch, "/api/settings", root, map[string]any{"smtp": map[string]any{"enabled": step.on, "host": "127.0.0.1", "port": 2525}}).Must(t, http.StatusOK)
			enter(app, nil).Must(t, step.status)
		}
	})

	t.Run("switched off after it was on", func(t *testing.T) {
		app := recadotest.New(t, nil, server.Env()...)
		makeSuperuser(app)
		enter(app, nil).Must(t, http.StatusUnauthorized)
		again := recadotest.Open(t, app.DataDir(), nil, append(server.Env(), "RECADO_SUPERUSER_MFA=off")...)
		enter(again, nil).Must(t, http.StatusOK)
	})
}

// Parity: DC-auth.
func TestSuperusersComeFromAllowedAddressesOnly(t *testing.T) {
	app := recadotest.New(t, nil)
	makeSuperuser(app)
	token := enter(app, nil).Must(t, http.StatusOK).JSON["token"].(string)
	allow := func(addresses ...string) {
		t.Helper()
		settings := app.Settings()
		settings.SuperuserIPs = addresses
		if err := app.Save(settings); err != nil {
			t.Fatal(err)
		}
	}
	allow("203.0.113.0/24") // requests of tests are from 192.0.2.1
	enter(app, nil).Must(t, http.StatusForbidden)
	for _, path := range []string{"/api/recado/admin/overview", "/api/settings"} {
		if got := app.Do(http.MethodGet, path, token, nil); got.Status != http.StatusForbidden {
			t.Errorf("%s from elsewhere: %d %s", path, got.Status, got.Raw)
		}
	}
	allow("203.0.113.0/24", "192.0.2.1")
	app.Do(http.MethodGet, "/api/recado/admin/overview", token, nil).Must(t, http.StatusOK)
}
