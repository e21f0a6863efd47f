package mail_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/mail"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/smtptest"
)

type office struct {
	*recadotest.App
	clock   *recadotest.Clock
	company *recadotest.Company
	admin   *recadotest.Member
}

func newOffice(t *testing.T, env ...string) *office {
	o := &office{clock: recadotest.NewClock(time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC))}
	o.App = recadotest.New(t, o.clock.Now, env...)
	o.company = o.Company()
	o.admin = o.company.Member("admin")

	return o
}

func (o *office) write() *core.Record {
	o.T.Helper()
	row, err := o.Mail.Write(o.App, mail.Mail{
		Company: o.company.Id, To: "ana@example.com", ToName: "Ana\r\nBcc: x@example.com", Kind: "confirmation", Locale: "en",
		Subject: "Hello\r\nX-Evil: 1", HTML: "<p>Hi</p>", Text: "Hi", ICS: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
	})
	if err != nil {
		o.T.Fatal(err)
	}

	return row
}

func (o *office) tick() {
	o.T.Helper()
	if err := o.Mail.Tick(context.Background()); err != nil {
		o.T.Fatal(err)
	}
}

func (o *office) post(path string) recadotest.Response {
	return o.Do(http.MethodPost, o.company.URL(path), o.admin.Token, nil)
}

// A mail leaves once, with what calendars and mailboxes go by, and nothing that
// people typed becomes a header.
//
// Parity: LC-mail.
func TestAMailLeavesOnce(t *testing.T) {
	server := smtptest.New(t)
	o := newOffice(t, server.Env()...)
	row := o.write()
	o.tick()
	o.tick()

	got := server.Messages()
	if len(got) != 1 {
		t.Fatalf("%d mails left", len(got))
	}
	m := got[0]
	if m.To != "ana@example.com" || m.From != "desk@clinic.test" || m.Header.Get("Message-ID") != "<"+row.Id+"@clinic.test>" {
		t.Errorf("to %s from %s id %s", m.To, m.From, m.Header.Get("Message-ID"))
	}
	if m.Header.Get("X-Evil") != "" || m.Header.Get("Bcc") != "" || !strings.Contains(m.Raw, "text/calendar") || !strings.Contains(m.Raw, "invite.ics") {
		t.Errorf("%s", m.Raw)
	}
	if row = o.Reload(row); row.GetString("status") != "sent" || row.GetString("sent_at") == "" {
		t.Errorf("%v", row)
	}
}

// What fails for now is tried again with growing pauses, under the same
// Message-ID; what the server refuses for good has failed, and says why.
//
// Parity: LC-mail.
func TestFailuresAreTriedAgainAndThenSaid(t *testing.T) {
	server := smtptest.New(t)
	o := newOffice(t, server.Env()...)
	row := o.write()

	server.Refuse("451 try later")
	var pause time.Duration
	for attempt := 1; attempt <= 7; attempt++ {
		o.tick()
		row = o.Reload(row)
		wait := row.GetDateTime("due").Time().Sub(o.clock.Now())
		if row.GetString("status") != "queued" || row.GetInt("attempts") != attempt || wait <= pause || !strings.Contains(row.GetString("error"), "try later") {
			t.Fatalf("attempt %d: %v, in %s", attempt, row, wait)
		}
		o.tick()
		if o.Reload(row).GetInt("attempts") != attempt {
			t.Fatal("tried again before its time")
		}
		pause = wait
		o.clock.Advance(wait)
	}
	server.Refuse("")
	o.tick()
	if got := server.Messages(); len(got) != 1 || got[0].Header.Get("Message-ID") != "<"+row.Id+"@clinic.test>" {
		t.Fatalf("%d mails", len(got))
	}

	server.Refuse("550 no such user")
	row = o.write()
	o.tick()
	if row = o.Reload(row); row.GetString("status") != "failed" || !strings.Contains(row.GetString("error"), "no such user") {
		t.Fatalf("%v", row)
	}

	server.Refuse("")
	o.post("/api/recado/mails/"+row.Id+"/resend").Must(t, http.StatusOK)
	o.tick()
	if o.Reload(row).GetString("status") != "sent" {
		t.Fatal("sending again did nothing")
	}
}

// Without a mail server mails are kept and can be looked at, and nothing leaves
// later by itself.
//
// Parity: LC-mail.
func TestWithoutAServerMailsAreKept(t *testing.T) {
	for kept, env := range map[string][]string{"no_server": nil, "off": append(smtptest.New(t).Env(), "RECADO_MAIL=off")} {
		o := newOffice(t, env...)
		row := o.write()
		o.tick()
		if row = o.Reload(row); row.GetString("status") != "skipped" || row.GetString("error") != kept {
			t.Errorf("%s: %v", kept, row)
		}
		got := o.Do(http.MethodGet, o.company.URL("/api/recado/mails/"+row.Id+"/preview"), o.admin.Token, nil).Must(t, http.StatusOK)
		if got.JSON["html"] != "<p>Hi</p>" {
			t.Errorf("%s", got.Raw)
		}
		if test := o.post("/api/recado/mail/test").Must(t, http.StatusOK); test.JSON["status"] != "skipped" {
			t.Errorf("%s", test.Raw)
		}
	}
}

// The test mail goes to who asks for it, at once, and its failure is seen; the
// settings say who set them and never the password, not even where the server
// repeats it.
//
// Parity: LC-mail, DC-errors.
func TestTheTestMailSaysWhatIsWrong(t *testing.T) {
	const canary = "canary-of-a-secret"
	server := smtptest.New(t)
	o := newOffice(t, append(server.Env(), "RECADO_SMTP_USER=desk", "RECADO_SMTP_PASSWORD="+canary)...)
	o.Settings().SMTP.Enabled = true
	o.Settings().SMTP.Host = "dashboard.example.com"

	if got := o.post("/api/recado/mail/test").Must(t, http.StatusOK); got.JSON["status"] != "sent" || got.JSON["to"] != o.admin.User.Email() {
		t.Fatalf("%s", got.Raw)
	}
	server.Refuse("550 relaying denied")
	got := o.post("/api/recado/mail/test").Must(t, http.StatusOK)
	if got.JSON["status"] != "failed" || !strings.Contains(fmt.Sprint(got.JSON["error"]), "relaying denied") {
		t.Fatalf("%s", got.Raw)
	}
	for _, said := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), base64.StdEncoding.EncodeToString([]byte("\x00desk\x00" + canary))} {
		server.Refuse("550 what is " + said + "?")
		got := o.post("/api/recado/mail/test").Must(t, http.StatusOK)
		if problem := fmt.Sprint(got.JSON["error"]); !strings.Contains(problem, "what is …?") {
			t.Errorf("the server repeats the password, and it says %q", problem)
		}
	}
	server.Refuse("451 not now")
	if got := o.post("/api/recado/mail/test").Must(t, http.StatusOK); got.JSON["status"] != "failed" {
		t.Fatalf("somebody waits for it, and it waits: %s", got.Raw)
	}

	shown := o.Do(http.MethodGet, o.company.URL("/api/recado/mail/settings"), o.admin.Token, nil).Must(t, http.StatusOK)
	if shown.JSON["source"] != "environment" || shown.JSON["host"] != server.Host || shown.JSON["password"] != true || strings.Contains(string(shown.Raw), canary) {
		t.Fatalf("%s", shown.Raw)
	}
}

// A server that never answers holds up nothing but its own mail.
func TestAServerThatHangs(t *testing.T) {
	server := smtptest.New(t)
	server.Hang()
	o := newOffice(t, server.Env()...)
	room := mail.Open(o.App, mail.Deps{Now: o.clock.Now, SMTP: o.Config.SMTP, Patience: 50 * time.Millisecond, Base: func() string { return "" }})
	row := o.write()
	if err := room.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	if row = o.Reload(row); row.GetString("status") != "queued" || row.GetInt("attempts") != 1 || row.GetString("error") == "" {
		t.Fatalf("%v", row)
	}
}

// Mails are for those who manage the company, and for no other company's.
func TestMailsAreForAdministrators(t *testing.T) {
	o := newOffice(t)
	row := o.write()
	other := o.Company().Member("owner")
	for _, request := range []struct{ method, path string }{
		{http.MethodGet, "/api/recado/mail/settings"}, {http.MethodPost, "/api/recado/mail/test"},
		{http.MethodGet, "/api/recado/mails/" + row.Id + "/preview"}, {http.MethodPost, "/api/recado/mails/" + row.Id + "/resend"},
	} {
		for who, token := range map[string]string{"a guest": "", "an agent": o.company.Member("agent").Token, "another company": other.Token} {
			if got := o.Do(request.method, o.company.URL(request.path), token, nil); got.Status < 400 {
				t.Errorf("%s %s answers %s: %s", request.method, request.path, who, got.Raw)
			}
		}
	}
	foreign := o.Do(http.MethodGet, "/api/recado/mails/"+row.Id+"/preview?company="+other.GetString("company"), other.Token, nil)
	if foreign.Status != http.StatusNotFound {
		t.Errorf("naming one's own company opens a foreign mail: %s", foreign.Raw)
	}

	o.set(row, map[string]any{"body": nil})
	if got := o.post("/api/recado/mails/" + row.Id + "/resend"); got.Code() != "mail_gone" {
		t.Errorf("%s", got.Raw)
	}
}

func (o *office) set(row *core.Record, values map[string]any) {
	o.T.Helper()
	fresh := o.Reload(row)
	fresh.Load(values)
	if err := o.Save(fresh); err != nil {
		o.T.Fatal(err)
	}
}

// The words of a mail go after a month; that it was sent stays.
func TestOldMailsLoseTheirWords(t *testing.T) {
	server := smtptest.New(t)
	o := newOffice(t, server.Env()...)
	row := o.write()
	o.tick()
	for _, c := range []struct {
		days int
		code string
	}{{29, ""}, {31, "mail_gone"}} {
		o.clock.Set(time.Now().AddDate(0, 0, c.days))
		if err := o.Mail.Forget(context.Background()); err != nil {
			t.Fatal(err)
		}
		got := o.Do(http.MethodGet, o.company.URL("/api/recado/mails/"+row.Id+"/preview"), o.admin.Token, nil)
		if got.Code() != c.code || o.Reload(row).GetString("status") != "sent" {
			t.Errorf("after %d days: %s", c.days, got.Raw)
		}
	}
}

// An inactive company sends nothing.
func TestAnInactiveCompanySendsNothing(t *testing.T) {
	server := smtptest.New(t)
	o := newOffice(t, server.Env()...)
	o.write()
	o.set(o.company.Record, map[string]any{"active": false})
	o.tick()
	if len(server.Messages()) != 0 {
		t.Fatal("a mail left")
	}
}

// A letter is no row, goes out at once, and again after a pause where the server does
// not take it.
func TestALetterIsNoRow(t *testing.T) {
	server := smtptest.New(t)
	o := newOffice(t, server.Env()...)
	server.Refuse("451 not now")
	o.Rooms.Mail.Post(mail.Letter{To: "ana@example.com", ToName: "Ana", Subject: "A code", HTML: "<p>1</p>", Text: "1"})
	o.Rooms.Mail.Drain()
	server.Refuse("")
	o.tick()
	if got := len(server.Messages()); got != 0 {
		t.Fatalf("%d came without a pause", got)
	}
	o.clock.Advance(31 * time.Second)
	o.tick()
	o.tick()
	if got := server.Messages(); len(got) != 1 || got[0].To != "ana@example.com" {
		t.Fatalf("%d came", len(got))
	}
	if rows, err := o.CountRecords(collections.Mails); err != nil || rows != 0 {
		t.Errorf("%d rows, %v", rows, err)
	}
}
