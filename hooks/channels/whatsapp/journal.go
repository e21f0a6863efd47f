package whatsapp

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/channels"
)

// journal keeps what numbers received, raw, in channel_events, and hands it on
// in order. An event is a job: it is due until it is handled.
type journal struct {
	room   *Room
	signal chan struct{}
	quit   context.CancelFunc
	done   sync.WaitGroup
	busy   sync.Mutex // held while a round runs

	mu       sync.Mutex
	fetching map[string]bool // events whose file is on its way
	fetches  sync.WaitGroup
	slots    chan struct{} // of files fetched at once

	histories chan struct{} // of parts of a history brought in at once
}

const (
	journalBatch    = 200
	journalLanes    = 16 // chats handled at once: their messages share commits
	journalAttempts = 12
	fetchesAtOnce   = 4
	offlineAttempts = 5 // the pauses grow no longer than after so many
)

func newJournal(r *Room) *journal {
	return &journal{
		room: r, signal: make(chan struct{}, 1), fetching: map[string]bool{}, slots: make(chan struct{}, fetchesAtOnce),
		histories: make(chan struct{}, 1),
	}
}

// keep writes an event down. The same event again is written once. Each message waits
// for this commit, so it is one statement.
func (j *journal) keep(n *number, e event) error {
	err := j.write(j.room.app.NonconcurrentDB(), n.company, n.channel, e, "")
	if err == nil {
		j.wake()
	}

	return err
}

// keepFiles writes down messages of a part of the history that have a file, handled:
// it is fetched when one of them is made due ([Room.Refetch]).
func (j *journal) keepFiles(part *row, files map[string]event, messages []channels.Past) error {
	return j.room.app.RunInTransaction(func(txApp core.App) error {
		for _, message := range messages {
			e, ok := files[message.ExternalID]
			if !ok {
				continue
			}
			if err := j.write(txApp.DB(), part.Company, part.Channel, e, stamp(j.room.deps.Now())); err != nil {
				return err
			}
		}

		return nil
	})
}

// write inserts an event, handled at a time or not ("").
func (j *journal) write(db dbx.Builder, company, channel string, e event, handled string) error {
	payload, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = db.NewQuery(`INSERT INTO channel_events
			(id, company, channel, external_id, kind, payload, attempts, due, handled, error, created, updated)
		VALUES ({:id}, {:company}, {:channel}, {:external}, {:kind}, {:payload}, 0, {:now}, {:handled}, '', {:now}, {:now})
		ON CONFLICT (channel, external_id) DO NOTHING`).
		Bind(dbx.Params{
			"id": j.room.deps.IDs.Next(), "company": company, "channel": channel, "external": e.key(), "kind": e.Kind,
			"payload": string(payload), "now": stamp(j.room.deps.Now()), "handled": handled,
		}).Execute()

	return err
}

// wake asks for a round. It never blocks.
func (j *journal) wake() {
	select {
	case j.signal <- struct{}{}:
	default:
	}
}

