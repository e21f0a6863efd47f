package notify_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// reminded is a customer who has just been reminded in their chat, a day before
// an appointment at nine in the morning.
func reminded(t *testing.T) (*desk, *core.Record, *core.Record) {
	t.Helper()
	d := newDesk(t)
	conversation := d.meets()
	a := d.book(time.Date(2040, 3, 7, 12, 0, 0, 0, time.UTC))
	d.clock.Set(time.Date(2040, 3, 6, 12, 0, 0, 0, time.UTC))
	d.work()
	d.want(a, "reminded", "1440 sent", "120 scheduled")

	return d, a, conversation
}

// attend puts a person on the conversation, who writes.
func (d *desk) attend(conversation *core.Record, text string) {
	d.T.Helper()
	d.Do(http.MethodPost, d.company.Records(collections.Messages), d.owner.Token, map[string]any{
		"company": d.company.Id, "conversation": conversation.Id, "text": text,
	}).Must(d.T, http.StatusOK)
	d.drain()
}

func (d *desk) events(conversation *core.Record) string {
	d.T.Helper()
	rows, err := d.FindAllRecords(collections.Messages, dbx.HashExp{"conversation": conversation.Id, "kind": "system"})
	if err != nil {
		d.T.Fatal(err)
	}
	var names []string
	for _, row := range rows {
		var data struct {
			Event string `json:"event"`
		}
		if err := row.UnmarshalJSONField("data", &data); err != nil {
			d.T.Fatal(err)
		}
		names = append(names, data.Event)
	}

	return strings.Join(names, " ")
}

// An answer to the reminder confirms or cancels, is thanked once, and leaves a
// line for the team.
func TestAnAnswerConfirms(t *testing.T) {
	for _, text := range []string{"👍", "ok", "Confirmo!", "sim, estarei lá"} {
		d, a, conversation := reminded(t)
		before := len(d.said())
		d.chats(text)
		if a = d.Reload(a); a.GetString("status") != "confirmed" || a.GetString("confirmed_at") == "" {
			t.Errorf("%q did not confirm", text)
		}
		if said := d.said()[before:]; len(said) != 1 || !strings.HasPrefix(said[0], "Obrigado!") {
			t.Errorf("%q was answered %q", text, said)
		}
		if got := d.events(conversation); got != "appointment_confirmed" {
			t.Errorf("%q left %q", text, got)
		}
		d.chats("obrigada 🙏")
		d.chats("👍")
		if said := d.said()[before:]; len(said) != 1 {
			t.Errorf("thanked again: %q", said)
		}
	}
}

func TestAnAnswerCancels(t *testing.T) {
	for _, text := range []string{"cancelar", "não vou poder ir", "preciso desmarcar, desculpe"} {
		d, a, conversation := reminded(t)
		d.chats(text)
		if a = d.Reload(a); a.GetString("status") != "cancelled" || a.GetString("cancelled_by") != "contact" {
			t.Errorf("%q did not cancel", text)
		}
		if got := d.last().Text; !strings.Contains(got, "foi cancelado") {
			t.Errorf("%q was answered %q", text, got)
		}
		if d.events(conversation) != "appointment_cancelled" {
			t.Errorf("%q left %q", text, d.events(conversation))
		}
		d.want(a, "cancelled", "1440 sent", "120 cancelled:cancelled")
	}
}

// A yes with a condition asks: the other time is looked for, and nothing is
// confirmed.
func TestAConditionAsks(t *testing.T) {
	d, a, _ := reminded(t)
	d.chats("sim, mas 16h?")
	if d.Reload(a).GetString("confirmed_at") != "" {
		t.Fatal("it was taken for a yes")
	}
	got := d.last()
	if !strings.Contains(got.Text, "16:00") || len(got.Options) == 0 {
		t.Fatalf("asked %q %v", got.Text, got.Options)
	}
	d.chats("sim")
	if a = d.Reload(a); a.GetDateTime("start").Time() != time.Date(2040, 3, 7, 19, 0, 0, 0, time.UTC) {
		t.Fatalf("the appointment is at %s; said %q", a.GetString("start"), d.last().Text)
	}

	d, a, _ = reminded(t)
	d.chats("não")
	if got := d.last(); len(got.Options) != 3 || d.Reload(a).GetString("status") != "confirmed" {
		t.Fatalf("asked %q %v", got.Text, got.Options)
	}
	d.chats("Cancelar", d.last().Options[2].ID)
	if d.Reload(a).GetString("status") != "cancelled" {
		t.Error("the button did not cancel")
	}
}

