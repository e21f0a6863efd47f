package notify_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// wish switches a way of an event on or off for a member, as they do it themselves.
func (d *desk) wish(m *recadotest.Member, event, way string, on bool) {
	d.T.Helper()
	d.Do(http.MethodPatch, d.company.URL("/api/recado/me/preferences/notifications"), m.Token, map[string]any{
		event: map[string]any{way: on},
	}).Must(d.T, http.StatusOK)
}

// told lets the jobs run a while later, and returns who was mailed what.
func (d *desk) told() []string {
	d.T.Helper()
	d.clock.Advance(3 * time.Minute)
	before := len(d.server.Messages())
	for range 2 { // the second has nothing to do
		if err := d.Notify.Colleagues(context.Background()); err != nil {
			d.T.Fatal(err)
		}
	}
	if err := d.Mail.Tick(context.Background()); err != nil {
		d.T.Fatal(err)
	}
	var list []string
	for _, m := range d.server.Messages()[before:] {
		t, _ := d.T.(*testing.T)
		list = append(list, m.To+": "+subject(t, m))
	}
	slices.Sort(list)

	return list
}

// hears fails unless just this was mailed.
func (d *desk) hears(what string, want ...string) {
	d.T.Helper()
	got := d.told()
	if len(got) != len(want) {
		d.T.Errorf("%s: mailed %q, want %q", what, got, want)

		return
	}
	for i := range got {
		who, said, _ := strings.Cut(want[i], ": ")
		if !strings.HasPrefix(got[i], who+": ") || !strings.Contains(got[i], said) {
			d.T.Errorf("%s: mailed %q, want %q", what, got, want)
		}
	}
}

// switched does something twice: nobody is mailed, and somebody with the switch on.
func (d *desk) switched(m *recadotest.Member, event string, do func(), want string) {
	d.T.Helper()
	d.told() // what came before
	do()
	d.hears(event + " off")
	d.wish(m, event, "email", true)
	do()
	d.hears(event+" on", m.User.Email()+": "+want)
	d.wish(m, event, "email", false)
	do()
	d.hears(event + " off again")
}

func (d *desk) agent() *recadotest.Member {
	d.T.Helper()
	m := d.company.Member("agent")
	d.set(m.User, map[string]any{"locale": "en"})

	return m
}

// says makes somebody write.
func (d *desk) says(who, text string) *core.Record {
	d.T.Helper()
	in := d.inbound(who, text)
	in.Name = who
	result, err := d.Inbox.Ingest(context.Background(), in)
	if err != nil {
		d.T.Fatal(err)
	}
	d.drain()
	conversation, err := d.FindRecordById(collections.Conversations, result.Conversation)
	if err != nil {
		d.T.Fatal(err)
	}

	return conversation
}

func (d *desk) give(conversation *core.Record, to string) {
	d.T.Helper()
	d.Do(http.MethodPatch, d.company.RecordURL(conversation), d.owner.Token, map[string]any{"assignee": to}).Must(d.T, http.StatusOK)
}

// Parity: LC-prefs, DC-notifications.
func TestNewLeadsAreMailed(t *testing.T) {
	d := newDesk(t)
	me, serial := d.agent(), 0
	d.switched(me, "new_leads", func() {
		serial++
		d.says(fmt.Sprint("Guest ", serial), "hello")
	}, "wrote for the first time")

	d.wish(me, "new_leads", "email", true)
	d.says("Guest 1", "me again")
	d.hears("somebody known")
	blind := d.agent()
	d.company.Permit(blind.Record, "contacts.view_all")
	d.wish(blind, "new_leads", "email", true)
	d.says("Guest 9", "hello")
	d.hears("who may see it", me.User.Email()+": Guest 9")
}

