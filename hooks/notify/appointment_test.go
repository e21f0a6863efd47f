package notify_test

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest/smtptest"
)

// parts are the decoded parts of a mail by their type.
func parts(t *testing.T, m *smtptest.Message) map[string]string {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(m.Raw))
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	var walk func(contentType, encoding string, body io.Reader)
	walk = func(contentType, encoding string, body io.Reader) {
		kind, params, _ := mime.ParseMediaType(contentType)
		if strings.HasPrefix(kind, "multipart/") {
			reader := multipart.NewReader(body, params["boundary"])
			for {
				part, err := reader.NextPart()
				if err != nil {
					return
				}
				walk(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part)
			}
		}
		if strings.EqualFold(encoding, "base64") {
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		raw, _ := io.ReadAll(body)
		list[kind] = string(raw)
	}
	walk(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body)

	return list
}

func subject(t *testing.T, m *smtptest.Message) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}

	return text
}

func line(ics, name string) string {
	found := regexp.MustCompile(`(?m)^` + name + `[;:](.*?)\r?$`).FindStringSubmatch(strings.ReplaceAll(ics, "\r\n ", ""))
	if found == nil {
		return ""
	}

	return found[1]
}

// A booking, a move and a cancellation are mailed in the customer's language and
// the agenda's time zone, as one event of their calendar that changes.
//
// Parity: LC-mail.
func TestTheCustomerIsMailed(t *testing.T) {
	d := newDesk(t)
	start := time.Date(2040, 3, 7, 18, 0, 0, 0, time.UTC) // 15:00 in São Paulo
	a := d.book(start)
	d.work()
	d.act(a, "reschedule", map[string]any{"start": start.Add(time.Hour).Format(time.RFC3339)})
	d.work()
	d.act(a, "cancel", nil)
	d.work()

	got := d.server.Messages()
	if len(got) != 3 {
		t.Fatalf("%d mails", len(got))
	}
	for i, want := range []struct{ subject, method, sequence, start, status string }{
		{"Seu agendamento: Limpeza, quarta-feira, 7 de março, às 15:00", "REQUEST", "0", "20400307T180000Z", "CONFIRMED"},
		{"Novo horário do seu agendamento: Limpeza, quarta-feira, 7 de março, às 16:00", "REQUEST", "1", "20400307T190000Z", "CONFIRMED"},
		{"Cancelado: Limpeza, quarta-feira, 7 de março, às 16:00", "CANCEL", "2", "20400307T190000Z", "CANCELLED"},
	} {
		if got := subject(t, got[i]); got != want.subject {
			t.Errorf("subject %q, want %q", got, want.subject)
		}
		ics := parts(t, got[i])["text/calendar"]
		for name, value := range map[string]string{
			"METHOD": want.method, "SEQUENCE": want.sequence, "DTSTART": want.start, "STATUS": want.status, "UID": a.Id + "@recado",
		} {
			if line(ics, name) != value {
				t.Errorf("mail %d: %s is %q, want %q", i, name, line(ics, name), value)
			}
		}
		if !strings.Contains(line(ics, "ORGANIZER"), "mailto:desk@clinic.test") || !strings.Contains(line(ics, "ATTENDEE"), "mailto:ana@example.com") {
			t.Errorf("%s", ics)
		}
	}
	for i, links := range []int{2, 2, 0} {
		html := parts(t, got[i])["text/html"]
		if n := strings.Count(html, "https://desk.example.com/a/"); n != links {
			t.Errorf("mail %d has %d links: %s", i, n, html)
		}
	}

	d.set(d.contact, map[string]any{"locale": "es"})
	d.book(start)
	d.work()
	if got := subject(t, d.server.Messages()[3]); got != "Su cita: Limpeza, el miércoles 7 de marzo a las 15:00" {
		t.Errorf("%q", got)
	}
}

// Who has a chat hears it there; a mail goes as well only where the company
// wants that.
func TestChatComesBeforeMail(t *testing.T) {
	d := newDesk(t)
	d.meets()
	d.set(d.contact, map[string]any{"email": "ana2@example.com"})
	before := len(d.said())
	d.book(monday.Add(50 * time.Hour))
	d.work()
	if said := d.said()[before:]; len(said) != 1 || !strings.Contains(said[0], "está marcado: Limpeza") {
		t.Errorf("said %q", said)
	}
	if len(d.server.Messages()) != 0 {
		t.Error("a mail went where the chat is live")
	}

	d.set(d.company.Record, map[string]any{"settings": map[string]any{"mails": "always"}})
	d.book(monday.Add(52 * time.Hour))
	d.work()
	if len(d.server.Messages()) != 1 {
		t.Errorf("%d mails", len(d.server.Messages()))
	}

	d.set(d.channel, map[string]any{"active": false})
	d.set(d.company.Record, map[string]any{"settings": map[string]any{}})
	d.book(monday.Add(54 * time.Hour))
	d.work()
	if len(d.server.Messages()) != 2 {
		t.Error("no mail went where the chat is closed")
	}
}

