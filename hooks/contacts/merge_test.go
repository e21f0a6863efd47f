package contacts_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
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
	if n, err := app.CountRecords(collections.Conversations, dbx.HashExp{"contact": other.Id}); err != nil || n != 1 {
		t.Errorf("%d conversations of the other, %v", n, err)
	}

	merge = app.Do("POST", url, owner.Token, map[string]any{"with": other.Id}).Must(t, http.StatusOK)
	clock.Advance(31 * 24 * time.Hour)
	undo = company.URL("/api/recado/contacts/" + kept.Id + "/merges/" + merge.JSON["id"].(string) + "/undo")
	if r := app.Do("POST", undo, owner.Token, nil); r.Code() != "merge_old" {
		t.Errorf("taken back after a month: %s", r.Raw)
	}
}
