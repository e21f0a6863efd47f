package access_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: LS-auth-email, LS-auth-update.
func TestAnotherEmailAddress(t *testing.T) {
	d := newDesk(t)
	here, there := signIn(t, d.App, d.user), signIn(t, d.App, d.user)
	former := d.user.Email()
	other := d.company.Member("agent").User

	refused(t, "without the password", d.post("me/email", here.token, map[string]any{"email": "new@example.com", "password": "wrong"}), http.StatusBadRequest, "wrong_password")
	d.post("me/email", here.token, map[string]any{"email": other.Email(), "password": recadotest.Password}).Must(t, http.StatusNoContent)
	if came := d.letters(); len(came) != 0 {
		t.Errorf("an address that is taken is written to: %v", came)
	}
	d.post("me/email", here.token, map[string]any{"email": "New@example.com", "password": recadotest.Password}).Must(t, http.StatusNoContent)
	mail := d.one()
	if mail.to != "new@example.com" || !strings.Contains(mail.text, "/auth/email#") {
		t.Fatalf("the letter is %+v", mail)
	}
	if d.Reload(d.user).Email() != former {
		t.Fatal("it changed before the link was opened")
	}

	d.post("email/confirm", here.token, map[string]any{"token": mail.token}).Must(t, http.StatusOK)
	refused(t, "the link again", d.post("email/confirm", "", map[string]any{"token": mail.token}), http.StatusGone, "link_gone")
	if user := d.Reload(d.user); user.Email() != "new@example.com" || !user.Verified() {
		t.Errorf("the account has %s", user.Email())
	}
	if told := d.one(); told.to != former || !strings.Contains(told.text, "new@example.com") {
		t.Errorf("the former address is told %+v", told)
	}
	there.me().Must(t, http.StatusUnauthorized)
	there.renew().Must(t, http.StatusUnauthorized)
	here.take(here.renew().Must(t, http.StatusOK))

	// PocketBase's own way asks for the password when the link is opened
	d.Do(http.MethodPost, "/api/collections/users/request-email-change", here.token, map[string]any{"newEmail": "third@example.com"}).Must(t, http.StatusNoContent)
	mail = d.one()
	refused(t, "without the password", d.post("email/confirm", "", map[string]any{"token": mail.token}), http.StatusBadRequest, "wrong_password")
	d.post("email/confirm", "", map[string]any{"token": mail.token, "password": recadotest.Password}).Must(t, http.StatusOK)
}

// Parity: LS-auth-email.
func TestAnAddressIsVerified(t *testing.T) {
	d := newDesk(t)
	row := d.Reload(d.user)
	row.SetVerified(false)
	if err := d.Save(row); err != nil {
		t.Fatal(err)
	}
	here := signIn(t, d.App, d.user)
	d.post("me/verify", here.token, nil).Must(t, http.StatusNoContent)
	mail := d.one()
	if mail.to != d.user.Email() || !strings.Contains(mail.text, "/auth/verify#") {
		t.Fatalf("the letter is %+v", mail)
	}
	// who only opens the link uses nothing up
	d.Do(http.MethodGet, "/auth/verify", "", nil)
	d.post("email/confirm", "", map[string]any{"token": mail.token}).Must(t, http.StatusOK)
	if !d.Reload(d.user).Verified() {
		t.Error("it is not verified")
	}
	here.me().Must(t, http.StatusOK)
	d.post("me/verify", here.token, nil).Must(t, http.StatusNoContent)
	if came := d.letters(); len(came) != 0 {
		t.Errorf("a verified address is asked again: %v", came)
	}
}

// Parity: LS-auth-register, WB-auth, LC-auth.
func TestASignUpIsConfirmedByMail(t *testing.T) {
	d := newDesk(t, "RECADO_SIGNUP=open")
	form := map[string]any{"name": "Ana", "email": "ana@example.com", "password": "segredo123", "company": map[string]any{"name": "Ana Ltda", "locale": "pt-BR"}}
	d.post("signup", "", form).Must(t, http.StatusOK)
	mail := d.one()
	if mail.to != "ana@example.com" || !strings.Contains(mail.text, "Falta pouco") {
		t.Fatalf("the letter is %+v", mail)
	}
	if _, err := d.FindAuthRecordByEmail(collections.Users, "ana@example.com"); err == nil {
		t.Fatal("there is an account already")
	}
	answer := d.post("signup/confirm", "", map[string]any{"token": mail.token}).Must(t, http.StatusOK)
	if answer.JSON["token"] == nil || answer.JSON["refresh"] == nil || answer.JSON["company"].(map[string]any)["slug"] != "ana-ltda" {
		t.Errorf("%s", answer.Raw)
	}
	refused(t, "the link again", d.post("signup/confirm", "", map[string]any{"token": mail.token}), http.StatusGone, "link_gone")
	d.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": "ana@example.com", "password": "segredo123"}).Must(t, http.StatusOK)

	d.post("signup", "", form).Must(t, http.StatusOK)
	if mail := d.one(); mail.token != "" || !strings.Contains(mail.text, "https://desk.example.com/login") {
		t.Errorf("who has an account is told %+v", mail)
	}
}
