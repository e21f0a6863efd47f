package collections_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// fills are values under which a partial unique index counts, where those of the
// fixture's row are none.
var fills = map[string]any{
	"channels.device": "device-of-a-number", "channels.number": "5511987654321", "companies.join_hash": "hash-of-a-code",
	"messages.external_id": "WAMID.TAKEN", "messages.client_id": "client-taken", "agent_evaluations.status": "waiting",
	"agent_runs.status": "waiting", "company_domains.state": "verified",
}

// TestWhatIsTakenIsNamedAndNotShown goes through every unique index of the schema: who
// would write a second row with the same values is told which field it is, and nothing
// of the row that has them.
//
// Parity: DC-errors.
func TestWhatIsTakenIsNamedAndNotShown(t *testing.T) {
	app := recadotest.New(t, nil)
	mine, theirs := newFixture(t, app), newFixture(t, app)
	for _, f := range []*fixture{mine, theirs} {
		f.rows[collections.Companies], f.rows[collections.Roles] = f.Record, f.Company.Roles["agent"]
	}
	superuser := app.Superuser()
	tried := 0

	for _, def := range collections.All() {
		for _, index := range def.Indexes {
			if !index.Unique || mine.rows[def.Name] == nil {
				continue
			}
			columns := strings.Split(strings.ReplaceAll(index.Columns, " ", ""), ",")
			t.Run(def.Name+"."+index.Name, func(t *testing.T) {
				app.T = t
				tried++
				// What is unique in the whole instance is tried on another company's row.
				taken := mine
				if everywhere(def, columns) {
					taken = theirs
				}
				fill(t, app, taken.rows[def.Name], append(columns, words(index.Where)...))
				row := app.Reload(taken.rows[def.Name])

				body := maps.Clone(mine.rows[def.Name].FieldsData())
				for _, name := range []string{"id", "created", "updated", "logo", "file", "files"} {
					delete(body, name)
				}
				counted := map[string]any{}
				for _, name := range append(columns, words(index.Where)...) {
					if row.Collection().Fields.GetByName(name) != nil && name != "company" {
						counted[name] = row.Get(name)
					}
				}
				for _, other := range def.Indexes { // each is tried alone
					if name := other.Columns[strings.LastIndex(other.Columns, " ")+1:]; other.Unique && other.Name != index.Name {
						if _, ok := row.Collection().Fields.GetByName(name).(*core.TextField); ok {
							body[name] = mine.unique("other")
						}
					}
				}
				maps.Copy(body, counted)
				by := slices.Collect(maps.Keys(counted))
				secret := []string{row.Id, "UNIQUE", "constraint", "idx_"}
				if taken == theirs {
					secret = append(secret, theirs.Id, row.GetString("name"))
				}
				saysTaken(t, "a superuser's create", columns, by, secret, row, app.Do(http.MethodPost, mine.Records(def.Name), superuser, body))
				hidden := slices.ContainsFunc(slices.Collect(maps.Keys(counted)), func(name string) bool { return row.Collection().Fields.GetByName(name).GetHidden() })
				if def.Rules.Create != nil && !hidden {
					saysTaken(t, "an owner's create", columns, by, secret, row, app.Do(http.MethodPost, mine.Records(def.Name), mine.actors["owner"], body))
				}

				if make := expectations[def.Name].body; make != nil {
					second := app.Do(http.MethodPost, mine.Records(def.Name), superuser, with(make(mine), map[string]any{"company": mine.Id})).Must(t, http.StatusOK)
					address := mine.URL(fmt.Sprintf("/api/collections/%s/records/%s", def.Name, second.JSON["id"]))
					saysTaken(t, "a superuser's update", columns, by, secret, row, app.Do(http.MethodPatch, address, superuser, counted))
				}
			})
		}
	}
	app.T = t
	if tried < 15 {
		t.Errorf("only %d unique indexes were tried", tried)
	}

	person := mine.Member("agent").User
	saysTaken(t, "an account", []string{"email"}, []string{"email"}, []string{person.Id, "constraint"}, person, app.Do(http.MethodPost, "/api/collections/users/records", superuser,
		map[string]any{"email": person.Email(), "password": recadotest.Password, "passwordConfirm": recadotest.Password, "kind": "person"}))
}

// saysTaken checks that an answer refuses, says which of the columns it is, and nothing
// else of the row that has the values. What the server sets itself can't be taken: a row
// is a second one if it is the same by all that the index counts by. A message that is
// sent again is the one that was sent.
func saysTaken(t *testing.T, what string, columns, by, secret []string, row *core.Record, answer recadotest.Response) {
	t.Helper()
	if answer.Status == http.StatusOK {
		same := !slices.ContainsFunc(by, func(name string) bool { return fmt.Sprint(answer.JSON[name]) != row.GetString(name) })
		if same && !(row.Collection().Name == collections.Messages && answer.JSON["id"] == row.Id) {
			t.Errorf("%s makes a second row: %s", what, answer.Raw)
		}

		return
	}
	data, _ := answer.JSON["data"].(map[string]any)
	names := slices.ContainsFunc(columns, func(name string) bool { return data[name] != nil || data["field"] == name })
	if answer.Status != http.StatusBadRequest && answer.Status != http.StatusConflict || !names {
		t.Errorf("%s: %d %s, want 400 or 409 and one of %v", what, answer.Status, answer.Raw, columns)
	}
	for _, one := range secret {
		if one != "" && strings.Contains(string(answer.Raw), one) {
			t.Errorf("%s shows %q: %s", what, one, answer.Raw)
		}
	}
}

// everywhere tells whether an index holds across companies.
func everywhere(def collections.Def, columns []string) bool {
	return !slices.ContainsFunc(columns, func(name string) bool {
		if name == "company" {
			return true
		}
		for _, field := range def.Fields {
			if relation, ok := field.(*core.RelationField); ok && relation.Name == name {
				return true
			}
		}

		return false
	})
}

// fill puts a value into what is empty, so that the index counts the row.
func fill(t *testing.T, app *recadotest.App, row *core.Record, columns []string) {
	t.Helper()
	for _, name := range columns {
		value, ok := fills[row.Collection().Name+"."+name]
		if !ok {
			continue
		}
		if _, err := app.DB().Update(row.Collection().Name, dbx.Params{name: value}, dbx.HashExp{"id": row.Id}).Execute(); err != nil {
			t.Fatal(err)
		}
	}
}

// words are the names that a condition may speak of.
func words(condition string) []string {
	return strings.FieldsFunc(condition, func(r rune) bool { return !(r == '_' || r >= 'a' && r <= 'z') })
}

func with(values, more map[string]any) map[string]any {
	all := maps.Clone(values)
	maps.Copy(all, more)

	return all
}
