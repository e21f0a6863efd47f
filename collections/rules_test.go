package collections_test

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"recado/collections"
	"recado/hooks/recadotest"
)

// expectation says which roles may do what with a row of their own company that
// belongs to nobody. Guests and other companies may nothing, superusers
// everything. The roles are separated by spaces; "-" is none of them.
type expectation struct {
	read, create, update, remove string

	// body is what creates a row; nil where no role may.
	body func(f *fixture) map[string]any

	// patch is a harmless change.
	patch map[string]any
}

const (
	everyone = "owner admin manager agent key"
	leaders  = "owner admin manager"
	admins   = "owner admin"
	nobody   = "-"
)

// expectations has a line for every collection of a company: a new collection
// without one fails the test.
var expectations = map[string]expectation{
	collections.Roles: {everyone, admins, admins, admins,
		func(f *fixture) map[string]any { return map[string]any{"name": f.unique("Role")} }, map[string]any{"name": "Renamed"}},
	collections.CompanyDomains: {admins, admins, nobody, admins,
		func(f *fixture) map[string]any {
			return map[string]any{"name": strings.ToLower(f.unique("book") + "." + f.Id + ".example")}
		}, map[string]any{"state": "verified"}},
	collections.Members: {everyone, nobody, admins, nobody, nil, map[string]any{"away": true}},
	collections.Invites: {admins, nobody, admins, nobody, nil, map[string]any{"revoked": true}},
	collections.APIKeys: {admins, nobody, admins, nobody, nil, map[string]any{"name": "Renamed"}},
	collections.Queues: {everyone, admins, admins, admins,
		func(f *fixture) map[string]any { return map[string]any{"name": f.unique("Queue")} }, map[string]any{"color": "teal"}},
	collections.Channels: {everyone, admins, admins, admins,
		func(f *fixture) map[string]any {
			return map[string]any{"kind": "webchat", "name": f.unique("Site"), "public_key": f.unique("key") + f.Id}
		}, map[string]any{"name": "Renamed"}},
	collections.WebchatVisitors: {nobody, nobody, nobody, nobody, nil, map[string]any{"name": "Renamed"}},
	collections.ChannelEvents:   {nobody, nobody, nobody, nobody, nil, map[string]any{"error": "none"}},
	collections.Contacts: {everyone, everyone, everyone, nobody,
		func(f *fixture) map[string]any { return map[string]any{"name": f.unique("Contact")} }, map[string]any{"notes": "called"}},
	collections.Tags: {everyone, everyone, leaders, nobody,
		func(f *fixture) map[string]any { return map[string]any{"name": f.unique("Tag")} }, map[string]any{"color": "#123456"}},
	collections.ContactFields: {everyone, leaders, leaders, leaders,
		func(f *fixture) map[string]any { return map[string]any{"label": f.unique("Field"), "type": "text"} }, map[string]any{"label": "Renamed"}},
	collections.ContactChanges: {everyone, nobody, nobody, nobody, nil, map[string]any{"changes": map[string]any{}}},
	collections.ContactMerges:  {everyone, nobody, nobody, nobody, nil, map[string]any{"reason": "by_hand"}},
	collections.ContactPhotos:  {everyone, nobody, nobody, nobody, nil, map[string]any{"data": ""}},
	collections.Identities:     {everyone, nobody, nobody, nobody, nil, map[string]any{"value": "changed"}},
	collections.Consents:       {everyone, nobody, nobody, nobody, nil, map[string]any{"text": "something else"}},
	collections.Conversations:  {everyone, nobody, everyone, nobody, nil, map[string]any{"locale": "es"}},
	collections.Messages: {everyone, everyone, everyone, nobody,
		func(f *fixture) map[string]any {
			return map[string]any{"conversation": f.row(collections.Conversations).Id, "contact": f.row(collections.Contacts).Id,
				"channel": f.row(collections.Channels).Id, "direction": "out", "kind": "text", "text": "hi", "status": "queued",
				"at": time.Now().UTC()}
		}, map[string]any{"status": "queued"}},
	collections.Files: {everyone, nobody, nobody, nobody, nil, map[string]any{"name": "renamed.png"}},
	collections.QuickReplies: {everyone, admins, admins, admins,
		func(f *fixture) map[string]any { return map[string]any{"shortcut": f.unique("hi"), "text": "Hello"} }, map[string]any{"text": "Hi"}},
	collections.Ratings: {everyone, nobody, nobody, nobody, nil, map[string]any{"score": 1}},
	collections.Agendas: {everyone, leaders, leaders, leaders,
		func(f *fixture) map[string]any {
			return map[string]any{"name": f.unique("Agenda"), "kind": "room", "timezone": "America/Sao_Paulo", "active": true}
		}, map[string]any{"color": "teal"}},
	collections.Availabilities: {everyone, leaders, leaders, leaders,
		func(f *fixture) map[string]any {
			return map[string]any{"agenda": f.row(collections.Agendas).Id, "weekday": 1, "start": 0, "end": 60}
		}, map[string]any{"end": 120}},
	collections.AvailabilityOverrides: {everyone, leaders, leaders, leaders,
		func(f *fixture) map[string]any {
			return map[string]any{"agenda": f.row(collections.Agendas).Id, "date": f.date(), "windows": [][]int{}}
		}, map[string]any{"reason": "holiday"}},
	collections.Services: {everyone, leaders, leaders, leaders,
		func(f *fixture) map[string]any {
			return map[string]any{"name": f.unique("Service"), "duration": 30, "capacity": 1, "active": true, "agendas": []string{f.row(collections.Agendas).Id}}
		}, map[string]any{"color": "teal"}},
	collections.Appointments: {everyone, leaders, leaders, nobody,
		func(f *fixture) map[string]any {
			start := f.hour()
			return map[string]any{"agenda": f.row(collections.Agendas).Id, "service": f.row(collections.Services).Id,
				"contact": f.row(collections.Contacts).Id, "start": start, "end": start.Add(time.Hour), "status": "confirmed", "source": "member"}
		}, map[string]any{"note": "bring papers"}},
	collections.Occupancies:     {everyone, nobody, nobody, nobody, nil, map[string]any{"title": "changed"}},
	collections.IdempotencyKeys: {nobody, nobody, nobody, nobody, nil, map[string]any{"key": "changed"}},
	collections.Mails:           {admins, nobody, nobody, nobody, nil, map[string]any{"status": "queued"}},
	collections.Reminders:       {everyone, nobody, nobody, nobody, nil, map[string]any{"status": "cancelled"}},
	collections.Audit:           {admins, nobody, nobody, nobody, nil, map[string]any{"action": "changed"}},
	collections.AIKeys: {admins, admins, admins, admins,
		func(f *fixture) map[string]any {
			return map[string]any{"name": f.unique("Key"), "base_url": "https://ai.example.com/v1", "key": "sk-0123456789abcdef"}
		}, map[string]any{"name": "Renamed"}},
	collections.Agents: {everyone, admins, admins, admins,
		func(f *fixture) map[string]any { return map[string]any{"name": f.unique("Agent")} }, map[string]any{"persona": "Clara"}},
	collections.AgentPrompts: {admins, admins, admins, admins,
		func(f *fixture) map[string]any { return map[string]any{"name": f.unique("Prompt")} }, map[string]any{"name": "Renamed"}},
	collections.AgentPromptVersions: {admins, admins, nobody, nobody,
		func(f *fixture) map[string]any {
			return map[string]any{"prompt": f.row(collections.AgentPrompts).Id, "text": "Be kind."}
		}, map[string]any{"state": "live"}},
	collections.Knowledge: {admins, admins, admins, admins,
		func(f *fixture) map[string]any {
			return map[string]any{"kind": "page", "title": f.unique("Page"), "text": "We open at nine."}
		}, map[string]any{"title": "Renamed"}},
	collections.AgentRuns:        {everyone, nobody, nobody, nobody, nil, map[string]any{"outcome": "answered"}},
	collections.AgentSpend:       {admins, nobody, nobody, nobody, nil, map[string]any{"tokens": 0}},
	collections.AgentEvaluations: {admins, nobody, nobody, nobody, nil, map[string]any{"share": 100}},
	collections.AgentTrials:      {admins, nobody, nobody, nobody, nil, map[string]any{"passed": true}},
	collections.Imports:          {leaders, nobody, nobody, nobody, nil, map[string]any{"state": "done"}},
	collections.ImportBatches:    {nobody, nobody, nobody, nobody, nil, map[string]any{"undone": true}},
	collections.Exports:          {admins, nobody, nobody, nobody, nil, map[string]any{"state": "done"}},
}

