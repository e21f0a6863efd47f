package config

import (
	"archive/zip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

func TestSealAndOpen(t *testing.T) {
	key, err := parseKey(strings.Repeat("ab", 32))
	if err != nil {
		t.Fatal(err)
	}
	one, err := key.Seal("sk-123", "ai_keys/1/secret")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := key.Seal("sk-123", "ai_keys/1/secret")
	if one == two || strings.Contains(one, "sk-123") {
		t.Fatalf("sealed values must differ and hide: %s %s", one, two)
	}
	if plain, err := key.Open(one, "ai_keys/1/secret"); err != nil || plain != "sk-123" {
		t.Fatalf("%q %v", plain, err)
	}

	other, _ := parseKey(strings.Repeat("cd", 32))
	damaged := one[:len(one)-2] + "AA"
	for name, open := range map[string]func() (string, error){
		"another place": func() (string, error) { return key.Open(one, "ai_keys/2/secret") },
		"another key":   func() (string, error) { return other.Open(one, "ai_keys/1/secret") },
		"damage":        func() (string, error) { return key.Open(damaged, "ai_keys/1/secret") },
		"plain text":    func() (string, error) { return key.Open("sk-123", "ai_keys/1/secret") },
	} {
		if plain, err := open(); !errors.Is(err, ErrSealed) || plain != "" {
			t.Errorf("%s: %q %v", name, plain, err)
		}
	}
	if _, err := (Key{}).Seal("x", "y"); err == nil {
		t.Error("the zero key must not seal")
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pb_data", KeyFile)

	var wg sync.WaitGroup
	keys := make([]Key, 16)
	for i := range keys {
		wg.Go(func() {
			key, err := KeyFromFile(path)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	wg.Wait()

	for _, key := range keys {
		if string(key.bytes) != string(keys[0].bytes) || len(key.bytes) != 32 {
			t.Fatal("callers at once got different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info, err)
	}
	left, _ := os.ReadDir(filepath.Dir(path))
	if len(left) != 1 {
		t.Fatalf("left behind: %v", left)
	}
}

func TestKeyFileMustBeWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), KeyFile)
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := KeyFromFile(path); err == nil || strings.Contains(err.Error(), "short") {
		t.Fatalf("got %v", err)
	}
}

func TestBackupsDoNotHoldTheKey(t *testing.T) {
	dir := t.TempDir()
	app, err := tests.NewTestAppWithConfig(core.BaseAppConfig{DataDir: dir, DBConnect: DBConnect})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Cleanup()
	KeepKeyOutOfBackups(app)
	if _, err := KeyFromFile(filepath.Join(app.DataDir(), KeyFile)); err != nil {
		t.Fatal(err)
	}
	if err := app.CreateBackup(t.Context(), "test.zip"); err != nil {
		t.Fatal(err)
	}

	backup, err := zip.OpenReader(filepath.Join(app.DataDir(), core.LocalBackupsDirName, "test.zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer backup.Close()
	data := false
	for _, file := range backup.File {
		if file.Name == KeyFile {
			t.Error("the backup holds the key")
		}
		data = data || file.Name == "data.db"
	}
	if !data {
		t.Error("the backup holds no data")
	}
}

func TestKeyFromSettings(t *testing.T) {
	dir := t.TempDir()
	c, err := Load([]string{"RECADO_SECRET_KEY=" + strings.Repeat("0f", 32), "RECADO_DIR=" + dir}, nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := c.Key()
	if err != nil || key.bytes[0] != 0x0f {
		t.Fatalf("%v %v", key, err)
	}
	if _, err := os.Stat(filepath.Join(dir, KeyFile)); err == nil {
		t.Fatal("no file is needed when the key is given")
	}
}
