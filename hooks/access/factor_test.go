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

// Parity: LC-auth, LC-prefs, DC-auth.
func TestASecondFactor(t *testing.T) {
	d := newDesk(t)
	here := signIn(t, d.App, d.user)
	refused(t, "without the password", d.post("me/totp", here.token, map[string]any{"password": "wrong"}), http.StatusBadRequest, "wrong_password")
	app := newPhone(t, d, d.post("me/totp", here.token, map[string]any{"password": recadotest.Password}).Must(t, http.StatusOK))
	d.signIn(recadotest.Password).Must(t, http.StatusOK) // it counts from the first code on
	refused(t, "a wrong code", d.post("me/totp/confirm", here.token, map[string]any{"code": "12345"}), http.StatusBadRequest, "code_wrong")
	codes := words(d.post("me/totp/confirm", here.token, map[string]any{"code": app.code()}).Must(t, http.StatusOK).JSON["recovery"])
	if len(codes) != 10 {
		t.Fatalf("recovery codes %v", codes)
	}
	refused(t, "a second app", d.post("me/totp", here.token, map[string]any{"password": recadotest.Password}), http.StatusConflict, "factor_there")

	rows := len(sessionsOf(t, d.App, d.user))
	challenge := func() string {
		t.Helper()
		half := d.signIn(recadotest.Password)
		refused(t, "half a sign-in", half, http.StatusUnauthorized, "second_factor")
		if half.JSON["token"] != nil || len(sessionsOf(t, d.App, d.user)) != rows {
			t.Fatalf("half a sign-in is one: %s", half.Raw)
		}

		return half.JSON["data"].(map[string]any)["challenge"].(string)
	}
	factor := func(challenge, code string) recadotest.Response {
		t.Helper()

		return d.post("sessions/factor", "", map[string]any{"challenge": challenge, "code": code})
	}

	half, code := challenge(), app.code()
	refused(t, "a wrong code", factor(half, "000000x"), http.StatusBadRequest, "code_wrong")
	answer := factor(half, code).Must(t, http.StatusOK)
	(&device{app: d.App, token: answer.JSON["token"].(string)}).me().Must(t, http.StatusOK)
	rows++
	refused(t, "the same half again", factor(half, app.code()), http.StatusGone, "link_gone")
	refused(t, "the same code again", factor(challenge(), code), http.StatusBadRequest, "code_wrong")

	typed := strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))
	factor(challenge(), typed).Must(t, http.StatusOK)
	rows++
	refused(t, "a recovery code again", factor(challenge(), codes[0]), http.StatusBadRequest, "code_wrong")
	list := d.Do(http.MethodGet, "/api/collections/auth_factors/records", here.token, nil).Must(t, http.StatusOK)
	if row := list.JSON["items"].([]any)[0].(map[string]any); row["recovery_left"] != 9.0 || row["secret"] != nil || row["recovery"] != nil {
		t.Errorf("its owner sees %v", row)
	}

	half = challenge()
	for range 5 {
		refused(t, "a wrong code", factor(half, "000000x"), http.StatusBadRequest, "code_wrong")
	}
	refused(t, "the right one after five wrong", factor(half, app.code()), http.StatusBadRequest, "code_wrong")
	half = challenge()
	d.clock.Advance(5*time.Minute + time.Second)
	refused(t, "half a sign-in that is old", factor(half, app.code()), http.StatusGone, "link_gone")

	fresh := words(d.post("me/totp/recovery", here.token, map[string]any{"password": recadotest.Password, "code": app.code()}).Must(t, http.StatusOK).JSON["recovery"])
	refused(t, "a replaced recovery code", factor(challenge(), codes[1]), http.StatusBadRequest, "code_wrong")
	factor(challenge(), fresh[0]).Must(t, http.StatusOK)
	rows++

	refused(t, "removing it without its code", d.post("me/totp/remove", here.token, map[string]any{"password": recadotest.Password, "code": "000000x"}), http.StatusBadRequest, "code_wrong")
	d.post("me/totp/remove", here.token, map[string]any{"password": recadotest.Password, "code": app.code()}).Must(t, http.StatusNoContent)
	d.signIn(recadotest.Password).Must(t, http.StatusOK)
}

