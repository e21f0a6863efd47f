// Package live is the team's live feed: what changes in a company appears at
// once on the screens of the members who may see it.
//
// In: saved and deleted records of the declared collections (by hooks), rows
// changed by raw SQL ([Room.Created], [Room.Updated]), things that are never stored
// ([Room.Publish]: typing, a channel's state), members who open or close a
// connection. Out: GET /api/recado/live?company=ID, server-sent events in the
// order of commits, each only to those whose permissions reach the record.
//
// How an event travels: a record hook takes its place in the ledger inside the
// write transaction (ledger.go), the commit releases it, one dispatcher works
// out who sees it from what it keeps in memory about the company (company.go,
// scope.go) and appends it to the bounded queues of their connections
// (client.go), from which the HTTP handlers write (stream.go). A saver never
// waits for a reader. guard.go keeps PocketBase's own realtime affordable.
package live

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
)

// Deps are what the room needs from outside. Zero values mean the defaults.
type Deps struct {
	// Now is the clock; default time.Now.
	Now func() time.Time

	// Ping is the pause between the comments that keep a quiet connection open
	// through proxies; default 25 seconds.
	Ping time.Duration

	// Session is the sign-in a request belongs to, "" where it has none. With it a
	// connection ends as its sign-in does, else as the token it was opened with.
	Session func(e *core.RequestEvent) string

	// Admit refuses who may not be in a company at this moment; default nobody.
	Admit func(e *core.RequestEvent, company string) error

	// Guard limits PocketBase's built-in realtime.
	Guard GuardLimits
}

// Room is the live feed. All its methods may be called from any goroutine.
type Room struct {
	app    core.App
	deps   Deps
	epoch  string
	scopes map[string]scope // by collection
	ledger *ledger
	guard  *guard

	// companies is touched by the dispatcher only: by steps of the ledger.
	companies map[string]*company

	roster roster

	mu       sync.Mutex
	audience map[string]int // connections by company, from the moment they ask
	perUser  map[string]int
	closed   bool
}

// Open binds the hooks and, when the app serves, the route.
func Open(app core.App, deps Deps) *Room {
	if deps.Now == nil {
		deps.Now = time.Now
	}
	if deps.Session == nil {
		deps.Session = func(*core.RequestEvent) string { return "" }
	}
	if deps.Admit == nil {
		deps.Admit = func(*core.RequestEvent, string) error { return nil }
	}
	deps.Ping = cmp.Or(deps.Ping, 25*time.Second)

	r := &Room{
		app:       app,
		deps:      deps,
		epoch:     security.RandomString(12),
		scopes:    scopes(collections.All()),
		companies: map[string]*company{},
		roster:    roster{online: map[string]map[string]int{}},
		audience:  map[string]int{},
		perUser:   map[string]int{},
	}
	r.ledger = newLedger(deps.Now().UnixMicro(), r.resync, func(cause any) {
		app.Logger().Error("Live feed: a step failed", slog.Any("error", cause))
	})

	r.bindRecords(app)
	r.guard = bindGuard(app, deps)

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		r.bindRoute(e)

		return e.Next()
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id: "recadoLiveClose",
		Func: func(e *core.TerminateEvent) error {
			r.close()

			return e.Next()
		},
		Priority: -10_000, // before PocketBase waits for open requests
	})

	return r
}

// Audience says who of a company an event that is not stored reaches: those
// who may see the record, or every connected member when it is zero. The
// collection must be one whose rows carry their owner themselves
// (conversations, contacts, agendas) or have none.
type Audience struct {
	Collection string
	Record     string
}

// Publish sends something that is never stored, such as typing or the state of
// a channel. payload must marshal to a JSON object; its fields stand in the
// event beside epoch, seq and name. The event follows everything committed before.
func (r *Room) Publish(companyID, name string, payload any, to Audience) error {
	if !r.watched(companyID) {
		return nil
	}

	fields, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	body := customBody(name, fields)

	r.ledger.then(func() {
		if co := r.companies[companyID]; co != nil {
			co.broadcast(body, r.sees(co, to))
		}
	})

	return nil
}

// Renew tells everyone of a company to fetch anew what they show, after many rows
// were written past everything that would announce them.
func (r *Room) Renew(companyID string) {
	if !r.watched(companyID) {
		return
	}

	r.ledger.then(func() {
		if co := r.companies[companyID]; co != nil {
			for c := range co.clients {
				c.skip() // the gap says it; the event shows the gap
			}
			co.broadcast(customBody("renewed", []byte("{}")), func(*client) bool { return true })
		}
	})
}

// Typing tells those who may see the conversation that someone types in it: the
// id of a member, or "contact".
func (r *Room) Typing(conversation *core.Record, by string, on bool) {
	err := r.Publish(conversation.GetString("company"), "typing", struct {
		Conversation string `json:"conversation"`
		By           string `json:"by"`
		On           bool   `json:"on"`
	}{conversation.Id, by, on}, Audience{Collection: collections.Conversations, Record: conversation.Id})
	if err != nil {
		r.app.Logger().Error("Live feed: failed to tell that someone types", slog.Any("error", err))
	}
}

// LinkChanged tells that what is shown for linking a channel has changed. What it
// is, codes that link a phone, only those are told who ask and may.
func (r *Room) LinkChanged(companyID, channel string) {
	err := r.Publish(companyID, "channel.link", struct {
		Channel string `json:"channel"`
	}{channel}, Audience{})
	if err != nil {
		r.app.Logger().Error("Live feed: failed to tell of a link", slog.Any("error", err))
	}
}

// View notes which conversation a member looks at, "" for none, and tells the
// company.
func (r *Room) View(companyID, memberID, conversation string) {
	if !r.watched(companyID) {
		return
	}

	r.ledger.then(func() {
		if co := r.companies[companyID]; co != nil {
			co.view(memberID, conversation)
		}
	})
}

// anyone tells whether there is any connection at all.
func (r *Room) anyone() bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	return len(r.audience) > 0
}

// watched tells whether anyone of the company is connected or about to be.
func (r *Room) watched(companyID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.audience[companyID] > 0
}

// resync ends every connection: the clients come back and fetch anew. It is the
// answer to a transaction whose outcome never became known.
func (r *Room) resync() {
	r.ledger.then(func() {
		for _, co := range r.companies {
			co.closeAll()
		}
	})
}

// close ends every connection and takes no new ones.
func (r *Room) close() {
	r.mu.Lock()
	r.closed = true
	r.mu.Unlock()

	r.resync()
}
