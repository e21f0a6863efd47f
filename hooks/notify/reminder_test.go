package notify_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/channels"
)

func confirm(d *desk, id string) error {
	_, err := d.Agenda.Confirm(d.App, agenda.Confirmation{Company: d.company.Id, Appointment: id})

	return err
}

// Reminders are made, moved and cancelled with the appointment, in its own
// transaction.
//
// Parity: LS-appointment-date.
func TestRemindersFollowTheAppointment(t *testing.T) {
	d := newDesk(t)
	a := d.book(monday.Add(50 * time.Hour))
	d.want(a, "booked", "1440 scheduled", "120 scheduled")
	soon := d.book(monday.Add(3 * time.Hour))
	d.want(soon, "booked three hours before", "120 scheduled")

	d.act(a, "reschedule", map[string]any{"start": monday.Add(60 * time.Hour).Format(time.RFC3339)})
	d.want(a, "moved", "1440 cancelled:moved", "120 cancelled:moved", "1440 scheduled", "120 scheduled")
	d.act(a, "cancel", nil)
	d.want(a, "cancelled", "1440 cancelled:moved", "120 cancelled:moved", "1440 cancelled:cancelled", "120 cancelled:cancelled")
	d.act(soon, "arrived", nil)
	d.want(soon, "arrived", "120 cancelled:over")

	before, _ := d.CountRecords(collections.Reminders)
	d.post("/api/recado/agendas/"+d.agenda.Id+"/book", map[string]any{
		"service": d.service.Id, "start": monday.Add(3 * time.Hour).Format(time.RFC3339), "contact": d.contact.Id,
	}).Must(t, http.StatusConflict)
	if after, _ := d.CountRecords(collections.Reminders); after != before {
		t.Error("a refused booking left reminders")
	}

	d.set(d.service, map[string]any{"reminders": map[string]any{"offsets": []int{4320, 60}}})
	d.want(d.book(monday.Add(100*time.Hour)), "of the service's own", "4320 scheduled", "60 scheduled")
	d.set(d.service, map[string]any{"reminders": map[string]any{"offsets": []int{}}})
	d.want(d.book(monday.Add(110*time.Hour)), "none")
	for _, wrong := range []any{map[string]any{"offsets": []int{59}}, map[string]any{"offsets": []int{60, 61, 62, 63, 64, 65}}, map[string]any{"channels": []string{"smoke"}},
		map[string]any{"texts": map[string]string{"fr": "x"}}, "soon"} {
		got := d.Do(http.MethodPatch, d.company.RecordURL(d.service), d.owner.Token, map[string]any{"reminders": wrong})
		if got.Status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", wrong, got.Status, got.Raw)
		}
	}
}

// A reminder says the time of the agenda's clock, also across a change of it, and
// leaves exactly a day before.
func TestRemindersOverDaylightSaving(t *testing.T) {
	for _, c := range []struct {
		name       string
		start, due time.Time
		clock      string
	}{
		// New York turns its clocks forward on 11 March 2040 at 2:00.
		{"forward", time.Date(2040, 3, 11, 14, 0, 0, 0, time.UTC), time.Date(2040, 3, 10, 14, 0, 0, 0, time.UTC), "tomorrow at 10:00 AM"},
		// and back on 4 November.
		{"back", time.Date(2040, 11, 4, 14, 0, 0, 0, time.UTC), time.Date(2040, 11, 3, 14, 0, 0, 0, time.UTC), "tomorrow at 9:00 AM"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.clock.Set(c.start.AddDate(0, 0, -3))
			d.set(d.agenda, map[string]any{"timezone": "America/New_York"})
			d.set(d.company.Record, map[string]any{"locale": "en"})
			d.meets()
			a := d.book(c.start)
			d.clock.Set(c.due.Add(-time.Second))
			d.work()
			d.want(a, "a second before", "1440 scheduled", "120 scheduled")
			d.clock.Set(c.due)
			d.work()
			d.want(a, "on time", "1440 sent", "120 scheduled")
			if said := d.last().Text; !strings.Contains(said, c.clock) {
				t.Errorf("said %q, want %q", said, c.clock)
			}
		})
	}
}

// After a downtime the newest reminder that is due is sent, unless the start is
// less than half an hour away; the others say why not.
func TestRemindersAfterADowntime(t *testing.T) {
	for _, c := range []struct {
		before time.Duration // the start
		want   []string
		mails  int
	}{
		{3 * time.Hour, []string{"1440 sent", "120 scheduled"}, 1},
		{time.Hour, []string{"1440 skipped:later_due", "120 sent"}, 1},
		{30 * time.Minute, []string{"1440 skipped:later_due", "120 sent"}, 1},
		{30*time.Minute - time.Second, []string{"1440 skipped:too_late", "120 skipped:too_late"}, 0},
		{-time.Hour, []string{"1440 skipped:too_late", "120 skipped:too_late"}, 0},
	} {
		t.Run(c.before.String(), func(t *testing.T) {
			d := newDesk(t)
			a := d.book(monday.Add(50 * time.Hour))
			d.work()
			d.clock.Set(a.GetDateTime("start").Time().Add(-c.before))
			d.work()
			d.work()
			d.want(a, "after the downtime", c.want...)
			if got := len(d.server.Messages()) - 1; got != c.mails {
				t.Errorf("%d reminders by mail, want %d", got, c.mails)
			}
		})
	}
}

