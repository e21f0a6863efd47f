package inbox

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
)

const (
	outboxClaim    = time.Minute // a claim older than this belongs to a process that died
	outboxTimeout  = 45 * time.Second
	outboxAttempts = 8
	outboxBackoff  = 5 * time.Second // doubled with every attempt
	outboxBatch    = 50
)

// outbox hands queued messages to their channels. One sender per channel record,
// so that a slow number delays no other; messages of a conversation leave in order.
type outbox struct {
	room *Room
	*worker

	mu      sync.Mutex
	senders map[string]*worker // by channel id
}

func newOutbox(room *Room) *outbox {
	box := &outbox{room: room, senders: map[string]*worker{}}
	box.worker = newWorker(room.app.Logger(), box.dispatch)

	return box
}

func (o *outbox) stop() {
	o.worker.stop()

	o.mu.Lock()
	defer o.mu.Unlock()
	for id, sender := range o.senders {
		sender.stop()
		delete(o.senders, id)
	}
}

// dispatch wakes the sender of each channel that has something due.
func (o *outbox) dispatch(context.Context) error {
	senders, err := o.dueSenders()
	for _, sender := range senders {
		sender.start()
		sender.wake()
	}

	return err
}

// drain sends what is due and returns when it is sent, also by a sender that has
// it in hand already.
func (o *outbox) drain(ctx context.Context) error {
	_, err := o.dueSenders()

	o.mu.Lock()
	senders := slices.Collect(maps.Values(o.senders))
	o.mu.Unlock()
	for _, sender := range senders {
		err = errors.Join(err, sender.runNow(ctx))
	}

	return err
}

func (o *outbox) dueSenders() ([]*worker, error) {
	var due []string
	err := o.room.app.DB().Select("channel").Distinct(true).From(collections.Messages).
		Where(o.due()).Column(&due)
	if err != nil {
		return nil, err
	}

	o.mu.Lock()
	defer o.mu.Unlock()
	senders := make([]*worker, len(due))
	for i, channel := range due {
		if o.senders[channel] == nil {
			o.senders[channel] = newWorker(o.room.app.Logger(), func(ctx context.Context) error { return o.send(ctx, channel) })
		}
		senders[i] = o.senders[channel]
	}

	return senders, nil
}

// due selects queued messages whose time has come, and claims that ran out, of
// active companies. The first condition repeats the partial index.
func (o *outbox) due() dbx.Expression {
	return dbx.And(dbx.NewExp(`(status = 'queued' OR status = 'sending') AND due <= {:now}
		AND (status = 'queued' OR claimed_until <= {:now})`, dbx.Params{"now": stamp(o.room.deps.Now())}), collections.OfActiveCompany())
}

// send empties the channel's part of the outbox.
func (o *outbox) send(ctx context.Context, channel string) error {
	for ctx.Err() == nil {
		var ids []string
		err := o.room.app.DB().Select("m.id").From(collections.Messages + " m").
			Where(dbx.HashExp{"m.channel": channel}).
			AndWhere(o.due()).
			// What waits for a retry holds back what was written after it.
			AndWhere(dbx.NewExp(`NOT EXISTS (SELECT 1 FROM messages earlier WHERE earlier.conversation = m.conversation
				AND earlier.id < m.id AND (earlier.status = 'queued' OR earlier.status = 'sending'))`)).
			OrderBy("m.id").Limit(outboxBatch).Column(&ids)
		if err != nil || len(ids) == 0 {
			return err
		}

		for _, id := range ids {
			if ctx.Err() != nil {
				return nil
			}
			if err := o.deliver(ctx, id); err != nil {
				return err
			}
		}
	}

	return nil
}

// deliver sends one message. A message that can't be sent now is due again
// later, under the same external id; after too many tries it has failed.
func (o *outbox) deliver(ctx context.Context, id string) error {
	out, kind, err := o.claim(id)
	if err != nil || out == nil {
		return err
	}

	adapter, ok := o.room.deps.Channels.Of(kind)
	if !ok {
		return o.finish(id, "failed", "", "This kind of channel is not available.")
	}

	ctx, cancel := context.WithTimeout(ctx, outboxTimeout)
	defer cancel()
	external, err := adapter.Send(ctx, *out)
	switch {
	case err == nil:
		return o.finish(id, "sent", external, "")
	case channels.IsUnavailable(err):
		return o.wait(id, out.Attempt, err)
	case channels.IsPermanent(err) || out.Attempt >= outboxAttempts:
		o.room.app.Logger().Warn("A message could not be sent", slog.String("message", id), slog.Any("error", err))

		return o.finish(id, "failed", "", err.Error())
	default:
		return o.retry(id, out.Attempt, err)
	}
}

// claim marks the message as being sent, for this process alone, and returns
// what to send and the kind of channel to send it by; nil if there is nothing to do.
func (o *outbox) claim(id string) (out *channels.Outgoing, kind string, err error) {
	now := o.room.deps.Now()

	err = o.room.app.RunInTransaction(func(txApp core.App) error {
		message := &core.Record{}
		err := txApp.RecordQuery(collections.Messages).AndWhere(dbx.HashExp{"id": id}).AndWhere(o.due()).One(message)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		conversation, err := lookup(txApp, collections.Conversations, message.GetString("conversation"))
		if err != nil {
			return err
		}

		if reason := obsolete(conversation, message, now); reason != "" {
			message.Set("status", "skipped")
			if reason == expired && message.GetInt("attempts") > 0 { // someone may want it sent all the same
				message.Set("status", "failed")
			}
			message.Set("error", reason)

			return save(txApp, message)
		}

		if out, kind, err = o.outgoing(txApp, conversation, message); err != nil {
			return err
		}
		external := message.GetString("external_id")
		if external == "" {
			external = o.externalID(kind, message.Id)
		}
		attempt := message.GetInt("attempts") + 1
		// No hooks: that a message is being sent is nobody's news.
		_, err = txApp.DB().Update(collections.Messages, dbx.Params{
			"status": "sending", "claimed_until": stamp(now.Add(outboxClaim)), "attempts": attempt, "external_id": external,
		}, dbx.HashExp{"id": id}).Execute()
		if err != nil {
			return err
		}

		out.ExternalID, out.Attempt = external, attempt

		return err
	})

	return out, kind, err
}

// externalID is the id of a message over there, made before it is sent.
func (o *outbox) externalID(kind, message string) string {
	adapter, _ := o.room.deps.Channels.Of(kind)
	if namer, ok := adapter.(channels.Namer); ok {
		return namer.ExternalID(message)
	}

	return "out-" + message
}

// expired is the reason of a message that came too late.
const expired = "expired"

// obsolete says why a message shall not be sent any more: it came too late, or a
// person has taken over since the bot wrote it.
func obsolete(conversation, message *core.Record, now time.Time) string {
	if expires := message.GetDateTime("expires_at"); !expires.IsZero() && expires.Time().Before(now) {
		return expired
	}

	byMachine := message.GetString("answered_by") == "bot" || message.GetString("answered_by") == "agent"
	if byMachine && conversation.GetString("answerer") == "human" &&
		message.GetDateTime("at").Before(conversation.GetDateTime("human_at")) {
		return "a person took over"
	}

	return ""
}

func (o *outbox) outgoing(app core.App, conversation, message *core.Record) (*channels.Outgoing, string, error) {
	channel, err := lookup(app, collections.Channels, message.GetString("channel"))
	if err != nil {
		return nil, "", err
	}

	out := &channels.Outgoing{
		Company: message.GetString("company"), Channel: channel.Id,
		Conversation: conversation.Id, Contact: message.GetString("contact"), Message: message.Id,
		Kind: message.GetString("kind"), Text: message.GetString("text"), Options: options(message),
		Attachments: message.GetStringSlice("attachments"),
	}
	if id := conversation.GetString("identity"); id != "" {
		identity, err := lookup(app, collections.Identities, id)
		if err != nil {
			return nil, "", err
		}
		out.To = channels.Address{
			Kind: identity.GetString("kind"), Value: identity.GetString("value"), Scope: identity.GetString("scope"),
		}
	}
	if id := message.GetString("reply_to"); id != "" {
		if quoted, err := lookup(app, collections.Messages, id); err == nil {
			out.ReplyTo = quoted.GetString("external_id")
		}
	}

	return out, channel.GetString("kind"), nil
}