// A mail that has not left when the appointment moves never leaves.
func TestAnOvertakenMailStays(t *testing.T) {
	d := newDesk(t)
	a := d.book(monday.Add(50 * time.Hour))
	d.act(a, "reschedule", map[string]any{"start": monday.Add(60 * time.Hour).Format(time.RFC3339)})
	d.work()
	if got := d.server.Messages(); len(got) != 1 || !strings.HasPrefix(subject(t, got[0]), "Novo horário") {
		t.Errorf("%d mails", len(got))
	}
}

// What is no news is not told: a hold, what is over, invented customers.
func TestNobodyIsToldOfNothing(t *testing.T) {
	d := newDesk(t)
	held := d.post("/api/recado/agendas/"+d.agenda.Id+"/book", map[string]any{
		"service": d.service.Id, "start": monday.Add(50 * time.Hour).Format(time.RFC3339), "contact": d.contact.Id, "hold": 600,
	}).Must(t, http.StatusOK)
	d.work()
	if len(d.server.Messages()) != 0 {
		t.Fatal("a hold was announced")
	}
	d.post("/api/recado/appointments/"+held.JSON["id"].(string)+"/confirm", nil).Must(t, http.StatusOK)
	d.work()
	if len(d.server.Messages()) != 1 {
		t.Fatal("a hold that became a booking was not announced")
	}

	d.set(d.contact, map[string]any{"source": "demo"})
	d.book(monday.Add(55 * time.Hour))
	d.work()
	if len(d.server.Messages()) != 1 {
		t.Fatal("an invented customer got a mail")
	}
}

func (d *desk) open(method, path string, form url.Values) *httptest.ResponseRecorder {
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	request := httptest.NewRequest(method, path, body)
	if form != nil {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	recorder := httptest.NewRecorder()
	d.Handler().ServeHTTP(recorder, request)

	return recorder
}

// The links of a mail only show; the button behind them acts. They end with the
// appointment's start, and open nothing else.
//
// Parity: LC-mail.
func TestLinksActOnlyByTheirButton(t *testing.T) {
	d := newDesk(t)
	a := d.book(monday.Add(50 * time.Hour))
	link, err := d.Notify.Link(a.Id)
	if err != nil {
		t.Fatal(err)
	}
	path := strings.TrimPrefix(link, "https://desk.example.com")

	// A scanner opens everything, more than once.
	for range 2 {
		for _, sub := range []string{"", "/confirm", "/cancel", "/move", "/calendar.ics"} {
			got := d.open(http.MethodGet, path+sub, nil)
			if got.Code != http.StatusOK || got.Header().Get("Referrer-Policy") != "no-referrer" || got.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("GET %s: %d %v", sub, got.Code, got.Header())
			}
			if buttons := strings.Count(got.Body.String(), "<button"); sub != "" && sub != "/calendar.ics" && buttons != 1 {
				t.Errorf("GET %s has %d buttons", sub, buttons)
			}
		}
	}
	if now := d.Reload(a); now.GetString("status") != "confirmed" || now.GetString("confirmed_at") != "" || now.GetString("start") != a.GetString("start") {
		t.Fatalf("looking changed it: %v", now)
	}
	if html := d.open(http.MethodGet, path, nil).Body.String(); !strings.Contains(html, `lang="pt-BR"`) || !strings.Contains(html, "07:00–08:00") || strings.Contains(html, "ana@example.com") {
		t.Errorf("%s", html)
	}

	if got := d.open(http.MethodPost, path+"/confirm", url.Values{}); got.Code != http.StatusSeeOther || d.Reload(a).GetString("confirmed_at") == "" {
		t.Errorf("confirming: %d %s", got.Code, got.Body)
	}

	times := regexp.MustCompile(`name="start" value="([^"]+)"`).FindAllStringSubmatch(d.open(http.MethodGet, path+"/move?day=2040-03-08", nil).Body.String(), -1)
	if len(times) < 10 || !strings.HasPrefix(times[0][1], "2040-03-08") {
		t.Fatalf("times %v", times)
	}
	d.post("/api/recado/agendas/"+d.agenda.Id+"/book", map[string]any{"service": d.service.Id, "start": times[0][1], "visitor": map[string]any{"name": "Bia"}}).Must(t, http.StatusOK)
	if got := d.open(http.MethodPost, path+"/move", url.Values{"start": {times[0][1]}}); got.Code != http.StatusConflict || strings.Contains(got.Body.String(), times[0][1]) {
		t.Errorf("a lost race: %d %s", got.Code, got.Body)
	}
	if got := d.open(http.MethodPost, path+"/move", url.Values{}); got.Code != http.StatusBadRequest {
		t.Errorf("no time chosen: %d", got.Code)
	}
	if got := d.open(http.MethodPost, path+"/move", url.Values{"start": {times[1][1]}}); got.Code != http.StatusSeeOther {
		t.Errorf("moving: %d %s", got.Code, got.Body)
	}
	if moved := d.Reload(a); moved.GetDateTime("start").Time().Format(time.RFC3339) != times[1][1] || moved.GetString("confirmed_at") != "" {
		t.Errorf("%v", moved)
	}

	d.clock.Set(d.Reload(a).GetDateTime("start").Time().Add(time.Second))
	for _, sub := range []string{"/confirm", "/cancel", "/move"} {
		if got := d.open(http.MethodPost, path+sub, url.Values{"start": {times[2][1]}}); got.Code != http.StatusGone {
			t.Errorf("POST %s after the start: %d", sub, got.Code)
		}
	}
	d.clock.Set(monday)
	if got := d.open(http.MethodPost, path+"/cancel", url.Values{}); got.Code != http.StatusSeeOther || d.Reload(a).GetString("cancelled_by") != "contact" {
		t.Errorf("cancelling: %d", got.Code)
	}
	if got := d.open(http.MethodGet, path+"/calendar.ics", nil).Body.String(); !strings.Contains(got, "METHOD:CANCEL") || strings.Contains(got, "ATTENDEE") || strings.Contains(got, "ana@example.com") {
		t.Errorf("the file of a cancelled one: %s", got)
	}
	if got := d.open(http.MethodPost, path+"/confirm", url.Values{}); got.Code != http.StatusGone {
		t.Errorf("confirming what is cancelled: %d", got.Code)
	}

	other, _ := d.Notify.Link(d.book(monday.Add(70 * time.Hour)).Id)
	last := "A" // of a code's last character only two bits count
	if strings.HasSuffix(path, last) {
		last = "Q"
	}
	for _, forged := range []string{path[:len(path)-1] + last, "/a/" + a.Id + other[len(other)-22:], "/a/x", path + "x"} {
		if got := d.open(http.MethodGet, forged, nil); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d", forged, got.Code)
		}
	}
	d.set(d.company.Record, map[string]any{"active": false})
	if got := d.open(http.MethodGet, path, nil); got.Code != http.StatusNotFound {
		t.Errorf("an inactive company: %d", got.Code)
	}
}

