package contacts_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// Parity: LS-clients.
func TestComingAppointmentsAreSaidBeforeDeleting(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	app := recadotest.New(t, func() time.Time { return now })
	company := app.Company()
	manager := company.Member("manager")
	agenda := company.Agenda()
	contact, service := company.Contact(), company.Service(agenda)
	app.Do(http.MethodPost, company.URL("/api/recado/agendas/"+agenda.Id+"/book"), manager.Token, map[string]any{
		"service": service.Id, "contact": contact.Id, "start": now.Add(25 * time.Hour).Truncate(time.Hour).Format(time.RFC3339),
	}).Must(t, http.StatusOK)

	into := map[string]any{"deleted": "2000-01-01 00:00:00.000Z"}
	refused := app.Do(http.MethodPatch, company.RecordURL(contact), manager.Token, into)
	if data, _ := refused.JSON["data"].(map[string]any); refused.Status != http.StatusConflict || refused.Code() != "has_appointments" || data["count"] != 1.0 {
		t.Fatalf("the answer was %s", refused.Raw)
	}
	app.Do(http.MethodPatch, company.RecordURL(contact)+"&confirmed=1", manager.Token, into).Must(t, http.StatusOK)
	if got := app.Reload(contact).GetDateTime("deleted").Time(); !got.Equal(now) {
		t.Errorf("deleted at %v, want the server's time", got)
	}
}

// Parity: LS-clients.
func TestAMessageTakesAContactOutOfTheBin(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	manager := company.Member("manager")
	channel := company.Webchat()
	write := func(id string) channels.Result {
		t.Helper()
		result, err := app.Inbox.Ingest(t.Context(), channels.Inbound{
			Company: company.Id, Channel: channel.Id, IdentityKind: "visitor", IdentityValue: "carla", Name: "Carla",
			Kind: "text", Text: "hi " + id, ExternalID: id,
		})
		if err != nil {
			t.Fatal(err)
		}

		return result
	}
	contact, err := app.FindRecordById(collections.Contacts, write("1").Contact)
	if err != nil {
		t.Fatal(err)
	}
	found := func() int {
		list := app.Do(http.MethodGet, company.Records(collections.Conversations)+"&filter=search~'carla'", manager.Token, nil)

		return len(list.Items())
	}

	app.Do(http.MethodPatch, company.RecordURL(contact), manager.Token, map[string]any{"deleted": time.Now()}).Must(t, http.StatusOK)
	if found() != 0 {
		t.Error("a deleted contact's conversation is found")
	}
	if again := write("2"); again.Contact != contact.Id || app.Reload(contact).GetString("deleted") != "" {
		t.Error("the message did not restore its contact")
	}
	if found() != 1 {
		t.Error("the restored contact's conversation is not found")
	}
}

// Parity: LS-clients.
func TestTheBinIsEmptiedAfterThirtyDays(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	clock := recadotest.NewClock(now)
	app := recadotest.New(t, clock.Now)
	company := app.Company()
	manager := company.Member("manager")
	channel, agenda := company.Webchat(), company.Agenda()
	service := company.Service(agenda)

	// Two people with everything that can hang on one; one of them goes.
	var people [2]string
	for i, name := range []string{"Ana", "Bia"} {
		result, err := app.Inbox.Ingest(t.Context(), channels.Inbound{
			Company: company.Id, Channel: channel.Id, IdentityKind: "visitor", IdentityValue: name, Name: name,
			Kind: "text", Text: "hi", ExternalID: name,
		})
		if err != nil {
			t.Fatal(err)
		}
		people[i] = result.Contact
		app.Do(http.MethodPost, company.URL("/api/recado/agendas/"+agenda.Id+"/book"), manager.Token, map[string]any{
			"service": service.Id, "contact": result.Contact, "conversation": result.Conversation,
			"start": now.Add(time.Duration(25+i) * time.Hour).Truncate(time.Hour).Format(time.RFC3339),
		}).Must(t, http.StatusOK)
		company.Create(collections.WebchatVisitors, map[string]any{"channel": channel.Id, "token_hash": name, "visitor": name, "contact": result.Contact})
		app.Do(http.MethodPatch, company.URL("/api/collections/contacts/records/"+result.Contact), manager.Token, map[string]any{"notes": "called"}).Must(t, http.StatusOK)
	}
	counts := func() map[string]int64 {
		t.Helper()
		list := map[string]int64{}
		for _, def := range collections.OfCompany() {
			count, err := app.CountRecords(def.Name)
			if err != nil {
				t.Fatal(err)
			}
			list[def.Name] = count
		}

		return list
	}

	app.Do(http.MethodPatch, company.URL("/api/collections/contacts/records/"+people[0])+"&confirmed=1", manager.Token, map[string]any{"deleted": now}).Must(t, http.StatusOK)
	before := counts()
	clock.Set(now.AddDate(0, 0, 30))
	if err := app.Contacts.EmptyBin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := counts(); after[collections.Contacts] != before[collections.Contacts] {
		t.Fatal("erased before its time")
	}
	clock.Advance(time.Second)
	if err := app.Contacts.EmptyBin(t.Context()); err != nil {
		t.Fatal(err)
	}

	after := counts()
	for _, name := range []string{collections.Contacts, collections.Identities, collections.Conversations, collections.Appointments,
		collections.WebchatVisitors, collections.ContactChanges} {
		if after[name] >= before[name] {
			t.Errorf("%s: %d rows before, %d after", name, before[name], after[name])
		}
	}
	for _, name := range []string{collections.Messages, collections.Conversations, collections.Identities, collections.Appointments} {
		var left int
		if err := app.DB().Select("count(*)").From(name).Where(dbx.HashExp{"contact": people[0]}).Row(&left); err != nil || left > 0 {
			t.Errorf("%s: %d rows are left, %v", name, left, err)
		}
	}
	taken, err := app.FindAllRecords(collections.Occupancies, dbx.HashExp{"appointment": ""})
	if err != nil || len(taken) != 1 || after[collections.Occupancies] != before[collections.Occupancies] {
		t.Errorf("the past has forgotten that time was taken: %v, %v", after[collections.Occupancies], err)
	}
	if _, err := app.FindRecordById(collections.Contacts, people[1]); err != nil {
		t.Error("another contact was erased")
	}
}
