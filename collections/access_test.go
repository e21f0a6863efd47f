package collections_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/openapi"
	"recado/hooks/recadotest"
)

// key makes an API key that may do just what is named, and returns its token and member.
func (f *fixture) key(permissions ...string) (token string, member *core.Record) {
	f.app.T.Helper()
	user := f.app.User()
	user.Set("kind", "key")
	if err := f.app.Save(user); err != nil {
		f.app.T.Fatal(err)
	}
	member = f.Join(user, "agent").Record
	token = "rk_" + f.unique("secret") + f.Id
	f.Create(collections.APIKeys, map[string]any{"name": "Key", "user": user.Id, "member": member.Id, "key_hash": fmt.Sprintf("%x", sha256.Sum256([]byte(token)))})
	f.allow(member, permissions...)

	return token, member
}

// allow lets a member do just what is named.
func (f *fixture) allow(member *core.Record, permissions ...string) {
	f.app.T.Helper()
	fresh := f.app.Reload(member)
	fresh.Set("exceptions", map[string]any{"only": append([]string{}, permissions...)})
	if err := f.app.Save(fresh); err != nil {
		f.app.T.Fatal(err)
	}
}

// give makes everything in the fixture that can be somebody's a member's.
func (f *fixture) give(member string) {
	f.app.T.Helper()
	for collection, field := range map[string]string{
		collections.Contacts: "owner", collections.Conversations: "assignee", collections.Agendas: "member", collections.QuickReplies: "owner",
	} {
		row := f.app.Reload(f.row(collection))
		row.Set(field, member)
		if err := f.app.Save(row); err != nil {
			f.app.T.Fatal(err)
		}
	}
}

// Every collection whose rows are somebody's, seen by a sub-user and by a key with one
// reach each: mine, my team's, all. Parity: LC-subusers, LC-isolation, WB-isolation.
func TestEveryReachIsWhatItSays(t *testing.T) {
	app := recadotest.New(t, nil)
	f := newFixture(t, app)
	person := f.Member("agent")
	token, holder := f.key()
	sub, other := f.Member("agent"), f.Member("agent")

	for name, who := range map[string]struct {
		token  string
		member *core.Record
	}{"sub-user": {person.Token, person.Record}, "key": {token, holder}} {
		below := app.Reload(sub.Record)
		below.Set("manager", who.member.Id)
		if err := app.Save(below); err != nil {
			t.Fatal(err)
		}
		for whose, owner := range map[string]string{"own": who.member.Id, "team": sub.Id, "all": other.Id, "nobody": ""} {
			f.give(owner)
			for _, noun := range []string{"contacts", "inbox", "agenda"} {
				for reach, reached := range map[string][]string{"own": {"own"}, "team": {"own", "team"}, "all": {"own", "team", "all", "nobody"}} {
					f.allow(who.member, noun+".view_"+reach)
					for _, def := range collections.OfCompany() {
						// A key asks 600 times a minute at most: one collection of each way to an owner.
						if def.Scope.Noun == "" || name == "key" && !slices.Contains(heads, def.Name) {
							continue
						}
						want := def.Scope.Noun == noun && (slices.Contains(reached, whose) || whose == "nobody" && def.Scope.OpenToAll)
						row := f.row(def.Name)
						if got := slices.Contains(app.Do(http.MethodGet, f.Records(def.Name), who.token, nil).Items(), row.Id); got != want {
							t.Errorf("%s with %s.view_%s lists %s of %s: %v", name, noun, reach, def.Name, whose, got)
						}
						if got := app.Do(http.MethodGet, f.RecordURL(row), who.token, nil).Status == http.StatusOK; got != want {
							t.Errorf("%s with %s.view_%s views %s of %s: %v", name, noun, reach, def.Name, whose, got)
						}
						if whose != "own" {
							continue
						}
						if got := app.Do(http.MethodPatch, f.RecordURL(row), who.token, expectations[def.Name].patch); got.Status < 400 {
							t.Errorf("%s with %s.view_%s changes %s", name, noun, reach, def.Name)
						}
					}
					want := noun == "inbox" && (slices.Contains(reached, whose) || whose == "nobody")
					if got := app.Do(http.MethodGet, f.URL("/api/recado/files/"+f.row(collections.Files).Id), who.token, nil).Status == http.StatusOK; got != want {
						t.Errorf("%s with %s.view_%s fetches a file of %s: %v", name, noun, reach, whose, got)
					}
				}
			}
		}
	}
}