// TestNothingGoesAroundTheSecondFactor: neither a mailed code nor a new password.
//
// Parity: LC-otp, LC-auth.
func TestNothingGoesAroundTheSecondFactor(t *testing.T) {
	d := newDesk(t)
	_, app, _ := d.withPhone(t)

	d.post("sessions/code", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	byCode := d.post("sessions/code/verify", "", map[string]any{"email": d.user.Email(), "code": d.one().code})
	refused(t, "a mailed code", byCode, http.StatusUnauthorized, "second_factor")

	d.post("password/forgot", "", map[string]any{"email": d.user.Email()}).Must(t, http.StatusNoContent)
	d.post("password/reset", "", map[string]any{"resetToken": d.one().token, "password": "another good one"}).Must(t, http.StatusNoContent)
	if rows := sessionsOf(t, d.App, d.user); len(rows) != 0 {
		t.Errorf("a reset left %d sign-ins", len(rows))
	}
	half := d.signIn("another good one")
	refused(t, "a new password", half, http.StatusUnauthorized, "second_factor")

	challenge := byCode.JSON["data"].(map[string]any)["challenge"]
	refused(t, "what was half before the reset", d.post("sessions/factor", "", map[string]any{"challenge": challenge, "code": app.code()}), http.StatusGone, "link_gone")
}

// Parity: LC-otp, LC-auth.
func TestOfManyWithOneFactorOneWins(t *testing.T) {
	d := newDesk(t)
	_, app, codes := d.withPhone(t)
	start := len(sessionsOf(t, d.App, d.user))

	for i, code := range []string{app.code(), codes[0]} {
		var challenges [4]any
		for i := range challenges {
			challenges[i] = d.signIn(recadotest.Password).JSON["data"].(map[string]any)["challenge"]
		}
		var wins sync.Map
		var group sync.WaitGroup
		for i, challenge := range challenges {
			group.Go(func() {
				if got := d.post("sessions/factor", "", map[string]any{"challenge": challenge, "code": code}); got.Status == http.StatusOK {
					wins.Store(i, true)
				} else if got.Code() != "code_wrong" {
					t.Errorf("a loser is told %d %s", got.Status, got.Raw)
				}
			})
		}
		group.Wait()
		won := 0
		wins.Range(func(any, any) bool { won++; return true })
		if won != 1 || len(sessionsOf(t, d.App, d.user)) != start+i+1 {
			t.Fatalf("%d of 4 won with one code", won)
		}
	}
}

// Parity: LC-prefs, LC-auth.
func TestACompanyMayWantASecondFactor(t *testing.T) {
	d := newDesk(t)
	there := signIn(t, d.App, d.user)
	row := d.Reload(d.company.Record)
	row.Set("settings", map[string]any{"require_two_factor": true})
	if err := d.Save(row); err != nil {
		t.Fatal(err)
	}

	d.Do(http.MethodPost, "/api/collections/users/auth-refresh", there.token, nil).Must(t, http.StatusUnauthorized)
	refused(t, "going on without one", there.renew(), http.StatusUnauthorized, "session_expired")
	there.me().Must(t, http.StatusUnauthorized)

	half := d.signIn(recadotest.Password)
	refused(t, "signing in", half, http.StatusUnauthorized, "second_factor_setup")
	challenge := half.JSON["data"].(map[string]any)["challenge"]
	app := newPhone(t, d, d.post("sessions/factor/setup", "", map[string]any{"challenge": challenge}).Must(t, http.StatusOK))
	answer := d.post("sessions/factor", "", map[string]any{"challenge": challenge, "code": app.code()}).Must(t, http.StatusOK)
	if got := words(answer.JSON["recovery"]); len(got) != 10 {
		t.Errorf("recovery codes %v", got)
	}
	here := &device{app: d.App, token: answer.JSON["token"].(string), refresh: answer.JSON["refresh"].(string)}
	here.take(here.renew().Must(t, http.StatusOK))
	refused(t, "removing it", d.post("me/totp/remove", here.token, map[string]any{"password": recadotest.Password, "code": app.code()}), http.StatusConflict, "factor_required")
	half = d.signIn(recadotest.Password)
	refused(t, "the next time", half, http.StatusUnauthorized, "second_factor")
	challenge = half.JSON["data"].(map[string]any)["challenge"]
	refused(t, "another app in its place", d.post("sessions/factor/setup", "", map[string]any{"challenge": challenge}), http.StatusConflict, "factor_there")

	// who is in a company that does not want one is asked for none
	stranger := d.Company().Member("agent").User
	signIn(t, d.App, stranger)
	if n, _ := d.CountRecords(collections.AuthFactors, dbx.HashExp{"user": stranger.Id}); n != 0 {
		t.Error("there is an app nobody asked for")
	}
}

// Who is signed in has shown the second factor for that: joining another company asks
// for none, and begins no other sign-in.
//
// Parity: LS-company-join, LS-members.
func TestWhoIsSignedInJoinsWithWhatTheyHave(t *testing.T) {
	d := newDesk(t)
	here, _, _ := d.withPhone(t)
	before := len(sessionsOf(t, d.App, d.user))
	second, third := d.Company(), d.Company()
	owners := map[*recadotest.Company]*recadotest.Member{second: second.Member("owner"), third: third.Member("owner")}

	_, token := invited(t, d.App, second, owners[second], "agent", d.user.Email())
	joined := d.post("invites/"+token+"/accept", here.token, map[string]any{}).Must(t, http.StatusOK)
	if joined.JSON["refresh"] != "" || joined.JSON["company"].(map[string]any)["id"] != second.Id {
		t.Errorf("by an invite: %s", joined.Raw)
	}
	code := d.Do(http.MethodPost, "/api/recado/companies/"+third.Id+"/invite-code", owners[third].Token, map[string]any{}).Must(t, http.StatusOK).JSON["code"]
	joined = d.post("companies/join", joined.JSON["token"].(string), map[string]any{"code": code}).Must(t, http.StatusOK)
	if got := len(sessionsOf(t, d.App, d.user)); got != before {
		t.Errorf("%d sign-ins, before %d", got, before)
	}
	if got := d.Do(http.MethodGet, "/api/collections/companies/records", joined.JSON["token"].(string), nil).Must(t, http.StatusOK).Items(); len(got) != 3 {
		t.Errorf("they are in %v", got)
	}
	here.take(here.renew().Must(t, http.StatusOK)) // what renews it is the same

	// A company that wants a second factor lets nobody in without.
	strict := d.Company()
	strict.Set("settings", map[string]any{"require_two_factor": true})
	if err := d.Save(strict.Record); err != nil {
		t.Fatal(err)
	}
	plain := signIn(t, d.App, second.Member("agent").User)
	_, token = invited(t, d.App, strict, strict.Member("owner"), "agent", "")
	refused(t, "without an app", d.post("invites/"+token+"/accept", plain.token, map[string]any{}), http.StatusUnauthorized, "second_factor_setup")
}
