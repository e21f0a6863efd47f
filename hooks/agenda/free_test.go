package agenda_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/agenda"
)

func (d *desk) next(query string) []string {
	d.t.Helper()
	answer := d.Do("GET", d.company.URL("/api/recado/services/"+d.service.Id+"/next?"+query), d.owner.Token, nil).Must(d.t, http.StatusOK)
	var list []string
	for _, s := range answer.JSON["slots"].([]any) {
		slot := s.(map[string]any)
		list = append(list, fmt.Sprint(slot["start"], " ", slot["agenda"]))
	}

	return list
}

// Parity: LS-agenda-slots.
func TestNextFreeAcrossAgendas(t *testing.T) {
	d := newDesk(t)
	second := d.company.Agenda()
	d.set(d.agenda, map[string]any{"name": "Ana"})
	d.set(second, map[string]any{"name": "Bia"})
	d.set(d.service, map[string]any{"agendas": []string{d.agenda.Id, second.Id}})
	d.booked(at(10, 0))
	d.booked(at(12, 0))

	from := "from=" + stamp(at(10, 0))
	want := []string{"2040-03-06T10:00:00Z " + second.Id, "2040-03-06T11:00:00Z " + d.agenda.Id, "2040-03-06T12:00:00Z " + second.Id}
	if got := d.next("n=3&" + from); !slices.Equal(got, want) {
		t.Errorf("next are %v, want %v", got, want)
	}
	if got := d.next("n=1&" + from + "&agenda=" + d.agenda.Id); !slices.Equal(got, []string{"2040-03-06T11:00:00Z " + d.agenda.Id}) {
		t.Errorf("of one agenda: %v", got)
	}
	if got := d.next(""); len(got) != 5 || got[0] != "2040-03-05T08:00:00Z "+d.agenda.Id {
		t.Errorf("by default: %v", got)
	}

	// far ahead, past an empty month
	d.company.Create(collections.Occupancies, map[string]any{"kind": "block", "status": "confirmed", "resource": d.agenda.Id,
		"blocked_start": at(13, 0).Unix(), "blocked_end": at(13, 0).AddDate(0, 0, 45).Unix()})
	d.set(second, map[string]any{"active": false})
	if got := d.next("n=2&" + from); len(got) != 2 || got[1] != stamp(at(13, 0).AddDate(0, 0, 45))+" "+d.agenda.Id {
		t.Errorf("far ahead: %v", got)
	}

	for query, status := range map[string]int{"n=0": 400, "n=51": 400, "n=x": 400, "from=tomorrow": 400, "tz=Mars": 400, "tz=Asia/Tokyo": 200} {
		d.Do("GET", d.company.URL("/api/recado/services/"+d.service.Id+"/next?"+query), d.owner.Token, nil).Must(t, status)
	}
	stranger := d.Company().Member("owner")
	d.Do("GET", "/api/recado/services/"+d.service.Id+"/next", stranger.Token, nil).Must(t, http.StatusNotFound)
	d.Do("GET", "/api/recado/services/"+d.service.Id+"/next", "", nil).Must(t, http.StatusUnauthorized)
}

// What is listed anywhere is bookable anywhere, until it is not listed.
func TestBookFreeTakesEveryListedTimeOnce(t *testing.T) {
	d := newDesk(t)
	second := d.company.Agenda()
	d.set(d.service, map[string]any{"agendas": []string{d.agenda.Id, second.Id}})
	book := func(start time.Time) error {
		_, err := d.Agenda.BookFree(d, agenda.Booking{Company: d.company.Id, Service: d.service.Id, Contact: d.contact.Id, Start: start, Source: "page"})

		return err
	}
	for i, want := range []bool{true, true, false} {
		if err := book(at(10, 0)); (err == nil) != want || err != nil && !agenda.Lost(err) {
			t.Errorf("booking %d: %v", i, err)
		}
	}
	if err := book(at(10, 30)); !agenda.Lost(err) {
		t.Errorf("off the grid: %v", err)
	}
	if n := d.count(collections.Appointments); n != 2 {
		t.Errorf("%d appointments", n)
	}
	d.sound()
}
