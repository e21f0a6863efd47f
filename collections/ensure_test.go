package collections_test

import (
	"database/sql"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
	_ "modernc.org/sqlite"

	"recado/collections"
	"recado/hooks"
	"recado/hooks/recadotest"
)

func TestEnsureWritesNothingTheSecondTime(t *testing.T) {
	app := recadotest.New(t, nil)

	// PRAGMA data_version tells a connection whether another one has committed.
	observer, err := sql.Open("sqlite", filepath.Join(app.DataDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer observer.Close()
	observer.SetMaxOpenConns(1)

	version := func() (v int) {
		if err := observer.QueryRow("PRAGMA data_version").Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	dump := func() string {
		all, err := app.FindAllCollections()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}

	versionBefore, dumpBefore := version(), dump()
	if err := hooks.Prepare(app); err != nil {
		t.Fatal(err)
	}
	if got := dump(); got != dumpBefore {
		t.Errorf("collections changed on the second start:\n%s\n%s", dumpBefore, got)
	}
	if got := version(); got != versionBefore {
		t.Errorf("data_version went from %d to %d on the second start", versionBefore, got)
	}
}

func TestEnsureKeepsAnAdministratorsField(t *testing.T) {
	app := recadotest.New(t, nil)

	contacts, err := app.FindCollectionByNameOrId(collections.Contacts)
	if err != nil {
		t.Fatal(err)
	}
	contacts.Fields.Add(&core.TextField{Name: "shoe_size"})
	contacts.AddIndex("idx_of_the_admin", false, "`shoe_size`", "")
	if err := app.Save(contacts); err != nil {
		t.Fatal(err)
	}

	company := app.Company()
	contact := company.Create(collections.Contacts, map[string]any{"name": "Ana", "shoe_size": "37"})

	if err := hooks.Prepare(app); err != nil {
		t.Fatal(err)
	}

	if got := app.Reload(contact).GetString("shoe_size"); got != "37" {
		t.Errorf("the administrator's field lost its value: %q", got)
	}
	contacts, _ = app.FindCollectionByNameOrId(collections.Contacts)
	if contacts.GetIndex("idx_of_the_admin") == "" {
		t.Error("the administrator's index is gone")
	}
}

func TestEnsurePutsAChangedRuleBack(t *testing.T) {
	app := recadotest.New(t, nil)

	contacts, err := app.FindCollectionByNameOrId(collections.Contacts)
	if err != nil {
		t.Fatal(err)
	}
	declared := *contacts.ListRule
	contacts.ListRule = types.Pointer("")
	if err := app.Save(contacts); err != nil {
		t.Fatal(err)
	}

	if err := hooks.Prepare(app); err != nil {
		t.Fatal(err)
	}

	contacts, _ = app.FindCollectionByNameOrId(collections.Contacts)
	if contacts.ListRule == nil || *contacts.ListRule != declared {
		t.Errorf("list rule was not put back: %v", contacts.ListRule)
	}
}

func TestIDsOfDeclaredCollections(t *testing.T) {
	app := recadotest.New(t, nil)

	for _, def := range collections.All() {
		collection, err := app.FindCollectionByNameOrId(def.Name)
		if err != nil {
			t.Fatal(err)
		}
		if collection.Id != collections.ID(def.Name) {
			t.Errorf("%s has id %s, declared is %s", def.Name, collection.Id, collections.ID(def.Name))
		}
	}
}
