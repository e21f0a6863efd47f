package agents

import (
	"database/sql"
	"errors"
	"net/http"
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

// booking is what was set aside for one question.
type booking struct {
	spend
	day string
}

// price of tokens by the agent's prices, which are for a million of them.
func price(agent *core.Record, in, out int) int {
	return in*agent.GetInt("price_in") + out*agent.GetInt("price_out")
}

// reserve sets aside what a question may cost at most, or refuses it. Transactions
// that write follow each other, so no two runs spend the same money.
func (x *run) reserve(request model.Request) (booking, error) {
	in, out := model.Estimate(request), request.MaxTokens
	b := booking{spend: spend{in: in, out: out, cost: price(x.agent, in, out)}, day: x.room.deps.Now().In(zoneOf(x.turn.Company)).Format(time.DateOnly)}
	err := x.room.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.AgentRuns, x.id)
		if err != nil || record.GetString("status") != "running" || record.GetString("claim") != x.claim {
			return errLost
		}
		if err := x.affordable(txApp, b); err != nil {
			return err
		}

		return book(txApp, x.record.GetString("company"), x.agent.Id, b.day, in+out, b.cost, len(x.steps) == 0)
	})

	return b, err
}

// reconcile puts right what was set aside. A question that failed may have cost
// something all the same: what it asked is counted where the endpoint was reached.
func (x *run) reconcile(b booking, reply model.Reply, failure error) error {
	real := spend{in: reply.TokensIn, out: reply.TokensOut}
	if p := model.ProblemOf(failure); failure != nil && (p == model.Slow || p == model.Broken) {
		real.in = b.in
	}
	real.cost = price(x.agent, real.in, real.out)
	x.used.in += real.in
	x.used.out += real.out
	x.used.cost += real.cost

	return book(x.room.app, x.record.GetString("company"), x.agent.Id, b.day, real.in+real.out-b.in-b.out, real.cost-b.cost, false)
}

func book(app core.App, company, agent, day string, tokens, cost int, first bool) error {
	runs := 0
	if first {
		runs = 1
	}
	_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO agent_spend (id, company, agent, day, tokens, cost, runs, created, updated)
		VALUES ({:id}, {:company}, {:agent}, {:day}, {:tokens}, {:cost}, {:runs}, strftime('%Y-%m-%d %H:%M:%fZ'), strftime('%Y-%m-%d %H:%M:%fZ'))
		ON CONFLICT (company, day, agent) DO UPDATE SET tokens = tokens + {:tokens}, cost = cost + {:cost}, runs = runs + {:runs}`).
		Bind(dbx.Params{"id": core.GenerateDefaultRandomId(), "company": company, "agent": agent, "day": day, "tokens": tokens, "cost": cost, "runs": runs}).Execute()

	return err
}

// affordable compares what is used with what may be, for the conversation, the
// agent's day and the company's month.
func (x *run) affordable(txApp core.App, b booking) error {
	l := x.limits
	within := func(used spend, tokens, cost int) bool {
		const millionths = 1_000_000

		return (tokens == 0 || used.in+b.in+b.out <= tokens) && (cost == 0 || used.cost+b.cost <= cost*millionths)
	}
	company := x.record.GetString("company")
	for _, check := range []struct {
		query        string
		own          bool // what this run has used is on no row yet
		tokens, cost int
	}{
		{"SELECT coalesce(sum(tokens_in + tokens_out), 0), coalesce(sum(cost), 0) FROM agent_runs WHERE conversation = {:conversation}", true, l.ConversationTokens, l.ConversationCost},
		{"SELECT coalesce(sum(tokens), 0), coalesce(sum(cost), 0) FROM agent_spend WHERE company = {:company} AND day = {:day} AND agent = {:agent}", false, l.DayTokens, l.DayCost},
		{"SELECT coalesce(sum(tokens), 0), coalesce(sum(cost), 0) FROM agent_spend WHERE company = {:company} AND day >= {:month} AND day <= {:day}", false, l.MonthTokens, l.MonthCost},
	} {
		if check.tokens == 0 && check.cost == 0 {
			continue
		}
		var used spend
		err := txApp.DB().NewQuery(check.query).Bind(dbx.Params{
			"conversation": x.record.GetString("conversation"), "company": company, "agent": x.agent.Id, "day": b.day, "month": b.day[:8] + "01",
		}).Row(&used.in, &used.cost)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if check.own {
			used.in, used.cost = used.in+x.used.in+x.used.out, used.cost+x.used.cost
		}
		if !within(used, check.tokens, check.cost) {
			return errBudget
		}
	}

	return nil
}

// costs is GET /api/recado/agents/costs?company=&from=&to=: what each agent used on each
// day, cost in millionths of the minor unit.
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
	type line struct {
		Day    string `db:"day" json:"day"`
		Agent  string `db:"agent" json:"agent"`
		Name   string `db:"name" json:"name"`
		Tokens int    `db:"tokens" json:"tokens"`
		Cost   int    `db:"cost" json:"cost"`
		Runs   int    `db:"runs" json:"runs"`
	}
	lines := []line{}
	err := e.App.ConcurrentDB().NewQuery(`SELECT s.day, s.agent, a.name, s.tokens, s.cost, s.runs FROM agent_spend s JOIN agents a ON a.id = s.agent
		WHERE s.company = {:company} AND s.day >= {:from} AND s.day <= {:to} ORDER BY s.day DESC, a.name LIMIT 5000`).
		Bind(dbx.Params{"company": company, "from": from, "to": to}).All(&lines)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": lines})
}
