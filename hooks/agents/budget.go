package agents

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agents/model"
	"recado/hooks/apierr"
)

// errBudget says that an agent may spend no more.
var errBudget = errors.New("agents: the budget is used up")

// spend is what was used: tokens, and their cost in millionths of the minor unit.
type spend struct{ in, out, cost int }

// price of tokens by the agent's prices, which are for a million of them.
func price(agent *core.Record, in, out int) int {
	return in*agent.GetInt("price_in") + out*agent.GetInt("price_out")
}

// reserve sets aside what a question may cost at most, or refuses it, and puts right
// what was set aside for the one before. Transactions that write follow each other, so
// no two runs spend the same money.
func (x *run) reserve(request model.Request) (spend, error) {
	in, out := model.Estimate(request), request.MaxTokens
	b := spend{in: in, out: out, cost: price(x.agent, in, out)}
	if x.day == "" {
		var err error
		if x.day, err = x.room.day(x.turn.Company); err != nil {
			return b, err
		}
	}
	err := x.setAside(b)
	if err == nil {
		x.owed = spend{}
	}

	return b, err
}

// setAside books a question that can be afforded, if the run is still this process's.
func (x *run) setAside(b spend) error {
	first := len(x.steps) == 0
	if !first && !x.room.rehearses() && !x.limits.money() {
		return x.bookIfMine(b) // nothing to compare: one statement does
	}

	return x.room.app.RunInTransaction(func(txApp core.App) error {
		told := dbx.Params{"status": "running"}
		if first { // what it is told is on its row before it is told
			maps.Copy(told, x.told)
		}
		if err := mine(txApp.DB().Update(collections.AgentRuns, told, dbx.HashExp{"id": x.id, "status": "running", "claim": x.claim})); err != nil {
			return err
		}
		if !x.room.rehearses() {
			return x.bookAffordable(txApp, txApp, b, first)
		}

		return x.room.deps.Ledger.App.RunInTransaction(func(ledger core.App) error { return x.bookAffordable(txApp, ledger, b, first) })
	})
}

// mine executes a statement that does something only while the run is this process's.
func mine(statement *dbx.Query) error {
	result, err := statement.Execute()
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return cmp.Or(err, errLost)
	}

	return nil
}

// rehearses tells whether the room works apart from where its money is counted.
func (r *Room) rehearses() bool { return r.deps.Ledger.App != r.app }

// day is the one on which money of a company is spent now, in its zone.
func (r *Room) day(company *core.Record) (string, error) {
	if r.rehearses() { // the room's own may be a made-up one
		var err error
		if company, err = r.deps.Ledger.App.FindRecordById(collections.Companies, company.Id); err != nil {
			return "", err
		}
	}

	return r.deps.Ledger.Now().In(zoneOf(company)).Format(time.DateOnly), nil
}

// bookAffordable books a question if it can be afforded; app has the runs, ledger the
// money.
func (x *run) bookAffordable(app, ledger core.App, b spend, first bool) error {
	if err := x.affordable(app, ledger, b); err != nil {
		return err
	}

	return x.book(ledger, b, first)
}

// book counts a question, and puts right what was set aside for the one before.
func (x *run) book(ledger core.App, b spend, first bool) error {
	return x.room.book(ledger, x.record.GetString("company"), x.agent.Id, x.day, b.in+b.out+x.owed.in+x.owed.out, b.cost+x.owed.cost, first)
}

// bookIfMine is [run.book] after a run's first question, outside of a transaction.
func (x *run) bookIfMine(b spend) error {
	return mine(x.room.app.NonconcurrentDB().NewQuery(`UPDATE agent_spend SET tokens = tokens + {:tokens}, cost = cost + {:cost}
		WHERE company = {:company} AND day = {:day} AND agent = {:agent} AND EXISTS (SELECT 1 FROM agent_runs WHERE id = {:id} AND status = 'running' AND claim = {:claim})`).
		Bind(dbx.Params{
			"tokens": b.in + b.out + x.owed.in + x.owed.out, "cost": b.cost + x.owed.cost, "company": x.record.GetString("company"), "day": x.day, "agent": x.agent.Id,
			"id": x.id, "claim": x.claim,
		}))
}

// reconcile counts what a question used. What was set aside for it is put right with
// the next one, or at the end. A question that failed may have cost something all the
// same: what it asked is counted where the endpoint was reached.
func (x *run) reconcile(b spend, reply model.Reply, failure error) {
	real := spend{in: reply.TokensIn, out: reply.TokensOut}
	if p := model.ProblemOf(failure); failure != nil && (p == model.Slow || p == model.Broken) {
		real.in = b.in
	}
	real.cost = price(x.agent, real.in, real.out)
	x.used.in += real.in
	x.used.out += real.out
	x.used.cost += real.cost
	x.owed = spend{in: x.owed.in + real.in - b.in, out: x.owed.out + real.out - b.out, cost: x.owed.cost + real.cost - b.cost}
}

