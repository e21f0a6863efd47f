package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Parity: WT-realtime.
func TestEventsAreRecordsAsTheAPIShowsThem(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	boss := w.person(company, "inbox.view_all", "contacts.view_all")
	feed := w.open(boss)

	conversation := w.conversation(company, w.channel(company).Id, "")
	conversation.Set("dialogue", map[string]any{"step": "menu"})
	must(t, w.app.Save(conversation))
	sent := message(t, w.app, conversation, "hello")
	must(t, w.app.Save(sent))

	reloaded, err := w.app.FindRecordById(collections.Messages, sent.Id)
	must(t, err)
	reloaded.Set("status", "sent")
	must(t, w.app.Save(reloaded))
	reloaded, err = w.app.FindRecordById(collections.Messages, sent.Id)
	must(t, err)
	reloaded.Set("text", "hello!")
	must(t, w.app.Save(reloaded))
	must(t, w.app.Delete(reloaded))
	w.mark(company)

	events := feed.until("mark")
	want := []string{"channel.created", "contact.created", "conversation.created", "conversation.updated",
		"message.created", "message.status", "message.updated", "message.deleted"}
	if got := names(events); !slices.Equal(got, want) {
		t.Fatalf("events\n got %v\nwant %v", got, want)
	}

	for i, e := range events {
		if e.Seq != i+1 || e.Epoch != feed.hello.Epoch {
			t.Errorf("event %d is numbered %d of epoch %q", i+1, e.Seq, e.Epoch)
		}
	}
	if shown := w.list(boss, collections.Conversations, "")[conversation.Id]; !reflect.DeepEqual(events[3].Record, shown) {
		t.Errorf("record\n feed %v\n  API %v", events[3].Record, shown)
	}
	if _, leaked := events[3].Record["dialogue"]; leaked {
		t.Error("a hidden field is in the feed")
	}
	if last := events[len(events)-1]; last.Action != "delete" || last.ID != sent.Id || last.Record != nil {
		t.Errorf("delete event is %s", last.Raw)
	}
}

// Parity: WT-realtime.
func TestOnlyMembersGetIn(t *testing.T) {
	w := newWorld(t, Deps{})
	here, there := w.company(), w.company()
	member := w.person(here, "inbox.view_all")

	former := w.person(here, "inbox.view_all")
	former.member.Set("active", false)
	must(t, w.app.Save(former.member))

	for name, try := range map[string]struct {
		who     person
		company string
		want    int
	}{
		"member":          {member, here, http.StatusOK},
		"other company":   {member, there, http.StatusForbidden},
		"no company":      {member, "", http.StatusForbidden},
		"unknown company": {member, "nothing", http.StatusForbidden},
		"inactive member": {former, here, http.StatusForbidden},
		"guest":           {person{}, here, http.StatusUnauthorized},
	} {
		if _, got := w.dial(try.who, try.company); got != try.want {
			t.Errorf("%s: status %d, want %d", name, got, try.want)
		}
	}
}

func TestAnAccountHasSoManyConnections(t *testing.T) {
	w := newWorld(t, Deps{})
	p := w.person(w.company(), "inbox.view_all")
	for range maxPerUser {
		w.open(p)
	}
	if _, status := w.dial(p, p.company); status != http.StatusTooManyRequests {
		t.Fatalf("status %d, want 429", status)
	}
}

func TestOrderUnderConcurrentSavers(t *testing.T) {
	const savers, each = 8, 40

	w := newWorld(t, Deps{})
	company := w.company()
	feeds := []*feed{}
	for range 3 {
		feeds = append(feeds, w.open(w.person(company, "inbox.view_all", "contacts.view_all")))
	}
	conversation := w.conversation(company, w.channel(company).Id, "")

	var wait sync.WaitGroup
	for s := range savers {
		wait.Go(func() {
			for i := range each {
				text := fmt.Sprintf("%d/%d", s, i)
				if i%3 == 0 { // several in one transaction, some of them rolled back
					_ = w.app.RunInTransaction(func(txApp core.App) error {
						for range 3 {
							if err := txApp.Save(message(t, txApp, conversation, text)); err != nil {
								t.Error(err)
							}
						}
						if i%2 == 0 {
							return errors.New("changed my mind")
						}

						return nil
					})
				} else if err := w.app.Save(message(t, w.app, conversation, text)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	w.mark(company)

	total, err := w.app.CountRecords(collections.Messages)
	must(t, err)
	for _, f := range feeds {
		var rev int64
		var id string
		var count, wrong int64
		for _, e := range f.until("mark") {
			if e.Name != "message.created" {
				continue
			}
			count++
			if e.Rev <= rev || e.ID <= id {
				wrong++
			}
			rev, id = e.Rev, e.ID
		}
		if count != total || wrong != 0 {
			t.Errorf("%d events for %d messages, %d out of order", count, total, wrong)
		}
	}
}

func TestRollbackLeavesNoEvent(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	feed := w.open(w.person(company, "contacts.view_all"))

	err := w.app.RunInTransaction(func(txApp core.App) error {
		for _, name := range []string{"Ana", "Bia"} {
			c, _ := txApp.FindCachedCollectionByNameOrId(collections.Contacts)
			record := core.NewRecord(c)
			record.Load(map[string]any{"company": company, "name": name})
			must(t, txApp.Save(record))
		}

		return errors.New("no")
	})
	if err == nil {
		t.Fatal("the transaction committed")
	}
	w.contact(company, "")
	w.mark(company)

	if got := names(feed.until("mark")); !slices.Equal(got, []string{"contact.created"}) {
		t.Fatalf("events %v", got)
	}
}

func TestWhoComesDuringATransactionSeesIt(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	p := w.person(company, "contacts.view_all")

	arrived := make(chan *feed, 1)
	var before, during string
	must(t, w.app.RunInTransaction(func(txApp core.App) error {
		c, _ := txApp.FindCachedCollectionByNameOrId(collections.Contacts)
		save := func(name string) string {
			record := core.NewRecord(c)
			record.Load(map[string]any{"company": company, "name": name})
			must(t, txApp.Save(record))

			return record.Id
		}
		before = save("Ana") // nobody is there: nothing is announced
		go func() { arrived <- w.open(p) }()
		for !w.room.watched(company) {
			runtime.Gosched()
		}
		during = save("Bia")

		w.room.ledger.mu.Lock()
		defer w.room.ledger.mu.Unlock()
		if len(w.room.ledger.batches) != 2 {
			t.Error("who came during the transaction was greeted before its end")
		}

		return nil
	}))

	// Greeted after the commit, they fetch all of it.
	<-arrived
	shown := w.list(p, collections.Contacts, "")
	if shown[before] == nil || shown[during] == nil {
		t.Errorf("shown after the greeting: %v", shown)
	}
}

func TestAPanicInATransactionHoldsNothingUp(t *testing.T) {
	w := newWorld(t, Deps{})
	w.room.ledger.grace = time.Millisecond
	company := w.company()
	p := w.person(company, "contacts.view_all")
	before := w.open(p)

	func() {
		defer func() { _ = recover() }()
		_ = w.app.RunInTransaction(func(txApp core.App) error {
			c, _ := txApp.FindCachedCollectionByNameOrId(collections.Contacts)
			record := core.NewRecord(c)
			record.Load(map[string]any{"company": company, "name": "Nobody"})
			must(t, txApp.Save(record))
			panic("a bug")
		})
	}()
	w.contact(company, "")
	before.ended() // to fetch anew

	after := w.open(p)
	w.contact(company, "")
	if e := after.next(); e.Name != "contact.created" {
		t.Fatalf("event %s", e.Raw)
	}
}

// Parity: LC-subusers, WT-realtime.
func TestWhoSeesWhat(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	boss := w.person(company, "inbox.view_all", "contacts.view_all")
	manager := w.person(company, "inbox.view_team", "contacts.view_team")
	mine := w.person(company, "inbox.view_own", "contacts.view_own")
	other := w.person(company, "inbox.view_own")
	mine.member.Set("manager", manager.member.Id)
	must(t, w.app.Save(mine.member))
	channel := w.channel(company)

	people := map[string]person{"boss": boss, "manager": manager, "mine": mine, "other": other}
	feeds := map[string]*feed{}
	for name, p := range people {
		feeds[name] = w.open(p)
	}
	w.mark(company)
	for _, f := range feeds {
		f.until("mark")
	}

	expect := func(when string, want map[string]string) {
		t.Helper()
		w.mark(company)
		for name, f := range feeds {
			var got []string
			for _, e := range f.until("mark") {
				if e.Collection == collections.Conversations || e.Collection == collections.Messages {
					got = append(got, noun(e.Collection)+":"+e.Action)
				}
			}
			if strings.Join(got, " ") != want[name] {
				t.Errorf("%s, %s: got %q, want %q", when, name, strings.Join(got, " "), want[name])
			}
		}
	}

	conversation := w.conversation(company, channel.Id, "")
	expect("unassigned", map[string]string{
		"boss": "conversation:create", "manager": "conversation:create", "mine": "conversation:create", "other": "conversation:create",
	})

	assign := func(to string) {
		t.Helper()
		record, err := w.app.FindRecordById(collections.Conversations, conversation.Id)
		must(t, err)
		record.Set("assignee", to)
		must(t, w.app.Save(record))
	}
	assign(mine.member.Id)
	must(t, w.app.Save(message(t, w.app, conversation, "to mine")))
	expect("mine", map[string]string{
		"boss": "conversation:update message:create", "manager": "conversation:update message:create",
		"mine": "conversation:update message:create", "other": "conversation:gone",
	})

	assign(other.member.Id)
	must(t, w.app.Save(message(t, w.app, conversation, "to other")))
	expect("other", map[string]string{
		"boss": "conversation:update message:create", "manager": "conversation:gone",
		"mine": "conversation:gone", "other": "conversation:update message:create",
	})
}

// Parity: WT-users, WT-queues.
func TestAQueueHidesWhatWaitsInIt(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	sales, support := w.queue(company), w.queue(company)
	boss, agent := w.person(company, "inbox.view_all"), w.person(company, "inbox.view_own")
	queues := func(ids ...string) {
		t.Helper()
		agent.member.Set("queues", ids)
		must(t, w.app.Save(agent.member))
	}
	queues(sales.Id)
	feeds := []*feed{w.open(boss), w.open(agent)}
	conversation := w.conversation(company, w.channel(company).Id, "")
	change := func(field, value string) {
		t.Helper()
		record, err := w.app.FindRecordById(collections.Conversations, conversation.Id)
		must(t, err)
		record.Set(field, value)
		must(t, w.app.Save(record))
	}
	expect := func(when string, want ...string) {
		t.Helper()
		w.mark(company)
		for i, f := range feeds {
			var got []string
			for _, e := range f.until("mark") {
				if e.Collection == collections.Conversations || e.Collection == collections.Messages {
					got = append(got, noun(e.Collection)+":"+e.Action)
				}
			}
			if strings.Join(got, " ") != want[i] {
				t.Errorf("%s, person %d: got %q, want %q", when, i, strings.Join(got, " "), want[i])
			}
		}
	}
	expect("in no queue", "conversation:create", "conversation:create")
	change("queue", sales.Id)
	expect("in the agent's queue", "conversation:update", "conversation:update")
	change("queue", support.Id)
	must(t, w.app.Save(message(t, w.app, conversation, "hidden")))
	expect("in another queue", "conversation:update message:create", "conversation:gone")
	change("assignee", agent.member.Id)
	expect("given to the agent", "conversation:update", "conversation:update")
	change("assignee", "")
	change("queue", sales.Id)
	expect("back in the agent's queue", "conversation:update conversation:update", "conversation:gone conversation:update")

	// Taken out of the queue: a gap says at once that there is something to fetch
	// anew, and the list has it no more.
	seq := 0
	w.mark(company)
	feeds[0].until("mark")
	for e := feeds[1].next(); e.Name != "mark"; e = feeds[1].next() {
	}
	change("unread", "1")
	queues()
	change("unread", "2")
	w.mark(company)
	for _, e := range feeds[1].until("mark") {
		switch {
		case e.Collection == collections.Conversations && seq == 0:
			seq = e.Seq
		case e.Collection == collections.Conversations:
			t.Error("heard of a conversation after the queue was taken away")
		case e.Collection == collections.Members && e.Seq != seq+2:
			t.Errorf("event %d came behind %d: there must be a gap", e.Seq, seq)
		}
	}
	for _, name := range []string{collections.Conversations, collections.Messages} {
		if rows := w.list(agent, name, ""); len(rows) != 0 {
			t.Errorf("%s still lists %v", name, rows)
		}
		if rows := w.list(boss, name, ""); len(rows) != 1 {
			t.Errorf("who may see everything sees %d %s", len(rows), name)
		}
	}
}

// Parity: WT-realtime, WB-isolation.
func TestAnotherCompanySeesNothing(t *testing.T) {
	w := newWorld(t, Deps{})
	here, there := w.company(), w.company()
	stranger := w.open(w.person(there, collections.Permissions()...))
	w.open(w.person(here, collections.Permissions()...))

	w.conversation(here, w.channel(here).Id, "")
	must(t, w.room.Publish(here, "typing", map[string]any{"on": true}, Audience{}))
	w.mark(there)

	if got := stranger.until("mark"); len(got) != 0 {
		t.Fatalf("another company's events: %v", names(got))
	}
}

// Parity: LS-roles.
func TestPermissionsTakeEffectAtOnce(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	p := w.person(company, "contacts.view_all")
	feed := w.open(p)

	w.contact(company, "")
	p.member.Set("permissions", []string{"contacts.view_own"})
	must(t, w.app.Save(p.member))
	w.contact(company, "")
	w.contact(company, p.member.Id)
	w.mark(company)

	events := feed.until("mark")
	if got := names(events); !slices.Equal(got, []string{"contact.created", "member.updated", "contact.created"}) {
		t.Fatalf("events %v", got)
	}
	if events[1].Seq != events[0].Seq+2 {
		t.Error("a changed view must leave a gap, so that the client fetches anew")
	}
	if events[2].Record["owner"] != p.member.Id {
		t.Error("saw another's contact after the permission was gone")
	}
}

func TestConnectionsEndWithTheRightToThem(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()

	former := w.person(company, "contacts.view_all")
	feed := w.open(former)
	former.member.Set("active", false)
	must(t, w.app.Save(former.member))
	feed.ended()

	signedOut := w.person(company, "contacts.view_all")
	feed = w.open(signedOut)
	signedOut.user.SetPassword("another horse")
	must(t, w.app.Save(signedOut.user))
	feed.ended()

	short := w.person(company, "contacts.view_all")
	for lasting := time.Second; ; lasting *= 2 {
		token, err := short.user.NewStaticAuthToken(lasting)
		must(t, err)
		short.token = token
		if feed, status := w.dial(short, company); status == http.StatusOK {
			feed.ended()

			break
		}
		// the machine was slower than the token lasts
	}

	feed = w.open(w.person(company, "contacts.view_all"))
	w.room.close()
	feed.ended()
	if _, status := w.dial(w.person(company), company); status != http.StatusServiceUnavailable {
		t.Errorf("after close: status %d", status)
	}
}

// Parity: WT-realtime.
func TestPresence(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	ana, bia := w.person(company), w.person(company)
	feed := w.open(ana)
	w.room.View(company, ana.member.Id, "conversation1")
	feed.until("presence")

	first := w.open(bia)
	second := w.open(bia)
	want := []presence{{ana.member.Id, true, "conversation1"}, {bia.member.Id, true, ""}}
	slices.SortFunc(want, func(a, b presence) int { return strings.Compare(a.Member, b.Member) })
	if !reflect.DeepEqual(second.hello.Presence, want) || second.hello.Member != bia.member.Id {
		t.Fatalf("greeting %s", second.hello.Raw)
	}

	if e := feed.next(); e.Name != "presence" || e.Member != bia.member.Id || !e.Online {
		t.Fatalf("arrival %s", e.Raw)
	}
	first.close()
	first.ended()
	second.close()
	if e := feed.next(); e.Name != "presence" || e.Member != bia.member.Id || e.Online {
		t.Fatalf("departure, once, is %s", e.Raw)
	}
}

// Parity: WB-realtime.
func TestPublishReachesWhoSeesTheRecord(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	mine, other := w.person(company, "inbox.view_own"), w.person(company, "inbox.view_own")
	conversation := w.conversation(company, w.channel(company).Id, mine.member.Id)
	feed, stranger := w.open(mine), w.open(other)
	w.mark(company)
	feed.until("mark")
	stranger.until("mark")

	w.room.Typing(conversation, "contact", true)
	w.mark(company)

	if got := feed.until("mark"); len(got) != 1 || got[0].Name != "typing" || !got[0].On {
		t.Errorf("the assignee got %v", got)
	}
	if got := stranger.until("mark"); len(got) != 0 {
		t.Errorf("a stranger got %v", names(got))
	}
}

func TestTouchAnnouncesRawChanges(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	conversation := w.conversation(company, w.channel(company).Id, "")
	feed := w.open(w.person(company, "inbox.view_all"))

	must(t, w.app.RunInTransaction(func(txApp core.App) error {
		if _, err := txApp.DB().NewQuery("UPDATE conversations SET unread = unread + 1").Execute(); err != nil {
			return err
		}

		return w.room.Updated(txApp, collections.Conversations, conversation.Id)
	}))

	if e := feed.next(); e.Name != "conversation.updated" || e.Record["unread"] != 1.0 || e.Rev == 0 {
		t.Fatalf("event %s", e.Raw)
	}
	if err := w.room.Updated(w.app, collections.Conversations, conversation.Id); err == nil {
		t.Error("Updated outside a transaction must be refused: its event could not be ordered")
	}
}

func TestASlowReaderHoldsUpNoOne(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	p := w.person(company, "inbox.view_all")

	// A reader that asks and then does not read.
	connection, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	must(t, err)
	defer connection.Close()
	_, err = fmt.Fprintf(connection, "GET /api/recado/live?company=%s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n", company, p.token)
	must(t, err)

	quick := w.open(p)
	conversation := w.conversation(company, w.channel(company).Id, "")
	text := strings.Repeat("long ", 3_000)
	for range 2 * queueSize {
		must(t, w.app.Save(message(t, w.app, conversation, text)))
	}
	w.mark(company)
	if got := quick.until("mark"); len(got) < 2*queueSize {
		t.Errorf("the quick reader got %d events", len(got))
	}

	// Reading on, it finds a gap: it knows to fetch anew.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { connection.Close() })
	defer stop()
	rest, reader := "", make([]byte, 1<<20)
	last, gap := 0, false
	for !gap {
		n, err := connection.Read(reader)
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatalf("no gap before the end: %v", err)
		}
		rest += string(reader[:n])
		for {
			line, more, found := strings.Cut(rest, "\n")
			if !found {
				break
			}
			rest = more
			_, tail, found := strings.Cut(line, `","seq":`)
			if !found {
				continue
			}
			var seq int
			_, err := fmt.Sscanf(tail, "%d", &seq)
			must(t, err)
			gap = gap || seq > last+1
			last = seq
		}
	}
}

func TestPing(t *testing.T) {
	w := newWorld(t, Deps{Ping: time.Millisecond})
	p := w.person(w.company())
	request, err := http.NewRequest(http.MethodGet, w.url+"/api/recado/live?company="+p.company, nil)
	must(t, err)
	request.Header.Set("Authorization", p.token)
	response, err := http.DefaultTransport.RoundTrip(request)
	must(t, err)
	defer response.Body.Close()
	if response.Header.Get("X-Accel-Buffering") != "no" || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("headers %v", response.Header)
	}

	seen := ""
	buffer := make([]byte, 4096)
	for !strings.Contains(seen, ": ping\n\n") {
		n, err := response.Body.Read(buffer)
		must(t, err)
		seen += string(buffer[:n])
	}
}
