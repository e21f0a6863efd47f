package contacts_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// progress is a line of the answer of a bulk change.
type progress struct {
	Total, Done, Skipped, Appointments int
	Changed                            map[string][]string
	End                                bool
}

func lines(t *testing.T, answer recadotest.Response) (list []progress) {
	t.Helper()
	answer.Must(t, http.StatusOK)
	for decoder := json.NewDecoder(bytes.NewReader(answer.Raw)); decoder.More(); {
		var line progress
		if err := decoder.Decode(&line); err != nil {
			t.Fatal(err)
		}
		list = append(list, line)
	}
	if len(list) == 0 || !list[len(list)-1].End {
		t.Fatalf("the answer has no end: %s", answer.Raw)
	}

	return list
}

// Parity: LC-leads, LC-isolation.
func TestBulkChangesWhatTheFilterMatchesWithinTheScope(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	company.Permit(agent.Record, "contacts.view_all", "contacts.edit_own")
	tag := company.Create(collections.Tags, map[string]any{"name": "VIP"})
	for i := range 450 {
		mine := ""
		if i < 3 {
			mine = agent.Id
		}
		company.Create(collections.Contacts, map[string]any{"name": fmt.Sprintf("Lead %d", i), "lifecycle": "lead", "owner": mine})
	}
	company.Create(collections.Contacts, map[string]any{"name": "Customer", "lifecycle": "customer"})
	bulk := func(who *recadotest.Member, body map[string]any) recadotest.Response {
		return app.Do(http.MethodPost, company.URL("/api/recado/contacts/bulk"), who.Token, body)
	}
	count := func(filter string) float64 {
		t.Helper()
		answer := app.Do(http.MethodGet, company.URL("/api/recado/contacts/count?filter="+filter), owner.Token, nil).Must(t, http.StatusOK)

		return answer.JSON["count"].(float64)
	}

	got := lines(t, bulk(agent, map[string]any{"action": "tag", "tag": tag.Id, "filter": "lifecycle = 'lead'"}))
	last := got[len(got)-1]
	if last.Total != 450 || last.Done != 450 || last.Skipped != 447 || len(got) < 3 {
		t.Errorf("the agent's answer was %+v", got)
	}
	if n := count("tags~'" + tag.Id + "'"); n != 3 {
		t.Errorf("%v are tagged, want 3", n)
	}

	got = lines(t, bulk(owner, map[string]any{"action": "tag", "tag": tag.Id, "filter": "lifecycle = 'lead'"}))
	var changed []string
	for _, line := range got {
		changed = append(changed, line.Changed[""]...)
	}
	if len(changed) != 447 || count("tags~'"+tag.Id+"'") != 450 {
		t.Errorf("changed %d, tagged %v", len(changed), count("tags~'"+tag.Id+"'"))
	}
	lines(t, bulk(owner, map[string]any{"action": "untag", "tag": tag.Id, "ids": changed}))
	if n := count("tags~'" + tag.Id + "'"); n != 3 {
		t.Errorf("after undo %v are tagged, want 3", n)
	}

	got = lines(t, bulk(owner, map[string]any{"action": "assign", "owner": owner.Id, "filter": "owner = '" + agent.Id + "'"}))
	if before := got[0].Changed[agent.Id]; len(before) != 3 {
		t.Errorf("the former owner is not told: %+v", got)
	}
}

func TestBulkRefusals(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, agent, stranger := company.Member("owner"), company.Member("agent"), other.Member("owner")
	contact := company.Contact()
	foreign := other.Create(collections.Tags, map[string]any{"name": "VIP"})
	tag := company.Create(collections.Tags, map[string]any{"name": "VIP"})

	for name, c := range map[string]struct {
		token string
		body  map[string]any
		code  string
	}{
		"no action":              {owner.Token, map[string]any{"action": "explode"}, "invalid"},
		"another company's tag":  {owner.Token, map[string]any{"action": "tag", "tag": foreign.Id}, "not_found"},
		"another company":        {stranger.Token, map[string]any{"action": "tag", "tag": tag.Id}, "not_found"},
		"deleting":               {agent.Token, map[string]any{"action": "delete", "ids": []string{contact.Id}}, "forbidden"},
		"a filter into accounts": {owner.Token, map[string]any{"action": "tag", "tag": tag.Id, "filter": "@collection.users.email ?= 'a@b.c'"}, "invalid"},
		"a broken filter":        {owner.Token, map[string]any{"action": "tag", "tag": tag.Id, "filter": "name = ="}, "invalid"},
	} {
		if got := app.Do(http.MethodPost, company.URL("/api/recado/contacts/bulk"), c.token, c.body); got.Code() != c.code {
			t.Errorf("%s: %s", name, got.Raw)
		}
	}
	foreignContact := other.Contact()
	got := lines(t, app.Do(http.MethodPost, company.URL("/api/recado/contacts/bulk"), owner.Token,
		map[string]any{"action": "tag", "tag": tag.Id, "ids": []string{foreignContact.Id}}))
	if got[0].Total != 0 || len(app.Reload(foreignContact).GetStringSlice("tags")) != 0 {
		t.Errorf("another company's contact was reached: %+v", got)
	}
}