// finish records how sending ended. Statuses only move forward: a receipt that
// came before this is kept.
func (o *outbox) finish(id, status, external, problem string) error {
	return o.room.app.RunInTransaction(func(txApp core.App) error {
		message, err := lookup(txApp, collections.Messages, id)
		if err != nil {
			return err
		}
		if message.GetString("status") == "sending" {
			message.Set("status", status)
		}
		if external != "" {
			message.Set("external_id", external)
		}
		message.Set("error", problem)
		message.Set("claimed_until", "")

		return save(txApp, message)
	})
}

const (
	// unavailableWait is how often a message is tried whose channel is offline. A
	// channel that comes back does not wait for it (Flush).
	unavailableWait = 15 * time.Second

	// How long a message waits for an offline channel: an answer of a machine is
	// soon out of place, a person's is missed the next day.
	machinePatience = 10 * time.Minute
	humanPatience   = 24 * time.Hour
)

// wait lets a message wait for its channel, without counting the attempt, and
// from now on not for ever. The patience of a person's message begins when its
// turn comes, where that is known.
func (o *outbox) wait(id string, attempt int, problem error) error {
	now := o.room.deps.Now()

	return o.room.app.RunInTransaction(func(txApp core.App) error {
		message, err := lookup(txApp, collections.Messages, id)
		if err != nil || message.GetString("status") != "sending" {
			return ignoreNotFound(err)
		}
		until := channels.Until(problem)
		due, expires := waiting(now, until, message.GetDateTime("expires_at").Time(), message.GetString("answered_by") == "human")
		news := message.GetString("error") != problem.Error() || !until.IsZero()
		// No hooks: a message that waits is no other message.
		_, err = txApp.DB().Update(collections.Messages, dbx.Params{
			"status": "queued", "claimed_until": "", "error": problem.Error(), "due": stamp(due),
			"attempts": max(attempt-1, 1), "expires_at": stamp(expires),
		}, dbx.HashExp{"id": id}).Execute()
		if err != nil || !news {
			return err
		}

		return o.room.deps.Live.Updated(txApp, collections.Messages, id)
	})
}

// waiting says when a message is tried again and until when it is worth sending.
// until is when its turn comes, expires what is set already; both may be zero.
func waiting(now, until, expires time.Time, human bool) (due, end time.Time) {
	due, end = now.Add(unavailableWait), expires
	if !until.IsZero() {
		due = until
	}
	switch {
	case human && !until.IsZero():
		end = until.Add(humanPatience)
	case !end.IsZero():
	case human:
		end = now.Add(humanPatience)
	default:
		end = now.Add(machinePatience)
	}
	if end.Before(due) {
		due = end.Add(time.Millisecond) // when it is said that it came too late
	}

	return due, end
}

// Flush makes due what waits for a channel, which is back.
func (r *Room) Flush(channel string) error {
	_, err := r.app.DB().NewQuery(`UPDATE messages SET due = {:now}
		WHERE (status = 'queued' OR status = 'sending') AND status = 'queued' AND due > {:now} AND channel = {:channel}`).
		Bind(dbx.Params{"now": stamp(r.deps.Now()), "channel": channel}).Execute()
	r.outbox.wake()

	return err
}

func (o *outbox) retry(id string, attempt int, problem error) error {
	wait := outboxBackoff << (attempt - 1)
	o.room.app.Logger().Info("Sending a message is tried again later",
		slog.String("message", id), slog.String("in", wait.String()), slog.Any("error", problem))

	_, err := o.room.app.DB().Update(collections.Messages, dbx.Params{
		"status": "queued", "claimed_until": "", "error": problem.Error(), "due": stamp(o.room.deps.Now().Add(wait)),
	}, dbx.HashExp{"id": id, "status": "sending"}).Execute()

	return err
}
