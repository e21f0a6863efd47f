// Package search finds people and what was said.
//
// In: words, as a person types them. Out: the contacts and messages that have
// them, newest first, of those the member may see: the rules of the collections
// stand in the queries. Messages are found by a full-text index that a job feeds
// in batches (feed.go); what it has not reached yet is looked through directly,
// so a message is found as soon as it is there, and storing one costs nothing more.
package search

import (
	"context"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Deps are what the room needs of others.
type Deps struct {
	// Require returns the caller's active membership if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	// Fold makes text comparable: lower case, no diacritics, single spaces.
	Fold func(text string) string
}

// Room is the search.
type Room struct {
	app  core.App
	deps Deps

	busy sync.Mutex // held while the index is fed
}

// Open binds the hooks and the route.
func Open(app core.App, deps Deps) *Room {
	r := &Room{app: app, deps: deps}
	app.OnRecordUpdate(collections.Messages).BindFunc(r.reindex)
	app.OnRecordDelete(collections.Messages).BindFunc(r.forget)
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/recado/search", r.find)

		return e.Next()
	})

	return r
}

// Tick feeds the index, for the schedule.
func (r *Room) Tick(ctx context.Context) error { return r.Feed(ctx) }

// feedPause lets other writers in between two batches of a long feed.
const feedPause = 5 * time.Millisecond
