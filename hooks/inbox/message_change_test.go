package inbox_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// act posts to one of a message's routes.
func (d *desk) act(who *recadotest.Member, message any, action string, body map[string]any) recadotest.Response {
	d.T.Helper()

	return d.Do(http.MethodPost, d.company.URL(fmt.Sprintf("/api/recado/messages/%v/%s", message, action)), who.Token, body)
}

// send writes a message with more fields and waits until it is with the channel.
func (d *desk) send(who *recadotest.Member, conversation *core.Record, more map[string]any) recadotest.Response {
	d.T.Helper()

	body := map[string]any{
		"company": d.company.Id, "conversation": conversation.Id, "kind": "text", "direction": "out", "status": "queued",
		"at": "2001-01-01 00:00:00.000Z", "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
	}
	for key, value := range more {
		body[key] = value
	}
	response := d.Do(http.MethodPost, d.company.Records(collections.Messages), who.Token, body)
	d.settle()

	return response
}

func (d *desk) message(id any) *core.Record {
	d.T.Helper()

	record, err := d.FindRecordById(collections.Messages, fmt.Sprint(id))
	if err != nil {
		d.T.Fatal(err)
	}

	return record
}

// able is a channel that can do everything, edits for a quarter of an hour.
var able = channels.Capabilities{Options: 10, Quote: true, React: true, Edit: 15 * time.Minute, Delete: time.Hour}

// Parity: WT-messages.
func TestAReplyQuotesAMessageOfItsConversation(t *testing.T) {
	d, _ := newBotDesk(t)
	ana := d.company.Member("agent")
	asked := d.ingest("carla", "1", "how much is it?")
	conversation := d.conversation(asked)
	elsewhere := d.ingest("bruno", "2", "hi")
	note := d.send(ana, conversation, map[string]any{"kind": "note", "text": "new price list"}).Must(t, http.StatusOK)

	quoting := d.send(ana, conversation, map[string]any{"text": "30", "reply_to": asked.Message.Id}).Must(t, http.StatusOK)
	if quoting.JSON["reply_to"] != asked.Message.Id {
		t.Errorf("the quote was lost: %s", quoting.Raw)
	}
	for name, id := range map[string]any{"another conversation's": elsewhere.Message.Id, "a note": note.JSON["id"], "nothing": "abcdefghijklmno"} {
		if got := d.send(ana, conversation, map[string]any{"text": "30", "reply_to": id}); got.Status != http.StatusBadRequest {
			t.Errorf("%s message was quoted: %d %s", name, got.Status, got.Raw)
		}
	}
}

// Parity: WT-messages.
func TestEditingAMessageThatWasSent(t *testing.T) {
	d, at := newBotDesk(t)
	d.out.allow(able)
	ana, bob := d.company.Member("agent"), d.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	sent := d.send(ana, conversation, map[string]any{"text": "at tree"}).Must(t, http.StatusOK).JSON["id"]
	external := d.message(sent).GetString("external_id")

	edited := d.act(ana, sent, "edit", map[string]any{"text": " at three "}).Must(t, http.StatusOK)
	if edited.JSON["text"] != "at three" || edited.JSON["edited_at"] == "" {
		t.Errorf("not edited: %s", edited.Raw)
	}
	if done := d.out.done(); !slices.Equal(done, []string{"edit " + external + " at three"}) {
		t.Errorf("the channel was told %q", done)
	}
	expectState(t, d, conversation, map[string]any{"preview": "at three"})

	for name, try := range map[string]struct {
		got  recadotest.Response
		code string
	}{
		"someone else's":  {d.act(bob, sent, "edit", map[string]any{"text": "x"}), "not_yours"},
		"the customer's":  {d.act(ana, d.ingest("carla", "2", "ok").Message.Id, "edit", map[string]any{"text": "x"}), "not_yours"},
		"to nothing":      {d.act(ana, sent, "edit", map[string]any{"text": " "}), "invalid"},
		"something there": {d.act(ana, "abcdefghijklmno", "edit", map[string]any{"text": "x"}), "not_found"},
	} {
		if try.got.Code() != try.code {
			t.Errorf("editing %s: %d %s, want %s", name, try.got.Status, try.got.Raw, try.code)
		}
	}

	d.out.failWith(errNetwork)
	if got := d.act(ana, sent, "edit", map[string]any{"text": "x"}); got.Code() != "channel_failed" {
		t.Errorf("a broken channel: %d %s", got.Status, got.Raw)
	}
	d.out.failWith(nil)
	at.Advance(16 * time.Minute)
	if got := d.act(ana, sent, "edit", map[string]any{"text": "x"}); got.Code() != "window_over" {
		t.Errorf("after the window: %d %s", got.Status, got.Raw)
	}
	if text := d.message(sent).GetString("text"); text != "at three" {
		t.Errorf("a refused edit changed the text to %q", text)
	}

	d.out.allow(channels.Capabilities{Options: 10})
	if got := d.act(ana, sent, "edit", map[string]any{"text": "x"}); got.Code() != "channel_cannot" {
		t.Errorf("a channel that can't: %d %s", got.Status, got.Raw)
	}
}

// Parity: WT-messages.
func TestWhatHasNotLeftIsChangedHere(t *testing.T) {
	d, _ := newBotDesk(t)
	d.out.failWith(errNetwork)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()
	waiting := d.send(ana, conversation, map[string]any{"text": "at tree"}).Must(t, http.StatusOK).JSON["id"]
	unwanted := d.send(ana, conversation, map[string]any{"text": "never mind"}).Must(t, http.StatusOK).JSON["id"]
	note := d.send(ana, conversation, map[string]any{"kind": "note", "text": "blue rom"}).Must(t, http.StatusOK).JSON["id"]

	d.act(ana, waiting, "edit", map[string]any{"text": "at three"}).Must(t, http.StatusOK)
	d.act(ana, unwanted, "delete", nil).Must(t, http.StatusOK)
	d.act(ana, note, "edit", map[string]any{"text": "blue room"}).Must(t, http.StatusOK)
	if status := d.message(unwanted).GetString("status"); status != "skipped" {
		t.Errorf("a deleted message is still %s", status)
	}
	if got := d.act(ana, unwanted, "edit", map[string]any{"text": "x"}); got.Code() != "message_deleted" {
		t.Errorf("a deleted message was edited: %s", got.Raw)
	}
	if did := d.out.done(); len(did) != 0 {
		t.Errorf("the channel was told %q", did)
	}
	if text := d.message(note).GetString("text"); text != "blue room" {
		t.Errorf("the note says %q", text)
	}
}

// Parity: WT-messages.
func TestADeletedMessageForgetsWhatItSaid(t *testing.T) {
	d, _ := newBotDesk(t)
	d.out.allow(able)
	ana, bob, boss := d.company.Member("agent"), d.company.Member("agent"), d.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	file := d.upload(ana.Token, conversation.Id, "plan.pdf", []byte("%PDF-1.7\n")).Must(t, http.StatusOK).JSON["id"]
	sent := d.send(ana, conversation, map[string]any{"kind": "document", "text": "wrong file", "attachments": []any{file}}).Must(t, http.StatusOK).JSON["id"]

	if got := d.act(bob, sent, "delete", nil); got.Status != http.StatusNotFound {
		t.Errorf("who doesn't see a conversation deletes in it: %d", got.Status)
	}
	d.act(boss, sent, "delete", nil).Must(t, http.StatusOK)
	message := d.message(sent)
	if message.GetString("text") != "" || len(message.GetStringSlice("attachments")) != 0 || message.GetDateTime("deleted_at").IsZero() {
		t.Errorf("still there: %v", message.PublicExport())
	}
	if released, err := d.FindRecordById(collections.Files, fmt.Sprint(file)); err != nil || released.GetString("message") != "" {
		t.Error("its file stays claimed, so that no clean-up removes it")
	}
	if did := d.out.done(); !slices.Equal(did, []string{"delete " + message.GetString("external_id")}) {
		t.Errorf("the channel was told %q", did)
	}
	expectState(t, d, conversation, map[string]any{"preview": "[deleted]"})
}

// Parity: WT-messages.
func TestReactions(t *testing.T) {
	d, _ := newBotDesk(t)
	ana, boss := d.company.Member("agent"), d.company.Member("owner")
	asked := d.ingest("carla", "1", "thank you!")
	id := asked.Message.Id

	// among colleagues where the channel can't
	d.act(boss, id, "react", map[string]any{"emoji": "❤️"}).Must(t, http.StatusOK)
	if did := d.out.done(); len(did) != 0 {
		t.Errorf("the channel was told %q", did)
	}
	d.out.allow(able)
	d.act(ana, id, "react", map[string]any{"emoji": "👍"}).Must(t, http.StatusOK)
	both := d.act(ana, id, "react", map[string]any{"emoji": "👍🏽"}).Must(t, http.StatusOK)
	if want := fmt.Sprintf(`[{"by":%q,"emoji":"❤️"},{"by":%q,"emoji":"👍🏽"}]`, boss.Id, ana.Id); d.message(id).GetString("reactions") != want {
		t.Errorf("reactions %s, want %s", both.Raw, want)
	}
	d.act(boss, id, "react", map[string]any{"emoji": ""}).Must(t, http.StatusOK)
	if got := d.message(id).GetString("reactions"); strings.Contains(got, boss.Id) {
		t.Errorf("not taken back: %s", got)
	}
	if did := d.out.done(); !slices.Equal(did, []string{"react 1 👍", "react 1 👍🏽", "react 1 "}) {
		t.Errorf("the channel was told %q", did)
	}
	for _, bad := range []string{"a", "ok", "👍 ", "<b>", "1", strings.Repeat("👍", 20), "\x00"} {
		if got := d.act(ana, id, "react", map[string]any{"emoji": bad}); got.Status != http.StatusBadRequest {
			t.Errorf("%q is an emoji: %d", bad, got.Status)
		}
	}
}

// Parity: WT-messages.
func TestForwarding(t *testing.T) {
	d, _ := newBotDesk(t)
	ana, boss := d.company.Member("agent"), d.company.Member("owner")
	from := d.conversation(d.ingest("carla", "1", "hello"))
	to, also := d.conversation(d.ingest("bruno", "2", "hi")), d.conversation(d.ingest("dora", "3", "hi"))
	hidden := d.conversation(d.ingest("elio", "4", "hi"))
	d.patch(boss, hidden, map[string]any{"assignee": boss.Id}).Must(t, http.StatusOK)
	content := []byte("%PDF-1.7\n")
	file := d.upload(ana.Token, from.Id, "plan.pdf", content).Must(t, http.StatusOK).JSON["id"]
	sent := d.send(ana, from, map[string]any{"kind": "document", "text": "the plan", "attachments": []any{file}}).Must(t, http.StatusOK).JSON["id"]
	note := d.send(ana, from, map[string]any{"kind": "note", "text": "psst"}).Must(t, http.StatusOK).JSON["id"]

	// all or none
	if got := d.act(ana, sent, "forward", map[string]any{"conversations": []string{to.Id, hidden.Id}}); got.Status != http.StatusNotFound {
		t.Errorf("into a conversation out of sight: %d %s", got.Status, got.Raw)
	}
	if got := d.act(ana, note, "forward", map[string]any{"conversations": []string{to.Id}}); got.Status != http.StatusBadRequest {
		t.Errorf("a note was forwarded: %d %s", got.Status, got.Raw)
	}
	if got := d.act(ana, sent, "forward", map[string]any{"conversations": []string{}}); got.Status != http.StatusBadRequest {
		t.Errorf("to nobody: %d", got.Status)
	}
	if said := d.out.said(); slices.Contains(said[1:], "psst") {
		t.Errorf("said %q", said)
	}

	answer := d.act(ana, sent, "forward", map[string]any{"conversations": []string{to.Id, also.Id, to.Id}}).Must(t, http.StatusOK)
	d.settle()
	ids := answer.Items()
	if len(ids) != 2 {
		t.Fatalf("two conversations got %d messages", len(ids))
	}
	for _, id := range ids {
		message := d.message(id)
		if !message.GetBool("forwarded") || message.GetString("text") != "the plan" || message.GetString("author") != ana.Id || message.GetString("status") != "sent" {
			t.Errorf("forwarded as %v", message.PublicExport())
		}
		copies := message.GetStringSlice("attachments")
		if len(copies) != 1 || copies[0] == file {
			t.Fatalf("the file is shared, not copied: %v", copies)
		}
		if got := d.Do(http.MethodGet, d.fileURL(copies[0]), ana.Token, nil).Must(t, http.StatusOK); !bytes.Equal(got.Raw, content) ||
			!strings.Contains(got.Header.Get("Content-Disposition"), "plan.pdf") {
			t.Errorf("the copy is %q, %s", got.Raw, got.Header.Get("Content-Disposition"))
		}
	}
	expectState(t, d, to, map[string]any{"answerer": "human", "assignee": ana.Id, "preview": "the plan"})
}

