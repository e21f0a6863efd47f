package agenda_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda"
)

// Parity: LS-appointments.
func TestOnePhoneBooksForSeveral(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"max_open": 2})
	d.booked(at(8, 0))
	d.booked(at(9, 0), map[string]any{"attendee": d.contact.GetString("name")}) // that is the contact
	if r := d.book(d.owner.Token, at(10, 0)); r.Status != http.StatusConflict || r.Code() != "attendee_limit" || r.JSON["data"].(map[string]any)["limit"] != 2.0 {
		t.Fatalf("a third one: %s", r.Raw)
	}
	léo := d.booked(at(10, 0), map[string]any{"attendee": "  Léo   Lima "})
	if got := d.appointment(léo).GetString("attendee"); got != "Léo Lima" {
		t.Errorf("booked for %q", got)
	}
	d.booked(at(11, 0), map[string]any{"attendee": "léo lima"})
	if r := d.book(d.owner.Token, at(12, 0), map[string]any{"attendee": "Léo Lima"}); r.Code() != "attendee_limit" {
		t.Fatalf("a third one of Léo's: %s", r.Raw)
	}
	d.booked(at(12, 0), map[string]any{"attendee": "Bia"})

	// a colleague who knows better, a cancelled one, one that is over, another service
	d.booked(at(12, 0), map[string]any{"attendee": "Léo Lima", "overbook": true})
	names, err := d.Agenda.Attendees(d, d.company.Id, d.contact.Id, 5)
	if err != nil || !slices.Equal(names, []string{"Léo Lima", "Bia", "léo lima"}) {
		t.Errorf("remembered %v, %v", names, err)
	}
	other := d.company.Service(d.agenda)
	d.booked(at(13, 0), map[string]any{"service": other.Id})
	if r := d.Do("PATCH", d.company.RecordURL(d.appointment(léo)), d.owner.Token, map[string]any{"attendee": ""}); r.Code() != "attendee_limit" {
		t.Errorf("made the contact's by the records API: %s", r.Raw)
	}
	d.Do("POST", d.appointmentURL(léo, "cancel"), d.owner.Token, nil).Must(t, http.StatusOK)
	d.Do("POST", d.appointmentURL(d.booked(at(14, 0), map[string]any{"attendee": "Caio"}), "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(15, 0))}).Must(t, http.StatusOK)
	d.clock.Advance(26 * 60 * 60 * 1e9)
	d.booked(at(20, 0), map[string]any{"attendee": ""})
	d.sound()
}

func TestALimitHoldsAgainstManyAtOnce(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"max_open": 1})
	statuses := make([]int, 8)
	together(len(statuses), func(i int) { statuses[i] = d.book(d.owner.Token, at(i, 0)).Status })
	slices.Sort(statuses)
	if statuses[0] != 200 || statuses[1] != 409 {
		t.Errorf("%v", statuses)
	}
}

func TestNoShowsAreCounted(t *testing.T) {
	d := newDesk(t)
	count := func(want int) {
		t.Helper()
		if got := d.Reload(d.contact).GetInt("no_shows"); got != want {
			t.Fatalf("%d no-shows, want %d", got, want)
		}
	}
	first, second := d.booked(at(8, 0)), d.booked(at(9, 0))
	count(0)
	d.Do("POST", d.appointmentURL(first, "no-show"), d.owner.Token, nil).Must(t, http.StatusOK)
	count(1)
	d.Do("POST", d.appointmentURL(first, "no-show"), d.owner.Token, nil).Must(t, http.StatusOK)
	count(1)
	d.Do("PATCH", d.company.RecordURL(d.appointment(second)), d.owner.Token, map[string]any{"status": "no_show"}).Must(t, http.StatusOK)
	count(2)
	d.Do("POST", d.appointmentURL(first, "done"), d.owner.Token, nil).Must(t, http.StatusOK)
	count(1)

	// it is nobody's to write
	d.Do("PATCH", d.company.RecordURL(d.contact), d.owner.Token, map[string]any{"no_shows": 0, "notes": "called"}).Must(t, http.StatusOK)
	count(1)

	// moved to another contact, taken away
	other := d.company.Contact()
	d.set(d.appointment(second), map[string]any{"contact": other.Id})
	count(0)
	if got := d.Reload(other).GetInt("no_shows"); got != 1 {
		t.Errorf("the other has %d", got)
	}
	if err := d.Delete(d.appointment(second)); err != nil {
		t.Fatal(err)
	}
	if got := d.Reload(other).GetInt("no_shows"); got != 0 {
		t.Errorf("the other has %d", got)
	}
}

// What was agreed stays agreed.
func TestThePriceIsThatOfTheDayOfBooking(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"price": 5000})
	id := d.booked(at(8, 0))
	d.set(d.service, map[string]any{"price": 9000, "currency": "EUR"})
	d.Do("POST", d.appointmentURL(id, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(9, 0))}).Must(t, http.StatusOK)
	if a := d.appointment(id); a.GetInt("price") != 5000 || a.GetString("currency") != "BRL" {
		t.Errorf("%d %s", a.GetInt("price"), a.GetString("currency"))
	}
}

func TestWhoCancelledAndWhy(t *testing.T) {
	d := newDesk(t)
	id := d.booked(at(8, 0))
	d.Do("POST", d.appointmentURL(id, "cancel"), d.owner.Token, map[string]any{"reason": "The chair is broken"}).Must(t, http.StatusOK)
	if a := d.appointment(id); a.GetString("cancelled_by") != "member" || a.GetString("cancel_reason") != "The chair is broken" {
		t.Errorf("%s: %s", a.GetString("cancelled_by"), a.GetString("cancel_reason"))
	}
	other := d.booked(at(9, 0))
	err := d.RunInTransaction(func(txApp core.App) error {
		_, err := d.Agenda.Cancel(txApp, agenda.Cancellation{Company: d.company.Id, Appointment: other, Contact: d.contact.Id, By: agenda.ByContact, Reason: "Ill"})

		return err
	})
	if a := d.appointment(other); err != nil || a.GetString("cancelled_by") != "contact" || a.GetString("cancel_reason") != "Ill" {
		t.Errorf("%s: %s, %v", a.GetString("cancelled_by"), a.GetString("cancel_reason"), err)
	}
}
