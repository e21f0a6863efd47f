package access_test

import (
	"context"
	"net/http"
	"net/http/httptest"
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

// office is a company in which one member has something of everything in hand.
type office struct {
	*recadotest.Company
	app                                        *recadotest.App
	owner, agent, colleague                    *recadotest.Member
	conversation, contact, agenda, appointment *core.Record
}

func newOffice(t *testing.T, when *recadotest.Clock) *office {
	t.Helper()
	app := recadotest.New(t, when.Now)
	d := &office{Company: app.Company(), app: app}
	d.owner, d.agent, d.colleague = d.Member("owner"), d.Member("agent"), d.Member("agent")
	d.conversation = d.Conversation(d.Webchat())
	d.set(d.conversation, map[string]any{"assignee": d.agent.Id, "status": "open", "answerer": "human"})
	d.contact = d.Contact()
	d.set(d.contact, map[string]any{"owner": d.agent.Id})
	d.agenda = d.Agenda()
	d.set(d.agenda, map[string]any{"kind": "member", "member": d.agent.Id})
	start := when.Now().Add(48 * time.Hour).Truncate(time.Hour)
	d.appointment = d.Create(collections.Appointments, map[string]any{
		"agenda": d.agenda.Id, "service": d.Service(d.agenda).Id, "contact": d.contact.Id, "members": []string{d.agent.Id},
		"start": start, "end": start.Add(time.Hour), "status": "confirmed", "source": "member",
	})

	return d
}

func (d *office) set(record *core.Record, values map[string]any) {
	d.app.T.Helper()
	record.Load(values)
	if err := d.app.Save(record); err != nil {
		d.app.T.Fatal(err)
	}
}

func (d *office) path(member *recadotest.Member, action string) string {
	return d.URL("/api/recado/members/" + member.Id + "/" + action)
}

// Parity: LS-members, LC-subusers.
func TestWhoLeavesHandsOverWhatTheyHaveInHand(t *testing.T) {
	d := newOffice(t, newClock())
	app := d.app

	work := app.Do(http.MethodGet, d.path(d.agent, "work"), d.owner.Token, nil).Must(t, http.StatusOK).JSON
	for _, kind := range []string{"conversations", "contacts", "appointments"} {
		if work[kind] != 1.0 {
			t.Errorf("in hand: %v", work)
		}
	}

	// By no way without saying who takes over.
	for name, token := range map[string]string{"API": d.owner.Token, "dashboard": app.Superuser()} {
		if got := app.Do(http.MethodPatch, d.RecordURL(d.agent.Record), token, map[string]any{"active": false}); got.Code() != "work_left" {
			t.Errorf("%s: %s", name, got.Raw)
		}
	}
	if got := app.Do(http.MethodPost, d.path(d.agent, "deactivate"), d.owner.Token, map[string]any{"conversations": "queue"}); got.Code() != "work_left" {
		t.Errorf("only conversations: %s", got.Raw)
	}
	gone := d.Member("agent")
	app.Do(http.MethodPatch, d.RecordURL(gone.Record), d.owner.Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	blind := d.Member("agent")
	d.Permit(blind.Record, "inbox.reply")
	for name, to := range map[string]string{
		"themselves": d.agent.Id, "somebody inactive": gone.Id, "another company's": app.Company().Member("agent").Id, "who may not": blind.Id, "nobody": "x", "a queue": "queue",
	} {
		if got := app.Do(http.MethodPost, d.path(d.agent, "deactivate"), d.owner.Token, map[string]any{"conversations": "queue", "to": to}); got.Code() != "invalid" {
			t.Errorf("%s: %s", name, got.Raw)
		}
	}
	if !app.Reload(d.agent.Record).GetBool("active") || app.Reload(d.contact).GetString("owner") != d.agent.Id || app.Reload(d.conversation).GetString("assignee") != d.agent.Id {
		t.Fatal("something changed although it was refused")
	}

	below := d.Member("agent")
	d.set(below.Record, map[string]any{"manager": d.agent.Id})
	d.set(app.Reload(d.agent.Record), map[string]any{"manager": d.colleague.Id})
	left := app.Do(http.MethodPost, d.path(d.agent, "deactivate"), d.owner.Token, map[string]any{"to": d.colleague.Id}).Must(t, http.StatusOK)
	if left.JSON["active"] != false {
		t.Errorf("%s", left.Raw)
	}
	for field, record := range map[string]*core.Record{"assignee": d.conversation, "owner": d.contact, "member": d.agenda, "manager": below.Record} {
		if got := app.Reload(record).GetString(field); got != d.colleague.Id {
			t.Errorf("%s of %s is %s", field, record.Collection().Name, got)
		}
	}
	if got := app.Reload(d.appointment).GetStringSlice("members"); !slices.Equal(got, []string{d.colleague.Id}) {
		t.Errorf("the appointment is of %v", got)
	}
	// The colleague sees it, who left sees nothing.
	if got := app.Do(http.MethodGet, d.RecordURL(d.conversation), d.colleague.Token, nil); got.Status != http.StatusOK {
		t.Errorf("the colleague does not see the conversation: %s", got.Raw)
	}
	if got := app.Do(http.MethodGet, d.path(d.agent, "work"), d.agent.Token, nil); got.Code() != "not_a_member" {
		t.Errorf("who left: %s", got.Raw)
	}
	lines, err := app.FindRecordsByFilter(collections.Messages, "conversation = {:c} && kind = 'system'", "", 0, 0, map[string]any{"c": d.conversation.Id})
	if err != nil || len(lines) != 1 {
		t.Errorf("%d lines say it in the conversation, %v", len(lines), err)
	}
}

// Parity: LS-members, LC-subusers.
func TestWhoMayLetWhomGo(t *testing.T) {
	d := newOffice(t, newClock())
	app := d.app
	admin := d.Member("admin")
	for name, try := range map[string]struct {
		token  string
		whom   *recadotest.Member
		status int
		code   string
	}{
		"guest":           {"", d.agent, 401, "sign_in"},
		"a colleague":     {d.colleague.Token, d.agent, 403, "forbidden"},
		"another company": {app.Company().Member("owner").Token, d.agent, 403, "not_a_member"},
		"admin, an owner": {admin.Token, d.owner, 403, "beyond_own"},
		"the last owner":  {d.owner.Token, d.owner, 409, "last_owner"},
		"a stranger":      {d.owner.Token, app.Company().Member("agent"), 404, "not_found"},
	} {
		if got := app.Do(http.MethodPost, d.path(try.whom, "deactivate"), try.token, map[string]any{"to": d.colleague.Id}); got.Status != try.status || got.Code() != try.code {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	if got := app.Do(http.MethodGet, d.path(d.agent, "work"), d.colleague.Token, nil); got.Code() != "forbidden" {
		t.Errorf("a colleague asks what somebody has in hand: %s", got.Raw)
	}
	// Oneself, without members.manage; what waits goes back into the queue.
	app.Do(http.MethodPost, d.path(d.agent, "deactivate"), d.agent.Token, map[string]any{"conversations": "queue", "to": d.colleague.Id}).Must(t, http.StatusOK)
	if fresh := app.Reload(d.conversation); fresh.GetString("assignee") != "" || fresh.GetString("answerer") != "waiting" {
		t.Errorf("the conversation is %v", fresh.PublicExport())
	}
}

// Of thousands a part is handed over at a time. Whoever is cut off finds a member who has
// less in hand, is still there, and can be let go again.
//
// Parity: LS-members, LC-subusers.
func TestThousandsAreHandedOverInPortions(t *testing.T) {
	d := newOffice(t, newClock())
	app := d.app
	give := func(member string) {
		t.Helper()
		_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO contacts (id, company, name, lifecycle, owner, search, created, updated)
			WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM n WHERE k < 349)
			SELECT substr({:member}, 1, 6) || printf('%09d', k), {:company}, 'Contact ' || k, 'lead', {:member}, 'contact ' || k, '2026-03-01 12:00:00.000Z', '2026-03-01 12:00:00.000Z' FROM n`).
			Bind(map[string]any{"company": d.Id, "member": member}).Execute()
		if err != nil {
			t.Fatal(err)
		}
	}
	count := func(member string) int64 {
		t.Helper()
		n, err := app.CountRecords(collections.Contacts, dbx.HashExp{"company": d.Id, "owner": member})
		if err != nil {
			t.Fatal(err)
		}

		return n
	}

	// What is refused begins with nothing.
	give(d.owner.Id)
	for name, body := range map[string]map[string]any{
		"the last owner": {"to": d.colleague.Id}, "nobody": {}, "somebody else's member": {"to": app.Company().Member("agent").Id},
	} {
		if got := app.Do(http.MethodPost, d.path(d.owner, "deactivate"), d.owner.Token, body); got.Status < 400 || count(d.owner.Id) != 350 {
			t.Errorf("%s: %s, and %d are left", name, got.Raw, count(d.owner.Id))
		}
	}

	give(d.agent.Id)
	ctx, cut := context.WithCancel(t.Context())
	var changed atomic.Int32
	app.OnRecordAfterUpdateSuccess(collections.Contacts).BindFunc(func(e *core.RecordEvent) error {
		if changed.Add(1) == 150 { // in the second portion
			cut()
		}

		return e.Next()
	})
	request := httptest.NewRequest(http.MethodPost, d.path(d.agent, "deactivate"), strings.NewReader(`{"to":"`+d.colleague.Id+`"}`)).WithContext(ctx)
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", d.owner.Token)
	if got := app.Send(request); got.Status < 400 {
		t.Fatalf("cut off, it answers %d %s", got.Status, got.Raw)
	}
	if left := count(d.agent.Id); left != 151 || !app.Reload(d.agent.Record).GetBool("active") {
		t.Errorf("cut off, %d are left", left)
	}
	app.Do(http.MethodPost, d.path(d.agent, "deactivate"), d.owner.Token, map[string]any{"to": d.colleague.Id}).Must(t, http.StatusOK)
	if left, taken := count(d.agent.Id), count(d.colleague.Id); left != 0 || taken != 351 || app.Reload(d.agent.Record).GetBool("active") {
		t.Errorf("%d are left, %d taken over", left, taken)
	}
}

// Parity: LS-members.
func TestOfTwoOwnersWhoLetEachOtherGoOneStays(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	one, other := company.Member("owner"), company.Member("owner")
	var done atomic.Int32
	var wait sync.WaitGroup
	for by, whom := range map[*recadotest.Member]*recadotest.Member{one: other, other: one} {
		wait.Go(func() {
			path := company.URL("/api/recado/members/" + whom.Id + "/deactivate")
			switch got := app.Do(http.MethodPost, path, by.Token, map[string]any{}); got.Code() {
			case "":
				done.Add(1)
			case "last_owner", "not_a_member":
			default:
				t.Errorf("%s", got.Raw)
			}
		})
	}
	wait.Wait()
	if done.Load() != 1 {
		t.Errorf("%d of them left", done.Load())
	}
}

// Parity: LS-members, LC-subusers, LC-errors.
func TestSomebodyIsAddedAtOnce(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")
	taken := other.Member("agent")
	queue := company.Queue()
	path := company.URL("/api/recado/members")
	body := func(changes map[string]any) map[string]any {
		full := map[string]any{"name": "Bia", "email": "bia@example.com", "role": company.Roles["agent"].Id}
		for key, value := range changes {
			full[key] = value
		}

		return full
	}
	for name, try := range map[string]struct {
		token  string
		change map[string]any
		status int
		code   string
	}{
		"guest":              {"", nil, 401, "sign_in"},
		"agent":              {agent.Token, nil, 403, "forbidden"},
		"another company":    {taken.Token, nil, 403, "not_a_member"},
		"role beyond":        {admin.Token, map[string]any{"role": company.Roles["owner"].Id}, 403, "beyond_own"},
		"exception beyond":   {admin.Token, map[string]any{"exceptions": map[string]any{"add": []string{"billing.manage"}}}, 403, "beyond_own"},
		"role of the others": {owner.Token, map[string]any{"role": other.Roles["agent"].Id}, 400, "invalid"},
		"their manager":      {owner.Token, map[string]any{"manager": taken.Id}, 400, "foreign_relation"},
		"short password":     {owner.Token, map[string]any{"password": "short"}, 400, "invalid"},
		"taken":              {owner.Token, map[string]any{"email": taken.User.Email()}, 409, "email_taken"},
	} {
		if got := app.Do(http.MethodPost, path, try.token, body(try.change)); got.Status != try.status || got.Code() != try.code {
			t.Errorf("%s: %d %s, want %d %s", name, got.Status, got.Raw, try.status, try.code)
		}
	}
	if n, _ := app.CountRecords(collections.Users); n != 4 {
		t.Errorf("%d accounts: refused ones leave nothing behind", n)
	}

	made := app.Do(http.MethodPost, path, admin.Token, body(map[string]any{"manager": admin.Id, "exceptions": map[string]any{"remove": []string{"contacts.add"}}})).Must(t, 200).JSON
	member := made["member"].(map[string]any)
	if member["manager"] != admin.Id || len(member["queues"].([]any)) != 1 || member["queues"].([]any)[0] != queue.Id {
		t.Errorf("made %v", member)
	}
	token := app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": "bia@example.com", "password": made["password"]}).Must(t, 200).JSON["token"].(string)
	if got := app.Do(http.MethodPost, company.Records(collections.Contacts), token, map[string]any{"company": company.Id, "name": "X"}); got.Status < 400 {
		t.Errorf("the exception does not count: %s", got.Raw)
	}
	app.Do(http.MethodPost, path, owner.Token, body(map[string]any{"email": "caio@example.com", "password": "segredo123"})).Must(t, 200)
	app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": "caio@example.com", "password": "segredo123"}).Must(t, 200)
}

// What a sub-user may see, change and add are three things. Parity: LC-subusers, LC-isolation, LC-roles.
func TestSeeingChangingAndAddingAreThreeThings(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	boss, sub := company.Member("manager"), company.Member("agent")
	fresh := app.Reload(sub.Record)
	fresh.Set("manager", boss.Id)
	if err := app.Save(fresh); err != nil {
		t.Fatal(err)
	}
	contact := company.Contact()
	contact.Set("owner", sub.Id)
	if err := app.Save(contact); err != nil {
		t.Fatal(err)
	}
	try := func(token string) [3]bool {
		return [3]bool{
			app.Do(http.MethodGet, company.RecordURL(contact), token, nil).Status == http.StatusOK,
			app.Do(http.MethodPatch, company.RecordURL(contact), token, map[string]any{"notes": "called"}).Status == http.StatusOK,
			app.Do(http.MethodPost, company.Records(collections.Contacts), token, map[string]any{"company": company.Id, "name": "New"}).Status == http.StatusOK,
		}
	}
	for _, want := range []struct {
		held []string
		may  [3]bool
	}{
		{[]string{"contacts.view_own"}, [3]bool{true, false, false}},
		{[]string{"contacts.edit_own"}, [3]bool{false, true, false}},
		{[]string{"contacts.add"}, [3]bool{false, false, true}},
		{[]string{"contacts.view_own", "contacts.edit_own"}, [3]bool{true, true, false}},
		{nil, [3]bool{}},
	} {
		company.Permit(sub.Record, want.held...)
		if got := try(sub.Token); got != want.may {
			t.Errorf("with %v: sees, changes, adds %v", want.held, got)
		}
	}

	// The manager, as far as they were granted.
	for held, may := range map[string]bool{"contacts.view_own": false, "contacts.view_team": true, "contacts.view_all": true} {
		company.Permit(boss.Record, held)
		if got := try(boss.Token)[0]; got != may {
			t.Errorf("a manager with %s sees what is below: %v", held, got)
		}
	}
	company.Permit(boss.Record, "contacts.view_team", "contacts.edit_team")
	if !try(boss.Token)[1] {
		t.Error("a manager can't change what is below")
	}
	if got := app.Do(http.MethodPatch, company.RecordURL(boss.Record), company.Member("owner").Token, map[string]any{"manager": sub.Id}); got.Code() != "invalid" {
		t.Errorf("a circle of managers: %s", got.Raw)
	}
}
