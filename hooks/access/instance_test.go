package access_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/recadotest"
)

const instanceKey = "an-instance-key-of-more-than-32-characters"

const tenants = "/api/recado/admin/companies"

// withInstanceKey is a Recado that has one.
func withInstanceKey(t *testing.T, when *recadotest.Clock) *recadotest.App {
	t.Helper()

	return recadotest.New(t, when.Now, "RECADO_INSTANCE_KEY="+instanceKey)
}

const shownKey = "Bearer " + instanceKey

// Parity: WB-auth, WT-auth, LS-admin.
func TestAProgramMakesAndKeepsCompanies(t *testing.T) {
	when := newClock()
	app := withInstanceKey(t, when)
	do := func(method, path string, body any) recadotest.Response {
		t.Helper()

		return app.Do(method, tenants+path, shownKey, body)
	}

	made := do(http.MethodPost, "", map[string]any{
		"name": "Clínica Sol", "locale": "pt-BR", "timezone": "America/Sao_Paulo", "limits": map[string]any{"members": 2},
		"owner": map[string]any{"email": "Ana@Example.com", "days": 3, "send": true},
	}).Must(t, http.StatusOK).JSON
	company := made["company"].(map[string]any)
	id := company["id"].(string)
	if company["slug"] != "clinica-sol" || company["currency"] != "BRL" || company["active"] != true || company["limits"].(map[string]any)["members"] != 2.0 {
		t.Errorf("made %v", company)
	}
	counts := map[string]int64{collections.Members: 0, collections.Roles: 4, collections.Queues: 1, collections.Channels: 1, collections.Agendas: 1, collections.Services: 1, collections.Invites: 1, collections.Mails: 1}
	for collection, want := range counts {
		if got, err := app.CountRecords(collection, dbx.HashExp{"company": id}); err != nil || got != want {
			t.Errorf("it has %d %s, want %d, %v", got, collection, want, err)
		}
	}

	// Its owner joins by the link.
	link := made["invite"].(map[string]any)["url"].(string)
	token := link[strings.LastIndex(link, "/")+1:]
	if got := app.Do(http.MethodPost, "/api/recado/invites/"+token+"/accept", "", account("other@example.com")); got.Code() != "invite_other_email" {
		t.Errorf("somebody else: %s", got.Raw)
	}
	owner := app.Do(http.MethodPost, "/api/recado/invites/"+token+"/accept", "", account("ana@example.com")).Must(t, http.StatusOK).JSON["token"].(string)
	app.Do(http.MethodPatch, "/api/collections/companies/records/"+id+"?company="+id, owner, map[string]any{"phone": "+5511987654321"}).Must(t, http.StatusOK)

	again := do(http.MethodPost, "/"+id+"/invite", map[string]any{"email": "bia@example.com"}).Must(t, http.StatusOK).JSON
	if again["sent"] != false || !strings.Contains(again["url"].(string), "/invite/") {
		t.Errorf("invited %v", again)
	}

	// Changed, limited, suspended and taken back.
	changed := do(http.MethodPatch, "/"+id, map[string]any{"name": "Clínica Lua", "limits": map[string]any{"members": 1}, "suspended": true}).Must(t, http.StatusOK).JSON["company"].(map[string]any)
	if changed["name"] != "Clínica Lua" || changed["suspended"] != true || changed["active"] != false || changed["timezone"] != "America/Sao_Paulo" {
		t.Errorf("changed %v", changed)
	}
	if got := app.Do(http.MethodGet, "/api/collections/contacts/records?company="+id, owner, nil); got.Code() != "company_suspended" {
		t.Errorf("the owner of a suspended company: %s", got.Raw)
	}
	do(http.MethodPatch, "/"+id, map[string]any{"suspended": false}).Must(t, http.StatusOK)
	link = again["url"].(string)
	if got := app.Do(http.MethodPost, "/api/recado/invites/"+link[strings.LastIndex(link, "/")+1:]+"/accept", "", account("bia@example.com")); got.Code() != "limit_reached" {
		t.Errorf("one more than there is room for: %s", got.Raw)
	}
	other := app.Company()
	list := do(http.MethodGet, "", nil).Must(t, http.StatusOK)
	if got := list.Items(); len(got) != 2 || got[0] != id || got[1] != other.Id || strings.Contains(string(list.Raw), "settings") {
		t.Errorf("the list is %s", list.Raw)
	}

	// Each of these is in the log of the company, as the key's.
	row, err := app.FindRecordById(collections.Companies, id)
	if err != nil {
		t.Fatal(err)
	}
	lines := logOf(t, app, &recadotest.Company{Record: row}, dbx.HashExp{"actor_kind": "key", "actor_name": "instance key"})
	seen := map[string]bool{}
	for _, line := range lines {
		seen[line.GetString("action")+" "+line.GetString("collection")] = true
	}
	for _, want := range []string{"create companies", "create roles", "create invites", "update companies"} {
		if !seen[want] {
			t.Errorf("the log lacks %s: %v", want, seen)
		}
	}

	// What is wrong is said.
	for name, try := range map[string]struct {
		method, path string
		body         any
		status       int
		field        string
	}{
		"no name":           {http.MethodPost, "", map[string]any{"name": " "}, 400, "company.name"},
		"no time zone":      {http.MethodPost, "", map[string]any{"name": "X", "timezone": "Mars"}, 400, "company.timezone"},
		"no address":        {http.MethodPost, "", map[string]any{"name": "X", "owner": map[string]any{"email": "x"}}, 400, "email"},
		"an owner unnamed":  {http.MethodPost, "", map[string]any{"name": "X", "owner": map[string]any{}}, 400, "email"},
		"limits":            {http.MethodPost, "", map[string]any{"name": "X", "limits": map[string]any{"members": -1}}, 400, "limits"},
		"limits, in words":  {http.MethodPatch, "/" + id, map[string]any{"limits": "none"}, 400, ""},
		"a language":        {http.MethodPatch, "/" + id, map[string]any{"locale": "tlh"}, 400, "company.locale"},
		"a currency":        {http.MethodPatch, "/" + id, map[string]any{"currency": "Reais"}, 400, "company.currency"},
		"no company":        {http.MethodPatch, "/x", map[string]any{"name": "X"}, 404, ""},
		"nobody's company":  {http.MethodPost, "/x/invite", map[string]any{"email": "x@example.com"}, 404, ""},
		"an unknown person": {http.MethodPost, "/" + id + "/invite", map[string]any{}, 400, "email"},
	} {
		got := do(try.method, try.path, try.body)
		data, _ := got.JSON["data"].(map[string]any)
		if field, _ := data["field"].(string); got.Status != try.status || field != try.field {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	if got, _ := app.CountRecords(collections.Companies); got != 2 {
		t.Errorf("there are %d companies", got)
	}
}

// The key opens nothing of a company, and lies and shows nowhere.
//
// Parity: WB-isolation, LC-isolation.
func TestTheInstanceKeyOpensNothingElse(t *testing.T) {
	when := newClock()
	app := withInstanceKey(t, when)
	company := app.Company()
	conversation := company.Conversation(company.Webchat())
	for _, def := range collections.All() {
		if got := app.Do(http.MethodGet, company.Records(def.Name), shownKey, nil); len(got.Items()) > 0 {
			t.Errorf("it lists %s: %s", def.Name, got.Raw)
		}
		if got := app.Do(http.MethodPost, company.Records(def.Name), shownKey, map[string]any{"company": company.Id, "name": "X"}); got.Status < 400 {
			t.Errorf("it makes %s: %s", def.Name, got.Raw)
		}
	}
	for _, path := range []string{
		"/api/recado/me", company.URL("/api/recado/search?q=x"), company.URL("/api/recado/live"), "/api/recado/admin/overview",
		company.URL("/api/recado/contacts/" + conversation.GetString("contact") + "/export"), "/api/recado/system", "/api/settings", "/api/backups", "/api/logs",
	} {
		if got := app.Do(http.MethodGet, path, shownKey, nil); got.Status != 401 && got.Status != 403 && got.Status != 404 {
			t.Errorf("it opens %s: %d %s", path, got.Status, got.Raw)
		}
	}
	if got := app.Do(http.MethodPatch, company.RecordURL(company.Record), shownKey, map[string]any{"name": "X"}); got.Status < 400 {
		t.Errorf("it changes a company by its record: %s", got.Raw)
	}
	app.Do(http.MethodPatch, tenants+"/"+company.Id, shownKey, map[string]any{"name": "New"}).Must(t, http.StatusOK)

	for where, text := range filesOf(t, app) {
		if strings.Contains(text, instanceKey) {
			t.Errorf("%s has it", where)
		}
	}
}

// Who has no key or a wrong one is told the same as where there is none, and soon
// told to wait.
//
// Parity: WB-auth, WB-errors.
func TestAWrongInstanceKeyIsNone(t *testing.T) {
	when := newClock()
	with, without := withInstanceKey(t, when), recadotest.New(t, when.Now)
	routes := []struct{ method, path string }{
		{http.MethodGet, tenants}, {http.MethodPost, tenants}, {http.MethodPatch, tenants + "/x"}, {http.MethodPost, tenants + "/x/invite"},
	}
	for name, token := range map[string]string{"none": "", "a wrong one": "Bearer " + strings.Repeat("x", 40), "what looks like a token": "a.b.c"} {
		for _, route := range routes {
			on := with.Do(route.method, route.path, token, map[string]any{"name": "X"})
			off := without.Do(route.method, route.path, token, map[string]any{"name": "X"})
			if on.Status != http.StatusUnauthorized || string(on.Raw) != string(off.Raw) {
				t.Errorf("%s, %s: %d %s, where there is none %d %s", name, route.path, on.Status, on.Raw, off.Status, off.Raw)
			}
		}
	}
	if got := without.Do(http.MethodGet, tenants, shownKey, nil); got.Status != http.StatusUnauthorized {
		t.Errorf("the key of another Recado: %s", got.Raw)
	}
	company := with.Company()
	owner, root := company.Member("owner"), with.Superuser()
	for _, route := range routes {
		if got := with.Do(route.method, route.path, owner.Token, map[string]any{"name": "X"}); got.Code() != "forbidden" {
			t.Errorf("an owner, %s: %s", route.path, got.Raw)
		}
	}
	with.Do(http.MethodGet, tenants, root, nil).Must(t, http.StatusOK)

	waits := 0
	for range 120 {
		if got := with.Do(http.MethodGet, tenants, "Bearer "+strings.Repeat("y", 40), nil); got.Status == 429 && got.Header.Get("Retry-After") != "" {
			waits++
		}
	}
	if waits < 50 {
		t.Errorf("%d of 120 were told to wait", waits)
	}
	if got := with.Do(http.MethodGet, tenants, shownKey, nil); got.Status != http.StatusTooManyRequests {
		t.Errorf("the right key of who asks too often: %d", got.Status)
	}
	with.Do(http.MethodGet, tenants, root, nil).Must(t, http.StatusOK)
	when.Advance(time.Minute)
	with.Do(http.MethodGet, tenants, shownKey, nil).Must(t, http.StatusOK)
}
