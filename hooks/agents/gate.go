package agents

import (
	"fmt"
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// gate refuses to let customers meet a version before it has passed the scenarios,
// where an agent that works by it asks for that. One that customers have met before
// goes back without a question: rolling back must not wait.
func gate(app core.App, version *core.Record) error {
	if version.Original().GetString("state") == "retired" {
		var met int
		err := app.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM agent_runs WHERE version = {:version})").Bind(dbx.Params{"version": version.Id}).Row(&met)
		if err != nil || met == 1 {
			return err
		}
	}
	var agents []*core.Record
	err := app.RecordQuery(collections.Agents).
		AndWhere(dbx.HashExp{"prompt": version.GetString("prompt")}).AndWhere(dbx.NewExp("gate > 0")).OrderBy("name").All(&agents)
	if err != nil {
		return err
	}
	for _, agent := range agents {
		if err := passed(app, agent, version.Id); err != nil {
			return err
		}
	}

	return nil
}

// passed tells whether a version did as well as an agent asks, with its model, when
// all scenarios were played; the error says how well it did at best.
func passed(app core.App, agent *core.Record, version string) error {
	var best struct {
		Share int `db:"share"`
		Times int `db:"times"`
	}
	err := app.DB().NewQuery(`SELECT coalesce(max(share), 0) AS share, count(*) AS times FROM agent_evaluations
		WHERE version = {:version} AND agent = {:agent} AND status = 'done' AND model = {:model} AND complete`).
		Bind(dbx.Params{"version": version, "agent": agent.Id, "model": agent.GetString("model")}).One(&best)
	if err != nil {
		return err
	}
	wanted := agent.GetInt("gate")
	if best.Times > 0 && best.Share >= wanted {
		return nil
	}

	return apierr.New(http.StatusConflict, "evaluation_needed",
		fmt.Sprintf("%s only works by versions that pass %d %% of the scenarios. Evaluate this one first.", agent.GetString("name"), wanted),
		map[string]any{"agent": agent.Id, "name": agent.GetString("name"), "wanted": wanted, "best": best.Share, "evaluated": best.Times > 0})
}

// gateChange refuses the way around the gate: an agent that asks for it is given
// other instructions, or a version by name, that have not passed.
func gateChange(app core.App, agent *core.Record) error {
	was := agent.Original()
	if agent.IsNew() || agent.GetInt("gate") == 0 {
		return nil
	}
	if agent.GetString("prompt") != was.GetString("prompt") {
		var live []string
		err := app.DB().Select("id").From(collections.AgentPromptVersions).Where(dbx.HashExp{"prompt": agent.GetString("prompt"), "state": "live"}).Column(&live)
		if err != nil {
			return err
		}
		for _, version := range live {
			if err := passed(app, agent, version); err != nil {
				return err
			}
		}
	}
	if id := agent.GetString("instructions"); id != "" && id != was.GetString("instructions") {
		version, err := app.FindRecordById(collections.AgentPromptVersions, id)
		if err != nil {
			return apierr.NotFound("version")
		}
		if version.GetString("state") != "live" { // a live one has been through the gate
			return passed(app, agent, id)
		}
	}

	return nil
}

// forgetEvaluations removes what was tried of an agent or of a version, with it.
func forgetEvaluations(txApp core.App, field, id string) error {
	for _, statement := range []string{
		"DELETE FROM agent_trials WHERE evaluation IN (SELECT id FROM agent_evaluations WHERE " + field + " = {:id})",
		"DELETE FROM agent_evaluations WHERE " + field + " = {:id}",
	} {
		if _, err := txApp.NonconcurrentDB().NewQuery(statement).Bind(dbx.Params{"id": id}).Execute(); err != nil {
			return err
		}
	}

	return nil
}
