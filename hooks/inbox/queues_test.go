package inbox_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// floor is a desk whose one channel leads into a queue, answered by people.
type floor struct {
	*desk
	at    *recadotest.Clock
	queue *core.Record
	url   string
	count int
}

func newFloor(t *testing.T, distribution string) *floor {
	t.Helper()

	at := newClock()
	f := &floor{desk: newDesk(t, recadotest.New(t, at.Now), "none"), at: at}
	f.queue = f.company.Queue()
	f.set(f.queue, map[string]any{"distribution": distribution})
	channel, err := f.FindRecordById(collections.Channels, f.channel)
	if err != nil {
		t.Fatal(err)
	}
	f.set(channel, map[string]any{"queue": f.queue.Id})
	f.url = f.Listen()

	return f
}

func (f *floor) set(record *core.Record, change map[string]any) {
	f.T.Helper()
	fresh := f.Reload(record)
	fresh.Load(change)
	if err := f.Save(fresh); err != nil {
		f.T.Fatal(err)
	}
}

// agent is a member of the queue who has Recado open.
func (f *floor) agent() *recadotest.Member {
	f.T.Helper()
	member := f.company.Member("agent")
	f.set(member.Record, map[string]any{"queues": []string{f.queue.Id}})
	f.online(member)

	return member
}

// online opens the live feed, until the test ends.
func (f *floor) online(member *recadotest.Member) {
	f.T.Helper()
	f.Feed(f.url, f.company.Id, member.Token)
}

// arrive lets someone new write.
func (f *floor) arrive() *core.Record {
	f.T.Helper()
	f.count++

	return f.conversation(f.ingest(fmt.Sprint("visitor ", f.count), fmt.Sprint("m", f.count), "hello"))
}

func (f *floor) assignee(conversation *core.Record) string {
	return f.Reload(conversation).GetString("assignee")
}

// lines are the names of what happened in a conversation.
func (f *floor) lines(conversation *core.Record) []string {
	f.T.Helper()
	var events []*core.Record
	err := f.RecordQuery(collections.Messages).AndWhere(dbx.HashExp{"conversation": conversation.Id, "kind": "system"}).OrderBy("id").All(&events)
	if err != nil {
		f.T.Fatal(err)
	}
	var names []string
	for _, event := range events {
		var data struct {
			Event string `json:"event"`
		}
		_ = event.UnmarshalJSONField("data", &data)
		names = append(names, data.Event)
	}

	return names
}

// Parity: WT-queues.
func TestRoundRobinGivesInTurn(t *testing.T) {
	f := newFloor(t, "round_robin")
	team := []string{f.agent().Id, f.agent().Id, f.agent().Id}
	slices.Sort(team)
	f.company.Member("agent") // online or not: not in the queue

	for i := range 7 {
		conversation := f.arrive()
		f.settle()
		if got := f.assignee(conversation); got != team[i%3] {
			t.Fatalf("conversation %d went to %q, want %q of %v", i, got, team[i%3], team)
		}
		expectState(t, f.desk, conversation, map[string]any{"answerer": "human", "status": "open"})
		if got := f.lines(conversation); !slices.Equal(got, []string{"assigned"}) {
			t.Errorf("lines %v", got)
		}
	}
	if got := f.Reload(f.queue).GetString("last_given"); got != team[0] {
		t.Errorf("whose turn it was is not on the queue: %q", got)
	}
	if row := f.Do(http.MethodGet, f.company.RecordURL(f.queue), f.company.Member("owner").Token, nil); row.JSON["last_given"] != nil {
		t.Error("whose turn it was is shown")
	}
}

// Parity: WT-queues.
func TestLeastBusyGivesToWhoHasTheFewest(t *testing.T) {
	f := newFloor(t, "least_busy")
	ana, bob := f.agent(), f.agent()
	for range 3 {
		f.set(f.arrive(), map[string]any{"assignee": ana.Id, "answerer": "human", "status": "open"})
	}
	f.settle()

	counts := map[string]int{}
	for range 5 {
		conversation := f.arrive()
		f.settle()
		counts[f.assignee(conversation)]++
	}
	if counts[ana.Id] != 1 || counts[bob.Id] != 4 {
		t.Errorf("given %v, want 1 to who had three and 4 to who had none", counts)
	}
}

// Parity: WT-queues.
func TestOnlyWhoCanTakeItIsGivenAConversation(t *testing.T) {
	for name, unable := range map[string]func(f *floor, ana *recadotest.Member){
		"away":             func(f *floor, ana *recadotest.Member) { f.set(ana.Record, map[string]any{"away": true}) },
		"out of the queue": func(f *floor, ana *recadotest.Member) { f.set(ana.Record, map[string]any{"queues": []string{}}) },
		"may not reply":    func(f *floor, ana *recadotest.Member) { f.company.Permit(ana.Record, "inbox.view_own") },
		"full": func(f *floor, _ *recadotest.Member) {
			f.set(f.company.Record, map[string]any{"settings": map[string]any{"capacity": 1}})
		},
		"queue not sharing": func(f *floor, _ *recadotest.Member) { f.set(f.queue, map[string]any{"distribution": "off"}) },
		"not at work": func(f *floor, ana *recadotest.Member) { // it is Tuesday, 9:00 in São Paulo
			f.set(ana.Record, map[string]any{"work_hours": map[string]any{"weekly": []map[string]int{{"weekday": 2, "start": 600, "end": 1080}}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t, "round_robin")
			ana := f.agent()
			first := f.arrive()
			f.settle()
			if f.assignee(first) != ana.Id {
				t.Fatal("the first one was not given")
			}

			unable(f, ana)
			second := f.arrive()
			f.settle()
			if got := f.assignee(second); got != "" {
				t.Errorf("given to %q", got)
			}
			expectState(t, f.desk, second, map[string]any{"answerer": "waiting"})
			if f.assignee(first) != ana.Id {
				t.Error("what was given was taken away")
			}
		})
	}
}

// Parity: WT-queues.
func TestWaitingEndsWhenSomeoneComes(t *testing.T) {
	f := newFloor(t, "least_busy")
	older, newer := f.arrive(), f.arrive()
	f.settle()
	if f.assignee(older)+f.assignee(newer) != "" {
		t.Fatal("given to nobody's account")
	}

	f.set(f.company.Record, map[string]any{"settings": map[string]any{"capacity": 1}})
	ana := f.agent()
	f.settle()
	if f.assignee(older) != ana.Id || f.assignee(newer) != "" {
		t.Fatal("with room for one, the one who waited longest comes first")
	}
	f.patch(ana, older, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	f.settle()
	if f.assignee(newer) != ana.Id {
		t.Error("closing made no room")
	}

	at := f.arrive()
	f.set(ana.Record, map[string]any{"work_hours": map[string]any{"weekly": []map[string]int{{"weekday": 2, "start": 600, "end": 1080}}}})
	f.set(f.company.Record, map[string]any{"settings": map[string]any{"capacity": 0}})
	f.settle()
	if f.assignee(at) != "" {
		t.Fatal("given before work")
	}
	f.at.Advance(time.Hour)
	f.settle()
	if f.assignee(at) != ana.Id {
		t.Error("work began, and nothing was given")
	}
}

// Parity: WT-queues.
func TestManyAtOnceNeverGiveTwice(t *testing.T) {
	f := newFloor(t, "off")
	var team, waiting []string
	for range 3 {
		member := f.company.Member("agent")
		f.set(member.Record, map[string]any{"queues": []string{f.queue.Id}})
		team = append(team, member.Id)
	}
	for range 20 {
		waiting = append(waiting, f.arrive().Id)
	}
	f.settle()
	f.set(f.company.Record, map[string]any{"settings": map[string]any{"capacity": 5}})
	f.set(f.queue, map[string]any{"distribution": "least_busy"}) // nobody is online: the worker gives nothing

	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			for _, id := range waiting {
				if _, err := f.Inbox.DistributeOne(id, team); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()

	var counts []struct {
		Assignee string `db:"assignee"`
		Count    int    `db:"count"`
	}
	err := f.DB().Select("assignee", "count(*) AS count").From(collections.Conversations).Where(dbx.Not(dbx.HashExp{"assignee": ""})).GroupBy("assignee").All(&counts)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range counts {
		if row.Count != 5 {
			t.Errorf("%s has %d, want the 5 there is room for", row.Assignee, row.Count)
		}
	}
	var lines int
	if err := f.DB().Select("count(*)").From(collections.Messages).Where(dbx.HashExp{"kind": "system"}).Row(&lines); err != nil {
		t.Fatal(err)
	}
	if len(counts) != 3 || lines != 15 {
		t.Errorf("%d members and %d lines, want 3 and 15", len(counts), lines)
	}
}

func (f *floor) transfer(who *recadotest.Member, conversation *core.Record, body map[string]any) recadotest.Response {
	return f.Do(http.MethodPost, f.company.URL("/api/recado/conversations/"+conversation.Id+"/transfer"), who.Token, body)
}

// Parity: WT-tickets, WT-queues.
func TestTransferHandsOverWithANote(t *testing.T) {
	f := newFloor(t, "off")
	ana, bob := f.agent(), f.agent()
	sales := f.company.Queue()
	conversation := f.arrive()
	f.settle()

	if got := f.transfer(ana, conversation, map[string]any{"assignee": bob.Id}); got.Code() != "forbidden" {
		t.Errorf("what is nobody's was given away: %s", got.Raw)
	}
	f.patch(ana, conversation, map[string]any{"assignee": ana.Id}).Must(t, http.StatusOK)
	f.write(ana, conversation, "good morning").Must(t, http.StatusOK)

	if got := f.transfer(bob, conversation, map[string]any{"assignee": bob.Id}); got.Status != http.StatusNotFound {
		t.Errorf("a colleague's conversation: %s", got.Raw)
	}
	gone := f.company.Member("agent")
	f.set(gone.Record, map[string]any{"active": false})
	for what, body := range map[string]map[string]any{
		"nowhere": {}, "to who has left": {"assignee": gone.Id}, "to where it is": {"assignee": ana.Id}, "to another company's queue": {"queue": f.App.Company().Queue().Id},
	} {
		if got := f.transfer(ana, conversation, body); got.Status < 400 || len(f.lines(conversation)) != 1 {
			t.Errorf("%s: %s, lines %v", what, got.Raw, f.lines(conversation))
		}
	}

	f.transfer(ana, conversation, map[string]any{"assignee": bob.Id, "note": " Wants the big room. "}).Must(t, http.StatusOK)
	expectState(t, f.desk, conversation, map[string]any{"assignee": bob.Id, "queue": f.queue.Id, "answerer": "human", "status": "open"})
	if got := f.lines(conversation); !slices.Equal(got, []string{"assigned", "transferred"}) {
		t.Errorf("lines %v", got)
	}
	note, err := f.FindFirstRecordByFilter(collections.Messages, "kind = 'note'")
	if err != nil || note.GetString("text") != "Wants the big room." || note.GetString("author") != ana.Id || note.GetString("status") != "sent" {
		t.Errorf("note %v, %v", note, err)
	}

	f.transfer(bob, conversation, map[string]any{"queue": sales.Id}).Must(t, http.StatusOK)
	expectState(t, f.desk, conversation, map[string]any{"assignee": "", "queue": sales.Id, "answerer": "waiting"})
	if f.Reload(conversation).GetDateTime("waiting_since").IsZero() {
		t.Error("it waits since nobody knows when")
	}
	if got := f.Do(http.MethodGet, f.company.RecordURL(conversation), bob.Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("bob is not in sales and still sees it: %s", got.Raw)
	}
	f.settle()
	expectSaid(t, f.desk, "good morning") // the note never leaves

	f.set(conversation, map[string]any{"status": "closed", "assignee": bob.Id})
	if got := f.transfer(bob, conversation, map[string]any{"assignee": ana.Id}); got.Code() != "conversation_closed" {
		t.Errorf("a closed one: %s", got.Raw)
	}
}

// Parity: WT-tickets.
func TestSnoozeUntilATimeOrAReply(t *testing.T) {
	f := newFloor(t, "off")
	ana := f.agent()
	conversation := f.arrive()
	f.settle()
	f.patch(ana, conversation, map[string]any{"assignee": ana.Id}).Must(t, http.StatusOK)
	wake := func() {
		t.Helper()
		if err := f.Inbox.WakeSnoozed(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	snooze := func(until any) recadotest.Response {
		return f.patch(ana, conversation, map[string]any{"status": "snoozed", "snoozed_until": until})
	}

	for _, wrong := range []time.Time{f.at.Now(), f.at.Now().Add(-time.Hour), f.at.Now().AddDate(2, 0, 0)} {
		if got := snooze(wrong); got.Code() != "invalid" {
			t.Errorf("until %v: %s", wrong, got.Raw)
		}
	}

	snooze(f.at.Now().Add(2*time.Hour)).Must(t, http.StatusOK)
	expectState(t, f.desk, conversation, map[string]any{"status": "snoozed", "assignee": ana.Id, "unread": 0})
	f.at.Advance(119 * time.Minute)
	wake()
	expectState(t, f.desk, conversation, map[string]any{"status": "snoozed"})
	f.at.Advance(time.Minute)
	wake()
	wake()
	expectState(t, f.desk, conversation, map[string]any{"status": "open", "assignee": ana.Id, "unread": 1, "snoozed_until": ""})
	if got := f.lines(conversation); !slices.Equal(got, []string{"assigned", "snoozed", "woken"}) {
		t.Errorf("lines %v", got)
	}

	snooze("").Must(t, http.StatusOK)
	f.at.Advance(100 * 24 * time.Hour)
	wake()
	expectState(t, f.desk, conversation, map[string]any{"status": "snoozed"})
	f.ingest("visitor 1", "later", "me again")
	f.settle()
	expectState(t, f.desk, conversation, map[string]any{"status": "open", "assignee": ana.Id})

	snooze(f.at.Now().Add(time.Hour)).Must(t, http.StatusOK)
	f.patch(ana, conversation, map[string]any{"status": "open"}).Must(t, http.StatusOK)
	expectState(t, f.desk, conversation, map[string]any{"status": "open", "snoozed_until": ""})

	f.patch(ana, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	if got := snooze(""); got.Code() != "conversation_closed" {
		t.Errorf("a closed one: %s", got.Raw)
	}
}

// Parity: WT-queues.
func TestOutsideTheHoursTheAnswerSaysWhenSomeoneIsBack(t *testing.T) {
	f := newFloor(t, "off") // Tuesday, 9:00 in São Paulo
	nineToSix := func(closed ...string) map[string]any {
		var weekly []map[string]int
		for day := 1; day <= 5; day++ {
			weekly = append(weekly, map[string]int{"weekday": day, "start": 540, "end": 1080})
		}

		return map[string]any{"weekly": weekly, "closed": closed}
	}
	f.set(f.company.Record, map[string]any{"settings": map[string]any{"hours": nineToSix("2026-03-11")}})

	f.ingest("carla", "1", "good morning")
	f.settle()
	expectSaid(t, f.desk) // someone is there

	f.at.Advance(10 * time.Hour)
	f.ingest("carla", "2", "anyone?")
	f.settle()
	f.ingest("carla", "3", "hello??")
	f.settle()
	const closed = "No momento não há ninguém; a equipe volta quinta-feira, 12 de março, às 09:00." // not on the holiday
	if got := f.out.said(); len(got) != 1 {
		t.Fatalf("said %q, want one sentence like %q", got, closed)
	} else if !strings.Contains(got[0], "12 de março") || !strings.Contains(got[0], "09:00") {
		t.Errorf("said %q", got[0])
	}

	// The queue has hours and words of its own.
	f.at.Advance(60 * time.Hour) // Friday, 7:00
	f.set(f.queue, map[string]any{"hours": map[string]any{"weekly": []map[string]int{{"weekday": 5, "start": 600, "end": 1500}}}, "out_of_hours": "Só à tarde: voltamos {when}."})
	f.ingest("carla", "4", "and now?")
	f.settle()
	if got := f.out.said(); len(got) != 2 || got[1] != "Só à tarde: voltamos hoje às 10:00." {
		t.Errorf("said %q", got)
	}
	f.at.Advance(17 * time.Hour) // past midnight: open until one
	f.ingest("carla", "5", "good night")
	f.settle()
	if got := f.out.said(); len(got) != 2 {
		t.Errorf("said %q within the hours", got)
	}

	// Whoever wants no automatic answers gets none.
	contact, err := f.FindFirstRecordByFilter(collections.Contacts, "name = 'carla'")
	if err != nil {
		t.Fatal(err)
	}
	f.set(contact, map[string]any{"bot_off": true})
	f.at.Advance(5 * time.Hour)
	f.ingest("carla", "6", "still up?")
	f.settle()
	if got := f.out.said(); len(got) != 2 {
		t.Errorf("said %q to who wants no automatic answers", got)
	}
}

// Parity: WT-users.
func TestOpeningShowsNothingOutOfSight(t *testing.T) {
	f := newFloor(t, "off")
	ana, bob := f.agent(), f.agent()
	conversation := f.arrive()
	f.settle()
	open := func(who *recadotest.Member) recadotest.Response {
		return f.Do(http.MethodPost, f.company.URL("/api/recado/conversations"), who.Token, map[string]any{
			"contact": conversation.GetString("contact"), "channel": f.channel,
		})
	}
	f.patch(ana, conversation, map[string]any{"assignee": ana.Id}).Must(t, http.StatusOK)
	if got := open(bob); got.Code() != "conversation_elsewhere" {
		t.Errorf("a colleague's: %s", got.Raw)
	}
	f.patch(ana, conversation, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	mine := open(bob).Must(t, http.StatusOK)
	if mine.JSON["id"] == conversation.Id || mine.JSON["assignee"] != bob.Id || mine.JSON["status"] != "open" {
		t.Errorf("a colleague's closed one: %s", mine.Raw)
	}
	if got := open(ana); got.Code() != "conversation_elsewhere" {
		t.Errorf("what is now bob's: %s", got.Raw)
	}
}

// Parity: WT-users.
func TestMembersSayThemselvesThatTheyAreAway(t *testing.T) {
	f := newFloor(t, "round_robin")
	ana := f.agent()
	away := func(token string, on bool) recadotest.Response {
		return f.Do(http.MethodPost, f.company.URL("/api/recado/away"), token, map[string]any{"on": on})
	}
	away(ana.Token, true).Must(t, http.StatusNoContent)
	conversation := f.arrive()
	f.settle()
	if f.assignee(conversation) != "" {
		t.Error("given to who is away")
	}
	away(ana.Token, false).Must(t, http.StatusNoContent)
	f.settle()
	if f.assignee(conversation) != ana.Id {
		t.Error("not given to who is back")
	}
	stranger := f.App.Company().Member("owner")
	if got := away(stranger.Token, true); got.Code() != "not_a_member" {
		t.Errorf("another company's: %s", got.Raw)
	}
	if got := away("", true); got.Status != http.StatusUnauthorized {
		t.Errorf("a guest: %s", got.Raw)
	}
}
