package notify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/smtptest"
)

// phone is a chat channel that keeps what it was given.
type phone struct {
	mu   sync.Mutex
	fail error
	got  []channels.Outgoing
}

func (p *phone) Start(context.Context) error         { return nil }
func (p *phone) Stop(context.Context) error          { return nil }
func (p *phone) Capabilities() channels.Capabilities { return channels.Capabilities{Options: 10} }

func (p *phone) Send(_ context.Context, out channels.Outgoing) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return "", p.fail
	}
	p.got = append(p.got, out)

	return out.ExternalID, nil
}

// desk is a company in São Paulo with an agenda that is always open, a service of
// an hour, a customer with an e-mail address, a chat channel and a mail server.
type desk struct {
	*recadotest.App
	clock   *recadotest.Clock
	company *recadotest.Company
	owner   *recadotest.Member
	agenda  *core.Record
	service *core.Record
	contact *core.Record
	channel *core.Record
	phone   *phone
	server  *smtptest.Server
	serial  int
}

// monday is the first moment of the tests: eight in the morning in UTC, five in São Paulo.
var monday = time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC)

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{clock: recadotest.NewClock(monday), server: smtptest.New(t), phone: &phone{}}
	d.App = recadotest.New(t, d.clock.Now, append(d.server.Env(), "RECADO_URL=https://desk.example.com")...)
	d.Channels.Add("whatsapp", d.phone)
	d.company = d.Company()
	d.owner = d.company.Member("owner")
	d.agenda = d.company.Agenda()
	d.service = d.company.Service(d.agenda)
	d.set(d.service, map[string]any{"name": "Limpeza"})
	d.contact = d.company.Create(collections.Contacts, map[string]any{"name": "Ana Lima", "email": "ana@example.com"})
	d.channel = d.company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Phone", "answerer": "bot", "active": true})

	return d
}

func (d *desk) set(record *core.Record, values map[string]any) {
	d.T.Helper()
	fresh := d.Reload(record)
	fresh.Load(values)
	if err := d.Save(fresh); err != nil {
		d.T.Fatal(err)
	}
}

// chats makes the customer write on the chat channel; it returns the conversation.
func (d *desk) chats(text string, payload ...string) *core.Record {
	d.T.Helper()
	in := d.inbound("ana", text)
	if len(payload) > 0 {
		in.Payload = payload[0]
	}
	result, err := d.Inbox.Ingest(context.Background(), in)
	if err != nil {
		d.T.Fatal(err)
	}
	d.drain()
	conversation, err := d.FindRecordById(collections.Conversations, result.Conversation)
	if err != nil {
		d.T.Fatal(err)
	}

	return conversation
}

func (d *desk) inbound(who, text string) channels.Inbound {
	d.serial++

	return channels.Inbound{
		Company: d.company.Id, Channel: d.channel.Id, IdentityKind: "visitor", IdentityValue: who,
		Name: "Ana Lima", ExternalID: fmt.Sprint("in-", d.serial), Text: text,
	}
}

// meets makes the customer one who writes on the chat channel.
func (d *desk) meets() *core.Record {
	d.T.Helper()
	conversation := d.chats("oi")
	contact, err := d.FindRecordById(collections.Contacts, conversation.GetString("contact"))
	if err != nil {
		d.T.Fatal(err)
	}
	d.contact = contact

	return conversation
}

func (d *desk) drain() {
	d.T.Helper()
	if err := d.Inbox.Drain(context.Background()); err != nil {
		d.T.Fatal(err)
	}
}

// work lets the jobs run: reminders, mails, the outbox.
func (d *desk) work() {
	d.T.Helper()
	if err := errors.Join(d.Notify.Tick(context.Background()), d.Mail.Tick(context.Background())); err != nil {
		d.T.Fatal(err)
	}
	d.drain()
}

func (d *desk) said() []string {
	d.phone.mu.Lock()
	defer d.phone.mu.Unlock()
	var list []string
	for _, out := range d.phone.got {
		list = append(list, out.Text)
	}

	return list
}

func (d *desk) last() channels.Outgoing {
	d.phone.mu.Lock()
	defer d.phone.mu.Unlock()
	if len(d.phone.got) == 0 {
		d.T.Fatal("nothing was said")
	}

	return d.phone.got[len(d.phone.got)-1]
}

// book books over HTTP and returns the appointment.
func (d *desk) book(start time.Time) *core.Record {
	d.T.Helper()
	answer := d.post("/api/recado/agendas/"+d.agenda.Id+"/book", map[string]any{
		"service": d.service.Id, "start": start.Format(time.RFC3339), "contact": d.contact.Id,
	}).Must(d.T, http.StatusOK)
	a, err := d.FindRecordById(collections.Appointments, answer.JSON["id"].(string))
	if err != nil {
		d.T.Fatal(err)
	}

	return a
}

func (d *desk) post(path string, body any) recadotest.Response {
	return d.Do(http.MethodPost, d.company.URL(path), d.owner.Token, body)
}

func (d *desk) act(a *core.Record, action string, body map[string]any) {
	d.T.Helper()
	d.post("/api/recado/appointments/"+a.Id+"/"+action, body).Must(d.T, http.StatusOK)
}

// reminders of an appointment by offset: status, and the reason after a colon.
func (d *desk) reminders(a *core.Record) map[string]int {
	d.T.Helper()
	rows, err := d.FindAllRecords(collections.Reminders, dbx.HashExp{"appointment": a.Id})
	if err != nil {
		d.T.Fatal(err)
	}
	list := map[string]int{}
	for _, row := range rows {
		key := fmt.Sprint(row.GetInt("offset"), " ", row.GetString("status"))
		if reason := row.GetString("reason"); reason != "" {
			key += ":" + reason
		}
		list[key]++
	}

	return list
}

func (d *desk) want(a *core.Record, what string, want ...string) {
	d.T.Helper()
	expected := map[string]int{}
	for _, one := range want {
		expected[one]++
	}
	if got := d.reminders(a); fmt.Sprint(got) != fmt.Sprint(expected) {
		d.T.Errorf("%s: reminders %v, want %v", what, got, expected)
	}
}
