package agenda_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/recadotest"
)

// newClock starts on a Monday, years ahead: SQLite's
// own clock, which the triggers read, is behind it then, so no test depends on
// what the wall clock says.
func newClock() *recadotest.Clock {
	return recadotest.NewClock(time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC))
}

// desk is a company with one agenda that is always open and one service of an
// hour, and the people of a test.
type desk struct {
	*recadotest.App
	t       testing.TB
	clock   *recadotest.Clock
	company *recadotest.Company
	agenda  *core.Record
	service *core.Record
	contact *core.Record
	owner   *recadotest.Member
}

func newDesk(t testing.TB) *desk {
	t.Helper()

	c := newClock()
	app := recadotest.New(t, c.Now)
	company := app.Company()
	d := &desk{App: app, t: t, clock: c, company: company, agenda: company.Agenda()}
	d.service = company.Service(d.agenda)
	d.contact = company.Contact()
	d.owner = company.Member("owner")

	return d
}

// at is an instant of the desk's second day, in UTC (03:00 there is midnight in
// São Paulo, so every full hour is on the grid).
func at(hour, minute int) time.Time { return time.Date(2040, 3, 6, hour, minute, 0, 0, time.UTC) }

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func (d *desk) agendaURL(path string) string {
	return d.company.URL("/api/recado/agendas/" + d.agenda.Id + path)
}

func (d *desk) appointmentURL(id, action string) string {
	return d.company.URL("/api/recado/appointments/" + id + "/" + action)
}

// book asks the route for the desk's service.
func (d *desk) book(token string, start time.Time, more ...map[string]any) recadotest.Response {
	d.t.Helper()

	body := map[string]any{"service": d.service.Id, "start": stamp(start), "contact": d.contact.Id}
	for _, m := range more {
		for key, value := range m {
			if value == nil {
				delete(body, key)
			} else {
				body[key] = value
			}
		}
	}

	return d.Do("POST", d.agendaURL("/book"), token, body)
}

// booked books as the owner and returns the id.
func (d *desk) booked(start time.Time, more ...map[string]any) string {
	d.t.Helper()

	return d.book(d.owner.Token, start, more...).Must(d.t, http.StatusOK).JSON["id"].(string)
}

// row is an appointment for the records API.
func (d *desk) row(start time.Time, more map[string]any) map[string]any {
	body := map[string]any{
		"company": d.company.Id, "agenda": d.agenda.Id, "service": d.service.Id, "contact": d.contact.Id,
		"start": stamp(start), "end": stamp(start.Add(time.Hour)), "status": "confirmed",
	}
	for key, value := range more {
		body[key] = value
	}

	return body
}

// lost checks the answer to a lost race: 409, the code, three alternatives that
// can really be booked.
func (d *desk) lost(r recadotest.Response, alternatives ...time.Time) {
	d.t.Helper()

	r.Must(d.t, http.StatusConflict)
	if r.Code() != "slot_taken" {
		d.t.Fatalf("code %q: %s", r.Code(), r.Raw)
	}
	offered, _ := r.JSON["data"].(map[string]any)["alternatives"].([]any)
	if len(offered) != 3 {
		d.t.Fatalf("%d alternatives: %s", len(offered), r.Raw)
	}
	for i, want := range alternatives {
		slot := offered[i].(map[string]any)
		if slot["start"] != stamp(want) || slot["end"] == "" || slot["label"] == "" {
			d.t.Fatalf("alternative %d is %v, want %s", i, slot, stamp(want))
		}
	}
}

// starts lists the starts of the free slots of [from, to).
func (d *desk) starts(from, to time.Time, more string) []string {
	d.t.Helper()

	url := d.agendaURL(fmt.Sprintf("/slots?service=%s&from=%s&to=%s%s", d.service.Id, stamp(from), stamp(to), more))
	list, ok := d.Do("GET", url, d.owner.Token, nil).Must(d.t, http.StatusOK).JSON["slots"].([]any)
	if !ok {
		d.t.Fatal("the answer has no slots")
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.(map[string]any)["start"].(string)
	}

	return out
}

// sound checks that nothing overlaps and that every active appointment has its
// occupancy, and nothing else has one that blocks.
func (d *desk) sound() {
	d.t.Helper()

	overlaps, err := agenda.Overlaps(d)
	if err != nil || overlaps != 0 {
		d.t.Fatalf("%d overlaps, %v", overlaps, err)
	}
	var apart int
	err = d.DB().NewQuery(`SELECT count(*) FROM appointments AS a LEFT JOIN occupancies AS o ON o.appointment = a.id
		WHERE (o.id IS NULL AND a.status IN ('held','pending','confirmed','arrived'))
		OR o.status <> a.status OR o.overbook <> a.overbook OR o.resource <> a.agenda
		OR o.blocked_start > CAST(strftime('%s', a.start) AS INTEGER) OR o.blocked_end < CAST(strftime('%s', a."end") AS INTEGER)`).Row(&apart)
	if err != nil || apart != 0 {
		d.t.Fatalf("%d appointments are apart from what they block, %v", apart, err)
	}
}

func (d *desk) count(collection string) int {
	d.t.Helper()
	n, err := d.CountRecords(collection)
	if err != nil {
		d.t.Fatal(err)
	}

	return int(n)
}

// set changes a record as it now stands.
func (d *desk) set(record *core.Record, values map[string]any) {
	d.t.Helper()
	fresh := d.Reload(record)
	fresh.Load(values)
	if err := d.Save(fresh); err != nil {
		d.t.Fatal(err)
	}
}

// keyed is a request with an Idempotency-Key.
func (d *desk) keyed(method, url, token, key string, body any) *http.Request {
	d.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		d.t.Fatal(err)
	}
	request := httptest.NewRequest(method, url, bytes.NewReader(raw))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", token)
	request.Header.Set("Idempotency-Key", key)

	return request
}

// together calls fn n times at once.
func together(n int, fn func(i int)) {
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			fn(i)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
}

func (d *desk) appointment(id string) *core.Record {
	d.t.Helper()
	record, err := d.FindRecordById(collections.Appointments, id)
	if err != nil {
		d.t.Fatal(err)
	}

	return record
}
