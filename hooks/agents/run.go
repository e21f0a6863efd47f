package agents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agents/ground"
	"recado/hooks/agents/model"
	"recado/hooks/inbox"
	"recado/hooks/knowledge"
)

const (
	runClaim    = 100 * time.Second // longer than any run: a claim older than this belongs to a process that died
	runAttempts = 3
	momentAfter = 30 * time.Second // after which the customer is told that it takes a moment
	failBy      = 33 * time.Second // until when another key is tried
	mostSteps   = 200
)

// run is one attempt to answer a customer.
type run struct {
	room   *Room
	id     string
	claim  string
	record *core.Record
	agent  *core.Record
	turn   inbox.Turn // what the customer wrote since the last answer
	limits limits
	shadow bool
	began  time.Time // by the real clock: how long a model takes is real

	messages []model.Message
	facts    []string // what an answer may name: prompt and results of tools
	offers   []offer
	passages []knowledge.Passage // that were looked up
	cited    []cited             // of them, those the answer names
	steps    []step
	used     spend
	calls    int
	same     map[string]int

	final   *inbox.Answer // set by a tool that ends the run
	outcome string
	reason  string
}

// end is what a tool calls that answers the customer itself.
func (x *run) end(answer inbox.Answer, outcome, reason string) {
	x.final, x.outcome, x.reason = &answer, outcome, reason
}

// offer names a free time for the model.
func (x *run) offer(o offer) offer {
	var s state
	o = s.offer(o)
	x.offers = append(x.offers, o)

	return o
}

// errLost says that the run is no longer this process's to go on with.
var errLost = errors.New("agents: the run was ended elsewhere")

// run claims a due run and brings it to its end.
func (r *Room) run(ctx context.Context, id string) error {
	x, err := r.begin(id)
	if err != nil || x == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, span(x.limits.RunSeconds))
	defer cancel()

	r.deps.Inbox.Types(x.turn.Conversation, true)
	defer r.deps.Inbox.Types(x.turn.Conversation, false)
	moment := time.AfterFunc(momentAfter, func() { x.sayMoment() })
	defer moment.Stop()

	err = x.think(ctx)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errLost):
		return nil
	case errors.Is(err, inbox.ErrOvertaken):
		return x.abandon("discarded", "the customer went on writing")
	case errors.Is(err, inbox.ErrTakenOver):
		return x.abandon("taken_over", "a person has the conversation")
	case r.ctx.Err() != nil:
		return err // the process ends; the run is due again when its claim has run out
	default:
		return x.fail(err)
	}
}

// begin claims a run and reads what it needs; nil where there is nothing to do.
func (r *Room) begin(id string) (x *run, err error) {
	now := r.deps.Now()
	err = r.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.AgentRuns, id)
		if err != nil {
			return err
		}
		running := record.GetString("status") == "running"
		if record.GetString("status") == "done" || record.GetDateTime("due").Time().After(now) || running && record.GetDateTime("claimed_until").Time().After(now) {
			return nil
		}
		var last string
		err = txApp.DB().Select("id").From(collections.Messages).
			Where(dbx.HashExp{"conversation": record.GetString("conversation"), "direction": "in"}).OrderBy("id DESC").Limit(1).Row(&last)
		if err != nil {
			return err
		}
		if _, err := r.deps.Inbox.Current(txApp, record.GetString("conversation"), last); err != nil {
			if errors.Is(err, inbox.ErrTakenOver) {
				return r.discard(txApp, record, "taken_over", "a person has the conversation")
			}

			return err
		}

		record.Set("status", "running")
		record.Set("inbound", last)
		record.Set("started", now)
		record.Set("claim", core.GenerateDefaultRandomId())
		record.Set("claimed_until", now.Add(runClaim))
		record.Set("attempts", record.GetInt("attempts")+1)
		if err := save(txApp, record); err != nil {
			return err
		}
		agent, err := txApp.FindRecordById(collections.Agents, record.GetString("agent"))
		if err != nil {
			return err
		}
		turn, err := r.deps.Inbox.Turn(txApp, record.GetString("conversation"), record.GetString("since"), last)
		if err != nil {
			return err
		}
		x = &run{
			room: r, id: id, claim: record.GetString("claim"), record: record, agent: agent, turn: turn, limits: limitsOf(agent),
			shadow: record.GetBool("shadow"), began: time.Now(), same: map[string]int{},
		}

		return nil
	})

	return x, err
}

