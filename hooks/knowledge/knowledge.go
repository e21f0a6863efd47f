// Package knowledge keeps what a company's AI agents can look things up in.
//
// In: pages, files and web addresses, as rows. Each is read in the background, its
// text cut into pieces, and the pieces found by their words, and where a key of the
// company offers it by their meaning. Out: the passages that answer a question, with
// where they are from.
//
// What a source says is data. It is quoted to models as such, and nothing here or
// behind it does what a text asks for.
package knowledge

import (
	"context"
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
	"recado/hooks/apierr"
	"recado/hooks/knowledge/extract"
)

// Deps are what the room needs of others.
type Deps struct {
	Now    func() time.Time
	Limits Limits

	// Require returns the caller's active membership if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	// Fold makes text comparable: lower case, no diacritics, single spaces.
	Fold func(text string) string

	// Embed says what texts mean, by a key of the company. model names who said it;
	// empty where no key offers it. Without texts nobody is asked.
	Embed func(ctx context.Context, company string, texts []string) (model string, vectors [][]float32, err error)

	// Transport fetches web addresses. It reaches none that it should not.
	Transport http.RoundTripper

	// Read reads a document of anyone's making.
	Read func(ctx context.Context, kind string, content []byte) (extract.Document, error)

	Live Live
}

// Live tells open screens of rows changed by plain SQL in the transaction.
type Live interface {
	Updated(txApp core.App, collection, id string) error
}

// Limits bound what a company may keep.
type Limits struct {
	Sources int           // rows of one company
	Letters int           // characters of all of them
	Bytes   int64         // of one file or web page
	Refresh time.Duration // between two readings of an address
}

// Room is the room.
type Room struct {
	app    core.App
	deps   Deps
	client *http.Client

	busy   sync.Mutex // held while sources are read
	later  map[string]time.Time
	signal chan struct{}
	ctx    context.Context
	cancel context.CancelFunc
	done   sync.WaitGroup
}

// Open binds the room's hooks and routes. Its worker runs from OnServe until
// OnTerminate.
func Open(app core.App, deps Deps) *Room {
	r := &Room{app: app, deps: deps, signal: make(chan struct{}, 1), later: map[string]time.Time{}}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	r.client = &http.Client{Transport: deps.Transport, CheckRedirect: checkRedirect, Timeout: fetchTime}
	r.bindSources()
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		group := e.Router.Group("/api/recado/knowledge")
		group.Bind(apis.RequireAuth())
		group.GET("/find", r.find)
		group.POST("/{id}/refresh", r.refresh)
		r.start()

		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		r.Stop()

		return e.Next()
	})

	return r
}

func (r *Room) start() {
	r.done.Go(func() {
		for {
			select {
			case <-r.ctx.Done():
				return
			case <-r.signal:
				if err := routine.SafeWrap(func() error { return r.Work(r.ctx) })(); err != nil && r.ctx.Err() == nil {
					r.app.Logger().Error("Knowledge could not be read; it stays due", slog.Any("error", err))
				}
			}
		}
	})
	r.wake()
}

// Stop ends the room's work after the batch in hand; it is rows and goes on later.
func (r *Room) Stop() {
	r.cancel()
	r.done.Wait()
}

// wake asks for a look at what is due. It never blocks.
func (r *Room) wake() {
	select {
	case r.signal <- struct{}{}:
	default:
	}
}

// Tick looks at what is due, for the schedule.
func (r *Room) Tick(context.Context) error {
	r.wake()

	return nil
}

// refresh is POST /api/recado/knowledge/{id}/refresh: reads a source again now.
func (r *Room) refresh(e *core.RequestEvent) error {
	me, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), "agents.manage")
	if err != nil {
		return err
	}
	record := &core.Record{}
	err = e.App.RunInTransaction(func(txApp core.App) error {
		record, err = txApp.FindFirstRecordByFilter(collections.Knowledge, "id = {:id} && company = {:company}",
			dbx.Params{"id": e.Request.PathValue("id"), "company": me.GetString("company")})
		if err != nil {
			return apierr.NotFound("source")
		}
		r.askAgain(record)
		record.IgnoreUnchangedFields(true)

		return txApp.SaveNoValidate(record)
	})
	if err != nil {
		return err
	}
	if err := apis.EnrichRecord(e, record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, record)
}

// stamp is a moment as PocketBase stores it.
func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }
