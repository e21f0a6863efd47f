package access_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: LS-admin, LS-members, LS-company-update.
func TestACompanyHasNoMoreThanItMay(t *testing.T) {
	when := newClock()
	app := recadotest.New(t, when.Now)
	company, root := app.Company(), app.Superuser()
	owner := company.Member("owner")
	limits := func(values map[string]any) {
		t.Helper()
		app.Do(http.MethodPatch, company.RecordURL(company.Record), root, map[string]any{"limits": values}).Must(t, http.StatusOK)
	}
	reached := func(what string, got recadotest.Response) {
		t.Helper()
		data, _ := got.JSON["data"].(map[string]any)
		if got.Status != http.StatusForbidden || got.Code() != "limit_reached" || data["limit"] != what {
			t.Errorf("%s: %d %s", what, got.Status, got.Raw)
		}
	}

	// Only whoever runs the instance sets them.
	limits(map[string]any{"members": 3})
	app.Do(http.MethodPatch, company.RecordURL(company.Record), owner.Token, map[string]any{"limits": map[string]any{"members": 99}, "suspended": true, "phone": "+5511987654321"}).Must(t, http.StatusOK)
	if fresh := app.Reload(company.Record); fresh.GetString("limits") != `{"members":3}` || fresh.GetBool("suspended") || fresh.GetString("phone") != "+5511987654321" {
		t.Errorf("an owner set %v", fresh.PublicExport())
	}
	if got := app.Do(http.MethodPatch, company.RecordURL(company.Record), root, map[string]any{"limits": map[string]any{"members": -1}}); got.Code() != "invalid" {
		t.Errorf("a limit below nothing: %s", got.Raw)
	}

	// Members: of many at once no more get in than there is room. Keys are no members.
	var in atomic.Int32
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			got := app.Do(http.MethodPost, company.URL("/api/recado/members"), owner.Token,
				map[string]any{"name": "N", "email": fmt.Sprintf("n%d@example.com", i), "role": company.Roles["agent"].Id})
			if got.Status == http.StatusOK {
				in.Add(1)
			} else {
				reached("members", got)
			}
		})
	}
	wait.Wait()
	if in.Load() != 2 {
		t.Errorf("%d got in, with room for 2", in.Load())
	}
	_, token := invited(t, app, company, owner, "agent", "")
	reached("members", app.Do(http.MethodPost, "/api/recado/invites/"+token+"/accept", "", account("late@example.com")))
	makeKey(t, company, app, owner.Token, map[string]any{"permissions": []string{"contacts.view_all"}})
	limits(map[string]any{"members": 4})
	spare := company.Member("agent")
	app.Do(http.MethodPatch, company.RecordURL(spare.Record), owner.Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	limits(map[string]any{"members": 3})
	reached("members", app.Do(http.MethodPatch, company.RecordURL(spare.Record), owner.Token, map[string]any{"active": true}))

	// Channels.
	channel := company.Webchat()
	limits(map[string]any{"channels": 1})
	reached("channels", app.Do(http.MethodPost, company.Records(collections.Channels), owner.Token,
		map[string]any{"company": company.Id, "kind": "webchat", "name": "Second", "public_key": "secondsecondsecond", "active": true}))

	// Contacts: people and programs are refused, a customer who writes is not.
	company.Contact()
	limits(map[string]any{"contacts": 1})
	reached("contacts", app.Do(http.MethodPost, company.Records(collections.Contacts), owner.Token, map[string]any{"company": company.Id, "name": "X"}))
	conversation := company.Conversation(channel)

	// Messages of a month, where the company is.
	write := func() recadotest.Response {
		return app.Do(http.MethodPost, company.Records(collections.Messages), owner.Token,
			map[string]any{"company": company.Id, "conversation": conversation.Id, "kind": "text", "text": "Olá"})
	}
	limits(map[string]any{"messages": 2})
	write().Must(t, http.StatusOK)
	write().Must(t, http.StatusOK)
	reached("messages", write())
	app.Do(http.MethodPost, company.Records(collections.Messages), owner.Token,
		map[string]any{"company": company.Id, "conversation": conversation.Id, "kind": "note", "text": "for us"}).Must(t, http.StatusOK)
	when.Advance(time.Date(2026, 4, 1, 2, 59, 0, 0, time.UTC).Sub(when.Now())) // still March in São Paulo
	reached("messages", write())
	when.Advance(2 * time.Minute)
	write().Must(t, http.StatusOK)
}
