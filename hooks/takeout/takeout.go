// Package takeout writes everything a company has into one archive.
//
// In: an owner's wish, which becomes a row of exports. Out: a ZIP file with the rows
// of every collection as JSON and as CSV, and in files/ what was sent and uploaded.
// It is made in the background, tells how far it is, and begins anew after a crash.
package takeout

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/contacts/table"
)

// Deps are what the room needs of others.
type Deps struct {
	Now func() time.Time

	// Require returns the caller's active membership if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	// Live tells open screens of rows changed by plain SQL in the transaction.
	Live interface {
		Updated(txApp core.App, collection, id string) error
	}
}

// Room is the takeout room.
type Room struct {
	app  core.App
	deps Deps
	busy sync.Mutex // held while an archive is written
	work sync.WaitGroup
}

// Open binds the routes.
func Open(app core.App, deps Deps) *Room {
	r := &Room{app: app, deps: deps}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.POST("/api/recado/exports", r.start)
		e.Router.GET("/api/recado/exports/{id}/file", r.fetch)

		return e.Next()
	})
	app.OnTerminate().BindFunc(func(e *core.TerminateEvent) error {
		r.work.Wait()

		return e.Next()
	})

	return r
}

// start is POST /api/recado/exports. One at a time for a company: who asks again is
// given the one that is being made.
func (r *Room) start(e *core.RequestEvent) error {
	company := e.Request.URL.Query().Get("company")
	me, err := r.deps.Require(e, company, "company.manage")
	if err == nil {
		_, err = r.deps.Require(e, company, "contacts.export")
	}
	if err != nil {
		return err
	}
	row := &core.Record{}
	err = e.App.RunInTransaction(func(txApp core.App) error {
		err := txApp.RecordQuery(collections.Exports).AndWhere(dbx.HashExp{"company": company}).AndWhere(dbx.NewExp("due != ''")).Limit(1).One(row)
		if err == nil {
			return nil
		}
		collection, err := txApp.FindCachedCollectionByNameOrId(collections.Exports)
		if err != nil {
			return err
		}
		row = core.NewRecord(collection)
		row.Load(map[string]any{"company": company, "member": me.Id, "state": "queued", "due": r.deps.Now()})

		return txApp.Save(row)
	})
	if err != nil {
		return err
	}
	r.work.Add(1)
	routine.FireAndForget(func() {
		defer r.work.Done()
		_ = r.Tick(context.Background()) // what went wrong stands in the row
	})

	return e.JSON(http.StatusOK, row)
}

// fetch is GET /api/recado/exports/{id}/file.
func (r *Room) fetch(e *core.RequestEvent) error {
	company := e.Request.URL.Query().Get("company")
	_, err := r.deps.Require(e, company, "company.manage")
	if err == nil {
		_, err = r.deps.Require(e, company, "contacts.export")
	}
	if err != nil {
		return err
	}
	row, err := e.App.FindRecordById(collections.Exports, e.Request.PathValue("id"))
	if err != nil || row.GetString("company") != company || row.GetString("file") == "" {
		return apierr.NotFound("export")
	}
	storage, err := e.App.NewFilesystem()
	if err != nil {
		return err
	}
	defer storage.Close()
	content, err := storage.GetReader(row.BaseFilesPath() + "/" + row.GetString("file"))
	if err != nil {
		return apierr.NotFound("export")
	}
	defer content.Close()
	table.Attachment(e.Response, "recado-"+row.GetDateTime("created").Time().Format(time.DateOnly)+".zip", "application/zip")
	_, err = io.Copy(e.Response, content)

	return err
}

const (
	claimFor = 10 * time.Minute
	attempts = 3
)

// Tick writes the archives that are due, for the schedule.
func (r *Room) Tick(ctx context.Context) error {
	if !r.busy.TryLock() {
		return nil
	}
	defer r.busy.Unlock()

	for ctx.Err() == nil {
		row, err := r.claim()
		if err != nil || row == nil {
			return err
		}
		if err := r.write(ctx, row); err != nil {
			if ctx.Err() != nil {
				return nil // it is due again when its claim has run out
			}
			if err := r.fail(row, err); err != nil {
				return err
			}
		}
	}

	return nil
}

// Drain waits until nothing is due, for tests.
func (r *Room) Drain(ctx context.Context) error {
	r.work.Wait()

	return r.Tick(ctx)
}

// claim takes the next row for this process alone; nil where there is none.
func (r *Room) claim() (row *core.Record, err error) {
	now := stamp(r.deps.Now())
	err = r.app.RunInTransaction(func(txApp core.App) error {
		var found []*core.Record
		err := txApp.RecordQuery(collections.Exports).
			AndWhere(dbx.NewExp("due != '' AND due <= {:now} AND claimed_until <= {:now}", dbx.Params{"now": now})).
			OrderBy("due").Limit(1).All(&found)
		if err != nil || len(found) == 0 {
			return err
		}
		row = found[0]
		row.Load(map[string]any{"state": "running", "claimed_until": r.deps.Now().Add(claimFor), "attempts": row.GetInt("attempts") + 1, "done": 0, "error": ""})

		return txApp.Save(row)
	})

	return row, err
}

func (r *Room) fail(row *core.Record, problem error) error {
	r.app.Logger().Error("Writing the data of a company failed", "error", problem)
	row.Load(map[string]any{"error": problem.Error(), "claimed_until": "", "due": r.deps.Now().Add(time.Minute), "file": nil})
	if row.GetInt("attempts") >= attempts {
		row.Load(map[string]any{"state": "failed", "due": ""})
	}

	return r.app.Save(row)
}

func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }
