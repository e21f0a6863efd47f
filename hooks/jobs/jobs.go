// Package jobs runs what happens by itself: the schedule, and the report on how
// all of it is doing.
//
// In: a list of jobs, each a name, an interval and a function, and a list of the
// queues of rows they work off. Out: their runs, one at a time per job; GET
// /api/recado/health for everybody; /api/recado/system for whoever runs this
// Recado. Nothing durable lives here: a job looks for rows that are due, so a run
// that is lost is made up for by the next.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/jonboulle/clockwork"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// drainTime is how long running work may take after the order to stop. With the
// second PocketBase gives open requests it stays below the ten seconds after
// which container engines kill.
const drainTime = 7 * time.Second

// Job is one line of the schedule. Run gets a context that ends when Recado
// does; it is not started again while it runs.
type Job struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// Deps is what the room needs from outside.
type Deps struct {
	Version string
	Jobs    []Job
	Queues  []Queue
	Backup  Backups  // nil: none are made
	Storage *Storage // nil: what takes room is not known

	// Clock wakes the jobs. Without one they are listed, but never run by
	// themselves, which is what tests of other rooms want.
	Clock clockwork.Clock
}

// Room is the open room.
type Room struct {
	app  core.App
	deps Deps

	mu        sync.Mutex
	scheduler gocron.Scheduler
	runs      map[string]run
	next      map[string]gocron.Job
}

// run is what is known of a job's latest run.
type run struct {
	started  time.Time
	took     time.Duration
	err      error
	failures int  // in a row
	running  bool // another run is under way
}

// Open binds the schedule to the app's start and end, and the health routes.
func Open(app core.App, deps Deps) *Room {
	room := &Room{app: app, deps: deps, runs: map[string]run{}, next: map[string]gocron.Job{}}

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.Bind(sayFull())
		e.Router.GET("/api/recado/health", room.health)
		e.Router.GET("/status", status)
		e.Router.GET("/api/recado/system", room.system)
		e.Router.POST("/api/recado/system/jobs/{name}/run", room.runNow)
		e.Router.POST("/api/recado/system/queues/{name}/{id}/retry", room.retry)
		if err := e.Next(); err != nil {
			return err
		}

		return room.start()
	})

	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id:       "recadoDrain",
		Priority: -9000, // after the server stopped taking requests, before the database closes
		Func: func(e *core.TerminateEvent) error {
			room.drain()

			return e.Next()
		},
	})

	return room
}

// apart is the time between the first runs of two jobs. All at once they would
// be in the way of whoever waits for the start.
const apart = 50 * time.Millisecond

func (room *Room) start() error {
	if room.deps.Clock == nil {
		return nil
	}
	scheduler, err := gocron.NewScheduler(
		gocron.WithClock(room.deps.Clock),
		gocron.WithLocation(time.UTC),
		gocron.WithStopTimeout(drainTime),
	)
	if err != nil {
		return fmt.Errorf("starting the jobs: %w", err)
	}
	room.mu.Lock()
	defer room.mu.Unlock()
	for i, job := range room.deps.Jobs {
		first := gocron.WithStartImmediately()
		if i > 0 {
			first = gocron.WithStartDateTime(room.deps.Clock.Now().Add(time.Duration(i) * apart))
		}
		scheduled, err := scheduler.NewJob(
			gocron.DurationJob(job.Every),
			gocron.NewTask(func(ctx context.Context) { room.run(ctx, job) }),
			gocron.WithName(job.Name),
			gocron.WithSingletonMode(gocron.LimitModeReschedule),
			gocron.WithStartAt(first),
		)
		if err != nil {
			return fmt.Errorf("scheduling %s: %w", job.Name, err)
		}
		room.next[job.Name] = scheduled
	}
	room.scheduler = scheduler
	scheduler.Start()

	return nil
}

// run runs a job once and keeps what came of it. A job that panics has failed
// like any other; the next run is as usual.
func (room *Room) run(ctx context.Context, job Job) {
	room.mu.Lock()
	before := room.runs[job.Name]
	before.running = true
	room.runs[job.Name] = before
	room.mu.Unlock()

	started := room.deps.Clock.Now()
	err := guarded(ctx, job.Run)
	took := room.deps.Clock.Since(started)

	if err != nil && ctx.Err() == nil {
		room.app.Logger().Error("A job failed.", slog.String("job", job.Name), slog.String("error", err.Error()))
	}

	room.mu.Lock()
	defer room.mu.Unlock()
	now := run{started: started, took: took, err: err}
	if err != nil && ctx.Err() == nil {
		now.failures = before.failures + 1
	}
	room.runs[job.Name] = now
}

func guarded(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
		}
	}()

	return work(ctx)
}

// drain tells jobs to stop and waits for what is under way. The rooms' own
// workers do the same in their rooms.
func (room *Room) drain() {
	room.mu.Lock()
	scheduler := room.scheduler
	room.mu.Unlock()
	if scheduler == nil {
		return
	}
	if err := scheduler.Shutdown(); err != nil {
		room.app.Logger().Warn("Jobs were still running at the end.", slog.String("error", err.Error()))
	}
}
