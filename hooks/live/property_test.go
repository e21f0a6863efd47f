package live

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// screen is a client as the UI is one: it keeps what it was told, and fetches
// anew when the feed says that something is missing.
type screen struct {
	w     *world
	p     person
	feed  *feed
	seq   int
	rows  map[string]map[string]map[string]any // by collection and id
	early int                                  // events that came too late
}

var watchedCollections = []string{collections.Contacts, collections.Conversations, collections.Messages}

func newScreen(w *world, p person) *screen {
	s := &screen{w: w, p: p, feed: w.open(p)}
	s.fetch()

	return s
}

func (s *screen) fetch() {
	s.rows = map[string]map[string]map[string]any{}
	for _, name := range watchedCollections {
		s.rows[name] = s.w.list(s.p, name, "")
	}
}

// take reads everything up to the mark.
func (s *screen) take() {
	var rev int64
	for _, e := range s.feed.until("mark") {
		if e.Rev != 0 && e.Rev <= rev {
			s.early++
		}
		rev = max(rev, e.Rev)

		gap := e.Seq != s.seq+1
		s.seq = e.Seq
		s.apply(e)
		if gap {
			s.fetch()
		}
	}
	s.seq++ // the mark
}

func (s *screen) apply(e event) {
	rows, ok := s.rows[e.Collection]
	if !ok {
		return
	}

	if e.Action == "delete" || e.Action == "gone" {
		delete(rows, e.ID)
		if e.Collection == collections.Conversations {
			maps.DeleteFunc(s.rows[collections.Messages], func(_ string, m map[string]any) bool { return m["conversation"] == e.ID })
		}

		return
	}

	_, known := rows[e.ID]
	rows[e.ID] = e.Record
	if e.Collection == collections.Conversations && !known {
		maps.Copy(s.rows[collections.Messages], s.w.list(s.p, collections.Messages, "&filter=conversation='"+e.ID+"'"))
	}
}

// TestScreensShowWhatTheAPILists lets several people at once change everything
// that matters to visibility, and compares every screen with the API.
//
// Parity: WT-realtime.
func TestScreensShowWhatTheAPILists(t *testing.T) {
	const rounds, savers, steps = 3, 4, 15

	w := newWorld(t, Deps{})
	here, there := w.company(), w.company()
	boss := w.person(here, "inbox.view_all", "contacts.view_all")
	manager := w.person(here, "inbox.view_team", "contacts.view_team")
	agent := w.person(here, "inbox.view_own", "contacts.view_own")
	changing := w.person(here, "inbox.view_own")
	blind := w.person(here, "agenda.view_all")
	stranger := w.person(there, collections.Permissions()...)
	team := []person{boss, manager, agent, changing}

	var screens []*screen
	for _, p := range append(team, blind, stranger) {
		screens = append(screens, newScreen(w, p))
	}
	channel := w.channel(here)
	queues := []string{""}
	for range 2 {
		queues = append(queues, w.queue(here).Id)
	}
	pool := &rows{}
	for range 6 {
		pool.add(w.conversation(here, channel.Id, ""))
		pool.add(w.contact(here, ""))
	}

	for round := range rounds {
		var wait sync.WaitGroup
		for saver := range savers {
			random := rand.New(rand.NewPCG(uint64(round), uint64(saver)))
			wait.Go(func() {
				for range steps {
					w.disturb(random, pool, team, queues)
				}
			})
		}
		wait.Wait()
		w.mark(here, there)

		for i, s := range screens {
			s.take()
			if s.early > 0 {
				t.Errorf("screen %d: %d events out of order", i, s.early)
			}
			for _, name := range watchedCollections {
				if want := w.list(s.p, name, ""); !reflect.DeepEqual(s.rows[name], want) {
					t.Errorf("round %d, screen %d, %s: screen and API differ%s", round, i, name, difference(s.rows[name], want))
				}
			}
		}
	}
	if len(screens[0].rows[collections.Conversations]) == len(screens[2].rows[collections.Conversations]) {
		t.Error("the test shows nothing: who is in no queue sees every conversation")
	}
	if len(screens[0].rows[collections.Messages]) == 0 || len(screens[2].rows[collections.Conversations]) == 0 {
		t.Error("the test shows nothing: no rows left")
	}
}

// rows are ids that the savers share.
type rows struct {
	mu   sync.Mutex
	list []row
}

func (r *rows) add(record *core.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.list = append(r.list, row{record.Collection().Name, record.Id})
}

func (r *rows) any(random *rand.Rand) row {
	r.mu.Lock()
	defer r.mu.Unlock()

	return r.list[random.IntN(len(r.list))]
}

// disturb does one random thing. It works in a transaction: a save made from a
// copy that someone else has changed since would take that change back.
func (w *world) disturb(random *rand.Rand, pool *rows, team []person, queues []string) {
	err := w.app.RunInTransaction(func(txApp core.App) error {
		owner := ""
		if n := random.IntN(len(team) + 1); n < len(team) {
			owner = team[n].member.Id
		}

		if random.IntN(12) == 0 {
			return w.reorganise(txApp, random, team, queues)
		}

		target := pool.any(random)
		record, err := txApp.FindRecordById(target.collection, target.id)
		if err != nil {
			return err
		}
		if record.Collection().Name == collections.Contacts {
			record.Set("owner", owner)
			if err := txApp.Save(record); err != nil {
				return err
			}
			record.Set("owner", team[random.IntN(len(team))].member.Id) // again, from a copy grown old

			return txApp.Save(record)
		}

		switch random.IntN(4) {
		case 0:
			record.Set("assignee", owner)

			return txApp.Save(record)
		case 3:
			record.Set("queue", queues[random.IntN(len(queues))])

			return txApp.Save(record)
		case 1:
			record.Set("unread", random.IntN(100))

			return txApp.Save(record)
		default:
			return txApp.Save(message(w.t, txApp, record, "hi"))
		}
	})
	if err != nil {
		w.t.Error(err)
	}
}

// reorganise changes who may see what.
func (w *world) reorganise(txApp core.App, random *rand.Rand, team []person, queues []string) error {
	if random.IntN(2) == 0 { // the queues of anyone
		member, err := txApp.FindRecordById(collections.Members, team[random.IntN(len(team))].member.Id)
		if err != nil {
			return err
		}
		member.Set("queues", queues[1:1+random.IntN(len(queues))])

		return txApp.Save(member)
	}

	last := team[len(team)-1].member.Id
	member, err := txApp.FindRecordById(collections.Members, last)
	if err != nil {
		return err
	}

	reach := []string{"own", "team", "all"}[random.IntN(3)]
	member.Set("permissions", collections.Closure([]string{"inbox.view_" + reach, "contacts.view_" + reach}))
	member.Set("manager", []string{"", team[1].member.Id}[random.IntN(2)])

	return txApp.Save(member)
}

func difference(got, want map[string]map[string]any) string {
	text := ""
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if _, ok := got[id]; !ok {
			text += fmt.Sprintf("\n  missing %v", want[id])
		} else if !reflect.DeepEqual(got[id], want[id]) {
			text += fmt.Sprintf("\n  shows %v\n    for %v", got[id], want[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[id]; !ok {
			text += fmt.Sprintf("\n  too much %v", got[id])
		}
	}

	return text
}

// TestTheFeedAgreesWithTheRules walks every collection with people of every
// kind of permission: the feed shows a row exactly if the API does.
//
// Parity: LC-isolation.
func TestTheFeedAgreesWithTheRules(t *testing.T) {
	w := newWorld(t, Deps{})
	company := w.company()
	people := []person{w.person(company), w.person(company, collections.Permissions()...)}
	for _, permission := range collections.Permissions() {
		people = append(people, w.person(company, permission))
	}
	queue := w.queue(company)
	for _, permission := range []string{"inbox.view_own", "inbox.view_team", "contacts.view_own"} {
		p := w.person(company, permission)
		p.member.Set("queues", []string{queue.Id})
		must(t, w.app.Save(p.member))
		people = append(people, p)
	}
	screens := make([]*feed, len(people))
	for i, p := range people {
		screens[i] = w.open(p)
	}
	w.mark(company)
	for _, f := range screens {
		f.until("mark")
	}

	owner := people[2].member.Id
	made := []*core.Record{}
	put := func(collection string, fields map[string]any) *core.Record {
		fields["company"] = company
		record := w.make(collection, fields)
		made = append(made, record)

		return record
	}
	contact := put(collections.Contacts, map[string]any{"name": "Ana", "owner": owner})
	put(collections.Tags, map[string]any{"name": "VIP"})
	put(collections.ContactFields, map[string]any{"key": "plan", "label": "Plan", "type": "text"})
	put(collections.ContactChanges, map[string]any{"contact": contact.Id, "changes": map[string]any{}})
	put(collections.Identities, map[string]any{"contact": contact.Id, "kind": "email", "value": "a@b.c"})
	channel := put(collections.Channels, map[string]any{"kind": "webchat", "name": "Site"})
	put(collections.Queues, map[string]any{"name": "Front desk"})
	for i, who := range []string{owner, "", ""} {
		department := []string{queue.Id, queue.Id, ""}[i]
		conversation := put(collections.Conversations, map[string]any{
			"contact": contact.Id, "channel": put(collections.Channels, map[string]any{"kind": "webchat", "name": fmt.Sprintf("Site %d", i)}).Id,
			"queue": department, "assignee": who, "status": "open", "answerer": "human",
		})
		sent := message(t, w.app, conversation, "hi")
		must(t, w.app.Save(sent))
		made = append(made, sent)
	}
	agenda := put(collections.Agendas, map[string]any{"name": "Chair", "kind": "member", "member": owner, "timezone": "UTC", "active": true})
	service := put(collections.Services, map[string]any{"name": "Cut", "agendas": []string{agenda.Id}, "duration": 30, "currency": "EUR"})
	appointment := put(collections.Appointments, map[string]any{
		"agenda": agenda.Id, "service": service.Id, "contact": contact.Id, "status": "confirmed",
		"start": "2026-03-02 10:00:00.000Z", "end": "2026-03-02 10:30:00.000Z",
	})
	put(collections.Occupancies, map[string]any{
		"appointment": appointment.Id, "kind": "appointment", "resource": agenda.Id, "status": "confirmed",
		"blocked_start": 1772445600, "blocked_end": 1772447400,
	})
	put(collections.Roles, map[string]any{"name": "Trainee"})
	put(collections.Invites, map[string]any{"role": people[0].member.GetString("role"), "token_hash": "h", "expires": "2030-01-01 00:00:00.000Z"})
	put(collections.WebchatVisitors, map[string]any{"channel": channel.Id, "token_hash": "t", "visitor": "v"})
	put(collections.ChannelEvents, map[string]any{"channel": channel.Id, "external_id": "e"})
	w.mark(company)

	for i, p := range people {
		told := map[string]bool{}
		for _, e := range screens[i].until("mark") {
			told[e.ID] = true
		}
		for _, record := range made {
			name := record.Collection().Name
			shown := false
			if record.Collection().ListRule != nil {
				_, shown = w.list(p, name, "")[record.Id]
			}
			if told[record.Id] != shown {
				t.Errorf("%s, person with %v: feed shows it %v, API %v", name, p.member.GetStringSlice("permissions"), told[record.Id], shown)
			}
		}
	}
}
