package dialogue_test

import (
	"fmt"
	"slices"
	"time"

	"recado/hooks/dialogue"
)

// fakeWorld is a small shop: every agenda is free on the hour from 9 to 17 on
// weekdays, but for what is booked.
type fakeWorld struct {
	zone     *time.Location
	now      func() time.Time
	services []dialogue.Service
	agendas  []string
	info     dialogue.Info
	people   dialogue.People

	booked map[string]dialogue.Appointment
	serial int

	// asks is whether it is asked who comes; attendees are whom was booked for.
	asks      bool
	attendees []string
	limit     bool

	// reasons are why what was cancelled was.
	cancelled map[string]bool
	reasons   map[string]string

	// steal takes a slot away at the moment it is asked for.
	steal bool
	fail  error

	// offered collects every slot that was ever listed, so that a test can tell
	// that nothing else is booked.
	offered map[string]bool
	writes  []string
}

func newWorld(now func() time.Time) *fakeWorld {
	return &fakeWorld{
		zone: now().Location(), now: now, agendas: []string{"ana"},
		services: []dialogue.Service{
			{ID: "cut", Name: "Corte", Minutes: 30, Price: 5000, Currency: "BRL"},
			{ID: "color", Name: "Coloração", Minutes: 60},
		},
		info: dialogue.Info{
			Address: "Rua das Flores, 10", Phone: "+55 11 5555-0100",
			Hours: []dialogue.Opening{{Weekday: 1, Start: 540, End: 1080}, {Weekday: 2, Start: 540, End: 1080}, {Weekday: 6, Start: 540, End: 720}},
			Pages: []dialogue.Page{{ID: "p1", Title: "Estacionamento", Text: "Temos vagas na frente."}},
		},
		people: dialogue.People{Here: true}, booked: map[string]dialogue.Appointment{}, cancelled: map[string]bool{}, reasons: map[string]string{}, offered: map[string]bool{},
	}
}

func (w *fakeWorld) Services() ([]dialogue.Service, error) { return w.services, w.fail }

func slotKey(s dialogue.Slot) string { return fmt.Sprint(s.Service, s.Agenda, s.Start.Unix()) }

func (w *fakeWorld) Slots(service string, from, to time.Time, moving string) ([]dialogue.Slot, error) {
	var slots []dialogue.Slot
	day := from.In(w.zone)
	for d := time.Date(day.Year(), day.Month(), day.Day()-1, 0, 0, 0, 0, w.zone); d.Before(to); d = d.AddDate(0, 0, 1) {
		if d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
			continue
		}
		for hour := 9; hour < 18; hour++ {
			start := time.Date(d.Year(), d.Month(), d.Day(), hour, 0, 0, 0, w.zone)
			for _, agenda := range w.agendas {
				slot := dialogue.Slot{Service: service, Agenda: agenda, Start: start}
				if start.Before(from) || !start.Before(to) || !start.After(w.now()) || !w.free(slot, moving) {
					continue
				}
				w.offered[slotKey(slot)] = true
				slots = append(slots, slot)
			}
		}
	}

	return slots, w.fail
}

func (w *fakeWorld) free(slot dialogue.Slot, moving string) bool {
	for id, a := range w.booked {
		if id != moving && a.AgendaName == slot.Agenda && a.Start.Equal(slot.Start) {
			return false
		}
	}

	return true
}

func (w *fakeWorld) Appointments() ([]dialogue.Appointment, error) {
	var all []dialogue.Appointment
	for _, a := range w.booked {
		if a.ID != "stolen" {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b dialogue.Appointment) int { return a.Start.Compare(b.Start) })

	return all, w.fail
}

func (w *fakeWorld) put(id string, slot dialogue.Slot) dialogue.Appointment {
	name := slot.Service
	for _, service := range w.services {
		if service.ID == slot.Service {
			name = service.Name
		}
	}
	a := dialogue.Appointment{ID: id, Service: slot.Service, ServiceName: name, AgendaName: slot.Agenda, Start: slot.Start.In(w.zone)}
	w.booked[id] = a

	return a
}

func (w *fakeWorld) lost(slot dialogue.Slot, moving string) bool {
	if w.steal {
		w.steal = false
		w.put("stolen", slot)
	}

	return !w.free(slot, moving)
}

func (w *fakeWorld) Attendees() ([]string, bool, error) {
	known := slices.DeleteFunc(slices.Clone(w.attendees), func(name string) bool { return name == "" })
	slices.Reverse(known)

	return slices.Compact(known), w.asks, w.fail
}

func (w *fakeWorld) Book(slot dialogue.Slot, attendee string) (dialogue.Appointment, error) {
	w.writes = append(w.writes, "book "+slotKey(slot))
	if w.lost(slot, "") {
		return dialogue.Appointment{}, dialogue.ErrTaken
	}
	if w.limit {
		return dialogue.Appointment{}, dialogue.ErrLimit
	}
	w.serial++
	w.attendees = append(w.attendees, attendee)

	return w.put(fmt.Sprint("a", w.serial), slot), w.fail
}

func (w *fakeWorld) Move(appointment string, slot dialogue.Slot) (dialogue.Appointment, error) {
	w.writes = append(w.writes, "move "+slotKey(slot))
	if _, ok := w.booked[appointment]; !ok {
		return dialogue.Appointment{}, dialogue.ErrGone
	}
	if w.lost(slot, appointment) {
		return dialogue.Appointment{}, dialogue.ErrTaken
	}

	return w.put(appointment, slot), w.fail
}

func (w *fakeWorld) Cancel(appointment string) (dialogue.Appointment, error) {
	w.writes = append(w.writes, "cancel "+appointment)
	a, ok := w.booked[appointment]
	if !ok {
		return a, dialogue.ErrGone
	}
	delete(w.booked, appointment)
	w.cancelled[appointment] = true

	return a, w.fail
}

func (w *fakeWorld) Explain(appointment, reason string) error {
	if !w.cancelled[appointment] {
		return dialogue.ErrGone
	}
	w.reasons[appointment] = reason

	return w.fail
}

func (w *fakeWorld) Info() (dialogue.Info, error) { return w.info, w.fail }

func (w *fakeWorld) People() (dialogue.People, error) { return w.people, w.fail }
