package live

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"recado/collections"
	"recado/hooks/openapi/openapitest"
	"recado/hooks/recadotest/readers"
	"recado/hooks/recadotest/template"
)

// patience bounds every wait of the tests; it is only ever spent on failure.
const patience = time.Minute

// world is an app with the declared collections, the feed and a real server.
type world struct {
	t    testing.TB
	app  *tests.TestApp
	room *Room
	url  string
	n    int
}

func newWorld(t testing.TB, deps Deps) *world {
	t.Helper()

	app := template.App(t)
	collections.BindIDs(app, collections.NewIDs(time.Now))

	w := &world{t: t, app: app, room: Open(app, deps)}

	router, err := apis.NewRouter(app)
	must(t, err)
	must(t, app.OnServe().Trigger(&core.ServeEvent{App: app, Router: router}, func(*core.ServeEvent) error { return nil }))
	mux, err := router.BuildMux()
	must(t, err)
	server := httptest.NewServer(openapitest.Checked(t, mux))
	w.url = server.URL
	t.Cleanup(func() {
		w.room.close()
		server.CloseClientConnections()
		server.Close()
	})

	return w
}

func TestMain(m *testing.M) {
	readers.Main()
	os.Exit(m.Run())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// make saves a new record of the collection with the given fields.
func (w *world) make(collection string, fields map[string]any) *core.Record {
	w.t.Helper()
	c, err := w.app.FindCachedCollectionByNameOrId(collection)
	must(w.t, err)
	record := core.NewRecord(c)
	record.Load(fields)
	must(w.t, w.app.Save(record))

	return record
}

func (w *world) next() int {
	w.n++

	return w.n
}

func (w *world) company() string {
	return w.make(collections.Companies, map[string]any{
		"name": "Salon", "slug": fmt.Sprintf("salon-%d", w.next()), "timezone": "Europe/Lisbon",
		"locale": "en", "currency": "EUR", "active": true,
	}).Id
}

// person is a user who is a member of one company.
type person struct {
	user, member *core.Record
	company      string
	token        string
}

// person makes a member with the given permissions.
func (w *world) person(company string, permissions ...string) person {
	w.t.Helper()
	n := w.next()
	user := w.make(collections.Users, map[string]any{
		"email": fmt.Sprintf("p%d@example.com", n), "password": "correct horse", "name": fmt.Sprintf("Person %d", n),
	})
	role := w.make(collections.Roles, map[string]any{"company": company, "name": fmt.Sprintf("Role %d", n), "permissions": permissions})
	member := w.make(collections.Members, map[string]any{
		"company": company, "user": user.Id, "role": role.Id, "active": true,
		"name": user.GetString("name"), "permissions": collections.Closure(permissions),
	})
	token, err := user.NewAuthToken()
	must(w.t, err)

	return person{user: user, member: member, company: company, token: token}
}

func (w *world) contact(company, owner string) *core.Record {
	return w.make(collections.Contacts, map[string]any{"company": company, "name": fmt.Sprintf("Contact %d", w.next()), "owner": owner})
}

func (w *world) channel(company string) *core.Record {
	return w.make(collections.Channels, map[string]any{"company": company, "kind": "webchat", "name": fmt.Sprintf("Site %d", w.next())})
}

func (w *world) queue(company string) *core.Record {
	return w.make(collections.Queues, map[string]any{"company": company, "name": fmt.Sprintf("Queue %d", w.next())})
}

func (w *world) conversation(company, channel, assignee string) *core.Record {
	return w.make(collections.Conversations, map[string]any{
		"company": company, "contact": w.contact(company, "").Id, "channel": channel,
		"assignee": assignee, "status": "open", "answerer": "human",
	})
}

func message(t testing.TB, app core.App, conversation *core.Record, text string) *core.Record {
	t.Helper()
	c, err := app.FindCachedCollectionByNameOrId(collections.Messages)
	must(t, err)
	record := core.NewRecord(c)
	record.Load(map[string]any{
		"company": conversation.GetString("company"), "conversation": conversation.Id,
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"direction": "out", "kind": "text", "text": text, "status": "queued", "at": "2026-03-01 10:00:00.000Z",
	})

	return record
}

// event is one event as a client reads it.
type event struct {
	Epoch      string          `json:"epoch"`
	Seq        int             `json:"seq"`
	Name       string          `json:"name"`
	Collection string          `json:"collection"`
	ID         string          `json:"id"`
	Action     string          `json:"action"`
	Rev        int64           `json:"rev"`
	Record     map[string]any  `json:"record"`
	Member     string          `json:"member"`
	Online     bool            `json:"online"`
	Viewing    string          `json:"viewing"`
	Presence   []presence      `json:"presence"`
	On         bool            `json:"on"`
	Raw        json.RawMessage `json:"-"`
}

// feed is one open connection of a person.
type feed struct {
	t      testing.TB
	events chan event // closed when the connection ends
	hello  event
	close  context.CancelFunc
}

// open connects and waits for the greeting.
func (w *world) open(p person) *feed {
	w.t.Helper()
	f, status := w.dial(p, p.company)
	if f == nil {
		w.t.Fatalf("live feed: status %d", status)
	}
	f.hello = f.next()
	if f.hello.Name != "hello" || f.hello.Seq != 0 {
		w.t.Fatalf("first event is %+v, want hello", f.hello)
	}

	return f
}

func (w *world) dial(p person, company string) (*feed, int) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/api/recado/live?company="+company, nil)
	must(w.t, err)
	request.Header.Set("Authorization", p.token)
	response, err := http.DefaultTransport.RoundTrip(request)
	must(w.t, err)
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		cancel()

		return nil, response.StatusCode
	}

	f := &feed{t: w.t, events: make(chan event, 100_000), close: cancel}
	go func() {
		defer close(f.events)
		defer response.Body.Close()
		reader := bufio.NewReader(response.Body)
		for {
			line, err := reader.ReadString('\n')
			if err != nil {
				return
			}
			data, ok := strings.CutPrefix(line, "data: ")
			if !ok {
				continue
			}
			e := event{Raw: json.RawMessage(strings.TrimSpace(data))}
			if err := json.Unmarshal(e.Raw, &e); err != nil {
				w.t.Errorf("event is not JSON: %v: %s", err, data)

				return
			}
			f.events <- e
		}
	}()

	return f, http.StatusOK
}