// heads are a collection of each way to an owner.
var heads = []string{collections.Contacts, collections.Conversations, collections.Messages, collections.Appointments}

// outsiders are those who shall see nothing that takes a permission: somebody who was
// let go, a member and a key who may nothing, members of another company.
func outsiders(f, theirs *fixture) map[string]string {
	f.app.T.Helper()
	gone, blind := f.Member("owner"), f.Member("agent")
	f.allow(blind.Record)
	left := f.app.Reload(gone.Record)
	left.Set("active", false)
	if err := f.app.Save(left); err != nil {
		f.app.T.Fatal(err)
	}
	key, _ := f.key()

	return map[string]string{"removed": gone.Token, "without permissions": blind.Token, "key without permissions": key, "another company's": theirs.actors["owner"]}
}

// What somebody may not see they learn by no side door: not by expanding a relation,
// nor by filtering and sorting along one, forwards, backwards or by @collection.
// Parity: WB-isolation, LC-isolation.
func TestWhatIsHiddenHasNoSideDoor(t *testing.T) {
	app := recadotest.New(t, nil)
	mine, theirs := newFixture(t, app), newFixture(t, app)
	mine.rows[collections.Companies] = mine.Record

	for who, token := range outsiders(mine, theirs) {
		at := mine
		if who == "another company's" {
			at = theirs // by their own company: naming the other one shows nothing at all
		}
		hidden := map[string]bool{}
		for name, row := range mine.rows {
			hidden[name] = app.Do(http.MethodGet, at.RecordURL(row), token, nil).Status != http.StatusOK
		}
		list := func(name string, query url.Values) recadotest.Response {
			return app.Do(http.MethodGet, at.Records(name)+"&"+query.Encode(), token, nil)
		}
		for _, def := range append(collections.OfCompany(), mustFind(t, collections.Companies)) {
			for _, other := range collections.OfCompany() {
				if row := mine.rows[other.Name]; row != nil && hidden[other.Name] {
					if got := list(def.Name, url.Values{"filter": {"@collection." + other.Name + ".id ?= '" + row.Id + "'"}}); len(got.Items()) > 0 {
						t.Errorf("%s learns of %s by @collection on %s", who, other.Name, def.Name)
					}
				}
			}
			for _, field := range def.Fields {
				relation, ok := field.(*core.RelationField)
				if !ok || relation.GetHidden() {
					continue
				}
				target := nameOf(relation.CollectionId)
				from, to := mine.rows[def.Name], mine.rows[target]
				if from == nil || to == nil {
					continue
				}
				if hidden[target] && !hidden[def.Name] {
					got := list(def.Name, url.Values{"expand": {relation.Name}})
					if strings.Contains(string(got.Raw), `"expand":{"`+relation.Name+`":{`) && strings.Contains(string(got.Raw), `"id":"`+to.Id+`"`) {
						t.Errorf("%s expands %s of %s: %s", who, relation.Name, def.Name, got.Raw)
					}
					for _, query := range []url.Values{{"filter": {relation.Name + ".created > '2000-01-01'"}}, {"sort": {relation.Name + ".created"}, "filter": {relation.Name + ".id = '" + to.Id + "' && " + relation.Name + ".created != ''"}}} {
						if got := list(def.Name, query); slices.Contains(got.Items(), from.Id) && from.GetString(relation.Name) == to.Id {
							t.Errorf("%s learns of %s along %s.%s: %v", who, target, def.Name, relation.Name, query)
						}
					}
				}
				if hidden[def.Name] && !hidden[target] {
					if got := list(target, url.Values{"filter": {def.Name + "_via_" + relation.Name + ".id ?= '" + from.Id + "'"}}); len(got.Items()) > 0 {
						t.Errorf("%s learns of %s back from %s", who, def.Name, target)
					}
				}
			}
		}
	}
}

func mustFind(t *testing.T, name string) collections.Def {
	t.Helper()
	def, ok := collections.Find(name)
	if !ok {
		t.Fatal(name)
	}

	return def
}

func nameOf(id string) string {
	for _, def := range collections.All() {
		if collections.ID(def.Name) == id {
			return def.Name
		}
	}

	return ""
}

