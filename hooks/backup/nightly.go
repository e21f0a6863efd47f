package backup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// nightlyPrefix starts the names of backups that are made, and removed, by themselves.
const nightlyPrefix = "recado-nightly-"

// Deps is what the room needs from outside.
type Deps struct {
	Now     func() time.Time
	Every   string // daily, weekly, off
	Hour    int    // of the clock Now is in
	Keep    int
	Version string
}

// Room makes a backup each night.
type Room struct {
	app  core.App
	deps Deps

	mu   sync.Mutex
	last Last
}

// Last is the newest backup the room knows of.
type Last struct {
	Name string
	Made time.Time // zero: there is none
	Size int64
}

// Open opens the room.
func Open(app core.App, deps Deps) *Room { return &Room{app: app, deps: deps} }

// Tick makes the backup that is due. Which one was last is read from where they
// are kept, so one that was missed or interrupted is due at the next tick.
func (room *Room) Tick(ctx context.Context) error {
	if room.deps.Every == "off" {
		return nil
	}
	store, err := room.app.NewBackupsFilesystem()
	if err != nil {
		return err
	}
	defer store.Close()
	store.SetContext(ctx)
	have, err := nightlies(store)
	if err != nil {
		return err
	}

	now := room.deps.Now()
	due := room.Due(now)
	if len(have) > 0 {
		room.remember(have[len(have)-1])
		if !have[len(have)-1].Made.Before(due) {
			return nil
		}
	} else if since, err := room.since(); err != nil || since.IsZero() || since.After(due) {
		return err // nothing to keep yet, or too young
	}

	name := nightlyPrefix + now.UTC().Format(stampLayout) + ".zip"
	size, err := room.make(ctx, store, name)
	if err != nil {
		return err
	}
	made := Last{Name: name, Made: now, Size: size}
	room.remember(made)
	for have = append(have, made); len(have) > room.deps.Keep; have = have[1:] {
		if err := store.Delete(have[0].Name); err != nil {
			return fmt.Errorf("removing the old backup %s: %w", have[0].Name, err)
		}
	}

	return nil
}

// Due is the latest moment, not after now, at which a backup was to be made.
func (room *Room) Due(now time.Time) time.Time {
	due := time.Date(now.Year(), now.Month(), now.Day(), room.deps.Hour, 0, 0, 0, now.Location())
	for due.After(now) || room.deps.Every == "weekly" && due.Weekday() != time.Sunday {
		due = due.AddDate(0, 0, -1)
	}

	return due
}

// Late tells for how long a backup has been overdue; zero where none is.
func (room *Room) Late(now time.Time) time.Duration {
	if room.deps.Every == "off" {
		return 0
	}
	due, last := room.Due(now), room.Last()
	if since, err := room.since(); err != nil || since.IsZero() || since.After(due) || !last.Made.Before(due) {
		return 0
	}

	return now.Sub(due)
}

// Status tells how often a backup is made (daily, weekly, off), and the newest one.
func (room *Room) Status() (every, name string, made time.Time, size int64) {
	last := room.Last()

	return room.deps.Every, last.Name, last.Made, last.Size
}

// Last is the newest backup.
func (room *Room) Last() Last {
	room.mu.Lock()
	defer room.mu.Unlock()

	return room.last
}

func (room *Room) remember(last Last) {
	room.mu.Lock()
	defer room.mu.Unlock()
	room.last = last
}

// make makes a backup in the data folder and moves it to the store.
func (room *Room) make(ctx context.Context, store *filesystem.System, name string) (int64, error) {
	target := filepath.Join(room.app.DataDir(), Folder, name)
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		return 0, err
	}
	_, err := Create(ctx, room.app.DataDir(), target, Options{Version: room.deps.Version, Now: room.deps.Now()})
	if err != nil {
		return 0, err
	}
	info, err := os.Stat(target)
	if err != nil || !room.app.Settings().Backups.S3.Enabled {
		return info.Size(), err
	}
	defer os.Remove(target)
	file, err := filesystem.NewFileFromPath(target)
	if err != nil {
		return 0, err
	}
	if err := store.UploadFile(file, name); err != nil {
		return 0, fmt.Errorf("sending the backup to S3: %w", err)
	}

	return info.Size(), nil
}

// since is when the first company was made: before that there is nothing to keep.
func (room *Room) since() (time.Time, error) {
	var first types.DateTime
	err := room.app.ConcurrentDB().Select("COALESCE(MIN(created), '')").From(collections.Companies).Row(&first)

	return first.Time(), err
}

// nightlies lists the backups made by themselves, oldest first.
func nightlies(store *filesystem.System) ([]Last, error) {
	files, err := store.List(nightlyPrefix)
	if err != nil {
		return nil, fmt.Errorf("looking at the backups there are: %w", err)
	}
	var list []Last
	for _, file := range files {
		stamp := strings.TrimSuffix(strings.TrimPrefix(file.Key, nightlyPrefix), ".zip")
		if made, err := time.Parse(stampLayout, stamp); err == nil {
			list = append(list, Last{Name: file.Key, Made: made, Size: file.Size})
		}
	}
	slices.SortFunc(list, func(a, b Last) int { return a.Made.Compare(b.Made) })

	return list, nil
}
