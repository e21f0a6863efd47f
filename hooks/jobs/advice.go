package jobs

import (
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
	"recado/hooks/disk"
)

const (
	// fullBytes is what SQLite needs for one large transaction: below it writes may fail.
	fullBytes = 4 << 20

	// lowBytes leaves days to do something about it; on small disks a tenth does.
	lowBytes = 1 << 30

	// oldBackup is how long a backup may be overdue before that is news.
	oldBackup = 26 * time.Hour
)

// advice is one thing to do something about. The screens translate by code.
type advice struct {
	Code    string `json:"code"`
	Job     string `json:"job,omitzero"`
	Message string `json:"message"`
}

// Backups is what the room needs to know of the nightly backups.
type Backups interface {
	// Late tells for how long a backup has been overdue; zero where none is.
	Late(now time.Time) time.Duration
	// Status tells how often one is made, and the newest.
	Status() (every, name string, made time.Time, size int64)
}

func isLow(free, total uint64) bool { return free < min(lowBytes, total/10) || free < fullBytes }

// judge sums the parts up: failing where what comes can't be kept, degraded where
// something needs a person soon.
func (room *Room) judge(answer report) (status string, list []advice) {
	list = []advice{}
	failing := false
	add := func(code, job, message string) { list = append(list, advice{code, job, message}) }

	if !answer.Database.OK {
		failing = true
		add("database", "", "The database doesn't answer. Look at the logs, and restart Recado.")
	}
	switch {
	case !answer.Disk.OK:
		failing = true
		add("disk_full", "", "The disk is full: nothing new can be stored. Free some space; Recado goes on by itself.")
	case answer.Disk.Low:
		add("disk_low", "", "The disk is nearly full. Free some space, or move old backups away.")
	}
	for _, job := range answer.Jobs {
		// twice in a row, or once where the next try is far away
		if job.Failures >= 2 || job.Failures == 1 && job.EverySeconds >= 600 {
			add("job_failing", job.Name, fmt.Sprintf("The job %q fails. Its error is on the system screen and in the logs.", job.Name))
		}
	}
	if answer.numbersOff > 0 {
		add("number_off", "", fmt.Sprintf("A WhatsApp number has been off for more than five minutes; %d messages wait. Its channel says what to do.", answer.waiting))
	}
	if room.deps.Backup != nil && room.deps.Backup.Late(room.now()) > oldBackup {
		add("backup_old", "", "The last backup is too old. Look at the job \"backup\".")
	}

	switch {
	case failing:
		return "failing", list
	case len(list) > 0:
		return "degraded", list
	default:
		return "ok", list
	}
}

// numbersOff counts the numbers that are off for too long, and the messages that
// wait for them.
func (room *Room) numbersOff() (off, waiting int) {
	var ids []string
	err := room.app.ConcurrentDB().Select("id").From(collections.Channels).Where(channels.Off(room.now())).Column(&ids)
	if err != nil {
		return 0, 0 // the database says so itself
	}
	for _, id := range ids {
		if n, err := channels.Waiting(room.app, id); err == nil {
			waiting += n
		}
	}

	return len(ids), waiting
}

func (room *Room) now() time.Time {
	if room.deps.Clock == nil {
		return time.Now()
	}

	return room.deps.Clock.Now()
}

// sayFull turns the error of a write for which there was no room into an answer a
// person understands: nothing was stored, and why.
func sayFull() *hook.Handler[*core.RequestEvent] {
	return &hook.Handler[*core.RequestEvent]{
		Id:       "recadoDiskFull",
		Priority: apis.DefaultActivityLoggerMiddlewarePriority + 1, // the log gets the true error from it
		Func: func(e *core.RequestEvent) error {
			err := e.Next()
			if err == nil || !full(err) {
				return err
			}

			return apierr.New(http.StatusInsufficientStorage, "disk_full",
				"The server's disk is full, so this was not saved. Tell whoever runs this Recado; try again when there is space.", nil)
		},
	}
}

// full looks into PocketBase's answers too, which keep their cause aside.
func full(err error) bool {
	if disk.IsFull(err) {
		return true
	}
	api := router.ToApiError(err)
	cause, ok := api.RawData().(error)

	return ok && disk.IsFull(cause)
}
