package jobs

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/disk"
)

const databasePatience = 2 * time.Second

// report is the answer of GET /api/recado/health. Everybody may see it, so it
// has no paths, no names of customers or companies, and no error texts; a superuser gets those.
type report struct {
	Status   string         `json:"status"` // ok; degraded: it works, but look at the advice; failing: it can't take what comes
	Version  string         `json:"version"`
	Database databaseReport `json:"database"`
	Disk     diskReport     `json:"disk"`
	Channels map[string]int `json:"channels"` // state → how many
	Jobs     []jobReport    `json:"jobs"`
	Advice   []advice       `json:"advice"`

	numbersOff, waiting int // for the advice
}

type databaseReport struct {
	OK           bool    `json:"ok"`
	Milliseconds float64 `json:"milliseconds"`
	Error        string  `json:"error,omitzero"`
}

type diskReport struct {
	OK         bool   `json:"ok"`                  // there is room to write
	Low        bool   `json:"low"`                 // soon there is not
	FreeBytes  uint64 `json:"freeBytes,omitzero"`  // superusers only
	TotalBytes uint64 `json:"totalBytes,omitzero"` // superusers only
	Path       string `json:"path,omitzero"`       // superusers only
}

type jobReport struct {
	Name         string         `json:"name"`
	EverySeconds float64        `json:"everySeconds"`
	LastRun      types.DateTime `json:"lastRun"` // empty before the first run
	Milliseconds float64        `json:"milliseconds"`
	NextRun      types.DateTime `json:"nextRun"`
	OK           bool           `json:"ok"`
	Running      bool           `json:"running"`
	Failures     int            `json:"failures"` // in a row, up to the last run
	Error        string         `json:"error"`    // "" or "failed"; the whole text for superusers
}

// status answers what load balancers ask: does the process answer at all?
func status(e *core.RequestEvent) error {
	e.Response.Header().Set("Cache-Control", "no-store")

	return e.JSON(http.StatusOK, map[string]string{"status": "ok"})
}

// health answers how the parts are doing: 200, or 503 where the database doesn't
// answer. All else says so in the text only, because a restart by a supervisor
// would not mend it.
func (room *Room) health(e *core.RequestEvent) error {
	details := e.HasSuperuserAuth()
	answer := report{
		Version:  room.deps.Version,
		Database: room.database(e.Request.Context(), details),
		Disk:     diskOf(room.app.DataDir(), details),
		Channels: map[string]int{},
		Jobs:     room.jobs(details),
	}

	code := http.StatusOK
	if answer.Database.OK {
		answer.Channels = room.channels()
		answer.numbersOff, answer.waiting = room.numbersOff()
	} else {
		code = http.StatusServiceUnavailable
	}
	answer.Status, answer.Advice = room.judge(answer)
	e.Response.Header().Set("Cache-Control", "no-store")

	return e.JSON(code, answer)
}

func (room *Room) database(ctx context.Context, details bool) databaseReport {
	started := time.Now()
	err := ping(ctx, room.app)
	answer := databaseReport{OK: err == nil, Milliseconds: milliseconds(time.Since(started))}
	if err != nil {
		answer.Error = "failed"
		if details {
			answer.Error = err.Error()
		}
	}

	return answer
}

func ping(ctx context.Context, app core.App) error {
	ctx, cancel := context.WithTimeout(ctx, databasePatience)
	defer cancel()
	var one int

	return app.ConcurrentDB().NewQuery("SELECT 1 FROM {{_collections}} LIMIT 1").WithContext(ctx).Row(&one)
}

// Check is the health job: it fails, and so gets logged, when the database
// doesn't answer or the disk runs full.
func Check(ctx context.Context, app core.App) error {
	if err := ping(ctx, app); err != nil {
		return fmt.Errorf("the database doesn't answer: %w", err)
	}
	if free, total, err := disk.Space(app.DataDir()); err == nil && isLow(free, total) {
		return fmt.Errorf("the disk is almost full: %d MB are left", free>>20)
	}

	return nil
}

// channels counts the active channels of all companies by their state.
func (room *Room) channels() map[string]int {
	counts := map[string]int{}
	var rows []struct {
		State string `db:"state"`
		Count int    `db:"count"`
	}
	err := room.app.ConcurrentDB().Select("state", "COUNT(*) AS count").From(collections.Channels).
		Where(dbx.HashExp{"active": true}).GroupBy("state").All(&rows)
	if err != nil {
		return counts
	}
	for _, row := range rows {
		counts[row.State] = row.Count
	}

	return counts
}

func (room *Room) jobs(details bool) []jobReport {
	room.mu.Lock()
	defer room.mu.Unlock()

	list := make([]jobReport, 0, len(room.deps.Jobs))
	for _, job := range room.deps.Jobs {
		last := room.runs[job.Name]
		line := jobReport{
			Name: job.Name, EverySeconds: job.Every.Seconds(),
			LastRun: dateTime(last.started), Milliseconds: milliseconds(last.took), OK: last.err == nil,
			Running: last.running, Failures: last.failures,
		}
		if scheduled, ok := room.next[job.Name]; ok {
			next, _ := scheduled.NextRun()
			line.NextRun = dateTime(next)
		}
		if last.err != nil {
			line.Error = "failed"
			if details {
				line.Error = last.err.Error()
			}
		}
		list = append(list, line)
	}

	return list
}

func diskOf(path string, details bool) diskReport {
	free, total, err := disk.Space(path)
	answer := diskReport{OK: true} // what can't be measured is no alarm
	if err == nil {
		answer.OK, answer.Low = free >= fullBytes, isLow(free, total)
	}
	if details {
		answer.FreeBytes, answer.TotalBytes, answer.Path = free, total, path
	}

	return answer
}

// dateTime keeps the zero time empty.
func dateTime(t time.Time) types.DateTime {
	if t.IsZero() {
		return types.DateTime{}
	}
	value, _ := types.ParseDateTime(t.UTC())

	return value
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Microseconds()) / 1000
}
