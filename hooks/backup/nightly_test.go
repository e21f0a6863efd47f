package backup_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"recado/hooks/backup"
	"recado/hooks/recadotest"
)

// nights is a Recado whose clock the test moves.
type nights struct {
	*recadotest.App
	clock *recadotest.Clock
}

func newNights(t *testing.T, now time.Time, env ...string) *nights {
	n := &nights{clock: recadotest.NewClock(now)}
	n.App = recadotest.New(t, n.clock.Now, env...)

	return n
}

func (n *nights) tick() {
	n.T.Helper()
	if err := n.Backup.Tick(n.T.Context()); err != nil {
		n.T.Fatal(err)
	}
}

// made lists the backups there are.
func (n *nights) made() []string {
	n.T.Helper()
	paths, err := filepath.Glob(filepath.Join(n.DataDir(), "backups", "*.zip"))
	if err != nil {
		n.T.Fatal(err)
	}
	for i, path := range paths {
		paths[i] = filepath.Base(path)
	}

	return paths
}

func (n *nights) expect(when string, want ...string) {
	n.T.Helper()
	if have := n.made(); !slices.Equal(have, want) {
		n.T.Errorf("%s: there are %v, want %v", when, have, want)
	}
}

// company makes the first one, as of now.
func (n *nights) company() {
	n.T.Helper()
	n.Company()
	if _, err := n.NonconcurrentDB().NewQuery("UPDATE companies SET created = '" + n.clock.Now().UTC().Format("2006-01-02 15:04:05.000Z") + "'").Execute(); err != nil {
		n.T.Fatal(err)
	}
}

// One backup a night from the hour that is set on, the oldest go, those made by
// hand stay; a night that was slept through is made up for.
func TestABackupEachNight(t *testing.T) {
	n := newNights(t, time.Date(2040, 3, 5, 20, 0, 0, 0, time.UTC), "RECADO_BACKUP_KEEP=2", "RECADO_BACKUP_HOUR=3")
	n.tick()
	n.expect("before the set-up")
	n.company()
	n.tick()
	n.expect("on the evening of the set-up")
	if err := os.MkdirAll(filepath.Join(n.DataDir(), "backups"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(n.DataDir(), "backups", "by-hand.zip"), []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}

	n.clock.Set(time.Date(2040, 3, 6, 2, 50, 0, 0, time.UTC))
	n.tick()
	n.expect("before the hour", "by-hand.zip")
	n.clock.Set(time.Date(2040, 3, 6, 3, 10, 0, 0, time.UTC))
	if late := n.Backup.Late(n.clock.Now()); late != 10*time.Minute {
		t.Errorf("late by %s", late)
	}
	n.tick()
	n.tick()
	n.expect("the first night", "by-hand.zip", "recado-nightly-20400306-031000.zip")
	if late := n.Backup.Late(n.clock.Now()); late != 0 {
		t.Errorf("late by %s", late)
	}
	if every, name, made, size := n.Backup.Status(); every != "daily" || name != "recado-nightly-20400306-031000.zip" || !made.Equal(n.clock.Now()) || size == 0 {
		t.Errorf("%s %s %s %d", every, name, made, size)
	}
	n.clock.Advance(20 * time.Hour)
	n.tick()
	n.expect("the same day", "by-hand.zip", "recado-nightly-20400306-031000.zip")

	n.clock.Set(time.Date(2040, 3, 9, 14, 0, 0, 0, time.UTC)) // it was switched off for three nights
	n.tick()
	n.expect("after a long sleep", "by-hand.zip", "recado-nightly-20400306-031000.zip", "recado-nightly-20400309-140000.zip")
	n.clock.Set(time.Date(2040, 3, 10, 3, 0, 0, 0, time.UTC))
	n.tick()
	n.expect("the third", "by-hand.zip", "recado-nightly-20400309-140000.zip", "recado-nightly-20400310-030000.zip")

	dir := t.TempDir()
	manifest, err := backup.Extract(t.Context(), filepath.Join(n.DataDir(), "backups", "recado-nightly-20400310-030000.zip"), dir)
	if err != nil || manifest.Rows["companies"] != 1 || manifest.Key {
		t.Errorf("%+v %v", manifest, err)
	}
}

func TestWhenABackupIsDue(t *testing.T) {
	saoPaulo, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		every     string
		hour      int
		now, want time.Time
	}{
		"later that day":     {"daily", 3, time.Date(2040, 3, 6, 20, 0, 0, 0, saoPaulo), time.Date(2040, 3, 6, 3, 0, 0, 0, saoPaulo)},
		"to the second":      {"daily", 3, time.Date(2040, 3, 6, 3, 0, 0, 0, saoPaulo), time.Date(2040, 3, 6, 3, 0, 0, 0, saoPaulo)},
		"a moment before":    {"daily", 3, time.Date(2040, 3, 6, 2, 59, 59, 0, saoPaulo), time.Date(2040, 3, 5, 3, 0, 0, 0, saoPaulo)},
		"over a month's end": {"daily", 23, time.Date(2040, 3, 1, 1, 0, 0, 0, time.UTC), time.Date(2040, 2, 29, 23, 0, 0, 0, time.UTC)},
		"weekly on a Friday": {"weekly", 3, time.Date(2040, 3, 9, 1, 0, 0, 0, time.UTC), time.Date(2040, 3, 4, 3, 0, 0, 0, time.UTC)},
		"weekly, too early":  {"weekly", 3, time.Date(2040, 3, 4, 2, 0, 0, 0, time.UTC), time.Date(2040, 2, 26, 3, 0, 0, 0, time.UTC)},
	} {
		room := backup.Open(nil, backup.Deps{Every: tc.every, Hour: tc.hour})
		if have := room.Due(tc.now); !have.Equal(tc.want) {
			t.Errorf("%s: due %s, want %s", name, have, tc.want)
		}
	}
}

func TestNoBackupWhereItIsOff(t *testing.T) {
	n := newNights(t, time.Date(2040, 3, 5, 20, 0, 0, 0, time.UTC), "RECADO_BACKUP=off")
	n.company()
	n.clock.Set(n.clock.Now().AddDate(0, 1, 0))
	n.tick()
	n.expect("a month later")
	if late := n.Backup.Late(n.clock.Now()); late != 0 {
		t.Errorf("late by %s", late)
	}
}