// While a person answers, only what is clear counts; nothing is said over them.
func TestAPersonIsNotTalkedOver(t *testing.T) {
	d, a, conversation := reminded(t)
	d.attend(conversation, "Oi Ana, prefere pagar com cartão?")
	before := len(d.said())
	d.chats("sim")
	d.chats("cancelar")
	if a = d.Reload(a); a.GetString("confirmed_at") != "" || a.GetString("status") != "confirmed" {
		t.Fatal("a yes to the person was taken for one to the reminder")
	}
	d.chats("e confirmo minha consulta")
	if a = d.Reload(a); a.GetString("confirmed_at") == "" {
		t.Error("a clear yes was not heard")
	}
	if d.events(conversation) == "" || len(d.said()) != before {
		t.Errorf("events %q, said %q", d.events(conversation), d.said()[before:])
	}

	// Reminded while a person has the conversation: ok is an answer to that.
	d = newDesk(t)
	conversation = d.meets()
	a = d.book(time.Date(2040, 3, 7, 12, 0, 0, 0, time.UTC))
	d.clock.Set(time.Date(2040, 3, 6, 11, 0, 0, 0, time.UTC))
	d.attend(conversation, "Qualquer coisa, me avise.")
	d.clock.Set(time.Date(2040, 3, 6, 12, 0, 0, 0, time.UTC))
	d.work()
	before = len(d.said())
	d.chats("ok")
	if a = d.Reload(a); a.GetString("confirmed_at") == "" || len(d.said()) != before {
		t.Errorf("confirmed %q, said %q", a.GetString("confirmed_at"), d.said()[before:])
	}
	d.chats("não vou conseguir ir")
	if a = d.Reload(a); a.GetString("status") != "cancelled" || len(d.said()) != before {
		t.Errorf("%s, said %q", a.GetString("status"), d.said()[before:])
	}
}

// An answer is for the reminder sent last, of an appointment that still stands
// there; the dialogue keeps what it asked for itself.
func TestAnAnswerIsForTheLastReminder(t *testing.T) {
	d, first, _ := reminded(t)
	second := d.book(time.Date(2040, 3, 7, 13, 0, 0, 0, time.UTC))
	d.clock.Set(time.Date(2040, 3, 7, 11, 0, 0, 0, time.UTC))
	d.work()
	d.chats("ok")
	if d.Reload(second).GetString("confirmed_at") == "" || d.Reload(first).GetString("confirmed_at") != "" {
		t.Error("the yes went to another appointment than the one reminded of last")
	}

	d, a, _ := reminded(t)
	d.act(a, "reschedule", map[string]any{"start": "2040-03-08T12:00:00Z"})
	d.drain()
	d.chats("confirmo")
	if d.Reload(a).GetString("confirmed_at") != "" {
		t.Error("a yes to a time that is no more confirmed the new one")
	}

	d, a, _ = reminded(t)
	d.chats("menu")
	d.chats("cancelar")
	if d.Reload(a).GetString("status") != "confirmed" {
		t.Error("a word to the dialogue cancelled the appointment")
	}

	// A button of somebody else's reminder opens nothing.
	d, a, _ = reminded(t)
	theirs := d.last().Options[2].ID
	mine := newDeskOn(d)
	mine.chats("x", theirs)
	if d.Reload(a).GetString("status") != "confirmed" {
		t.Error("another customer's button cancelled the appointment")
	}
}

// newDeskOn is another customer of the same desk.
func newDeskOn(d *desk) *stranger { return &stranger{d} }

type stranger struct{ *desk }

func (s *stranger) chats(text, payload string) {
	s.T.Helper()
	in := s.inbound("beto", text)
	in.Payload = payload
	if _, err := s.Inbox.Ingest(s.T.Context(), in); err != nil {
		s.T.Fatal(err)
	}
	s.drain()
}