// Of one talk there is one mail, until it was looked at. Parity: LC-prefs, DC-notifications.
func TestMessagesInMyConversationsAreMailed(t *testing.T) {
	d := newDesk(t)
	me := d.agent()
	mine := d.says("Ana Lima", "hello")
	d.give(mine, me.Id)
	look := func() {
		t.Helper()
		d.Do(http.MethodPatch, d.company.RecordURL(mine), me.Token, map[string]any{"unread": 0}).Must(t, http.StatusOK)
	}
	look()
	d.switched(me, "messages", func() {
		look()
		for range 20 {
			d.says("Ana Lima", "are you there?")
		}
	}, "Ana Lima wrote to you")

	look()
	d.wish(me, "messages", "email", true)
	d.says("Ana Lima", "one")
	d.hears("the first one", me.User.Email()+": Ana Lima")
	for range 5 {
		d.says("Ana Lima", "more")
		d.hears("more of the same talk")
	}
	look()
	d.says("Ana Lima", "seen at once")
	look()
	d.hears("what was seen")
	d.says("Bruno", "not mine")
	d.hears("of nobody's")
	mail := d.server.Messages()[len(d.server.Messages())-1]
	text := parts(t, mail)["text/plain"]
	for _, word := range []string{"/c/" + d.company.Id + "/inbox/" + mine.Id, "/settings/profile#notifications", "You get this e-mail because you asked for it"} {
		if !strings.Contains(text, word) {
			t.Errorf("the mail lacks %q: %s", word, text)
		}
	}
	if strings.Contains(mail.Raw, "one") && strings.Contains(text, "seen at once") {
		t.Errorf("what a customer says stands in a mail: %s", text)
	}
}

// Parity: LC-prefs, DC-notifications.
func TestAConversationGivenToMeIsMailed(t *testing.T) {
	d := newDesk(t)
	me, other := d.agent(), d.agent()
	conversation := d.says("Ana Lima", "hello")
	d.switched(me, "assigned", func() {
		d.give(conversation, other.Id)
		d.give(conversation, me.Id)
	}, "The conversation with Ana Lima is yours now")

	d.wish(me, "assigned", "email", true)
	d.give(conversation, "")
	d.Do(http.MethodPatch, d.company.RecordURL(conversation), me.Token, map[string]any{"assignee": me.Id}).Must(t, http.StatusOK)
	d.hears("what I took myself")
	d.give(conversation, other.Id)
	d.give(conversation, me.Id)
	d.give(conversation, other.Id)
	d.hears("what is not mine any more")
}

// Parity: LC-prefs, DC-notifications.
func TestMentionsAreMailed(t *testing.T) {
	d := newDesk(t)
	me := d.agent()
	conversation := d.says("Ana Lima", "hello")
	seen := func() {
		t.Helper()
		d.Do(http.MethodPost, d.company.URL("/api/recado/conversations/"+conversation.Id+"/seen"), me.Token, nil).Must(t, http.StatusNoContent)
	}
	call := func() {
		t.Helper()
		seen()
		d.post("/api/collections/messages/records", map[string]any{
			"company": d.company.Id, "conversation": conversation.Id, "kind": "note", "text": "look", "mentions": []string{me.Id},
		}).Must(t, http.StatusOK)
	}
	d.switched(me, "mentions", call, "A colleague calls you in the conversation with Ana Lima")
	d.wish(me, "mentions", "email", true)
	call()
	seen()
	d.hears("what was seen")
}

// Parity: LC-prefs, DC-notifications.
func TestWhatWasPutOffIsMailed(t *testing.T) {
	d := newDesk(t)
	me := d.agent()
	conversation := d.says("Ana Lima", "hello")
	d.give(conversation, me.Id)
	d.switched(me, "follow_ups", func() {
		d.set(conversation, map[string]any{"status": "snoozed", "snoozed_until": d.clock.Now().Add(time.Minute)})
		d.clock.Advance(2 * time.Minute)
		if err := d.Inbox.WakeSnoozed(context.Background()); err != nil {
			t.Fatal(err)
		}
	}, "It is time to look at the conversation with Ana Lima again")
}

// Parity: LC-prefs, DC-notifications.
func TestMyAppointmentsAreMailed(t *testing.T) {
	d := newDesk(t)
	me := d.agent()
	d.set(d.agenda, map[string]any{"member": me.Id})
	day := 0
	start := func() time.Time { day++; return monday.AddDate(0, 0, day).Add(6 * time.Hour) }
	var a *core.Record
	mine := func(want string) []string { return []string{want} }
	d.wish(me, "appointments", "email", true)
	others := func(list []string) []string {
		return slices.DeleteFunc(list, func(one string) bool { return !strings.HasPrefix(one, me.User.Email()) })
	}
	is := func(what string, want []string) {
		t.Helper()
		got := others(d.told())
		if len(got) != len(want) || len(want) == 1 && !strings.Contains(got[0], want[0]) {
			t.Errorf("%s: mailed %q, want %q", what, got, want)
		}
	}
	a = d.book(start())
	is("a booking", mine("New appointment of Ana Lima"))
	d.act(a, "reschedule", map[string]any{"start": start().Format(time.RFC3339)})
	is("a move", mine("was moved"))
	d.act(a, "cancel", map[string]any{})
	is("a cancellation", mine("was cancelled"))
	a = d.book(start())
	d.act(a, "cancel", map[string]any{})
	is("what came and went", nil)
	d.Do(http.MethodPost, d.company.URL("/api/recado/agendas/"+d.agenda.Id+"/book"), me.Token, map[string]any{
		"service": d.service.Id, "start": start().Format(time.RFC3339), "contact": d.contact.Id,
	}).Must(t, http.StatusOK)
	is("what I did myself", nil)
	d.wish(me, "appointments", "email", false)
	d.book(start())
	is("appointments off", nil)
}