// Who can't be told is listed for a call, with what there is; who confirmed or
// can be told is not, and nobody sees what their role doesn't.
func TestUnreachable(t *testing.T) {
	d := newDesk(t)
	list := func(token string) map[string]string {
		t.Helper()
		got := d.Do(http.MethodGet, d.company.URL("/api/recado/appointments/unreachable?expand=contact"), token, nil).Must(t, http.StatusOK)
		found := map[string]string{}
		for _, item := range got.JSON["items"].([]any) {
			row := item.(map[string]any)
			found[row["appointment"].(map[string]any)["id"].(string)] = row["reason"].(string) + " " + row["phone"].(string)
		}

		return found
	}
	mailed := d.book(monday.Add(50 * time.Hour))
	d.contact = d.company.Create(collections.Contacts, map[string]any{"name": "Bia", "phone": "+5511987654321"})
	alone := d.book(monday.Add(52 * time.Hour))
	confirmed := d.book(monday.Add(54 * time.Hour))
	if err := confirm(d, confirmed.Id); err != nil {
		t.Fatal(err)
	}
	if got := list(d.owner.Token); len(got) != 1 || got[alone.Id] != "none +5511987654321" {
		t.Errorf("%v", got)
	}

	// Somebody calls her: she will come.
	called := d.book(monday.Add(56 * time.Hour))
	d.Do(http.MethodPost, d.company.URL("/api/recado/appointments/"+called.Id+"/confirm"), d.owner.Token, nil).Must(t, http.StatusOK)
	if got := list(d.owner.Token); len(got) != 1 || got[alone.Id] == "" {
		t.Errorf("who said yes on the phone is still listed: %v", got)
	}

	// The mail of the first one never arrives.
	d.server.Refuse("550 no such user")
	d.clock.Set(monday.Add(26 * time.Hour))
	d.work()
	d.work()
	if got := list(d.owner.Token); !strings.HasPrefix(got[mailed.Id], "failed") {
		t.Errorf("%v", got)
	}

	agent := d.company.Member("agent")
	d.company.Permit(agent.Record, "agenda.view_own")
	if got := list(agent.Token); len(got) != 0 {
		t.Errorf("an agent sees %v", got)
	}
	d.company.Permit(agent.Record, "agenda.view_all")
	if got := list(agent.Token); got[alone.Id] != "none " {
		t.Errorf("a phone number is shown to one who may not see contacts: %v", got)
	}
	if got := d.Do(http.MethodGet, d.company.URL("/api/recado/appointments/unreachable"), d.Company().Member("owner").Token, nil); len(got.JSON["items"].([]any)) != 0 {
		t.Errorf("another company sees %s", got.Raw)
	}
}
