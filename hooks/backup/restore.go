package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"recado/config"
	"recado/hooks/disk"
)

// The steps of a restore, as folders in the data folder. Each is entered by one
// rename, so a process killed at any moment leaves either the old data or, after
// the next command has ended the restore, the new. Nothing is deleted.
const (
	unpacking = ".recado-restore-unpacking" // being filled; worth nothing yet
	clearing  = ".recado-restore-clearing"  // whole; the old data is being put aside
	placing   = ".recado-restore-placing"   // the old data is out of the way; the new is being put in place
)

// asideName in the folder of a step holds the name of the folder for the old data.
const asideName = ".aside"

// Restored is what a restore did.
type Restored struct {
	Manifest Manifest
	Rows     map[string]int64
	Aside    string   // the folder with the data there was before; "" if there was none
	Locked   []string // secrets that this place's key does not open
}

// Restore replaces the data in dir by that of a backup. The current data is kept
// in a folder beside it. Nothing is touched before the backup has been
// unpacked and found sound.
func Restore(ctx context.Context, dir, backup, version string, now time.Time, key func() (config.Key, error)) (Restored, error) {
	release, err := alone(dir)
	if err != nil {
		return Restored{}, err
	}
	defer release()
	if err := finishRestore(dir); err != nil {
		return Restored{}, err
	}

	work := filepath.Join(dir, unpacking)
	if err := os.RemoveAll(work); err != nil {
		return Restored{}, err
	}
	defer os.RemoveAll(work)
	if err := os.MkdirAll(work, 0o700); err != nil {
		return Restored{}, roomless(err, dir)
	}
	manifest, err := Extract(ctx, backup, work)
	if err != nil {
		return Restored{}, roomless(err, dir)
	}
	rows, err := Check(ctx, work, manifest, version)
	if err != nil {
		return Restored{}, roomless(err, dir)
	}

	aside := asidePrefix + now.UTC().Format(stampLayout)
	old, err := replaced(dir, work, manifest)
	if err != nil {
		return Restored{}, err
	}
	if len(old) > 0 {
		if err := writeSynced(filepath.Join(work, asideName), aside+"\n"+strings.Join(old, "\n")); err != nil {
			return Restored{}, roomless(err, dir)
		}
		if err := os.MkdirAll(filepath.Join(dir, aside), 0o700); err != nil {
			return Restored{}, roomless(err, dir)
		}
	} else {
		aside = ""
	}
	if err := errors.Join(syncFolder(work), os.Rename(work, filepath.Join(dir, clearing)), syncFolder(dir)); err != nil {
		return Restored{}, roomless(err, dir)
	}
	if err := finishRestore(dir); err != nil {
		return Restored{}, err
	}

	done := Restored{Manifest: manifest, Rows: rows, Aside: aside}
	if done.Locked, err = lockedSecrets(ctx, filepath.Join(dir, dataFile), key); err != nil {
		return done, fmt.Errorf("the backup is restored, but which secrets this place can open is not known: %w", err)
	}

	return done, nil
}

func roomless(err error, dir string) error {
	if disk.Fills(dir, err) {
		return fmt.Errorf("there is not enough room in %s for the restore; the data is as it was: %w", dir, err)
	}

	return err
}

// replaced lists what of the data folder the backup takes the place of.
func replaced(dir, work string, manifest Manifest) ([]string, error) {
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, entry := range entries {
		name := entry.Name()
		_, err := os.Stat(filepath.Join(work, name))
		inBackup := err == nil
		switch {
		case name == config.KeyFile && !inBackup, strings.HasPrefix(name, ".") && !inBackup:
			continue // stays what it is
		case strings.HasPrefix(name, dataFile), inBackup:
			names = append(names, name)
		case manifest.Contents == contentsAll && (isDatabase(name) || name == "storage"):
			names = append(names, name)
		}
	}

	return names, nil
}

// finishRestore goes on with a restore that was interrupted after its backup had
// been unpacked. It may be called at any time, by whoever is alone in the folder.
func finishRestore(dir string) error {
	work := filepath.Join(dir, clearing)
	if _, err := os.Stat(work); err == nil {
		if err := putAside(dir, work); err != nil {
			return fmt.Errorf("putting the former data aside: %w", err)
		}
		if err := errors.Join(os.Rename(work, filepath.Join(dir, placing)), syncFolder(dir)); err != nil {
			return err
		}
	}

	work = filepath.Join(dir, placing)
	entries, err := os.ReadDir(work)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.Name() == asideName {
			continue
		}
		if err := os.Rename(filepath.Join(work, entry.Name()), filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("putting the restored data in place: %w", err)
		}
	}

	return errors.Join(syncFolder(dir), os.RemoveAll(work))
}

func putAside(dir, work string) error {
	raw, err := os.ReadFile(filepath.Join(work, asideName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // there was no data
	}
	if err != nil {
		return err
	}
	names := strings.Split(string(raw), "\n")
	aside := filepath.Join(dir, names[0])
	for _, name := range names[1:] {
		err := os.Rename(filepath.Join(dir, name), filepath.Join(aside, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // done before the interruption
			return err
		}
	}

	return errors.Join(syncFolder(aside), syncFolder(dir))
}

func writeSynced(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)

	return errors.Join(err, file.Sync(), file.Close())
}
