package migrations

import (
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

func TestNotesBecomePartOfWhatAContactIsFoundBy(t *testing.T) {
	app, err := tests.NewTestApp(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer app.Cleanup()
	must(t, notesInSearch(app))

	contacts := core.NewBaseCollection("contacts")
	contacts.Fields.Add(&core.TextField{Name: "search"}, &core.TextField{Name: "notes"})
	must(t, app.Save(contacts))
	found := map[string]*core.Record{}
	for notes, search := range map[string]string{"Alérgica  a Penicilina": "ana 123", "": "bia"} {
		found[notes] = core.NewRecord(contacts)
		found[notes].Load(map[string]any{"notes": notes, "search": search})
		must(t, app.Save(found[notes]))
	}
	must(t, notesInSearch(app))
	for notes, want := range map[string]string{"Alérgica  a Penicilina": "ana 123 alergica a penicilina", "": "bia"} {
		fresh, err := app.FindRecordById("contacts", found[notes].Id)
		must(t, err)
		if got := fresh.GetString("search"); got != want {
			t.Errorf("found by %q, want %q", got, want)
		}
	}
}
