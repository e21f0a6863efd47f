package contacts_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/contacts"
	"recado/hooks/recadotest"
)

func TestTwoContactsBecomeOneAndTwoAgain(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	app := recadotest.New(t, clock.Now)
	company := app.Company()
	owner := company.Member("owner")
	channel := company.Webchat()
	tag := company.Create(collections.Tags, map[string]any{"name": "VIP"})
	kept := company.Create(collections.Contacts, map[string]any{"name": "Maria", "lifecycle": "lead"})
	other := company.Create(collections.Contacts, map[string]any{"name": "Maria S.", "email": "m@example.com", "lifecycle": "lead", "tags": []string{tag.Id}, "notes": "prefers mornings"})
	talk := func(contact string) string {
		return company.Create(collections.Conversations, map[string]any{"contact": contact, "channel": channel.Id, "status": "open", "answerer": "human"}).Id
	}
	own, theirs := talk(kept.Id), talk(other.Id)
	message := company.Create(collections.Messages, map[string]any{
		"conversation": theirs, "contact": other.Id, "channel": channel.Id, "direction": "in", "kind": "text", "text": "oi", "status": "received", "at": clock.Now(),
	})

	url := company.URL("/api/recado/contacts/" + kept.Id + "/merge")
	stranger := app.Company()
	if r := app.Do("POST", url, stranger.Member("owner").Token, map[string]any{"with": other.Id}); r.Status != http.StatusNotFound {
		t.Errorf("a stranger merges: %d", r.Status)
	}
	foreign := stranger.Contact()
	if r := app.Do("POST", url, owner.Token, map[string]any{"with": foreign.Id}); r.Status != http.StatusNotFound {
		t.Errorf("merged across companies: %d", r.Status)
	}
	app.Do("POST", url, owner.Token, map[string]any{"with": kept.Id}).Must(t, http.StatusBadRequest)

	look := func(token, with string) recadotest.Response { return app.Do("GET", url+"&with="+with, token, nil) }
	for what, r := range map[string]recadotest.Response{"a stranger": look(stranger.Member("owner").Token, other.Id), "another company's contact": look(owner.Token, foreign.Id)} {
		if r.Status != http.StatusNotFound {
			t.Errorf("the preview for %s: %d", what, r.Status)
		}
	}
	preview := look(owner.Token, other.Id).Must(t, http.StatusOK).JSON
	moves, learns := preview["moves"].(map[string]any), preview["learns"].(map[string]any)
	if moves["conversations"] != 1.0 || moves["messages"] != 1.0 || preview["closes"] != 1.0 || len(learns) != 3 || learns["email"] == nil {
		t.Errorf("the preview is %v", preview)
	}
	merge := app.Do("POST", url, owner.Token, map[string]any{"with": other.Id}).Must(t, http.StatusOK)

	contact := app.Reload(kept)
	if contact.GetString("email") != "m@example.com" || len(contact.GetStringSlice("tags")) != 1 || contact.GetString("notes") == "" {
		t.Errorf("it learned %v", contact.PublicExport())
	}
	if got := app.Reload(message).GetString("contact"); got != kept.Id {
		t.Error("the message did not move")
	}
	for id, status := range map[string]string{own: "open", theirs: "closed"} {
		conversation, err := app.FindRecordById(collections.Conversations, id)
		if err != nil || conversation.GetString("contact") != kept.Id || conversation.GetString("status") != status {
			t.Errorf("conversation %v, %v", conversation, err)
		}
	}
	if gone := app.Reload(other); gone.GetString("merged_into") != kept.Id || gone.GetString("deleted") == "" {
		t.Errorf("the other is %v", gone.PublicExport())
	}

	undo := company.URL("/api/recado/contacts/" + kept.Id + "/merges/" + merge.JSON["id"].(string) + "/undo")
	app.Do("POST", undo, stranger.Member("owner").Token, nil).Must(t, http.StatusNotFound)
	app.Do("POST", undo, owner.Token, nil).Must(t, http.StatusOK)
	if r := app.Do("POST", undo, owner.Token, nil); r.Code() != "merge_undone" {
		t.Errorf("taken back twice: %s", r.Raw)
	}
	if app.Reload(message).GetString("contact") != other.Id || app.Reload(other).GetString("deleted") != "" {
		t.Error("not two again")
	}
	if n, err := app.CountRecords(collections.Conversations, dbx.HashExp{"contact": other.Id, "status": "open"}, dbx.NewExp("search LIKE 'maria s%'")); err != nil || n != 1 {
		t.Errorf("%d conversations of the other are open and found by its name, %v", n, err)
	}
	if contact := app.Reload(kept); contact.GetString("email") != "" || len(contact.GetStringSlice("tags")) != 0 || contact.GetString("notes") != "" {
		t.Errorf("it still knows %v", contact.PublicExport())
	}

	merge = app.Do("POST", url, owner.Token, map[string]any{"with": other.Id}).Must(t, http.StatusOK)
	clock.Advance(31 * 24 * time.Hour)
	undo = company.URL("/api/recado/contacts/" + kept.Id + "/merges/" + merge.JSON["id"].(string) + "/undo")
	if r := app.Do("POST", undo, owner.Token, nil); r.Code() != "merge_old" {
		t.Errorf("taken back after a month: %s", r.Raw)
	}
}

