package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"recado/collections"
	"recado/hooks/openapi/openapitest"
	"recado/hooks/recadotest/template"
)

var start = time.Date(2030, 3, 4, 5, 6, 7, 0, time.UTC)

type house struct {
	app     *tests.TestApp
	handler http.Handler
	clock   *clockwork.FakeClock
}

// open runs the room with the given jobs on a clock that stands still.
func open(t *testing.T, list ...Job) *house {
	t.Helper()

	return openAt(t, clockwork.NewFakeClockAt(start), list...)
}

// openAt is open on a clock of the test.
func openAt(t *testing.T, clock *clockwork.FakeClock, list ...Job) *house {
	t.Helper()
	app := template.App(t)
	h := &house{app: app, clock: clock}
	Open(app, Deps{Version: "v1", Jobs: list, Clock: h.clock})
	router, err := apis.NewRouter(app)
	if err != nil {
		t.Fatal(err)
	}
	event := &core.ServeEvent{App: app, Router: router}
	if err := app.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		mux, err := e.Router.BuildMux()
		h.handler = openapitest.Checked(t, mux)

		return err
	}); err != nil {
		t.Fatal(err)
	}

	return h
}

// Parity: DC-health.
func TestRows(t *testing.T) {
	h := open(t)
	if _, err := h.app.NonconcurrentDB().NewQuery("PRAGMA foreign_keys=OFF").Execute(); err != nil {
		t.Fatal(err)
	}
	t.Run("health counts channels", func(t *testing.T) { healthCountsChannels(t, h) })
	t.Run("clean-up keeps what is needed", func(t *testing.T) { cleanUpKeepsWhatIsNeeded(t, h) })
}

func (h *house) health(t *testing.T, token string) (int, report, string) {
	t.Helper()
	r := httptest.NewRequest("GET", "/api/recado/health", nil)
	r.Header.Set("Authorization", token)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	var answer report
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: %v", w.Body, err)
	}

	return w.Code, answer, w.Body.String()
}

// settled waits until the scheduler waits for the clock again.
func (h *house) settled(t *testing.T, timers int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := h.clock.BlockUntilContext(ctx, timers); err != nil {
		t.Fatal(err)
	}
}

