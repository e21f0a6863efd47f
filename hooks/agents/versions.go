package agents

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindPrompts numbers versions and keeps them as they were written.
func (r *Room) bindPrompts() {
	r.app.OnRecordCreateRequest(collections.AgentPromptVersions).BindFunc(func(e *core.RecordRequestEvent) error {
		for _, field := range []string{"number", "hash", "state", "weight", "author"} {
			e.Record.Set(field, nil)
		}
		if e.Auth != nil && !e.HasSuperuserAuth() {
			member, err := r.deps.Require(e.RequestEvent, e.Record.GetString("company"), "agents.manage")
			if err != nil {
				return err
			}
			e.Record.Set("author", member.Id)
		}

		return e.Next()
	})
	r.app.OnRecordCreate(collections.AgentPromptVersions).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			v := e.Record
			var last int
			err := e.App.DB().Select("coalesce(max(number), 0)").From(collections.AgentPromptVersions).Where(dbx.HashExp{"prompt": v.GetString("prompt")}).Row(&last)
			if err != nil {
				return err
			}
			if parent := v.GetString("parent"); parent != "" {
				other, err := e.App.FindRecordById(collections.AgentPromptVersions, parent)
				if err != nil || other.GetString("prompt") != v.GetString("prompt") {
					return apierr.Invalid("parent", "The parent must be a version of the same instructions.")
				}
			}
			v.Set("number", last+1)
			v.Set("hash", hashOf(v.GetString("text")))
			if v.GetString("state") == "" {
				v.Set("state", "draft")
			}

			return e.Next()
		})
	})
	r.app.OnRecordUpdate(collections.AgentPromptVersions).BindFunc(func(e *core.RecordEvent) error {
		was := e.Record.Original()
		for _, field := range []string{"text", "prompt", "number", "hash", "note", "author", "parent"} {
			if was.GetString(field) != e.Record.GetString(field) {
				return apierr.New(http.StatusConflict, "version_fixed", "A version never changes. Write a new one.", map[string]any{"field": field})
			}
		}

		return e.Next()
	})
	r.app.OnRecordDelete(collections.AgentPrompts).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			id := e.Record.Id
			if err := unused(e.App, collections.Agents, dbx.HashExp{"prompt": id}, "prompt_in_use", "Agents work by these instructions. Give them others first."); err != nil {
				return err
			}
			var versions []*core.Record
			if err := e.App.RecordQuery(collections.AgentPromptVersions).AndWhere(dbx.HashExp{"prompt": id}).OrderBy("number DESC").All(&versions); err != nil {
				return err
			}
			for _, v := range versions {
				var runs int
				if err := e.App.DB().Select("count(*)").From(collections.AgentRuns).Where(dbx.HashExp{"version": v.Id}).Row(&runs); err != nil {
					return err
				}
				if runs > 0 {
					return apierr.New(http.StatusConflict, "prompt_has_runs", "Customers were answered by these instructions; they are kept with what was said.", map[string]any{"count": runs})
				}
			}
			for _, v := range versions {
				if err := forgetEvaluations(e.App, "version", v.Id); err != nil {
					return err
				}
				if err := e.App.Delete(v); err != nil {
					return err
				}
			}

			return e.Next()
		})
	})
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))

	return hex.EncodeToString(sum[:])
}

// release is POST /api/recado/agent-prompt-versions/{id}/release {state, weight?}: live
// with a weight beside other live ones, live alone where no weight is given (which
// is also how to roll back), tested, or retired.
func (r *Room) release(e *core.RequestEvent) error {
	version, err := e.App.FindRecordById(collections.AgentPromptVersions, e.Request.PathValue("id"))
	if err != nil || version.GetString("company") != e.Request.URL.Query().Get("company") {
		return apierr.NotFound("version")
	}
	if _, err := r.deps.Require(e, version.GetString("company"), "agents.manage"); err != nil {
		return err
	}
	var form struct {
		State  string `json:"state"`
		Weight int    `json:"weight"`
	}
	if err := e.BindBody(&form); err != nil || !strings.Contains(" live tested retired draft ", " "+form.State+" ") || form.State == "" {
		return apierr.Invalid("state", "Say live, tested, retired or draft.")
	}
	if form.Weight < 0 || form.Weight > 100 {
		return apierr.Invalid("weight", "Give weight as a share from 1 to 100, or leave it out.")
	}

	err = e.App.RunInTransaction(func(txApp core.App) error {
		if version, err = txApp.FindRecordById(collections.AgentPromptVersions, version.Id); err != nil {
			return err
		}
		version.Set("state", form.State)
		version.Set("weight", 0)
		if form.State == "live" {
			if err := gate(txApp, version); err != nil {
				return err
			}
			if err := r.makeLive(txApp, version, form.Weight); err != nil {
				return err
			}
		}

		if err := save(txApp, version); err != nil {
			return err
		}

		return r.point(txApp, version.GetString("prompt"))
	})
	if err != nil {
		return err
	}
	if err := apis.EnrichRecord(e, version); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, version)
}

// makeLive gives a version its share; alone it has all, and the others retire.
func (r *Room) makeLive(txApp core.App, version *core.Record, weight int) error {
	var others []*core.Record
	err := txApp.RecordQuery(collections.AgentPromptVersions).
		AndWhere(dbx.HashExp{"prompt": version.GetString("prompt"), "state": "live"}).AndWhere(dbx.Not(dbx.HashExp{"id": version.Id})).All(&others)
	if err != nil {
		return err
	}
	if weight == 0 || len(others) == 0 {
		version.Set("weight", 100)
		for _, other := range others {
			other.Set("state", "retired")
			other.Set("weight", 0)
			if err := save(txApp, other); err != nil {
				return err
			}
		}

		return nil
	}
	version.Set("weight", weight)
	total := 0
	for _, other := range others {
		total += other.GetInt("weight")
	}
	for _, other := range others { // the others share what is left as they did before
		other.Set("weight", max(1, other.GetInt("weight")*(100-weight)/max(1, total)))
		if err := save(txApp, other); err != nil {
			return err
		}
	}

	return nil
}

// point writes on the agents of a prompt which version they mainly work by.
func (r *Room) point(txApp core.App, prompt string) error {
	var live []*core.Record
	err := txApp.RecordQuery(collections.AgentPromptVersions).
		AndWhere(dbx.HashExp{"prompt": prompt, "state": "live"}).OrderBy("weight DESC", "number DESC").Limit(1).All(&live)
	if err != nil || len(live) == 0 {
		return err
	}
	var agents []*core.Record
	if err := txApp.RecordQuery(collections.Agents).AndWhere(dbx.HashExp{"prompt": prompt}).All(&agents); err != nil {
		return err
	}
	for _, agent := range agents {
		agent.Set("instructions", live[0].Id)
		if err := save(txApp, agent); err != nil {
			return err
		}
	}

	return nil
}
