package inbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/inbox"
	"recado/hooks/recadotest"
)

func newClock() *recadotest.Clock {
	return recadotest.NewClock(time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC))
}

// echo is a bot that repeats what it hears, greets when asked to, hands over on
// "person" and breaks on "break".
type echo struct{}

func (echo) Answer(_ core.App, turn inbox.Turn) (inbox.Answer, error) {
	var answer inbox.Answer
	if turn.Greet {
		answer.Replies = append(answer.Replies, inbox.Reply{Text: "welcome"})
	}
	for _, message := range turn.Messages {
		switch text := message.GetString("text"); text {
		case "person":
			answer.Handoff = true
			answer.Replies = append(answer.Replies, inbox.Reply{Text: "one moment"})
		case "break":
			return answer, errNetwork
		default:
			answer.Replies = append(answer.Replies, inbox.Reply{Text: "echo " + text, Options: []channels.Option{{ID: "1", Label: "One"}}})
		}
	}
	answer.State = []byte(fmt.Sprintf(`{"heard":%d}`, len(turn.Messages)))

	return answer, nil
}

// newBotDesk is a desk whose channel the echo answers.
func newBotDesk(t *testing.T) (*desk, *recadotest.Clock) {
	t.Helper()

	at := newClock()
	d := newDesk(t, recadotest.New(t, at.Now), "bot")
	d.Answerers["bot"] = echo{}

	return d, at
}

// settle does everything that is due, now, until nothing is.
func (d *desk) settle() {
	d.T.Helper()

	if err := d.Inbox.Drain(d.T.Context()); err != nil {
		d.T.Fatal(err)
	}
}

func (d *desk) patch(who *recadotest.Member, conversation *core.Record, change map[string]any) recadotest.Response {
	d.T.Helper()

	return d.Do(http.MethodPatch, d.company.RecordURL(conversation), who.Token, change)
}

func (d *desk) write(who *recadotest.Member, conversation *core.Record, text string) recadotest.Response {
	d.T.Helper()

	return d.Do(http.MethodPost, d.company.Records(collections.Messages), who.Token, map[string]any{
		"company": d.company.Id, "conversation": conversation.Id, "text": text,
		// What a client makes up about the rest is not believed:
		"direction": "out", "kind": "text", "status": "delivered", "at": "2001-01-01 00:00:00.000Z",
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"), "external_id": "forged",
	})
}

func expectSaid(t *testing.T, d *desk, want ...string) {
	t.Helper()
	if got := d.out.said(); !slices.Equal(got, want) {
		t.Errorf("the customer got %q, want %q", got, want)
	}
}

func expectState(t *testing.T, d *desk, conversation *core.Record, want map[string]any) {
	t.Helper()

	fresh := d.Reload(conversation)
	for field, value := range want {
		if got := fmt.Sprint(fresh.Get(field)); got != fmt.Sprint(value) {
			t.Errorf("%s is %q, want %q", field, got, fmt.Sprint(value))
		}
	}
}

func TestTheBotAnswersUntilAPersonDoes(t *testing.T) {
	d, _ := newBotDesk(t)
	ana := d.company.Member("agent")

	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()
	expectSaid(t, d, "welcome", "echo hello")

	sent := d.write(ana, conversation, "Ana here").Must(t, http.StatusOK)
	if sent.JSON["author"] != ana.Id || sent.JSON["status"] != "queued" || sent.JSON["external_id"] != "" || sent.JSON["answered_by"] != "human" {
		t.Errorf("the server did not complete the message: %s", sent.Raw)
	}
	d.settle()
	expectState(t, d, conversation, map[string]any{"answerer": "human", "assignee": ana.Id, "status": "open", "unread": 0})

	d.ingest("carla", "2", "thanks")
	d.settle()
	expectSaid(t, d, "welcome", "echo hello", "Ana here")
	expectState(t, d, conversation, map[string]any{"unread": 1, "preview": "thanks", "last_direction": "in"})
}

// What the first reply of a person answered is the first message that waited for
// one: not what the bot has answered, nor what was said after that reply.
//
// Parity: WT-reports.
func TestTheFirstReplyOfAPersonIsTimed(t *testing.T) {
	d, at := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()
	expectState(t, d, conversation, map[string]any{"waiting_since": "", "asked_at": ""})

	at.Advance(time.Hour)
	d.ingest("carla", "2", "person")
	asked := d.Reload(conversation).GetString("waiting_since")
	d.settle()
	at.Advance(3 * time.Minute)
	d.ingest("carla", "3", "are you there?")
	expectState(t, d, conversation, map[string]any{"waiting_since": asked, "answered_at": ""})

	d.write(ana, conversation, "Ana here").Must(t, http.StatusOK)
	first := d.Reload(conversation)
	if wait := first.GetDateTime("answered_at").Time().Sub(first.GetDateTime("asked_at").Time()); first.GetString("asked_at") != asked || wait < 3*time.Minute || wait > 4*time.Minute {
		t.Errorf("asked at %s, answered %s later", first.GetString("asked_at"), wait)
	}

	at.Advance(time.Hour)
	d.ingest("carla", "4", "thanks")
	d.write(ana, conversation, "welcome").Must(t, http.StatusOK)
	expectState(t, d, conversation, map[string]any{"asked_at": asked, "answered_at": first.GetString("answered_at")})
}

