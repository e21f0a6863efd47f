package collections

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

func TestRecordsPageIsCurrent(t *testing.T) {
	var want bytes.Buffer
	if err := Markdown(&want); err != nil {
		t.Fatal(err)
	}
	have, err := os.ReadFile("../docs/records.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want.Bytes()) {
		t.Fatal("docs/records.md is stale; run: go generate ./collections")
	}
}

func TestManualKnowsTheSchema(t *testing.T) {
	for _, def := range All() {
		if def.Rules.List != nil && manual[def.Name].about == "" {
			t.Errorf("nothing is said about %s", def.Name)
		}
	}

	for name, page := range manual {
		def, ok := Find(name)
		if !ok || def.Rules.List == nil {
			t.Errorf("%s is no collection that members see", name)

			continue
		}
		fields := map[string]bool{}
		for _, field := range def.Fields {
			fields[field.GetName()] = !field.GetHidden()
		}
		for field := range page.fields {
			if !fields[field] {
				t.Errorf("%s has no visible field %s", name, field)
			}
		}
	}
}

func TestRulesInWords(t *testing.T) {
	for _, c := range []struct{ collection, list, create, update, remove string }{
		{Users, "the account itself", "nobody", "the account itself", "nobody"},
		{Companies, "its members", "nobody", "`company.manage`", "nobody"},
		{Members, "its account, and every member", "nobody", "`members.manage`", "nobody"},
		{Contacts, "`contacts.view_…` by reach", "`contacts.add`", "`contacts.edit_…` by reach", "nobody"},
		{Messages, "`inbox.view_…` by reach", "`inbox.edit_…` by reach and `inbox.reply`", "`inbox.edit_…` by reach and `inbox.reply`", "nobody"},
		{Agendas, "every member", "`agenda.manage`", "`agenda.manage`", "`agenda.manage`"},
	} {
		def, _ := Find(c.collection)
		have := []string{whoMay(def, def.Rules.List), whoMay(def, def.Rules.Create), whoMay(def, def.Rules.Update), whoMay(def, def.Rules.Delete)}
		if want := []string{c.list, c.create, c.update, c.remove}; strings.Join(have, "|") != strings.Join(want, "|") {
			t.Errorf("%s: have %q, want %q", c.collection, have, want)
		}
	}
}
