package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"recado/collections"
	"recado/config"
	"recado/hooks/disk"
)

// Extract unpacks a backup into the folder into, checking every byte against the
// manifest. A backup PocketBase's dashboard made has none: its Manifest is
// zero but for Contents, and only the archive's own checksums are checked.
func Extract(ctx context.Context, backup, into string) (Manifest, error) {
	reader, err := zip.OpenReader(backup)
	if err != nil {
		return Manifest{}, fmt.Errorf("%s is not a whole backup: %w", backup, err)
	}
	defer reader.Close()

	if err := roomFor(&reader.Reader, into); err != nil {
		return Manifest{}, err
	}
	manifest := Manifest{Contents: contentsAll}
	expected := map[string]Entry{}
	for _, file := range reader.File {
		if file.Name == manifestName {
			if manifest, err = readManifest(file); err != nil {
				return manifest, fmt.Errorf("%s: %w", backup, err)
			}
			for _, entry := range manifest.Files {
				expected[entry.Name] = entry
			}
		}
	}

	for _, file := range reader.File {
		if file.Name == manifestName || file.FileInfo().IsDir() {
			continue
		}
		entry, listed := expected[file.Name]
		if manifest.Format > 0 && !listed {
			return manifest, fmt.Errorf("%s holds %s, which is not in its list", backup, file.Name)
		}
		found, err := extractFile(ctx, file, into)
		if disk.IsFull(err) {
			return manifest, err
		}
		if err != nil {
			return manifest, fmt.Errorf("%s: %s is damaged: %w", backup, file.Name, err)
		}
		if listed && found != entry {
			return manifest, fmt.Errorf("%s: %s is damaged: its contents differ from what was stored", backup, file.Name)
		}
		delete(expected, file.Name)
	}
	for name := range expected {
		return manifest, fmt.Errorf("%s lacks %s", backup, name)
	}
	if _, err := os.Stat(filepath.Join(into, dataFile)); err != nil {
		return manifest, fmt.Errorf("%s is no backup: it has no %s", backup, dataFile)
	}

	return manifest, nil
}

// roomFor refuses before anything is written. What SQLite needs to open the
// databases comes on top of their size.
func roomFor(reader *zip.Reader, into string) error {
	need := uint64(4 << 20)
	for _, file := range reader.File {
		need += file.UncompressedSize64
	}
	if free, _, err := disk.Space(into); err == nil && free < need {
		return fmt.Errorf("there is not enough room in %s to unpack the backup: %d MB are needed, %d MB are free", into, need>>20+1, free>>20)
	}

	return nil
}

func readManifest(file *zip.File) (Manifest, error) {
	var manifest Manifest
	content, err := file.Open()
	if err != nil {
		return manifest, err
	}
	defer content.Close()
	if err := json.NewDecoder(content).Decode(&manifest); err != nil {
		return manifest, fmt.Errorf("the list of its contents is damaged: %w", err)
	}
	if manifest.Format > manifestFormat {
		return manifest, fmt.Errorf("it was made by a newer Recado (%s); restore it with that version or a later one", manifest.Version)
	}

	return manifest, nil
}

func extractFile(ctx context.Context, file *zip.File, into string) (Entry, error) {
	if !filepath.IsLocal(filepath.FromSlash(file.Name)) {
		return Entry{}, errors.New("its name leads out of the folder")
	}
	path := filepath.Join(into, filepath.FromSlash(file.Name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Entry{}, err
	}
	content, err := file.Open()
	if err != nil {
		return Entry{}, err
	}
	defer content.Close()
	target, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return Entry{}, err
	}
	sum := sha256.New()
	size, err := io.Copy(io.MultiWriter(target, sum), &stoppable{ctx: ctx, reader: content})
	if err := errors.Join(err, target.Sync(), target.Close()); err != nil {
		return Entry{}, err
	}

	return Entry{Name: file.Name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

// Check looks whether the data unpacked in dir is sound and this program can work
// on it, and returns the number of rows of each table.
func Check(ctx context.Context, dir string, manifest Manifest, version string) (map[string]int64, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.db"))
	if err != nil {
		return nil, err
	}
	for _, path := range paths {
		if err := integrity(ctx, path); err != nil {
			return nil, err
		}
	}

	data := filepath.Join(dir, dataFile)
	db, err := config.DBConnect(data)
	if err != nil {
		return nil, err
	}
	defer removeWAL(data)
	defer db.Close()
	stored, err := collections.ReadShape(db)
	if err != nil {
		return nil, err
	}
	known, err := collections.DeclaredShape(version)
	if err != nil {
		return nil, err
	}
	if reason := stored.NewerThan(known); reason != "" {
		return nil, errors.New(reason)
	}
	rows, err := countRows(ctx, db.DB())
	if err != nil {
		return nil, err
	}
	for table, count := range manifest.Rows {
		if rows[table] != count {
			return nil, fmt.Errorf("%s has %d rows, but had %d when the backup was made", table, rows[table], count)
		}
	}

	return rows, nil
}

func integrity(ctx context.Context, path string) error {
	db, err := config.DBConnect(path)
	if err != nil {
		return err
	}
	defer removeWAL(path)
	defer db.Close()
	var verdict string
	if err := db.DB().QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&verdict); err != nil {
		return fmt.Errorf("%s can't be read: %w", filepath.Base(path), err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged: %s", filepath.Base(path), verdict)
	}

	return nil
}
