package access_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: LS-company-create, DC-accounts.
func TestAnotherCompany(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, admin := company.Member("owner"), company.Member("admin")
	post := func(token string, body map[string]any) recadotest.Response {
		return app.Do(http.MethodPost, "/api/recado/companies", token, body)
	}
	for name, try := range map[string]struct {
		token, copy, code string
		status            int
	}{
		"guest":               {"", "", "sign_in", 401},
		"superuser":           {app.Superuser(), "", "sign_in", 401},
		"who owns none":       {admin.Token, "", "signup_closed", 403},
		"a copy of another's": {owner.Token, app.Company().Id, "not_a_member", 403},
	} {
		if got := post(try.token, map[string]any{"name": "New", "copy": try.copy}); got.Status != try.status || got.Code() != try.code {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	if got := post(owner.Token, map[string]any{"name": " "}); got.Code() != "invalid" {
		t.Errorf("without a name: %s", got.Raw)
	}
	made := post(owner.Token, map[string]any{"name": "Second", "locale": "es", "timezone": "Europe/Madrid"}).Must(t, http.StatusOK).JSON["company"].(map[string]any)
	rows := func(collection string) int {
		n, err := app.CountRecords(collection, dbx.HashExp{"company": made["id"]})
		if err != nil {
			t.Fatal(err)
		}

		return int(n)
	}
	if made["currency"] != "EUR" || rows(collections.Roles) != 4 || rows(collections.Queues) != 1 || rows(collections.Agendas) != 1 || rows(collections.Availabilities) != 5 || rows(collections.Channels) != 1 {
		t.Errorf("it began with %v", made)
	}
	if got := app.Do(http.MethodGet, "/api/collections/companies/records", owner.Token, nil).Items(); len(got) != 2 {
		t.Errorf("its maker is in %v", got)
	}
	// In each of them one's place in the other does not stand among the colleagues.
	if got := app.Do(http.MethodGet, company.Records(collections.Members), owner.Token, nil).Items(); len(got) != 2 {
		t.Errorf("the members are %v", got)
	}
	if got := app.Do(http.MethodGet, "/api/collections/members/records", owner.Token, nil).Items(); len(got) != 2 {
		t.Errorf("one's own memberships are %v", got)
	}
}

// Parity: LS-company-create.
func TestACompanyAsACopy(t *testing.T) {
	app := recadotest.New(t, nil)
	model := app.Company()
	owner := model.Member("owner")
	model.Set("settings", map[string]any{"address": "Rua A, 1"})
	if err := app.Save(model.Record); err != nil {
		t.Fatal(err)
	}
	model.Create(collections.Roles, map[string]any{"name": "Estagiário", "permissions": []string{"contacts.view_own"}})
	agents := app.Reload(model.Roles["agent"])
	agents.Set("permissions", []string{"inbox.view_team"})
	if err := app.Save(agents); err != nil {
		t.Fatal(err)
	}
	model.Queue()
	agenda := model.Agenda()
	model.Service(agenda)
	prompt := model.Create(collections.AgentPrompts, map[string]any{"name": "Ana"})
	version := model.Create(collections.AgentPromptVersions, map[string]any{"prompt": prompt.Id, "text": "Be kind.", "state": "live", "weight": 100})
	key := model.Create(collections.AIKeys, map[string]any{"name": "Key", "base_url": "https://ai.example.com/v1", "sealed": "secret"})
	model.Create(collections.Agents, map[string]any{"name": "Ana", "ai_key": key.Id, "model": "m", "prompt": prompt.Id, "instructions": version.Id, "active": true, "persona": "Ana"})
	model.Conversation(model.Webchat())
	model.Create(collections.QuickReplies, map[string]any{"shortcut": "hi", "text": "Olá"})

	made := app.Do(http.MethodPost, "/api/recado/companies", owner.Token, map[string]any{"name": "Filial", "copy": model.Id}).Must(t, http.StatusOK).JSON["company"].(map[string]any)
	id := made["id"].(string)
	if made["timezone"] != "America/Sao_Paulo" || fmt.Sprint(made["settings"]) != "map[address:Rua A, 1]" {
		t.Errorf("the copy is %v", made)
	}
	all := func(collection string) []*core.Record {
		rows, err := app.FindAllRecords(collection, dbx.HashExp{"company": id})
		if err != nil {
			t.Fatal(err)
		}

		return rows
	}
	for collection, want := range map[string]int{
		collections.Roles: 5, collections.Queues: 1, collections.Agendas: 1, collections.Availabilities: 7, collections.Services: 1, collections.Agents: 1,
		collections.AgentPromptVersions: 1, collections.QuickReplies: 1, collections.Contacts: 0, collections.Conversations: 0, collections.AIKeys: 0, collections.Channels: 1, collections.Members: 1,
	} {
		if got := len(all(collection)); got != want {
			t.Errorf("%d %s, want %d", got, collection, want)
		}
	}
	service, ana := all(collections.Services)[0], all(collections.Agents)[0]
	if got := service.GetStringSlice("agendas"); !slices.Equal(got, []string{all(collections.Agendas)[0].Id}) {
		t.Errorf("the service is on %v", got)
	}
	if ana.GetBool("active") || ana.GetString("ai_key") != "" || ana.GetString("instructions") != all(collections.AgentPromptVersions)[0].Id {
		t.Errorf("the agent is %v", ana.PublicExport())
	}
	for _, role := range all(collections.Roles) {
		if role.GetString("key") == "agent" && !slices.Contains(role.GetStringSlice("permissions"), "inbox.view_team") {
			t.Errorf("the role of agents allows %v", role.GetStringSlice("permissions"))
		}
	}
}

// Parity: LS-company-join, LS-company-invite.
func TestJoiningByACode(t *testing.T) {
	when := newClock()
	app := recadotest.New(t, when.Now)
	company, other := app.Company(), app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	path := "/api/recado/companies/" + company.Id + "/invite-code"
	code := func(body map[string]any) string {
		t.Helper()

		return app.Do(http.MethodPost, path, owner.Token, body).Must(t, http.StatusOK).JSON["code"].(string)
	}
	join := func(token string, body map[string]any) recadotest.Response {
		when.Advance(time.Minute)

		return app.Do(http.MethodPost, "/api/recado/companies/join", token, body)
	}
	for name, token := range map[string]string{"agent": agent.Token, "another company's owner": other.Member("owner").Token, "guest": ""} {
		if got := app.Do(http.MethodPost, path, token, map[string]any{}); got.Status != 403 && got.Status != 401 {
			t.Errorf("%s made a code: %s", name, got.Raw)
		}
	}

	first := code(map[string]any{})
	if got := join("", map[string]any{"code": "AAAA-AAAA-AAAA"}); got.Status != 404 || got.Code() != "code_unknown" {
		t.Errorf("a wrong code: %s", got.Raw)
	}
	if got := join("", map[string]any{"code": ""}); got.Code() != "code_unknown" {
		t.Errorf("no code: %s", got.Raw)
	}
	answer := join("", map[string]any{"code": strings.ToLower(first), "name": "Caio", "email": "caio@example.com", "password": "segredo123"}).Must(t, http.StatusOK).JSON
	if got := app.Do(http.MethodGet, company.Records(collections.Members), answer["token"].(string), nil).Items(); len(got) != 3 {
		t.Errorf("who joined sees %v", got)
	}
	member, err := app.FindFirstRecordByData(collections.Members, "email", "caio@example.com")
	if err != nil || member.GetString("role") != company.Roles["agent"].Id {
		t.Errorf("who joined is %v, %v", member, err)
	}
	if got := join(answer["token"].(string), map[string]any{"code": first}); got.Code() != "already_member" {
		t.Errorf("twice: %s", got.Raw)
	}
	if got := join(app.Superuser(), map[string]any{"code": first}); got.Code() != "not_a_person" {
		t.Errorf("a superuser: %s", got.Raw)
	}
	app.Do(http.MethodPatch, company.RecordURL(agent.Record), owner.Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	if got := join(agent.Token, map[string]any{"code": first}); got.Code() != "member_inactive" {
		t.Errorf("who was let go: %s", got.Raw)
	}

	// A new code makes the last one useless; it stands nowhere.
	second := code(map[string]any{})
	person := app.Company().Member("agent")
	if got := join(person.Token, map[string]any{"code": first}); got.Status != 404 {
		t.Errorf("the old code: %s", got.Raw)
	}
	join(person.Token, map[string]any{"code": second}).Must(t, http.StatusOK)
	shown := app.Do(http.MethodGet, company.RecordURL(company.Record), owner.Token, nil).Must(t, http.StatusOK)
	if shown.JSON["joinable"] != true || strings.Contains(string(shown.Raw), "join_hash") {
		t.Errorf("shown: %s", shown.Raw)
	}
	for _, row := range logOf(t, app, company, dbx.HashExp{"collection": collections.Companies}) {
		if strings.Contains(row.GetString("data"), strings.ReplaceAll(second, "-", "")) {
			t.Error("the log tells the code")
		}
	}
	if got := code(map[string]any{"off": true}); got != "" {
		t.Errorf("a code that is off: %s", got)
	}
	if got := join(app.Company().Member("agent").Token, map[string]any{"code": second}); got.Status != 404 {
		t.Errorf("a code that is off: %s", got.Raw)
	}

	// Whoever guesses has to wait.
	tooMany := 0
	for range 15 {
		if got := app.Do(http.MethodPost, "/api/recado/companies/join", "", map[string]any{"code": "BBBB-BBBB-BBBB"}); got.Status == 429 && got.Header.Get("Retry-After") != "" {
			tooMany++
		}
	}
	if tooMany < 4 {
		t.Errorf("%d of 15 were told to wait", tooMany)
	}
}

// Parity: LS-members, LS-auth-login.
func TestInvitesAreSentAndSentAgain(t *testing.T) {
	when := newClock()
	app := recadotest.New(t, when.Now)
	company := app.Company()
	owner := company.Member("owner")
	boss := company.Member("manager")
	path := company.URL("/api/recado/members/invite")
	body := map[string]any{"role": company.Roles["agent"].Id, "email": "bia@example.com", "manager": boss.Id, "days": 1, "send": true}
	for field, wrong := range map[string]any{"email": "", "days": 91, "manager": app.Company().Member("agent").Id} {
		changed := map[string]any{}
		for key, value := range body {
			changed[key] = value
		}
		changed[field] = wrong
		if got := app.Do(http.MethodPost, path, owner.Token, changed); got.Status != 400 {
			t.Errorf("%s %v: %s", field, wrong, got.Raw)
		}
	}
	made := app.Do(http.MethodPost, path, owner.Token, body).Must(t, http.StatusOK).JSON
	token := func(answer map[string]any) string {
		link := answer["url"].(string)
		return link[strings.LastIndex(link, "/")+1:]
	}
	mails, err := app.FindAllRecords(collections.Mails, dbx.HashExp{"company": company.Id, "kind": "invite"})
	if err != nil || len(mails) != 1 || mails[0].GetString("to") != "bia@example.com" || !strings.Contains(mails[0].GetString("body"), token(made)) || made["sent"] != false {
		t.Fatalf("%d mails, %v, %v", len(mails), err, made)
	}

	// Who looks at the mails of the company learns of no link that makes a member.
	preview := app.Do(http.MethodGet, company.URL("/api/recado/mails/"+mails[0].Id+"/preview"), owner.Token, nil).Must(t, http.StatusOK)
	if strings.Contains(string(preview.Raw), token(made)) || !strings.Contains(string(preview.Raw), "/invite/…") {
		t.Errorf("the preview: %s", preview.Raw)
	}

	again := company.URL("/api/recado/invites/" + made["id"].(string) + "/resend")
	if got := app.Do(http.MethodPost, again, boss.Token, nil); got.Code() != "forbidden" {
		t.Errorf("a manager: %s", got.Raw)
	}
	stranger := app.Company()
	if got := app.Do(http.MethodPost, stranger.URL("/api/recado/invites/"+made["id"].(string)+"/resend"), stranger.Member("owner").Token, nil); got.Status != 404 {
		t.Errorf("another company: %s", got.Raw)
	}
	when.Advance(48 * time.Hour)
	app.Do(http.MethodGet, "/api/recado/invites/"+token(made), "", nil).Must(t, 410)
	second := app.Do(http.MethodPost, again, owner.Token, nil).Must(t, http.StatusOK).JSON
	app.Do(http.MethodGet, "/api/recado/invites/"+token(made), "", nil).Must(t, 404)
	app.Do(http.MethodPost, "/api/recado/invites/"+token(second)+"/accept", "", account("bia@example.com")).Must(t, http.StatusOK)
	member, err := app.FindFirstRecordByData(collections.Members, "email", "bia@example.com")
	if err != nil || member.GetString("manager") != boss.Id {
		t.Errorf("the new member is %v, %v", member, err)
	}
	if got := app.Do(http.MethodPost, again, owner.Token, nil); got.Code() != "invite_over" {
		t.Errorf("a used one: %s", got.Raw)
	}
}

// Who was let go everywhere gets in with an invite to another company, and only so.
// Parity: LS-auth-login, LS-company-join.
func TestWhoWasLetGoEverywhereIsInvitedElsewhere(t *testing.T) {
	app := recadotest.New(t, nil)
	old, fresh := app.Company(), app.Company()
	boss, owner := old.Member("owner"), fresh.Member("owner")
	person := old.Member("agent")
	app.Do(http.MethodPatch, old.RecordURL(person.Record), boss.Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	enter := func(invite string) recadotest.Response {
		return app.Do(http.MethodPost, "/api/collections/users/auth-with-password?invite="+invite, "", map[string]any{"identity": person.User.Email(), "password": recadotest.Password})
	}
	_, back := invited(t, app, old, boss, "agent", "")
	_, others := invited(t, app, fresh, owner, "agent", "somebody@example.com")
	for name, invite := range map[string]string{"none": "", "made up": "nonsense", "back to where they were let go": back, "somebody else's": others} {
		if got := enter(invite); got.Status != 403 || got.Code() != "account_inactive" {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	_, invite := invited(t, app, fresh, owner, "agent", person.User.Email())
	token := enter(invite).Must(t, http.StatusOK).JSON["token"].(string)
	app.Do(http.MethodPost, "/api/recado/invites/"+invite+"/accept", token, map[string]any{}).Must(t, http.StatusOK)
	if got := enter(""); got.Status != http.StatusOK {
		t.Errorf("a member again: %s", got.Raw)
	}

	// The same by a code.
	second := old.Member("agent")
	app.Do(http.MethodPatch, old.RecordURL(second.Record), boss.Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	code := app.Do(http.MethodPost, "/api/recado/companies/"+fresh.Id+"/invite-code", owner.Token, map[string]any{}).Must(t, http.StatusOK).JSON["code"].(string)
	app.Do(http.MethodPost, "/api/collections/users/auth-with-password?invite="+code, "", map[string]any{"identity": second.User.Email(), "password": recadotest.Password}).Must(t, http.StatusOK)
}

// Parity: LS-members, DC-accounts.
func TestOwnershipIsHandedOver(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")
	path := "/api/recado/companies/" + company.Id + "/owner"
	if got := app.Do(http.MethodPost, path, admin.Token, map[string]any{"member": admin.Id}); got.Code() != "owner_only" {
		t.Errorf("an admin: %s", got.Raw)
	}
	for name, to := range map[string]string{"themselves": owner.Id, "a stranger": app.Company().Member("agent").Id, "nobody": ""} {
		if got := app.Do(http.MethodPost, path, owner.Token, map[string]any{"member": to}); got.Code() != "invalid" {
			t.Errorf("%s: %s", name, got.Raw)
		}
	}
	// To two at once: who gave it away has nothing left to give.
	var given atomic.Int32
	var wait sync.WaitGroup
	for _, to := range []string{admin.Id, agent.Id} {
		wait.Go(func() {
			if got := app.Do(http.MethodPost, path, owner.Token, map[string]any{"member": to}); got.Status == http.StatusOK {
				given.Add(1)
			} else if got.Code() != "owner_only" {
				t.Errorf("%s", got.Raw)
			}
		})
	}
	wait.Wait()
	if given.Load() != 1 || app.Reload(owner.Record).GetString("role") != company.Roles["admin"].Id {
		t.Errorf("given %d times", given.Load())
	}
}

// Parity: LS-company-update, DC-accounts.
func TestADeletedCompanyGoesAfterItsTime(t *testing.T) {
	when := newClock()
	app := recadotest.New(t, when.Now)
	company, other := app.Company(), app.Company()
	owner, admin := company.Member("owner"), company.Member("admin")
	shared := company.Member("agent")
	other.Join(shared.User, "agent")
	conversation := company.Conversation(company.Webchat())
	company.Create(collections.Messages, map[string]any{"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"direction": "in", "kind": "text", "text": "Olá", "status": "received", "at": when.Now()})
	makeKey(t, company, app, owner.Token, map[string]any{"permissions": []string{"contacts.view_all"}})
	kept := other.Contact()
	path := func(action string) string { return "/api/recado/companies/" + company.Id + "/" + action }

	if got := app.Do(http.MethodPost, path("delete"), admin.Token, map[string]any{"name": company.GetString("name")}); got.Code() != "owner_only" {
		t.Errorf("an admin: %s", got.Raw)
	}
	if got := app.Do(http.MethodPost, path("delete"), owner.Token, map[string]any{"name": "Another"}); got.Code() != "invalid" {
		t.Errorf("a wrong name: %s", got.Raw)
	}
	if got := app.Do(http.MethodPost, path("restore"), owner.Token, nil); got.Code() != "company_stays" {
		t.Errorf("nothing to take back: %s", got.Raw)
	}
	remove := func() {
		app.Do(http.MethodPost, path("delete"), owner.Token, map[string]any{"name": company.GetString("name")}).Must(t, http.StatusOK)
	}
	work := func() {
		t.Helper()
		if err := app.Rooms.Access.RemoveCompanies(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	remove()
	if got := app.Do(http.MethodPatch, company.RecordURL(company.Record), owner.Token, map[string]any{"active": true}); got.Code() != "company_leaving" {
		t.Errorf("opened while it leaves: %s", got.Raw)
	}
	work()
	app.Do(http.MethodPost, path("restore"), owner.Token, nil).Must(t, http.StatusOK)
	if fresh := app.Reload(company.Record); !fresh.GetBool("active") || fresh.GetString("removal") != "" {
		t.Errorf("taken back: %v", fresh.PublicExport())
	}
	remove()
	when.Advance(31 * 24 * time.Hour)
	work()

	for _, def := range collections.OfCompany() {
		if n, err := app.CountRecords(def.Name, dbx.HashExp{"company": company.Id}); err != nil || n != 0 {
			t.Errorf("%d rows of %s are left, %v", n, def.Name, err)
		}
	}
	if _, err := app.FindRecordById(collections.Companies, company.Id); err == nil {
		t.Error("the company is still there")
	}
	if _, err := app.FindRecordById(collections.Users, owner.User.Id); err == nil {
		t.Error("an account of no company is still there")
	}
	if keys, _ := app.CountRecords(collections.Users, dbx.HashExp{"kind": "key"}); keys != 0 {
		t.Errorf("%d users of keys are left", keys)
	}
	for _, record := range []*core.Record{shared.User, kept, other.Record} {
		app.Reload(record)
	}
}

// Parity: LS-admin, DC-admin, DC-permissions.
func TestTheInstanceAtOneGlance(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, root := company.Member("owner"), app.Superuser()
	other.Member("agent")
	channel := company.Webchat()
	conversation := company.Conversation(channel)
	company.Create(collections.Messages, map[string]any{"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": channel.Id,
		"direction": "in", "kind": "text", "text": "Olá", "status": "received", "at": time.Now()})
	if got := app.Do(http.MethodGet, "/api/recado/admin/overview", owner.Token, nil); got.Code() != "forbidden" {
		t.Errorf("an owner: %s", got.Raw)
	}
	app.Do(http.MethodGet, "/api/recado/admin/overview", "", nil).Must(t, 401)

	seen := app.Do(http.MethodGet, "/api/recado/admin/overview", root, nil).Must(t, http.StatusOK)
	var found map[string]any
	for _, one := range seen.JSON["companies"].([]any) {
		if row := one.(map[string]any); row["id"] == company.Id {
			found = row
		}
	}
	if found["messages_in"] != 1.0 || found["contacts"] != 1.0 || len(found["members"].([]any)) != 1 || len(found["channels"].([]any)) != 1 {
		t.Errorf("%v", found)
	}
	if total := seen.JSON["total"].(map[string]any); total["companies"] != 2.0 || total["people"] != 2.0 {
		t.Errorf("%v", total)
	}

	// Suspended: closed on every route, to everyone of it.
	suspend := func(is bool) {
		t.Helper()
		app.Do(http.MethodPatch, company.RecordURL(company.Record), root, map[string]any{"suspended": is}).Must(t, http.StatusOK)
	}
	suspend(true)
	contact := conversation.GetString("contact")
	for _, path := range []string{company.Records(collections.Contacts), company.URL("/api/collections/contacts/records/" + contact), company.URL("/api/recado/contacts/count"), company.URL("/api/recado/live"), company.URL("/api/recado/demo")} {
		if got := app.Do(http.MethodGet, path, owner.Token, nil); got.Status != 403 || got.Code() != "company_suspended" {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
	if got := app.Reload(owner.Record).GetStringSlice("permissions"); len(got) != 0 {
		t.Errorf("an owner of a suspended company may %v", got)
	}
	app.Do(http.MethodGet, "/api/recado/webchat/"+channel.GetString("public_key")+"/config", "", nil).Must(t, 403)
	app.Do(http.MethodGet, other.Records(collections.Contacts), owner.Token, nil).Must(t, http.StatusOK)
	app.Do(http.MethodGet, company.Records(collections.Contacts), root, nil).Must(t, http.StatusOK)
	suspend(false)
	app.Do(http.MethodGet, company.URL("/api/collections/contacts/records/"+contact), owner.Token, nil).Must(t, http.StatusOK)

	// Acting for somebody stands in the log as what it is.
	token := app.Do(http.MethodPost, "/api/collections/users/impersonate/"+owner.User.Id, root, map[string]any{"duration": 600}).Must(t, http.StatusOK).JSON["token"].(string)
	app.Do(http.MethodPatch, company.URL("/api/collections/contacts/records/"+contact), token, map[string]any{"lifecycle": "customer"}).Must(t, http.StatusOK)
	if row, _ := last(t, app, company, dbx.HashExp{"record": contact, "action": "update"}); row.GetString("actor_kind") != "superuser" || row.GetString("actor") != owner.User.Id {
		t.Errorf("by %v", row.PublicExport())
	}
}
