package inbox

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindMessages binds what every new message does, whoever wrote it.
func (r *Room) bindMessages() {
	r.app.OnRecordCreateRequest(collections.Messages).BindFunc(r.memberWrites)
	r.app.OnRecordUpdateRequest(collections.Messages).BindFunc(r.memberChanges)

	r.app.OnRecordCreate(collections.Messages).BindFunc(r.messageCreated)
	r.app.OnRecordAfterCreateSuccess(collections.Messages).BindFunc(r.messageCommitted)
	r.app.OnRecordAfterUpdateSuccess(collections.Messages).BindFunc(r.messageCommitted)
}

// messageCreated gives a message its time and tells its conversation about it,
// in the message's own transaction.
func (r *Room) messageCreated(e *core.RecordEvent) error {
	message := e.Record

	conversation, err := lookup(e.App, collections.Conversations, message.GetString("conversation"))
	if err != nil {
		return apierr.NotFound("conversation")
	}

	// The id was made in this transaction and never goes back, so the time in it
	// keeps messages in the order of their commits.
	if message.GetDateTime("at").IsZero() {
		if at, ok := collections.IDTime(message.Id); ok {
			message.Set("at", at)
		}
	}

	if err := e.Next(); err != nil {
		return err
	}
	if err := claimFiles(e.App, message); err != nil {
		return err
	}

	switch {
	case message.GetString("kind") == "system":
		return nil
	case message.GetString("kind") == "note":
		return callMembers(e.App, conversation, message)
	case isRating(message):
		applyLatest(conversation, message)

		return save(e.App, conversation)
	case message.GetString("direction") == "in":
		store := r.newGroupStore(e.App)

		return errors.Join(store.countIncoming(message), store.finish())
	}

	if err := r.applyOutgoing(e.App, conversation, message); err != nil {
		return err
	}
	applyLatest(conversation, message)

	return save(e.App, conversation)
}

// applyLatest shows the message as the conversation's last one, unless it is
// older than the one shown: history may come late.
func applyLatest(conversation, message *core.Record) {
	at := message.GetDateTime("at")
	if at.Before(conversation.GetDateTime("last_message_at")) {
		return
	}

	conversation.Set("last_message_at", at)
	conversation.Set("last_direction", message.GetString("direction"))
	conversation.Set("preview", preview(message))
}

const previewMax = 140

// preview is the line of a message in the list; one without text is shown by
// the kind the UI has words for.
func preview(message *core.Record) string {
	if !message.GetDateTime("deleted_at").IsZero() {
		return "[deleted]"
	}
	text := strings.Join(strings.Fields(message.GetString("text")), " ")
	if text == "" {
		return "[" + message.GetString("kind") + "]"
	}
	if name := participant(message); name != "" {
		text = name + ": " + text
	}
	if runes := []rune(text); len(runes) > previewMax {
		return string(runes[:previewMax-1]) + "…"
	}

	return text
}

// participant is what whoever wrote in a group is called; "" elsewhere.
func participant(message *core.Record) string {
	if raw := message.GetString("data"); !strings.Contains(raw, `"from"`) {
		return ""
	}
	var data struct {
		From struct {
			Name  string `json:"name"`
			Phone string `json:"phone"`
		} `json:"from"`
	}
	_ = message.UnmarshalJSONField("data", &data)

	return cmp.Or(data.From.Name, data.From.Phone)
}

// applyOutgoing stops the bot when a person has written, and counts the first reply.
func (r *Room) applyOutgoing(app core.App, conversation, message *core.Record) error {
	now := message.GetDateTime("at")
	if conversation.GetDateTime("first_reply_at").IsZero() {
		conversation.Set("first_reply_at", now)
	}
	if message.GetString("answered_by") != "human" {
		return nil
	}

	if conversation.GetString("status") == "closed" {
		if err := noOtherActive(app, conversation); err != nil {
			return err
		}
		conversation.Set("closed_at", "")
	}
	conversation.Set("status", "open")
	conversation.Set("snoozed_until", "")
	conversation.Set("human_at", now)
	if conversation.GetString("assignee") == "" {
		conversation.Set("assignee", message.GetString("author"))
	}
	conversation.Set("answerer", "human")
	conversation.Set("unread", 0)
	if asked := conversation.GetDateTime("waiting_since"); !asked.IsZero() && conversation.GetDateTime("answered_at").IsZero() {
		conversation.Set("asked_at", asked)
		conversation.Set("answered_at", now)
	}
	conversation.Set("waiting_since", "")
	forgetTriage(conversation)

	return nil
}

// forgetTriage drops what the bot had in mind.
func forgetTriage(conversation *core.Record) {
	conversation.Set("dialogue", nil)
	conversation.Set("triage_due", "")
	conversation.Set("triage_attempts", 0)
}

// noOtherActive refuses to open a second conversation of a contact on a channel.
func noOtherActive(app core.App, conversation *core.Record) error {
	var other string
	err := app.DB().Select("id").From(collections.Conversations).
		Where(dbx.HashExp{"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel")}).
		AndWhere(dbx.NewExp("status != 'closed'")).
		AndWhere(dbx.Not(dbx.HashExp{"id": conversation.Id})).Limit(1).Row(&other)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}

	return apierr.New(http.StatusConflict, "conversation_active",
		"This contact already has an open conversation on this channel. Continue there.", map[string]any{"conversation": other})
}

// messageCommitted wakes whoever the message is work for.
func (r *Room) messageCommitted(e *core.RecordEvent) error {
	if e.Record.GetString("direction") == "out" && e.Record.GetString("status") == "queued" {
		r.outbox.wake()
	}

	return e.Next()
}

// since is the time from one stored moment to now; a missing one is long ago.
func (r *Room) since(record *core.Record, field string) time.Duration {
	return r.deps.Now().Sub(record.GetDateTime(field).Time())
}
