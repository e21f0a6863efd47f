package agenda_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"recado/collections"
)

// Parity: LS-agenda-slots.
func TestSlotsShape(t *testing.T) {
	d := newDesk(t)
	get := func(query string) map[string]any {
		return d.Do("GET", d.agendaURL("/slots?service="+d.service.Id+"&from="+stamp(at(10, 0))+"&to="+stamp(at(12, 0))+query), d.owner.Token, nil).Must(t, http.StatusOK).JSON
	}

	answer := get("")
	slot := answer["slots"].([]any)[0].(map[string]any)
	want := map[string]any{"start": "2040-03-06T10:00:00Z", "end": "2040-03-06T11:00:00Z", "label": "2040-03-06 07:00 -03:00", "seatsLeft": 1.0}
	for key, value := range want {
		if slot[key] != value {
			t.Errorf("%s is %v, want %v", key, slot[key], value)
		}
	}
	if members, ok := slot["members"].([]any); !ok || len(members) != 0 || answer["timezone"] != "America/Sao_Paulo" {
		t.Errorf("%v", answer)
	}
	if slot := get("&tz=Asia/Tokyo")["slots"].([]any)[0].(map[string]any); slot["label"] != "2040-03-06 19:00 +09:00" {
		t.Errorf("in Tokyo: %v", slot["label"])
	}

	member := d.company.Member("agent")
	d.set(d.agenda, map[string]any{"member": member.Id, "kind": "member"})
	if slot := get("")["slots"].([]any)[0].(map[string]any); fmt.Sprint(slot["members"]) != "["+member.Id+"]" {
		t.Errorf("served by %v", slot["members"])
	}
}

// Parity: LS-agenda-slots.
func TestSlotsRefusals(t *testing.T) {
	d := newDesk(t)
	from, to := stamp(at(0, 0)), stamp(at(23, 0))
	for query, status := range map[string]int{
		"service=" + d.service.Id + "&from=" + from + "&to=" + to:                                200,
		"service=" + d.service.Id + "&from=" + from + "&to=" + stamp(at(0, 0).AddDate(0, 0, 92)): 200,
		"service=" + d.service.Id + "&from=" + from + "&to=" + stamp(at(0, 0).AddDate(0, 0, 93)): 400,
		"service=" + d.service.Id + "&from=" + to + "&to=" + from:                                400,
		"service=" + d.service.Id + "&from=" + from:                                              400,
		"service=" + d.service.Id + "&from=2040-03-06&to=" + to:                                  400,
		"service=" + d.service.Id + "&from=" + from + "&to=" + to + "&tz=Mars/Olympus":           400,
		"service=" + d.service.Id + "&from=" + from + "&to=" + to + "&tz=../../etc/passwd":       400,
		"from=" + from + "&to=" + to:                                                             404,
		"service=unknown00000000&from=" + from + "&to=" + to:                                     404,
		"service=" + d.service.Id + "&from=2040-03-06T00:00:00-03:00&to=" + to:                   200,
		"service=" + d.service.Id + "&from=2040-03-06T00:00:00+03:00&to=" + to:                   200,
	} {
		for _, path := range []string{"/slots?", "/slots/explain?"} {
			if r := d.Do("GET", d.agendaURL(path+query), d.owner.Token, nil); r.Status != status {
				t.Errorf("%s%s: %d, want %d: %.200s", path, query, r.Status, status, r.Raw)
			}
		}
	}
	d.Do("GET", d.agendaURL("/slots?service="+d.service.Id+"&from="+from+"&to="+to), "", nil).Must(t, http.StatusUnauthorized)
}

// TestListedIsBookable walks a day in ten-minute steps over HTTP: what is listed
// is booked, what is not listed is refused.
//
// Parity: LS-agenda-slots.
func TestListedIsBookable(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"duration": 40, "step": 20, "buffer_after": 10, "min_notice": 60, "max_per_day": 4})
	d.company.Create(collections.AvailabilityOverrides, map[string]any{
		"agenda": d.agenda.Id, "date": "2040-03-06", "windows": [][2]int{{480, 720}, {810, 1080}},
	})
	d.booked(at(14, 0))

	listed := d.starts(at(0, 0), at(23, 59), "")
	if len(listed) < 8 {
		t.Fatalf("only %d slots listed", len(listed))
	}
	for start := at(9, 0); start.Before(at(23, 0)); start = start.Add(10 * time.Minute) {
		r := d.book(d.owner.Token, start)
		if got, want := r.Status == http.StatusOK, slices.Contains(listed, stamp(start)); got != want {
			t.Fatalf("%s: listed %v, answer %d %s", stamp(start), want, r.Status, r.Raw)
		}
		if r.Status == http.StatusOK {
			d.Do("POST", d.appointmentURL(r.JSON["id"].(string), "cancel"), d.owner.Token, nil).Must(t, http.StatusOK)
		}
	}
	d.sound()
}

