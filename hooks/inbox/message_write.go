package inbox

import (
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// Kinds of message a member can write. A note is for colleagues only.
var writable = map[string]bool{"text": true, "note": true, "image": true, "audio": true, "video": true, "document": true}

// memberWrites completes a message that a member sends through the records API:
// the member says what, the server says who, where to and when.
func (r *Room) memberWrites(e *core.RecordRequestEvent) error {
	message := e.Record

	conversation, err := lookup(e.App, collections.Conversations, message.GetString("conversation"))
	if err != nil || conversation.GetString("company") != message.GetString("company") {
		return apierr.NotFound("conversation")
	}
	if known, err := r.alreadyWritten(e, conversation); known != nil || err != nil {
		if err != nil {
			return err
		}

		return e.JSON(http.StatusOK, known)
	}

	kind := message.GetString("kind")
	if kind == "" {
		kind = "text"
	}
	if !writable[kind] {
		return apierr.Invalid("kind", "A message of this kind can't be written by hand.")
	}
	if strings.TrimSpace(message.GetString("text")) == "" && len(message.GetStringSlice("attachments")) == 0 {
		return apierr.Invalid("text", "Write something, or attach a file.")
	}

	status := "queued"
	if kind == "note" {
		status = "sent"
	}
	author, err := memberOf(e.App, e.Auth, message.GetString("company"))
	if err != nil {
		return err
	}
	if err := quotable(e.App, message, kind); err != nil {
		return err
	}
	if kind != "note" {
		if err := mayWriteIn(e.App, conversation); err != nil {
			return err
		}
	}
	if kind != "note" {
		message.Set("mentions", nil)
	}
	if err := mentionable(e.App, conversation, message.GetStringSlice("mentions")); err != nil {
		return err
	}

	message.Load(map[string]any{
		"kind": kind, "direction": "out", "status": status, "answered_by": "human", "author": author,
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"due": r.deps.Now(), "at": "", "external_id": "", "payload": "", "options": nil, "data": nil,
		"error": "", "attempts": 0, "claimed_until": "", "expires_at": "",
		"forwarded": false, "reactions": nil, "edited_at": "", "deleted_at": "",
	})

	return e.Next()
}

// mayWriteIn refuses to write in a group that is only read.
func mayWriteIn(app core.App, conversation *core.Record) error {
	if !conversation.GetBool("is_group") {
		return nil
	}
	channel, err := lookup(app, collections.Channels, conversation.GetString("channel"))
	if err != nil {
		return err
	}
	var settings struct {
		Groups string `json:"groups"`
	}
	_ = channel.UnmarshalJSONField("settings", &settings) // unreadable settings are none
	if settings.Groups != "handled" {
		return apierr.New(http.StatusConflict, "group_read_only", "Groups are only read on this channel. Whoever manages it can change that.", nil)
	}

	return nil
}

// alreadyWritten finds the message an unsure client sends again.
func (r *Room) alreadyWritten(e *core.RecordRequestEvent, conversation *core.Record) (*core.Record, error) {
	client := e.Record.GetString("client_id")
	if client == "" {
		return nil, nil
	}

	known := &core.Record{}
	err := e.App.RecordQuery(collections.Messages).
		AndWhere(dbx.HashExp{"conversation": conversation.Id, "client_id": client}).Limit(1).One(known)
	if isNotFound(err) {
		return nil, nil
	}

	return known, err
}

// memberOf returns the id of the member that the signed-in user is, or "" for a
// superuser.
func memberOf(app core.App, auth *core.Record, company string) (string, error) {
	if auth == nil || auth.IsSuperuser() {
		return "", nil
	}

	var id string
	err := app.DB().Select("id").From(collections.Members).
		Where(dbx.HashExp{"user": auth.Id, "company": company, "active": true}).Limit(1).Row(&id)
	if isNotFound(err) {
		return "", apierr.NotFound("company")
	}

	return id, err
}

// memberChanges lets a member do one thing to a message: send a failed one again.
func (r *Room) memberChanges(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return e.Next()
	}

	was := e.Record.Original()
	retry := was.GetString("status") == "failed" && e.Record.GetString("status") == "queued"
	if !retry {
		return apierr.New(http.StatusConflict, "message_fixed", "A record of a message changes in one way: a failed one is sent again by setting its status to queued. Use its routes to edit or delete it.", nil)
	}

	for _, field := range e.Record.Collection().Fields {
		e.Record.SetRaw(field.GetName(), was.GetRaw(field.GetName()))
	}
	sendAgain(e.Record, r.deps.Now())

	return e.Next()
}

// quotable checks the message that is answered: one of the same conversation, of
// which the customer may be reminded.
func quotable(app core.App, message *core.Record, kind string) error {
	id := message.GetString("reply_to")
	if id == "" {
		return nil
	}

	quoted, err := lookup(app, collections.Messages, id)
	if err != nil || quoted.GetString("conversation") != message.GetString("conversation") {
		return apierr.Invalid("reply_to", "Only a message of the same conversation can be answered.")
	}
	switch quoted.GetString("kind") {
	case "system":
		return apierr.Invalid("reply_to", "This line can't be answered.")
	case "note":
		if kind != "note" {
			return apierr.Invalid("reply_to", "A note is for colleagues: answer it with a note.")
		}
	}

	return nil
}

// sendAgain makes a message due as if it had never been tried.
func sendAgain(message *core.Record, now time.Time) {
	message.Load(map[string]any{"status": "queued", "due": now, "attempts": 0, "error": "", "claimed_until": "", "expires_at": ""})
	message.IgnoreUnchangedFields(true)
}

// Resend sends a message that failed again.
func (r *Room) Resend(app core.App, message *core.Record) error {
	sendAgain(message, r.deps.Now())

	return app.Save(message)
}
