// Package template keeps a prepared database for tests: making it takes seconds,
// minutes under the race detector, copying it milliseconds. The packages of one
// test run share it by a folder that RECADO_TEST_TEMPLATE names; without it each
// makes its own.
package template

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"golang.org/x/crypto/bcrypt"

	"recado/collections"
	"recado/config"
)

// Env names the variable with the folder that packages share.
const Env = "RECADO_TEST_TEMPLATE"

// Files are the databases of a data folder, by name.
type Files map[string][]byte

// Databases are the files of a data folder that hold all rows.
var Databases = []string{"data.db", "auxiliary.db"}

// Shared are the databases another package has prepared; ok is false if none has.
func Shared() (files Files, ok bool) {
	dir := os.Getenv(Env)
	if dir == "" {
		return nil, false
	}
	files, err := read(dir)

	return files, err == nil
}

// Make prepares databases: PocketBase's own, then what prepare adds. They are
// shared if share is set and there is where.
func Make(prepare func(app core.App) error, share bool) (Files, error) {
	dir, err := os.MkdirTemp("", "recado-test-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	app, err := open(dir)
	if err != nil {
		return nil, err
	}
	defer app.Cleanup()
	if err := prepare(app); err != nil {
		return nil, err
	}
	if err := cheapPasswords(app); err != nil {
		return nil, err
	}

	for name, db := range map[string]dbx.Builder{"data.db": app.NonconcurrentDB(), "auxiliary.db": app.AuxNonconcurrentDB()} {
		if _, err := db.NewQuery("VACUUM INTO '" + filepath.Join(dir, name) + "'").Execute(); err != nil {
			return nil, err
		}
	}
	files, err := read(dir)
	if shared := os.Getenv(Env); err == nil && share && shared != "" {
		// A file appears whole or not at all: another package may be reading.
		for _, name := range Databases {
			if err := os.Rename(filepath.Join(dir, name), filepath.Join(shared, name)); err != nil {
				return nil, err
			}
		}
	}

	return files, err
}

// Folder is a data folder of a test with these databases.
func (files Files) Folder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}

	return dir
}

// Open opens a copy of a data folder with the product's own database settings.
func Open(t testing.TB, dir string) *tests.TestApp {
	t.Helper()
	app, err := open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)

	return app
}

// App is an app with the declared collections and no room, for a room that is
// tested alone.
func App(t testing.TB) *tests.TestApp {
	t.Helper()
	files, err := declared()
	if err != nil {
		t.Fatal(err)
	}

	return Open(t, files.Folder(t))
}

var declared = sync.OnceValues(func() (Files, error) {
	if files, ok := Shared(); ok {
		return files, nil
	}

	return Make(collections.Ensure, false)
})

func open(dir string) (*tests.TestApp, error) {
	return tests.NewTestAppWithConfig(core.BaseAppConfig{DataDir: dir, DBConnect: config.DBConnect})
}

func read(dir string) (Files, error) {
	files := Files{}
	for _, name := range Databases {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		files[name] = content
	}

	return files, nil
}

// cheapPasswords spares tests most of the time that hashing passwords takes.
func cheapPasswords(app core.App) error {
	for _, name := range []string{collections.Users, core.CollectionNameSuperusers} {
		collection, err := app.FindCollectionByNameOrId(name)
		if err != nil {
			return err
		}
		if password, ok := collection.Fields.GetByName(core.FieldNamePassword).(*core.PasswordField); ok {
			password.Cost = bcrypt.MinCost
		}
		if err := app.Save(collection); err != nil {
			return err
		}
	}

	return nil
}
