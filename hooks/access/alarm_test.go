package access_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"recado/hooks/recadotest"
)

// on signs in on a device.
func (d *desk) on(t *testing.T, agent string) *device {
	t.Helper()
	body := `{"identity":"` + d.user.Email() + `","password":"` + recadotest.Password + `"}`
	request := httptest.NewRequest(http.MethodPost, "/api/collections/users/auth-with-password", strings.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", agent)
	answer := d.Send(request).Must(t, http.StatusOK)

	return &device{app: d.App, token: answer.JSON["token"].(string)}
}

// Parity: LC-prefs, LC-auth.
func TestANewDeviceIsTold(t *testing.T) {
	d := newDesk(t)
	d.on(t, "Office")
	d.on(t, "Office")
	if came := d.letters(); len(came) != 0 {
		t.Fatalf("the first device is told: %v", came)
	}
	here := d.on(t, "Elsewhere")
	mail := d.one()
	if mail.to != d.user.Email() || mail.token == "" || !strings.Contains(mail.text, "Elsewhere") {
		t.Fatalf("the letter is %+v", mail)
	}
	d.on(t, "Elsewhere")
	if came := d.letters(); len(came) != 0 {
		t.Errorf("a known device is told again: %v", came)
	}

	preference := func(on bool) {
		t.Helper()
		d.Do(http.MethodPatch, "/api/collections/users/records/"+d.user.Id, here.token, map[string]any{
			"preferences": map[string]any{"login_notifications": on},
		}).Must(t, http.StatusOK)
	}
	preference(false)
	d.on(t, "Third")
	if came := d.letters(); len(came) != 0 {
		t.Errorf("who wants to hear nothing is told: %v", came)
	}
	preference(true)
	thief := d.on(t, "Fourth")
	mail = d.one()

	token := d.post("sessions/not-me", "", map[string]any{"token": mail.token}).Must(t, http.StatusOK).JSON["resetToken"].(string)
	thief.me().Must(t, http.StatusUnauthorized)
	here.me().Must(t, http.StatusUnauthorized)
	d.signIn(recadotest.Password).Must(t, http.StatusBadRequest)
	refused(t, "the link again", d.post("sessions/not-me", "", map[string]any{"token": mail.token}), http.StatusGone, "link_gone")
	d.post("password/reset", "", map[string]any{"resetToken": token, "password": "another good one"}).Must(t, http.StatusNoContent)
	d.signIn("another good one").Must(t, http.StatusOK)
}