// An owner reaches nothing of another company by any id they put into a record: for
// every relation of every collection, made and changed. Parity: WB-isolation.
func TestNoRelationReachesIntoAnotherCompany(t *testing.T) {
	app := recadotest.New(t, nil)
	mine, theirs := newFixture(t, app), newFixture(t, app)
	token := mine.actors["owner"]
	for _, def := range collections.OfCompany() {
		expected := expectations[def.Name]
		for _, field := range def.Fields {
			relation, ok := field.(*core.RelationField)
			if !ok {
				continue
			}
			foreign := theirs.rows[nameOf(relation.CollectionId)]
			if foreign == nil {
				continue
			}
			var value any = foreign.Id
			if relation.MaxSelect > 1 {
				value = []string{foreign.Id}
			}
			if expected.body != nil {
				body := expected.body(mine)
				body["company"], body[relation.Name] = mine.Id, value
				app.Do(http.MethodPost, mine.Records(def.Name), token, body)
			}
			app.Do(http.MethodPatch, mine.RecordURL(mine.row(def.Name)), token, map[string]any{relation.Name: value})
			if relation.MaxSelect > 1 {
				app.Do(http.MethodPatch, mine.RecordURL(mine.row(def.Name)), token, map[string]any{relation.Name + "+": foreign.Id})
			}
			got, err := app.CountRecords(def.Name, dbx.HashExp{"company": mine.Id}, dbx.NewExp(relation.Name+" LIKE {:id}", dbx.Params{"id": "%" + foreign.Id + "%"}))
			if err != nil || got > 0 {
				t.Errorf("%d rows of %s have a foreign %s, %v", got, def.Name, relation.Name, err)
			}
		}
		if update := app.Do(http.MethodPatch, mine.RecordURL(mine.row(def.Name)), token, map[string]any{"company": theirs.Id}); update.Status < 400 && update.JSON["company"] != mine.Id {
			t.Errorf("a row of %s moved: %s", def.Name, update.Raw)
		}
	}
}

// calledByAll are the routes of members that take no permission: they answer with what
// the caller may see, or act on the caller alone. Every other one refuses who may nothing.
var calledByAll = []string{
	"POST /api/recado/away", "GET /api/recado/contacts/count", "GET /api/recado/search", "GET /api/recado/appointments/unreachable",
	"GET /api/recado/agendas/{id}/slots", "GET /api/recado/agendas/{id}/slots/explain", "GET /api/recado/services/{id}/next",
}

// nothingToShow is what the routes answer that ask the rules and no member.
var nothingToShow = map[string]string{
	"GET /api/recado/contacts/count": `{"count":0}`, "GET /api/recado/appointments/unreachable": `{"items":[]}`,
	"POST /api/recado/contacts/bulk": `{"total":0,"done":0,"skipped":0,"appointments":0,"end":true}`,
}

// collectionOf says of which collection the id in a route's path is.
func collectionOf(path string) string {
	for part, name := range map[string]string{
		"/contacts/import/": collections.Imports, "/contacts/": collections.Contacts, "/conversations/": collections.Conversations, "/messages/": collections.Messages,
		"/channels/": collections.Channels, "/quick-replies/": collections.QuickReplies, "/agendas/": collections.Agendas, "/services/": collections.Services,
		"/appointments/": collections.Appointments, "/occupancies/": collections.Occupancies, "/mails/": collections.Mails, "/members/": collections.Members,
		"/ai-keys/": collections.AIKeys, "/agent-prompt-versions/": collections.AgentPromptVersions, "/agent-runs/": collections.AgentRuns, "/exports/": collections.Exports,
		"/files/": collections.Files, "/invites/": collections.Invites, "/domains/": collections.CompanyDomains,
	} {
		if strings.Contains(path, part) && !(name == collections.Contacts && strings.Contains(path, "/contacts/import/")) {
			return name
		}
	}

	return ""
}

var parameter = regexp.MustCompile(`\{(\w+)\}`)

// address is a route's path with the ids of a fixture's rows.
func (f *fixture) address(route openapi.Route) string {
	return parameter.ReplaceAllStringFunc(route.Path, func(name string) string {
		switch {
		case strings.HasPrefix(route.Path, "/api/recado/companies/"):
			return f.Id
		case name == "{merge}":
			return f.row(collections.ContactMerges).Id
		case f.rows[collectionOf(route.Path)] != nil:
			return f.row(collectionOf(route.Path)).Id
		default:
			return "x"
		}
	})
}