// Parity: WT-tickets.
func TestTheBotComesBackOnlyByButtonClosingOrTime(t *testing.T) {
	d, at := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()
	d.write(ana, conversation, "Ana here").Must(t, http.StatusOK)
	d.settle()

	t.Run("not yet", func(t *testing.T) {
		at.Advance(11 * time.Hour)
		d.ingest("carla", "2", "a")
		d.settle()
		expectSaid(t, d, "welcome", "echo hello", "Ana here")
	})
	t.Run("after 12 hours without a person's message", func(t *testing.T) {
		at.Advance(time.Hour)
		d.ingest("carla", "3", "b")
		d.settle()
		expectSaid(t, d, "welcome", "echo hello", "Ana here", "welcome", "echo b")
		expectState(t, d, conversation, map[string]any{"answerer": "bot", "assignee": ""})
	})
	t.Run("by button", func(t *testing.T) {
		d.write(ana, conversation, "Ana again").Must(t, http.StatusOK)
		d.patch(ana, conversation, map[string]any{"answerer": "bot"}).Must(t, http.StatusOK)
		d.ingest("carla", "4", "c")
		d.settle()
		expectSaid(t, d, "welcome", "echo hello", "Ana here", "welcome", "echo b", "Ana again", "echo c")
	})
}

// Parity: WT-tickets.
func TestAfterClosingAMessageGoesBackToTheSamePerson(t *testing.T) {
	d, at := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()
	d.write(ana, conversation, "Ana here").Must(t, http.StatusOK)
	d.settle()
	d.patch(ana, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	expectState(t, d, conversation, map[string]any{"status": "closed", "unread": 0})

	at.Advance(23 * time.Hour)
	again := d.conversation(d.ingest("carla", "2", "one more thing"))
	d.settle()
	if again.Id != conversation.Id {
		t.Fatal("a new conversation was begun within 24 hours")
	}
	expectState(t, d, conversation, map[string]any{"status": "open", "assignee": ana.Id})

	d.patch(ana, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	at.Advance(25 * time.Hour)
	later := d.conversation(d.ingest("carla", "3", "hello again"))
	d.settle()
	if later.Id == conversation.Id {
		t.Error("the old conversation was reopened after 24 hours")
	}
	expectState(t, d, later, map[string]any{"status": "pending", "answerer": "bot", "assignee": ""})
}

func TestAGreetingComesAtMostOnceInTwelveHours(t *testing.T) {
	d, at := newBotDesk(t)
	d.ingest("carla", "1", "a")
	d.settle()
	at.Advance(11 * time.Hour)
	d.ingest("carla", "2", "b")
	d.settle()
	expectSaid(t, d, "welcome", "echo a", "echo b")

	at.Advance(2 * time.Hour)
	d.ingest("carla", "3", "c")
	d.settle()
	expectSaid(t, d, "welcome", "echo a", "echo b", "welcome", "echo c")
}

func TestHandingOverStopsTheBotAndSaysSo(t *testing.T) {
	d, _ := newBotDesk(t)
	conversation := d.conversation(d.ingest("carla", "1", "person"))
	d.ingest("carla", "2", "anyone?")
	d.settle()
	d.ingest("carla", "3", "hello?")
	d.settle()

	if got := d.out.said(); !slices.Contains(got, "one moment") || slices.Contains(got, "echo hello?") {
		t.Errorf("said %q", got)
	}
	expectState(t, d, conversation, map[string]any{"answerer": "waiting", "status": "open", "unread": 3})
}

func TestABrokenBotEndsWithAPerson(t *testing.T) {
	d, at := newBotDesk(t)
	conversation := d.conversation(d.ingest("carla", "1", "break"))
	for range 6 {
		d.settle()
		at.Advance(time.Hour)
	}
	expectState(t, d, conversation, map[string]any{"answerer": "waiting", "status": "open"})
}

// Parity: WT-tickets.
func TestTakeAssignAndTheirPermissions(t *testing.T) {
	d, _ := newBotDesk(t)
	ana, bob, boss := d.company.Member("agent"), d.company.Member("agent"), d.company.Member("manager")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()

	if got := d.patch(ana, conversation, map[string]any{"assignee": bob.Id}); got.Code() != "forbidden" {
		t.Errorf("an agent assigned someone else: %s", got.Raw)
	}
	d.patch(ana, conversation, map[string]any{"assignee": ana.Id}).Must(t, http.StatusOK)
	expectState(t, d, conversation, map[string]any{"answerer": "human", "status": "open"})

	if got := d.patch(bob, conversation, map[string]any{"assignee": bob.Id}); got.Status != http.StatusNotFound {
		t.Errorf("an agent sees a colleague's conversation: %s", got.Raw)
	}
	d.patch(boss, conversation, map[string]any{"assignee": bob.Id}).Must(t, http.StatusOK)
	expectState(t, d, conversation, map[string]any{"assignee": bob.Id})

	var events []*core.Record
	if err := d.RecordQuery(collections.Messages).AndWhere(dbx.HashExp{"kind": "system"}).OrderBy("id").All(&events); err != nil {
		t.Fatal(err)
	}
	if len(events) != 2 || events[1].GetString("author") != boss.Id {
		t.Errorf("%d lines of what happened, want 2, the last by the manager", len(events))
	}
}

// Parity: WB-conversations.
func TestAMemberChangesNothingElseOfAConversation(t *testing.T) {
	d, _ := newBotDesk(t)
	boss := d.company.Member("owner")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()

	other := d.company.Contact()
	d.patch(boss, conversation, map[string]any{"contact": other.Id, "preview": "forged", "unread": 77}).Must(t, http.StatusOK)
	fresh := d.Reload(conversation)
	if fresh.GetString("contact") == other.Id || fresh.GetString("preview") == "forged" || fresh.GetInt("unread") == 77 {
		t.Errorf("forged fields were taken: %v", fresh.PublicExport())
	}
	d.patch(boss, conversation, map[string]any{"unread": 0}).Must(t, http.StatusOK)
	expectState(t, d, conversation, map[string]any{"unread": 0})
}

// Parity: WT-messages.
func TestANoteNeverLeaves(t *testing.T) {
	d, _ := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()

	d.Do(http.MethodPost, d.company.Records(collections.Messages), ana.Token, map[string]any{
		"company": d.company.Id, "conversation": conversation.Id, "kind": "note", "text": "a difficult one",
		"direction": "out", "status": "queued", "at": "2026-01-01 00:00:00Z",
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
	}).Must(t, http.StatusOK)
	d.settle()
	expectSaid(t, d, "welcome", "echo hello")
	expectState(t, d, conversation, map[string]any{"answerer": "bot", "preview": "echo hello"})
}

// Parity: WT-messages.
func TestTheSameClientIDIsTheSameMessage(t *testing.T) {
	d, _ := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()

	body := map[string]any{
		"company": d.company.Id, "conversation": conversation.Id, "text": "once", "client_id": "c-1",
		"direction": "out", "kind": "text", "status": "queued", "at": "2026-01-01 00:00:00Z",
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
	}
	first := d.Do(http.MethodPost, d.company.Records(collections.Messages), ana.Token, body).Must(t, http.StatusOK)
	second := d.Do(http.MethodPost, d.company.Records(collections.Messages), ana.Token, body).Must(t, http.StatusOK)
	if first.JSON["id"] != second.JSON["id"] {
		t.Error("a repeated request made a second message")
	}
	d.settle()
	expectSaid(t, d, "welcome", "echo hello", "once")
}

// Parity: WT-messages, WB-enums.
func TestWhatCannotBeSentIsTriedAgainAndThenSaid(t *testing.T) {
	d, at := newBotDesk(t)
	ana := d.company.Member("agent")
	conversation := d.conversation(d.ingest("carla", "1", "hello"))
	d.settle()

	d.out.failWith(errNetwork)
	id := d.write(ana, conversation, "first").Must(t, http.StatusOK).JSON["id"].(string)
	d.write(ana, conversation, "second").Must(t, http.StatusOK)
	d.settle()
	d.out.failWith(nil)
	d.settle()
	expectSaid(t, d, "welcome", "echo hello") // the retry is not due yet, and the second waits for the first

	at.Advance(time.Minute)
	d.settle()
	expectSaid(t, d, "welcome", "echo hello", "first", "second")
	if message, _ := d.FindRecordById(collections.Messages, id); message.GetString("status") != "sent" {
		t.Errorf("status is %s", message.GetString("status"))
	}

	d.out.failWith(channels.Permanent(errNetwork))
	failed := d.write(ana, conversation, "third").Must(t, http.StatusOK).JSON["id"].(string)
	d.settle()
	message, _ := d.FindRecordById(collections.Messages, failed)
	if message.GetString("status") != "failed" || message.GetString("error") == "" {
		t.Errorf("status is %s, error %q", message.GetString("status"), message.GetString("error"))
	}
	d.out.failWith(nil)
	d.Do(http.MethodPatch, d.company.RecordURL(message), ana.Token, map[string]any{"status": "queued", "text": "forged"}).Must(t, http.StatusOK)
	d.settle()
	expectSaid(t, d, "welcome", "echo hello", "first", "second", "third")
}
