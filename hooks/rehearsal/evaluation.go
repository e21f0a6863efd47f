package rehearsal

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

const (
	evaluationClaim    = time.Minute // renewed with every scenario's end and every claim/3
	evaluationAttempts = 3
	atOnce             = 3 // scenarios of one evaluation that are played at a time
)

// evaluate is POST /api/recado/agents/{id}/evaluations {version, scenarios?}: plays the
// scenarios, all of them or those named, with a version of the agent's instructions.
// It goes on in the background; the answer is the row that tells how far it is.
func (r *Room) evaluate(e *core.RequestEvent) error {
	var form struct {
		Version   string   `json:"version"`
		Scenarios []string `json:"scenarios"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("version", "Say which version to evaluate.")
	}
	agent, version, member, err := r.agentAndVersion(e, form.Version)
	if err != nil {
		return err
	}
	all, err := ids()
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(slices.Clone(all), func(id string) bool { return len(form.Scenarios) > 0 && !slices.Contains(form.Scenarios, id) })
	for _, id := range form.Scenarios {
		if !slices.Contains(all, id) {
			return apierr.Invalid("scenarios", "There is no scenario "+id+".")
		}
	}
	record, err := create(e.App, collections.AgentEvaluations, map[string]any{
		"company": agent.GetString("company"), "agent": agent.Id, "version": version.Id, "member": member.Id, "model": agent.GetString("model"),
		"scenarios": chosen, "complete": len(chosen) == len(all), "total": len(chosen), "status": "waiting", "due": r.deps.Now(),
	})
	if err != nil {
		if r.isBeing(e.App, agent.Id, version.Id) {
			return apierr.New(http.StatusConflict, "evaluation_running", "This version is being evaluated. Wait for its end, or cancel it.", nil)
		}

		return err
	}
	r.wake()

	return answer(e, record)
}

func (r *Room) isBeing(app core.App, agent, version string) bool {
	var n int
	err := app.DB().NewQuery("SELECT count(*) FROM agent_evaluations WHERE agent = {:agent} AND version = {:version} AND (status = 'waiting' OR status = 'running')").
		Bind(dbx.Params{"agent": agent, "version": version}).Row(&n)

	return err == nil && n > 0
}

// ids are those of all scenarios, in order.
func ids() (list []string, err error) {
	books, err := Books()
	for _, book := range books {
		for _, s := range book.Scenarios {
			list = append(list, s.ID)
		}
	}

	return list, err
}

func answer(e *core.RequestEvent, record *core.Record) error {
	if err := apis.EnrichRecord(e, record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, record)
}

// cancel is POST /api/recado/agent-evaluations/{id}/cancel. What was played is kept.
func (r *Room) cancel(e *core.RequestEvent) error {
	record, err := e.App.FindRecordById(collections.AgentEvaluations, e.Request.PathValue("id"))
	if err != nil || record.GetString("company") != e.Request.URL.Query().Get("company") {
		return apierr.NotFound("evaluation")
	}
	if _, err := r.deps.Require(e, record.GetString("company"), "agents.manage"); err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(txApp core.App) error {
		if record, err = txApp.FindRecordById(collections.AgentEvaluations, record.Id); err != nil || over(record) {
			return err
		}
		record.Set("status", "cancelled")
		record.Set("ended", r.deps.Now())
		record.Set("due", nil)

		return save(txApp, record)
	})
	if err != nil {
		return err
	}
	r.abort(record.Id)

	return answer(e, record)
}

// over tells whether an evaluation has come to an end.
func over(record *core.Record) bool {
	status := record.GetString("status")

	return status != "waiting" && status != "running"
}

func (r *Room) abort(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cancel := r.playing[id]; cancel != nil {
		cancel()
	}
}

// startDue begins or resumes what is due, one evaluation after the other: they wait
// for models, and share the endpoint's limits with customers.
func (r *Room) startDue() {
	r.starting.Lock()
	defer r.starting.Unlock()
	for {
		id, err := r.claim()
		if err != nil {
			r.app.Logger().Error("An evaluation could not be started; it stays due", slog.Any("error", err))
		}
		if err != nil || id == "" {
			return
		}
		ctx, cancel := context.WithCancel(r.ctx)
		r.mu.Lock()
		r.playing[id] = cancel
		r.mu.Unlock()
		r.work.Add(1)
		go func() {
			defer r.work.Done()
			defer func() {
				r.mu.Lock()
				delete(r.playing, id)
				r.mu.Unlock()
				cancel()
				r.wake() // for the next one
			}()
			if err := routine.SafeWrap(func() error { return r.perform(ctx, id) })(); err != nil && r.ctx.Err() == nil {
				r.fail(id, err)
			}
		}()
	}
}

// claim takes the next evaluation that is due, "" for none: one is played at a time.
func (r *Room) claim() (id string, err error) {
	r.mu.Lock()
	busy := len(r.playing) > 0
	r.mu.Unlock()
	if busy || r.ctx.Err() != nil {
		return "", nil
	}
	now := r.deps.Now()
	err = r.app.RunInTransaction(func(txApp core.App) error {
		var records []*core.Record
		err := txApp.RecordQuery(collections.AgentEvaluations).
			AndWhere(dbx.NewExp("(status = 'waiting' OR status = 'running') AND due <= {:now} AND claimed_until <= {:now}", dbx.Params{"now": stamp(now)})).
			OrderBy("due", "id").Limit(1).All(&records)
		if err != nil || len(records) == 0 {
			return err
		}
		record := records[0]
		if record.GetInt("attempts") >= evaluationAttempts {
			record.Set("status", "failed")
			record.Set("reason", "interrupted")
			record.Set("ended", now)
			record.Set("due", nil)

			return save(txApp, record)
		}
		record.Set("status", "running")
		record.Set("claimed_until", now.Add(evaluationClaim))
		record.Set("attempts", record.GetInt("attempts")+1)
		if record.GetDateTime("started").IsZero() {
			record.Set("started", now)
		}
		id = record.Id

		return save(txApp, record)
	})

	return id, err
}

// perform plays what has not been played of an evaluation.
func (r *Room) perform(ctx context.Context, id string) error {
	record, err := r.app.FindRecordById(collections.AgentEvaluations, id)
	if err != nil {
		return err
	}
	agent, err := r.app.FindRecordById(collections.Agents, record.GetString("agent"))
	if err != nil {
		return err
	}
	version, err := r.app.FindRecordById(collections.AgentPromptVersions, record.GetString("version"))
	if err != nil {
		return err
	}
	var played []string
	if err := r.app.DB().Select("scenario").From(collections.AgentTrials).Where(dbx.HashExp{"evaluation": id}).Column(&played); err != nil {
		return err
	}
	open := slices.DeleteFunc(record.GetStringSlice("scenarios"), func(s string) bool { return slices.Contains(played, s) })
	if err := r.playAll(ctx, record, agent, version, open); err != nil {
		return err
	}

	return r.conclude(id)
}

// playAll plays scenarios on a few stages side by side.
func (r *Room) playAll(ctx context.Context, record, agent, version *core.Record, open []string) error {
	books, err := Books()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan string)
	go func() {
		defer close(next)
		for _, id := range open {
			select {
			case next <- id:
			case <-ctx.Done():
				return
			}
		}
	}()

	var group sync.WaitGroup
	failures := make([]error, min(atOnce, len(open)))
	for i := range failures {
		group.Add(1)
		go func() {
			defer group.Done()
			failures[i] = r.playSome(ctx, record, agent, version, books, next)
			if failures[i] != nil {
				cancel() // the others need not go on
			}
		}()
	}
	group.Wait()

	return errors.Join(failures...)
}

// playSome plays scenarios on one stage until there is none left, or nobody wants them.
func (r *Room) playSome(ctx context.Context, record, agent, version *core.Record, books []Book, next <-chan string) error {
	t, err := r.theatre(agent, version)
	if err != nil {
		return err
	}
	defer t.close()
	stop := context.AfterFunc(ctx, t.halt)
	defer stop()
	for id := range next {
		book, scenario, ok := find(books, id)
		if !ok {
			continue // of an older Recado
		}
		got, err := t.play(ctx, book, scenario)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if going, err := r.keep(record, scenario, got); err != nil || !going {
			return err
		}
	}

	return nil
}

// keep writes down how a scenario went; going is false where nobody wants more.
func (r *Room) keep(record *core.Record, s Scenario, got end) (going bool, err error) {
	problems := score(s.Expect, got)
	talk, err := json.Marshal(got.Lines)
	if err != nil {
		return false, err
	}
	in, out, cost, ms := used(got.Lines)
	passed := 0
	if len(problems) == 0 {
		passed = 1
	}
	err = r.app.RunInTransaction(func(txApp core.App) error {
		_, err := create(txApp, collections.AgentTrials, map[string]any{
			"company": record.GetString("company"), "evaluation": record.Id, "scenario": s.ID, "passed": passed == 1, "problems": problems, "talk": types.JSONRaw(talk),
			"tokens_in": in, "tokens_out": out, "cost": cost, "ms": ms,
		})
		if err != nil {
			return err
		}
		fresh, err := txApp.FindRecordById(collections.AgentEvaluations, record.Id)
		if err != nil {
			return err
		}
		fresh.Load(map[string]any{
			"done": fresh.GetInt("done") + 1, "passed": fresh.GetInt("passed") + passed,
			"tokens_in": fresh.GetInt("tokens_in") + in, "tokens_out": fresh.GetInt("tokens_out") + out, "cost": fresh.GetInt("cost") + cost,
		})
		if going = !over(fresh); going {
			fresh.Set("claimed_until", r.deps.Now().Add(evaluationClaim))
		}

		return save(txApp, fresh)
	})

	return going, err
}

// goodEnough is the share of the scenarios at which a draft counts as tested where
// its agent does not say another.
const goodEnough = 90

// conclude ends an evaluation, and marks a draft that did well as tested.
func (r *Room) conclude(id string) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.AgentEvaluations, id)
		if err != nil || over(record) || record.GetInt("done") < record.GetInt("total") {
			return err
		}
		share := 100 * record.GetInt("passed") / max(1, record.GetInt("total"))
		record.Load(map[string]any{"status": "done", "share": share, "ended": r.deps.Now(), "due": nil, "claimed_until": nil})
		if err := save(txApp, record); err != nil {
			return err
		}
		agent, err := txApp.FindRecordById(collections.Agents, record.GetString("agent"))
		if err != nil {
			return err
		}
		wanted := agent.GetInt("gate")
		if wanted == 0 {
			wanted = goodEnough
		}
		version, err := txApp.FindRecordById(collections.AgentPromptVersions, record.GetString("version"))
		if err != nil || !record.GetBool("complete") || share < wanted || version.GetString("state") != "draft" {
			return err
		}
		version.Set("state", "tested")

		return save(txApp, version)
	})
}

// fail ends an evaluation that could not go on.
func (r *Room) fail(id string, cause error) {
	r.app.Logger().Error("An evaluation failed", slog.String("evaluation", id), slog.Any("error", cause))
	err := r.app.RunInTransaction(func(txApp core.App) error {
		record, err := txApp.FindRecordById(collections.AgentEvaluations, id)
		if err != nil || over(record) {
			return err
		}
		record.Load(map[string]any{"status": "failed", "reason": "error", "ended": r.deps.Now(), "due": nil, "claimed_until": nil})

		return save(txApp, record)
	})
	if err != nil {
		r.app.Logger().Error("A failed evaluation could not be marked", slog.String("evaluation", id), slog.Any("error", err))
	}
}

// Drain plays all that is due now and returns when it has ended, for tests.
func (r *Room) Drain(ctx context.Context) error {
	for {
		r.startDue()
		r.mu.Lock()
		busy := len(r.playing) > 0
		r.mu.Unlock()
		if !busy {
			return ctx.Err()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
