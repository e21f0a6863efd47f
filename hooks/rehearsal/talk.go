package rehearsal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
)

// talk is a customer who writes to the agent on a stage.
type talk struct {
	stage    *stage
	company  string
	agent    string
	identity channels.Address
	name     string
	locale   string

	seen     int // messages of the stage that were read
	runs     int // runs that were read
	messages int
	lines    []line
	last     channels.Outgoing // what was answered last
}

// line is one of the things said and done in a talk, as screens show it.
type line struct {
	Who     string            `json:"who"` // customer, agent, event
	Kind    string            `json:"kind,omitempty"`
	Text    string            `json:"text,omitempty"`
	Options []channels.Option `json:"options,omitempty"`
	Runs    []runLine         `json:"runs,omitempty"` // how an answer came about
}

// runLine is a run, as it is shown beside its answer.
type runLine struct {
	Outcome   string          `json:"outcome"`
	Reason    string          `json:"reason,omitempty"`
	Steps     json.RawMessage `json:"steps,omitempty"`
	TokensIn  int             `json:"tokens_in"`
	TokensOut int             `json:"tokens_out"`
	Cost      int             `json:"cost"` // millionths of the minor unit
	MS        int             `json:"ms"`
}

// step is a line of a run's steps, as far as it is read here.
type step struct {
	Kind    string          `json:"kind"`
	Name    string          `json:"name"`
	Text    string          `json:"text"`
	Input   json.RawMessage `json:"input"`
	Output  json.RawMessage `json:"output"`
	Problem string          `json:"problem"`
}

// problem is what a tool told the model instead of a result.
func (s step) problem() string {
	var output struct {
		Problem string `json:"problem"`
	}
	_ = json.Unmarshal(s.Output, &output)

	return output.Problem
}

func (r runLine) steps() (list []step) {
	_ = json.Unmarshal(r.Steps, &list)

	return list
}

// said is one message of the customer.
type said struct{ kind, text, payload string }

// write lets the customer write messages, one right after the other, and returns
// what they are answered.
func (t *talk) write(ctx context.Context, messages ...said) ([]line, error) {
	before := len(t.lines)
	for _, m := range messages {
		t.messages++
		kind := cmp.Or(m.kind, "text")
		_, err := t.stage.Inbox.Ingest(ctx, channels.Inbound{
			Company: t.company, Channel: t.stage.channel, IdentityKind: t.identity.Kind, IdentityValue: t.identity.Value, Scope: t.identity.Scope,
			Name: t.name, Locale: t.locale, ExternalID: fmt.Sprint("said-", t.identity.Value, "-", t.messages), Kind: kind, Text: m.text, Payload: m.payload,
		})
		if err != nil {
			return nil, err
		}
		t.lines = append(t.lines, line{Who: "customer", Kind: kind, Text: m.text})
		t.stage.clock.Advance(300 * time.Millisecond)
	}
	err := t.settle(ctx)

	return t.lines[before:], err
}

// settle lets everything happen that is due.
func (t *talk) settle(ctx context.Context) error {
	if err := t.stage.Inbox.Drain(ctx); err != nil {
		return err
	}
	t.stage.clock.Advance(2 * time.Second)
	if err := t.stage.Agents.Drain(ctx); err != nil {
		return err
	}
	if err := t.stage.Inbox.Drain(ctx); err != nil {
		return err
	}

	return t.read()
}

// read takes down what was answered, and how it came about.
func (t *talk) read() error {
	var records []*core.Record
	if err := t.stage.app.RecordQuery(collections.AgentRuns).OrderBy("id").Offset(int64(t.runs)).All(&records); err != nil {
		return err
	}
	t.runs += len(records)
	runs := make([]runLine, len(records))
	for i, record := range records {
		runs[i] = runLine{
			Outcome: record.GetString("outcome"), Reason: record.GetString("reason"), Steps: json.RawMessage(record.GetString("steps")),
			TokensIn: record.GetInt("tokens_in"), TokensOut: record.GetInt("tokens_out"), Cost: record.GetInt("cost"), MS: record.GetInt("ms"),
		}
	}

	var sent []channels.Outgoing
	sent, t.seen = t.stage.since(t.seen)
	for i, out := range sent {
		l := line{Who: "agent", Kind: out.Kind, Text: out.Text, Options: out.Options}
		if i == 0 {
			l.Runs, runs = runs, nil
		}
		t.lines = append(t.lines, l)
		t.last = out
	}
	if len(runs) > 0 { // nothing was said, and it is seen why
		t.lines = append(t.lines, line{Who: "event", Kind: "silence", Runs: runs})
	}

	return nil
}

// button finds a button under the last answer: by the beginning of its id, or by its
// words.
func (t *talk) button(prefix, label string) (channels.Option, bool) {
	for _, option := range t.last.Options {
		if prefix != "" && strings.HasPrefix(option.ID, prefix) || label != "" && strings.EqualFold(option.Label, label) {
			return option, true
		}
	}

	return channels.Option{}, false
}

// asked tells whether the server waits for a yes or a no.
func (t *talk) asked() bool {
	_, ok := t.button("ai:yes:", "")

	return ok
}

// conversation is the talk's on the stage, nil before the first word.
func (t *talk) conversation() (*core.Record, error) {
	var records []*core.Record
	err := t.stage.app.RecordQuery(collections.Conversations).AndWhere(dbx.HashExp{"channel": t.stage.channel}).OrderBy("id DESC").Limit(1).All(&records)
	if err != nil || len(records) == 0 {
		return nil, err
	}

	return records[0], nil
}

// used adds up what the talk has cost.
func used(lines []line) (in, out, cost, ms int) {
	for _, l := range lines {
		for _, run := range l.Runs {
			in, out, cost, ms = in+run.TokensIn, out+run.TokensOut, cost+run.Cost, ms+run.MS
		}
	}

	return in, out, cost, ms
}
