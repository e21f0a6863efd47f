package hooks_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// TestParityNamesItsTests: every test in docs/parity.md exists and names the id
// it proves, and every id a test names is in the table beside that test.
func TestParityNamesItsTests(t *testing.T) {
	raw, err := os.ReadFile("../docs/parity.md")
	if err != nil {
		t.Fatal(err)
	}
	named := goTests(t)
	claimed := map[string][]string{} // by test

	rows := regexp.MustCompile(`(?m)^\| ((?:LS|LC|WT|WB|DC|X)-[a-z-]+) \| (.+) \| (.+) \| (.+) \|$`).FindAllStringSubmatch(string(raw), -1)
	if len(rows) < 20 {
		t.Fatalf("found %d rows", len(rows))
	}
	for _, row := range rows {
		id, state := row[1], row[4]
		if state != "done" && !strings.HasPrefix(state, "partly: ") {
			t.Errorf("%s is %q", id, state)
		}
		for name := range strings.SplitSeq(row[3], ", ") {
			if strings.HasPrefix(name, "ui/") {
				if _, err := os.Stat("../" + name); err != nil {
					t.Errorf("%s: %v", id, err)
				}

				continue
			}
			ids, exists := named[name]
			switch {
			case !exists:
				t.Errorf("%s: there is no test %s", id, name)
			case !slices.Contains(ids, id):
				t.Errorf("%s: the comment of %s does not name it", id, name)
			}
			claimed[name] = append(claimed[name], id)
		}
	}

	for name, ids := range named {
		for _, id := range ids {
			if !slices.Contains(claimed[name], id) {
				t.Errorf("%s names %s, docs/parity.md does not name it there", name, id)
			}
		}
	}
}

var parityID = regexp.MustCompile(`\b(?:LS|LC|WT|WB|DC|X)-[a-z]+(?:-[a-z]+)*\b`)

// goTests maps each test, as room/TestName, to the ids its comment names.
func goTests(t *testing.T) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "ui" || entry.Name() == ".git") {
			return filepath.SkipDir
		}
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		room := filepath.Base(filepath.Dir(path))
		if room == ".." {
			room = "recado"
		}
		for _, declaration := range file.Decls {
			if function, ok := declaration.(*ast.FuncDecl); ok && strings.HasPrefix(function.Name.Name, "Test") {
				list[room+"/"+function.Name.Name] = parityID.FindAllString(function.Doc.Text(), -1)
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}

	return list
}

// WB-enums: the values that docs/parity.md gives for those of other systems are
// the schema's.
func TestValuesOfOtherSystems(t *testing.T) {
	for _, want := range []struct{ collection, field, values string }{
		{collections.Messages, "direction", "in out"},
		{collections.Messages, "kind", "text image video audio document template"},
		{collections.Messages, "status", "received queued sent delivered read failed"},
		{collections.Conversations, "status", "pending open snoozed closed"},
		{collections.Contacts, "lifecycle", "lead"},
	} {
		def, _ := collections.Find(want.collection)
		i := slices.IndexFunc(def.Fields, func(f core.Field) bool { return f.GetName() == want.field })
		have := def.Fields[i].(*core.SelectField).Values
		for value := range strings.FieldsSeq(want.values) {
			if !slices.Contains(have, value) {
				t.Errorf("%s.%s has no %s", want.collection, want.field, value)
			}
		}
	}
}
