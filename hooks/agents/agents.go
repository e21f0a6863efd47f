// Package agents lets a language model answer customers, and lets it do no harm.
//
// In: a customer's messages, by way of the inbox, which asks this room as it asks
// the guided dialogue. Out: an answer, given by the inbox in one transaction, and
// a run that says how it came about. A run is a row: it waits until the customer
// has finished writing, is claimed, asks the model, uses tools for it, and ends
// with an answer, a hand-over to a person or the guided dialogue, never with
// silence.
//
// The model decides nothing that counts. Whose conversation it is comes from the
// run; times, prices and names come from tools and are checked in what it says;
// what is booked, moved or cancelled is what the server asked the customer and
// the customer said yes to.
package agents

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/config"
	"recado/hooks/agenda"
	"recado/hooks/dialogue"
	"recado/hooks/inbox"
	"recado/hooks/texts"
)

// Deps are what the room needs of others.
type Deps struct {
	Now      func() time.Time
	Inbox    Inbox
	Agenda   Agenda
	Dialogue Dialogue

	// Key opens the sealed keys.
	Key func() (config.Key, error)

	// Client talks to the endpoints.
	Client *http.Client

	// Require returns the caller's membership in the company if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	Knowledge Knowledge

	// Page is the address of a company's booking page, or "".
	Page func(company *core.Record) string

	// Ledger is where what agents use is counted and bounded; zero: where the room
	// works, by its clock. A rehearsal, which works elsewhere, costs real money.
	Ledger Ledger
}

// Ledger is an app that has a company's spending, and the clock of its days.
type Ledger struct {
	App core.App
	Now func() time.Time
}

// Inbox is where answers go.
type Inbox interface {
	Current(txApp core.App, conversation, seen string) (*core.Record, error)
	Turn(app core.App, conversation *core.Record, since, seen string) (inbox.Turn, error)
	Answer(txApp core.App, turn inbox.Turn, answer inbox.Answer) error
	Event(txApp core.App, conversation *core.Record, name string, details map[string]any) error
	Types(channel, conversation *core.Record, on bool)
	Heard(ctx context.Context, message, transcript string) error
}

// Agenda is what can be booked.
type Agenda interface {
	Free(app core.App, q agenda.FreeQuery) ([]agenda.FreeTime, error)
	Next(app core.App, q agenda.FreeQuery, n int) ([]agenda.FreeTime, error)
	Book(txApp core.App, b agenda.Booking) (*core.Record, error)
	Confirm(txApp core.App, c agenda.Confirmation) (*core.Record, error)
	Reschedule(txApp core.App, m agenda.Move) (*core.Record, error)
	Cancel(txApp core.App, c agenda.Cancellation) (*core.Record, error)
}

// Dialogue answers where no agent does, and says what has to be said in fixed words.
type Dialogue interface {
	inbox.Answerer
	HandOver(txApp core.App, in inbox.Turn, first, reason string) (inbox.Answer, error)
	Desk(app core.App, in inbox.Turn) (dialogue.World, texts.Printer, time.Time)
	Carry(in inbox.Turn, tr texts.Printer, text string, options []dialogue.Option) inbox.Reply
}

// Room answers conversations with AI agents.
type Room struct {
	app   core.App
	deps  Deps
	tools []Tool

	mu      sync.Mutex
	running map[string]context.CancelFunc // by run
	work    sync.WaitGroup
	ctx     context.Context
	stop    context.CancelFunc
	signal  chan struct{}
	sound   chan struct{} // a voice note is to be heard
	hearing sync.Mutex    // held while some are
	slots   chan struct{}
	second  time.Duration
}

// mostAtOnce bounds the runs that wait for a model at a time.
const mostAtOnce = 200

// Open binds the room's hooks and routes. Its worker runs from OnServe until
// OnTerminate.
func Open(app core.App, deps Deps) *Room {
	r := &Room{
		app: app, deps: deps, running: map[string]context.CancelFunc{},
		signal: make(chan struct{}, 1), sound: make(chan struct{}, 1), slots: make(chan struct{}, mostAtOnce), second: time.Second,
	}
	if r.deps.Client == nil {
		r.deps.Client = guardedClient()
	}
	if r.deps.Ledger.App == nil {
		r.deps.Ledger = Ledger{App: app, Now: deps.Now}
	}
	r.ctx, r.stop = context.WithCancel(context.Background())
	r.Add(standardTools()...)

	r.bindKeys()
	r.bindAgents()
	r.bindPrompts()
	r.bindHearing()

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		r.routes(e)
		go r.serve()
		go r.serveHearing()
		r.wake()
		r.listen()

		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		r.stop()
		r.work.Wait()

		return e.Next()
	})

	return r
}

