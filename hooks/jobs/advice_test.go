package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
)

// nights is a stand-in for the backups of a running Recado.
type nights time.Duration

func (n nights) Late(time.Time) time.Duration { return time.Duration(n) }

func (n nights) Status() (every, name string, made time.Time, size int64) {
	return "daily", "", time.Time{}, 0
}

func TestWhatNeedsAPerson(t *testing.T) {
	well := func(change func(*report)) report {
		answer := report{Database: databaseReport{OK: true}, Disk: diskReport{OK: true}, Jobs: []jobReport{{Name: "mail", EverySeconds: 5}}}
		change(&answer)

		return answer
	}
	for name, tc := range map[string]struct {
		answer report
		late   time.Duration
		status string
		codes  string
	}{
		"nothing":                {well(func(*report) {}), 0, "ok", ""},
		"no database":            {well(func(r *report) { r.Database.OK = false }), 0, "failing", "database"},
		"full":                   {well(func(r *report) { r.Disk.OK, r.Disk.Low = false, true }), 0, "failing", "disk_full"},
		"nearly full":            {well(func(r *report) { r.Disk.Low = true }), 0, "degraded", "disk_low"},
		"once, soon again":       {well(func(r *report) { r.Jobs[0].Failures = 1 }), 0, "ok", ""},
		"twice":                  {well(func(r *report) { r.Jobs[0].Failures = 2 }), 0, "degraded", "job_failing"},
		"once, not for an hour":  {well(func(r *report) { r.Jobs[0].Failures, r.Jobs[0].EverySeconds = 1, 3600 }), 0, "degraded", "job_failing"},
		"a backup of last night": {well(func(*report) {}), 20 * time.Hour, "ok", ""},
		"a backup too old":       {well(func(*report) {}), 27 * time.Hour, "degraded", "backup_old"},
		"all at once":            {well(func(r *report) { r.Disk.Low, r.Jobs[0].Failures = true, 5 }), 27 * time.Hour, "degraded", "disk_low job_failing backup_old"},
	} {
		room := &Room{deps: Deps{Backup: nights(tc.late)}}
		status, list := room.judge(tc.answer)
		var codes []string
		for _, one := range list {
			codes = append(codes, one.Code)
		}
		if status != tc.status || strings.Join(codes, " ") != tc.codes {
			t.Errorf("%s: %s %v, want %s %s", name, status, codes, tc.status, tc.codes)
		}
	}
}

func TestLowIsSaidEarly(t *testing.T) {
	for _, tc := range []struct {
		free, total uint64
		low         bool
	}{
		{2 << 30, 100 << 30, false},
		{900 << 20, 100 << 30, true}, // under a gigabyte
		{900 << 20, 4 << 30, false},  // a small disk with a fifth of it free
		{300 << 20, 4 << 30, true},
		{3 << 20, 10 << 20, true}, // no room for a large transaction
	} {
		if isLow(tc.free, tc.total) != tc.low {
			t.Errorf("%d of %d MB: %t", tc.free>>20, tc.total>>20, !tc.low)
		}
	}
}

// Whatever it was that found no room, who asked reads that nothing was stored.
func TestAFullDiskIsSaid(t *testing.T) {
	for name, tc := range map[string]struct {
		err    error
		status int
		code   string
	}{
		"SQLite":            {fmt.Errorf("saving: %w", errors.New("database or disk is full (13)")), 507, `"disk_full"`},
		"a file":            {fmt.Errorf("storing: %w", syscall.ENOSPC), 507, `"disk_full"`},
		"within PocketBase": {apis.NewBadRequestError("Failed to create record", syscall.ENOSPC), 507, `"disk_full"`},
		"something else":    {apis.NewBadRequestError("Failed to create record", errors.New("other")), 400, "Failed to create record"},
	} {
		h := open(t)
		router, err := apis.NewRouter(h.app)
		if err != nil {
			t.Fatal(err)
		}
		router.Bind(sayFull())
		router.POST("/fails", func(*core.RequestEvent) error { return tc.err })
		handler, err := router.BuildMux()
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/fails", nil))
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.code) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// A job is started before its time by its name, and not twice at once.
func TestAJobIsRunNow(t *testing.T) {
	begin, end := make(chan bool, 10), make(chan bool)
	h := open(t, Job{Name: "clean up & co", Every: time.Hour, Run: func(context.Context) error {
		begin <- true
		<-end

		return errors.New("the reason")
	}})
	token := superuser(t, h.app)
	run := func(name string) (int, string) {
		r := httptest.NewRequest(http.MethodPost, "/api/recado/system/jobs/"+name+"/run", nil)
		r.Header.Set("Authorization", token)
		w := httptest.NewRecorder()
		h.handler.ServeHTTP(w, r)

		return w.Code, w.Body.String()
	}

	<-begin // as every job does at the start
	if code, body := run("clean%20up%20&%20co"); code != http.StatusConflict || !strings.Contains(body, "job_running") {
		t.Errorf("while it runs: %d %s", code, body)
	}
	end <- true
	failures := func() int {
		_, answer, _ := h.health(t, token)

		return answer.Jobs[0].Failures
	}
	for deadline := time.Now().Add(5 * time.Second); failures() != 1 && time.Now().Before(deadline); {
	}
	if code, body := run("clean%20up%20&%20co"); code != http.StatusAccepted {
		t.Errorf("%d %s", code, body)
	}
	<-begin
	end <- true
	for deadline := time.Now().Add(5 * time.Second); failures() != 2 && time.Now().Before(deadline); {
	}
	_, answer, _ := h.health(t, token)
	if !slices.ContainsFunc(answer.Advice, func(a advice) bool { return a.Code == "job_failing" && a.Job == "clean up & co" }) || answer.Jobs[0].Error != "the reason" {
		t.Errorf("%+v", answer)
	}
	if code, _ := run("other"); code != http.StatusNotFound {
		t.Errorf("a job there is not: %d", code)
	}
}
