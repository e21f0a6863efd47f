package access_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: LC-otp, LS-auth-reset.
func TestAForgottenPassword(t *testing.T) {
	d := newDesk(t)
	there := signIn(t, d.App, d.user)
	forgot := func() letter {
		t.Helper()
		d.post("password/forgot", "", map[string]any{"email": " " + strings.ToUpper(d.user.Email())}).Must(t, http.StatusNoContent)

		return d.one()
	}
	reset := func(token, password string) recadotest.Response {
		t.Helper()

		return d.post("password/reset", "", map[string]any{"resetToken": token, "password": password})
	}
	verify := func(code string) recadotest.Response {
		t.Helper()

		return d.post("password/verify", "", map[string]any{"email": d.user.Email(), "otp": code})
	}

	t.Run("by the link", func(t *testing.T) {
		mail := forgot()
		if mail.to != d.user.Email() || mail.token == "" || len(mail.code) != 6 {
			t.Fatalf("the letter is %+v", mail)
		}
		there.me().Must(t, http.StatusOK)
		refused(t, "a short password", reset(mail.token, "short"), http.StatusBadRequest, "invalid")
		reset(mail.token, "another good one").Must(t, http.StatusNoContent)
		refused(t, "the link again", reset(mail.token, "a third good one"), http.StatusGone, "link_gone")
		there.me().Must(t, http.StatusUnauthorized)
		there.renew().Must(t, http.StatusUnauthorized)
		if told := d.one(); told.to != d.user.Email() || told.token+told.code != "" {
			t.Errorf("its owner is told %+v", told)
		}
		d.signIn(recadotest.Password).Must(t, http.StatusBadRequest)
		d.signIn("another good one").Must(t, http.StatusOK)
		if !d.Reload(d.user).Verified() {
			t.Error("who got the mail has the address, but it is not verified")
		}
	})

	t.Run("by the code, once", func(t *testing.T) {
		mail := forgot()
		token := verify(mail.code[:3]+" "+mail.code[3:]).Must(t, http.StatusOK).JSON["resetToken"].(string)
		refused(t, "the code again", verify(mail.code), http.StatusBadRequest, "code_wrong")
		refused(t, "the link beside it", reset(mail.token, "a third good one"), http.StatusGone, "link_gone")
		reset(token, "a third good one").Must(t, http.StatusNoContent)
		d.one()
		d.signIn("a third good one").Must(t, http.StatusOK)
	})

	t.Run("within ten minutes", func(t *testing.T) {
		mail := forgot()
		d.clock.Advance(10*time.Minute + time.Second)
		refused(t, "an old code", verify(mail.code), http.StatusBadRequest, "code_wrong")
		refused(t, "an old link", reset(mail.token, "a third good one"), http.StatusGone, "link_gone")
		if err := d.Access.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if left, _ := d.CountRecords(collections.AuthTickets, dbx.HashExp{"kind": "reset"}); left != 0 {
			t.Errorf("%d that are over are kept", left)
		}
	})

	t.Run("in five tries, and only by the last one", func(t *testing.T) {
		d.clock.Advance(time.Hour)
		old, mail := forgot(), forgot()
		if old.code != mail.code {
			refused(t, "the one before", verify(old.code), http.StatusBadRequest, "code_wrong")
		}
		refused(t, "the link before", reset(old.token, "a fourth good one"), http.StatusGone, "link_gone")
		for range 5 {
			refused(t, "a wrong code", verify("x"), http.StatusBadRequest, "code_wrong")
		}
		refused(t, "the right one after it", verify(mail.code), http.StatusBadRequest, "code_wrong")
	})
}

