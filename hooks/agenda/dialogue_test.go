package agenda_test

import (
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/apierr"
)

// The tests of this file use the room as the dialogue does: inside a transaction
// of its own, which goes on after a refusal.

func (d *desk) booking(start time.Time) agenda.Booking {
	return agenda.Booking{
		Company: d.company.Id, Agenda: d.agenda.Id, Service: d.service.Id, Contact: d.contact.Id, Start: start, Source: "bot",
	}
}

func TestARefusalLeavesTheCallersTransactionClean(t *testing.T) {
	d := newDesk(t)
	d.booked(at(10, 0))

	// A row that this room takes for over and the database does not: only the
	// trigger stops the booking, after the appointment has been written.
	d.company.Create(collections.Occupancies, map[string]any{
		"kind": "block", "status": "confirmed", "resource": d.agenda.Id,
		"blocked_start": at(12, 0).Unix(), "blocked_end": at(13, 0).Unix(),
		"expires_at": d.clock.Now().Add(-time.Hour).Unix(),
	})

	var kept *core.Record
	err := d.RunInTransaction(func(txApp core.App) error {
		for _, start := range []time.Time{at(10, 0), at(12, 0), at(10, 1)} {
			if _, err := d.Agenda.Book(txApp, d.booking(start)); !agenda.Lost(err) {
				t.Errorf("%s: %v", start, err)
			}
		}
		var err error
		kept, err = d.Agenda.Book(txApp, d.booking(at(14, 0)))

		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := d.count(collections.Appointments); n != 2 || kept.GetString("source") != "bot" {
		t.Fatalf("%d appointments", n)
	}
	d.sound()
}

func TestACustomerChangesOnlyTheirOwn(t *testing.T) {
	d := newDesk(t)
	mine, err := d.Agenda.Book(d, d.booking(at(10, 0)))
	if err != nil {
		t.Fatal(err)
	}
	stranger := d.company.Contact()
	foreign := d.App.Company()

	for name, c := range map[string]struct{ company, contact string }{
		"another customer": {d.company.Id, stranger.Id},
		"another company":  {foreign.Id, d.contact.Id},
	} {
		_, err := d.Agenda.Cancel(d, agenda.Cancellation{Company: c.company, Appointment: mine.Id, Contact: c.contact, By: agenda.ByContact})
		if apierr.Code(err) != "not_found" {
			t.Errorf("%s cancels: %v", name, err)
		}
		_, err = d.Agenda.Reschedule(d, agenda.Move{Company: c.company, Appointment: mine.Id, Contact: c.contact, Start: at(11, 0), By: agenda.ByContact})
		if apierr.Code(err) != "not_found" {
			t.Errorf("%s moves: %v", name, err)
		}
	}

	moved, err := d.Agenda.Reschedule(d, agenda.Move{Company: d.company.Id, Appointment: mine.Id, Contact: d.contact.Id, Start: at(11, 0), By: agenda.ByContact})
	if err != nil || moved.GetDateTime("start").Time() != at(11, 0) {
		t.Fatal(moved, err)
	}
	cancelled, err := d.Agenda.Cancel(d, agenda.Cancellation{Company: d.company.Id, Appointment: mine.Id, Contact: d.contact.Id, By: agenda.ByContact})
	if err != nil || cancelled.GetString("cancelled_by") != "contact" {
		t.Fatal(cancelled, err)
	}
	if _, err := d.Agenda.Reschedule(d, agenda.Move{Company: d.company.Id, Appointment: mine.Id, Start: at(15, 0)}); apierr.Code(err) != "appointment_closed" {
		t.Fatal(err)
	}

	// The list without an appointment's own time is what its mover may choose from.
	again, err := d.Agenda.Book(d, d.booking(at(10, 0)))
	if err != nil {
		t.Fatal(err)
	}
	q := agenda.Query{Company: d.company.Id, Agenda: d.agenda.Id, Service: d.service.Id, From: at(10, 0), To: at(11, 0)}
	for exclude, want := range map[string]int{"": 0, again.Id: 1} {
		q.Exclude = exclude
		if list, err := d.Agenda.Slots(d, q); err != nil || len(list.Slots) != want {
			t.Errorf("excluding %q: %d slots, %v", exclude, len(list.Slots), err)
		}
	}
	d.sound()
}