// A reminder that waits for the network is taken back when its appointment moves
// or is cancelled: nobody is reminded of a time that is no more.
func TestNoReminderOfWhatIsNoMore(t *testing.T) {
	for _, action := range []string{"reschedule", "cancel"} {
		for _, way := range []string{"chat", "mail"} {
			t.Run(action+" "+way, func(t *testing.T) {
				d := newDesk(t)
				if way == "chat" {
					d.meets()
				}
				a := d.book(monday.Add(50 * time.Hour))
				d.work()
				said, mails := len(d.said()), len(d.server.Messages())

				d.phone.fail = errors.New("network is down")
				d.server.Refuse("451 later")
				d.clock.Set(monday.Add(26 * time.Hour))
				d.work()
				d.want(a, "waiting", "1440 sent", "120 scheduled")
				d.act(a, action, map[string]any{"start": monday.Add(60 * time.Hour).Format(time.RFC3339)})
				d.phone.fail = nil
				d.server.Refuse("")
				d.clock.Set(monday.Add(27 * time.Hour))
				d.work()

				for _, text := range d.said()[said:] {
					if strings.Contains(text, "Lembrete") {
						t.Errorf("said %q", text)
					}
				}
				for _, m := range d.server.Messages()[mails:] {
					if strings.HasPrefix(subject(t, m), "Lembrete") {
						t.Errorf("mailed %q", subject(t, m))
					}
				}
			})
		}
	}
}

// The ways are tried in the service's order; where one fails the next is taken,
// and where none is left the reminder says so.
func TestTheNextWayIsTaken(t *testing.T) {
	d := newDesk(t)
	d.meets()
	d.set(d.contact, map[string]any{"email": "bia@example.com"})
	a := d.book(monday.Add(50 * time.Hour))
	d.work()

	d.phone.fail = channels.Permanent(errors.New("blocked"))
	d.clock.Set(monday.Add(26 * time.Hour))
	d.work()
	d.want(a, "after the chat refused", "1440 scheduled:blocked", "120 scheduled")
	d.work()
	d.want(a, "by mail", "1440 sent", "120 scheduled")
	if got := d.server.Messages(); len(got) != 1 || !strings.HasPrefix(subject(t, got[0]), "Lembrete") || strings.Count(parts(t, got[0])["text/html"], "https://desk.example.com/a/") != 3 {
		t.Fatalf("%d mails", len(got))
	}

	d.phone.fail = nil
	d.set(d.service, map[string]any{"reminders": map[string]any{"channels": []string{"email", "chat"}, "texts": map[string]string{"pt-BR": "{name}, {service} {when}!"}}})
	d.clock.Set(monday.Add(48 * time.Hour))
	d.work()
	if len(d.server.Messages()) != 2 {
		t.Error("the service's order was not followed")
	}
	d.set(d.service, map[string]any{"reminders": map[string]any{"channels": []string{"chat"}, "texts": map[string]string{"pt-BR": "{name}, {service} {when}!"}}})
	b := d.book(monday.Add(51 * time.Hour))
	d.clock.Set(monday.Add(49 * time.Hour))
	d.work()
	if got := d.last().Text; got != "Ana, Limpeza hoje às 08:00!" {
		t.Errorf("said %q", got)
	}
	d.want(b, "in own words", "120 sent")

	d.contact = d.company.Create(collections.Contacts, map[string]any{"name": "Caio"})
	nowhere := d.book(monday.Add(80 * time.Hour))
	d.clock.Set(monday.Add(60 * time.Hour))
	d.work()
	d.want(nowhere, "nowhere", "1440 skipped:no_channel", "120 scheduled")
}

// Two processes on one folder remind once.
func TestTwoProcessesRemindOnce(t *testing.T) {
	d := newDesk(t)
	d.meets()
	for i := range 20 {
		d.book(monday.Add(time.Duration(50+i) * time.Hour))
	}
	d.clock.Set(monday.Add(48 * time.Hour))
	done := make(chan error, 8)
	for range 8 {
		go func() { done <- d.Notify.Tick(context.Background()) }()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	sent, _ := d.CountRecords(collections.Reminders, dbx.HashExp{"status": "sent"})
	var twice int
	err := d.DB().NewQuery(`SELECT count(*) FROM messages WHERE text LIKE '%Lembrete%'`).Row(&twice)
	if err != nil || int64(twice) != sent || sent == 0 {
		t.Errorf("%d reminders were sent as %d messages (%v)", sent, twice, err)
	}
}

// A reminder of an inactive company waits.
func TestAnInactiveCompanyRemindsNobody(t *testing.T) {
	d := newDesk(t)
	a := d.book(monday.Add(50 * time.Hour))
	d.set(d.company.Record, map[string]any{"active": false})
	d.clock.Set(monday.Add(26 * time.Hour))
	d.work()
	d.want(a, "inactive", "1440 scheduled", "120 scheduled")
}
