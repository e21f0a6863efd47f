package inbox

import (
	"cmp"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/channels"
)

// Nearly every message comes from a known customer into a conversation that is
// going on. Saving a record costs several times what SQLite needs to store one,
// so these are stored by two statements, which the connection keeps compiled.
// Hooks around the write do not run for them; what follows a commit does, and
// the live feed is told. Everything unusual takes the long way (ingest.go).

// insertKnownSQL leads from a channel and an identity to the active conversation
// and stores the message there. It stores nothing where one of them is missing,
// where the contact is in the bin, where the message that is answered is none of the
// company's, or where the channel has the external id already.
const insertKnownSQL = `
	INSERT INTO messages (id, company, conversation, contact, channel, direction, kind, text, payload,
		status, at, external_id, reply_to, data, forwarded, created, updated)
	SELECT :id, channels.company, conversations.id, conversations.contact, channels.id, 'in', :kind, :text, :payload,
		'received', :at, :external, :reply, :data, :forwarded, :now, :now
	FROM channels
	JOIN identities ON identities.company = channels.company AND identities.kind = :by
		AND identities.value = :value AND identities.scope = :scope
	JOIN contacts ON contacts.id = identities.contact AND contacts.deleted = ''
	JOIN conversations ON conversations.contact = identities.contact
		AND conversations.channel = channels.id AND conversations.status != 'closed'
	WHERE channels.id = :channel AND channels.company = :company
		AND (:reply = '' OR EXISTS (SELECT 1 FROM messages WHERE id = :reply AND company = channels.company))
	ON CONFLICT (channel, external_id) WHERE external_id != '' DO NOTHING
	RETURNING contact, conversation`

// countIncomingSQL is what an incoming message does to its conversation. Triage
// is spared where nobody but a person answers: while the conversation waits for
// one and has been told when one is there, and for a while after one has written.
// An answer to a reminder is heard also then. In a group nobody waits, and nothing is answered. What is set here is in as few
// indexes as can be: SQLite writes each anew, whether or not the value changes.
const countIncomingSQL = `
	UPDATE conversations SET
		unread = unread + 1,
		waiting_since = CASE WHEN waiting_since = '' AND is_group = 0 THEN :at ELSE waiting_since END,
		preview = CASE WHEN :at >= last_message_at THEN :preview ELSE preview END,
		last_direction = CASE WHEN :at >= last_message_at THEN 'in' ELSE last_direction END,
		last_message_at = max(last_message_at, :at),
		triage_attempts = 0,
		triage_due = CASE WHEN is_group = 1 THEN '' WHEN reminder = '' AND ((answerer = 'waiting' AND away_until > :now) OR (answerer = 'human' AND human_at > :recently))
			THEN triage_due ELSE :now END,
		updated = :now
	WHERE id = :conversation
	RETURNING triage_due != '', status = 'snoozed'`

// wakeIncomingSQL is what it does beyond that to one that was snoozed.
const wakeIncomingSQL = `
	UPDATE conversations SET
		status = 'open',
		snoozed_until = '',
		human_at = CASE WHEN assignee != '' THEN :now ELSE human_at END
	WHERE id = :conversation
	RETURNING id`

// groupStore remembers what a group has stored: which conversations the live
// feed has to be told about, and which messages no hook has seen.
type groupStore struct {
	room     *Room
	txApp    core.App
	tx       dbx.Executor
	touched  []string
	messages []*core.Record // stored without their hooks
	triage   bool           // a conversation waits for an answer by the bot
}

func (r *Room) newGroupStore(txApp core.App) *groupStore {
	return &groupStore{room: r, txApp: txApp, tx: executorOf(txApp)}
}

