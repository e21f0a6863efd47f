package collections

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// Ensure brings the database to the declared state. It adds and corrects, never
// removes: fields and indexes an administrator added survive, rules they changed
// are put back and logged. Where everything is as declared it writes nothing.
func Ensure(app core.App) error {
	declared, err := asDeclared(app)
	if err != nil || declared {
		return err
	}

	// Collections refer to each other in circles, and rules to fields of other
	// collections. So all collections are made before any is checked, and all fields
	// before any rule.
	steps := []func(core.App, Def) error{
		create,
		func(app core.App, def Def) error { return correct(app, def, applySchema) },
		func(app core.App, def Def) error { return correct(app, def, applyAccess) },
	}

	return app.RunInTransaction(func(txApp core.App) error {
		for _, step := range steps {
			for _, def := range All() {
				if err := step(txApp, def); err != nil {
					return fmt.Errorf("failed to ensure collection %s: %w", def.Name, err)
				}
			}
		}

		return nil
	})
}

// asDeclared tells whether there is nothing to do, which is so at nearly every
// start, from what PocketBase has just read: it opens no transaction and reads
// nothing. Where something differs the collection it looked at is no longer as it is
// stored; it is read anew as soon as it has been corrected.
func asDeclared(app core.App) (bool, error) {
	for _, def := range All() {
		collection, err := app.FindCachedCollectionByNameOrId(def.Name)
		if errors.Is(err, sql.ErrNoRows) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if same, err := isAsDeclared(collection, def); err != nil || !same {
			return false, err
		}
	}

	return true, nil
}

// isAsDeclared finds the same as [changes] does for applySchema and applyAccess,
// at a tenth of the cost: every start waits for it.
func isAsDeclared(collection *core.Collection, def Def) (bool, error) {
	for _, field := range declaredFields(def) {
		if same, err := sameField(collection.Fields.GetByName(field.GetName()), field); err != nil || !same {
			return false, err
		}
	}
	for _, index := range def.Indexes {
		if !slices.Contains(collection.Indexes, index.statement(def.Name)) {
			return false, nil
		}
	}
	if !def.Auth {
		return len(applyRules(collection, def.Rules)) == 0, nil
	}

	changed, err := changes(collection, func() { applyAccess(collection, def) })

	return !changed, err
}

// sameField compares a stored field with a declared one. Where they differ in
// memory their JSON decides, in which no list and an empty one are the same.
func sameField(existing, declared core.Field) (bool, error) {
	if existing == nil || existing.Type() != declared.Type() {
		return false, nil
	}
	declared.SetId(existing.GetId())
	if reflect.DeepEqual(existing, declared) {
		return true, nil
	}

	before, err := json.Marshal(existing)
	if err != nil {
		return false, err
	}
	after, err := json.Marshal(declared)
	empty := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(":null"), []byte(":[]")) }

	return bytes.Equal(empty(before), empty(after)), err
}

// changes tells whether apply changes the collection.
func changes(collection *core.Collection, apply func()) (bool, error) {
	before, err := json.Marshal(collection)
	if err != nil {
		return false, err
	}
	apply()
	after, err := json.Marshal(collection)

	return !bytes.Equal(before, after), err
}

// create makes a collection that is not there, with its fields: in a table that is
// made with its columns SQLite does not read the whole schema anew for each of them.
// The fields may refer to what comes later, so they are checked by the next step.
func create(app core.App, def Def) error {
	_, err := app.FindCollectionByNameOrId(def.Name)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	collection := core.NewBaseCollection(def.Name)
	applyFields(collection, def)

	return app.SaveNoValidate(collection)
}

// correct applies a part of the declaration and saves the collection only if
// that changed it.
func correct(app core.App, def Def, apply func(*core.Collection, Def) (rules []string)) error {
	collection, err := app.FindCollectionByNameOrId(def.Name)
	if err != nil {
		return err
	}

	var rules []string
	changed, err := changes(collection, func() { rules = apply(collection, def) })
	if err != nil || !changed {
		return err
	}
	for _, name := range rules {
		app.Logger().Warn("API rule put back to its declared form",
			slog.String("collection", def.Name), slog.String("rule", name))
	}

	return app.Save(collection)
}

func applySchema(collection *core.Collection, def Def) (rules []string) {
	applyFields(collection, def)
	applyIndexes(collection, def)

	return nil
}

// applyAccess returns the names of the rules it had to change.
func applyAccess(collection *core.Collection, def Def) (rules []string) {
	if def.Auth {
		applyAuth(collection)
	}

	return applyRules(collection, def.Rules)
}

// applyFields adds what is missing and gives declared fields their declared
// options. The id of an existing field is kept: another one would drop the column.
func applyFields(collection *core.Collection, def Def) {
	for _, field := range declaredFields(def) {
		if existing := collection.Fields.GetByName(field.GetName()); existing != nil && existing.Type() == field.Type() {
			field.SetId(existing.GetId())
		}
		collection.Fields.Add(field)
	}
}

// declaredFields are the fields of a collection with those that all have.
func declaredFields(def Def) []core.Field {
	var fields []core.Field
	if def.Company {
		fields = append(fields, required(relation("company", Companies)))
	}
	for _, field := range def.Fields {
		fields = append(fields, describe(def, field))
	}

	return append(fields,
		&core.AutodateField{Name: "created", OnCreate: true},
		&core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true},
	)
}

// applyIndexes leaves an index that is as declared where it is: adding it anew
// would move it to the end of the list and so change the collection.
func applyIndexes(collection *core.Collection, def Def) {
	for _, index := range def.Indexes {
		if !slices.Contains(collection.Indexes, index.statement(def.Name)) {
			collection.AddIndex(index.name(def.Name), index.Unique, quoteColumns(index.Columns), index.Where)
		}
	}
}

func (i Index) name(collection string) string {
	return "idx_" + collection + "_" + i.Name
}

// statement is the index as PocketBase keeps it.
func (i Index) statement(collection string) string {
	declared := core.Collection{}
	declared.Name = collection
	declared.AddIndex(i.name(collection), i.Unique, quoteColumns(i.Columns), i.Where)

	return declared.Indexes[0]
}

// quoteColumns makes "a, b" into "`a`, `b`": PocketBase parses index columns
// and some of ours ("end", "key") are SQL words.
func quoteColumns(columns string) string {
	parts := strings.Split(columns, ",")
	for i, part := range parts {
		parts[i] = "`" + strings.TrimSpace(part) + "`"
	}

	return strings.Join(parts, ", ")
}

func applyRules(collection *core.Collection, rules Rules) (changed []string) {
	for _, rule := range []struct {
		name     string
		current  **string
		declared *string
	}{
		{"list", &collection.ListRule, rules.List},
		{"view", &collection.ViewRule, rules.View},
		{"create", &collection.CreateRule, rules.Create},
		{"update", &collection.UpdateRule, rules.Update},
		{"delete", &collection.DeleteRule, rules.Delete},
	} {
		if equal(*rule.current, rule.declared) {
			continue
		}
		*rule.current = rule.declared
		changed = append(changed, rule.name)
	}

	return changed
}

func equal(a, b *string) bool {
	return a == b || (a != nil && b != nil && *a == *b)
}

// applyAuth sets what an account may do with itself. Self-service sign-up by the
// records API is closed. Recado's own codes, second factor and notice of a new
// sign-in stand in the place of PocketBase's, of which two at once can use one code.
// A token is good for an hour and renewed while its sign-in lasts; one that opens a
// file is in an address, and so is short-lived.
func applyAuth(users *core.Collection) {
	users.AuthRule = types.Pointer("")
	users.ManageRule = nil
	users.PasswordAuth.Enabled = true
	users.PasswordAuth.IdentityFields = []string{"email"}
	users.AuthAlert.Enabled = false
	users.OTP.Enabled = false
	users.MFA.Enabled = false
	users.AuthToken.Duration = 60 * 60
	users.FileToken.Duration = 2 * 60
}
