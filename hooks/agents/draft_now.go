package agents

import (
	"database/sql"
	"errors"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// draftNow is POST /api/recado/agents/drafts?company= {conversation}: the agent that is
// assigned to the conversation writes a draft at once, for the person who asks,
// whoever answers there. Its run comes by the live feed when it is done.
func (r *Room) draftNow(e *core.RequestEvent) error {
	company := e.Request.URL.Query().Get("company")
	member, err := r.deps.Require(e, company, "inbox.reply")
	if err != nil {
		return err
	}
	var form struct {
		Conversation string `json:"conversation"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("conversation", "Say which conversation the draft is for.")
	}
	conversation, err := e.App.FindRecordById(collections.Conversations, form.Conversation)
	if err != nil || conversation.GetString("company") != company {
		return apierr.NotFound("conversation")
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	if ok, err := e.App.CanAccessRecord(conversation, info, conversation.Collection().ViewRule); err != nil || !ok {
		return apierr.NotFound("conversation")
	}

	var run *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		run, err = r.planDraft(txApp, conversation.Id, member)

		return err
	})
	if err != nil {
		return err
	}
	r.wake()

	return answerRun(e, run)
}

// planDraft makes a run due now that writes a draft; one that is on its way is the one.
func (r *Room) planDraft(txApp core.App, id string, member *core.Record) (*core.Record, error) {
	conversation, err := txApp.FindRecordById(collections.Conversations, id)
	if err != nil {
		return nil, err
	}
	channel, err := txApp.FindRecordById(collections.Channels, conversation.GetString("channel"))
	if err != nil {
		return nil, err
	}
	agent, err := assigned(txApp, conversation, channel)
	if err != nil {
		return nil, err
	}
	if agent == nil {
		return nil, apierr.New(http.StatusConflict, "no_agent", "No active agent is assigned to the queue or the channel of this conversation.", nil)
	}
	now := r.deps.Now()
	running, err := unfinished(txApp, id)
	switch {
	case err != nil:
		return nil, err
	case running != nil && !running.GetBool("shadow"):
		return nil, apierr.New(http.StatusConflict, "agent_answers", "The agent is about to answer itself.", nil)
	case running != nil && running.GetString("status") == "waiting" && running.GetDateTime("due").Time().After(now):
		running.Set("due", now)

		return running, save(txApp, running)
	case running != nil:
		return running, nil
	}

	first, err := unanswered(txApp, id)
	if err != nil {
		return nil, err
	}
	if first == "" {
		return nil, apierr.New(http.StatusConflict, "nothing_to_answer", "The customer has not written anything yet.", nil)
	}
	run, err := r.newRun(txApp, map[string]any{
		"company": conversation.GetString("company"), "agent": agent.Id, "conversation": id, "contact": conversation.GetString("contact"),
		"status": "waiting", "due": now, "asked_at": now, "since": previous(first), "shadow": true, "requested_by": member.Id,
	})
	if err != nil {
		return nil, err
	}

	return run, txApp.SaveNoValidate(run)
}

// unanswered is the customer's first message since the last answer or, if there is
// none, their last; empty if they never wrote.
func unanswered(app core.App, conversation string) (id string, err error) {
	err = app.DB().NewQuery(`SELECT coalesce(
			(SELECT min(id) FROM messages WHERE conversation = {:conversation} AND direction = 'in' AND id >
				(SELECT coalesce(max(id), '') FROM messages WHERE conversation = {:conversation} AND direction = 'out' AND kind NOT IN ('note', 'system'))),
			(SELECT max(id) FROM messages WHERE conversation = {:conversation} AND direction = 'in'), '')`).
		Bind(dbx.Params{"conversation": conversation}).Row(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}

	return id, err
}
