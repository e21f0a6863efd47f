package agenda_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/collections"
)

// Parity: LS-agendas.
func TestSettingsAreChecked(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		name, collection string
		body             map[string]any
		status           int
		code             string
	}{
		{"zone from the company", collections.Agendas, map[string]any{"name": "A", "kind": "room"}, 200, ""},
		{"unknown zone", collections.Agendas, map[string]any{"name": "A", "kind": "room", "timezone": "Brasil"}, 400, "invalid"},
		{"local zone", collections.Agendas, map[string]any{"name": "A", "kind": "room", "timezone": "Local"}, 400, "invalid"},
		{"into the night", collections.Availabilities, map[string]any{"agenda": d.agenda.Id, "weekday": 5, "start": 1320, "end": 1560}, 200, ""},
		{"backwards", collections.Availabilities, map[string]any{"agenda": d.agenda.Id, "weekday": 5, "start": 600, "end": 540}, 400, "invalid"},
		{"longer than a day", collections.Availabilities, map[string]any{"agenda": d.agenda.Id, "weekday": 5, "start": 600, "end": 2041}, 400, "invalid"},
		{"closed", collections.AvailabilityOverrides, map[string]any{"agenda": d.agenda.Id, "date": "2040-12-25", "windows": []any{}}, 200, ""},
		{"no such date", collections.AvailabilityOverrides, map[string]any{"agenda": d.agenda.Id, "date": "2040-02-30"}, 400, "invalid"},
		{"odd windows", collections.AvailabilityOverrides, map[string]any{"agenda": d.agenda.Id, "date": "2040-12-26", "windows": []any{"9-12"}}, 400, "invalid"},
		{"empty window", collections.AvailabilityOverrides, map[string]any{"agenda": d.agenda.Id, "date": "2040-12-26", "windows": [][2]int{{60, 60}}}, 400, "invalid"},
		{"service", collections.Services, map[string]any{"name": "S", "duration": 30, "agendas": []string{d.agenda.Id}}, 200, ""},
		{"no duration", collections.Services, map[string]any{"name": "S"}, 400, "invalid"},
		{"group", collections.Services, map[string]any{"name": "S", "duration": 30, "capacity": 8}, 400, "capacity_unsupported"},
	} {
		c.body["company"] = d.company.Id
		r := d.Do("POST", d.company.Records(c.collection), d.owner.Token, c.body)
		if r.Status != c.status || r.Code() != c.code {
			t.Errorf("%s: %d %q %s", c.name, r.Status, r.Code(), r.Raw)
		}
	}
}

// TestMadeByTheRecordsAPI: agenda, hours and service made with the least an
// integrator has to say can be booked.
//
// Parity: LS-agendas.
func TestMadeByTheRecordsAPI(t *testing.T) {
	d := newDesk(t)
	create := func(collection string, body map[string]any) string {
		body["company"] = d.company.Id
		return d.Do("POST", d.company.Records(collection), d.owner.Token, body).Must(t, 200).JSON["id"].(string)
	}
	agenda := create(collections.Agendas, map[string]any{"name": "Chair 2", "kind": "room"})
	service := create(collections.Services, map[string]any{"name": "Cut", "duration": 30, "agendas": []string{agenda}})
	for weekday := range 7 {
		create(collections.Availabilities, map[string]any{"agenda": agenda, "weekday": weekday, "start": 540, "end": 600})
	}

	window := "/slots?service=" + service + "&from=" + stamp(at(0, 0)) + "&to=" + stamp(at(24, 0))
	answer := d.Do("GET", d.company.URL("/api/recado/agendas/"+agenda+window), d.owner.Token, nil).Must(t, 200)
	slots := answer.JSON["slots"].([]any)
	if len(slots) != 2 || slots[0].(map[string]any)["start"] != stamp(at(12, 0)) || answer.JSON["timezone"] != "America/Sao_Paulo" {
		t.Fatalf("%s", answer.Raw)
	}
	create(collections.Appointments, map[string]any{"agenda": agenda, "service": service, "contact": d.contact.Id, "start": stamp(at(12, 30))})
	asleep := create(collections.Services, map[string]any{"name": "Dye", "duration": 30, "agendas": []string{agenda}, "active": false})
	d.Do("POST", d.company.Records(collections.Appointments), d.owner.Token, map[string]any{
		"company": d.company.Id, "agenda": agenda, "service": asleep, "contact": d.contact.Id, "start": stamp(at(12, 0)),
	}).Must(t, http.StatusUnprocessableEntity)
	d.sound()
}

