package config

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
)

// rotateEnv names the data folder to a copy of the test binary that dies in a
// rotation, at the step of dieEnv.
const (
	rotateEnv = "RECADO_TEST_ROTATE"
	dieEnv    = "RECADO_TEST_DIE_AT"
)

// sealedFolder is a data folder with secrets in it; it returns what they were.
func sealedFolder(t *testing.T, key func(dir string) Key) (dir string, plain map[string]string) {
	t.Helper()
	app, err := tests.NewTestApp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)
	collection := core.NewBaseCollection("vaults")
	collection.Fields.Add(&core.TextField{Name: "name"}, &core.TextField{Name: "secret", Hidden: true}, &core.TextField{Name: "open"})
	if err := app.Save(collection); err != nil {
		t.Fatal(err)
	}
	dir, plain = t.TempDir(), map[string]string{}
	sealing := key(dir)
	for i := range 20 {
		row := core.NewRecord(collection)
		row.Id = core.GenerateDefaultRandomId()
		plain[row.Id] = fmt.Sprintf("secret %d", i)
		sealed, err := sealing.Seal(plain[row.Id], SealedPlace("vaults", row.Id, "secret"))
		if err != nil {
			t.Fatal(err)
		}
		row.Load(map[string]any{"name": fmt.Sprint(i), "secret": sealed, "open": "v1:no secret"})
		if err := app.Save(row); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := app.NonconcurrentDB().NewQuery("VACUUM INTO {:to}").Bind(dbx.Params{"to": filepath.Join(dir, "data.db")}).Execute(); err != nil {
		t.Fatal(err)
	}

	return dir, plain
}

// opened are the secrets of a folder, as a key opens them.
func opened(t *testing.T, dir string, key Key) map[string]string {
	t.Helper()
	db, err := DBConnect(filepath.Join(dir, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found := map[string]string{}
	if err := EachSealed(t.Context(), db, func(s Sealed) error {
		plain, err := key.Open(s.Value, s.Place())
		if err != nil {
			t.Errorf("%s: %v", s, err)
		}
		found[s.ID] = plain

		return nil
	}); err != nil {
		t.Fatal(err)
	}

	return found
}

func fileKey(t *testing.T) func(dir string) Key {
	return func(dir string) Key {
		key, err := KeyFromFile(filepath.Join(dir, KeyFile))
		if err != nil {
			t.Fatal(err)
		}

		return key
	}
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: the secrets are %v", what, got)
	}
}

func TestARotationSealsEverythingAnew(t *testing.T) {
	dir, plain := sealedFolder(t, fileKey(t))
	before := fileKey(t)(dir)
	done, err := (&Config{Dir: dir}).Rotate(t.Context(), Key{}, nil)
	if err != nil || done.Sealed != 20 || done.Locked != nil {
		t.Fatalf("%+v %v", done, err)
	}
	after := fileKey(t)(dir)
	if after.fingerprint() == before.fingerprint() {
		t.Fatal("the key is the old one")
	}
	same(t, "rotated", opened(t, dir, after), plain)
	files, _ := filepath.Glob(filepath.Join(dir, "*"+KeyFile+"*"))
	if info, err := os.Stat(filepath.Join(dir, KeyFile)); err != nil || info.Mode().Perm() != 0o600 || len(files) != 1 {
		t.Errorf("%v: %v %v", files, info, err)
	}
}

func TestAKeyOfTheEnvironmentIsRotatedByHand(t *testing.T) {
	before, _ := parseKey(strings.Repeat("ab", 32))
	after, _ := parseKey(strings.Repeat("cd", 32))
	dir, plain := sealedFolder(t, func(string) Key { return before })
	c := &Config{Dir: dir, secretKey: before}
	if _, err := c.Rotate(t.Context(), Key{}, nil); err == nil {
		t.Error("it rotated to no key")
	}
	for range 2 { // whoever was cut off before the settings were changed does it again
		if done, err := c.Rotate(t.Context(), after, nil); err != nil || done.Sealed != 20 || done.Locked != nil {
			t.Fatalf("%+v %v", done, err)
		}
		same(t, "rotated", opened(t, dir, after), plain)
	}
	if _, err := os.Stat(filepath.Join(dir, KeyFile)); err == nil {
		t.Error("there is a key file")
	}
}

// TestARotationThatIsKilled leaves key and secrets that fit, wherever it is cut off:
// the next start finds the one or the other.
func TestARotationThatIsKilled(t *testing.T) {
	if dir := os.Getenv(rotateEnv); dir != "" {
		_, err := (&Config{Dir: dir}).Rotate(context.Background(), Key{}, func(step string) {
			if step == os.Getenv(dieEnv) {
				self, _ := os.FindProcess(os.Getpid())
				_ = self.Kill()
				select {}
			}
		})
		t.Fatalf("it came to its end: %v", err)
	}

	for step, rotated := range map[string]bool{"key made": false, "sealed": false, "committed": true} {
		t.Run(step, func(t *testing.T) {
			dir, plain := sealedFolder(t, fileKey(t))
			before := fileKey(t)(dir)
			command := exec.Command(os.Args[0], "-test.run", "^TestARotationThatIsKilled$", "-test.timeout", "20s")
			command.Env = append(os.Environ(), rotateEnv+"="+dir, dieEnv+"="+step)
			if out, err := command.CombinedOutput(); err == nil || command.ProcessState.Exited() {
				t.Fatalf("it was not killed: %v\n%s", err, out)
			}
			for range 2 {
				if err := FinishRotation(dir); err != nil {
					t.Fatal(err)
				}
				now := fileKey(t)(dir)
				if got := now.fingerprint() != before.fingerprint(); got != rotated {
					t.Fatalf("a new key: %v, want %v", got, rotated)
				}
				same(t, "after the start", opened(t, dir, now), plain)
			}
			if done, err := (&Config{Dir: dir}).Rotate(t.Context(), Key{}, nil); err != nil || done.Sealed != 20 {
				t.Fatalf("again: %+v %v", done, err)
			}
			same(t, "again", opened(t, dir, fileKey(t)(dir)), plain)
		})
	}
}
