// Package recadotest runs the whole of Recado inside a test: a fresh database,
// every room open, the real HTTP handler, and factories for the rows tests need.
package recadotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/config"
	"recado/hooks"
	"recado/hooks/jobs"
	"recado/hooks/openapi/openapitest"
	"recado/hooks/recadotest/template"
	"recado/hooks/web"
)

// App is a running Recado.
type App struct {
	*tests.TestApp
	*hooks.Rooms
	Config *config.Config
	T      testing.TB

	now     func() time.Time
	env     []string
	handler http.Handler
	router  *router.Router[*core.RequestEvent]
	serial  atomic.Int64
}

// New starts Recado on a fresh database. now is the clock of every room; nil is
// the real one. env are settings, as "RECADO_SIGNUP=open".
func New(t testing.TB, now func() time.Time, env ...string) *App {
	t.Helper()

	files, err := prepared()
	if err != nil {
		t.Fatal(err)
	}

	return Open(t, files.Folder(t), now, env...)
}

// prepared are the databases of a Recado that has been through Prepare once.
var prepared = sync.OnceValues(func() (template.Files, error) {
	if files, ok := template.Shared(); ok {
		return files, nil
	}

	return template.Make(hooks.Prepare, true)
})

// Open starts Recado on a copy of the given data folder.
func Open(t testing.TB, dir string, now func() time.Time, env ...string) *App {
	t.Helper()

	return start(t, template.Open(t, dir), now, env...)
}

// Beside starts a second Recado on the data folder of this one, with the same settings,
// as there is while one takes another's place.
func (a *App) Beside() *App {
	a.T.Helper()

	base := core.NewBaseApp(core.BaseAppConfig{DataDir: a.DataDir(), DBConnect: config.DBConnect})
	if err := base.Bootstrap(); err != nil {
		a.T.Fatal(err)
	}
	a.T.Cleanup(func() {
		_ = base.OnTerminate().Trigger(&core.TerminateEvent{App: base})
		_ = base.ClearBootstrap()
	})

	return start(a.T, &tests.TestApp{BaseApp: base}, a.now, a.env...)
}

func start(t testing.TB, base *tests.TestApp, now func() time.Time, env ...string) *App {
	t.Helper()

	if now == nil {
		now = time.Now
	}

	app := &App{TestApp: base, T: t, now: now, env: env}
	cfg, err := config.Load(env, nil)
	if err != nil {
		t.Fatal(err)
	}
	app.Config = cfg
	app.Rooms = hooks.Register(app, cfg, now)
	t.Cleanup(func() { // before the databases are closed
		app.Access.Drain()
		app.Rooms.Mail.Drain()
	})
	jobs.Open(app, jobs.Deps{
		Version: "test", Jobs: app.Rooms.Schedule(), Queues: app.Rooms.Queues(), Backup: app.Rooms.Backup, Storage: app.Rooms.Storage,
	})
	web.Open(app, web.Deps{Files: fstest.MapFS{}, Version: "test", Origins: cfg.Origins, URL: cfg.URL})
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		// PocketBase's log reads the settings beside whoever saves them, which tests do.
		e.Router.Unbind("recadoRequestLog")

		return e.Next()
	})

	if app.router, err = apis.NewRouter(app); err != nil {
		t.Fatal(err)
	}
	event := &core.ServeEvent{App: app, Router: app.router, Server: &http.Server{}}
	err = app.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		mux, err := e.Router.BuildMux()
		app.handler = openapitest.Checked(t, mux)

		return err
	})
	if err != nil {
		t.Fatal(err)
	}

	return app
}

// Handler is the HTTP handler of the running app.
func (a *App) Handler() http.Handler { return a.handler }

// Without is the handler without some of the middlewares, to measure what they
// take. Those that were taken out stay out of handlers made later.
func (a *App) Without(middlewares ...string) http.Handler {
	a.T.Helper()

	a.router.Unbind(middlewares...)
	mux, err := a.router.BuildMux()
	if err != nil {
		a.T.Fatal(err)
	}

	return mux
}

// Listen serves the app on a loopback port and returns its base address.
func (a *App) Listen() string {
	server := httptest.NewServer(a.handler)
	a.T.Cleanup(server.Close)

	return server.URL
}

// Leave lets another process have the data folder: work that goes on by itself ends,
// and the databases are closed. Bootstrap opens them again, for the test alone.
func (a *App) Leave() {
	a.T.Helper()

	a.Contacts.Stop()
	a.Knowledge.Stop()
	if err := a.ClearBootstrap(); err != nil {
		a.T.Fatal(err)
	}
}

