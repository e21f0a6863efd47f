package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// failedShown is how many failed rows of a queue are listed.
const failedShown = 50

// Queue is one kind of rows that are work: a collection, which of its rows wait
// for their time, and which were given up.
type Queue struct {
	Name       string // what the screens call it
	Collection string
	Waiting    string // SQL condition
	Failed     string // SQL condition; "" where nothing is ever given up

	// Retry makes a row that was given up due again.
	Retry func(app core.App, row *core.Record) error
}

type queueReport struct {
	Name    string         `json:"name"`
	Waiting int            `json:"waiting"`
	Failed  int            `json:"failed"`
	Oldest  types.DateTime `json:"oldest"` // due time of the row that has waited longest
	Rows    []failedRow    `json:"rows"`   // newest first, at most 50
}

type failedRow struct {
	ID      string         `json:"id" db:"id"`
	Company string         `json:"company" db:"company"`
	Error   string         `json:"error" db:"error"`
	Updated types.DateTime `json:"updated" db:"updated"`
}

type backupReport struct {
	Every string         `json:"every"` // daily, weekly, off
	Name  string         `json:"name"`
	Made  types.DateTime `json:"made"`
	Size  int64          `json:"size"`
	Late  bool           `json:"late"`
}

// mayRun lets in who runs this Recado: a superuser, and where it serves one
// company only, those who may change that company. With several companies none of
// them may look behind the scenes of the others.
func (room *Room) mayRun(e *core.RequestEvent) error {
	if e.HasSuperuserAuth() {
		return nil
	}
	if e.Auth == nil {
		return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}
	var permissions types.JSONArray[string]
	err := e.App.ConcurrentDB().Select("permissions").From(collections.Members).
		Where(dbx.HashExp{"user": e.Auth.Id, "active": true}).
		AndWhere(dbx.NewExp("(SELECT COUNT(*) FROM {{companies}}) = 1")).Row(&permissions)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if !slices.Contains(permissions, "company.manage") {
		return apierr.New(http.StatusForbidden, "forbidden",
			"This is for whoever runs this Recado: the dashboard's administrator or, where there is one company only, those who may change it.",
			map[string]any{"permission": "company.manage"})
	}

	return nil
}

// system answers GET /api/recado/system: everything about how this Recado runs.
func (room *Room) system(e *core.RequestEvent) error {
	if err := room.mayRun(e); err != nil {
		return err
	}
	answer := report{
		Version: room.deps.Version, Database: room.database(e.Request.Context(), true),
		Disk: diskOf(room.app.DataDir(), true), Channels: room.channels(), Jobs: room.jobs(true),
	}
	answer.numbersOff, answer.waiting = room.numbersOff()
	answer.Status, answer.Advice = room.judge(answer)
	queues := make([]queueReport, 0, len(room.deps.Queues))
	for _, queue := range room.deps.Queues {
		line, err := room.queue(e.Request.Context(), queue)
		if err != nil {
			return fmt.Errorf("looking at the queue %s: %w", queue.Name, err)
		}
		queues = append(queues, line)
	}
	backup := backupReport{Every: "off"}
	if room.deps.Backup != nil {
		var made time.Time
		backup.Every, backup.Name, made, backup.Size = room.deps.Backup.Status()
		backup.Made, backup.Late = dateTime(made), room.deps.Backup.Late(room.now()) > 0
	}
	e.Response.Header().Set("Cache-Control", "no-store")

	return e.JSON(http.StatusOK, map[string]any{
		"status": answer.Status, "version": answer.Version, "advice": answer.Advice, "database": answer.Database, "jobs": answer.Jobs,
		"queues": queues, "storage": room.deps.Storage.report(), "backup": backup,
	})
}

func (room *Room) queue(ctx context.Context, queue Queue) (queueReport, error) {
	line := queueReport{Name: queue.Name, Rows: []failedRow{}}
	db := room.app.ConcurrentDB()
	err := db.Select("COUNT(*)", "COALESCE(MIN([[due]]), '')").From(queue.Collection).
		Where(dbx.NewExp(queue.Waiting)).WithContext(ctx).Row(&line.Waiting, &line.Oldest)
	if err != nil || queue.Failed == "" {
		return line, err
	}
	err = db.Select("COUNT(*)").From(queue.Collection).Where(dbx.NewExp(queue.Failed)).WithContext(ctx).Row(&line.Failed)
	if err != nil {
		return line, err
	}

	return line, db.Select("id", "company", "error", "updated").From(queue.Collection).
		Where(dbx.NewExp(queue.Failed)).OrderBy("id DESC").Limit(failedShown).WithContext(ctx).All(&line.Rows)
}

// runNow starts a job before its time. Its outcome shows in the list.
func (room *Room) runNow(e *core.RequestEvent) error {
	if err := room.mayRun(e); err != nil {
		return err
	}
	name := e.Request.PathValue("name")
	room.mu.Lock()
	scheduled, running := room.next[name], room.runs[name].running
	room.mu.Unlock()
	if scheduled == nil {
		return apierr.NotFound("job")
	}
	if running {
		return apierr.New(http.StatusConflict, "job_running", "This job is running already.", nil)
	}
	if err := scheduled.RunNow(); err != nil {
		return err
	}

	return e.JSON(http.StatusAccepted, map[string]any{"job": name})
}

// retry makes a row that was given up due again.
func (room *Room) retry(e *core.RequestEvent) error {
	if err := room.mayRun(e); err != nil {
		return err
	}
	name, id := e.Request.PathValue("name"), e.Request.PathValue("id")
	index := slices.IndexFunc(room.deps.Queues, func(queue Queue) bool { return queue.Name == name && queue.Failed != "" })
	if index < 0 {
		return apierr.NotFound("queue")
	}
	queue := room.deps.Queues[index]
	row := &core.Record{}
	err := e.App.RecordQuery(queue.Collection).AndWhere(dbx.HashExp{"id": id}).AndWhere(dbx.NewExp(queue.Failed)).One(row)
	if errors.Is(err, sql.ErrNoRows) {
		return apierr.NotFound("failed row")
	}
	if err != nil {
		return err
	}
	if err := queue.Retry(e.App, row); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"queue": name, "id": id})
}
