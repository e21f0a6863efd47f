package access_test

import (
	"net/http"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Parity: LS-company-update.
func TestOwnersSwitchTheirCompanyOffAndOn(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, admin, agent := company.Member("owner"), company.Member("admin"), company.Member("agent")
	set := func(token string, body map[string]any) recadotest.Response {
		return app.Do(http.MethodPatch, company.RecordURL(company.Record), token, body)
	}
	if got := set(admin.Token, map[string]any{"active": false}); got.Code() != "owner_only" {
		t.Errorf("an admin: %s", got.Raw)
	}
	set(owner.Token, map[string]any{"active": false}).Must(t, http.StatusOK)

	contact := company.Contact()
	for name, member := range map[string]*recadotest.Member{"owner": owner, "admin": admin, "agent": agent} {
		app.Do(http.MethodGet, company.RecordURL(contact), member.Token, nil).Must(t, http.StatusOK)
		if got := app.Do(http.MethodPatch, company.RecordURL(contact), member.Token, map[string]any{"notes": "x"}); got.Status < 400 {
			t.Errorf("%s changes a contact of an inactive company", name)
		}
		if got := app.Do(http.MethodPost, company.Records(collections.Tags), member.Token, map[string]any{"company": company.Id, "name": name}); got.Status < 400 {
			t.Errorf("%s makes a tag in an inactive company", name)
		}
	}
	if got := set(admin.Token, map[string]any{"active": true}); got.Status < 400 {
		t.Errorf("an admin: %s", got.Raw)
	}
	set(owner.Token, map[string]any{"name": "Renamed"}).Must(t, http.StatusOK)
	if got := app.Reload(company.Record).GetString("name"); got == "Renamed" {
		t.Error("an inactive company was changed")
	}
	set(owner.Token, map[string]any{"active": true}).Must(t, http.StatusOK)
	app.Do(http.MethodPatch, company.RecordURL(contact), agent.Token, map[string]any{"notes": "x"}).Must(t, http.StatusOK)
}

// Parity: LS-company-update.
func TestWhatIsDueInAnInactiveCompanyWaits(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	conversation := company.Conversation(company.Webchat())
	set := func(active bool) {
		t.Helper()
		company.Set("active", active)
		if err := app.Save(company.Record); err != nil {
			t.Fatal(err)
		}
		if err := app.Inbox.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	set(false)
	message := company.Create(collections.Messages, map[string]any{
		"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"), "author": company.Member("owner").Id,
		"direction": "out", "kind": "text", "text": "Olá", "status": "queued", "answered_by": "human", "at": time.Now(), "due": time.Now(),
	})
	set(false)
	if got := app.Reload(message).GetString("status"); got != "queued" {
		t.Errorf("in an inactive company it is %s", got)
	}
	set(true)
	if got := app.Reload(message).GetString("status"); got != "sent" {
		t.Errorf("in an active one it is %s", got)
	}
}