// What was changed after a merge survives its end, and the bin does not undo it.
func TestAMergeIsTakenBackAroundWhatChangedSince(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	kept := company.Create(collections.Contacts, map[string]any{"name": "Maria", "notes": "a", "custom": map[string]any{}})
	other := company.Create(collections.Contacts, map[string]any{"name": "Maria S.", "email": "m@example.com", "notes": "b", "lifecycle": "customer", "bot_off": true})
	merge := app.Do("POST", company.URL("/api/recado/contacts/"+kept.Id+"/merge"), owner.Token, map[string]any{"with": other.Id}).Must(t, http.StatusOK)
	contact := app.Reload(kept)
	if contact.GetString("notes") != "a\n\nb" || contact.GetString("lifecycle") != "customer" || !contact.GetBool("bot_off") {
		t.Errorf("it learned %v", contact.PublicExport())
	}
	if r := app.Do("PATCH", company.RecordURL(other), owner.Token, map[string]any{"deleted": ""}); r.Code() != "contact_merged" {
		t.Errorf("out of the bin: %s", r.Raw)
	}
	app.Do("PATCH", company.RecordURL(kept), owner.Token, map[string]any{"email": "new@example.com", "merged_into": other.Id}).Must(t, http.StatusOK)
	app.Do("POST", company.URL("/api/recado/contacts/"+kept.Id+"/merges/"+merge.JSON["id"].(string)+"/undo"), owner.Token, nil).Must(t, http.StatusOK)
	contact = app.Reload(kept)
	if contact.GetString("email") != "new@example.com" || contact.GetString("notes") != "a" || contact.GetString("lifecycle") != "lead" || contact.GetBool("bot_off") || contact.GetString("merged_into") != "" {
		t.Errorf("left is %v", contact.PublicExport())
	}
}

// Two that a person has taken apart stay two, whatever a channel tells.
func TestWhoWasTakenApartStaysApart(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	resolve := func(p contacts.Person) (contact *core.Record) {
		t.Helper()
		p.Company, p.Channel = company.Id, "whatsapp"
		err := app.RunInTransaction(func(txApp core.App) (err error) {
			contact, _, err = app.Contacts.Resolve(txApp, p)

			return err
		})
		if err != nil {
			t.Fatal(err)
		}

		return contact
	}
	byID := resolve(contacts.Person{Kind: "lid", Value: "900", Name: "Maria"})
	byPhone := resolve(contacts.Person{Kind: "phone", Value: "+5511988880001", Name: "Maria"})
	both := contacts.Person{Kind: "phone", Value: "+5511988880001", Also: []contacts.Identity{{Kind: "lid", Value: "900"}}}
	if resolve(both).Id != byPhone.Id || resolve(contacts.Person{Kind: "lid", Value: "900"}).Id != byPhone.Id {
		t.Fatal("not one person")
	}
	merge, err := app.FindFirstRecordByData(collections.ContactMerges, "merged", byID.Id)
	if err != nil {
		t.Fatal(err)
	}
	if err := app.RunInTransaction(func(txApp core.App) error { return app.Contacts.Unmerge(txApp, merge, "") }); err != nil {
		t.Fatal(err)
	}
	if resolve(both).Id != byPhone.Id || resolve(contacts.Person{Kind: "lid", Value: "900"}).Id != byID.Id {
		t.Error("merged again")
	}
}

// Parity: WT-contacts.
func TestWhoAContactMayBeTwice(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	company.Permit(agent.Record, "contacts.view_all", "contacts.edit_own")
	person := func(c *recadotest.Company, values map[string]any) string {
		return c.Create(collections.Contacts, values).Id
	}
	maria := company.Create(collections.Contacts, map[string]any{"name": "Maria Silva", "phone": "+5511988880001", "email": "m@example.com", "owner": agent.Record.Id})
	all := person(company, map[string]any{"name": "MARIA  SÍLVA", "phone": "+551188880001", "email": "M@example.com"})
	phone := person(company, map[string]any{"name": "Someone", "lifecycle": "lead"})
	company.Create(collections.Identities, map[string]any{"contact": phone, "kind": "phone", "value": "+551188880001"})
	name := person(company, map[string]any{"name": "Maria Silva"})
	person(company, map[string]any{"name": "Maria Silva Souza"})
	person(company, map[string]any{"name": "Maria"})
	person(company, map[string]any{"name": "Maria Silva", "deleted": time.Now()})
	person(app.Company(), map[string]any{"name": "Maria Silva", "phone": "+5511988880001", "email": "m@example.com"})

	url := company.URL("/api/recado/contacts/" + maria.Id + "/duplicates")
	list := app.Do("GET", url, owner.Token, nil).Must(t, http.StatusOK).JSON["items"].([]any)
	got := map[string]string{}
	for _, item := range list {
		one := item.(map[string]any)
		got[one["contact"].(map[string]any)["id"].(string)] = fmt.Sprint(one["reasons"])
	}
	want := map[string]string{all: "[phone email name]", phone: "[phone]", name: "[name]"}
	if !maps.Equal(got, want) || list[0].(map[string]any)["contact"].(map[string]any)["id"] != all {
		t.Errorf("it may be %v, want %v", got, want)
	}
	if r := app.Do("GET", url, agent.Token, nil).Must(t, http.StatusOK); len(r.JSON["items"].([]any)) != 0 {
		t.Errorf("an agent may merge others' contacts: %s", r.Raw)
	}
	app.Do("GET", url, app.Company().Member("owner").Token, nil).Must(t, http.StatusNotFound)
}
