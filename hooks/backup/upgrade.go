package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"recado/collections"
	"recado/config"
)

// upgradePrefix starts the names of the copies made before a change of the schema.
const upgradePrefix = "recado-before-upgrade-"

// upgradesKept is how many of them stay.
const upgradesKept = 3

// BeforeOpening is called before anything opens the data folder, by a process
// that holds it. It ends a restore that was interrupted, refuses data of a newer
// program, and copies the database where this program is going to change its
// schema. It returns the copy's path, or "".
func BeforeOpening(ctx context.Context, dir, version string, now time.Time) (copied string, err error) {
	path := filepath.Join(dir, dataFile)
	if _, err := os.Stat(path); err != nil {
		return "", nil // a new data folder
	}
	known, err := collections.DeclaredShape(version)
	if err != nil {
		return "", err
	}
	stored, err := storedShape(path, known)
	if err != nil {
		return "", err
	}
	if reason := stored.NewerThan(known); reason != "" {
		return "", errors.New(reason)
	}
	if stored.Digest == known.Digest {
		return "", nil
	}

	// An upgrade that was interrupted has its copy already, and that one is of the
	// data as it was before.
	suffix := "-to-" + known.Digest[:12] + ".zip"
	folder := filepath.Join(dir, Folder)
	if have, _ := filepath.Glob(filepath.Join(folder, upgradePrefix+"*"+suffix)); len(have) > 0 {
		return "", nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	copied = filepath.Join(folder, upgradePrefix+now.UTC().Format(stampLayout)+suffix)
	if _, err := Create(ctx, dir, copied, Options{Version: version, Now: now, DatabaseOnly: true}); err != nil {
		return "", fmt.Errorf("the database has to be copied before this version (%s) changes its schema, so nothing was changed: %w", version, err)
	}
	all, _ := filepath.Glob(filepath.Join(folder, upgradePrefix+"*.zip"))
	slices.Sort(all)
	for len(all) > upgradesKept {
		_ = os.Remove(all[0])
		all = all[1:]
	}

	return copied, nil
}

// storedShape is the shape the database remembers, the zero Shape for one that
// PocketBase has not finished making.
func storedShape(path string, known collections.Shape) (collections.Shape, error) {
	db, err := config.DBRead(path)
	if err != nil {
		return collections.Shape{}, err
	}
	defer db.Close()
	same, err := known.Unchanged(db)
	if err != nil {
		return collections.Shape{}, fmt.Errorf("%s can't be read: %w", path, err)
	}
	if same {
		return known, nil
	}
	var tables int
	err = db.NewQuery("SELECT COUNT(*) FROM sqlite_schema WHERE name = '_params'").Row(&tables)
	if err != nil {
		return collections.Shape{}, fmt.Errorf("%s can't be read: %w", path, err)
	}
	if tables == 0 {
		return collections.Shape{}, nil
	}

	return collections.ReadShape(db)
}

// HoldForUse is what every command that works on the data does first: it holds
// the folder, after ending a restore that was interrupted.
func HoldForUse(dir string) (release func(), err error) {
	if interrupted(dir) {
		release, err := alone(dir)
		if err != nil {
			return nil, err
		}
		err = finishRestore(dir)
		release()
		if err != nil {
			return nil, err
		}
	}

	return Hold(dir)
}

func interrupted(dir string) bool {
	for _, step := range []string{clearing, placing} {
		if _, err := os.Stat(filepath.Join(dir, step)); err == nil {
			return true
		}
	}

	return false
}
