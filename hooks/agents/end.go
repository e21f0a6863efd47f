package agents

import (
	"context"
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agents/model"
	"recado/hooks/inbox"
)

// say sends the model's words.
func (x *run) say(text string) error {
	text, x.cited = cite(text, x.passages)

	return x.within(func(c scene) error {
		return x.give(c, inbox.Answer{Replies: []inbox.Reply{{Text: clip(text, 4_000)}}, By: "agent"}, "answered", "")
	})
}

// give ends the run with an answer, in the transaction of c. The state goes with
// it, but for a hand-over, after which there is none.
func (x *run) give(c scene, answer inbox.Answer, outcome, reason string) error {
	if x.shadow {
		return x.draft(c, answer, outcome, reason)
	}
	if p := c.state.Proposal; p != nil && outcome == "proposed" && !p.Asked {
		p.Asked, p.Seen = true, x.record.GetString("inbound")
	}
	if !answer.Handoff && answer.By == "agent" {
		answer.State = c.state.raw()
	}
	if err := x.room.deps.Inbox.Answer(c.app, c.turn, answer); err != nil {
		return err
	}

	return x.finish(c.app, outcome, reason)
}

// finish writes how a run ended.
func (x *run) finish(txApp core.App, outcome, reason string) error {
	now := x.room.deps.Now()
	r := x.record
	r.Set("status", "done")
	r.Set("outcome", outcome)
	r.Set("reason", clip(reason, 200))
	r.Set("ended", now)
	r.Set("ms", time.Since(x.began).Milliseconds())
	r.Set("due", nil)
	r.Set("claimed_until", nil)
	x.account(r)
	if x.owed != (spend{}) && !x.room.rehearses() { // with the end, where the money is in the same database
		if err := x.book(txApp, spend{}, false); err != nil {
			return err
		}
	}

	return save(txApp, r)
}

// account writes what a run did and used so far.
func (x *run) account(r *core.Record) {
	for name, value := range x.told { // not there yet where no question was asked
		r.Set(name, value)
	}
	r.Set("steps", x.steps[:min(len(x.steps), mostSteps)])
	if len(x.cited) > 0 {
		r.Set("cited", x.cited)
	}
	r.Set("tokens_in", x.used.in)
	r.Set("tokens_out", x.used.out)
	r.Set("cost", x.used.cost)
	r.Set("reserved", 0)
}

// abandon ends a run without an answer. What it did is kept and seen.
func (x *run) abandon(outcome, reason string) error {
	return x.room.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.AgentRuns, x.id)
		if err != nil || record.GetString("claim") != x.claim {
			return nil
		}
		x.record = record
		if record.GetString("status") == "done" { // ended by whoever overtook it; what it used is still to be told
			x.account(record)

			return save(txApp, record)
		}
		if err := x.finish(txApp, outcome, reason); err != nil || outcome != "discarded" || record.GetString("requested_by") != "" {
			return err
		}

		return x.again(txApp)
	})
}

// again makes sure that what the customer wrote is answered: triage of the newer
// message may have been before this run noticed it.
func (x *run) again(txApp core.App) error {
	open, err := unfinished(txApp, x.record.GetString("conversation"))
	if err != nil {
		return err
	}
	if open != nil { // made for the newer message; it has to answer the older, too
		if x.record.GetString("since") < open.GetString("since") {
			open.Set("since", x.record.GetString("since"))

			return save(txApp, open)
		}

		return nil
	}
	now := x.room.deps.Now()
	due := now.Add(span(x.limits.Debounce))
	run, err := x.room.newRun(txApp, map[string]any{
		"company": x.record.GetString("company"), "agent": x.agent.Id, "conversation": x.record.GetString("conversation"), "contact": x.record.GetString("contact"),
		"status": "waiting", "due": due, "asked_at": now, "since": x.record.GetString("since"), "shadow": x.shadow,
	})
	if err != nil {
		return err
	}
	x.room.wakeAt(due)

	return txApp.SaveNoValidate(run)
}

// giveUp passes the conversation to a person, in words.
func (x *run) giveUp(reason, first string) error {
	return x.within(func(c scene) error {
		if first != "" {
			first = c.tr.Get(first)
		}
		answer, err := c.handOver(first, "agent")
		if err != nil {
			return err
		}

		return x.give(c, answer, "handed_over", reason)
	})
}

// fail is for a model that is down, slow, over budget or beside itself: the guided
// dialogue goes on, or a person, as the agent says. The customer hears of it.
func (x *run) fail(cause error) error {
	reason := reasonOf(cause)
	x.note("failed", reason)
	x.room.app.Logger().Warn("An agent could not answer", "run", x.id, "problem", reason)
	err := x.within(func(c scene) error {
		if x.agent.GetString("fallback") == "person" || x.shadow {
			answer, err := c.handOver(c.tr.Get("agent.trouble"), "agent")
			if err != nil {
				return err
			}

			return x.give(c, answer, "fallback", reason)
		}
		c.dropHold()
		turn := c.turn
		turn.State = nil
		answer, err := x.room.byDialogue(c.app, turn)
		if err != nil {
			return err
		}

		return x.give(c, answer, "fallback", reason)
	})
	switch {
	case errors.Is(err, inbox.ErrOvertaken):
		return x.abandon("discarded", "the customer went on writing")
	case errors.Is(err, inbox.ErrTakenOver):
		return x.abandon("taken_over", "a person has the conversation")
	case errors.Is(err, errLost):
		return nil
	default:
		return err
	}
}

func reasonOf(err error) string {
	var known *model.Error
	switch {
	case errors.As(err, &known):
		return string(known.Problem)
	case errors.Is(err, errBudget):
		return "budget"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return string(model.Slow)
	default:
		return "error"
	}
}

// sayMoment tells the customer that it takes a moment, once.
func (x *run) sayMoment() {
	if x.shadow {
		return
	}
	_ = x.within(func(c scene) error { // if it can't be said there is nobody to say it to
		message := inbox.Answer{Replies: []inbox.Reply{{Text: c.tr.Get("agent.moment")}}, State: c.turn.State, By: "agent"}

		return x.room.deps.Inbox.Answer(c.app, c.turn, message)
	})
}