// Response is an answer with its decoded JSON object, if it was one.
type Response struct {
	Status int
	Header http.Header
	Raw    []byte
	JSON   map[string]any
}

// Code returns data.code of an error answer.
func (r Response) Code() string {
	data, _ := r.JSON["data"].(map[string]any)
	code, _ := data["code"].(string)

	return code
}

// Items returns the ids of a list answer.
func (r Response) Items() []string {
	items, _ := r.JSON["items"].([]any)
	ids := make([]string, 0, len(items))
	for _, item := range items {
		if row, ok := item.(map[string]any); ok {
			ids = append(ids, fmt.Sprint(row["id"]))
		}
	}

	return ids
}

// Do sends one request. body may be nil, an io.Reader, or a value sent as JSON.
// token may be empty.
func (a *App) Do(method, url, token string, body any) Response {
	a.T.Helper()

	var reader io.Reader
	isJSON := false
	switch b := body.(type) {
	case nil:
	case io.Reader:
		reader = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			a.T.Fatal(err)
		}
		reader, isJSON = bytes.NewReader(raw), true
	}

	request := httptest.NewRequest(method, url, reader)
	if isJSON {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", token)
	}

	return a.Send(request)
}

// Send passes a request of the caller's own making.
func (a *App) Send(request *http.Request) Response {
	a.T.Helper()

	recorder := httptest.NewRecorder()
	a.handler.ServeHTTP(recorder, request)

	response := Response{Status: recorder.Code, Header: recorder.Header(), Raw: recorder.Body.Bytes()}
	_ = json.Unmarshal(response.Raw, &response.JSON)

	return response
}

// Must fails the test unless the answer has the wanted status.
func (r Response) Must(t testing.TB, status int) Response {
	t.Helper()
	if r.Status != status {
		t.Fatalf("status %d, want %d: %s", r.Status, status, r.Raw)
	}

	return r
}

// Create saves a record of the named collection through every hook.
func (a *App) Create(collection string, values map[string]any) *core.Record {
	a.T.Helper()

	definition, err := a.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		a.T.Fatal(err)
	}

	record := core.NewRecord(definition)
	record.Load(values)
	if err := a.Save(record); err != nil {
		a.T.Fatalf("failed to create %s: %v", collection, err)
	}

	return record
}

// Reload returns the record as it now stands in the database.
func (a *App) Reload(record *core.Record) *core.Record {
	a.T.Helper()

	fresh, err := a.FindRecordById(record.Collection(), record.Id)
	if err != nil {
		a.T.Fatal(err)
	}

	return fresh
}

func (a *App) next() int64 { return a.serial.Add(1) }

// User makes an account. Its password is Password.
func (a *App) User() *core.Record {
	a.T.Helper()

	n := a.next()

	return a.Create(collections.Users, map[string]any{
		"name": fmt.Sprintf("Person %d", n), "email": fmt.Sprintf("person%d@example.com", n),
		"password": Password, "kind": "person", "verified": true,
	})
}

// Password is the password of every account [App.User] makes.
const Password = "correct horse battery"

// Token signs a user or a superuser in, for as long as any test's clock runs.
func (a *App) Token(user *core.Record) string {
	a.T.Helper()

	sign := user.NewAuthToken
	if user.Collection().Name == collections.Users {
		sign = func() (string, error) { return a.Access.SignIn(user, 100*365*24*time.Hour) }
	}
	token, err := sign()
	if err != nil {
		a.T.Fatal(err)
	}

	return token
}

// Superuser makes a superuser and returns its token.
func (a *App) Superuser() string {
	a.T.Helper()

	superuser := a.Create(core.CollectionNameSuperusers, map[string]any{
		"email": fmt.Sprintf("root%d@example.com", a.next()), "password": Password,
	})

	return a.Token(superuser)
}

// Company is a tenant with its seeded roles.
type Company struct {
	app *App
	*core.Record
	Roles map[string]*core.Record
}

// Company makes a company in São Paulo with the four seeded roles.
func (a *App) Company() *Company {
	a.T.Helper()

	n := a.next()
	company := &Company{app: a, Roles: map[string]*core.Record{}}
	company.Record = a.Create(collections.Companies, map[string]any{
		"name": fmt.Sprintf("Company %d", n), "slug": fmt.Sprintf("company-%d", n),
		"timezone": "America/Sao_Paulo", "locale": "pt-BR", "currency": "BRL", "active": true,
	})
	for _, key := range []string{"owner", "admin", "manager", "agent"} {
		company.Roles[key] = company.Create(collections.Roles, map[string]any{
			"name": strings.ToUpper(key[:1]) + key[1:], "key": key, "permissions": collections.RolePermissions(key),
		})
	}

	return company
}

