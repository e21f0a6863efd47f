// Package rehearsal lets agents be tried before customers meet them: evaluations on
// the scenarios that come with Recado, a playground, and replays of real
// conversations.
//
// In: an agent and a version of its instructions. Out: what it said and did, and
// how it ended. Everything happens on a stage, a Recado of its own in a temporary
// folder with the same rooms: nothing of it is written to the company or sent to
// anybody. Only what the model costs is real, and counted.
package rehearsal

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/apierr"
	"recado/hooks/channels"
)

// Deps are what the room needs of others.
type Deps struct {
	Now func() time.Time

	// Rooms opens on app, by another clock, the rooms a conversation with an agent
	// needs. What agents use is counted where the company is; what they know is the
	// company's too, except in a made-up one.
	Rooms func(app core.App, now func() time.Time, madeUp bool) Rooms

	// Require returns the caller's membership in the company if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)
}

// Rooms are those of a stage.
type Rooms struct {
	Inbox interface {
		Ingest(ctx context.Context, in channels.Inbound) (channels.Result, error)
		Drain(ctx context.Context) error
		Start()
	}
	Agents interface {
		Drain(ctx context.Context) error
	}
	Agenda interface {
		Book(txApp core.App, b agenda.Booking) (*core.Record, error)
		Tick(ctx context.Context) error
	}
	Channels *channels.Registry
}

// Room keeps the rehearsals.
type Room struct {
	app  core.App
	deps Deps

	mu       sync.Mutex
	sessions map[string]*session           // playgrounds and replays
	playing  map[string]context.CancelFunc // evaluations, by id
	starting sync.Mutex                    // one looks at a time what is due

	work   sync.WaitGroup
	ctx    context.Context
	stop   context.CancelFunc
	signal chan struct{}
}

// Open binds the room's routes. Its worker runs from OnServe until OnTerminate.
func Open(app core.App, deps Deps) *Room {
	r := &Room{app: app, deps: deps, sessions: map[string]*session{}, playing: map[string]context.CancelFunc{}, signal: make(chan struct{}, 1)}
	r.ctx, r.stop = context.WithCancel(context.Background())

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		_ = os.RemoveAll(r.folder()) // of a process that died
		r.routes(e)
		r.work.Add(1)
		go r.serve()
		r.wake()

		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		r.stop()
		r.closeAll()
		r.work.Wait()
		_ = os.RemoveAll(r.folder())

		return e.Next()
	})

	return r
}

// folder is where stages have their files. Its name keeps it out of backups.
func (r *Room) folder() string { return filepath.Join(r.app.DataDir(), ".rehearsals") }

func (r *Room) routes(e *core.ServeEvent) {
	e.Router.GET("/api/recado/agents/scenarios", r.listScenarios).Bind(apis.RequireAuth())

	agents := e.Router.Group("/api/recado/agents/{id}")
	agents.Bind(apis.RequireAuth())
	agents.POST("/evaluations", r.evaluate)
	agents.POST("/rehearsals", r.rehearse)

	e.Router.POST("/api/recado/agent-evaluations/{id}/cancel", r.cancel).Bind(apis.RequireAuth())

	one := e.Router.Group("/api/recado/rehearsals/{id}")
	one.Bind(apis.RequireAuth())
	one.GET("", r.show)
	one.DELETE("", r.end)
	one.POST("/messages", r.write)
}

// wake asks for a look at what is due. It never blocks.
func (r *Room) wake() {
	select {
	case r.signal <- struct{}{}:
	default:
	}
}

func (r *Room) serve() {
	defer r.work.Done()
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-r.signal:
			r.startDue()
		}
	}
}

// Tick looks at what is due, and ends rehearsals nobody looks at any more, for the
// schedule.
func (r *Room) Tick(context.Context) error {
	r.closeIdle()
	r.wake()

	return nil
}

// agentAndVersion loads what is to be rehearsed for a member who may change agents.
func (r *Room) agentAndVersion(e *core.RequestEvent, version string) (agent, chosen, member *core.Record, err error) {
	company := e.Request.URL.Query().Get("company")
	if member, err = r.deps.Require(e, company, "agents.manage"); err != nil {
		return nil, nil, nil, err
	}
	agent, err = e.App.FindRecordById(collections.Agents, e.Request.PathValue("id"))
	if err != nil || agent.GetString("company") != company {
		return nil, nil, nil, apierr.NotFound("agent")
	}
	chosen, err = e.App.FindRecordById(collections.AgentPromptVersions, version)
	if err != nil || chosen.GetString("company") != company {
		return nil, nil, nil, apierr.NotFound("version")
	}
	if agent.GetString("ai_key") == "" || agent.GetString("model") == "" {
		return nil, nil, nil, apierr.New(http.StatusConflict, "agent_without_model", "Give the agent a key and a model first.", nil)
	}

	return agent, chosen, member, nil
}

// stamp is a moment as PocketBase stores it.
func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }

// save writes only the fields that changed.
func save(app core.App, record *core.Record) error {
	record.IgnoreUnchangedFields(true)

	return app.SaveNoValidate(record)
}

func create(app core.App, collection string, values map[string]any) (*core.Record, error) {
	definition, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	record := core.NewRecord(definition)
	record.Load(values)

	return record, app.SaveNoValidate(record)
}