// within runs fn in a transaction that has made sure that the run may still act:
// it is this process's, nobody took over, and the customer has not written since.
func (x *run) within(fn func(c scene) error) error {
	return x.room.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.AgentRuns, x.id)
		if err != nil {
			return errLost
		}
		if record.GetString("status") != "running" || record.GetString("claim") != x.claim {
			return errLost
		}
		conversation, err := x.room.deps.Inbox.Current(txApp, x.record.GetString("conversation"), x.record.GetString("inbound"))
		if err != nil {
			return err
		}
		turn, err := x.room.deps.Inbox.Turn(txApp, conversation.Id, x.record.GetString("since"), x.record.GetString("inbound"))
		if err != nil {
			return err
		}
		x.record = record
		s, _ := stateOf(turn.Conversation)
		s.merge(x.offers)

		return fn(x.room.scene(txApp, turn, x.agent, &s))
	})
}

// merge adds offers of a run that are not there yet.
func (s *state) merge(offers []offer) {
	for _, o := range offers {
		if !slices.ContainsFunc(s.Slots, func(known offer) bool { return known.ID == o.ID }) {
			s.Slots = append(s.Slots, o)
		}
	}
	if over := len(s.Slots) - mostOffers; over > 0 {
		s.Slots = s.Slots[over:]
	}
}

// think asks the model and uses tools for it until there is an answer.
func (x *run) think(ctx context.Context) error {
	if err := x.prepare(); err != nil {
		return err
	}
	if x.record.GetInt("attempts") > runAttempts {
		return errors.New("it ended the process that worked on it several times")
	}
	if over, err := x.overReplies(); err != nil || over {
		if err != nil {
			return err
		}

		return x.giveUp("too many answers for a day", "")
	}

	doubted := false
	for round := 0; round < x.limits.Rounds; round++ {
		answer, err := x.ask(ctx)
		if err != nil {
			return err
		}
		if len(answer.Calls) == 0 {
			wrong := x.ungrounded(answer.Text)
			if len(wrong) == 0 {
				return x.say(answer.Text)
			}
			x.note("ungrounded", strings.Join(wrong, "; "))
			if doubted {
				return x.giveUp("it named what no tool had said", "agent.unsure")
			}
			doubted = true
			x.messages = append(x.messages, model.Message{Role: "assistant", Text: answer.Text}, model.Message{
				Role: "user", Text: "[System note, not from the customer] Your answer was not sent. It names things no tool result or instruction contains: " +
					strings.Join(wrong, "; ") + ". Use the tools, or answer without them.",
			})

			continue
		}
		ended, err := x.use(answer)
		if err != nil || ended {
			return err
		}
	}

	return x.giveUp("it asked too often", "agent.unsure")
}

// use calls the tools the model asked for; ended is true when one answered the customer.
func (x *run) use(answer model.Reply) (ended bool, err error) {
	x.messages = append(x.messages, model.Message{Role: "assistant", Text: answer.Text, Calls: answer.Calls})
	for _, call := range answer.Calls {
		x.calls++
		key := call.Name + "\x00" + call.Arguments
		x.same[key]++
		if x.calls > x.limits.Calls || x.same[key] > x.limits.Same {
			return true, x.giveUp("it went round in circles", "agent.unsure")
		}
		result, err := x.call(call)
		if err != nil {
			return false, err
		}
		if x.final != nil {
			return true, nil
		}
		raw, err := json.Marshal(result)
		if err != nil {
			return false, err
		}
		x.facts = append(x.facts, string(raw))
		x.messages = append(x.messages, model.Message{Role: "tool", CallID: call.ID, Text: string(raw)})
	}

	return false, nil
}

// call uses one tool. What the model is told of a failure is a problem in words.
func (x *run) call(call model.Call) (result any, err error) {
	began := time.Now()
	defer func() {
		line := step{Kind: "tool", Name: clip(call.Name, 80), Input: rawOf(call.Arguments), Output: result, MS: time.Since(began).Milliseconds()}
		x.steps = append(x.steps, line)
	}()

	tool, known := x.room.tool(call.Name)
	if !known || !mayUse(x.agent, tool) {
		return map[string]any{"problem": "There is no such tool."}, nil
	}
	if tool.Writes {
		err = x.within(func(c scene) error {
			use := &Call{scene: c, run: x, args: json.RawMessage(call.Arguments)}
			result, err = tool.Call(use)
			if err != nil {
				if _, ok := isProblem(err); !ok {
					return err
				}
				result = map[string]any{"problem": err.Error()}
				err = nil
			}
			if x.final != nil {
				return x.give(use.scene, *x.final, x.outcome, x.reason)
			}
			use.state.keep(use.turn.Conversation)

			return save(use.app, use.turn.Conversation)
		})
		if err != nil {
			x.final = nil // the transaction took it back

			return nil, err
		}

		return result, nil
	}

	s, _ := stateOf(x.turn.Conversation)
	s.merge(x.offers)
	result, err = tool.Call(&Call{scene: x.room.scene(x.room.app, x.turn, x.agent, &s), run: x, args: json.RawMessage(call.Arguments)})
	if p, ok := isProblem(err); ok {
		return map[string]any{"problem": string(p)}, nil
	}

	return result, err
}

