package migrations

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

// TestTagsBecomeRowsAndKeepTheirNames: what was a list of texts refers to rows
// afterwards, one for each name of a company in whatever spelling.
func TestTagsBecomeRowsAndKeepTheirNames(t *testing.T) {
	app, err := tests.NewTestApp(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer app.Cleanup()

	companies := core.NewBaseCollection("companies")
	must(t, app.Save(companies))
	record := func(collection *core.Collection, values map[string]any) *core.Record {
		t.Helper()
		made := core.NewRecord(collection)
		made.Load(values)
		must(t, app.Save(made))

		return made
	}
	one, two := record(companies, nil), record(companies, nil)

	made := map[string]*core.Record{}
	for _, name := range []string{"contacts", "conversations"} {
		collection := core.NewBaseCollection(name)
		collection.Fields.Add(
			&core.RelationField{Name: "company", CollectionId: companies.Id, MaxSelect: 1, Required: true},
			&core.JSONField{Name: "tags"},
		)
		must(t, app.Save(collection))
		made[name] = record(collection, map[string]any{"company": one.Id, "tags": []string{"VIP", "Fiel  Cliente"}})
		made[name+" elsewhere"] = record(collection, map[string]any{"company": two.Id, "tags": []string{"víp"}})
		made[name+" without"] = record(collection, map[string]any{"company": one.Id})
	}

	for range 2 { // the second time there is nothing to do
		must(t, tagsToRows(app, "contacts"))
		must(t, tagsToRows(app, "conversations"))
	}
	must(t, tagsToRows(app, "nothing"))

	names := func(which string) []string {
		t.Helper()
		fresh, err := app.FindRecordById(made[which].Collection().Name, made[which].Id)
		must(t, err)
		tags, err := app.FindRecordsByIds("tags", fresh.GetStringSlice("tags"))
		must(t, err)
		list := []string{}
		for _, tag := range tags {
			if tag.GetString("company") != fresh.GetString("company") {
				t.Errorf("%s has a tag of another company", which)
			}
			list = append(list, tag.GetString("name"))
		}
		slices.Sort(list)

		return list
	}
	for which, want := range map[string][]string{
		"contacts": {"Fiel Cliente", "VIP"}, "conversations": {"Fiel Cliente", "VIP"},
		"contacts elsewhere": {"víp"}, "conversations elsewhere": {"víp"},
		"contacts without": {}, "conversations without": {},
	} {
		if got := names(which); !slices.Equal(got, want) {
			raw, _ := json.Marshal(got)
			t.Errorf("%s has %s, want %v", which, raw, want)
		}
	}
	if count, err := app.CountRecords("tags", dbx.HashExp{"company": one.Id}); err != nil || count != 2 {
		t.Errorf("company one has %d tags, %v", count, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