// Create saves a record that belongs to the company.
func (c *Company) Create(collection string, values map[string]any) *core.Record {
	c.app.T.Helper()

	row := map[string]any{"company": c.Id}
	for key, value := range values {
		row[key] = value
	}

	return c.app.Create(collection, row)
}

// Member is a person in a company, signed in.
type Member struct {
	*core.Record
	User  *core.Record
	Token string
}

// Member makes a new person with the role of the given key in the company.
func (c *Company) Member(role string) *Member {
	c.app.T.Helper()

	return c.Join(c.app.User(), role)
}

// Join makes an existing user a member.
func (c *Company) Join(user *core.Record, role string) *Member {
	c.app.T.Helper()

	record := c.Create(collections.Members, map[string]any{
		"user": user.Id, "role": c.Roles[role].Id, "active": true,
		"name": user.GetString("name"), "email": user.GetString("email"),
		"permissions": collections.RolePermissions(role),
	})

	member := &Member{Record: record, User: user}
	if user.GetString("kind") != "key" { // a key does not sign in
		member.Token = c.app.Token(user)
	}

	return member
}

// Permit gives a member a role of their own with just these permissions.
func (c *Company) Permit(member *core.Record, permissions ...string) {
	c.app.T.Helper()

	role := c.Create(collections.Roles, map[string]any{"name": fmt.Sprintf("Role %d", c.app.next()), "permissions": permissions})
	fresh := c.app.Reload(member)
	fresh.Set("role", role.Id)
	if err := c.app.Save(fresh); err != nil {
		c.app.T.Fatal(err)
	}
}

// URL appends ?company= to a path.
func (c *Company) URL(path string) string {
	if strings.Contains(path, "?") {
		return path + "&company=" + c.Id
	}

	return path + "?company=" + c.Id
}

// Records is the records API address of a collection, for this company.
func (c *Company) Records(collection string) string {
	return c.URL("/api/collections/" + collection + "/records")
}

// RecordURL is the records API address of one record.
func (c *Company) RecordURL(record *core.Record) string {
	return c.URL("/api/collections/" + record.Collection().Name + "/records/" + record.Id)
}

// Queue makes a queue that is always open.
func (c *Company) Queue() *core.Record {
	c.app.T.Helper()

	return c.Create(collections.Queues, map[string]any{"name": fmt.Sprintf("Queue %d", c.app.next())})
}

// Webchat makes an active website channel answered by the guided dialogue.
func (c *Company) Webchat() *core.Record {
	c.app.T.Helper()

	n := c.app.next()

	return c.Create(collections.Channels, map[string]any{
		"kind": "webchat", "name": fmt.Sprintf("Website %d", n), "public_key": fmt.Sprintf("publickey%015d", n),
		"answerer": "bot", "active": true,
	})
}

// Contact makes a contact.
func (c *Company) Contact() *core.Record {
	c.app.T.Helper()

	return c.Create(collections.Contacts, map[string]any{"name": fmt.Sprintf("Contact %d", c.app.next()), "lifecycle": "lead"})
}

// Conversation makes an open conversation of a new contact on the channel.
func (c *Company) Conversation(channel *core.Record) *core.Record {
	c.app.T.Helper()

	return c.Create(collections.Conversations, map[string]any{
		"contact": c.Contact().Id, "channel": channel.Id, "status": "pending", "answerer": "bot",
	})
}

// Agenda makes an agenda open on every day, at every hour.
func (c *Company) Agenda() *core.Record {
	c.app.T.Helper()

	agenda := c.Create(collections.Agendas, map[string]any{
		"name": fmt.Sprintf("Agenda %d", c.app.next()), "kind": "room", "timezone": c.GetString("timezone"), "active": true,
	})
	for weekday := range 7 {
		c.Create(collections.Availabilities, map[string]any{"agenda": agenda.Id, "weekday": weekday, "start": 0, "end": 1440})
	}

	return agenda
}

// Service makes an hour-long service on the agendas.
func (c *Company) Service(agendas ...*core.Record) *core.Record {
	c.app.T.Helper()

	ids := make([]string, len(agendas))
	for i, agenda := range agendas {
		ids[i] = agenda.Id
	}

	return c.Create(collections.Services, map[string]any{
		"name": fmt.Sprintf("Service %d", c.app.next()), "agendas": ids, "duration": 60, "step": 60,
		"horizon_days": 60, "capacity": 1, "currency": c.GetString("currency"), "active": true,
	})
}