// Parity: WT-messages, LC-isolation.
func TestAMessageOfAnotherConversationOrCompanyIsOutOfReach(t *testing.T) {
	app := recadotest.New(t, nil)
	d, other := newDesk(t, app, "none"), newDesk(t, app, "none")
	ana, bob, stranger := d.company.Member("agent"), d.company.Member("agent"), other.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	target := other.conversation(other.ingest("zoe", "2", "hi"))
	sent := d.send(ana, conversation, map[string]any{"text": "hi"}).Must(t, http.StatusOK).JSON["id"]

	for _, action := range []string{"edit", "delete", "react", "forward"} {
		body := map[string]any{"text": "x", "emoji": "👍", "conversations": []string{target.Id}}
		for name, url := range map[string]string{"as its own company": other.company.URL("/"), "as ours": d.company.URL("/")} {
			url = strings.Replace(url, "/?", fmt.Sprintf("/api/recado/messages/%v/%s?", sent, action), 1)
			if got := d.Do(http.MethodPost, url, stranger.Token, body); got.Status != http.StatusNotFound {
				t.Errorf("a stranger does %s %s: %d %s", action, name, got.Status, got.Raw)
			}
		}
		if got := d.act(bob, sent, action, body); got.Status != http.StatusNotFound {
			t.Errorf("a colleague without reach does %s: %d %s", action, got.Status, got.Raw)
		}
	}
	// and ours does not get into theirs
	if got := d.act(ana, sent, "forward", map[string]any{"conversations": []string{target.Id}}); got.Status != http.StatusNotFound {
		t.Errorf("forwarded into another company: %d", got.Status)
	}
	if text := d.message(sent).GetString("text"); text != "hi" {
		t.Errorf("the message says %q now", text)
	}
}

// Parity: WT-messages.
func TestANoteCallsOnlyThoseWhoMayCome(t *testing.T) {
	app := recadotest.New(t, nil)
	d, other := newDesk(t, app, "none"), newDesk(t, app, "none")
	ana, bob, boss, stranger := d.company.Member("agent"), d.company.Member("agent"), d.company.Member("owner"), other.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	note := func(members ...string) recadotest.Response {
		return d.send(ana, conversation, map[string]any{"kind": "note", "text": "@someone look", "mentions": members})
	}

	open := note(bob.Id, boss.Id).Must(t, http.StatusOK) // nobody has it: both see it
	if got := fmt.Sprint(open.JSON["mentions"]); !strings.Contains(got, bob.Id) || !strings.Contains(got, boss.Id) {
		t.Errorf("mentions are %s", got)
	}
	d.patch(ana, conversation, map[string]any{"assignee": ana.Id}).Must(t, http.StatusOK)
	url := "/api/recado/conversations/" + conversation.Id + "/mentionable"
	if got := d.Do(http.MethodGet, d.company.URL(url), ana.Token, nil).Must(t, http.StatusOK).Items(); slices.Contains(got, bob.Id) || !slices.Contains(got, boss.Id) {
		t.Errorf("can be called: %v", got)
	}
	if got := d.Do(http.MethodGet, other.company.URL(url), stranger.Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("a stranger reads who can be called: %d", got.Status)
	}
	note(boss.Id).Must(t, http.StatusOK)
	if got := note(bob.Id); got.Code() != "mention_unseen" {
		t.Errorf("who may not see it was called: %d %s", got.Status, got.Raw)
	}
	if got := note(stranger.Id); got.Status < 400 {
		t.Errorf("another company's member was called: %s", got.Raw)
	}
	message := d.send(ana, conversation, map[string]any{"text": "hello", "mentions": []string{boss.Id}}).Must(t, http.StatusOK)
	if got := fmt.Sprint(message.JSON["mentions"]); strings.Contains(got, boss.Id) {
		t.Errorf("a message to the customer mentions %s", got)
	}
}

// Parity: WT-messages.
func TestAMentionWaitsUntilItIsSeen(t *testing.T) {
	app := recadotest.New(t, nil)
	d, other := newDesk(t, app, "none"), newDesk(t, app, "none")
	ana, bob, boss, stranger := d.company.Member("agent"), d.company.Member("agent"), d.company.Member("owner"), other.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.ingest("dora", "1", "hello") // nobody is called there
	d.send(ana, conversation, map[string]any{"kind": "note", "text": "@Bob @boss @me look", "mentions": []string{bob.Id, boss.Id, ana.Id}}).Must(t, http.StatusOK)
	d.patch(boss, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK) // it waits there, too

	waiting := func(member *recadotest.Member) []string {
		filter := url.QueryEscape("called = true && mentioned ~ '" + member.Id + "'")

		return d.Do(http.MethodGet, d.company.URL("/api/collections/conversations/records?sort=-last_message_at,-id&filter="+filter), member.Token, nil).Must(t, http.StatusOK).Items()
	}
	seen := func(member *recadotest.Member) recadotest.Response {
		return d.Do(http.MethodPost, d.company.URL("/api/recado/conversations/"+conversation.Id+"/seen"), member.Token, nil)
	}
	for _, member := range []*recadotest.Member{bob, boss} {
		if got := waiting(member); !slices.Equal(got, []string{conversation.Id}) {
			t.Errorf("waiting for %s: %v", member.Id, got)
		}
	}
	if got := waiting(ana); len(got) != 0 {
		t.Errorf("who wrote the note is called by it: %v", got)
	}
	d.patch(boss, conversation, map[string]any{"mentioned": []string{}, "called": false}).Must(t, http.StatusOK)
	seen(ana).Must(t, http.StatusNoContent) // was not called: nothing happens
	if got := seen(stranger); got.Status != http.StatusNotFound {
		t.Errorf("a stranger has seen it: %d", got.Status)
	}
	seen(bob).Must(t, http.StatusNoContent)
	if got := waiting(bob); len(got) != 0 {
		t.Errorf("still waiting for who has looked: %v", got)
	}
	if got := waiting(boss); len(got) != 1 {
		t.Errorf("one look ended another's call: %v", got)
	}
	seen(boss).Must(t, http.StatusNoContent)
	if fresh, err := app.FindRecordById(collections.Conversations, conversation.Id); err != nil || fresh.GetBool("called") {
		t.Error("nobody is called, and it is listed as if")
	}
}
