package agenda

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"recado/hooks/recadotest/template"
)

// TestTheLawUsesItsIndexes: neither half of the search for what overlaps may
// scan the table, however long the history.
func TestTheLawUsesItsIndexes(t *testing.T) {
	app := template.App(t)

	var steps []struct {
		Detail string `db:"detail"`
	}
	err := app.DB().NewQuery("EXPLAIN QUERY PLAN " + busySQL).
		Bind(dbx.Params{"agenda": "a", "from": 1, "to": 2, "now": 0, "exclude": ""}).All(&steps)
	if err != nil {
		t.Fatal(err)
	}
	plan := ""
	for _, step := range steps {
		plan += step.Detail + "\n"
	}
	if strings.Contains(plan, "SCAN") || !strings.Contains(plan, "idx_occupancies_busy") || !strings.Contains(plan, "idx_occupancies_long") {
		t.Fatalf("the plan is:\n%s", plan)
	}
}