// next waits for one event.
func (f *feed) next() event {
	f.t.Helper()
	select {
	case e, open := <-f.events:
		if !open {
			f.t.Fatal("the connection ended")
		}

		return e
	case <-time.After(patience):
		f.t.Fatal("no event came")
	}

	return event{}
}

// until collects events up to and without the first one of the name.
func (f *feed) until(name string) []event {
	f.t.Helper()
	var list []event
	for {
		e := f.next()
		if e.Name == name {
			return list
		}
		list = append(list, e)
	}
}

// ended waits for the server to end the connection.
func (f *feed) ended() {
	f.t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case _, open := <-f.events:
			if !open {
				return
			}
		case <-timeout:
			f.t.Fatal("the connection is still open")
		}
	}
}

// mark publishes an event that stands behind everything before it.
func (w *world) mark(companies ...string) {
	w.t.Helper()
	for _, company := range companies {
		must(w.t, w.room.Publish(company, "mark", struct{}{}, Audience{}))
	}
}

func names(events []event) []string {
	list := make([]string, len(events))
	for i, e := range events {
		list[i] = e.Name
	}

	return list
}

// list is what the API shows the person.
func (w *world) list(p person, collection, filter string) map[string]map[string]any {
	w.t.Helper()
	request, err := http.NewRequest(http.MethodGet, w.url+"/api/collections/"+collection+"/records?perPage=1000&skipTotal=1&company="+p.company+filter, nil)
	must(w.t, err)
	request.Header.Set("Authorization", p.token)
	response, err := http.DefaultTransport.RoundTrip(request)
	must(w.t, err)
	defer response.Body.Close()

	var page struct {
		Items []map[string]any `json:"items"`
	}
	must(w.t, json.NewDecoder(response.Body).Decode(&page))
	if response.StatusCode != http.StatusOK {
		w.t.Fatalf("list %s: status %d", collection, response.StatusCode)
	}

	items := map[string]map[string]any{}
	for _, item := range page.Items {
		items[item["id"].(string)] = item
	}

	return items
}
