package backup

import (
	"archive/zip"
	"compress/flate"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/config"
)

const (
	dataFile       = "data.db"
	manifestName   = "recado-backup.json"
	manifestFormat = 1

	contentsAll      = "everything"
	contentsDatabase = "database"

	// syncEvery keeps what waits to be written small: a gigabyte written out at
	// once would hold up the server's own commits.
	syncEvery = 8 << 20
)

// Manifest says what a backup holds. It is the archive's last entry, so an archive
// that has it was finished.
type Manifest struct {
	Format   int               `json:"format"`
	Version  string            `json:"version"`
	Made     time.Time         `json:"made"`
	Contents string            `json:"contents"` // everything, or database: data.db alone
	Key      bool              `json:"key"`      // the sealing key is in it
	Shape    collections.Shape `json:"shape"`    // of data.db
	Rows     map[string]int64  `json:"rows"`     // table of data.db → rows
	Files    []Entry           `json:"files"`
}

// Entry is one file of a backup.
type Entry struct {
	Name   string `json:"name"` // with slashes
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// archive writes a backup.
type archive struct {
	ctx      context.Context
	file     *os.File
	zip      *zip.Writer
	manifest *Manifest
	has      map[string]bool
}

func newArchive(ctx context.Context, path string, manifest *Manifest) (*archive, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	a := &archive{ctx: ctx, file: file, manifest: manifest, has: map[string]bool{}}
	a.zip = zip.NewWriter(&steadyFile{file: file})
	a.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })

	return a, nil
}

func (a *archive) abandon() { _ = a.file.Close() }

func (a *archive) finish() error {
	raw, err := json.Marshal(a.manifest)
	if err != nil {
		return err
	}
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: manifestName, Method: zip.Deflate, Modified: a.manifest.Made})
	if err != nil {
		return err
	}
	if _, err := w.Write(raw); err != nil {
		return err
	}

	return errors.Join(a.zip.Close(), a.file.Sync(), a.file.Close())
}

// addFile adds the file relative to dir, unless it is there already. Databases
// are compressed; what people send is already.
func (a *archive) addFile(dir, relative string) error {
	name := filepath.ToSlash(relative)
	if a.has[name] {
		return nil
	}
	source, err := os.Open(filepath.Join(dir, relative))
	if err != nil {
		return err
	}
	defer source.Close()
	method := zip.Store
	if path.Ext(name) == ".db" {
		method = zip.Deflate
	}

	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: method, Modified: a.manifest.Made})
	if err != nil {
		return err
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(w, sum), &stoppable{ctx: a.ctx, reader: source})
	if err != nil {
		return fmt.Errorf("adding %s: %w", name, err)
	}
	a.has[name] = true
	a.manifest.Files = append(a.manifest.Files, Entry{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))})

	return nil
}

// addFolder adds what the folder holds and the archive does not yet. A file that
// is deleted meanwhile is no loss: so is the row that spoke of it.
func (a *archive) addFolder(dir, folder string) error {
	return filepath.WalkDir(filepath.Join(dir, folder), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			var relative string
			if relative, err = filepath.Rel(dir, path); err == nil {
				err = a.addFile(dir, relative)
			}
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}

		return err
	})
}

// addRest adds what else there is in the data folder: whatever an administrator put there.
func (a *archive) addRest(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if leftOut(name) || isDatabase(name) {
			continue
		}
		if err := a.addFolder(dir, name); err != nil {
			return err
		}
	}

	return nil
}

// isDatabase tells the files of SQLite, those beside a database included.
func isDatabase(name string) bool {
	return strings.HasSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "-wal"), "-shm"), ".db")
}

// addDatabase adds a snapshot of a database that may be in use.
func (a *archive) addDatabase(ctx context.Context, path, work string) error {
	name := filepath.Base(path)
	snapshot := filepath.Join(work, name)
	if err := vacuumInto(ctx, path, snapshot); err != nil {
		return fmt.Errorf("copying %s: %w", name, err)
	}
	if name == dataFile {
		if err := a.describe(ctx, snapshot); err != nil {
			return err
		}
	}
	if err := a.addFile(work, name); err != nil {
		return err
	}

	return os.Remove(snapshot)
}

// describe notes in the manifest what the snapshot of data.db holds.
func (a *archive) describe(ctx context.Context, snapshot string) error {
	db, err := dbx.Open("sqlite", snapshot) // only read: no settings that would write
	if err != nil {
		return err
	}
	defer db.Close()
	if a.manifest.Rows, err = countRows(ctx, db.DB()); err != nil {
		return err
	}
	a.manifest.Shape, err = collections.ReadShape(db)

	return err
}

// removeWAL removes what opening a database leaves beside it.
func removeWAL(path string) {
	_ = os.Remove(path + "-wal")
	_ = os.Remove(path + "-shm")
}

// vacuumInto writes a compact copy of the database as it is at one moment. Being
// read in one transaction, writers go on.
func vacuumInto(ctx context.Context, path, target string) error {
	db, err := config.DBConnect(path)
	if err != nil {
		return err
	}
	defer db.Close()
	connection, err := db.DB().Conn(ctx)
	if err != nil {
		return err
	}
	defer connection.Close()
	// The copy is read at once and removed: it need not reach the disk.
	if _, err := connection.ExecContext(ctx, "PRAGMA synchronous=OFF"); err != nil {
		return err
	}
	_, err = connection.ExecContext(ctx, "VACUUM INTO ?", target)
	_, after := connection.ExecContext(context.WithoutCancel(ctx), "PRAGMA synchronous=FULL")

	return errors.Join(err, after)
}

// countRows counts the rows of every table, those of SQLite's own left out.
func countRows(ctx context.Context, db *sql.DB) (map[string]int64, error) {
	names, err := db.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
	if err != nil {
		return nil, err
	}
	defer names.Close()
	rows := map[string]int64{}
	for names.Next() {
		var name string
		if err := names.Scan(&name); err != nil {
			return nil, err
		}
		rows[name] = 0
	}
	if err := names.Err(); err != nil {
		return nil, err
	}
	for name := range rows {
		var count int64
		if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM "`+strings.ReplaceAll(name, `"`, `""`)+`"`).Scan(&count); err != nil {
			return nil, fmt.Errorf("counting %s: %w", name, err)
		}
		rows[name] = count
	}

	return rows, nil
}

// steadyFile brings what is written to the disk bit by bit.
type steadyFile struct {
	file    *os.File
	pending int
}

func (s *steadyFile) Write(p []byte) (int, error) {
	n, err := s.file.Write(p)
	s.pending += n
	if err == nil && s.pending >= syncEvery {
		s.pending = 0
		err = s.file.Sync()
	}

	return n, err
}

// stoppable ends a long copy with its context.
type stoppable struct {
	ctx    context.Context
	reader io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}

	return s.reader.Read(p)
}
