package inbox

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/hours"
)

// A queue can give what waits in it to its members by itself: in turn, or to
// whoever has the least. Only conversations nobody has are given, only to members
// who have Recado open, are not away, are in their working hours and have room.
// What nobody can take waits.

// bindDistribution looks at once when a conversation begins to wait or there may
// be someone for it; the schedule makes up for what was overlooked.
func (r *Room) bindDistribution() {
	r.deps.Live.OnArrival(func(string) { r.distribute.wake() })

	wakeIf := func(may func(record *core.Record) bool) func(*core.RecordEvent) error {
		return func(e *core.RecordEvent) error {
			if may(e.Record) {
				r.distribute.wake()
			}

			return e.Next()
		}
	}
	// Not what the bot does: to begin to wait, to be passed on, to be closed, which
	// makes room for another.
	conversation := wakeIf(func(c *core.Record) bool {
		return c.GetString("answerer") != "bot" || c.GetString("status") == "closed"
	})
	r.app.OnRecordAfterCreateSuccess(collections.Conversations).BindFunc(conversation)
	r.app.OnRecordAfterUpdateSuccess(collections.Conversations).BindFunc(conversation)

	always := wakeIf(func(*core.Record) bool { return true })
	r.app.OnRecordAfterUpdateSuccess(collections.Members).BindFunc(always)
	r.app.OnRecordAfterUpdateSuccess(collections.Queues).BindFunc(always)
	r.app.OnRecordAfterUpdateSuccess(collections.Companies).BindFunc(always)
}

// waits tells whether a conversation is there to be given to someone.
func waits(conversation *core.Record) bool {
	status := conversation.GetString("status")

	return conversation.GetString("queue") != "" && conversation.GetString("assignee") == "" &&
		conversation.GetString("answerer") == "waiting" && (status == "open" || status == "pending")
}

// activeSQL is what people have to do, as the partial index has it.
const activeSQL = `status = 'open' OR status = 'pending'`

// distributeWaiting goes through all queues that distribute.
func (r *Room) distributeWaiting(ctx context.Context) error {
	queues, err := r.app.FindAllRecords(collections.Queues, dbx.NewExp("distribution = 'round_robin' OR distribution = 'least_busy'"))
	if err != nil {
		return err
	}

	var errs []error
	for _, queue := range queues {
		company := queue.GetString("company")
		if online := r.deps.Live.Online(company); len(online) > 0 {
			errs = append(errs, r.distributeQueue(ctx, company, queue.Id, online))
		}
	}

	return errors.Join(errs...)
}

// distributeQueue gives what waits in a queue, longest waiting first, until
// nobody is left who could take another one.
func (r *Room) distributeQueue(ctx context.Context, company, queue string, online []string) error {
	for ctx.Err() == nil {
		var next string
		err := r.app.DB().Select("id").From(collections.Conversations).
			Where(dbx.HashExp{"company": company, "assignee": "", "queue": queue, "answerer": "waiting"}).
			AndWhere(dbx.NewExp(activeSQL)).
			OrderBy("waiting_since", "id").Limit(1).Row(&next)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}

		given, err := r.distributeOne(next, online)
		if err != nil || !given {
			return err
		}
	}

	return nil
}

// distributeOne gives one conversation to a member of its queue. Writers come one
// at a time, in this process and in others, and what is read here is read by the
// writer: so nobody else can have given the conversation, or a member's last free
// place, meanwhile. given is false when nobody can take it.
func (r *Room) distributeOne(id string, online []string) (given bool, err error) {
	err = r.app.RunInTransaction(func(txApp core.App) error {
		conversation, err := lookup(txApp, collections.Conversations, id)
		if err != nil {
			return err
		}
		if !waits(conversation) {
			given = true // by someone else

			return nil
		}
		queue, err := lookup(txApp, collections.Queues, conversation.GetString("queue"))
		if err != nil {
			return err
		}

		free, err := r.free(txApp, queue, online)
		if err != nil {
			return err
		}
		member := pick(queue.GetString("distribution"), queue.GetString("last_given"), free)
		if member == "" {
			return nil
		}

		conversation.Set("assignee", member)
		if _, err := r.transition(txApp, conversation.Original(), conversation); err != nil {
			return err
		}
		if err := save(txApp, conversation); err != nil {
			return err
		}
		// Whose turn it was is on the queue's row, so that a restart doesn't begin
		// anew. Nobody sees it: there is nothing to announce.
		if _, err := txApp.DB().Update(collections.Queues, dbx.Params{"last_given": member}, dbx.HashExp{"id": queue.Id}).Execute(); err != nil {
			return err
		}
		given = true

		return event(txApp, conversation, "", "assigned", map[string]any{"assignee": member, "distributed": true})
	})

	return given, err
}

// candidate is a member who can take another conversation.
type candidate struct {
	member string
	busy   int // open conversations
}

// pick chooses who gets the next conversation, "" where nobody can: with
// round_robin whoever comes after the last one, with least_busy whoever has the
// fewest, and among those again whoever comes after the last one.
func pick(distribution, last string, free []candidate) string {
	if len(free) == 0 || (distribution != "round_robin" && distribution != "least_busy") {
		return ""
	}
	inTurn := func(a, b candidate) int {
		if after := a.member > last; after != (b.member > last) {
			if after {
				return -1
			}

			return 1
		}

		return cmp.Compare(a.member, b.member)
	}

	return slices.MinFunc(free, func(a, b candidate) int {
		if distribution == "least_busy" && a.busy != b.busy {
			return a.busy - b.busy
		}

		return inTurn(a, b)
	}).member
}

// free are the members of a queue who can take another conversation now.
func (r *Room) free(txApp core.App, queue *core.Record, online []string) ([]candidate, error) {
	company, err := lookup(txApp, collections.Companies, queue.GetString("company"))
	if err != nil {
		return nil, err
	}
	members, err := txApp.FindRecordsByIds(collections.Members, online)
	if err != nil {
		return nil, err
	}
	now, capacity := r.localNow(company), settingsOf(company).capacity()

	var ready []any
	for _, member := range members {
		if member.GetString("company") == company.Id && inQueue(member, queue.Id) && atWork(member, now) {
			ready = append(ready, member.Id)
		}
	}
	if len(ready) == 0 {
		return nil, nil
	}

	var counted []struct {
		Assignee string `db:"assignee"`
		Count    int    `db:"count"`
	}
	err = txApp.DB().Select("assignee", "count(*) AS count").From(collections.Conversations).
		Where(dbx.HashExp{"company": company.Id}).AndWhere(dbx.In("assignee", ready...)).
		AndWhere(dbx.NewExp(activeSQL)).
		GroupBy("assignee").All(&counted)
	if err != nil {
		return nil, err
	}
	busy := map[string]int{}
	for _, row := range counted {
		busy[row.Assignee] = row.Count
	}

	var free []candidate
	for _, id := range ready {
		member := id.(string)
		if capacity == 0 || busy[member] < capacity {
			free = append(free, candidate{member, busy[member]})
		}
	}

	return free, nil
}

func inQueue(member *core.Record, queue string) bool {
	return slices.Contains(member.GetStringSlice("queues"), queue)
}

// atWork tells whether a member can be given a conversation at this moment, in
// the company's time zone.
func atWork(member *core.Record, now time.Time) bool {
	if !member.GetBool("active") || member.GetBool("away") || !holds(member, "inbox.reply") || !holds(member, "inbox.edit_own") {
		return false
	}
	open, _ := hours.Parse(member.GetString("work_hours")).At(now)

	return open
}
