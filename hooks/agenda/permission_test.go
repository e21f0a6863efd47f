package agenda_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/recadotest"
)

// TestOtherCompanies: whatever id of another company is used where, it does not
// exist, and nothing changes.
//
// Parity: WB-isolation.
func TestOtherCompanies(t *testing.T) {
	d := newDesk(t)
	id := d.booked(at(10, 0))
	block := d.Do("POST", d.agendaURL("/block"), d.owner.Token, map[string]any{"start": stamp(at(20, 0)), "end": stamp(at(21, 0))}).Must(t, 200).JSON["id"].(string)

	foreign := d.App.Company()
	stranger := foreign.Member("owner")
	agenda := foreign.Agenda()
	service := foreign.Service(agenda)
	contact := foreign.Contact()
	channel := foreign.Webchat()
	conversation := foreign.Conversation(channel)

	url := func(path string) string { return "/api/recado" + path }
	inside := func(path string) string { return d.company.URL(url(path)) }
	outside := func(path string) string { return foreign.URL(url(path)) }
	window := "/slots?service=" + d.service.Id + "&from=" + stamp(at(0, 0)) + "&to=" + stamp(at(23, 0))
	book := map[string]any{"service": d.service.Id, "start": stamp(at(12, 0)), "contact": d.contact.Id}
	move := map[string]any{"start": stamp(at(12, 0))}

	for name, r := range map[string]recadotest.Response{
		"slots":                 d.Do("GET", inside("/agendas/"+d.agenda.Id+window), stranger.Token, nil),
		"slots, own company":    d.Do("GET", outside("/agendas/"+d.agenda.Id+window), stranger.Token, nil),
		"slots, no company":     d.Do("GET", url("/agendas/"+d.agenda.Id+window), stranger.Token, nil),
		"book":                  d.Do("POST", outside("/agendas/"+d.agenda.Id+"/book"), stranger.Token, book),
		"block":                 d.Do("POST", inside("/agendas/"+d.agenda.Id+"/block"), stranger.Token, map[string]any{"start": stamp(at(1, 0)), "end": stamp(at(2, 0))}),
		"unblock":               d.Do("DELETE", inside("/occupancies/"+block), stranger.Token, nil),
		"reschedule":            d.Do("POST", inside("/appointments/"+id+"/reschedule"), stranger.Token, move),
		"cancel":                d.Do("POST", outside("/appointments/"+id+"/cancel"), stranger.Token, nil),
		"confirm":               d.Do("POST", url("/appointments/"+id+"/confirm"), stranger.Token, nil),
		"own agenda, service":   d.Do("POST", outside("/agendas/"+agenda.Id+"/book"), stranger.Token, book),
		"their service":         d.book(d.owner.Token, at(12, 0), map[string]any{"service": service.Id}),
		"move to their agenda":  d.Do("POST", d.appointmentURL(id, "reschedule"), d.owner.Token, map[string]any{"start": stamp(at(12, 0)), "agenda": agenda.Id}),
		"company of the caller": d.Do("POST", outside("/appointments/"+id+"/cancel"), d.owner.Token, nil),
	} {
		if r.Status != http.StatusNotFound && r.Status != http.StatusForbidden {
			t.Errorf("%s: %d %s", name, r.Status, r.Raw)
		}
	}
	for name, r := range map[string]recadotest.Response{
		"their contact":      d.book(d.owner.Token, at(12, 0), map[string]any{"contact": contact.Id}),
		"their conversation": d.book(d.owner.Token, at(12, 0), map[string]any{"conversation": conversation.Id}),
	} {
		if r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, r.Status, r.Raw)
		}
	}

	a := d.appointment(id)
	if a.GetDateTime("start").Time() != at(10, 0) || a.GetString("status") != "confirmed" || d.count(collections.Appointments) != 1 {
		t.Fatalf("something changed: %v", a.PublicExport())
	}
}

func TestMembersScopes(t *testing.T) {
	d := newDesk(t)
	mine := d.company.Member("agent") // agenda.view_all, edit_own, book
	d.set(d.agenda, map[string]any{"member": mine.Id, "kind": "member"})
	elsewhere := d.company.Agenda()
	d.set(d.service, map[string]any{"agendas": []string{d.agenda.Id, elsewhere.Id}})

	id := d.book(mine.Token, at(10, 0)).Must(t, http.StatusOK).JSON["id"].(string)
	other := d.Do("POST", d.company.URL("/api/recado/agendas/"+elsewhere.Id+"/book"), d.owner.Token,
		map[string]any{"service": d.service.Id, "start": stamp(at(10, 0)), "contact": d.contact.Id}).Must(t, http.StatusOK).JSON["id"].(string)

	body := map[string]any{"service": d.service.Id, "start": stamp(at(14, 0)), "contact": d.contact.Id}
	records := "/api/collections/appointments/records/"
	for name, r := range map[string]recadotest.Response{
		"book elsewhere":       d.Do("POST", d.company.URL("/api/recado/agendas/"+elsewhere.Id+"/book"), mine.Token, body),
		"block elsewhere":      d.Do("POST", d.company.URL("/api/recado/agendas/"+elsewhere.Id+"/block"), mine.Token, map[string]any{"start": stamp(at(1, 0)), "end": stamp(at(2, 0))}),
		"cancel elsewhere":     d.Do("POST", d.appointmentURL(other, "cancel"), mine.Token, nil),
		"move there":           d.Do("POST", d.appointmentURL(id, "reschedule"), mine.Token, map[string]any{"start": stamp(at(14, 0)), "agenda": elsewhere.Id}),
		"move there by record": d.Do("PATCH", d.company.URL(records+id), mine.Token, map[string]any{"agenda": elsewhere.Id}),
		"overbook":             d.Do("POST", d.appointmentURL(id, "reschedule"), mine.Token, map[string]any{"start": stamp(at(14, 1)), "overbook": true}),
		"overbooked block":     d.Do("POST", d.agendaURL("/block"), mine.Token, map[string]any{"start": stamp(at(1, 0)), "end": stamp(at(2, 0)), "overbook": true}),
	} {
		if r.Status != http.StatusForbidden || r.Code() != "forbidden" {
			t.Errorf("%s: %d %s", name, r.Status, r.Raw)
		}
	}
	d.Do("PATCH", d.company.URL(records+other), mine.Token, map[string]any{"note": "x"}).Must(t, http.StatusNotFound)
	d.Do("POST", d.appointmentURL(id, "arrived"), mine.Token, nil).Must(t, http.StatusOK)

	// A member without agenda.book may look, not touch.
	watcher := d.company.Member("agent")
	d.company.Permit(watcher.Record, "agenda.view_all", "agenda.edit_all")
	d.book(watcher.Token, at(15, 0)).Must(t, http.StatusForbidden)
	d.starts(at(0, 0), at(23, 0), "")

	// A team: the manager of the agenda's member.
	d.set(mine.Record, map[string]any{"manager": watcher.Id})
	d.company.Permit(watcher.Record, "agenda.view_team", "agenda.edit_team", "agenda.book")
	d.book(watcher.Token, at(15, 0)).Must(t, http.StatusOK)
	d.Do("POST", d.appointmentURL(other, "arrived"), watcher.Token, nil).Must(t, http.StatusNotFound)

	// Inactive is outside. By the front door someone would have to take over.
	if _, err := d.DB().NewQuery("UPDATE members SET active = FALSE WHERE id = {:id}").Bind(dbx.Params{"id": mine.Record.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
	d.book(mine.Token, at(16, 0)).Must(t, http.StatusNotFound)
	d.sound()
}