// Hurry makes a second of waiting for a model shorter, before the first run, for tests.
func (r *Room) Hurry(second time.Duration) { r.second = second }

// lasts is how long a wait for a model takes.
func (r *Room) lasts(wait time.Duration) time.Duration {
	return time.Duration(float64(wait) * float64(r.second) / float64(time.Second))
}

var _ inbox.Answerer = (*Room)(nil)

func (r *Room) routes(e *core.ServeEvent) {
	keys := e.Router.Group("/api/recado/ai-keys/{id}")
	keys.Bind(apis.RequireAuth())
	keys.POST("/test", r.testKey)

	versions := e.Router.Group("/api/recado/agent-prompt-versions/{id}")
	versions.Bind(apis.RequireAuth())
	versions.POST("/release", r.release)

	e.Router.POST("/api/recado/agents/drafts", r.draftNow).Bind(apis.RequireAuth())

	runs := e.Router.Group("/api/recado/agent-runs/{id}")
	runs.Bind(apis.RequireAuth())
	runs.POST("/feedback", r.feedback)
	runs.POST("/draft", r.draft)

	e.Router.GET("/api/recado/agents/tools", r.listTools).Bind(apis.RequireAuth())
	e.Router.GET("/api/recado/agents/costs", r.costs).Bind(apis.RequireAuth())
	e.Router.GET("/api/recado/agents/versions", r.compareVersions).Bind(apis.RequireAuth())
}

// wake asks for a look at what is due. It never blocks.
func (r *Room) wake() {
	select {
	case r.signal <- struct{}{}:
	default:
	}
}

func (r *Room) serve() {
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-r.signal:
			if err := r.startDue(); err != nil {
				r.app.Logger().Error("Runs of agents could not be started; they stay due", slog.Any("error", err))
			}
		}
	}
}

// Tick looks at what is due, for the schedule.
func (r *Room) Tick(context.Context) error {
	r.wake()
	r.listen()

	return nil
}

// Drain runs all that is due now and returns when it has ended, for rehearsals and tests.
func (r *Room) Drain(ctx context.Context) error {
	if err := r.hearDue(ctx); err != nil {
		return err
	}
	for {
		before, err := r.due()
		if err != nil {
			return err
		}
		if err := r.startDue(); err != nil {
			return err
		}
		r.work.Wait()
		if len(before) == 0 {
			return nil
		}
		if err := errors.Join(ctx.Err(), r.ctx.Err()); err != nil {
			return err
		}
	}
}

// due lists the runs whose time has come, and those whose claim ran out.
func (r *Room) due() (ids []string, err error) {
	err = r.app.DB().Select("id").From(collections.AgentRuns).
		Where(dbx.NewExp("status != 'done' AND due <= {:now} AND (status = 'waiting' OR claimed_until <= {:now})", dbx.Params{"now": stamp(r.deps.Now())})).
		AndWhere(collections.OfActiveCompany()).
		OrderBy("due").Limit(mostAtOnce).Column(&ids)

	return ids, err
}

// startDue gives every due run a goroutine of its own: nearly all of its time is
// waiting for a model.
func (r *Room) startDue() error {
	ids, err := r.due()
	for _, id := range ids {
		if r.ctx.Err() != nil {
			return err
		}
		ctx, ok := r.enter(id)
		if !ok {
			continue
		}
		r.slots <- struct{}{}
		r.work.Add(1)
		go func() {
			defer r.work.Done()
			defer func() { <-r.slots }()
			defer r.leave(id)
			err := routine.SafeWrap(func() error { return r.run(ctx, id) })()
			if err != nil && !errors.Is(err, context.Canceled) {
				r.app.Logger().Error("A run of an agent failed", slog.String("run", id), slog.Any("error", err))
			}
			r.wake() // what was due and found no room, or fell due meanwhile
		}()
	}

	return err
}

func (r *Room) enter(id string) (context.Context, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.running[id]; known {
		return nil, false
	}
	ctx, cancel := context.WithCancel(r.ctx)
	r.running[id] = cancel

	return ctx, true
}

func (r *Room) leave(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.running[id]; cancel != nil {
		cancel()
	}
	delete(r.running, id)
}

// abort ends what a run is waiting for.
func (r *Room) abort(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.running[id]; cancel != nil {
		cancel()
	}
}

// stamp is a moment as PocketBase stores it.
func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }

// save writes only the fields that changed.
func save(app core.App, record *core.Record) error {
	record.IgnoreUnchangedFields(true)

	return app.SaveNoValidate(record)
}

func newRecord(app core.App, collection string, values map[string]any) (*core.Record, error) {
	definition, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	record := core.NewRecord(definition)
	record.Load(values)

	return record, nil
}