func rawOf(arguments string) json.RawMessage {
	arguments = clip(arguments, 4_000)
	if json.Valid([]byte(arguments)) {
		return json.RawMessage(arguments)
	}
	quoted, _ := json.Marshal(arguments)

	return quoted
}

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

	return save(txApp, r)
}

// account writes what a run did and used so far.
func (x *run) account(r *core.Record) {
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
		if err := x.finish(txApp, outcome, reason); err != nil || outcome != "discarded" {
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
	run, err := newRecord(txApp, collections.AgentRuns, map[string]any{
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

func (x *run) note(name, text string) {
	x.steps = append(x.steps, step{Kind: "note", Name: name, Text: clip(text, 1_000)})
}

// overReplies tells whether the contact has had as many answers as a day allows.
func (x *run) overReplies() (bool, error) {
	var n int
	err := x.room.app.DB().Select("count(*)").From(collections.AgentRuns).
		Where(dbx.HashExp{"contact": x.record.GetString("contact"), "outcome": []any{"answered", "proposed"}}).
		AndWhere(dbx.NewExp("created > {:since}", dbx.Params{"since": stamp(x.room.deps.Now().Add(-24 * time.Hour))})).Row(&n)

	return n >= x.limits.Replies, err
}

// ask puts the question to the model: by the agent's key, else by its other one.
func (x *run) ask(ctx context.Context) (model.Reply, error) {
	var last error
	for _, way := range [][2]string{{"ai_key", "model"}, {"fallback_key", "fallback_model"}} {
		id, name := x.agent.GetString(way[0]), x.agent.GetString(way[1])
		if id == "" || last != nil && time.Since(x.began) > failBy {
			continue
		}
		if name == "" {
			name = x.agent.GetString("model")
		}
		reply, err := x.askBy(ctx, id, name)
		if err == nil {
			return reply, nil
		}
		if errors.Is(err, errBudget) || errors.Is(err, context.Canceled) || errors.Is(err, errLost) {
			return model.Reply{}, err
		}
		last = err
	}
	if last == nil {
		last = fmt.Errorf("agent %s has no key", x.agent.Id)
	}

	return model.Reply{}, last
}

// shortWait is how long an endpoint's wish to wait is followed before another is asked.
const shortWait = 5 * time.Second

func (x *run) askBy(ctx context.Context, key, name string) (model.Reply, error) {
	record, err := x.room.app.FindRecordById(collections.AIKeys, key)
	if err != nil {
		return model.Reply{}, err
	}
	endpoint, err := x.room.endpoint(record)
	if err != nil {
		return model.Reply{}, err
	}
	request := model.Request{
		Model: name, Messages: x.messages, Tools: x.toolsFor(), Temperature: x.agent.GetFloat("temperature"), MaxTokens: x.agent.GetInt("max_tokens"),
	}
	if request.MaxTokens == 0 {
		request.MaxTokens = 1_500
	}

	for attempt := 0; ; attempt++ {
		booked, err := x.reserve(request)
		if err != nil {
			return model.Reply{}, err
		}
		began := time.Now()
		wait := min(span(x.limits.CallSeconds), max(time.Second, failBy-time.Since(x.began)))
		if len(x.steps) > 0 {
			wait = span(x.limits.CallSeconds)
		}
		asked, cancel := context.WithTimeout(ctx, wait)
		reply, err := endpoint.Chat(asked, request)
		cancel()
		if failed := x.reconcile(booked, reply, err); failed != nil {
			return model.Reply{}, failed
		}
		line := step{Kind: "model", Name: name, Text: clip(reply.Text, 4_000), In: reply.TokensIn, Out: reply.TokensOut, MS: time.Since(began).Milliseconds()}
		if err != nil {
			line.Problem = string(model.ProblemOf(err))
		}
		x.steps = append(x.steps, line)
		if err == nil {
			return reply, nil
		}
		if errors.Is(ctx.Err(), context.Canceled) {
			return model.Reply{}, context.Canceled
		}

		var known *model.Error
		if attempt > 0 || !errors.As(err, &known) || known.Problem != model.RateLimited || known.After == 0 || known.After > shortWait {
			return model.Reply{}, err
		}
		select {
		case <-ctx.Done():
			return model.Reply{}, err
		case <-time.After(known.After):
		}
	}
}

func (x *run) toolsFor() []model.Tool {
	var list []model.Tool
	for _, t := range x.room.tools {
		if mayUse(x.agent, t) {
			list = append(list, model.Tool{Name: t.Name, Description: t.Description, Parameters: json.RawMessage(t.Parameters)})
		}
	}

	return list
}

// ungrounded lists what a text names that nothing said.
func (x *run) ungrounded(text string) []string {
	now := x.room.deps.Now().In(zoneOf(x.turn.Company))

	return ground.Check(text, x.facts, x.names(), now)
}
