package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// setUp makes a data folder with a company in it.
func setUp(t *testing.T, data string) {
	t.Helper()
	if out, errs, code := recado(t, []string{"RECADO_PASSWORD=a-good-password"}, "setup", "--dir", data, "--email", "owner@example.com",
		"--name", "Owner", "--company", "Clinic", "--timezone", "America/Sao_Paulo", "--locale", "en"); code != 0 {
		t.Fatalf("%s%s", out, errs)
	}
}

// database opens data.db of a folder nobody uses.
func database(t *testing.T, data string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(data, "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })

	return db
}

// addContacts writes n contacts, half a kilobyte each, past all rules.
func addContacts(t *testing.T, data string, n int) {
	t.Helper()
	db := database(t, data)
	defer db.Close()
	if _, err := db.Exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < ?1)
		INSERT INTO contacts (id, company, name, notes, created, updated)
		SELECT printf('bulk%011d', (SELECT COUNT(*) FROM contacts) + i), (SELECT id FROM companies), 'Contact ' || i, hex(randomblob(256)),
			'2030-01-01 00:00:00.000Z', '2030-01-01 00:00:00.000Z' FROM n WHERE i <= ?1`, n); err != nil {
		t.Fatal(err)
	}
}

// contacts counts them, in a database that must be sound.
func contacts(t *testing.T, data string) int {
	t.Helper()
	db := database(t, data)
	defer db.Close()
	var verdict string
	var count int
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
		t.Fatalf("the database is damaged: %s %v", verdict, err)
	}
	if err := db.QueryRow("SELECT COUNT(*) FROM contacts").Scan(&count); err != nil {
		t.Fatal(err)
	}

	return count
}

// ok runs a command that must succeed.
func ok(t *testing.T, args ...string) string {
	t.Helper()
	out, errs, code := recado(t, nil, args...)
	if code != 0 {
		t.Fatalf("%v: %s%s", args, out, errs)
	}

	return out
}

func fails(t *testing.T, want string, args ...string) {
	t.Helper()
	out, errs, code := recado(t, nil, args...)
	if code == 0 || !strings.Contains(errs, want) {
		t.Fatalf("%v: exit %d, %q lacks %q", args, code, out+errs, want)
	}
}

// names lists what a backup holds.
func names(t *testing.T, path string) []string {
	t.Helper()
	reader, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	var list []string
	for _, file := range reader.File {
		list = append(list, file.Name)
	}

	return list
}

// A backup is made while visitors write, tested, and restored elsewhere.
//
// Parity: WB-scripts, DC-ops.
func TestBackupAndRestore(t *testing.T) {
	data, away := filepath.Join(t.TempDir(), "pb_data"), t.TempDir()
	setUp(t, data)
	addContacts(t, data, 5000)
	p := serve(t, data)
	visitor := &client{t: t, address: p.address}
	token := "Bearer " + visitor.must("POST", "/api/recado/webchat/"+publicKey(t, data)+"/sessions", "", map[string]any{})["token"].(string)
	visitor.must("POST", "/api/recado/webchat/files", token, pdf("exam"))
	visitor.must("POST", "/api/recado/webchat/messages", token, map[string]any{"clientId": "1", "text": "Hello"})
	if err := os.WriteFile(filepath.Join(data, "secret.key"), []byte(strings.Repeat("ab", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	writing := make(chan bool)
	done := make(chan int, 1)
	go func() {
		written := 0
		defer func() { done <- written }() // also where it is ended by a failure
		for {
			select {
			case <-writing:
				return
			default:
				answer := visitor.call("POST", "/api/recado/webchat/messages", token, map[string]any{"clientId": fmt.Sprint("w", written), "text": "while it is copied"})
				if _, taken := answer["id"]; taken { // some are too many at once
					written++
				}
			}
		}
	}()
	out := ok(t, "backup", "--dir", data, "--to", away+"/")
	close(writing)
	if written := <-done; written == 0 {
		t.Error("nobody could write meanwhile")
	}
	made, _ := filepath.Glob(filepath.Join(away, "recado-*.zip"))
	if len(made) != 1 || !strings.Contains(out, made[0]) || !strings.Contains(out, "sealing key is not in it") {
		t.Fatalf("%s: %v", out, made)
	}
	have := names(t, made[0])
	if slices.Contains(have, "secret.key") || !slices.Contains(have, "data.db") || !slices.Contains(have, "auxiliary.db") || have[len(have)-1] != "recado-backup.json" {
		t.Errorf("it holds %v", have)
	}
	if !slices.ContainsFunc(have, func(name string) bool { return strings.HasPrefix(name, "storage/") }) {
		t.Errorf("it lacks the file: %v", have)
	}
	if out := ok(t, "backup", "verify", made[0]); !strings.Contains(out, "is sound") || !strings.Contains(out, "contacts") {
		t.Error(out)
	}
	withKey := filepath.Join(away, "with-key.zip")
	ok(t, "backup", "--dir", data, "--to", withKey, "--with-key")
	if !slices.Contains(names(t, withKey), "secret.key") {
		t.Error("the key is not in it although asked for")
	}

	fails(t, "stop it first", "restore", made[0], "--dir", data)
	p.stop(t)
	before := contacts(t, data)
	addContacts(t, data, 7)
	out = ok(t, "restore", made[0], "--dir", data)
	if have := contacts(t, data); have != before {
		t.Errorf("%d contacts, want %d", have, before)
	}
	aside, _ := filepath.Glob(filepath.Join(data, "before-restore-*"))
	if len(aside) != 1 || !strings.Contains(out, aside[0]) || contacts(t, aside[0]) != before+7 {
		t.Errorf("the former data is not aside: %v %s", aside, out)
	}
	if _, err := os.Stat(filepath.Join(data, "secret.key")); err != nil {
		t.Error("the restore took the key away")
	}

	fresh := filepath.Join(t.TempDir(), "new")
	ok(t, "restore", made[0], "--dir", fresh)
	p = serve(t, fresh)
	if _, body := get(t, p.address+"/api/recado/health"); !strings.Contains(body, `"ok":true`) {
		t.Error(body)
	}
	p.stop(t)
	if have := contacts(t, fresh); have != before {
		t.Errorf("%d contacts, want %d", have, before)
	}
}

func TestDamagedBackups(t *testing.T) {
	data, away := filepath.Join(t.TempDir(), "pb_data"), t.TempDir()
	setUp(t, data)
	addContacts(t, data, 10)
	whole := filepath.Join(away, "whole.zip")
	ok(t, "backup", "--dir", data, "--to", whole)
	raw, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, damaged := range map[string][]byte{
		"cut off":    raw[:len(raw)/2],
		"one byte":   damage(t, raw),
		"no archive": []byte("hello"),
	} {
		path := filepath.Join(away, "damaged.zip")
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"backup", "verify", path}, {"restore", path, "--dir", data}} {
			if out, errs, code := recado(t, nil, args...); code == 0 || !strings.Contains(errs, path) {
				t.Errorf("%s: %v: %d %s%s", name, args, code, out, errs)
			}
		}
	}
	if have := contacts(t, data); have != 10 {
		t.Errorf("%d contacts are left", have)
	}
	untouched(t, data)
}

// damage is an archive with one byte of its largest file changed so that it reads
// otherwise: not each byte matters, as between nothing but zeros.
func damage(t *testing.T, archive []byte) []byte {
	t.Helper()
	read := func(archive []byte) (*zip.File, error) {
		opened, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
		if err != nil {
			return nil, err
		}
		largest := slices.MaxFunc(opened.File, func(a, b *zip.File) int { return cmp.Compare(a.CompressedSize64, b.CompressedSize64) })
		content, err := largest.Open()
		if err != nil {
			return nil, err
		}
		defer content.Close()
		_, err = io.Copy(io.Discard, content)

		return largest, err
	}
	largest, err := read(archive)
	if err != nil {
		t.Fatal(err)
	}
	begins, err := largest.DataOffset()
	if err != nil {
		t.Fatal(err)
	}
	for at := begins + int64(largest.CompressedSize64)/3; ; at++ {
		damaged := bytes.Clone(archive)
		damaged[at] ^= 0xff
		if _, err := read(damaged); err != nil {
			return damaged
		}
	}
}

// untouched tells that a command that failed left nothing behind.
func untouched(t *testing.T, data string) {
	t.Helper()
	entries, err := os.ReadDir(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); strings.Contains(name, "restore") || strings.HasPrefix(name, ".recado-backup") && entry.IsDir() {
			t.Errorf("%s was left behind", name)
		}
	}
}

// Parity: WB-scripts.
func TestNewerDataIsRefused(t *testing.T) {
	data, away := filepath.Join(t.TempDir(), "pb_data"), t.TempDir()
	setUp(t, data)
	db := database(t, data)
	if _, err := db.Exec(`UPDATE _params SET value = json_set(value, '$.version', 'v9.0.0', '$.digest', 'other', '$.names[#]', 'contacts.mood') WHERE id = 'recado_shape'; PRAGMA user_version = 9`); err != nil {
		t.Fatal(err)
	}
	backup := filepath.Join(away, "newer.zip")
	ok(t, "backup", "--dir", data, "--to", backup)
	want := "the data was written by a newer Recado (v9.0.0): it has contacts.mood"
	fails(t, want, "serve", "--dir", data, "--http", "127.0.0.1:0")
	fails(t, want, "setup", "--dir", data)
	fails(t, want, "backup", "verify", backup)
	fails(t, want, "restore", backup, "--dir", filepath.Join(away, "new"))
	if copies, _ := filepath.Glob(filepath.Join(data, "backups", "*")); len(copies) > 0 {
		t.Errorf("it was copied all the same: %v", copies)
	}
}

// outdate makes the data look like an older version's: an index is missing.
func outdate(t *testing.T, data string) {
	t.Helper()
	db := database(t, data)
	defer db.Close()
	var indexes string
	if err := db.QueryRow("SELECT group_concat(name) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'contacts' AND sql IS NOT NULL").Scan(&indexes); err != nil {
		t.Fatal(err)
	}
	for index := range strings.SplitSeq(indexes, ",") {
		if _, err := db.Exec("DROP INDEX `" + index + "`"); err != nil {
			t.Fatal(err)
		}
	}
	for _, statement := range []string{
		"UPDATE _collections SET indexes = '[]' WHERE name = 'contacts'",
		"DROP TABLE IF EXISTS audit", "DELETE FROM _collections WHERE name = 'audit'",
		"DELETE FROM _params WHERE id = 'recado_shape'", "PRAGMA user_version = 0",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(statement, err)
		}
	}
}

func upgradeCopies(t *testing.T, data string) []string {
	t.Helper()
	copies, err := filepath.Glob(filepath.Join(data, "backups", "recado-before-upgrade-*.zip"))
	if err != nil {
		t.Fatal(err)
	}

	return copies
}

func TestUpgradeCopiesTheDatabaseFirst(t *testing.T) {
	data := filepath.Join(t.TempDir(), "pb_data")
	setUp(t, data)
	if copies := upgradeCopies(t, data); len(copies) > 0 {
		t.Fatalf("a new folder was copied: %v", copies)
	}
	addContacts(t, data, 10)
	outdate(t, data)
	serve(t, data).stop(t)
	copies := upgradeCopies(t, data)
	if len(copies) != 1 {
		t.Fatalf("copies: %v", copies)
	}
	serve(t, data).stop(t)
	if again := upgradeCopies(t, data); len(again) != 1 {
		t.Errorf("copied again: %v", again)
	}

	addContacts(t, data, 5)
	ok(t, "restore", copies[0], "--dir", data)
	if have := contacts(t, data); have != 10 {
		t.Errorf("%d contacts after going back", have)
	}
	db := database(t, data)
	var tables int
	if err := db.QueryRow("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'audit'").Scan(&tables); err != nil || tables != 0 {
		t.Errorf("the copy is of the new schema (%v)", err)
	}
}

// killed runs a command and kills it after the given time. It reports whether
// the command was still running then.
func killed(t *testing.T, after time.Duration, args ...string) bool {
	t.Helper()
	command := exec.Command(binary, args...)
	command.Env = environment()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	err := command.Wait()

	return err != nil
}

// duration tells how long the command takes when left alone.
func duration(t *testing.T, args ...string) time.Duration {
	t.Helper()
	started := time.Now()
	ok(t, args...)

	return time.Since(started)
}

const kills = 8

// kill -9 at any moment of a backup leaves the data as it is, no half backup, and
// the next one works.
func TestKilledBackup(t *testing.T) {
	data, away := filepath.Join(t.TempDir(), "pb_data"), t.TempDir()
	setUp(t, data)
	addContacts(t, data, 8000)
	took := duration(t, "backup", "--dir", data, "--to", filepath.Join(away, "first.zip"))

	for i := range kills {
		target := filepath.Join(away, "killed.zip")
		after := time.Duration(rand.Int64N(int64(took)))
		t.Logf("kill %d after %s of %s", i, after, took)
		killed(t, after, "backup", "--dir", data, "--to", target)
		if _, err := os.Stat(target); err == nil {
			ok(t, "backup", "verify", target)
			os.Remove(target)
		}
	}
	if have := contacts(t, data); have != 8000 {
		t.Errorf("%d contacts", have)
	}
	last := filepath.Join(away, "last.zip")
	ok(t, "backup", "--dir", data, "--to", last)
	ok(t, "backup", "verify", last)
	if _, err := os.Stat(filepath.Join(away, ".recado-backup")); err == nil {
		t.Error("what the killed ones left is still there")
	}
}

// kill -9 at any moment of a restore leaves the old data or the new, never a
// mixture and never nothing.
func TestKilledRestore(t *testing.T) {
	data, away := filepath.Join(t.TempDir(), "pb_data"), t.TempDir()
	setUp(t, data)
	addContacts(t, data, 8000)
	backup := filepath.Join(away, "backup.zip")
	ok(t, "backup", "--dir", data, "--to", backup)
	took := duration(t, "restore", backup, "--dir", data)
	addContacts(t, data, 1) // 8001 is the old, 8000 the new

	for i := range kills {
		after := time.Duration(rand.Int64N(int64(took)))
		if i%2 == 1 { // the end is where things are moved
			after = took - time.Duration(rand.Int64N(int64(took)/4))
		}
		t.Logf("kill %d after %s of %s", i, after, took)
		killed(t, after, "restore", backup, "--dir", data)
		// whatever command comes next opens the folder
		ok(t, "setup", "--dir", data)
		switch have := contacts(t, data); have {
		case 8001:
		case 8000:
			addContacts(t, data, 1)
		default:
			t.Fatalf("%d contacts", have)
		}
		for _, path := range dirs(t, data, "before-restore-") {
			os.RemoveAll(path)
		}
	}
	ok(t, "restore", backup, "--dir", data)
	if have := contacts(t, data); have != 8000 {
		t.Errorf("%d contacts", have)
	}
	for _, path := range dirs(t, data, ".recado-restore") {
		t.Errorf("%s is left", path)
	}
}

func dirs(t *testing.T, data, prefix string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(data, prefix+"*"))
	if err != nil {
		t.Fatal(err)
	}

	return list
}

// kill -9 at any moment of the first start of a new version loses nothing, and
// the copy is of the data before.
func TestKilledUpgrade(t *testing.T) {
	data := filepath.Join(t.TempDir(), "pb_data")
	setUp(t, data)
	addContacts(t, data, 8000)
	outdate(t, data)
	pristine := filepath.Join(t.TempDir(), "old")
	if err := os.CopyFS(pristine, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	took := duration(t, "setup", "--dir", data)

	for i := range kills {
		folder := filepath.Join(t.TempDir(), fmt.Sprint("try", i))
		if err := os.CopyFS(folder, os.DirFS(pristine)); err != nil {
			t.Fatal(err)
		}
		after := time.Duration(rand.Int64N(int64(took)))
		t.Logf("kill %d after %s of %s", i, after, took)
		killed(t, after, "setup", "--dir", folder)
		ok(t, "setup", "--dir", folder)
		if have := contacts(t, folder); have != 8000 {
			t.Fatalf("%d contacts", have)
		}
		copies := upgradeCopies(t, folder)
		if len(copies) != 1 {
			t.Fatalf("copies: %v", copies)
		}
		ok(t, "backup", "verify", copies[0])
	}
}