// Many things at once are one mail that names nobody.
func TestManyThingsAreOneMail(t *testing.T) {
	d := newDesk(t)
	me := d.agent()
	d.wish(me, "new_leads", "email", true)
	for i := range 4 {
		d.says(fmt.Sprint("Guest ", i), "hello")
	}
	d.hears("four at once", me.User.Email()+": 4 things wait for you")
	d.says("Late", "hello")
	d.clock.Advance(2 * time.Hour)
	d.hears("what is long ago")
}

// Parity: LC-prefs.
func TestTheSwitchOfNumbersThatAreOff(t *testing.T) {
	d := newDesk(t)
	off := func() int {
		t.Helper()
		d.clock.Advance(time.Minute)
		d.set(d.channel, map[string]any{"number": "+5511999990001", "state": "logged_out", "off_since": d.clock.Now()})
		d.clock.Advance(10 * time.Minute)
		before := len(d.server.Messages())
		if err := d.Notify.NumberOff(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := d.Mail.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}

		return len(d.server.Messages()) - before
	}
	if got := off(); got != 1 {
		t.Errorf("at first %d mails", got)
	}
	d.wish(d.owner, "channel_off", "email", false)
	if got := off(); got != 0 {
		t.Errorf("off, %d mails", got)
	}
	d.wish(d.owner, "channel_off", "email", true)
	if got := off(); got != 1 {
		t.Errorf("on again, %d mails", got)
	}
}

// In the person's own morning, once a day, and not of an empty one. Parity: LC-prefs, DC-notifications.
func TestTheSummaryOfTheDay(t *testing.T) {
	d := newDesk(t)
	me := d.agent()
	d.set(d.agenda, map[string]any{"member": me.Id})
	day := func() []string {
		t.Helper()
		before := len(d.server.Messages())
		for range 2 {
			if err := d.Notify.Summaries(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := d.Mail.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, m := range d.server.Messages()[before:] {
			if m.To == me.User.Email() {
				list = append(list, subject(t, m)+"\n"+parts(t, m)["text/plain"])
			}
		}

		return list
	}
	at := func(days, hour int) { d.clock.Set(monday.AddDate(0, 0, days).Add(time.Duration(hour-8) * time.Hour)) }
	d.give(d.says("Ana Lima", "hello"), me.Id)
	d.book(monday.AddDate(0, 0, 2).Add(8 * time.Hour))

	at(1, 12) // nine in São Paulo
	if got := day(); len(got) != 0 {
		t.Errorf("off: %q", got)
	}
	d.wish(me, "daily_summary", "email", true)
	at(2, 10) // seven
	if got := day(); len(got) != 0 {
		t.Errorf("before the morning: %q", got)
	}
	at(2, 12)
	got := day()
	if len(got) != 1 || !strings.Contains(got[0], "Your day in "+d.company.GetString("name")) ||
		!strings.Contains(got[0], "Appointments today: 1") || !strings.Contains(got[0], "Conversations that wait for you: 1") {
		t.Errorf("in the morning: %q", got)
	}
	at(2, 13)
	if got := day(); len(got) != 0 {
		t.Errorf("twice a day: %q", got)
	}
	at(3, 20)
	if got := day(); len(got) != 0 {
		t.Errorf("in the evening: %q", got)
	}

	d.Do(http.MethodPatch, d.company.URL("/api/recado/me/preferences/app"), me.Token, map[string]any{"timezone": "Asia/Tokyo"}).Must(t, http.StatusOK)
	at(4, 0) // nine in Tokyo
	if got := day(); len(got) != 1 || strings.Contains(got[0], "Appointments") {
		t.Errorf("in Tokyo's morning: %q", got)
	}
	for _, c := range []string{collections.Conversations, collections.Contacts} {
		rows, err := d.FindAllRecords(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			row.Set("unread", 0)
			row.Set("deleted", d.clock.Now())
			row.Set("status", "closed")
			if err := d.SaveNoValidate(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	at(5, 0)
	if got := day(); len(got) != 0 {
		t.Errorf("of an empty day: %q", got)
	}
}