func (j *journal) start() {
	if j.quit != nil {
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	j.quit = cancel
	j.done.Add(1)
	go func() {
		defer j.done.Done()
		for {
			select {
			case <-ctx.Done():
				return
			case <-j.signal:
				if err := j.round(ctx); err != nil {
					j.room.app.Logger().Error("Received events could not be handled; they stay due", slog.Any("error", err))
				}
			}
		}
	}()
	j.wake()
}

func (j *journal) stop() {
	if j.quit == nil {
		return
	}
	j.quit()
	j.done.Wait()
	j.fetches.Wait()
	j.quit = nil
}

// drain handles what is due, with its files.
func (j *journal) drain(ctx context.Context) error {
	if err := j.round(ctx); err != nil {
		return err
	}
	j.fetches.Wait()

	return nil
}

// row is a kept event that is due.
type row struct {
	ID       string `db:"id"`
	Company  string `db:"company"`
	Channel  string `db:"channel"`
	Payload  string `db:"payload"`
	Attempts int    `db:"attempts"`

	event event
}

// dueSQL reads what is due in the order it came. The plus keeps SQLite from walking all
// events there ever were in that order, in place of the few that are not handled.
const dueSQL = `SELECT id, company, channel, payload, attempts FROM channel_events
	WHERE handled = '' AND due <= {:now} ORDER BY +id LIMIT {:most}`

// round handles what is due until nothing is: chat by chat, in the order it came.
func (j *journal) round(ctx context.Context) error {
	j.busy.Lock()
	defer j.busy.Unlock()

	for ctx.Err() == nil {
		var rows []*row
		err := j.room.app.ConcurrentDB().NewQuery(dueSQL).
			Bind(dbx.Params{"now": stamp(j.room.deps.Now()), "most": journalBatch}).All(&rows)
		if err != nil {
			return err
		}
		lanes := j.lanes(rows)
		if len(lanes) == 0 {
			return nil
		}
		if err := j.handleLanes(ctx, lanes); err != nil {
			return err
		}
	}

	return nil
}

// lanes are the events of each chat.
func (j *journal) lanes(rows []*row) [][]*row {
	j.mu.Lock()
	defer j.mu.Unlock()

	var lanes [][]*row
	byChat := map[string]int{}
	for _, r := range rows {
		if j.fetching[r.ID] {
			continue
		}
		_ = json.Unmarshal([]byte(r.Payload), &r.event) // what can't be read has no kind and is put aside
		chat := r.Channel + " " + r.event.lane()
		at, ok := byChat[chat]
		if !ok {
			at = len(lanes)
			byChat[chat] = at
			lanes = append(lanes, nil)
		}
		lanes[at] = append(lanes[at], r)
	}

	return lanes
}

func (j *journal) handleLanes(ctx context.Context, lanes [][]*row) error {
	var mu sync.Mutex
	var handled []any
	slots := make(chan struct{}, journalLanes)
	var running sync.WaitGroup
	for _, lane := range lanes {
		slots <- struct{}{}
		running.Go(func() {
			defer func() { <-slots }()
			for _, r := range lane {
				done, err := j.one(ctx, r)
				if err != nil {
					j.later(r, err)

					return // what came after it waits, too
				}
				if done {
					mu.Lock()
					handled = append(handled, r.ID)
					mu.Unlock()
				}
			}
		})
	}
	running.Wait()

	return j.handled(handled, "")
}

// one handles an event; done is false where its file is on its way.
func (j *journal) one(ctx context.Context, r *row) (done bool, err error) {
	err = routine.SafeWrap(func() (err error) {
		done, err = j.room.process(ctx, r)

		return err
	})()

	return done, err
}

func (j *journal) handled(ids []any, problem string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := j.room.app.NonconcurrentDB().Update(collections.ChannelEvents,
		dbx.Params{"handled": stamp(j.room.deps.Now()), "error": problem}, dbx.In("id", ids...)).Execute()

	return err
}

// later makes an event due again after a pause that grows; in the end it is put
// aside with its error, for an administrator to see.
func (j *journal) later(r *row, problem error) {
	attempt := r.Attempts + 1
	log := j.room.app.Logger()
	if errors.Is(problem, errOffline) { // no fault of the event: as long as it takes
		attempt = min(attempt, offlineAttempts)
	}
	if attempt >= journalAttempts && !isStorage(problem) {
		log.Error("A received event was put aside", slog.String("event", r.ID), slog.Any("error", problem))
		if err := j.handled([]any{r.ID}, problem.Error()); err != nil {
			log.Error("A received event could not be put aside", slog.Any("error", err))
		}

		return
	}
	wait := min(time.Second<<min(max(attempt, 1), 12), time.Hour)
	_, err := j.room.app.NonconcurrentDB().Update(collections.ChannelEvents, dbx.Params{
		"attempts": attempt, "due": stamp(j.room.deps.Now().Add(wait)), "error": problem.Error(),
	}, dbx.HashExp{"id": r.ID}).Execute()
	if err != nil {
		log.Error("A received event could not be put off", slog.String("event", r.ID), slog.Any("error", err))
		time.Sleep(time.Second) // the database has trouble: no busy loop
	}
}

// beside runs work that belongs to no event, as files are fetched.
func (j *journal) beside(work func()) {
	j.fetches.Go(func() {
		j.slots <- struct{}{}
		defer func() { <-j.slots }()
		_ = routine.SafeWrap(func() error {
			work()

			return nil
		})()
	})
}

// fetch runs work for an event beside the rounds; the event is handled after it.
func (j *journal) fetch(r *row, work func() error) { j.aside(r, j.slots, work) }

// aside is fetch with slots of its own.
func (j *journal) aside(r *row, slots chan struct{}, work func() error) {
	j.mu.Lock()
	j.fetching[r.ID] = true
	j.mu.Unlock()

	j.fetches.Go(func() {
		slots <- struct{}{}
		err := routine.SafeWrap(work)()
		<-slots
		if errors.Is(err, errPutOff) {
			// it stays due, at a time of its own
		} else if err != nil {
			j.later(r, err)
		} else if err := j.handled([]any{r.ID}, ""); err != nil {
			j.room.app.Logger().Error("An event was not marked as handled; it is handled again", slog.Any("error", err))
		}
		j.mu.Lock()
		delete(j.fetching, r.ID)
		j.mu.Unlock()
		j.wake() // its answer may have come meanwhile
	})
}

// errPutOff says that an event waits for something else than time.
var errPutOff = errors.New("the event is put off")

// rewrite changes a kept event and makes it due, also one that was handled.
// found is false where it is not there any more.
func (j *journal) rewrite(channel, external string, due time.Time, change func(*event)) (found bool, err error) {
	err = j.room.app.RunInTransaction(func(txApp core.App) error {
		r := &row{}
		err := txApp.DB().Select("id", "company", "channel", "payload", "attempts").From(collections.ChannelEvents).
			Where(dbx.HashExp{"channel": channel, "external_id": external}).One(r)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(r.Payload), &r.event); err != nil {
			return err
		}
		change(&r.event)
		payload, err := json.Marshal(r.event)
		if err != nil {
			return err
		}
		found = true
		_, err = txApp.DB().Update(collections.ChannelEvents, dbx.Params{
			"payload": string(payload), "due": stamp(due), "handled": "", "error": "", "attempts": 0,
		}, dbx.HashExp{"id": r.ID}).Execute()

		return err
	})
	if err == nil {
		j.wake()
	}

	return found, err
}

// progress notes how far a part of the history is; kept is false where the part is not
// there any more, as after someone was erased.
func (j *journal) progress(r *row, done, total, added int) (kept bool, err error) {
	result, err := j.room.app.NonconcurrentDB().NewQuery(`UPDATE channel_events
		SET payload = json_set(payload, '$.done', {:done}, '$.total', {:total}, '$.added', {:added}) WHERE id = {:id}`).
		Bind(dbx.Params{"id": r.ID, "done": done, "total": total, "added": added}).Execute()
	if err != nil {
		return false, err
	}
	rows, err := result.RowsAffected()

	return rows > 0, err
}

// again makes the events of a kind due that were handled, from their beginning.
func (j *journal) again(channel, kind string) error {
	_, err := j.room.app.NonconcurrentDB().NewQuery(`UPDATE channel_events
		SET handled = '', attempts = 0, error = '', due = {:now}, payload = json_remove(payload, '$.done') WHERE channel = {:channel} AND kind = {:kind}`).
		Bind(dbx.Params{"now": stamp(j.room.deps.Now()), "channel": channel, "kind": kind}).Execute()
	j.wake()

	return err
}

// stamp is a moment as PocketBase stores it.
func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }
