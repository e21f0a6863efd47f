package agenda_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: LS-appointments.
func TestBookFillsInTheAppointment(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"buffer_before": 10, "buffer_after": 15, "price": 12000})

	r := d.book(d.owner.Token, at(10, 0), map[string]any{"note": "first time"}).Must(t, http.StatusOK)
	for field, want := range map[string]any{
		"status": "confirmed", "source": "member", "note": "first time", "contact": d.contact.Id,
		"start": "2040-03-06 10:00:00.000Z", "end": "2040-03-06 11:00:00.000Z", "price": 12000.0, "currency": "BRL", "overbook": false,
	} {
		if r.JSON[field] != want {
			t.Errorf("%s is %v, want %v", field, r.JSON[field], want)
		}
	}

	occupancy, err := d.FindFirstRecordByData(collections.Occupancies, "appointment", r.JSON["id"])
	if err != nil {
		t.Fatal(err)
	}
	if occupancy.GetInt("blocked_start") != int(at(9, 50).Unix()) || occupancy.GetInt("blocked_end") != int(at(11, 15).Unix()) {
		t.Errorf("blocks %v to %v", occupancy.Get("blocked_start"), occupancy.Get("blocked_end"))
	}
	d.sound()
}

// Parity: LS-appointments.
func TestManyCallersOneSlot(t *testing.T) {
	d := newDesk(t)
	answers := make([]recadotest.Response, 64)
	together(len(answers), func(i int) { answers[i] = d.book(d.owner.Token, at(10, 0)) })

	won := 0
	for _, r := range answers {
		if r.Status == http.StatusOK {
			won++
			continue
		}
		d.lost(r, at(11, 0), at(12, 0), at(13, 0))
	}
	if won != 1 || d.count(collections.Appointments) != 1 {
		t.Fatalf("%d winners, %d appointments", won, d.count(collections.Appointments))
	}
	d.sound()
}

// Parity: LS-appointments, LS-appointment-date.
func TestEveryPathGivesTheSameAnswer(t *testing.T) {
	d := newDesk(t)
	d.booked(at(10, 0))
	other := d.booked(at(15, 0))
	records := d.company.Records(collections.Appointments)
	superuser := d.Superuser()
	d.Settings().Batch.Enabled = true
	d.Settings().Batch.MaxRequests = 10
	if err := d.Save(d.Settings()); err != nil {
		t.Fatal(err)
	}

	for name, send := range map[string]func() recadotest.Response{
		"create":    func() recadotest.Response { return d.Do("POST", records, d.owner.Token, d.row(at(10, 0), nil)) },
		"dashboard": func() recadotest.Response { return d.Do("POST", records, superuser, d.row(at(10, 0), nil)) },
		"update": func() recadotest.Response {
			return d.Do("PATCH", d.company.URL("/api/collections/appointments/records/"+other), d.owner.Token, map[string]any{"start": stamp(at(10, 0))})
		},
		"batch create": func() recadotest.Response {
			return d.Do("POST", "/api/batch", d.owner.Token, map[string]any{"requests": []any{
				map[string]any{"method": "POST", "url": records, "body": d.row(at(20, 0), nil)},
				map[string]any{"method": "POST", "url": records, "body": d.row(at(10, 0), nil)},
			}})
		},
		"batch update": func() recadotest.Response {
			return d.Do("POST", "/api/batch", d.owner.Token, map[string]any{"requests": []any{
				map[string]any{"method": "PATCH", "url": d.company.URL("/api/collections/appointments/records/" + other), "body": map[string]any{"start": stamp(at(10, 0))}},
			}})
		},
		"reschedule": func() recadotest.Response {
			return d.Do("POST", d.appointmentURL(other, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(10, 0))})
		},
	} {
		t.Run(name, func(t *testing.T) {
			d.t = t
			d.lost(send(), at(11, 0), at(12, 0), at(13, 0))
			d.sound()
		})
	}
	d.t = t
	if n := d.count(collections.Appointments); n != 2 {
		t.Fatalf("%d appointments: a refused batch left something behind", n)
	}
}

// Parity: LS-appointments.
func TestARecordObeysTheRulesOfTheRoutes(t *testing.T) {
	d := newDesk(t)
	records := d.company.Records(collections.Appointments)

	for name, c := range map[string]struct {
		body map[string]any
		rule string
	}{
		"off the grid": {d.row(at(10, 7), nil), "off_grid"},
		"in the past":  {d.row(at(10, 0).AddDate(0, -1, 0), nil), "notice"},
		"too far":      {d.row(at(10, 0).AddDate(1, 0, 0), nil), "horizon"},
	} {
		r := d.Do("POST", records, d.owner.Token, c.body).Must(t, http.StatusUnprocessableEntity)
		if r.Code() != "slot_unavailable" || r.JSON["data"].(map[string]any)["rule"] != c.rule {
			t.Errorf("%s: %s", name, r.Raw)
		}
	}

	// The end follows from the service, whatever is sent.
	r := d.Do("POST", records, d.owner.Token, d.row(at(10, 0), map[string]any{"end": stamp(at(22, 0)), "source": "bot", "sequence": 9})).Must(t, http.StatusOK)
	if r.JSON["end"] != "2040-03-06 11:00:00.000Z" || r.JSON["source"] != "member" || r.JSON["sequence"] != 0.0 {
		t.Errorf("stored %s", r.Raw)
	}
	d.sound()
}

// Parity: LS-appointment-date.
func TestRescheduleToItsOwnNeighbourhood(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"step": 30})
	id := d.booked(at(10, 0))

	d.Do("POST", d.appointmentURL(id, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(10, 30))}).Must(t, http.StatusOK)
	if got := d.starts(at(9, 0), at(12, 0), ""); !slices.Equal(got, []string{stamp(at(9, 0)), stamp(at(9, 30)), stamp(at(11, 30))}) {
		t.Errorf("free: %v", got)
	}
	if got := d.appointment(id).GetInt("sequence"); got != 1 {
		t.Errorf("sequence %d", got)
	}
	d.sound()
}

func TestCancelFreesTheSlotAndOnlyOnce(t *testing.T) {
	d := newDesk(t)
	id := d.booked(at(10, 0))
	before := d.starts(at(0, 0), at(23, 0), "")

	r := d.Do("POST", d.appointmentURL(id, "cancel"), d.owner.Token, map[string]any{"reason": "ill"}).Must(t, http.StatusOK)
	if r.JSON["status"] != "cancelled" || r.JSON["cancelled_by"] != "member" || r.JSON["cancel_reason"] != "ill" {
		t.Fatalf("%s", r.Raw)
	}
	if after := d.starts(at(0, 0), at(23, 0), ""); len(after) != len(before)+1 {
		t.Fatalf("%d slots before, %d after", len(before), len(after))
	}

	d.Do("POST", d.appointmentURL(id, "cancel"), d.owner.Token, nil).Must(t, http.StatusOK)
	r = d.Do("POST", d.appointmentURL(id, "confirm"), d.owner.Token, nil).Must(t, http.StatusConflict)
	if r.Code() != "appointment_closed" {
		t.Fatalf("%s", r.Raw)
	}

	// Taken by another meanwhile: it cannot be brought back through the records API.
	d.booked(at(10, 0))
	d.lost(d.Do("PATCH", d.company.URL("/api/collections/appointments/records/"+id), d.owner.Token, map[string]any{"status": "confirmed"}))
	d.sound()
}

func TestStatusByOneClick(t *testing.T) {
	d := newDesk(t)
	id := d.booked(at(10, 0))
	for _, step := range []struct{ action, status string }{
		{"arrived", "arrived"}, {"done", "done"}, {"no-show", "no_show"}, {"confirm", "confirmed"},
	} {
		r := d.Do("POST", d.appointmentURL(id, step.action), d.owner.Token, nil).Must(t, http.StatusOK)
		if r.JSON["status"] != step.status {
			t.Errorf("%s: %v", step.action, r.JSON["status"])
		}
	}
	if d.appointment(id).GetDateTime("confirmed_at").Time() != d.clock.Now() {
		t.Error("the moment of the confirmation is missing")
	}
	d.sound()
}

// TestStaleWriter: a record loaded before a move, saved after it, must not take
// the appointment back to where it was.
func TestStaleWriter(t *testing.T) {
	d := newDesk(t)
	id := d.booked(at(10, 0))
	stale := d.appointment(id)

	d.Do("POST", d.appointmentURL(id, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(14, 0))}).Must(t, http.StatusOK)
	stale.Set("note", "allergic to latex")
	if err := d.Save(stale); err != nil {
		t.Fatal(err)
	}

	now := d.appointment(id)
	if now.GetDateTime("start").Time() != at(14, 0) || now.GetString("note") != "allergic to latex" {
		t.Fatalf("at %s, note %q", now.GetString("start"), now.GetString("note"))
	}
	d.sound()
}

func TestOverbook(t *testing.T) {
	d := newDesk(t)
	agent := d.company.Join(d.App.User(), "agent")
	d.set(d.agenda, map[string]any{"member": agent.Id, "kind": "member"})
	regular := d.booked(at(10, 0))
	squeeze := map[string]any{"overbook": true}

	d.book(agent.Token, at(10, 15), squeeze).Must(t, http.StatusForbidden)
	d.Do("POST", d.company.Records(collections.Appointments), agent.Token, d.row(at(10, 15), squeeze)).Must(t, http.StatusForbidden)

	squeezed := d.booked(at(10, 15), squeeze)
	if !d.appointment(squeezed).GetBool("overbook") {
		t.Fatal("not flagged")
	}

	// The regular one can still be ticked off, the squeezed one not be made regular.
	d.Do("POST", d.appointmentURL(regular, "arrived"), d.owner.Token, nil).Must(t, http.StatusOK)
	r := d.Do("PATCH", d.company.URL("/api/collections/appointments/records/"+squeezed), d.owner.Token, map[string]any{"overbook": false})
	if r.Status != http.StatusUnprocessableEntity && r.Status != http.StatusConflict {
		t.Fatalf("%d %s", r.Status, r.Raw)
	}
	d.Do("PATCH", d.company.URL("/api/collections/appointments/records/"+squeezed), agent.Token, map[string]any{"start": stamp(at(10, 45))}).Must(t, http.StatusForbidden)

	// What was squeezed in still takes its time from everyone else.
	if got := d.starts(at(10, 0), at(13, 0), ""); !slices.Equal(got, []string{stamp(at(12, 0))}) {
		t.Fatalf("free: %v", got)
	}

	// Moving it with overbook keeps a length of its own.
	long := d.Do("POST", d.company.Records(collections.Appointments), d.owner.Token, d.row(at(18, 5), map[string]any{"overbook": true, "end": stamp(at(18, 25))})).Must(t, http.StatusOK)
	moved := d.Do("POST", d.appointmentURL(long.JSON["id"].(string), "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(19, 5)), "overbook": true}).Must(t, http.StatusOK)
	if moved.JSON["end"] != "2040-03-06 19:25:00.000Z" {
		t.Fatalf("%s", moved.Raw)
	}
	d.sound()
}

func TestHolds(t *testing.T) {
	d := newDesk(t)
	hold := map[string]any{"hold": 600}
	first := d.booked(at(10, 0), hold)
	d.lost(d.book(d.owner.Token, at(10, 0)))

	// A hold becomes a booking by being confirmed.
	r := d.Do("POST", d.appointmentURL(first, "confirm"), d.owner.Token, nil).Must(t, http.StatusOK)
	if r.JSON["status"] != "confirmed" || r.JSON["expires_at"] != 0.0 {
		t.Fatalf("%s", r.Raw)
	}

	// One that ran out blocks nobody, also before the tick.
	second := d.booked(at(11, 0), hold)
	third := d.booked(at(12, 0), hold)
	d.clock.Advance(601 * time.Second)
	if got := d.starts(at(11, 0), at(12, 0), ""); len(got) != 1 {
		t.Fatalf("free: %v", got)
	}
	d.booked(at(11, 0))
	d.lost(d.book(d.owner.Token, at(11, 0)))
	if s := d.appointment(second).GetString("status"); s != "cancelled" {
		t.Fatalf("the hold that ran out is %s", s)
	}

	if err := d.Agenda.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	ended := d.appointment(third)
	if ended.GetString("status") != "cancelled" || ended.GetString("cancelled_by") != "system" {
		t.Fatalf("after the tick: %s by %s", ended.GetString("status"), ended.GetString("cancelled_by"))
	}
	if d.appointment(first).GetString("status") != "confirmed" {
		t.Fatal("the tick ended a booking")
	}

	d.book(d.owner.Token, at(16, 0), map[string]any{"hold": 90000}).Must(t, http.StatusBadRequest)
	d.sound()
}

// Parity: LS-appointments.
func TestIdempotency(t *testing.T) {
	d := newDesk(t)
	ask := func(key string, start time.Time) recadotest.Response {
		body := map[string]any{"service": d.service.Id, "start": stamp(start), "contact": d.contact.Id}
		return d.Send(d.keyed("POST", d.agendaURL("/book"), d.owner.Token, key, body))
	}

	var mu sync.Mutex
	ids := map[any]bool{}
	together(16, func(int) {
		r := ask("key-1", at(10, 0))
		mu.Lock()
		defer mu.Unlock()
		if r.Status != http.StatusOK {
			t.Errorf("%d %s", r.Status, r.Raw)
		}
		ids[r.JSON["id"]] = true
	})
	if len(ids) != 1 || d.count(collections.Appointments) != 1 {
		t.Fatalf("%d answers, %d appointments", len(ids), d.count(collections.Appointments))
	}

	if r := ask("key-1", at(12, 0)).Must(t, http.StatusUnprocessableEntity); r.Code() != "idempotency_mismatch" {
		t.Fatalf("%s", r.Raw)
	}
	d.lost(ask("key-2", at(10, 0)))
	ask("key-2", at(13, 0)).Must(t, http.StatusOK)
	ask(strings.Repeat("k", 201), at(14, 0)).Must(t, http.StatusBadRequest)
}

func TestVisitorBecomesAContact(t *testing.T) {
	d := newDesk(t)
	visit := func(start time.Time, v map[string]any) recadotest.Response {
		return d.book(d.owner.Token, start, map[string]any{"contact": nil, "visitor": v})
	}

	first := visit(at(10, 0), map[string]any{"name": "Ana", "phone": "(11) 98765-4321"}).Must(t, http.StatusOK)
	contact, err := d.FindRecordById(collections.Contacts, first.JSON["contact"].(string))
	if err != nil || contact.GetString("phone") != "+5511987654321" || contact.GetString("company") != d.company.Id {
		t.Fatalf("%v %v", contact, err)
	}
	again := visit(at(11, 0), map[string]any{"name": "Ana Maria", "phone": "+55 11 98765-4321", "email": "ana@example.com"}).Must(t, http.StatusOK)
	if again.JSON["contact"] != contact.Id {
		t.Fatal("the same phone made a second contact")
	}

	contacts := d.count(collections.Contacts)
	visit(at(12, 0), map[string]any{"name": " ", "phone": "11987654321"}).Must(t, http.StatusBadRequest)
	visit(at(12, 0), map[string]any{"name": "Bia", "phone": "12"}).Must(t, http.StatusBadRequest)
	d.lost(visit(at(10, 0), map[string]any{"name": "Bia", "email": "bia@example.com"}))
	if d.count(collections.Contacts) != contacts {
		t.Fatal("a refused booking left a contact behind")
	}
	d.book(d.owner.Token, at(12, 0), map[string]any{"visitor": map[string]any{"name": "Bia"}}).Must(t, http.StatusBadRequest)
}

func TestSquareRefusals(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct {
		body   any
		status int
	}{
		"no start":         {map[string]any{"service": d.service.Id, "contact": d.contact.Id}, 400},
		"nonsense start":   {map[string]any{"service": d.service.Id, "contact": d.contact.Id, "start": "tomorrow"}, 400},
		"no service":       {map[string]any{"contact": d.contact.Id, "start": stamp(at(10, 0))}, 404},
		"no contact":       {map[string]any{"service": d.service.Id, "start": stamp(at(10, 0))}, 400},
		"negative hold":    {map[string]any{"service": d.service.Id, "contact": d.contact.Id, "start": stamp(at(10, 0)), "hold": -1}, 400},
		"unknown contact":  {map[string]any{"service": d.service.Id, "contact": "nobody000000000", "start": stamp(at(10, 0))}, 400},
		"outside the grid": {map[string]any{"service": d.service.Id, "contact": d.contact.Id, "start": stamp(at(10, 1))}, 422},
	} {
		if r := d.Do("POST", d.agendaURL("/book"), d.owner.Token, c.body); r.Status != c.status {
			t.Errorf("%s: %d %s", name, r.Status, r.Raw)
		}
	}

	d.set(d.service, map[string]any{"active": false})
	if r := d.book(d.owner.Token, at(10, 0)).Must(t, http.StatusUnprocessableEntity); r.Code() != "service_not_offered" {
		t.Errorf("%s", r.Raw)
	}
	if got := d.starts(at(0, 0), at(23, 0), ""); len(got) != 0 {
		t.Errorf("a service that is not offered has slots: %v", got)
	}
	if d.count(collections.Appointments) != 0 || d.count(collections.Occupancies) != 0 {
		t.Error("a refused booking left something behind")
	}
}