// Parity: LS-agendas.
func TestWhatIsInUseStays(t *testing.T) {
	d := newDesk(t)
	d.booked(at(10, 0))
	d.booked(at(12, 0))
	for _, record := range []string{"agendas/records/" + d.agenda.Id, "services/records/" + d.service.Id} {
		r := d.Do("DELETE", d.company.URL("/api/collections/"+record), d.owner.Token, nil).Must(t, http.StatusConflict)
		if r.Code() != "in_use" || r.JSON["data"].(map[string]any)["count"] != 2.0 || !strings.Contains(string(r.Raw), "2 appointments") {
			t.Errorf("%s: %s", record, r.Raw)
		}
	}

	// What nobody booked goes, with its hours and blocks.
	spare := d.company.Agenda()
	service := d.company.Service(spare)
	d.Do("POST", d.company.URL("/api/recado/agendas/"+spare.Id+"/block"), d.owner.Token, map[string]any{"start": stamp(at(1, 0)), "end": stamp(at(2, 0))}).Must(t, 200)
	hours := d.count(collections.Availabilities)
	d.Do("DELETE", d.company.RecordURL(spare), d.owner.Token, nil).Must(t, http.StatusNoContent)
	d.Do("DELETE", d.company.RecordURL(service), d.owner.Token, nil).Must(t, http.StatusNoContent)
	if d.count(collections.Availabilities) != hours-7 || d.count(collections.Occupancies) != 2 {
		t.Error("hours or blocks of a deleted agenda are still there")
	}
}

// TestTheCustomerIsTold of what a person did to their coming appointment, in
// their language, and of nothing else.
//
// Parity: LS-appointment-date.
func TestTheCustomerIsTold(t *testing.T) {
	d := newDesk(t)
	channel := d.company.Webchat()
	conversation := d.company.Conversation(channel)
	customer := conversation.GetString("contact")
	said := func() []string {
		var texts []string
		err := d.DB().Select("text").From(collections.Messages).Where(nil).OrderBy("id").Column(&texts)
		if err != nil {
			t.Fatal(err)
		}

		return texts
	}

	id := d.booked(at(10, 0), map[string]any{"contact": customer})
	d.Do("POST", d.appointmentURL(id, "confirm"), d.owner.Token, nil).Must(t, 200)
	if got := said(); len(got) != 0 {
		t.Fatalf("told too much: %q", got)
	}

	d.Do("POST", d.appointmentURL(id, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(14, 0))}).Must(t, 200)
	d.Do("PATCH", d.company.URL("/api/collections/appointments/records/"+id), d.owner.Token, map[string]any{"start": stamp(at(15, 0))}).Must(t, 200)
	d.Do("PATCH", d.company.URL("/api/collections/appointments/records/"+id), d.owner.Token, map[string]any{"note": "x"}).Must(t, 200)
	d.booked(at(16, 0))
	d.lost(d.Do("POST", d.appointmentURL(id, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(16, 0))}))
	d.Do("POST", d.appointmentURL(id, "cancel"), d.owner.Token, nil).Must(t, 200)

	got := said()
	if len(got) != 3 {
		t.Fatalf("%d messages: %q", len(got), got)
	}
	for i, when := range []string{"11:00", "12:00", "12:00"} { // São Paulo is at -03:00
		if !strings.Contains(got[i], when) || !strings.Contains(got[i], d.service.GetString("name")) {
			t.Errorf("message %d: %q", i, got[i])
		}
	}
}
