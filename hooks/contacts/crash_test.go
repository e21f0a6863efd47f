package contacts_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/config"
	"recado/hooks"
)

// The crash test runs this test binary again as a Recado that is killed while it
// imports. These variables tell the child what to do.
const (
	crashDir = "RECADO_TEST_CRASH_DIR"
	crashRun = "RECADO_TEST_CRASH_RUN"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashChild(dir, os.Getenv(crashRun)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}

	os.Exit(m.Run())
}

// crashChild is a Recado on the given folder that works off its imports and
// prints a line after every batch. Each run is minutes later, so that the claim
// of the killed one has run out.
func crashChild(dir, run string) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: dir, DBConnect: config.DBConnect})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	cfg, err := config.Load(nil, nil)
	if err != nil {
		return err
	}
	var minutes int
	fmt.Sscan(run, &minutes)
	now := func() time.Time {
		fmt.Println("tick") // the clock is read several times in every batch
		return time.Now().Add(time.Duration(minutes) * 10 * time.Minute)
	}

	return hooks.Register(app, cfg, now).Contacts.RunImports(context.Background())
}

// Killed at any moment and started again, an import takes every row over once;
// undone and killed, it leaves nothing.
//
// Parity: LC-import.
func TestKillingAnImportLosesAndDoublesNothing(t *testing.T) {
	const rows = 6000
	d := newDesk(t)
	var file strings.Builder
	file.WriteString("name,phone\n")
	for i := range rows {
		fmt.Fprintf(&file, "Person %d,+5511%09d\n", i, 900000000+i)
	}
	answer := d.upload(d.manager.Token, "people.csv", []byte(file.String())).Must(t, 200)
	draft := answer.JSON["import"].(map[string]any)
	id := draft["id"].(string)
	d.app.Contacts.Stop() // the child has the work to itself
	d.step(id, "start", map[string]any{"mapping": draft["mapping"], "mode": "skip"}).Must(t, 200)

	runs := 0
	kill := func(state string) {
		dir := d.app.DataDir()
		d.app.Leave()
		for _, ticks := range []int{6, 17, 0} {
			runs++
			crash(t, dir, runs, ticks)
		}
		if err := d.app.Bootstrap(); err != nil {
			t.Fatal(err)
		}
		if record := d.load(id); record.GetString("state") != state {
			t.Fatalf("the import is %s", counts(record))
		}
	}

	kill("done")
	if got, want := counts(d.load(id)), fmt.Sprintf("done %d %d %d 0 0 0", rows, rows, rows); got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	var distinct, all int
	err := d.app.DB().Select("count(DISTINCT phone)", "count(*)").From(collections.Contacts).Where(dbx.HashExp{"company": d.company.Id}).Row(&distinct, &all)
	if err != nil || distinct != rows || all != rows {
		t.Errorf("%d contacts with %d phones, %v", all, distinct, err)
	}

	d.step(id, "undo", nil).Must(t, 200)
	kill("undone")
	if left := d.all(); len(left) != 0 || d.load(id).GetInt("reverted") != rows {
		t.Errorf("%d contacts left, %d reverted", len(left), d.load(id).GetInt("reverted"))
	}
}

// crash runs the child and kills it after so many readings of its clock; 0 lets
// it finish.
func crash(t *testing.T, dir string, run, ticks int) {
	t.Helper()

	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("%s=%d", crashRun, run))
	child.Stderr = os.Stderr
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if seen++; ticks > 0 && seen == ticks {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
}
