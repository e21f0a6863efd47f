// Package backup keeps copies of the data folder and brings them back.
//
// In: a data folder, in use or not. Out: one zip file with a snapshot of every
// database, the files people sent and a manifest that says what must be in it;
// and, from such a file, a data folder again. Its layout is that of
// PocketBase's own backups, so each can restore the other's.
//
// Everything here works on folders and files, without a running app, because a
// restore has to work where the app does not start. Only the nightly job
// (nightly.go) belongs to the running server.
package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/pocketbase/pocketbase/core"

	"recado/config"
	"recado/hooks/disk"
)

// Folder is where backups are kept unless told otherwise, in the data folder.
const Folder = core.LocalBackupsDirName

// making is the folder beside the target in which a backup is made. What a killed
// process left in it is removed by the next one.
const making = ".recado-backup"

// asidePrefix starts the names of the folders that hold the data a restore replaced.
const asidePrefix = "before-restore-"

// stampLayout is the moment in a backup's name, UTC.
const stampLayout = "20060102-150405"

// Options say what goes into a backup.
type Options struct {
	Version      string
	Now          time.Time
	WithKey      bool // the sealing key's file too; without it a backup opens no sealed secret
	DatabaseOnly bool // data.db alone, as before a change of its schema
}

// Create writes a backup of the data folder dir to the file target, which appears
// whole or not at all. Writers are not held up: the databases are read in one
// transaction each. The files people sent are copied before the database and,
// those that came meanwhile, after it, so that every file the snapshot speaks of is there.
func Create(ctx context.Context, dir, target string, options Options) (Manifest, error) {
	if _, err := os.Stat(filepath.Join(dir, dataFile)); err != nil {
		return Manifest{}, fmt.Errorf("there is no Recado in %s: %w", dir, err)
	}
	work := filepath.Join(filepath.Dir(target), making)
	if err := os.MkdirAll(work, 0o700); err != nil {
		return Manifest{}, err
	}
	lock := flock.New(filepath.Join(dir, making+".lock"))
	waiting, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	if _, err := lock.TryLockContext(waiting, 200*time.Millisecond); err != nil {
		return Manifest{}, fmt.Errorf("another backup of %s is being made: %w", dir, err)
	}
	defer func() {
		_ = os.RemoveAll(work)
		_ = lock.Close()
	}()
	if err := os.RemoveAll(work); err != nil {
		return Manifest{}, err
	}
	if err := os.MkdirAll(work, 0o700); err != nil {
		return Manifest{}, err
	}
	if err := enoughRoom(dir, work, options.DatabaseOnly); err != nil {
		return Manifest{}, err
	}

	manifest, err := write(ctx, dir, work, filepath.Join(work, "backup.zip"), options)
	if err == nil {
		err = os.Rename(filepath.Join(work, "backup.zip"), target)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(target))
	}
	if disk.Fills(work, err) {
		err = fmt.Errorf("there is not enough room for the backup in %s, nothing of it was kept; free some space or choose another place with --to: %w", filepath.Dir(target), err)
	}

	return manifest, err
}

// write makes the archive at path.
func write(ctx context.Context, dir, work, path string, options Options) (Manifest, error) {
	manifest := Manifest{Format: manifestFormat, Version: options.Version, Made: options.Now.UTC(), Contents: contentsAll, Rows: map[string]int64{}}
	if options.DatabaseOnly {
		manifest.Contents = contentsDatabase
	}
	archive, err := newArchive(ctx, path, &manifest)
	if err != nil {
		return manifest, err
	}
	defer archive.abandon()

	databases := []string{dataFile}
	if !options.DatabaseOnly {
		if err := archive.addFolder(dir, core.LocalStorageDirName); err != nil {
			return manifest, err
		}
		if databases, err = filepath.Glob(filepath.Join(dir, "*.db")); err != nil {
			return manifest, err
		}
		databases = slices.DeleteFunc(databases, func(path string) bool {
			return slices.Contains(config.LinksFiles(), filepath.Base(path))
		})
	}
	for _, database := range databases {
		if err := archive.addDatabase(ctx, filepath.Join(dir, filepath.Base(database)), work); err != nil {
			return manifest, err
		}
	}
	if !options.DatabaseOnly {
		if err := archive.addFolder(dir, core.LocalStorageDirName); err != nil {
			return manifest, err
		}
		if err := archive.addRest(dir); err != nil {
			return manifest, err
		}
	}
	if options.WithKey {
		if err := archive.addFile(dir, config.KeyFile); errors.Is(err, fs.ErrNotExist) {
			return manifest, fmt.Errorf("there is no %s in %s to take along: either nothing has been sealed yet, or the key is in %sSECRET_KEY", config.KeyFile, dir, config.Prefix)
		} else if err != nil {
			return manifest, err
		}
		manifest.Key = true
	}

	return manifest, archive.finish()
}

// enoughRoom refuses before anything is written: a full disk harms more than a
// missing backup. A snapshot and the archive stand side by side for a while.
func enoughRoom(dir, work string, databaseOnly bool) error {
	var databases, files int64
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		relative, _ := filepath.Rel(dir, path)
		if entry.IsDir() {
			if relative != "." && (leftOut(relative) || databaseOnly) {
				return fs.SkipDir
			}

			return nil
		}
		info, err := entry.Info()
		switch {
		case err != nil:
		case relative == dataFile, strings.HasPrefix(relative, dataFile+"-"):
			databases += info.Size()
		case !databaseOnly && strings.Contains(filepath.Base(relative), ".db"):
			databases += info.Size()
		case !databaseOnly:
			files += info.Size()
		}

		return nil
	})
	if err != nil {
		return err
	}
	free, _, err := disk.Space(work)
	if err != nil {
		return nil // not known here
	}
	if need := uint64(databases + databases/2 + files); free < need {
		return fmt.Errorf("there is not enough room for the backup in %s: up to %d MB are needed, %d MB are free; free some space or choose another place with --to",
			filepath.Dir(work), need>>20+1, free>>20)
	}

	return nil
}

// leftOut names what is no part of a backup: other backups, data put aside, what
// the machine can make again, and secrets of this place.
func leftOut(relative string) bool {
	first, _, _ := strings.Cut(filepath.ToSlash(relative), "/")

	return first == Folder || first == config.KeyFile || first == manifestName || first == "lost+found" ||
		strings.HasPrefix(first, ".") || strings.HasPrefix(first, asidePrefix)
}

// TargetName is where a backup goes that was asked for as to: a file, a folder,
// or "" for the data folder's own place.
func TargetName(dir, to string, now time.Time) string {
	name := "recado-" + now.UTC().Format(stampLayout) + ".zip"
	if to == "" {
		return filepath.Join(dir, Folder, name)
	}
	if info, err := os.Stat(to); err == nil && info.IsDir() || strings.HasSuffix(to, string(os.PathSeparator)) || strings.HasSuffix(to, "/") {
		return filepath.Join(to, name)
	}

	return to
}

func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	_ = folder.Sync() // some file systems can't

	return nil
}