// Parity: LS-agenda-slots.
func TestMaxPerDay(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"max_per_day": 2})
	first := d.booked(at(10, 0))
	d.booked(at(12, 0))

	r := d.book(d.owner.Token, at(14, 0))
	if r.Must(t, http.StatusConflict).JSON["data"].(map[string]any)["alternatives"].([]any)[0].(map[string]any)["start"] != stamp(at(27, 0)) {
		t.Fatalf("the next alternative is not tomorrow: %s", r.Raw)
	}
	d.Do("POST", d.appointmentURL(first, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(14, 0))}).Must(t, http.StatusOK)
	d.Do("POST", d.appointmentURL(first, "done"), d.owner.Token, nil).Must(t, http.StatusOK)
	d.book(d.owner.Token, at(10, 0)).Must(t, http.StatusConflict)
	d.Do("POST", d.appointmentURL(first, "no-show"), d.owner.Token, nil).Must(t, http.StatusOK)
	d.booked(at(10, 0))
}

// Parity: LS-agenda-slots.
func TestExplainSaysWhy(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"buffer_before": 15})
	d.booked(at(11, 0))
	url := d.agendaURL("/slots/explain?service=" + d.service.Id + "&from=" + stamp(at(9, 0)) + "&to=" + stamp(at(13, 0)))
	answer := d.Do("GET", url, d.owner.Token, nil).Must(t, http.StatusOK).JSON

	var rules []string
	for _, c := range answer["candidates"].([]any) {
		rules = append(rules, fmt.Sprint(c.(map[string]any)["rule"], c.(map[string]any)["name"]))
	}
	// 10:00 reaches into the 15 minutes kept before 11:00, 12:00 needs 15 of its own.
	if want := []string{"0free", "5busy", "5busy", "5busy"}; !slices.Equal(rules, want) {
		t.Fatalf("%v", rules)
	}
	blocker := answer["candidates"].([]any)[1].(map[string]any)["blocker"].(map[string]any)
	if blocker["start"] != stamp(at(10, 45)) || blocker["end"] != stamp(at(12, 0)) {
		t.Fatalf("blocked by %v", blocker)
	}
}

// TestDaylightSaving books through the two odd nights of New York over HTTP.
//
// Parity: LS-agenda-slots.
func TestDaylightSaving(t *testing.T) {
	d := newDesk(t)
	d.set(d.agenda, map[string]any{"timezone": "America/New_York"})
	d.set(d.service, map[string]any{"horizon_days": 0})

	for _, night := range []struct {
		from, to string
		slots    int
	}{
		{"2040-03-11T05:00:00Z", "2040-03-12T04:00:00Z", 23},
		{"2040-11-04T04:00:00Z", "2040-11-05T05:00:00Z", 24},
	} {
		from, _ := time.Parse(time.RFC3339, night.from)
		to, _ := time.Parse(time.RFC3339, night.to)
		listed := d.starts(from, to, "")
		if len(listed) != night.slots {
			t.Errorf("%s: %d slots, want %d", night.from, len(listed), night.slots)
		}
		booked := 0
		for _, start := range listed {
			at, _ := time.Parse(time.RFC3339, start)
			d.booked(at)
			booked++
		}
		if left := d.starts(from, to, ""); len(left) != 0 || booked != night.slots {
			t.Errorf("%s: %d left after booking everything: %v", night.from, len(left), left)
		}
	}
	d.sound()
}

// TestSoak throws everything at one agenda from eight sides and then audits it.
//
// Parity: LS-appointments.
func TestSoak(t *testing.T) {
	d := newDesk(t)
	d.set(d.service, map[string]any{"duration": 30, "step": 15, "buffer_after": 5})
	second := d.company.Agenda()
	service := d.Reload(d.service)
	service.Set("agendas", []string{d.agenda.Id, second.Id})
	if err := d.Save(service); err != nil {
		t.Fatal(err)
	}

	together(8, func(worker int) {
		r := rand.New(rand.NewPCG(2040, uint64(worker)))
		var mine []string
		for range 60 {
			start := at(r.IntN(10), 15*r.IntN(4))
			pick := func() string { return mine[r.IntN(len(mine))] }
			switch what := r.IntN(10); {
			case what < 5 || len(mine) == 0:
				more := map[string]any{"overbook": r.IntN(12) == 0}
				if r.IntN(4) == 0 {
					more["hold"] = 60 + r.IntN(600)
				}
				if answer := d.book(d.owner.Token, start, more); answer.Status == http.StatusOK {
					mine = append(mine, answer.JSON["id"].(string))
				}
			case what < 7:
				to := []string{d.agenda.Id, second.Id}[r.IntN(2)]
				d.Do("POST", d.appointmentURL(pick(), "reschedule"), d.owner.Token, map[string]any{"start": stamp(start), "agenda": to})
			case what < 8:
				d.Do("POST", d.appointmentURL(pick(), "cancel"), d.owner.Token, nil)
			case what < 9:
				status := []string{"pending", "confirmed", "cancelled", "done", "arrived"}[r.IntN(5)]
				d.Do("PATCH", d.company.URL("/api/collections/appointments/records/"+pick()), d.owner.Token, map[string]any{"status": status, "start": stamp(start)})
			default:
				d.clock.Advance(time.Second)
				d.Do("POST", d.agendaURL("/block"), d.owner.Token, map[string]any{"start": stamp(start), "end": stamp(start.Add(time.Duration(1+r.IntN(90)) * time.Minute))})
			}
		}
	})

	if n := d.count(collections.Appointments); n < 30 {
		t.Fatalf("only %d appointments: the soak proves nothing", n)
	}
	d.sound()
}
