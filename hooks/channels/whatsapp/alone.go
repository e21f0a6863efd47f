package whatsapp

import (
	"net/http"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"recado/hooks/apierr"
)

// Two clients with one link throw each other out. So of the processes on a data
// folder, as there are for a moment while one takes another's place, one has all its
// numbers; the next waits until it ends, whatever ends it.

const (
	lockName  = ".whatsapp.lock"
	lockEvery = 500 * time.Millisecond // how often it is tried
)

// take begins as soon as no other process has the numbers, which is at once where there
// is none.
func (r *Room) take(begin func() error) error {
	r.lock = flock.New(filepath.Join(r.app.DataDir(), lockName))
	if got, err := r.lock.TryLock(); got || isStorage(err) {
		return begin() // a folder that can't be written has other troubles
	} else if err != nil {
		return err
	}

	r.app.Logger().Warn("Another Recado has the numbers of this data folder. They are taken over when it ends.")
	r.running.Go(func() {
		if got, err := r.lock.TryLockContext(r.ctx, lockEvery); err != nil || !got {
			return // stopped
		}
		if err := begin(); err != nil {
			r.app.Logger().Error("Linked numbers did not start", "error", err)
		}
	})

	return nil
}

// letGo lets the next process have the numbers.
func (r *Room) letGo() error {
	if r.lock == nil {
		return nil
	}

	return r.lock.Close()
}

// elsewhere is the answer to who would link or connect a number in a process that
// waits for another.
func elsewhere() error {
	return apierr.New(http.StatusConflict, "numbers_elsewhere", "Another Recado runs on the same data folder and has its numbers. Stop it, or ask there.", nil)
}
