package agents

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

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
	state  state      // of the conversation, when it began
	looked *scene     // by tools that only read
	tools  []Tool     // it may use
	limits limits
	shadow bool
	began  time.Time        // by the real clock: how long a model takes is real
	moment <-chan time.Time // when the customer is told that it takes one

	messages []model.Message
	facts    []string // what an answer may name: prompt and results of tools
	offers   []offer
	passages []knowledge.Passage // that were looked up
	cited    []cited             // of them, those the answer names
	steps    []step
	used     spend
	owed     spend  // of used, what differs from what is booked
	day      string // on which it is booked
	told     dbx.Params
	calls    int
	heard    bool // the model has answered something
	same     map[string]int

	endpoints map[string]model.Endpoint // by key

	final   *inbox.Answer // set by a tool that ends the run
	outcome string
	reason  string
}

// requested: a person asked for a draft.
func (x *run) requested() bool { return x.record.GetString("requested_by") != "" }

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
	ctx, cancel := context.WithTimeout(ctx, r.lasts(span(x.limits.RunSeconds)))
	defer cancel()

	if !x.shadow {
		r.deps.Inbox.Types(x.turn.Channel, x.turn.Conversation, true)
		defer r.deps.Inbox.Types(x.turn.Channel, x.turn.Conversation, false)
	}
	moment := time.NewTimer(r.lasts(momentAfter))
	defer moment.Stop()
	x.moment = moment.C

	err = x.think(ctx)
	if failed := x.settleUp(); failed != nil && err == nil {
		return failed
	}
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
		conversation, err := r.current(txApp, record, last)
		if err != nil {
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
		turn, err := r.deps.Inbox.Turn(txApp, conversation, record.GetString("since"), last)
		if err != nil {
			return err
		}
		x = &run{
			room: r, id: id, claim: record.GetString("claim"), record: record, agent: agent, turn: turn, limits: limitsOf(agent),
			shadow: record.GetBool("shadow"), began: time.Now(), same: map[string]int{}, endpoints: map[string]model.Endpoint{},
		}
		x.state, _ = stateOf(conversation)
		for _, t := range r.tools {
			if mayUse(agent, t) {
				x.tools = append(x.tools, t)
			}
		}

		return nil
	})

	return x, err
}

// newRun is a run that is not saved yet; it was made when the house's clock says.
func (r *Room) newRun(app core.App, values map[string]any) (*core.Record, error) {
	record, err := newRecord(app, collections.AgentRuns, values)
	if err != nil {
		return nil, err
	}
	created, err := types.ParseDateTime(r.deps.Now())
	record.SetRaw("created", created)

	return record, err
}

// current is the conversation of a run that may still act: it is the agent's, and the
// customer has written nothing after inbound. A draft that a person asked for may be
// written whoever has the conversation.
func (r *Room) current(txApp core.App, run *core.Record, inbound string) (*core.Record, error) {
	conversation, err := r.deps.Inbox.Current(txApp, run.GetString("conversation"), inbound)
	if errors.Is(err, inbox.ErrTakenOver) && run.GetString("requested_by") != "" {
		return conversation, nil
	}

	return conversation, err
}

// within runs fn in a transaction that has made sure that the run may still act:
// it is this process's, nobody took over, and the customer has not written since.
func (x *run) within(fn func(c scene) error) error {
	err := x.room.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.AgentRuns, x.id)
		if err != nil {
			return errLost
		}
		if record.GetString("status") != "running" || record.GetString("claim") != x.claim {
			return errLost
		}
		conversation, err := x.room.current(txApp, record, x.record.GetString("inbound"))
		if err != nil {
			return err
		}
		turn := x.turn // what the customer wrote is the same; where the conversation stands is not
		turn.Conversation, turn.State = conversation, nil
		if raw := conversation.GetString("dialogue"); raw != "" && raw != "null" {
			turn.State = json.RawMessage(raw)
		}
		x.record = record
		s, _ := stateOf(turn.Conversation)
		s.merge(x.offers)

		return fn(x.room.scene(txApp, turn, x.agent, &s))
	})
	if err == nil && x.record.GetString("status") == "done" && !x.room.rehearses() {
		x.owed = spend{} // [run.finish] has put it right
	}

	return err
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

// ids are the names of things for tools, which say nothing that an answer may say.
var ids = regexp.MustCompile(`"\w+_id":"\w*",?`)

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
		x.facts = append(x.facts, ids.ReplaceAllLiteralString(string(raw), ""))
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

	at := slices.IndexFunc(x.tools, func(t Tool) bool { return t.Name == call.Name })
	if at < 0 {
		return map[string]any{"problem": "There is no such tool."}, nil
	}
	tool := x.tools[at]
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
			if x.requested() {
				return nil // the conversation is somebody else's
			}
			use.state.keep(use.turn.Conversation)

			return save(use.app, use.turn.Conversation)
		})
		x.looked = nil
		if err != nil {
			x.final = nil // the transaction took it back

			return nil, err
		}

		return result, nil
	}

	result, err = tool.Call(&Call{scene: x.look(), run: x, args: json.RawMessage(call.Arguments)})
	if p, ok := isProblem(err); ok {
		return map[string]any{"problem": string(p)}, nil
	}

	return result, err
}

// look is the scene for tools that only read; what they read stays until something
// is written.
func (x *run) look() scene {
	if x.looked == nil {
		c := x.room.scene(x.room.app, x.turn, x.agent, nil)
		x.looked = &c
	}
	c, s := *x.looked, x.state
	s.Slots = slices.Clone(s.Slots)
	s.merge(x.offers)
	c.now, c.state = x.room.deps.Now().In(c.now.Location()), &s

	return c
}

func rawOf(arguments string) json.RawMessage {
	arguments = clip(arguments, 4_000)
	if json.Valid([]byte(arguments)) {
		return json.RawMessage(arguments)
	}
	quoted, _ := json.Marshal(arguments)

	return quoted
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

// ungrounded lists what a text names that nothing said.
func (x *run) ungrounded(text string) []string {
	return ground.Check(text, x.facts, x.names(), x.look().now)
}
