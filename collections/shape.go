package collections

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// format is raised by hand where newer programs write something that older ones
// would misread although every name is the same.
const format = 1

// retired are names that were declared once and are not any more, so that data
// which still remembers them does not pass for a newer program's.
var retired []string

// shapeRow is where a database remembers the shape it has, beside PocketBase's settings.
const shapeRow = "recado_shape"

// Shape is what a program stores, by name: every collection, field, index and
// migration. A database remembers the shape of the program that prepared it
// last. Since declarations are only added to, a name the program does not know
// means that the data is newer than the program.
type Shape struct {
	Version string   `json:"version"`
	Format  int      `json:"format"`
	Digest  string   `json:"digest"` // of the whole declaration; another one means that something will change
	Names   []string `json:"names"`
}

// DeclaredShape is the shape of this program.
func DeclaredShape(version string) (Shape, error) {
	shape, err := declaredShape()
	shape.Version = version

	return shape, err
}

// declaredShape is worked out once: a start asks for it before and after it opens
// the database.
var declaredShape = sync.OnceValues(func() (Shape, error) {
	shape := Shape{Format: format}
	whole := sha256.New()
	for _, def := range All() {
		shape.Names = append(shape.Names, def.Name)
		for _, field := range def.Fields {
			shape.Names = append(shape.Names, def.Name+"."+field.GetName())
		}
		for _, index := range def.Indexes {
			shape.Names = append(shape.Names, def.Name+" by "+index.Name)
		}
		if err := json.NewEncoder(whole).Encode([]any{def.Name, def.Auth, def.Company, declaredFields(def), def.Indexes, def.Rules}); err != nil {
			return Shape{}, fmt.Errorf("reading the declaration of %s: %w", def.Name, err)
		}
	}
	for _, list := range []core.MigrationsList{core.SystemMigrations, core.AppMigrations} {
		for _, migration := range list.Items() {
			shape.Names = append(shape.Names, "migration "+migration.File)
		}
	}
	slices.Sort(shape.Names)
	fmt.Fprint(whole, format, shape.Names)
	shape.Digest = hex.EncodeToString(whole.Sum(nil))

	return shape, nil
})

// NewerThan says in a sentence why the program of shape known can't work on data
// of this shape; "" if it can.
func (s Shape) NewerThan(known Shape) string {
	reason := ""
	if s.Format > known.Format {
		reason = fmt.Sprintf("its format is %d, this program's %d", s.Format, known.Format)
	}
	for _, name := range s.Names {
		if !slices.Contains(known.Names, name) && !slices.Contains(retired, name) {
			reason = "it has " + name + ", which this program does not know"

			break
		}
	}
	if reason == "" {
		return ""
	}

	return fmt.Sprintf("the data was written by a newer Recado (%s): %s. Start that version or a later one, or restore a backup made by this one (%s)",
		s.Version, reason, known.Version)
}

// ReadShape returns the shape the database remembers; the zero Shape where it remembers none.
func ReadShape(db dbx.Builder) (Shape, error) {
	var raw string
	err := db.Select("value").From("_params").Where(dbx.HashExp{"id": shapeRow}).Row(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return Shape{}, nil
	}
	if err != nil {
		return Shape{}, fmt.Errorf("reading which version the data has: %w", err)
	}
	var shape Shape
	if err := json.Unmarshal([]byte(raw), &shape); err != nil {
		return Shape{}, fmt.Errorf("reading which version the data has: %w", err)
	}

	return shape, nil
}

// RememberShape stores the program's shape, where another one is stored.
func RememberShape(app core.App, version string) error {
	declared, err := DeclaredShape(version)
	if err != nil {
		return err
	}
	stored, err := ReadShape(app.ConcurrentDB())
	if err != nil || stored.Digest == declared.Digest {
		return err
	}
	value, err := json.Marshal(declared)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Format(types.DefaultDateLayout)

	return app.RunInTransaction(func(txApp core.App) error {
		_, err := txApp.NonconcurrentDB().NewQuery(`
			INSERT INTO _params (id, value, created, updated) VALUES ({:id}, {:value}, {:now}, {:now})
			ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated = excluded.updated`).
			Bind(dbx.Params{"id": shapeRow, "value": string(value), "now": now}).Execute()
		if err != nil {
			return err
		}
		_, err = txApp.NonconcurrentDB().NewQuery(fmt.Sprintf("PRAGMA user_version = %d", declared.mark())).Execute()

		return err
	})
}

// mark is the digest as the number in a database's header, which is read without
// reading the schema: nearly every start finds that nothing has changed.
func (s Shape) mark() int32 {
	first, _ := strconv.ParseUint(s.Digest[:8], 16, 32)

	return int32(first >> 1)
}

// Unchanged tells whether the program of this shape prepared the database last.
// False means that [ReadShape] has to be asked.
func (s Shape) Unchanged(db dbx.Builder) (bool, error) {
	var mark int32
	if err := db.NewQuery("PRAGMA user_version").Row(&mark); err != nil {
		return false, fmt.Errorf("reading which version the data has: %w", err)
	}

	return mark == s.mark(), nil
}
