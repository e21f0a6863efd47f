package inbox

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// transferConversation hands a conversation to a queue, to a colleague or to a
// colleague in a queue, with a note for who takes it over: one transaction, so
// that nobody gets one without the other.
func (r *Room) transferConversation(e *core.RequestEvent) error {
	var form struct {
		Queue    string `json:"queue"`
		Assignee string `json:"assignee"`
		Note     string `json:"note"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("body", `Send {"queue"?: ID, "assignee"?: ID, "note"?: text}.`)
	}
	form.Note = strings.TrimSpace(form.Note)
	if form.Queue == "" && form.Assignee == "" {
		return apierr.Invalid("assignee", "Name a queue or a colleague.")
	}
	if len([]rune(form.Note)) > textMax {
		return apierr.Invalid("note", "The note is too long.")
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}

	var conversation *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		var err error
		if conversation, err = visible(txApp, info, collections.Conversations, e.Request.PathValue("id"), "conversation"); err != nil {
			return err
		}
		if ok, err := txApp.CanAccessRecord(conversation, info, conversation.Collection().UpdateRule); err != nil || !ok {
			return apierr.Forbidden("inbox.edit_own")
		}
		me, err := memberOf(txApp, e.Auth, conversation.GetString("company"))
		if err != nil {
			return err
		}

		return r.transfer(txApp, conversation, me, form.Queue, form.Assignee, form.Note)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, conversation)
}

// transfer hands the conversation over. by is the acting member, "" for a
// superuser; an empty assignee leaves it to the queue.
func (r *Room) transfer(txApp core.App, conversation *core.Record, by, queue, assignee, note string) error {
	if conversation.GetString("status") == "closed" {
		return apierr.New(http.StatusConflict, "conversation_closed", "This conversation is closed. Reopen it first.", nil)
	}
	company := conversation.GetString("company")
	if queue != "" {
		if record, err := lookup(txApp, collections.Queues, queue); err != nil || record.GetString("company") != company {
			return apierr.NotFound("queue")
		}
		conversation.Set("queue", queue)
	}
	if assignee != "" {
		if err := canTake(txApp, company, assignee); err != nil {
			return err
		}
	}
	conversation.Set("assignee", assignee)

	was := conversation.Original()
	if by != "" {
		me, err := lookup(txApp, collections.Members, by)
		if err != nil {
			return err
		}
		if err := mayAssign(me, was, conversation); err != nil {
			return err
		}
	}
	if was.GetString("assignee") == assignee && was.GetString("queue") == conversation.GetString("queue") {
		return apierr.Invalid("assignee", "The conversation is there already.")
	}
	if _, err := r.transition(txApp, was, conversation); err != nil {
		return err
	}
	conversation.Set("snoozed_until", "")
	if conversation.GetString("status") == "snoozed" {
		conversation.Set("status", "open")
	}
	if assignee == "" && conversation.GetString("answerer") != "waiting" { // it was the bot's
		conversation.Set("answerer", "waiting")
		forgetTriage(conversation)
	}
	if conversation.GetDateTime("waiting_since").IsZero() {
		conversation.Set("waiting_since", r.deps.Now())
	}
	if err := save(txApp, conversation); err != nil {
		return err
	}

	details := map[string]any{"assignee": assignee}
	if was.GetString("queue") != conversation.GetString("queue") {
		details["queue"] = conversation.GetString("queue")
	}
	if err := event(txApp, conversation, by, "transferred", details); err != nil || note == "" {
		return err
	}

	return r.note(txApp, conversation, by, note)
}

// canTake refuses a colleague who has left or may not answer customers.
func canTake(app core.App, company, id string) error {
	member, err := lookup(app, collections.Members, id)
	if err != nil || member.GetString("company") != company {
		return apierr.NotFound("member")
	}
	if !member.GetBool("active") || !holds(member, "inbox.view_own") {
		return apierr.Invalid("assignee", "This colleague can't answer customers. Choose someone else.")
	}

	return nil
}

// note writes a note for colleagues.
func (r *Room) note(txApp core.App, conversation *core.Record, by, text string) error {
	message, err := newRecord(txApp, collections.Messages, map[string]any{
		"company": conversation.GetString("company"), "conversation": conversation.Id,
		"contact": conversation.GetString("contact"), "channel": conversation.GetString("channel"),
		"direction": "out", "kind": "note", "text": text, "status": "sent", "answered_by": "human", "author": by,
	})
	if err != nil {
		return err
	}

	return txApp.SaveNoValidate(message)
}
