package recadotest

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest/template"
)

// keptEnv names a folder in which benchmarks keep what takes long to fill, for
// the rounds to come. `make bench` gives them one.
const keptEnv = "RECADO_BENCH_DIR"

// Kept starts Recado on the data that fill makes. They are made once for all
// rounds of `make bench`, and each time anew without it.
func Kept(b *testing.B, name string, fill func(*App)) *App {
	b.Helper()

	kept := os.Getenv(keptEnv)
	dir := filepath.Join(kept, name)
	if _, err := os.Stat(dir); kept != "" && err == nil {
		app := Open(b, dir, nil)
		app.serial.Store(1_000) // beyond the numbers that are given out already

		return app
	}

	app := New(b, nil)
	do := func(statement string) {
		if _, err := app.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
			b.Fatal(err)
		}
	}
	do("PRAGMA synchronous = OFF")
	fill(app)
	do("PRAGMA wal_checkpoint(TRUNCATE)")
	do("PRAGMA synchronous = FULL")
	if kept == "" {
		return app
	}

	making := dir + ".making" // whole or not at all
	if err := os.MkdirAll(making, 0o700); err != nil {
		b.Fatal(err)
	}
	for _, file := range template.Databases {
		if err := copyFile(filepath.Join(app.DataDir(), file), filepath.Join(making, file)); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.Rename(making, dir); err != nil {
		b.Fatal(err)
	}

	return app
}

func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := os.Create(to)
	if err != nil {
		return err
	}
	if _, err := target.ReadFrom(source); err != nil {
		_ = target.Close()

		return err
	}

	return target.Close()
}

// First is the oldest company, of data that were kept.
func (a *App) First() *Company {
	a.T.Helper()

	oldest, err := a.FindRecordsByFilter(collections.Companies, "id != ''", "created", 1, 0)
	if err != nil || len(oldest) != 1 {
		a.T.Fatalf("%d companies, %v", len(oldest), err)
	}
	company := &Company{app: a, Record: oldest[0], Roles: map[string]*core.Record{}}
	roles, err := a.FindRecordsByFilter(collections.Roles, "company = '"+oldest[0].Id+"' && key != ''", "", 0, 0)
	if err != nil {
		a.T.Fatal(err)
	}
	for _, role := range roles {
		company.Roles[role.GetString("key")] = role
	}

	return company
}