// Parity: LS-clients.
func TestBulkDeletesAllButThoseWithComingAppointments(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	app := recadotest.New(t, func() time.Time { return now })
	company := app.Company()
	owner := company.Member("owner")
	agenda := company.Agenda()
	busy, free := company.Contact(), company.Contact()
	app.Do(http.MethodPost, company.URL("/api/recado/agendas/"+agenda.Id+"/book"), owner.Token, map[string]any{
		"service": company.Service(agenda).Id, "contact": busy.Id, "start": now.Add(25 * time.Hour).Truncate(time.Hour).Format(time.RFC3339),
	}).Must(t, http.StatusOK)
	bulk := func(body map[string]any) progress {
		t.Helper()
		list := lines(t, app.Do(http.MethodPost, company.URL("/api/recado/contacts/bulk"), owner.Token, body))

		return list[len(list)-1]
	}

	if got := bulk(map[string]any{"action": "delete", "filter": "deleted = ''"}); got.Appointments != 1 {
		t.Errorf("the answer was %+v", got)
	}
	if app.Reload(free).GetString("deleted") == "" || app.Reload(busy).GetString("deleted") != "" {
		t.Error("the wrong one was deleted")
	}
	bulk(map[string]any{"action": "delete", "ids": []string{busy.Id}, "confirmed": true})
	if app.Reload(busy).GetString("deleted") == "" {
		t.Error("confirmed, it was not deleted")
	}
	bulk(map[string]any{"action": "restore", "filter": "deleted != ''"})
	if app.Reload(busy).GetString("deleted") != "" || app.Reload(free).GetString("deleted") != "" {
		t.Error("not restored")
	}
}

// Parity: LC-leads.
func TestTimelineIsOneListOfWhatTheCallerMaySee(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	company.Permit(agent.Record, "contacts.view_all", "contacts.edit_all")
	conversation := company.Conversation(company.Webchat())
	contact := conversation.GetString("contact")
	app.Do(http.MethodPost, company.Records(collections.Messages), owner.Token, map[string]any{
		"company": company.Id, "conversation": conversation.Id, "kind": "note", "text": "likes tea",
	}).Must(t, http.StatusOK)
	for i := range 40 {
		app.Do(http.MethodPatch, company.URL("/api/collections/contacts/records/"+contact), owner.Token, map[string]any{"category": fmt.Sprint(i)}).Must(t, http.StatusOK)
	}

	read := func(who *recadotest.Member) (kinds []string, ids []string) {
		t.Helper()
		for next := ""; ; {
			page := app.Do(http.MethodGet, company.URL("/api/recado/contacts/"+contact+"/timeline?before="+next), who.Token, nil).Must(t, http.StatusOK)
			var answer struct {
				Items []struct {
					Kind, At string
					Record   map[string]any
				}
				Next string
			}
			if err := json.Unmarshal(page.Raw, &answer); err != nil {
				t.Fatal(err)
			}
			at := ""
			for _, item := range answer.Items {
				if at != "" && item.At > at {
					t.Error("not in the order of time")
				}
				at = item.At
				kinds = append(kinds, item.Kind)
				ids = append(ids, item.Record["id"].(string))
			}
			if next = answer.Next; next == "" {
				return kinds, ids
			}
		}
	}
	kinds, ids := read(owner)
	if len(kinds) != 42 || !slices.Contains(kinds, "note") || !slices.Contains(kinds, "conversation") {
		t.Errorf("the timeline has %v", kinds)
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 42 {
		t.Error("an event came twice")
	}
	if kinds, _ := read(agent); len(kinds) != 40 || slices.Contains(kinds, "note") {
		t.Errorf("without the inbox the timeline has %v", kinds)
	}
	if got := app.Do(http.MethodGet, company.URL("/api/recado/contacts/"+contact+"/timeline"), app.Company().Member("owner").Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("a stranger got %s", got.Raw)
	}
}
