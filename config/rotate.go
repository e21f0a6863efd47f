package config

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/tools/types"
)

// A rotation must leave key and secrets that fit, wherever it is cut off. The new key
// lies beside the old one, on the disk, before anything is sealed with it; all is
// sealed anew, and which key it was is written down, in one transaction; then the
// new file takes the place of the old one. Whoever finds the file of a new key looks
// whether that transaction was committed (FinishRotation).

// nextKeyFile holds the new key while a rotation is under way. It is hidden, so that
// backups leave it out.
const nextKeyFile = "." + KeyFile + ".next"

// keyRow is where a database remembers, after a rotation, which key it was sealed
// with, beside PocketBase's settings.
const keyRow = "recado_key"

// Rotated is what a rotation did.
type Rotated struct {
	Sealed int      // secrets that are sealed with the new key
	Locked []string // those that the old key did not open; they stay as they are
}

// Rotate seals all secrets of the data folder with a new key. Nobody else may use the
// folder meanwhile. A key that opens none of them is refused. next is the new key where the present one comes from the
// environment, which must then be changed by hand; else it is made. reached, which may
// be nil, is told each step.
func (c *Config) Rotate(ctx context.Context, next Key, reached func(step string)) (Rotated, error) {
	if reached == nil {
		reached = func(string) {}
	}
	fromFile := c.secretKey.bytes == nil
	if !fromFile && next.bytes == nil {
		return Rotated{}, errors.New("the present key comes from " + Prefix + "SECRET_KEY: give the new one in " + Prefix + "NEXT_SECRET_KEY, for example from `openssl rand -hex 32`")
	}
	if fromFile && next.bytes != nil {
		return Rotated{}, errors.New("the present key is in the file " + KeyFile + " and the new one is made: take " + Prefix + "NEXT_SECRET_KEY away, or set " + Prefix + "SECRET_KEY to the present key")
	}
	if err := FinishRotation(c.Dir); err != nil {
		return Rotated{}, err
	}
	current, err := c.StoredKey()
	if err != nil {
		return Rotated{}, err
	}
	if fromFile {
		if next, err = KeyFromFile(filepath.Join(c.Dir, nextKeyFile)); err != nil {
			return Rotated{}, err
		}
		if err := syncFolder(c.Dir); err != nil {
			return Rotated{}, err
		}
	}
	reached("key made")

	db, err := DBConnect(filepath.Join(c.Dir, "data.db"))
	if err != nil {
		return Rotated{}, err
	}
	defer db.Close()
	var done Rotated
	err = db.TransactionalContext(ctx, nil, func(tx *dbx.Tx) error {
		done, err = reseal(ctx, tx, current, next)
		reached("sealed")

		return err
	})
	if err != nil {
		return Rotated{}, errors.Join(fmt.Errorf("sealing anew: %w", err), FinishRotation(c.Dir))
	}
	reached("committed")
	if !fromFile {
		return done, nil
	}

	return done, placeNextKey(c.Dir)
}

func reseal(ctx context.Context, tx *dbx.Tx, current, next Key) (Rotated, error) {
	var done Rotated
	err := EachSealed(ctx, tx, func(s Sealed) error {
		plain, err := current.Open(s.Value, s.Place())
		if err != nil {
			if _, err := next.Open(s.Value, s.Place()); err == nil {
				done.Sealed++ // by a rotation before, whose key was not set yet
			} else {
				done.Locked = append(done.Locked, s.String())
			}

			return nil
		}
		sealed, err := next.Seal(plain, s.Place())
		if err != nil {
			return err
		}
		done.Sealed++
		_, err = tx.Update(s.Collection, dbx.Params{s.Field: sealed}, dbx.HashExp{"id": s.ID}).WithContext(ctx).Execute()

		return err
	})
	if err != nil {
		return Rotated{}, err
	}
	if done.Sealed == 0 && len(done.Locked) > 0 { // a key that was put here by mistake, and the right one would open nothing any more
		return Rotated{}, fmt.Errorf("the present key opens none of the stored secrets, such as the %s, and nothing was changed: %w", done.Locked[0], ErrSealed)
	}
	_, err = tx.NewQuery("INSERT INTO {{_params}} ([[id]], [[value]], [[created]], [[updated]]) VALUES ({:id}, {:value}, {:now}, {:now}) ON CONFLICT ([[id]]) DO UPDATE SET [[value]] = excluded.[[value]], [[updated]] = excluded.[[updated]]").
		Bind(dbx.Params{"id": keyRow, "value": `"` + next.fingerprint() + `"`, "now": types.NowDateTime().String()}).WithContext(ctx).Execute()

	return done, err
}

// FinishRotation brings a rotation that was cut off to its end, or back to its start.
// It does nothing where there was none.
func FinishRotation(dir string) error {
	path := filepath.Join(dir, nextKeyFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	next, err := KeyFromFile(path)
	if err != nil {
		return err
	}
	database := filepath.Join(dir, "data.db")
	var mark string
	if _, err := os.Stat(database); err == nil {
		db, err := DBConnect(database)
		if err != nil {
			return err
		}
		err = db.Select("value").From("_params").Where(dbx.HashExp{"id": keyRow}).Row(&mark)
		_ = db.Close()
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("looking which key the secrets are sealed with: %w", err)
		}
	}
	if mark == `"`+next.fingerprint()+`"` {
		return placeNextKey(dir)
	}

	return os.Remove(path)
}

func placeNextKey(dir string) error {
	if err := os.Rename(filepath.Join(dir, nextKeyFile), filepath.Join(dir, KeyFile)); err != nil {
		return fmt.Errorf("placing the new key: %w", err)
	}

	return syncFolder(dir)
}

// syncFolder makes what was created or renamed in a folder last; systems that can't
// sync a folder have it done already.
func syncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	_ = folder.Sync()

	return nil
}

// fingerprint tells keys apart without telling anything of them.
func (k Key) fingerprint() string {
	sum, err := k.Derive("fingerprint")
	if err != nil {
		return ""
	}
	short := sha256.Sum256(sum)

	return hex.EncodeToString(short[:16])
}