// advanceUntil moves the clock on, step by step, until there is something in
// what. One step may not be enough: a run that falls due while the scheduler still
// winds up the one before is left out, as it should be.
func advanceUntil[T any](t *testing.T, h *house, step time.Duration, timers int, what <-chan T) T {
	t.Helper()
	for range 100 {
		h.settled(t, timers)
		h.clock.Advance(step)
		select {
		case value := <-what:
			return value
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatal("it never happened")
	panic("unreachable")
}

func (h *house) terminate() error {
	return h.app.OnTerminate().Trigger(&core.TerminateEvent{App: h.app}, func(*core.TerminateEvent) error { return nil })
}

// Parity: LS-jobs.
func TestJobsRunAtOnceAndThenOnTime(t *testing.T) {
	ran := make(chan time.Time, 10)
	clock := clockwork.NewFakeClockAt(start)
	h := openAt(t, clock, Job{Name: "tick", Every: time.Minute, Run: func(context.Context) error {
		ran <- clock.Now()

		return nil
	}})

	if at := <-ran; !at.Equal(start) {
		t.Fatalf("first run at %s", at)
	}
	for _, answer, _ := h.health(t, ""); answer.Jobs[0].LastRun.IsZero(); _, answer, _ = h.health(t, "") {
	}
	h.settled(t, 1)
	h.clock.Advance(59 * time.Second)
	select {
	case at := <-ran:
		t.Fatalf("ran early, at %s", at)
	default:
	}
	h.clock.Advance(time.Second)
	if at := advanceUntil(t, h, 0, 1, ran); !at.Equal(start.Add(time.Minute)) {
		t.Fatalf("second run at %s", at)
	}
}

func TestJobIsNotStartedAgainWhileItRuns(t *testing.T) {
	begin, end := make(chan bool, 10), make(chan bool)
	var running, most atomic.Int32
	h := open(t, Job{Name: "slow", Every: time.Second, Run: func(context.Context) error {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		begin <- true
		<-end

		return nil
	}})

	<-begin
	for range 5 {
		h.settled(t, 1)
		h.clock.Advance(time.Second)
	}
	end <- true
	advanceUntil(t, h, time.Second, 1, begin) // and it goes on afterwards
	end <- true
	if most.Load() != 1 {
		t.Fatalf("%d runs at once", most.Load())
	}
}

// Parity: LS-jobs.
func TestHealthTellsHowJobsAreDoing(t *testing.T) {
	const secret = "the-reason-with-details"
	sent, failed, panicked := make(chan bool, 10), make(chan bool, 10), make(chan bool, 10)
	h := open(t,
		Job{Name: "outbox", Every: time.Minute, Run: func(context.Context) error {
			sent <- true

			return nil
		}},
		Job{Name: "expiry", Every: time.Hour, Run: func(context.Context) error {
			failed <- true

			return errors.New(secret)
		}},
		Job{Name: "cleanup", Every: time.Second, Run: func(context.Context) error {
			panicked <- true
			panic(secret)
		}},
	)
	<-sent // the first at once, the others a moment apart
	advanceUntil(t, h, 50*time.Millisecond, 3, failed)
	advanceUntil(t, h, 50*time.Millisecond, 3, panicked)
	advanceUntil(t, h, time.Second, 3, panicked) // a panic doesn't end a job

	token := superuser(t, h.app)

	// a run's outcome is known a moment after the job's own function is done
	var status int
	var answer report
	var text string
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); {
		status, answer, text = h.health(t, "")
		if len(answer.Jobs) == 3 && answer.Jobs[0].LastRun.Time().Equal(start) && !answer.Jobs[1].OK && answer.Jobs[2].LastRun.Time().After(start) {
			break
		}
	}
	if status != 200 || answer.Status != "degraded" || answer.Version != "v1" || !answer.Database.OK || !answer.Disk.OK {
		t.Errorf("%d %+v", status, answer)
	}
	if strings.Contains(text, secret) || strings.Contains(text, h.app.DataDir()) {
		t.Errorf("a guest sees %s", text)
	}
	outbox := answer.Jobs[0]
	if outbox.Name != "outbox" || !outbox.OK || !outbox.LastRun.Time().Equal(start) || !outbox.NextRun.Time().Equal(start.Add(time.Minute)) || outbox.EverySeconds != 60 {
		t.Errorf("%+v", outbox)
	}
	if expiry := answer.Jobs[1]; expiry.OK || expiry.Error != "failed" {
		t.Errorf("%+v", expiry)
	}

	_, answer, text = h.health(t, token)
	if !strings.Contains(text, secret) || answer.Disk.Path != h.app.DataDir() || answer.Disk.TotalBytes == 0 {
		t.Errorf("a superuser sees %s", text)
	}
}

func healthCountsChannels(t *testing.T, h *house) {
	for id, row := range map[string][2]any{"a": {"connected", true}, "b": {"connected", true}, "c": {"off", true}, "d": {"off", false}} {
		if _, err := h.app.NonconcurrentDB().Insert(collections.Channels, map[string]any{
			"id": "channel00000000" + id, "company": "x" + id, "public_key": "key" + id, "state": row[0], "active": row[1],
		}).Execute(); err != nil {
			t.Fatal(err)
		}
	}

	_, answer, _ := h.health(t, "")
	if len(answer.Channels) != 2 || answer.Channels["connected"] != 2 || answer.Channels["off"] != 1 {
		t.Fatalf("%v", answer.Channels)
	}
}

// Parity: DC-health.
func TestHealthWithoutDatabase(t *testing.T) {
	h := open(t)
	h.app.ConcurrentDB().(interface{ Close() error }).Close()

	code, answer, _ := h.health(t, "")
	if code != http.StatusServiceUnavailable || answer.Status != "failing" || answer.Database.OK {
		t.Fatalf("%d %+v", code, answer)
	}
}

// Parity: DC-health.
func TestStatus(t *testing.T) {
	h := open(t)
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, httptest.NewRequest("GET", "/status", nil))
	if w.Code != 200 || strings.TrimSpace(w.Body.String()) != `{"status":"ok"}` {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

func TestEndWaitsForWhatIsUnderWay(t *testing.T) {
	begun := make(chan bool, 1)
	var finished atomic.Bool
	h := open(t, Job{Name: "job", Every: time.Hour, Run: func(ctx context.Context) error {
		begun <- true
		<-ctx.Done() // the order to stop reaches the job
		finished.Store(true)

		return ctx.Err()
	}})
	<-begun

	if err := h.terminate(); err != nil {
		t.Fatal(err)
	}
	if !finished.Load() {
		t.Fatal("the job was not waited for")
	}
}

// Parity: LS-jobs.
func TestCheckNeedsTheDatabase(t *testing.T) {
	h := open(t)
	if err := Check(t.Context(), h.app); err != nil {
		t.Fatal(err)
	}
	h.app.ConcurrentDB().(interface{ Close() error }).Close()
	if err := Check(t.Context(), h.app); err == nil {
		t.Fatal("a closed database is no reason to fail")
	}
}

// superuser makes one and returns a token.
func superuser(t *testing.T, app core.App) string {
	t.Helper()
	record := core.NewRecord(mustFind(t, app, core.CollectionNameSuperusers))
	record.SetEmail("root@example.com")
	record.SetRandomPassword()
	if err := app.Save(record); err != nil {
		t.Fatal(err)
	}
	token, err := record.NewAuthToken()
	if err != nil {
		t.Fatal(err)
	}

	return token
}

func mustFind(t *testing.T, app core.App, name string) *core.Collection {
	t.Helper()
	collection, err := app.FindCollectionByNameOrId(name)
	if err != nil {
		t.Fatal(err)
	}

	return collection
}
