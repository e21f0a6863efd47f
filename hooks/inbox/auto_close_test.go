package inbox_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Parity: WT-tickets.
func TestIdleConversationsAreClosedWithALastWord(t *testing.T) {
	d, at := newBotDesk(t)
	ana := d.company.Member("agent")
	channel, err := d.FindRecordById(collections.Channels, d.channel)
	if err != nil {
		t.Fatal(err)
	}
	channel.Set("settings", map[string]any{"auto_close_hours": 48, "auto_close_text": "Bye for now"})
	if err := d.Save(channel); err != nil {
		t.Fatal(err)
	}
	begin := func(name string) *core.Record {
		conversation := d.conversation(d.ingest(name, name, "hello"))
		d.settle()
		d.send(ana, conversation, map[string]any{"text": "hi " + name}).Must(t, http.StatusOK)

		return conversation
	}
	look := func() {
		t.Helper()
		if err := d.Inbox.CloseIdle(t.Context()); err != nil {
			t.Fatal(err)
		}
		d.settle()
	}

	idle, imported, snoozed, waits := begin("idle"), begin("imported"), begin("snoozed"), begin("waits")
	imported = d.Reload(imported)
	imported.Set("imported", true)
	if err := d.Save(imported); err != nil {
		t.Fatal(err)
	}
	snoozed = d.Reload(snoozed)
	snoozed.Set("status", "snoozed")
	if err := d.Save(snoozed); err != nil {
		t.Fatal(err)
	}
	d.ingest("waits", "waits again", "are you there?")

	at.Advance(48*time.Hour - time.Minute)
	look()
	expectState(t, d, idle, map[string]any{"status": "open"})

	at.Advance(time.Minute)
	look()
	expectState(t, d, idle, map[string]any{"status": "closed", "assignee": ana.Id, "answerer": "bot", "unread": 0, "preview": "Bye for now"})
	expectState(t, d, imported, map[string]any{"status": "open"})
	expectState(t, d, snoozed, map[string]any{"status": "snoozed"})
	expectState(t, d, waits, map[string]any{"status": "open"})
	if d.last() != "Bye for now" {
		t.Errorf("the last word was %q", d.last())
	}

	// once
	count := len(d.out.said())
	look()
	if got := len(d.out.said()); got != count {
		t.Errorf("%d more messages the second time", got-count)
	}

	// as after a close by hand
	at.Advance(23 * time.Hour)
	if again := d.ingest("idle", "back", "I am back"); again.Conversation != idle.Id {
		t.Error("a message within a day began another conversation")
	}
	expectState(t, d, idle, map[string]any{"status": "open", "assignee": ana.Id})
}

// Parity: WT-tickets.
func TestNothingIsClosedWhereNobodyAskedForIt(t *testing.T) {
	d, at := newBotDesk(t)
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()
	at.Advance(1000 * time.Hour)
	if err := d.Inbox.CloseIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	expectState(t, d, conversation, map[string]any{"status": "pending"})
}
