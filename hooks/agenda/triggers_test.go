package agenda_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda"
)

func (d *desk) sql(statement string) error {
	_, err := d.NonconcurrentDB().NewQuery(statement).Execute()

	return err
}

// TestTheLawHoldsAgainstRawSQL: whoever bypasses every hook meets the trigger.
func TestTheLawHoldsAgainstRawSQL(t *testing.T) {
	d := newDesk(t)
	row := func(id, agenda string, start, end any, more string) string {
		columns, values := "", ""
		if more != "" {
			column, value, _ := strings.Cut(more, "=")
			columns, values = ", "+column, ", "+value
		}
		return "INSERT INTO occupancies (id, company, kind, status, resource, blocked_start, blocked_end" + columns + ") VALUES ('" + id + "', '" +
			d.company.Id + "', 'block', 'confirmed', '" + agenda + "', " + fmt.Sprint(start) + ", " + fmt.Sprint(end) + values + ")"
	}

	for _, step := range []struct{ name, statement, refused string }{
		{"first", row("a", "r1", 1000, 2000, ""), ""},
		{"inside", row("b", "r1", 1400, 1600, ""), "slot_taken"},
		{"around", row("b", "r1", 1, 999999, ""), "slot_taken"},
		{"touching before", row("c", "r1", 500, 1000, ""), ""},
		{"touching after", row("d", "r1", 2000, 2500, ""), ""},
		{"elsewhere", row("e", "r2", 1000, 2000, ""), ""},
		{"zero length", row("f", "r1", 3000, 3000, ""), "slot_invalid"},
		{"backwards", row("f", "r1", 3000, 2900, ""), "slot_invalid"},
		{"text", row("f", "r1", "'soon'", 4000, ""), "slot_invalid"},
		{"fraction", row("f", "r1", 3000.5, 4000, ""), "slot_invalid"},
		{"whole as float", row("f", "r1", "3000.0", "4000.0", ""), ""},
		{"negative expiry", row("g", "r1", 5000, 6000, "expires_at=-1"), "slot_invalid"},
		{"over it", row("g", "r1", 1500, 2200, "overbook=1"), ""},
		{"two at once", "INSERT INTO occupancies (id, company, kind, status, resource, blocked_start, blocked_end) SELECT 'x' || id, company, kind, status, 'r3', 1, 2 FROM occupancies LIMIT 2", "slot_taken"},
		{"move all", "UPDATE occupancies SET blocked_start = 1, blocked_end = 10 WHERE resource = 'r1' AND NOT overbook", "slot_taken"},
		{"replace", "INSERT OR REPLACE" + strings.TrimPrefix(row("z", "r1", 1500, 1600, ""), "INSERT"), "slot_taken"},
		{"ignore", "INSERT OR IGNORE" + strings.TrimPrefix(row("z", "r1", 1500, 1600, ""), "INSERT"), "slot_taken"},
		{"other agenda into it", "UPDATE occupancies SET resource = 'r1' WHERE resource = 'r2'", "slot_taken"},
	} {
		err := d.sql(step.statement)
		if step.refused == "" && err != nil || step.refused != "" && (err == nil || !strings.Contains(err.Error(), step.refused)) {
			t.Errorf("%s: %v, want %q", step.name, err, step.refused)
		}
	}
}

// TestOccupanciesThroughTheDashboard: a superuser's own row obeys, and hears why.
func TestOccupanciesThroughTheDashboard(t *testing.T) {
	d := newDesk(t)
	id := d.booked(at(10, 0))
	root := d.Superuser()
	body := map[string]any{
		"company": d.company.Id, "kind": "block", "status": "confirmed", "resource": d.agenda.Id,
		"blocked_start": at(10, 30).Unix(), "blocked_end": at(11, 30).Unix(),
	}
	records := "/api/collections/occupancies/records"
	if r := d.Do("POST", records, root, body).Must(t, http.StatusConflict); r.Code() != "slot_taken" {
		t.Fatalf("%s", r.Raw)
	}
	body["blocked_end"] = body["blocked_start"]
	if r := d.Do("POST", records, root, body).Must(t, http.StatusBadRequest); r.Code() != "slot_invalid" {
		t.Fatalf("%s", r.Raw)
	}
	d.Do("POST", d.company.Records(collections.Occupancies), d.owner.Token, body).Must(t, http.StatusForbidden)

	// An appointment deleted in the dashboard takes its occupancy along.
	d.Do("DELETE", "/api/collections/appointments/records/"+id, root, nil).Must(t, http.StatusNoContent)
	if d.count(collections.Occupancies) != 0 {
		t.Fatal("the time is still blocked")
	}
	d.booked(at(10, 0))
}

func TestTriggersComeBack(t *testing.T) {
	d := newDesk(t)
	d.booked(at(10, 0))

	// Lost, and made harmless: Prepare puts them right.
	for _, damage := range []string{
		"DROP TRIGGER recado_occupancies_insert",
		"DROP TRIGGER recado_occupancies_update; CREATE TRIGGER recado_occupancies_update BEFORE UPDATE ON occupancies BEGIN SELECT 1; END",
	} {
		for _, statement := range strings.SplitN(damage, "; ", 2) {
			if err := d.sql(statement); err != nil {
				t.Fatal(err)
			}
		}
		if err := agenda.Triggers(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.sql("UPDATE occupancies SET blocked_end = blocked_start"); err == nil {
		t.Fatal("the update trigger did not come back")
	}

	// A change of the table in the dashboard works, and leaves them in force.
	collection, err := d.FindCollectionByNameOrId(collections.Occupancies)
	if err != nil {
		t.Fatal(err)
	}
	collection.Fields.Add(&core.TextField{Name: "colour"})
	if err := d.Save(collection); err != nil {
		t.Fatal(err)
	}
	collection.Fields.RemoveByName("colour")
	if err := d.Save(collection); err != nil {
		t.Fatal(err)
	}
	err = d.sql("INSERT INTO occupancies (id, company, kind, status, resource, blocked_start, blocked_end) SELECT 'again', company, kind, status, resource, blocked_start, blocked_end FROM occupancies")
	if err == nil || !strings.Contains(err.Error(), "slot_taken") {
		t.Fatalf("after a change of the table: %v", err)
	}
}
