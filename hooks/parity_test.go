package hooks_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// What docs/parity.md promises and no room proves alone, through the API.

// LS-agenda-appoints: the appointments of one agenda in a range of time, with
// what a calendar shows beside them.
func TestAppointmentsOfAnAgendaInARange(t *testing.T) {
	monday := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	app := recadotest.New(t, func() time.Time { return monday.AddDate(0, 0, -7) })
	company := app.Company()
	agent := company.Member("agent")

	agenda, elsewhere := company.Agenda(), company.Agenda()
	service, contact := company.Service(agenda, elsewhere), company.Contact()
	book := func(agenda string, start time.Time) string {
		t.Helper()
		answer := app.Do(http.MethodPost, company.URL("/api/recado/agendas/"+agenda+"/book"), company.Member("owner").Token, map[string]any{
			"service": service.Id, "contact": contact.Id, "start": start.Format(time.RFC3339),
		}).Must(t, http.StatusOK)

		return answer.JSON["id"].(string)
	}
	want := []string{book(agenda.Id, monday.Add(12*time.Hour)), book(agenda.Id, monday.Add(14*time.Hour))}
	book(agenda.Id, monday.Add((24+12)*time.Hour))
	book(elsewhere.Id, monday.Add(13*time.Hour))

	filter := "agenda = '" + agenda.Id + "' && start >= '" + monday.Format(time.DateTime) + "' && start < '" + monday.Add(24*time.Hour).Format(time.DateTime) + "'"
	list := app.Do(http.MethodGet, company.Records(collections.Appointments)+"&sort=start&expand=agenda,service,contact&filter="+url.QueryEscape(filter), agent.Token, nil)
	if got := list.Items(); !slices.Equal(got, want) {
		t.Fatalf("listed %v, want %v: %s", got, want, list.Raw)
	}
	expand := list.JSON["items"].([]any)[0].(map[string]any)["expand"].(map[string]any)
	for field, id := range map[string]string{"agenda": agenda.Id, "service": service.Id, "contact": contact.Id} {
		if got := expand[field].(map[string]any)["id"]; got != id {
			t.Errorf("%s expands to %v", field, got)
		}
	}
}

// LS-client-threads, WB-conversations: conversations by contact, channel, status
// and the name of who wrote; the newest messages of one.
func TestConversationsAreListedByWhatTheyAre(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	here, there := company.Webchat(), company.Webchat()
	one, two := company.Conversation(here), company.Conversation(there)

	for filter, want := range map[string]string{
		"contact = '" + one.GetString("contact") + "'": one.Id,
		"channel = '" + there.Id + "'":                 two.Id,
		"status != 'closed' && channel = '" + here.Id + "' && contact.company = '" + company.Id + "'": one.Id,
	} {
		list := app.Do(http.MethodGet, company.Records(collections.Conversations)+"&expand=contact&filter="+url.QueryEscape(filter), owner.Token, nil)
		if got := list.Items(); !slices.Equal(got, []string{want}) {
			t.Errorf("%s lists %v, want %s: %s", filter, got, want, list.Raw)
		}
	}

	app.Do(http.MethodPost, company.Records(collections.Messages), owner.Token, map[string]any{
		"company": company.Id, "conversation": one.Id, "kind": "text", "text": "Olá", "client_id": "1",
	}).Must(t, http.StatusOK)
	recent := app.Do(http.MethodGet, company.Records(collections.Messages)+"&sort=-at,-id&perPage=30&filter="+
		url.QueryEscape("conversation = '"+one.Id+"' && kind = 'text'"), owner.Token, nil)
	if len(recent.Items()) != 1 {
		t.Errorf("the recent messages are %s", recent.Raw)
	}
}

// WB-conversations, WT-tickets: one patch sets status, assignee and tags, or none of them.
func TestOnePatchIsWholeOrNothing(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	agent, other := company.Member("agent"), company.Member("agent")
	conversation := company.Conversation(company.Webchat())
	vip := company.Create(collections.Tags, map[string]any{"name": "VIP"}).Id

	refused := app.Do(http.MethodPatch, company.RecordURL(conversation), agent.Token,
		map[string]any{"status": "open", "assignee": other.Id, "tags": []string{vip}})
	if fresh := app.Reload(conversation); refused.Code() != "forbidden" || fresh.GetString("assignee") != "" || fresh.GetString("tags") != conversation.GetString("tags") {
		t.Errorf("a refused patch left %v: %s", fresh.PublicExport(), refused.Raw)
	}

	app.Do(http.MethodPatch, company.RecordURL(conversation), agent.Token,
		map[string]any{"status": "open", "assignee": agent.Id, "tags": []string{vip}}).Must(t, http.StatusOK)
	fresh := app.Reload(conversation)
	if fresh.GetString("status") != "open" || fresh.GetString("assignee") != agent.Id || !slices.Equal(fresh.GetStringSlice("tags"), []string{vip}) {
		t.Errorf("the patch left %v", fresh.PublicExport())
	}
}

// LC-roles: each seeded role does what its counterpart in the source systems
// does, and is refused the next thing.
func TestSeededRolesDoWhatTheirCounterpartsDid(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	invite := func(role string) recadotest.Response {
		return app.Do(http.MethodPost, company.URL("/api/recado/members/invite"), company.Member(role).Token,
			map[string]any{"role": company.Roles["agent"].Id})
	}
	queue := func(role string) recadotest.Response {
		return app.Do(http.MethodPatch, company.RecordURL(company.Conversation(company.Webchat())), company.Member(role).Token,
			map[string]any{"queue": company.Queue().Id})
	}
	rights := func(role, permission string) recadotest.Response {
		return app.Do(http.MethodPost, company.Records(collections.Roles), company.Member(role).Token,
			map[string]any{"company": company.Id, "name": role + " " + permission, "permissions": []string{permission}})
	}

	app.Do(http.MethodPost, company.Records(collections.Contacts), company.Member("agent").Token,
		map[string]any{"company": company.Id, "name": "Lead"}).Must(t, http.StatusOK)
	queue("agent").Must(t, http.StatusForbidden)
	queue("manager").Must(t, http.StatusOK)
	invite("manager").Must(t, http.StatusForbidden)
	invite("admin").Must(t, http.StatusOK)
	rights("admin", "billing.manage").Must(t, http.StatusForbidden)
	rights("owner", "billing.manage").Must(t, http.StatusOK)
}

// LS-company-list, LS-auth-login: only companies with an active membership are
// listed, and nothing of the others is seen.
//
// Parity: DC-users.
func TestOnlyCompaniesOfActiveMembershipsAreListed(t *testing.T) {
	app := recadotest.New(t, nil)
	left, stayed := app.Company(), app.Company()
	member := left.Member("agent")
	stayed.Join(member.User, "agent")
	left.Contact()
	companies := func() []string {
		return app.Do(http.MethodGet, "/api/collections/companies/records", member.Token, nil).Must(t, http.StatusOK).Items()
	}
	if got := companies(); len(got) != 2 {
		t.Fatalf("a member of two companies lists %v", got)
	}

	app.Do(http.MethodPatch, left.RecordURL(member.Record), left.Member("owner").Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	if got := companies(); !slices.Equal(got, []string{stayed.Id}) {
		t.Errorf("one who left lists %v", got)
	}
	if got := app.Do(http.MethodGet, left.Records(collections.Contacts), member.Token, nil).Items(); len(got) != 0 {
		t.Errorf("one who left sees %v", got)
	}
}
