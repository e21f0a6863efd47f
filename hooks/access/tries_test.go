package access_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"recado/hooks/recadotest"
)

// Parity: LC-auth.
func TestWrongTooOften(t *testing.T) {
	d := newDesk(t)
	for range 10 {
		refused(t, "a wrong password", d.signIn("wrong"), http.StatusBadRequest, "invalid_credentials")
	}
	// the right one waits too, as long as it is said, and each time longer
	wait := waits(t, d.signIn(recadotest.Password))
	if wait < 6*time.Second || wait > 30*time.Second {
		t.Errorf("after ten: %v", wait)
	}
	d.clock.Advance(30 * time.Second)
	refused(t, "a wrong one after the wait", d.signIn("wrong"), http.StatusBadRequest, "invalid_credentials")
	if wait = waits(t, d.signIn("wrong")); wait < 45*time.Second {
		t.Errorf("after eleven: %v", wait)
	}
	d.clock.Advance(wait)
	d.signIn(recadotest.Password).Must(t, http.StatusOK)
	for range 9 { // all is forgiven
		refused(t, "a wrong password", d.signIn("wrong"), http.StatusBadRequest, "invalid_credentials")
	}

	// a stranger's failures elsewhere keep nobody out
	other := d.company.Member("agent").User
	for i := range 12 {
		d.from(t, "203.0.113.9", other.Email(), fmt.Sprintf("guess %d", i))
	}
	d.from(t, "198.51.100.7", other.Email(), recadotest.Password).Must(t, http.StatusOK)
}

// waits is how long an answer says to wait.
func waits(t *testing.T, got recadotest.Response) time.Duration {
	t.Helper()
	seconds, err := strconv.Atoi(got.Header.Get("Retry-After"))
	data, _ := got.JSON["data"].(map[string]any)
	if got.Status != http.StatusTooManyRequests || err != nil || seconds < 1 || data["retryAfter"] != float64(seconds) {
		t.Fatalf("%d, Retry-After %q: %s", got.Status, got.Header.Get("Retry-After"), got.Raw)
	}

	return time.Duration(seconds) * time.Second
}

// TestLimitsSayWhen: each limit lets its number through, and says when to come again.
//
// Parity: DC-ops, LC-auth.
func TestLimitsSayWhen(t *testing.T) {
	d := newDesk(t, "RECADO_SIGNUP=open")
	for what, limit := range map[string]struct {
		most int
		ask  func(i int) recadotest.Response
	}{
		"sign-in": {10, func(int) recadotest.Response {
			return d.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": "limited@example.com", "password": "x"})
		}},
		"codes": {5, func(int) recadotest.Response {
			return d.post("password/forgot", "", map[string]any{"email": "limited@example.com"})
		}},
		"sign-in codes": {5, func(int) recadotest.Response {
			return d.post("sessions/code", "", map[string]any{"email": "limited@example.com"})
		}},
		"entered codes": {10, func(int) recadotest.Response {
			return d.post("password/verify", "", map[string]any{"email": "limited@example.com", "otp": "x"})
		}},
		"sign-up": {5, func(i int) recadotest.Response {
			return d.post("signup", "", map[string]any{"name": "Ana", "email": fmt.Sprintf("ana%d@example.com", i), "password": "a good password", "company": map[string]any{"name": "Ana"}})
		}},
	} {
		for i := range limit.most {
			if got := limit.ask(i); got.Status == http.StatusTooManyRequests {
				t.Fatalf("%s: number %d is refused: %s", what, i+1, got.Raw)
			}
		}
		wait := waits(t, limit.ask(limit.most))
		d.clock.Advance(wait)
		for range 3 { // of two limits, the one that is over may leave the other
			if got := limit.ask(limit.most + 1); got.Status != http.StatusTooManyRequests {
				wait = 0

				break
			} else {
				d.clock.Advance(waits(t, got))
			}
		}
		if wait != 0 {
			t.Errorf("%s: refused for ever", what)
		}
	}
}

// TestATeamBehindOneAddressMeetsNoLimit: an hour of twenty people, some of whom err.
//
// Parity: DC-ops.
func TestATeamBehindOneAddressMeetsNoLimit(t *testing.T) {
	d := newDesk(t)
	channel := d.company.Webchat()
	fine := func(what string, got recadotest.Response) recadotest.Response {
		t.Helper()
		if got.Status == http.StatusTooManyRequests {
			t.Fatalf("%s is refused: %s", what, got.Raw)
		}

		return got
	}

	for i := range 20 { // all at eight in the morning
		person := d.company.Member("agent").User
		signIn := func(password string) recadotest.Response {
			return fine("signing in", d.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": person.Email(), "password": password}))
		}
		signIn("mistyped")
		token := signIn(recadotest.Password).Must(t, http.StatusOK).JSON["token"].(string)
		if i < 5 {
			fine("asking for a code", d.post("sessions/code", "", map[string]any{"email": person.Email()}))
			mail := d.one()
			fine("a wrong code", d.post("sessions/code/verify", "", map[string]any{"email": person.Email(), "code": "x"}))
			fine("the code", d.post("sessions/code/verify", "", map[string]any{"email": person.Email(), "code": mail.code})).Must(t, http.StatusOK)
		}
		if i >= 15 {
			fine("forgetting", d.post("password/forgot", "", map[string]any{"email": person.Email()}))
			fine("a new password", d.post("password/reset", "", map[string]any{"resetToken": d.one().token, "password": "another good one"})).Must(t, http.StatusNoContent)
			d.letters()
			token = signIn("another good one").Must(t, http.StatusOK).JSON["token"].(string)
		}
		for range 10 {
			fine("work", d.Do(http.MethodGet, d.company.Records("contacts"), token, nil))
		}
		d.clock.Advance(10 * time.Second)
	}
	for minute := range 56 { // and somebody who shows the website's chat, at its own pace
		if minute%7 == 0 {
			visit := fine("a visit", d.Do(http.MethodPost, "/api/recado/webchat/"+channel.GetString("public_key")+"/sessions", "", map[string]any{}))
			token, _ := visit.JSON["token"].(string)
			for i := range 10 {
				fine("a message", d.Do(http.MethodPost, "/api/recado/webchat/messages", "Bearer "+token, map[string]any{"clientId": fmt.Sprint(minute, i), "text": "Olá"}))
			}
		}
		d.clock.Advance(time.Minute)
	}
}
