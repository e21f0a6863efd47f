package agents

import (
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// figures are how a version did with customers. Counts are of conversations unless
// said; tokens and cost (millionths of the minor unit) are of all of them together.
type figures struct {
	Version       string `db:"version" json:"version"`
	Conversations int    `db:"conversations" json:"conversations"`
	Booked        int    `db:"booked" json:"booked"`
	HandedOver    int    `db:"handed_over" json:"handedOver"`
	Fallback      int    `db:"fallback" json:"fallback"`
	Answers       int    `db:"answers" json:"answers"` // turns of the agent
	Tokens        int    `db:"tokens" json:"tokens"`
	Cost          int    `db:"cost" json:"cost"`
	Good          int    `db:"good" json:"good"` // thumbs
	Bad           int    `db:"bad" json:"bad"`

	// Of the appointments it booked.
	Appointments int `db:"appointments" json:"appointments"`
	NoShows      int `db:"no_shows" json:"noShows"`
	Cancelled    int `db:"cancelled" json:"cancelled"`
}

// compareVersions is GET /api/recado/agents/versions?company=&prompt=&from=&to=: the
// versions of instructions beside each other, by what came of them on these days.
func (r *Room) compareVersions(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	company := query.Get("company")
	if _, err := r.deps.Require(e, company, "agents.manage"); err != nil {
		return err
	}
	prompt, err := e.App.FindRecordById(collections.AgentPrompts, query.Get("prompt"))
	if err != nil || prompt.GetString("company") != company {
		return apierr.NotFound("prompt")
	}
	record, err := e.App.FindRecordById(collections.Companies, company)
	if err != nil {
		return apierr.NotFound("company")
	}
	for _, name := range []string{"from", "to"} {
		if _, err := time.Parse(time.DateOnly, query.Get(name)); err != nil {
			return apierr.Invalid(name, "Give a day as YYYY-MM-DD.")
		}
	}
	from, to := daysOf(record, query.Get("from"), query.Get("to"))
	list, err := compare(e.App, prompt, from, to)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": list})
}

// compare adds up the runs of each version of a prompt that began in [from, to).
func compare(app core.App, prompt *core.Record, from, to string) ([]figures, error) {
	list := []figures{}
	err := app.ConcurrentDB().NewQuery(`WITH used AS (
			SELECT r.version, r.conversation, r.contact, r.outcome, r.tokens_in + r.tokens_out AS tokens, r.cost, r.feedback
			FROM agent_prompt_versions v JOIN agent_runs r ON r.version = v.id
			WHERE v.prompt = {:prompt} AND r.version != '' AND r.created >= {:from} AND r.created < {:to} AND r.status = 'done'
		), booked AS (
			SELECT DISTINCT version, conversation, contact FROM used WHERE outcome = 'booked'
		), came AS (
			SELECT b.version, count(*) AS appointments, sum(a.status = 'no_show') AS no_shows, sum(a.status = 'cancelled') AS cancelled
			FROM booked b JOIN appointments a ON a.company = {:company} AND a.contact = b.contact AND a.conversation = b.conversation
			WHERE a.source = 'agent' AND a.status != 'held' AND NOT (a.status = 'cancelled' AND a.cancelled_by = 'system') GROUP BY b.version
		)
		SELECT u.version, count(DISTINCT u.conversation) AS conversations,
			count(DISTINCT CASE WHEN u.outcome = 'booked' THEN u.conversation END) AS booked,
			count(DISTINCT CASE WHEN u.outcome = 'handed_over' THEN u.conversation END) AS handed_over,
			count(DISTINCT CASE WHEN u.outcome = 'fallback' THEN u.conversation END) AS fallback,
			sum(u.outcome NOT IN ('discarded', 'taken_over')) AS answers, sum(u.tokens) AS tokens, sum(u.cost) AS cost,
			sum(u.feedback = 'good') AS good, sum(u.feedback = 'bad') AS bad,
			coalesce(c.appointments, 0) AS appointments, coalesce(c.no_shows, 0) AS no_shows, coalesce(c.cancelled, 0) AS cancelled
		FROM used u LEFT JOIN came c ON c.version = u.version GROUP BY u.version ORDER BY u.version`).
		Bind(dbx.Params{"company": prompt.GetString("company"), "prompt": prompt.Id, "from": from, "to": to}).All(&list)

	return list, err
}
