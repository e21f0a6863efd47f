package access_test

import (
	"encoding/base32"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/access/totp"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/smtptest"
)

// desk is a Recado that sends mails, with somebody who has an account.
type desk struct {
	*recadotest.App
	clock   *recadotest.Clock
	server  *smtptest.Server
	company *recadotest.Company
	user    *core.Record
	read    int
}

func newDesk(t *testing.T, env ...string) *desk {
	t.Helper()
	server := smtptest.New(t)
	clock := recadotest.NewClock(time.Now())
	d := &desk{server: server, clock: clock, App: recadotest.New(t, clock.Now, append(append(server.Env(), "RECADO_URL=https://desk.example.com"), env...)...)}
	d.company = d.Company()
	d.user = d.company.Member("agent").User

	return d
}

// letters are those that came since it was last asked.
func (d *desk) letters() []letter {
	d.T.Helper()
	d.Access.Drain()
	d.Rooms.Mail.Drain()
	all := d.server.Messages()
	var fresh []letter
	for _, m := range all[d.read:] {
		// quoted-printable breaks long lines
		text := strings.NewReplacer("=\r\n", "", "=\n", "", "=3D", "=").Replace(m.Raw)
		one := letter{to: m.To, text: text, subject: m.Header.Get("Subject")}
		one.token = submatch(`https://desk\.example\.com/auth/[a-z-]+#([A-Za-z0-9]{40})`, text)
		one.code = submatch(`: ([0-9]{6})\s`, text)
		fresh = append(fresh, one)
	}
	d.read = len(all)

	return fresh
}

// one is the only letter that came.
func (d *desk) one() letter {
	d.T.Helper()
	fresh := d.letters()
	if len(fresh) != 1 {
		d.T.Fatalf("%d letters came, want 1: %v", len(fresh), fresh)
	}

	return fresh[0]
}

type letter struct{ to, subject, text, token, code string }

func submatch(pattern, text string) string {
	if found := regexp.MustCompile(pattern).FindStringSubmatch(text); found != nil {
		return found[1]
	}

	return ""
}

func (d *desk) post(path, token string, body map[string]any) recadotest.Response {
	d.T.Helper()

	return d.Do(http.MethodPost, "/api/recado/"+path, token, body)
}

func (d *desk) signIn(password string) recadotest.Response {
	d.T.Helper()

	return d.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": d.user.Email(), "password": password})
}

// refused checks status and code of an answer.
func refused(t *testing.T, what string, got recadotest.Response, status int, code string) {
	t.Helper()
	if got.Status != status || got.Code() != code {
		t.Errorf("%s: %d %s, want %d %s", what, got.Status, got.Raw, status, code)
	}
}

// phone is an authenticator app with a secret.
type phone struct {
	secret []byte
	clock  *recadotest.Clock
}

func newPhone(t *testing.T, d *desk, answer recadotest.Response) *phone {
	t.Helper()
	secret, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(answer.JSON["secret"].(string))
	if err != nil {
		t.Fatal(err)
	}
	if qr, _ := answer.JSON["qr"].(string); !strings.HasPrefix(qr, "<svg") || !strings.HasPrefix(answer.JSON["uri"].(string), "otpauth://totp/Recado:") {
		t.Errorf("the secret comes as %s", answer.Raw)
	}

	return &phone{secret, d.clock}
}

// code waits for the next one, and reads it.
func (p *phone) code() string {
	p.clock.Advance(30 * time.Second)

	return totp.Code(p.secret, totp.Step(p.clock.Now()))
}

// withPhone signs the desk's person in and sets an app up.
func (d *desk) withPhone(t *testing.T) (*device, *phone, []string) {
	t.Helper()
	here := signIn(t, d.App, d.user)
	app := newPhone(t, d, d.post("me/totp", here.token, map[string]any{"password": recadotest.Password}).Must(t, http.StatusOK))
	answer := d.post("me/totp/confirm", here.token, map[string]any{"code": app.code()}).Must(t, http.StatusOK)

	return here, app, words(answer.JSON["recovery"])
}

func words(list any) []string {
	items, _ := list.([]any)
	found := make([]string, len(items))
	for i, item := range items {
		found[i], _ = item.(string)
	}

	return found
}

// from signs somebody in from an address.
func (d *desk) from(t *testing.T, address, email, password string) recadotest.Response {
	t.Helper()
	request := httptest.NewRequest(http.MethodPost, "/api/collections/users/auth-with-password",
		strings.NewReader(`{"identity":"`+email+`","password":"`+password+`"}`))
	request.Header.Set("Content-Type", "application/json")
	request.RemoteAddr = address + ":1234"

	return d.Send(request)
}