// settleUp puts right what was set aside for the last question.
func (x *run) settleUp() error {
	if x.owed == (spend{}) {
		return nil
	}
	err := x.book(x.room.deps.Ledger.App, spend{}, false)
	x.owed = spend{}

	return err
}

// book counts what is used on a day; agent is empty for what is nobody's; first: it is
// a run's first question. What a rehearsal uses is named besides, and is no run.
func (r *Room) book(ledger core.App, company, agent, day string, tokens, cost int, first bool) error {
	runs, trialTokens, trialCost := 0, 0, 0
	switch {
	case r.rehearses():
		trialTokens, trialCost = tokens, cost
	case first:
		runs = 1
	}
	_, err := ledger.NonconcurrentDB().NewQuery(`INSERT INTO agent_spend (id, company, agent, day, tokens, cost, runs, trial_tokens, trial_cost, created, updated)
		VALUES ({:id}, {:company}, {:agent}, {:day}, {:tokens}, {:cost}, {:runs}, {:trial_tokens}, {:trial_cost}, strftime('%Y-%m-%d %H:%M:%fZ'), strftime('%Y-%m-%d %H:%M:%fZ'))
		ON CONFLICT (company, day, agent) DO UPDATE SET tokens = tokens + {:tokens}, cost = cost + {:cost}, runs = runs + {:runs},
			trial_tokens = trial_tokens + {:trial_tokens}, trial_cost = trial_cost + {:trial_cost}`).
		Bind(dbx.Params{
			"id": core.GenerateDefaultRandomId(), "company": company, "agent": agent, "day": day,
			"tokens": tokens, "cost": cost, "runs": runs, "trial_tokens": trialTokens, "trial_cost": trialCost,
		}).Execute()

	return err
}

// within tells whether more can be used, of at most so many tokens and minor units; 0
// is without limit.
func (s spend) within(more spend, tokens, cost int) bool {
	const millionths = 1_000_000

	return (tokens == 0 || s.in+s.out+more.in+more.out <= tokens) && (cost == 0 || s.cost+more.cost <= cost*millionths)
}

const spentThisMonth = "SELECT coalesce(sum(tokens), 0), coalesce(sum(cost), 0) FROM agent_spend WHERE company = {:company} AND day >= {:month} AND day <= {:day}"

// money tells whether there is a limit on tokens or cost.
func (l limits) money() bool {
	return [6]int{l.ConversationTokens, l.DayTokens, l.MonthTokens, l.ConversationCost, l.DayCost, l.MonthCost} != [6]int{}
}

// affordable compares what is used with what may be, for the conversation, the
// agent's day and the company's month.
func (x *run) affordable(app, ledger core.App, b spend) error {
	l := x.limits
	company := x.record.GetString("company")
	for _, check := range []struct {
		in           core.App
		query        string
		own          bool // what this run has used is on no row yet
		tokens, cost int
	}{
		{app, "SELECT coalesce(sum(tokens_in + tokens_out), 0), coalesce(sum(cost), 0) FROM agent_runs WHERE conversation = {:conversation}", true, l.ConversationTokens, l.ConversationCost},
		{ledger, "SELECT coalesce(sum(tokens), 0), coalesce(sum(cost), 0) FROM agent_spend WHERE company = {:company} AND day = {:day} AND agent = {:agent}", false, l.DayTokens, l.DayCost},
		{ledger, spentThisMonth, false, l.MonthTokens, l.MonthCost},
	} {
		if check.tokens == 0 && check.cost == 0 {
			continue
		}
		var used spend
		err := check.in.DB().NewQuery(check.query).Bind(dbx.Params{
			"conversation": x.record.GetString("conversation"), "company": company, "agent": x.agent.Id, "day": x.day, "month": x.day[:8] + "01",
		}).Row(&used.in, &used.cost)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if check.own {
			used.in, used.cost = used.in+x.used.in+x.used.out, used.cost+x.used.cost
		} else { // of which the last question's is not put right yet
			used.in, used.cost = used.in+x.owed.in+x.owed.out, used.cost+x.owed.cost
		}
		if !used.within(b, check.tokens, check.cost) {
			return errBudget
		}
	}

	return nil
}

