package backup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/config"
	"recado/hooks/backup"
	"recado/hooks/recadotest"
)

var now = time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC)

// keyIn is the key of a folder, without making one.
func keyIn(t *testing.T, dir string) func() (config.Key, error) {
	cfg, err := config.Load([]string{"RECADO_DIR=" + dir}, nil)
	if err != nil {
		t.Fatal(err)
	}

	return cfg.StoredKey
}

// Restored elsewhere, everything is there but what the key of the former place
// sealed: that is listed by name, and opens again where the key is put back.
func TestWhatTheKeyOfThisPlaceDoesNotOpen(t *testing.T) {
	app := recadotest.New(t, nil)
	from, away := app.DataDir(), t.TempDir()
	accounts := core.NewBaseCollection("accounts")
	accounts.Fields.Add(&core.TextField{Name: "name"}, &core.TextField{Name: "secret", Hidden: true})
	if err := app.Save(accounts); err != nil {
		t.Fatal(err)
	}
	key, err := config.KeyFromFile(filepath.Join(from, config.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	row := app.Create("accounts", map[string]any{"name": "Model provider"})
	sealed, err := key.Seal("sk-1", config.SealedPlace("accounts", row.Id, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	row.Set("secret", sealed)
	if err := app.Save(row); err != nil {
		t.Fatal(err)
	}
	app.Create("accounts", map[string]any{"name": "Without one"})

	bare, whole := filepath.Join(away, "bare.zip"), filepath.Join(away, "whole.zip")
	for target, withKey := range map[string]bool{bare: false, whole: true} {
		manifest, err := backup.Create(t.Context(), from, target, backup.Options{Version: "test", Now: now, WithKey: withKey})
		if err != nil || manifest.Key != withKey {
			t.Fatal(manifest, err)
		}
	}

	for name, tc := range map[string]struct {
		file    string
		prepare func(dir string)
		locked  bool
	}{
		"without a key":      {bare, func(string) {}, true},
		"another key":        {bare, func(dir string) { _, _ = config.KeyFromFile(filepath.Join(dir, config.KeyFile)) }, true},
		"the key was copied": {bare, func(dir string) { copyFile(t, filepath.Join(from, config.KeyFile), filepath.Join(dir, config.KeyFile)) }, false},
		"the key is in it":   {whole, func(string) {}, false},
	} {
		dir := filepath.Join(t.TempDir(), "data")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		tc.prepare(dir)
		done, err := backup.Restore(t.Context(), dir, tc.file, "test", now, keyIn(t, dir))
		if err != nil {
			t.Fatal(name, err)
		}
		if tc.locked && (len(done.Locked) != 1 || !strings.Contains(done.Locked[0], "Model provider")) || !tc.locked && len(done.Locked) > 0 {
			t.Errorf("%s: %v", name, done.Locked)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// What an administrator put into the folder comes along; what is of this machine
// or of no use stays where it is.
func TestWhatIsPartOfABackup(t *testing.T) {
	app := recadotest.New(t, nil)
	from := app.DataDir()
	for name, part := range map[string]bool{
		"storage/a/b/exam.pdf": true, "logo.png": true, "letters/a.html": true,
		"backups/old.zip": false, ".recado.lock": false, "before-restore-20400101-000000/data.db": false, "secret.key": false,
	} {
		path := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(t.TempDir(), "b.zip")
		if _, err := backup.Create(t.Context(), from, target, backup.Options{Version: "test", Now: now}); err != nil {
			t.Fatal(err)
		}
		into := t.TempDir()
		if _, err := backup.Extract(t.Context(), target, into); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(into, name)); (err == nil) != part {
			t.Errorf("%s is in it: %t", name, !part)
		}
	}
}
