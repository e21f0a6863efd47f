package backup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

// lockName is the file by which processes tell each other that they use the data folder.
const lockName = ".recado.lock"

// Hold says that this process uses the data folder: until release, none can
// replace the data in it. Several may hold it at once.
func Hold(dir string) (release func(), err error) {
	return take(dir, (*flock.Flock).TryRLock, "a restore into "+dir+" is under way; try again when it has ended")
}

// HoldAlone makes sure that no other process uses the data folder, nor begins to.
func HoldAlone(dir string) (release func(), err error) { return alone(dir) }

// alone makes sure that no other process uses the data folder.
func alone(dir string) (release func(), err error) {
	return take(dir, (*flock.Flock).TryLock, "Recado is running on "+dir+"; stop it first, so that nothing that is written meanwhile gets lost")
}

func take(dir string, try func(*flock.Flock) (bool, error), taken string) (func(), error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(filepath.Join(dir, lockName))
	got, err := try(lock)
	if err != nil {
		return nil, fmt.Errorf("locking the data folder: %w", err)
	}
	if !got {
		return nil, errors.New(taken)
	}

	return func() { _ = lock.Close() }, nil
}