// fixture is a company with one row in every collection.
type fixture struct {
	*recadotest.Company
	app    *recadotest.App
	rows   map[string]*core.Record
	actors map[string]string // tokens by role
	serial int
}

// epoch is far enough ahead for every booking to be in the future.
func epoch() time.Time {
	return time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 7)
}

func (f *fixture) unique(name string) string { f.serial++; return fmt.Sprintf("%s%d", name, f.serial) }
func (f *fixture) hour() time.Time {
	f.serial++
	return epoch().Add(time.Duration(f.serial) * time.Hour)
}
func (f *fixture) date() string {
	f.serial++

	return epoch().AddDate(1, 0, f.serial).Format(time.DateOnly)
}

func (f *fixture) row(collection string) *core.Record { return f.rows[collection] }

func newFixture(t *testing.T, app *recadotest.App) *fixture {
	t.Helper()

	f := &fixture{Company: app.Company(), app: app, rows: map[string]*core.Record{}, actors: map[string]string{}}
	for _, role := range []string{"owner", "admin", "manager", "agent"} {
		f.actors[role] = f.Member(role).Token
	}
	key := app.User()
	key.Set("kind", "key")
	if err := app.Save(key); err != nil {
		t.Fatal(err)
	}
	holder := f.Join(key, "agent")
	f.actors["key"] = "rk_" + f.unique("secret") + f.Id
	f.rows[collections.APIKeys] = f.Create(collections.APIKeys, map[string]any{"name": "Key", "user": key.Id, "member": holder.Id,
		"key_hash": fmt.Sprintf("%x", sha256.Sum256([]byte(f.actors["key"])))})

	f.make(collections.CompanyDomains, nil)
	f.make(collections.Roles, nil)
	f.rows[collections.Members] = f.Member("agent").Record
	f.make(collections.Invites, map[string]any{"role": f.Roles["agent"].Id, "token_hash": f.unique("hash") + f.Id, "expires": epoch()})
	f.make(collections.Queues, nil)
	f.make(collections.Channels, nil)
	f.make(collections.Tags, nil)
	f.make(collections.ContactFields, nil)
	f.make(collections.Contacts, nil)
	f.make(collections.ContactChanges, map[string]any{"contact": f.row(collections.Contacts).Id})
	f.make(collections.ContactMerges, map[string]any{"contact": f.row(collections.Contacts).Id, "merged": f.row(collections.Contacts).Id, "reason": "by_hand"})
	f.make(collections.ContactPhotos, map[string]any{"contact": f.row(collections.Contacts).Id, "fetched_at": time.Now()})
	f.make(collections.WebchatVisitors, map[string]any{"channel": f.row(collections.Channels).Id, "token_hash": f.unique("hash") + f.Id, "visitor": "v"})
	f.make(collections.ChannelEvents, map[string]any{"channel": f.row(collections.Channels).Id, "external_id": "1"})
	f.make(collections.Consents, map[string]any{
		"contact": f.row(collections.Contacts).Id, "channel": f.row(collections.Channels).Id, "kind": "shown", "text": "By writing you agree.",
		"hash": "abc", "at": time.Now(),
	})
	f.make(collections.Identities, map[string]any{"contact": f.row(collections.Contacts).Id, "kind": "visitor", "value": f.unique("v")})
	f.make(collections.Conversations, map[string]any{"contact": f.row(collections.Contacts).Id,
		"channel": f.row(collections.Channels).Id, "status": "pending", "answerer": "waiting"})
	f.make(collections.Messages, map[string]any{"status": "failed"})
	f.rows[collections.Files] = f.file()
	f.make(collections.QuickReplies, nil)
	f.make(collections.Ratings, map[string]any{"conversation": f.row(collections.Conversations).Id,
		"contact": f.row(collections.Contacts).Id, "scale": 5, "status": "asked"})
	f.make(collections.Agendas, nil)
	for weekday := range 7 {
		f.make(collections.Availabilities, map[string]any{"weekday": weekday, "start": 0, "end": 1440})
	}
	f.make(collections.Availabilities, nil) // the row that is changed: appointments need the others
	f.make(collections.AvailabilityOverrides, nil)
	f.make(collections.Services, map[string]any{"step": 60, "duration": 60, "horizon_days": 60, "active": true})
	f.make(collections.Appointments, nil)
	f.rows[collections.Occupancies] = f.Create(collections.Occupancies, map[string]any{"kind": "block", "resource": f.row(collections.Agendas).Id,
		"blocked_start": epoch().AddDate(1, 0, 0).Unix(), "blocked_end": epoch().AddDate(1, 0, 0).Unix() + 3600, "status": "confirmed"})
	f.make(collections.Mails, map[string]any{"to": "someone@example.com", "subject": "Hi", "kind": "test", "status": "failed"})
	f.make(collections.Reminders, map[string]any{"appointment": f.row(collections.Appointments).Id, "agenda": f.row(collections.Agendas).Id,
		"contact": f.row(collections.Contacts).Id, "kind": "before", "due": epoch(), "status": "scheduled"})
	f.make(collections.IdempotencyKeys, map[string]any{"key": f.unique("key"), "body_hash": "x"})
	f.make(collections.Audit, map[string]any{"action": "test"})
	f.make(collections.Imports, map[string]any{"member": f.row(collections.Members).Id, "state": "draft"})
	f.make(collections.ImportBatches, map[string]any{"import": f.row(collections.Imports).Id})
	f.make(collections.Exports, map[string]any{"member": f.row(collections.Members).Id, "state": "done"})
	f.make(collections.AIKeys, nil)
	f.make(collections.AgentPrompts, nil)
	f.make(collections.AgentPromptVersions, nil)
	f.make(collections.Knowledge, nil)
	f.make(collections.Agents, nil)
	f.make(collections.AgentRuns, map[string]any{"agent": f.row(collections.Agents).Id, "conversation": f.row(collections.Conversations).Id,
		"contact": f.row(collections.Contacts).Id, "status": "done"})
	f.make(collections.AgentSpend, map[string]any{"agent": f.row(collections.Agents).Id, "day": f.date()})
	f.make(collections.AgentEvaluations, map[string]any{"agent": f.row(collections.Agents).Id, "version": f.row(collections.AgentPromptVersions).Id, "status": "done"})
	f.make(collections.AgentTrials, map[string]any{"evaluation": f.row(collections.AgentEvaluations).Id, "scenario": "en/one"})

	return f
}