// storeKnown stores the message the short way; done is false if it has to take
// the long one.
func (g *groupStore) storeKnown(in channels.Inbound, result *channels.Result) (done bool, err error) {
	if len(in.Attachments) > 0 {
		return false, nil // ids from outside: let their company be checked
	}
	if len(in.Also) > 0 {
		return false, nil // rare
	}
	var data any
	if in.Data != nil {
		raw, err := json.Marshal(in.Data)
		if err != nil {
			return false, err
		}
		data = string(raw)
	}

	message, err := g.message(in)
	if err != nil {
		return false, err
	}

	var contact, conversation string
	err = g.row(insertKnownSQL, dbx.Params{
		"company": in.Company, "channel": in.Channel, "by": in.IdentityKind, "value": in.IdentityValue, "scope": in.Scope,
		"id": message.Id, "kind": in.Kind, "text": in.Text, "payload": in.Payload, "external": in.ExternalID,
		"at": message.GetString("at"), "now": message.GetString("created"),
		"reply": in.ReplyTo, "data": data, "forwarded": in.Forwarded,
	}, &contact, &conversation)
	if isNotFound(err) {
		return false, nil // someone new, or a repetition
	}
	if err != nil {
		return false, err
	}
	message.Set("contact", contact)
	message.Set("conversation", conversation)

	if err := g.countIncoming(message); err != nil {
		return false, err
	}
	g.messages = append(g.messages, message)
	*result = channels.Result{Contact: contact, Conversation: conversation, Message: message}

	return true, g.room.deps.Live.Created(g.txApp, message)
}

// message is the record of an incoming message before it is known whose it is.
func (g *groupStore) message(in channels.Inbound) (*core.Record, error) {
	id := g.room.deps.IDs.Next()
	at := in.At
	if at.IsZero() {
		at, _ = collections.IDTime(id)
	}
	now, err := types.ParseDateTime(g.room.deps.Now())
	if err != nil {
		return nil, err
	}

	message, err := newRecord(g.txApp, collections.Messages, map[string]any{
		"id": id, "company": in.Company, "channel": in.Channel,
		"direction": "in", "kind": in.Kind, "text": in.Text, "payload": in.Payload, "status": "received",
		"at": at, "external_id": in.ExternalID, "reply_to": in.ReplyTo, "forwarded": in.Forwarded,
	})
	if err != nil {
		return nil, err
	}
	if in.Data != nil {
		message.Set("data", in.Data)
	}
	message.SetRaw("created", now)
	message.SetRaw("updated", now)
	message.MarkAsNotNew()

	return message, nil
}

// countIncoming tells the conversation of an incoming message about it.
func (g *groupStore) countIncoming(message *core.Record) error {
	now := g.room.deps.Now()
	conversation := message.GetString("conversation")
	var due, snoozed bool
	err := g.row(countIncomingSQL, dbx.Params{
		"conversation": conversation, "at": message.GetString("at"), "preview": preview(message),
		"now": stamp(now), "recently": stamp(now.Add(-humanMin)),
	}, &due, &snoozed)
	if err == nil && snoozed {
		err = g.row(wakeIncomingSQL, dbx.Params{"conversation": conversation, "now": stamp(now)}, &conversation)
	}
	g.touched = append(g.touched, conversation)
	g.triage = g.triage || due

	return err
}

// row runs one of the statements above and reads the row it returns. It hands them
// to the transaction as they are: dbx would look through the text of each for
// placeholders, which takes longer than the row.
func (g *groupStore) row(query string, params dbx.Params, into ...any) error {
	args := make([]any, 0, len(params))
	for name, value := range params {
		args = append(args, sql.Named(name, value))
	}
	rows, err := g.tx.Query(query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		return cmp.Or(rows.Err(), sql.ErrNoRows)
	}
	if err := rows.Scan(into...); err != nil {
		return err
	}

	return rows.Close()
}

// executorOf is what runs the statements of a transaction.
func executorOf(txApp core.App) dbx.Executor {
	db := txApp.DB()
	if tx, ok := db.(*dbx.Tx); ok {
		db = tx.Builder
	}

	return db.(interface{ Executor() dbx.Executor }).Executor()
}

// finish tells the live feed about the conversations, once each.
func (g *groupStore) finish() error {
	seen := map[string]bool{}
	for _, id := range g.touched {
		if seen[id] {
			continue
		}
		seen[id] = true
		if err := g.room.deps.Live.Updated(g.txApp, collections.Conversations, id); err != nil {
			return err
		}
	}

	return nil
}

// committed runs what follows the commit of a record: PocketBase's realtime for
// integrators, the rooms that listen to new messages.
func (g *groupStore) committed(app core.App) error {
	var errs []error
	for _, message := range g.messages {
		event := &core.ModelEvent{App: app, Type: core.ModelEventTypeCreate}
		event.Model = message
		errs = append(errs, app.OnModelAfterCreateSuccess().Trigger(event))
	}

	return errors.Join(errs...)
}