// reserveMeaning sets aside what the meaning of texts may cost, on the day it returns.
// It is refused where no agent of the company could spend it this month: each says in
// its limits what all of the company may use.
func (r *Room) reserveMeaning(company string, tokens, cost int) (day string, err error) {
	record, err := r.app.FindRecordById(collections.Companies, company)
	if err != nil {
		return "", err
	}
	if day, err = r.day(record); err != nil {
		return "", err
	}
	var agents []*core.Record
	err = r.app.RecordQuery(collections.Agents).AndWhere(dbx.HashExp{"company": company, "active": true}).All(&agents)
	if err != nil {
		return "", err
	}
	err = r.deps.Ledger.App.RunInTransaction(func(ledger core.App) error {
		var used spend
		err := ledger.DB().NewQuery(spentThisMonth).Bind(dbx.Params{"company": company, "day": day, "month": day[:8] + "01"}).Row(&used.in, &used.cost)
		if err != nil {
			return err
		}
		allowed := func(agent *core.Record) bool {
			l := limitsOf(agent)

			return used.within(spend{in: tokens, cost: cost}, l.MonthTokens, l.MonthCost)
		}
		if len(agents) > 0 && !slices.ContainsFunc(agents, allowed) {
			return errBudget
		}

		return r.book(ledger, company, "", day, tokens, cost, false)
	})

	return day, err
}

// costs is GET /api/recado/agents/costs?company=&from=&to=&by=: what each agent, and
// without one the knowledge, used on each day, or (by=conversation) in each conversation, the dearest first; cost in
// millionths of the minor unit.
func (r *Room) costs(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	company := query.Get("company")
	if _, err := r.deps.Require(e, company, "agents.manage"); err != nil {
		return err
	}
	from, to := query.Get("from"), query.Get("to")
	for name, value := range map[string]string{"from": from, "to": to} {
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return apierr.Invalid(name, "Give a day as YYYY-MM-DD.")
		}
	}
	switch query.Get("by") {
	case "", "day":
	case "conversation":
		return r.costsByConversation(e, company, from, to)
	default:
		return apierr.Invalid("by", "Say day or conversation.")
	}
	type line struct {
		Day    string `db:"day" json:"day"`
		Agent  string `db:"agent" json:"agent"`
		Name   string `db:"name" json:"name"`
		Tokens int    `db:"tokens" json:"tokens"`
		Cost   int    `db:"cost" json:"cost"`
		Runs   int    `db:"runs" json:"runs"`
		Trials int    `db:"trial_cost" json:"trials"`
	}
	lines := []line{}
	err := e.App.ConcurrentDB().NewQuery(`SELECT s.day, s.agent, coalesce(a.name, '') AS name, s.tokens, s.cost, s.runs, s.trial_cost FROM agent_spend s LEFT JOIN agents a ON a.id = s.agent
		WHERE s.company = {:company} AND s.day >= {:from} AND s.day <= {:to} ORDER BY s.day DESC, name LIMIT 5000`).
		Bind(dbx.Params{"company": company, "from": from, "to": to}).All(&lines)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": lines})
}

// costsByConversation answers [Room.costs] for conversations a member may open.
func (r *Room) costsByConversation(e *core.RequestEvent, company, from, to string) error {
	record, err := e.App.FindRecordById(collections.Companies, company)
	if err != nil {
		return apierr.NotFound("company")
	}
	begin, end := daysOf(record, from, to)
	type line struct {
		Conversation string `db:"conversation" json:"conversation"`
		Contact      string `db:"contact" json:"contact"`
		Name         string `db:"name" json:"name"`
		Agent        string `db:"agent" json:"agent"`
		Tokens       int    `db:"tokens" json:"tokens"`
		Cost         int    `db:"cost" json:"cost"`
		Runs         int    `db:"runs" json:"runs"`
	}
	lines := []line{}
	err = e.App.ConcurrentDB().NewQuery(`SELECT r.conversation, r.contact, coalesce(c.name, '') AS name, coalesce(max(a.name), '') AS agent,
			sum(r.tokens_in + r.tokens_out) AS tokens, sum(r.cost) AS cost, count(*) AS runs
		FROM agent_runs r LEFT JOIN contacts c ON c.id = r.contact LEFT JOIN agents a ON a.id = r.agent
		WHERE r.company = {:company} AND r.created >= {:from} AND r.created < {:to} AND r.tokens_in + r.tokens_out > 0
		GROUP BY r.conversation ORDER BY cost DESC, tokens DESC, r.conversation LIMIT 500`).
		Bind(dbx.Params{"company": company, "from": begin, "to": end}).All(&lines)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": lines})
}

// daysOf are the moments, as stored, at which the days from and to (both counted)
// begin and end in a company.
func daysOf(company *core.Record, from, to string) (begin, end string) {
	zone := zoneOf(company)
	first, _ := time.ParseInLocation(time.DateOnly, from, zone)
	last, _ := time.ParseInLocation(time.DateOnly, to, zone)

	return stamp(first), stamp(last.AddDate(0, 0, 1))
}