// file is an uploaded picture.
func (f *fixture) file() *core.Record {
	f.app.T.Helper()

	upload, err := filesystem.NewFileFromBytes([]byte("\x89PNG\r\n\x1a\n"), "picture.png")
	if err != nil {
		f.app.T.Fatal(err)
	}

	return f.Create(collections.Files, map[string]any{"conversation": f.row(collections.Conversations).Id, "file": upload})
}

// make creates the fixture's row of a collection from its expectation's body and more.
func (f *fixture) make(collection string, more map[string]any) {
	f.app.T.Helper()

	values := map[string]any{}
	if body := expectations[collection].body; body != nil {
		values = body(f)
	}
	maps.Copy(values, more)
	f.rows[collection] = f.Create(collection, values)
}

// Parity: LS-clients, LC-subusers, LC-roles, LC-isolation, WB-isolation, DC-users.
func TestEveryCollectionIsGuarded(t *testing.T) {
	app := recadotest.New(t, nil)
	mine, theirs := newFixture(t, app), newFixture(t, app)
	superuser := app.Superuser()

	for _, def := range collections.OfCompany() {
		expected, ok := expectations[def.Name]
		if !ok {
			t.Errorf("collection %s has no declared expectation", def.Name)
			continue
		}

		t.Run(def.Name, func(t *testing.T) {
			app.T = t
			for _, role := range strings.Fields(everyone) {
				check(t, mine, def.Name, role, mine.actors[role], expected, role)
				// A member of the other company, asking for this one and with its own ?company=.
				check(t, mine, def.Name, "other company's "+role, theirs.actors[role], expected, "")
				checkForeign(t, mine, theirs, def.Name, theirs.actors[role])
			}
			check(t, mine, def.Name, "guest", "", expected, "")
			if got := app.Do(http.MethodGet, mine.Records(def.Name), superuser, nil); !slices.Contains(got.Items(), mine.rows[def.Name].Id) {
				t.Errorf("a superuser does not see the row: %s", got.Raw)
			}
		})
	}
	app.T = t
}

