package live

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"recado/collections"
	"recado/hooks/apierr"
)

// GuardLimits bound PocketBase's built-in realtime, whose every subscriber
// costs every writer a rule check. Zero values mean the defaults.
type GuardLimits struct {
	Connections int           // in all; default 100
	PerAddress  int           // default 10
	PerUser     int           // default 5
	Patience    time.Duration // without a subscription; default 10 seconds
}

// guard keeps the built-in realtime for integrators: signed-in accounts, known
// collections, a company they belong to, few connections.
type guard struct {
	limits  GuardLimits
	session func(e *core.RequestEvent) string
	admits  func(e *core.RequestEvent, company string) error

	mu          sync.Mutex
	connections map[string]*connection // by client id
}

type connection struct {
	address   string
	user      string
	session   string
	companies []string // of its topics
	end       context.CancelFunc
	idle      *time.Timer
}

func bindGuard(app core.App, deps Deps) *guard {
	limits := deps.Guard
	g := &guard{
		session: deps.Session,
		admits:  deps.Admit,
		limits: GuardLimits{
			Connections: cmp.Or(limits.Connections, 100),
			PerAddress:  cmp.Or(limits.PerAddress, 10),
			PerUser:     cmp.Or(limits.PerUser, 5),
			Patience:    cmp.Or(limits.Patience, 10*time.Second),
		},
		connections: map[string]*connection{},
	}

	app.OnRealtimeConnectRequest().Bind(&hook.Handler[*core.RealtimeConnectRequestEvent]{
		Id: "recadoRealtimeConnect", Func: g.connect, Priority: -90,
	})
	app.OnRealtimeSubscribeRequest().Bind(&hook.Handler[*core.RealtimeSubscribeRequestEvent]{
		Id: "recadoRealtimeSubscribe", Func: g.subscribe, Priority: -90,
	})

	// PocketBase keeps the connection of an account whose tokens were revoked, and
	// of a sign-in that was ended.
	app.OnRecordAfterDeleteSuccess(collections.AuthSessions).BindFunc(func(e *core.RecordEvent) error {
		g.endAll(func(c *connection) bool { return c.session == e.Record.Id })

		return e.Next()
	})
	app.OnRecordAfterUpdateSuccess(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.TokenKey() != e.Record.Original().TokenKey() {
			g.endAll(func(c *connection) bool { return c.user == e.Record.Id })
		}

		return e.Next()
	})
	app.OnRecordAfterDeleteSuccess(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		g.endAll(func(c *connection) bool { return c.user == e.Record.Id })

		return e.Next()
	})

	return g
}

// connect admits a connection for as long as e.Next lasts.
func (g *guard) connect(e *core.RealtimeConnectRequestEvent) error {
	ctx, cancel := context.WithCancel(e.Request.Context())
	defer cancel()

	c := &connection{address: e.RealIP(), end: cancel}
	id := e.Client.Id()
	if err := g.admit(id, c); err != nil {
		return err
	}
	defer g.release(id)

	e.Request = e.Request.WithContext(ctx)

	return e.Next()
}

func (g *guard) admit(id string, c *connection) error {
	g.mu.Lock()
	defer g.mu.Unlock()

	if len(g.connections) >= g.limits.Connections {
		return tooMany("Too many realtime connections. Try again later.")
	}
	if g.count(func(other *connection) bool { return other.address == c.address }) >= g.limits.PerAddress {
		return tooMany("Too many realtime connections from this address.")
	}

	c.idle = time.AfterFunc(g.limits.Patience, c.end)
	g.connections[id] = c

	return nil
}

func (g *guard) release(id string) {
	g.mu.Lock()
	defer g.mu.Unlock()

	g.connections[id].idle.Stop()
	delete(g.connections, id)
}

// subscribe checks who asks for what before PocketBase takes it over.
func (g *guard) subscribe(e *core.RealtimeSubscribeRequestEvent) error {
	if e.Auth == nil {
		return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in to subscribe to changes.", nil)
	}
	companies := make([]string, len(e.Subscriptions))
	for i, topic := range e.Subscriptions {
		if err := authorize(e.App, e.Auth, topic); err != nil {
			return err
		}
		companies[i] = companyOption(topic)
		if err := g.admits(e.RequestEvent, companies[i]); err != nil {
			return err
		}
	}
	if err := g.settle(e.Client.Id(), e.Auth.Id, g.session(e.RequestEvent), companies); err != nil {
		return err
	}

	return e.Next()
}

// settle ties a connection to the account, and keeps it while it subscribes: to topics
// of so many companies.
func (g *guard) settle(id, user, session string, companies []string) error {
	g.mu.Lock()
	defer g.mu.Unlock()

	c := g.connections[id]
	if c == nil {
		return nil // it ended meanwhile
	}
	if c.user != user && g.count(func(other *connection) bool { return other.user == user }) >= g.limits.PerUser {
		return tooMany("Too many realtime connections of this account.")
	}

	c.user, c.session, c.companies = user, session, companies
	if len(companies) > 0 {
		c.idle.Stop()
	} else {
		c.idle.Reset(g.limits.Patience)
	}

	return nil
}

func (g *guard) endAll(match func(*connection) bool) {
	g.mu.Lock()
	defer g.mu.Unlock()

	for _, c := range g.connections {
		if match(c) {
			c.end()
		}
	}
}

func (g *guard) count(match func(*connection) bool) int {
	n := 0
	for _, c := range g.connections {
		if match(c) {
			n++
		}
	}

	return n
}

// authorize lets an account listen to a topic: "<collection>/<id or *>", for
// what belongs to a company with ?options={"query":{"company":ID}}. Superusers
// may listen to every collection.
func authorize(app core.App, auth *core.Record, topic string) error {
	path, _, _ := strings.Cut(topic, "?")
	name, _, _ := strings.Cut(path, "/")

	collection, err := app.FindCachedCollectionByNameOrId(name)
	if name == "" || err != nil {
		return unknownTopic(path)
	}
	if auth.IsSuperuser() {
		return nil
	}
	if collection.ListRule == nil && collection.ViewRule == nil {
		return unknownTopic(path)
	}
	if collection.Name == collections.Users {
		return nil // its rule shows an account itself only
	}

	var members int
	err = app.DB().Select("count(*)").From(collections.Members).
		Where(dbx.HashExp{"user": auth.Id, "company": companyOption(topic), "active": true}).Row(&members)
	if err != nil {
		return err
	}
	if members == 0 {
		return apierr.New(http.StatusForbidden, "not_a_member",
			`Subscribe with options {"query":{"company":"ID"}} naming a company you are an active member of.`,
			map[string]any{"topic": path})
	}

	return nil
}

// companyOption reads the company from a topic's options as PocketBase does.
func companyOption(topic string) string {
	parsed, err := url.Parse(topic)
	if err != nil {
		return ""
	}

	var options struct {
		Query struct {
			Company string `json:"company"`
		} `json:"query"`
	}
	_ = json.Unmarshal([]byte(parsed.Query().Get("options")), &options)

	return options.Query.Company
}

func unknownTopic(topic string) error {
	return apierr.New(http.StatusBadRequest, "unknown_topic", "There is nothing to subscribe to under this name.", map[string]any{"topic": topic})
}

func tooMany(message string) error {
	return apierr.New(http.StatusTooManyRequests, "too_many_connections", message, nil)
}
