package search_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

type desk struct {
	app          *recadotest.App
	company      *recadotest.Company
	owner        *recadotest.Member
	conversation *core.Record
	serial       int
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	app := recadotest.New(t, nil)
	company := app.Company()

	return &desk{app: app, company: company, owner: company.Member("owner"), conversation: company.Conversation(company.Webchat())}
}

func (d *desk) say(conversation *core.Record, text string) *core.Record {
	d.app.T.Helper()
	d.serial++

	return d.company.Create(collections.Messages, map[string]any{
		"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"direction": "in", "kind": "text", "text": text, "status": "received", "external_id": fmt.Sprint("m", d.serial),
		"at": fmt.Sprintf("2026-01-01 00:%02d:%02d.000Z", d.serial/60%60, d.serial%60),
	})
}

func (d *desk) feed() {
	d.app.T.Helper()
	if err := d.app.Search.Feed(d.app.T.(*testing.T).Context()); err != nil {
		d.app.T.Fatal(err)
	}
}

func (d *desk) find(token, q string) recadotest.Response {
	d.app.T.Helper()

	return d.app.Do(http.MethodGet, d.company.URL("/api/recado/search?q="+url.QueryEscape(q)), token, nil)
}

// texts are the messages of an answer.
func texts(answer recadotest.Response) []string {
	list := []string{}
	messages, _ := answer.JSON["messages"].([]any)
	for _, message := range messages {
		list = append(list, message.(map[string]any)["text"].(string))
	}

	return list
}

// A message is found alike before the index has it and after.
//
// Parity: DC-filters.
func TestWhatWasSaidIsFoundAtOnceAndLater(t *testing.T) {
	d := newDesk(t)
	d.say(d.conversation, "Amanhã às três é possível?")
	d.say(d.conversation, "Prefiro depois de amanhã, com a Dra. Núñez")
	d.say(d.conversation, "ok")

	for _, fed := range []bool{false, true} {
		if fed {
			d.feed()
		}
		for q, want := range map[string][]string{
			"amanha":         {"Prefiro depois de amanhã, com a Dra. Núñez", "Amanhã às três é possível?"},
			"AMANHÃ tres":    {"Amanhã às três é possível?"},
			"depois nun":     {"Prefiro depois de amanhã, com a Dra. Núñez"},
			"nun depois":     {}, // only the last word may be a beginning
			"manha":          {},
			`"* OR words : `: {},
			"ok":             {"ok"},
		} {
			if got := texts(d.find(d.owner.Token, q).Must(t, http.StatusOK)); !slices.Equal(got, want) {
				t.Errorf("fed %v: %q finds %q, want %q", fed, q, got, want)
			}
		}
	}
	if wrong := d.find(d.owner.Token, "á"); wrong.Code() != "invalid" {
		t.Errorf("one letter: %s", wrong.Raw)
	}
}

func TestPeopleAreFoundByNamePhoneAndEmail(t *testing.T) {
	d := newDesk(t)
	d.company.Create(collections.Contacts, map[string]any{"name": "José Ávila", "phone": "+5511987654321", "email": "jose@example.com"})
	d.company.Create(collections.Contacts, map[string]any{"name": "José Gone", "deleted": "2026-01-01 00:00:00.000Z"})
	for q, want := range map[string]int{"jose": 1, "avila jo": 1, "98765-4321": 1, "jose@example": 1, "zzz": 0} {
		answer := d.find(d.owner.Token, q).Must(t, http.StatusOK)
		if got := answer.JSON["contacts"].([]any); len(got) != want {
			t.Errorf("%q finds %d contacts, want %d: %s", q, len(got), want, answer.Raw)
		}
	}
}

// Nobody finds what they may not list, before or after the index.
//
// Parity: LC-isolation.
func TestTheSearchKeepsToWhatOneMaySee(t *testing.T) {
	d := newDesk(t)
	agent, colleague := d.company.Member("agent"), d.company.Member("agent")
	theirs := d.company.Create(collections.Conversations, map[string]any{
		"contact": d.company.Contact().Id, "channel": d.company.Webchat().Id, "status": "open", "answerer": "human", "assignee": colleague.Id,
	})
	d.say(d.conversation, "secret for everyone")
	d.say(theirs, "secret for one")
	other := d.app.Company()

	for range 2 {
		for token, want := range map[string]int{agent.Token: 1, colleague.Token: 2, d.owner.Token: 2} {
			if got := texts(d.find(token, "secret")); len(got) != want {
				t.Errorf("found %q, want %d", got, want)
			}
		}
		if got := d.find(other.Member("owner").Token, "secret"); got.Code() != "not_a_member" {
			t.Errorf("another company's owner: %s", got.Raw)
		}
		foreign := d.app.Do(http.MethodGet, other.URL("/api/recado/search?q=secret"), other.Member("owner").Token, nil)
		if got := texts(foreign.Must(t, http.StatusOK)); len(got) != 0 {
			t.Errorf("another company finds %q", got)
		}
		d.feed()
	}
}

func TestTheIndexFollowsChanges(t *testing.T) {
	d := newDesk(t)
	message := d.say(d.conversation, "before")
	d.feed()
	message.Set("text", "after")
	if err := d.app.Save(message); err != nil {
		t.Fatal(err)
	}
	if a, b := texts(d.find(d.owner.Token, "before")), texts(d.find(d.owner.Token, "after")); len(a) != 0 || len(b) != 1 {
		t.Errorf("before finds %q, after %q", a, b)
	}
	if err := d.app.Delete(message); err != nil {
		t.Fatal(err)
	}
	if got := texts(d.find(d.owner.Token, "after")); len(got) != 0 {
		t.Errorf("a deleted message is found: %q", got)
	}
}

// Page by page everything is found once, newest first.
// Of the words that begin alike there may be more than are looked for: the one that
// was written is always among them.
func TestManyWordsThatBeginAlike(t *testing.T) {
	d := newDesk(t)
	for i := range 200 {
		d.say(d.conversation, fmt.Sprintf("agulha%03d", i))
	}
	d.say(d.conversation, "agulha")
	d.feed()
	if found := texts(d.find(d.owner.Token, "agulha150")); !slices.Equal(found, []string{"agulha150"}) {
		t.Errorf("%q", found)
	}
	if found := texts(d.find(d.owner.Token, "agulha")); len(found) == 0 || found[0] != "agulha" {
		t.Errorf("%q", found)
	}
	if found := texts(d.find(d.owner.Token, "agulh")); len(found) < 20 {
		t.Errorf("%d", len(found))
	}
}

func TestPagesOfHits(t *testing.T) {
	d := newDesk(t)
	for i := range 95 {
		d.say(d.conversation, fmt.Sprintf("needle %03d", i))
	}
	d.feed()
	d.say(d.conversation, "needle 095")

	var all []string
	cursor := ""
	for range 10 {
		answer := d.app.Do(http.MethodGet, d.company.URL("/api/recado/search?q=needle&cursor="+cursor), d.owner.Token, nil).Must(t, http.StatusOK)
		all = append(all, texts(answer)...)
		if cursor = answer.JSON["cursor"].(string); cursor == "" {
			break
		}
	}
	if len(all) != 96 || all[0] != "needle 095" || all[95] != "needle 000" || !slices.IsSortedFunc(all, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("found %d: %q", len(all), all)
	}
}