// TestWhoHasAnAccountIsNotTold: known and unknown addresses get the same status, body
// and headers wherever one can be given.
//
// Parity: LC-otp, LC-auth, LC-errors, LS-auth-reset, LS-auth-register.
func TestWhoHasAnAccountIsNotTold(t *testing.T) {
	for _, ask := range []struct {
		path string
		body map[string]any
	}{
		{"/api/recado/password/forgot", map[string]any{}},
		{"/api/recado/password/verify", map[string]any{"otp": "000000x"}},
		{"/api/recado/sessions/code", map[string]any{}},
		{"/api/recado/sessions/code/verify", map[string]any{"code": "000000x"}},
		{"/api/collections/users/auth-with-password", map[string]any{"password": "not this one"}},
		{"/api/collections/users/request-password-reset", map[string]any{}},
		{"/api/collections/users/request-verification", map[string]any{}},
		{"/api/recado/signup", map[string]any{"name": "Ana", "password": "a good password", "company": map[string]any{"name": "Ana Ltda"}}},
	} {
		t.Run(ask.path, func(t *testing.T) {
			d := newDesk(t, "RECADO_SIGNUP=open")
			for _, kind := range []string{"password/forgot", "sessions/code"} { // codes under way, for both
				for _, email := range []string{d.user.Email(), "nobody@example.com"} {
					d.post(kind, "", map[string]any{"email": email}).Must(t, http.StatusNoContent)
				}
			}
			d.letters()
			// until it is refused for its number, too
			for i := range 12 {
				answers := map[string]recadotest.Response{}
				for _, email := range []string{d.user.Email(), "nobody@example.com"} {
					body := map[string]any{"email": email, "identity": email}
					for key, value := range ask.body {
						body[key] = value
					}
					answers[email] = d.Do(http.MethodPost, ask.path, "", body)
				}
				known, unknown := answers[d.user.Email()], answers["nobody@example.com"]
				if ask.path == "/api/recado/signup" && i >= 2 {
					break // counted by the address of who asks: no e-mail has a number of its own
				}
				if known.Status != unknown.Status || string(known.Raw) != string(unknown.Raw) {
					t.Fatalf("try %d: known %d %s, unknown %d %s", i, known.Status, known.Raw, unknown.Status, unknown.Raw)
				}
				if a, b := headers(known.Header), headers(unknown.Header); a != b {
					t.Errorf("try %d: the headers are %s and %s", i, a, b)
				}
			}
		})
	}
}

func headers(h http.Header) string {
	var out strings.Builder
	_ = h.Write(&out)

	return out.String()
}

// Parity: LC-otp, LS-auth-reset.
func TestOfManyWithOneCodeOneWins(t *testing.T) {
	d := newDesk(t)
	race := func(path string, body map[string]any) int {
		var wins sync.Map
		var group sync.WaitGroup
		for i := range 4 {
			group.Go(func() {
				if got := d.post(path, "", body); got.Status < 300 {
					wins.Store(i, true)
				}
			})
		}
		group.Wait()
		n := 0
		wins.Range(func(any, any) bool { n++; return true })

		return n
	}

	d.post("password/forgot", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	mail := d.one()
	if got := race("password/verify", map[string]any{"email": d.user.Email(), "otp": mail.code}); got != 1 {
		t.Errorf("%d of 4 had a token for the code", got)
	}
	d.post("password/forgot", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	mail = d.one()
	if got := race("password/reset", map[string]any{"resetToken": mail.token, "password": "another good one"}); got != 1 {
		t.Errorf("%d of 4 set a password by the link", got)
	}
	d.letters()
	d.post("sessions/code", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	mail = d.one()
	rows := len(sessionsOf(t, d.App, d.user))
	if got := race("sessions/code/verify", map[string]any{"email": d.user.Email(), "code": mail.code}); got != 1 {
		t.Errorf("%d of 4 signed in by the code", got)
	}
	if got := len(sessionsOf(t, d.App, d.user)); got != rows+1 {
		t.Errorf("%d sign-ins more, want 1", got-rows)
	}
}

// TestAMailedCodeSignsIn, and is asked for in PocketBase's words too.
//
// Parity: LC-auth, LC-mail, DC-auth.
func TestAMailedCodeSignsIn(t *testing.T) {
	d := newDesk(t)
	d.post("sessions/code", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	mail := d.one()
	if mail.token != "" || len(mail.code) != 6 {
		t.Fatalf("the letter is %+v", mail)
	}
	refused(t, "as a reset", d.post("password/verify", "", map[string]any{"email": d.user.Email(), "otp": mail.code}), http.StatusBadRequest, "code_wrong")
	answer := d.post("sessions/code/verify", "", map[string]any{"email": d.user.Email(), "code": mail.code}).Must(t, http.StatusOK)
	(&device{app: d.App, token: answer.JSON["token"].(string)}).me().Must(t, http.StatusOK)

	d.Do(http.MethodPost, "/api/collections/users/request-password-reset", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	if mail := d.one(); mail.token == "" || mail.code == "" {
		t.Errorf("PocketBase's way mails %+v", mail)
	}
	d.Do(http.MethodPost, "/api/collections/users/request-otp", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusForbidden)
}

// TestWithoutAMailServer everything that needs one says so before.
func TestWithoutAMailServer(t *testing.T) {
	app := recadotest.New(t, nil)
	user := app.Company().Member("agent").User
	if got := app.Do(http.MethodGet, "/api/recado/sessions/ways", "", nil).Must(t, http.StatusOK); got.JSON["mail"] != false {
		t.Errorf("%s", got.Raw)
	}
	app.Do(http.MethodPost, "/api/recado/password/forgot", "", map[string]any{"email": user.Email()}).Must(t, http.StatusNoContent)
	app.Access.Drain()
}