// ofAccounts has a line for every collection whose rows are of no company: how a
// row of an account is made, and whether its owner may change it. Nobody else may
// anything, and nobody makes or deletes one.
var ofAccounts = map[string]struct {
	row    func(f *fixture, user *core.Record) *core.Record
	patch  map[string]any
	unseen bool // by its owner too
}{
	collections.Users: {func(f *fixture, user *core.Record) *core.Record { return user }, map[string]any{"name": "Renamed"}, false},
	collections.AuthSessions: {func(f *fixture, user *core.Record) *core.Record {
		return f.app.Create(collections.AuthSessions, map[string]any{"user": user.Id, "kind": "sign_in", "last_seen": epoch(), "expires": epoch()})
	}, nil, false},
	collections.AuthFactors: {func(f *fixture, user *core.Record) *core.Record {
		return f.app.Create(collections.AuthFactors, map[string]any{"user": user.Id, "secret": "v1:x"})
	}, nil, false},
	collections.AuthTickets: {func(f *fixture, user *core.Record) *core.Record {
		return f.app.Create(collections.AuthTickets, map[string]any{"user": user.Id, "kind": "reset", "expires": epoch()})
	}, nil, true},
}

// Parity: LS-auth-update, LC-users, DC-users.
func TestWhatIsOfAnAccountIsItsOwn(t *testing.T) {
	app := recadotest.New(t, nil)
	f := newFixture(t, app)
	owner := f.Member("agent")

	for _, def := range collections.All() {
		if def.Company || def.Name == collections.Companies {
			continue
		}
		expected, ok := ofAccounts[def.Name]
		if !ok {
			t.Errorf("collection %s has no declared expectation", def.Name)
			continue
		}
		row := expected.row(f, owner.User)
		tokens := map[string]string{"guest": "", "owner": owner.Token}
		for role, token := range f.actors {
			tokens["other "+role] = token
		}
		for who, token := range tokens {
			mine := who == "owner" && !expected.unseen
			for _, url := range []string{"/api/collections/" + def.Name + "/records", f.Records(def.Name)} {
				if got := slices.Contains(app.Do(http.MethodGet, url, token, nil).Items(), row.Id); got != mine {
					t.Errorf("%s: %s lists: %v", def.Name, who, got)
				}
				if got := app.Do(http.MethodPost, url, token, row.PublicExport()); got.Status < 400 {
					t.Errorf("%s: %s creates: %s", def.Name, who, got.Raw)
				}
			}
			url := f.RecordURL(row)
			if got := app.Do(http.MethodGet, url, token, nil).Status == http.StatusOK; got != mine {
				t.Errorf("%s: %s views: %v", def.Name, who, got)
			}
			patch := map[string]any{"name": "Renamed", "user": f.actors["owner"]}
			if expected.patch != nil {
				patch = expected.patch
			}
			if got := app.Do(http.MethodPatch, url, token, patch).Status == http.StatusOK; got != (mine && expected.patch != nil) {
				t.Errorf("%s: %s changes: %v", def.Name, who, got)
			}
			if got := app.Do(http.MethodDelete, url, token, nil); got.Status < 400 {
				t.Errorf("%s: %s deletes", def.Name, who)
			}
		}
	}
}

// Parity: WT-queues, WT-users.
func TestAQueueGuardsWhatWaitsInIt(t *testing.T) {
	app := recadotest.New(t, nil)
	f := newFixture(t, app)
	sales, support := f.Queue(), f.Queue()
	people := map[string]*recadotest.Member{"agent of both": f.Member("agent"), "agent of sales": f.Member("agent"), "agent of none": f.Member("agent"), "manager of none": f.Member("manager")}
	for name, queues := range map[string][]string{"agent of both": {sales.Id, support.Id}, "agent of sales": {sales.Id}} {
		people[name].Set("queues", queues)
		if err := app.Save(people[name].Record); err != nil {
			t.Fatal(err)
		}
	}
	put := func(queue string, assignee string) {
		t.Helper()
		row := app.Reload(f.row(collections.Conversations))
		row.Load(map[string]any{"queue": queue, "assignee": assignee, "status": "open"})
		if err := app.Save(row); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(when string, who ...string) {
		t.Helper()
		for name, person := range people {
			want := slices.Contains(who, name)
			for _, collection := range []string{collections.Conversations, collections.Messages, collections.Files} {
				row := f.row(collection)
				if got := slices.Contains(app.Do(http.MethodGet, f.Records(collection), person.Token, nil).Items(), row.Id); got != want {
					t.Errorf("%s, %s lists %s: %v, want %v", when, name, collection, got, want)
				}
				if got := app.Do(http.MethodGet, f.RecordURL(row), person.Token, nil).Status == http.StatusOK; got != want {
					t.Errorf("%s, %s views %s: %v, want %v", when, name, collection, got, want)
				}
			}
			if got := app.Do(http.MethodPatch, f.RecordURL(f.row(collections.Conversations)), person.Token, map[string]any{"unread": 0}).Status == http.StatusOK; got != want {
				t.Errorf("%s, %s edits: %v, want %v", when, name, got, want)
			}
			if got := app.Do(http.MethodGet, f.URL("/api/recado/files/"+f.row(collections.Files).Id), person.Token, nil).Status == http.StatusOK; got != want {
				t.Errorf("%s, %s downloads: %v, want %v", when, name, got, want)
			}
			note := map[string]any{"company": f.Id, "conversation": f.row(collections.Conversations).Id, "kind": "note", "text": "seen", "direction": "out",
				"contact": f.row(collections.Contacts).Id, "channel": f.row(collections.Channels).Id, "status": "sent", "at": time.Now().UTC()}
			if got := app.Do(http.MethodPost, f.Records(collections.Messages), person.Token, note).Status == http.StatusOK; got != want {
				t.Errorf("%s, %s writes: %v, want %v", when, name, got, want)
			}
		}
	}

	put("", "")
	expect("in no queue", "agent of both", "agent of sales", "agent of none", "manager of none")
	put(sales.Id, "")
	expect("in sales", "agent of both", "agent of sales", "manager of none")
	put(support.Id, "")
	expect("in support", "agent of both", "manager of none")
	put(support.Id, people["agent of none"].Id)
	expect("assigned", "agent of none", "manager of none")
}

// check compares what an actor can do with what the role may.
func check(t *testing.T, f *fixture, collection, actor, token string, expected expectation, role string) {
	t.Helper()

	may := func(roles string) bool { return role != "" && slices.Contains(strings.Fields(roles), role) }
	row := f.rows[collection]
	f.reset()

	list := f.app.Do(http.MethodGet, f.Records(collection), token, nil)
	if got := slices.Contains(list.Items(), row.Id); got != may(expected.read) {
		t.Errorf("%s lists: %v, want %v: %s", actor, got, may(expected.read), list.Raw)
	}
	view := f.app.Do(http.MethodGet, f.RecordURL(row), token, nil)
	if got := view.Status == http.StatusOK; got != may(expected.read) {
		t.Errorf("%s views: %v, want %v: %s", actor, got, may(expected.read), view.Raw)
	}
	if bare := f.app.Do(http.MethodGet, strings.Split(f.RecordURL(row), "?")[0], token, nil); bare.Status == http.StatusOK && collection != collections.Members {
		t.Errorf("%s views without ?company=", actor)
	}

	if expected.body != nil || !may(expected.create) {
		body := map[string]any{"company": f.Id}
		if expected.body != nil {
			maps.Copy(body, expected.body(f))
			body["company"] = f.Id
		}
		create := f.app.Do(http.MethodPost, f.Records(collection), token, body)
		f.reset()
		if got := create.Status == http.StatusOK; got != may(expected.create) {
			t.Errorf("%s creates: %d, want allowed %v: %s", actor, create.Status, may(expected.create), create.Raw)
		}
	}

	update := f.app.Do(http.MethodPatch, f.RecordURL(row), token, expected.patch)
	if got := update.Status == http.StatusOK; got != may(expected.update) {
		t.Errorf("%s updates: %d, want allowed %v: %s", actor, update.Status, may(expected.update), update.Raw)
	}

	victim := row
	if may(expected.remove) {
		victim = f.Create(collection, expected.body(f))
	}
	remove := f.app.Do(http.MethodDelete, f.RecordURL(victim), token, nil)
	if got := remove.Status == http.StatusNoContent; got != may(expected.remove) {
		t.Errorf("%s deletes: %d, want allowed %v: %s", actor, remove.Status, may(expected.remove), remove.Raw)
	}
}

// checkForeign makes sure that naming one's own company opens no foreign row.
func checkForeign(t *testing.T, mine, theirs *fixture, collection, token string) {
	t.Helper()

	url := "/api/collections/" + collection + "/records/" + mine.rows[collection].Id
	for _, method := range []string{http.MethodGet, http.MethodPatch, http.MethodDelete} {
		if got := mine.app.Do(method, theirs.URL(url), token, expectations[collection].patch); got.Status < 400 {
			t.Errorf("%s of a foreign row answered %d", method, got.Status)
		}
	}
	// A row smuggled into another company, or one that refers into it.
	if body := expectations[collection].body; body != nil {
		smuggled := body(mine)
		smuggled["company"] = mine.Id
		if got := mine.app.Do(http.MethodPost, theirs.Records(collection), token, smuggled); got.Status < 400 {
			t.Errorf("a row was made in another company: %s", got.Raw)
		}
	}
}

// reset puts back what using the rows changes: whoever writes to a conversation
// has it, and only a failed message can be sent again.
func (f *fixture) reset() {
	f.app.T.Helper()

	for collection, change := range map[string]map[string]any{
		collections.Conversations: {"assignee": "", "status": "pending"},
		collections.Messages:      {"status": "failed"},
	} {
		row := f.app.Reload(f.rows[collection])
		row.Load(change)
		if err := f.app.Save(row); err != nil {
			f.app.T.Fatal(err)
		}
	}
}
