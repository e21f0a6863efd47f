package inbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// newRatedDesk is a desk that asks for a rating at the end.
func newRatedDesk(t *testing.T, scale int) (*desk, *recadotest.Clock) {
	t.Helper()

	d, at := newBotDesk(t)
	company := d.Reload(d.company.Record)
	company.Set("settings", map[string]any{"rating_scale": scale})
	if err := d.Save(company); err != nil {
		t.Fatal(err)
	}

	return d, at
}

// served is a conversation that a member has answered and closed.
func (d *desk) served(who *recadotest.Member, customer string) *core.Record {
	d.T.Helper()

	conversation := d.conversation(d.ingest(customer, customer+"-first", "hello"))
	d.settle()
	d.send(who, conversation, map[string]any{"text": "here you are"}).Must(d.T, http.StatusOK)
	d.patch(who, conversation, map[string]any{"status": "closed"}).Must(d.T, http.StatusOK)
	d.settle()

	return conversation
}

func (d *desk) ratings(conversation *core.Record) []*core.Record {
	d.T.Helper()

	rows, err := d.FindAllRecords(collections.Ratings)
	if err != nil {
		d.T.Fatal(err)
	}

	return slices.DeleteFunc(rows, func(row *core.Record) bool { return row.GetString("conversation") != conversation.Id })
}

func (d *desk) last() string {
	said := d.out.said()
	if len(said) == 0 {
		return ""
	}

	return said[len(said)-1]
}

// Parity: WT-ratings.
func TestARatingIsAskedAnsweredAndThankedFor(t *testing.T) {
	d, at := newRatedDesk(t, 5)
	ana := d.company.Member("agent")
	conversation := d.served(ana, "carla")
	if !strings.Contains(d.last(), "1") || !strings.Contains(d.last(), "5") {
		t.Fatalf("the last word was %q", d.last())
	}
	rows := d.ratings(conversation)
	if len(rows) != 1 || rows[0].GetString("status") != "asked" || rows[0].GetString("member") != ana.Id || rows[0].GetInt("scale") != 5 {
		t.Fatalf("asked %v", rows)
	}
	question, err := d.FindFirstRecordByFilter(collections.Messages, "conversation = {:c} && options ~ 'rating'", map[string]any{"c": conversation.Id})
	if err != nil || !strings.Contains(question.GetString("options"), `"rating:5"`) {
		t.Errorf("the buttons are %s", question.GetString("options"))
	}

	at.Advance(time.Hour)
	result := d.ingest("carla", "2", "Nota 4, demorou um pouco")
	d.settle()
	if result.Conversation != conversation.Id {
		t.Error("the answer began another conversation")
	}
	expectState(t, d, conversation, map[string]any{"status": "closed", "unread": 0})
	rating := d.ratings(conversation)[0]
	if rating.GetInt("score") != 4 || rating.GetString("comment") != "demorou um pouco" || rating.GetString("status") != "answered" {
		t.Errorf("rated as %v", rating.PublicExport())
	}
	if !strings.Contains(d.last(), "Obrigado") {
		t.Errorf("not thanked: %q", d.last())
	}

	// once: the next message is one as any other, and closing again asks nothing
	d.ingest("carla", "3", "5")
	d.settle()
	expectState(t, d, conversation, map[string]any{"status": "open", "unread": 1})
	d.patch(ana, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	d.settle()
	if got := d.ratings(conversation); len(got) != 1 || got[0].GetInt("score") != 4 {
		t.Errorf("asked again: %v", got)
	}
}

// Parity: WT-ratings.
func TestARatingByButton(t *testing.T) {
	d, _ := newRatedDesk(t, 10)
	d.out.allow(channels.Capabilities{Options: 20})
	conversation := d.served(d.company.Member("agent"), "carla")
	in := d.inbound("carla", "2", "zero")
	in.Payload = "rating:0"
	if _, err := d.Inbox.Ingest(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if rating := d.ratings(conversation)[0]; rating.GetString("status") != "answered" || rating.GetInt("score") != 0 || rating.GetInt("scale") != 10 {
		t.Errorf("rated as %v", rating.PublicExport())
	}
}

// Parity: WT-ratings.
func TestWhatIsNoRatingOpensTheConversation(t *testing.T) {
	d, at := newRatedDesk(t, 5)
	ana := d.company.Member("agent")

	other := d.served(ana, "carla")
	d.ingest("carla", "2", "5 minutos e estou aí")
	expectState(t, d, other, map[string]any{"status": "open", "unread": 1})
	if got := d.ratings(other)[0].GetString("status"); got != "asked" {
		t.Errorf("the question is %s", got)
	}

	late := d.served(ana, "bruno")
	at.Advance(25 * time.Hour)
	result := d.ingest("bruno", "3", "5")
	if result.Conversation == late.Id {
		t.Error("a day later is another conversation")
	}
	if err := d.Inbox.CloseIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := d.ratings(late)[0].GetString("status"); got != "expired" {
		t.Errorf("the question is %s", got)
	}
}

// Parity: WT-ratings.
func TestWhoIsNotAskedForARating(t *testing.T) {
	d, _ := newRatedDesk(t, 5)
	ana := d.company.Member("agent")
	closed := func(conversation *core.Record) {
		t.Helper()
		d.patch(ana, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
		d.settle()
		if got := d.ratings(conversation); len(got) != 0 {
			t.Errorf("asked: %v", got[0].PublicExport())
		}
	}

	closed(d.conversation(d.ingest("never answered", "1", "hello")))

	noted := d.conversation(d.ingest("only noted", "2", "hello"))
	d.send(ana, noted, map[string]any{"kind": "note", "text": "psst"}).Must(t, http.StatusOK)
	closed(noted)

	imported := d.conversation(d.ingest("imported", "3", "hello"))
	imported.Set("imported", true)
	if err := d.Save(imported); err != nil {
		t.Fatal(err)
	}
	d.send(ana, imported, map[string]any{"text": "hi"}).Must(t, http.StatusOK)
	closed(imported)

	d.company.Record = d.Reload(d.company.Record)
	d.company.Set("settings", map[string]any{"rating_scale": 0})
	if err := d.Save(d.company.Record); err != nil {
		t.Fatal(err)
	}
	if got := d.ratings(d.served(ana, "off")); len(got) != 0 {
		t.Error("asked although the company doesn't want to know")
	}
}
