package agents

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/inbox"
)

// draft keeps what the agent would have said, for a person. The customer goes on
// waiting, and is seen to.
func (x *run) draft(c scene, answer inbox.Answer, outcome, reason string) error {
	if x.requested() && answer.Handoff { // whoever asked is the person it would be passed to
		return x.finish(c.app, "discarded", cmp.Or(reason, "it would pass the conversation to a person"))
	}
	var lines []string
	for _, reply := range answer.Replies {
		lines = append(lines, reply.Text)
	}
	x.record.Set("draft", strings.Join(lines, "\n\n"))
	x.note("drafted", outcome)
	if x.requested() {
		return x.finish(c.app, "drafted", reason)
	}
	conversation := c.turn.Conversation
	conversation.Set("status", "open")
	if answer.Handoff {
		conversation.Set("answerer", "waiting")
	}
	if err := save(c.app, conversation); err != nil {
		return err
	}

	return x.finish(c.app, "drafted", reason)
}

// runFor loads the run of the path for a member who may see its conversation and
// holds the permission.
func (r *Room) runFor(e *core.RequestEvent, permission string) (record, member *core.Record, err error) {
	record, err = e.App.FindRecordById(collections.AgentRuns, e.Request.PathValue("id"))
	if err != nil {
		return nil, nil, apierr.NotFound("run")
	}
	company := e.Request.URL.Query().Get("company")
	if record.GetString("company") != company {
		return nil, nil, apierr.NotFound("run")
	}
	if member, err = r.deps.Require(e, company, permission); err != nil {
		return nil, nil, err
	}
	info, err := e.RequestInfo()
	if err != nil {
		return nil, nil, err
	}
	if ok, err := e.App.CanAccessRecord(record, info, record.Collection().ViewRule); err != nil || !ok {
		return nil, nil, apierr.NotFound("run")
	}

	return record, member, nil
}

// draft is POST /api/recado/agent-runs/{id}/draft {action: send|take|drop, text?}: a
// person sends the draft, as it is or changed, takes it to go on writing, or drops it.
func (r *Room) draft(e *core.RequestEvent) error {
	record, member, err := r.runFor(e, "inbox.reply")
	if err != nil {
		return err
	}
	var form struct {
		Action string `json:"action"`
		Text   string `json:"text"`
	}
	if err := e.BindBody(&form); err != nil || form.Action != "send" && form.Action != "take" && form.Action != "drop" {
		return apierr.Invalid("action", "Say whether to send, to take or to drop the draft.")
	}

	err = e.App.RunInTransaction(func(txApp core.App) error {
		fresh, err := txApp.FindRecordById(collections.AgentRuns, record.Id)
		if err != nil {
			return err
		}
		record = fresh
		if record.GetString("outcome") != "drafted" {
			return apierr.New(http.StatusConflict, "draft_settled", "This draft has been sent or dropped already.", nil)
		}
		if settled := map[string]string{"take": "taken", "drop": "dropped"}[form.Action]; settled != "" {
			record.Set("outcome", settled)

			return save(txApp, record)
		}
		text := cmp.Or(strings.TrimSpace(form.Text), record.GetString("draft"))
		if len([]rune(text)) > 20_000 {
			return apierr.Invalid("text", "The message is too long. Up to 20,000 characters are possible.")
		}
		conversation, err := txApp.FindRecordById(collections.Conversations, record.GetString("conversation"))
		if err != nil {
			return err
		}
		message, err := newRecord(txApp, collections.Messages, map[string]any{
			"company": conversation.GetString("company"), "conversation": conversation.Id, "contact": conversation.GetString("contact"),
			"channel": conversation.GetString("channel"), "direction": "out", "kind": "text", "text": text, "status": "queued",
			"answered_by": "human", "author": member.Id, "due": r.deps.Now(),
		})
		if err != nil {
			return err
		}
		if err := txApp.SaveNoValidate(message); err != nil {
			return err
		}
		record.Set("outcome", "sent")

		return save(txApp, record)
	})
	if err != nil {
		return err
	}

	return answerRun(e, record)
}

// feedback is POST /api/recado/agent-runs/{id}/feedback {feedback: good|bad|"", note?}.
func (r *Room) feedback(e *core.RequestEvent) error {
	record, member, err := r.runFor(e, "")
	if err != nil {
		return err
	}
	var form struct {
		Feedback string `json:"feedback"`
		Note     string `json:"note"`
	}
	if err := e.BindBody(&form); err != nil || form.Feedback != "" && form.Feedback != "good" && form.Feedback != "bad" {
		return apierr.Invalid("feedback", "Say good, bad, or nothing.")
	}
	record.Set("feedback", form.Feedback)
	record.Set("feedback_note", clip(form.Note, 1_000))
	record.Set("feedback_by", member.Id)
	if err := save(e.App, record); err != nil {
		return err
	}

	return answerRun(e, record)
}

func answerRun(e *core.RequestEvent, record *core.Record) error {
	if err := apis.EnrichRecord(e, record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, record)
}
