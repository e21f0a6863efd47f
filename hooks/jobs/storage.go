package jobs

import (
	"context"
	"encoding/json"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/disk"
)

// sizesRow is where the database keeps one sample of the folder's size for each
// day, beside PocketBase's settings.
const (
	sizesRow  = "recado_sizes"
	sizesKept = 60
)

// storageReport is what takes room, in bytes.
type storageReport struct {
	Databases    map[string]int64 `json:"databases"` // file → bytes, what SQLite keeps beside it included
	FilesBytes   int64            `json:"filesBytes"`
	Files        int              `json:"files"`
	BackupsBytes int64            `json:"backupsBytes"`
	Backups      int              `json:"backups"`
	AsideBytes   int64            `json:"asideBytes"` // data that restores put aside
	FreeBytes    uint64           `json:"freeBytes"`
	TotalBytes   uint64           `json:"totalBytes"`
	DayBytes     int64            `json:"dayBytes"` // by how much databases and files grow a day; 0 while not known
	At           types.DateTime   `json:"at"`
}

type sample struct {
	Day   string `json:"day"`
	Bytes int64  `json:"bytes"`
}

// Storage knows how much room everything takes.
type Storage struct {
	app core.App
	now func() time.Time

	mu    sync.Mutex
	found storageReport
}

// NewStorage knows nothing before the first [Storage.Measure].
func NewStorage(app core.App, now func() time.Time) *Storage { return &Storage{app: app, now: now} }

// Measure looks how much room everything takes. It walks the folder, so it is a
// job and not done for every look at the screen.
func (s *Storage) Measure(ctx context.Context) error {
	now := s.now()
	found := storageReport{Databases: map[string]int64{}, At: dateTime(now)}
	dir := s.app.DataDir()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil || entry.IsDir() {
			return nil // gone meanwhile, or not ours to read
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		relative, _ := filepath.Rel(dir, path)
		first, _, nested := strings.Cut(filepath.ToSlash(relative), "/")
		switch base := strings.TrimSuffix(strings.TrimSuffix(relative, "-wal"), "-shm"); {
		case !nested && strings.HasSuffix(base, ".db"):
			found.Databases[base] += info.Size()
		case first == core.LocalStorageDirName && !strings.HasSuffix(path, ".attrs"):
			found.FilesBytes += info.Size()
			found.Files++
		case first == core.LocalBackupsDirName:
			found.BackupsBytes += info.Size()
			if strings.HasSuffix(path, ".zip") {
				found.Backups++
			}
		case strings.HasPrefix(first, "before-restore-"):
			found.AsideBytes += info.Size()
		}

		return nil
	})
	if err != nil {
		return err
	}
	if found.DayBytes, err = s.growth(now, found); err != nil {
		return err
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	s.found = found

	return nil
}

// growth keeps a sample for each day and returns the growth per day since the oldest.
func (s *Storage) growth(now time.Time, found storageReport) (int64, error) {
	total := found.FilesBytes
	for _, size := range found.Databases {
		total += size
	}
	if companies, err := s.app.CountRecords(collections.Companies); err != nil || companies == 0 {
		return 0, nil // nothing to tell before the set-up
	}

	var raw string
	_ = s.app.ConcurrentDB().Select("value").From("_params").Where(dbx.HashExp{"id": sizesRow}).Row(&raw)
	var samples []sample
	_ = json.Unmarshal([]byte(raw), &samples)
	today := now.UTC().Format(time.DateOnly)
	if len(samples) == 0 || samples[len(samples)-1].Day != today {
		samples = append(samples, sample{today, total})
		samples = samples[max(0, len(samples)-sizesKept):]
		value, err := json.Marshal(samples)
		if err != nil {
			return 0, err
		}
		_, err = s.app.NonconcurrentDB().NewQuery(`
			INSERT INTO _params (id, value, created, updated) VALUES ({:id}, {:value}, {:now}, {:now})
			ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated = excluded.updated`).
			Bind(dbx.Params{"id": sizesRow, "value": string(value), "now": now.UTC().Format(types.DefaultDateLayout)}).Execute()
		if err != nil {
			return 0, err
		}
	}

	first, err := time.Parse(time.DateOnly, samples[0].Day)
	if days := int64(now.Sub(first).Hours() / 24); err == nil && days > 0 {
		return (total - samples[0].Bytes) / days, nil
	}

	return 0, nil
}

// report is what was measured last, with the room there is now.
func (s *Storage) report() storageReport {
	if s == nil {
		return storageReport{Databases: map[string]int64{}}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := s.found
	if answer.Databases == nil {
		answer.Databases = map[string]int64{}
	}
	answer.FreeBytes, answer.TotalBytes, _ = disk.Space(s.app.DataDir())

	return answer
}
