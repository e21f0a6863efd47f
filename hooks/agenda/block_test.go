package agenda_test

import (
	"net/http"
	"slices"
	"testing"

	"recado/collections"
)

func TestBlock(t *testing.T) {
	d := newDesk(t)
	block := func(from, to int, more map[string]any) (int, map[string]any) {
		body := map[string]any{"start": stamp(at(from, 0)), "end": stamp(at(to, 0)), "title": " Lunch "}
		for key, value := range more {
			body[key] = value
		}
		r := d.Do("POST", d.agendaURL("/block"), d.owner.Token, body)

		return r.Status, r.JSON
	}

	status, row := block(10, 12, nil)
	if status != http.StatusOK || row["kind"] != "block" || row["title"] != "Lunch" || row["blocked_start"] != float64(at(10, 0).Unix()) {
		t.Fatalf("%d %v", status, row)
	}
	if got := d.starts(at(9, 0), at(13, 0), ""); !slices.Equal(got, []string{stamp(at(9, 0)), stamp(at(12, 0))}) {
		t.Fatalf("free: %v", got)
	}
	d.lost(d.book(d.owner.Token, at(11, 0)), at(12, 0), at(13, 0), at(14, 0))

	// What is booked is not blocked away, unless by someone who may.
	appointment := d.booked(at(15, 0))
	if status, answer := block(14, 16, nil); status != http.StatusConflict || answer["data"].(map[string]any)["code"] != "slot_taken" {
		t.Fatalf("%d %v", status, answer)
	}
	if status, answer := block(14, 16, map[string]any{"overbook": true}); status != http.StatusOK {
		t.Fatalf("%d %v", status, answer)
	}
	for _, span := range [][2]int{{12, 12}, {13, 12}, {0, 24 * 367}} {
		if status, _ := block(span[0], span[1], nil); status != http.StatusBadRequest {
			t.Errorf("%v: %d", span, status)
		}
	}
	// Three weeks of holidays, over several days of nothing else.
	if status, answer := block(24, 24*22, nil); status != http.StatusOK {
		t.Fatalf("%d %v", status, answer)
	}
	d.lost(d.book(d.owner.Token, at(24*10, 0)))

	occupancy, err := d.FindFirstRecordByData(collections.Occupancies, "appointment", appointment)
	if err != nil {
		t.Fatal(err)
	}
	unblock := func(id string) int {
		return d.Do("DELETE", d.company.URL("/api/recado/occupancies/"+id), d.owner.Token, nil).Status
	}
	if got := unblock(occupancy.Id); got != http.StatusConflict {
		t.Errorf("freeing what an appointment occupies: %d", got)
	}
	if got := unblock(row["id"].(string)); got != http.StatusNoContent {
		t.Errorf("unblock: %d", got)
	}
	if got := unblock(row["id"].(string)); got != http.StatusNotFound {
		t.Errorf("unblock twice: %d", got)
	}
	d.booked(at(11, 0))
	d.sound()
}
