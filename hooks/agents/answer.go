package agents

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"database/sql"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/inbox"
	"recado/hooks/texts"
)

// Answer implements inbox.Answerer. What needs no model is answered at once: a yes
// or a no to what the server asked, a call for a person. Everything else becomes a
// run that is due when the customer has finished writing. Where no agent answers
// the guided dialogue does.
func (r *Room) Answer(txApp core.App, turn inbox.Turn) (inbox.Answer, error) {
	agent, err := r.agentFor(txApp, turn)
	if err != nil {
		return inbox.Answer{}, err
	}
	if agent == nil {
		return r.byDialogue(txApp, turn)
	}
	current, own := stateOf(turn.Conversation)
	last := turn.Messages[len(turn.Messages)-1]
	if !own {
		ask, err := r.dialogueAsked(txApp, turn, last)
		if err != nil || ask {
			answer, failed := r.byDialogue(txApp, turn)

			return answer, errors.Join(err, failed)
		}
	}

	running, err := unfinished(txApp, turn.Conversation.Id)
	if err != nil {
		return inbox.Answer{}, err
	}
	if running != nil && running.GetString("requested_by") != "" { // a draft for a person is no answer
		if err := r.discard(txApp, running, "discarded", "the agent answers itself"); err != nil {
			return inbox.Answer{}, err
		}
		running = nil
	}
	later := inbox.Answer{Later: true, By: "agent", State: turn.State}
	if running != nil && running.GetString("status") == "running" && running.GetString("inbound") >= last.Id {
		return later, nil // it has read this one already
	}

	_, tr, now := r.deps.Dialogue.Desk(txApp, turn)
	shadow := agent.GetBool("shadow")
	if p := current.open(now); p != nil && !shadow {
		switch v, by := consent(p, turn.Messages, tr.Locale()); v {
		case yes:
			return r.settle(txApp, turn, agent, running, current, by)
		case no:
			return r.decline(txApp, turn, agent, running, current, by)
		case instead:
			return r.hearOn(txApp, turn, agent, running, current, by)
		}
	}
	if id, ok := payloadOf(last, payloadSlot); ok && !shadow {
		if slot, stands := current.slot(id, now); stands {
			return r.proposeTapped(txApp, turn, agent, running, current, slot)
		}
	}
	if !shadow && callsForPerson(agent, tr.Locale(), textOf(turn.Messages)) {
		answer, err := r.deps.Dialogue.HandOver(txApp, turn, "", "asked")
		answer.By = "agent"

		return answer, errors.Join(err, r.record(txApp, turn, agent, running, "handed_over", "asked", nil))
	}

	return later, r.plan(txApp, turn, agent, running, last)
}

// byDialogue lets the guided dialogue answer.
func (r *Room) byDialogue(txApp core.App, turn inbox.Turn) (inbox.Answer, error) {
	if _, own := stateOf(turn.Conversation); own {
		turn.State = nil // an agent's, which the dialogue can't go on from
	}
	answer, err := r.deps.Dialogue.Answer(txApp, turn)
	answer.By = "bot"

	return answer, err
}

// patience is how long a conversation stays with the dialogue after its agent failed.
const patience = 10 * time.Minute

// dialogueAsked tells whether the customer answers the dialogue: they tapped one
// of its options, or its turn has come because the agent failed a moment ago.
func (r *Room) dialogueAsked(txApp core.App, turn inbox.Turn, last *core.Record) (bool, error) {
	if len(turn.State) == 0 {
		return false, nil
	}
	if last.GetString("payload") != "" && !strings.HasPrefix(last.GetString("payload"), "ai:") {
		return true, nil
	}
	var failed int
	err := txApp.DB().NewQuery(`SELECT EXISTS (SELECT 1 FROM agent_runs WHERE conversation = {:conversation} AND outcome = 'fallback' AND ended > {:lately})`).
		Bind(dbx.Params{"conversation": turn.Conversation.Id, "lately": stamp(r.deps.Now().Add(-patience))}).Row(&failed)

	return failed == 1, err
}

// unfinished is the run of a conversation that is not done, or nil.
func unfinished(app core.App, conversation string) (*core.Record, error) {
	run := &core.Record{}
	err := app.RecordQuery(collections.AgentRuns).
		AndWhere(dbx.HashExp{"conversation": conversation}).AndWhere(dbx.NewExp("status != 'done'")).Limit(1).One(run)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}

	return run, err
}