// bodyOf is what a route is sent: ids of the fixture's rows, and words.
func (f *fixture) bodyOf(route openapi.Route) any {
	if route.Body == "" || strings.HasPrefix(route.Body, "multipart") {
		return nil
	}
	body := map[string]any{}
	for _, field := range regexp.MustCompile(`(\w+)\??: (\[?)(string|bool|\w+\|)`).FindAllStringSubmatch(route.Body, -1) {
		var value any = "x"
		switch {
		case field[1] == "emoji":
			value = "👍"
		case field[3] == "bool":
			value = true
		case field[3] != "string":
			value = strings.TrimSuffix(field[3], "|")
		case f.rows[named[strings.TrimSuffix(field[1], "s")]] != nil:
			value = f.row(named[strings.TrimSuffix(field[1], "s")]).Id
		}
		if field[2] != "" {
			value = []any{value}
		}
		body[field[1]] = value
	}

	return body
}

// named are the fields of bodies and queries that are ids, by their name.
var named = map[string]string{
	"contact": collections.Contacts, "with": collections.Contacts, "conversation": collections.Conversations, "channel": collections.Channels, "agenda": collections.Agendas,
	"service": collections.Services, "queue": collections.Queues, "assignee": collections.Members, "member": collections.Members, "owner": collections.Members, "to": collections.Members,
	"manager": collections.Members, "role": collections.Roles, "tag": collections.Tags, "exclude": collections.Appointments,
}

// Every route of the table, by everyone who shall not: guests, who was let go, who may
// nothing, another company; by the ids of rows of theirs and with their own company
// named. Parity: WB-isolation, DC-permissions, LC-isolation.
func TestEveryRouteIsGuarded(t *testing.T) {
	app := recadotest.New(t, nil)
	mine, theirs := newFixture(t, app), newFixture(t, app)
	out := outsiders(mine, theirs)
	refused := func(route openapi.Route, got recadotest.Response) bool {
		id := route.Method + " " + route.Path

		return got.Status == 401 || got.Status == 403 || got.Status == 404 ||
			got.Status == 200 && nothingToShow[id] != "" && strings.TrimSpace(string(got.Raw)) == nothingToShow[id]
	}
	call := func(route openapi.Route, at *fixture, address, token string) recadotest.Response {
		return app.Do(route.Method, at.URL(address), token, mine.bodyOf(route))
	}

	for _, route := range openapi.Routes() {
		id := route.Method + " " + route.Path
		if route.Who == "public" || route.Who == "visitor" {
			if route.Who == "visitor" {
				if got := call(route, mine, mine.address(route), ""); !refused(route, got) {
					t.Errorf("%s: a guest: %d %s", id, got.Status, got.Raw)
				}
			}

			continue
		}
		if got := call(route, mine, mine.address(route), ""); !refused(route, got) {
			t.Errorf("%s: a guest: %d %s", id, got.Status, got.Raw)
		}
		if route.Who != "member" {
			if !strings.Contains(route.Path, "{id}") {
				continue
			}
		}
		for who, token := range out {
			if strings.Contains(who, "without permissions") && (slices.Contains(calledByAll, id) || route.Answer == "events") {
				continue
			}
			if got := call(route, mine, mine.address(route), token); !refused(route, got) {
				t.Errorf("%s: %s: %d %s", id, who, got.Status, got.Raw)
			}
		}
		// Their rows, while one's own company is named.
		if collectionOf(route.Path) != "" && strings.Contains(route.Path, "{") {
			if got := call(route, theirs, mine.address(route), theirs.actors["owner"]); !refused(route, got) {
				t.Errorf("%s of another company: %d %s", id, got.Status, got.Raw)
			}
		}
		// Their rows, named in what is sent to a row of one's own.
		for _, field := range regexp.MustCompile(`(\w+)\??: string`).FindAllStringSubmatch(route.Body, -1) {
			if other := mine.rows[named[field[1]]]; other != nil {
				body := map[string]any{field[1]: other.Id}
				for _, rest := range regexp.MustCompile(`(\w+): string`).FindAllStringSubmatch(route.Body, -1) {
					if own := theirs.rows[named[rest[1]]]; own != nil && rest[1] != field[1] {
						body[rest[1]] = own.Id
					}
				}
				if got := app.Do(route.Method, theirs.URL(theirs.address(route)), theirs.actors["owner"], body); got.Status < 400 && strings.Contains(string(got.Raw), other.Id) {
					t.Errorf("%s with a foreign %s: %d %s", id, field[1], got.Status, got.Raw)
				}
			}
		}
	}
}