// plan makes a run due when the customer is quiet. A run that has begun is
// discarded: it does not know what they have written since.
func (r *Room) plan(txApp core.App, turn inbox.Turn, agent, running, last *core.Record) error {
	now := r.deps.Now()
	l := limitsOf(agent)
	wait := span(l.Debounce)
	switch {
	case last.GetString("payload") != "":
		wait = 0
	case unfinishedText(last):
		wait *= 2
	}
	since, asked := turn.Messages[0].Id, now
	since = previous(since)
	if running != nil {
		asked = running.GetDateTime("asked_at").Time()
		since = running.GetString("since")
	}
	due := now.Add(wait)
	if latest := asked.Add(span(l.DebounceMax)); due.After(latest) {
		due = latest
	}
	if due.Before(now) {
		due = now
	}

	if running != nil && running.GetString("status") == "waiting" {
		running.Set("due", due)
		defer r.wakeAt(due)

		return save(txApp, running)
	}
	if running != nil {
		if err := r.discard(txApp, running, "discarded", "the customer went on writing"); err != nil {
			return err
		}
		asked = now
	}
	run, err := r.newRun(txApp, map[string]any{
		"company": turn.Company.Id, "agent": agent.Id, "conversation": turn.Conversation.Id, "contact": turn.Contact.Id,
		"status": "waiting", "due": due, "asked_at": asked, "since": since, "shadow": agent.GetBool("shadow"),
	})
	if err != nil {
		return err
	}
	defer r.wakeAt(due)

	return txApp.SaveNoValidate(run)
}

// previous is an id that sorts just before another.
func previous(id string) string {
	if id == "" {
		return ""
	}
	raw := []byte(id)
	raw[len(raw)-1]--

	return string(raw)
}

// unfinishedText tells whether more is likely to follow: no end of a sentence after
// a comma or a joining word, or something that has to be looked at.
func unfinishedText(message *core.Record) bool {
	if message.GetString("kind") != "text" || len(message.GetStringSlice("attachments")) > 0 {
		return true
	}
	text := strings.TrimSpace(message.GetString("text"))
	if strings.HasSuffix(text, ",") || strings.HasSuffix(text, "...") || strings.HasSuffix(text, "…") || strings.HasSuffix(text, ":") {
		return true
	}
	words := strings.Fields(fold(text))
	if len(words) == 0 {
		return false
	}
	switch words[len(words)-1] {
	case "and", "or", "but", "because", "so", "the", "for", "e", "ou", "mas", "porque", "que", "para", "de", "y", "o", "pero", "a":
		return true
	}

	return false
}

// wakeAt looks at what is due when that moment comes. It is only a short cut: the
// schedule looks, too.
func (r *Room) wakeAt(due time.Time) {
	time.AfterFunc(max(0, due.Sub(r.deps.Now()))+20*time.Millisecond, r.wake)
}

// discard ends a run without an answer.
func (r *Room) discard(txApp core.App, run *core.Record, outcome, reason string) error {
	r.abort(run.Id)
	run.Set("status", "done")
	run.Set("outcome", outcome)
	run.Set("reason", reason)
	run.Set("ended", r.deps.Now())
	run.Set("due", nil)

	return save(txApp, run)
}

// record keeps what was done without a model as a run, so that it can be seen why.
func (r *Room) record(txApp core.App, turn inbox.Turn, agent, running *core.Record, outcome, reason string, steps []step) error {
	if running != nil {
		if err := r.discard(txApp, running, "discarded", "answered without the model"); err != nil {
			return err
		}
	}
	now := r.deps.Now()
	version, err := versionFor(txApp, agent, turn.Contact.Id)
	if err != nil {
		return err
	}
	id := ""
	if version != nil {
		id = version.Id
	}
	run, err := r.newRun(txApp, map[string]any{
		"company": turn.Company.Id, "agent": agent.Id, "conversation": turn.Conversation.Id, "contact": turn.Contact.Id, "version": id,
		"status": "done", "asked_at": now, "started": now, "ended": now, "since": previous(turn.Messages[0].Id),
		"inbound": turn.Messages[len(turn.Messages)-1].Id, "outcome": outcome, "reason": reason, "steps": steps,
	})
	if err != nil {
		return err
	}

	return txApp.SaveNoValidate(run)
}

// textOf joins what the customer wrote.
func textOf(messages []*core.Record) string {
	var lines []string
	for _, m := range messages {
		lines = append(lines, m.GetString("text"))
	}

	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// reply is an answer of one text.
func reply(text string, s state) inbox.Answer {
	return inbox.Answer{Replies: []inbox.Reply{{Text: text}}, State: s.raw(), By: "agent"}
}

// step is one line of what a run did.
type step struct {
	Kind    string          `json:"kind"` // model, tool, consent, note
	Name    string          `json:"name,omitempty"`
	Text    string          `json:"text,omitempty"`
	Input   json.RawMessage `json:"input,omitempty"`
	Output  any             `json:"output,omitempty"`
	Problem string          `json:"problem,omitempty"`
	In      int             `json:"tokens_in,omitzero"`
	Out     int             `json:"tokens_out,omitzero"`
	MS      int64           `json:"ms,omitzero"`
}

// languageOf is the language a run answers in: the agent's rule, else the
// conversation's.
func languageOf(agent *core.Record, tr texts.Printer, company *core.Record) string {
	switch rule := agent.GetString("language"); rule {
	case "", "customer":
		return tr.Locale()
	case "company":
		return texts.Locale(company.GetString("locale"))
	default:
		return texts.Locale(cmp.Or(rule, tr.Locale()))
	}
}
