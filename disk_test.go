//go:build linux

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"recado/hooks/disk"
)

// small mounts a file system of so many megabytes.
func small(t *testing.T, megabytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm", megabytes)); err != nil {
		t.Skipf("only root may mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })

	return dir
}

// fill leaves so many bytes free in dir. The file it returns takes the room.
func fill(t *testing.T, dir string, leave int64) string {
	t.Helper()
	path := filepath.Join(dir, "ballast")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for err = syscall.ENOSPC; err != nil; { // a server that runs may take some of it meanwhile
		var stat syscall.Statfs_t
		if err := syscall.Statfs(dir, &stat); err != nil {
			t.Fatal(err)
		}
		err = syscall.Fallocate(int(file.Fd()), 0, 0, int64(stat.Bavail)*stat.Bsize-leave)
		if err != nil && !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}

	return path
}

// Without room a backup, a restore and an upgrade say so and change nothing;
// with room they work.
func TestDiskFull(t *testing.T) {
	data, away := filepath.Join(t.TempDir(), "pb_data"), t.TempDir()
	setUp(t, data)
	addContacts(t, data, 8000)
	backup := filepath.Join(away, "backup.zip")
	ok(t, "backup", "--dir", data, "--to", backup)

	t.Run("backup", func(t *testing.T) {
		full := small(t, 4)
		fails(t, "not enough room for the backup", "backup", "--dir", data, "--to", full+"/")
		if left, _ := filepath.Glob(filepath.Join(full, "*")); len(left) > 0 {
			t.Errorf("it left %v", left)
		}
		if have := contacts(t, data); have != 8000 {
			t.Errorf("%d contacts", have)
		}
	})

	t.Run("restore", func(t *testing.T) {
		full := filepath.Join(small(t, 64), "pb_data")
		ok(t, "restore", backup, "--dir", full)
		addContacts(t, full, 1)
		for _, leave := range []int64{0, 100 << 10, 1 << 20, 4 << 20} {
			ballast := fill(t, filepath.Dir(full), leave)
			if out, errs, code := recado(t, nil, "restore", backup, "--dir", full); code == 0 || !strings.Contains(errs, "not enough room") {
				t.Errorf("with %d bytes: %d %s%s", leave, code, out, errs)
			}
			os.Remove(ballast)
			untouched(t, full)
			if have := contacts(t, full); have != 8001 {
				t.Fatalf("%d contacts", have)
			}
		}
		ok(t, "restore", backup, "--dir", full)
		if have := contacts(t, full); have != 8000 {
			t.Errorf("%d contacts", have)
		}
	})

	t.Run("upgrade", func(t *testing.T) {
		full := filepath.Join(small(t, 96), "pb_data")
		ok(t, "restore", backup, "--dir", full)
		outdate(t, full)
		ballast := fill(t, filepath.Dir(full), 2<<20)
		fails(t, "so nothing was changed", "serve", "--dir", full, "--http", "127.0.0.1:0")
		if have := contacts(t, full); have != 8000 {
			t.Errorf("%d contacts", have)
		}
		os.Remove(ballast)
		serve(t, full).stop(t)
		if have := contacts(t, full); have != 8000 {
			t.Errorf("%d contacts", have)
		}
		if copies := upgradeCopies(t, full); len(copies) != 1 {
			t.Errorf("copies: %v", copies)
		}
	})
}

// filled runs a command whose disk is full from a random moment on, and reports
// whether it succeeded all the same.
func filled(t *testing.T, dir string, took time.Duration, args ...string) (succeeded bool, errs string) {
	t.Helper()
	after := time.Duration(rand.Int64N(int64(took)))
	t.Logf("full after %s of %s", after, took)
	full := make(chan error)
	go func() {
		time.Sleep(after)
		file, err := os.Create(filepath.Join(dir, "ballast"))
		for chunk := make([]byte, 256<<10); err == nil; {
			_, err = file.Write(chunk)
		}
		full <- errors.Join(err, file.Close())
	}()
	_, errs, code := recado(t, nil, args...)
	if err := <-full; !disk.IsFull(err) {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "ballast"))

	return code == 0, errs
}

const fills = 5

// The disk may also become full while they are at it: others use it too.
func TestDiskFillsUpMeanwhile(t *testing.T) {
	data, away := filepath.Join(t.TempDir(), "pb_data"), t.TempDir()
	setUp(t, data)
	addContacts(t, data, 8000)
	backup := filepath.Join(away, "backup.zip")

	t.Run("backup", func(t *testing.T) {
		took := duration(t, "backup", "--dir", data, "--to", backup)
		full := small(t, 64)
		for range fills {
			target := filepath.Join(full, "backup.zip")
			if succeeded, errs := filled(t, full, took, "backup", "--dir", data, "--to", target); succeeded {
				ok(t, "backup", "verify", target)
				os.Remove(target)
			} else if !strings.Contains(errs, "not enough room for the backup") {
				t.Errorf("it says %s", errs)
			}
			if left, _ := os.ReadDir(full); len(left) > 0 {
				t.Errorf("it left %v", left)
			}
		}
		if have := contacts(t, data); have != 8000 {
			t.Errorf("%d contacts", have)
		}
	})

	t.Run("restore", func(t *testing.T) {
		full := small(t, 96)
		folder := filepath.Join(full, "pb_data")
		ok(t, "restore", backup, "--dir", folder)
		took := duration(t, "restore", backup, "--dir", folder)
		for range fills {
			for _, path := range dirs(t, folder, "before-restore-") {
				os.RemoveAll(path)
			}
			addContacts(t, folder, 8001-contacts(t, folder)) // 8001 is the old, 8000 the new
			succeeded, errs := filled(t, full, took, "restore", backup, "--dir", folder)
			if want := map[bool]int{true: 8000, false: 8001}[succeeded]; contacts(t, folder) != want {
				t.Fatalf("%d contacts, want %d: %s", contacts(t, folder), want, errs)
			}
			if !succeeded && !strings.Contains(errs, "not enough room") {
				t.Errorf("it says %s", errs)
			}
		}
	})

	t.Run("upgrade", func(t *testing.T) {
		outdate(t, data)
		took := time.Duration(0)
		for range fills {
			full := small(t, 96)
			folder := filepath.Join(full, "pb_data")
			if err := os.CopyFS(folder, os.DirFS(data)); err != nil {
				t.Fatal(err)
			}
			if took == 0 {
				took = duration(t, "setup", "--dir", folder)

				continue
			}
			filled(t, full, took, "setup", "--dir", folder)
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
	})
}

// With a full disk nothing is acknowledged that is not stored, whoever asks reads
// why, and everything goes on by itself within half a minute of room.
func TestFullDiskWhileServing(t *testing.T) {
	full := small(t, 64)
	data := filepath.Join(full, "pb_data")
	setUp(t, data)
	addContacts(t, data, 1)
	p := serve(t, data)
	c := &client{t: t, address: p.address}
	owner := c.must("POST", "/api/collections/users/auth-with-password", "", map[string]any{"identity": "owner@example.com", "password": "a-good-password"})["token"].(string)
	visitor := "Bearer " + c.must("POST", "/api/recado/webchat/"+publicKey(t, data)+"/sessions", "", map[string]any{})["token"].(string)

	acknowledged := map[string]bool{}
	write := func(id string) (int, string) {
		code, body := send(t, "POST", p.address+"/api/recado/webchat/messages", visitor, `{"clientId":"`+id+`","text":"`+id+strings.Repeat(" word", 300)+`"}`)
		if code == http.StatusCreated || code == http.StatusOK {
			acknowledged[id] = true
		}

		return code, body
	}
	if code, body := write("first"); code != http.StatusCreated {
		t.Fatal(code, body)
	}

	ballast := fill(t, full, 0)
	refused := 0
	for n := 0; refused < 20; n++ {
		switch code, body := write(fmt.Sprint("full", n)); {
		case code == http.StatusInsufficientStorage && strings.Contains(body, `"disk_full"`):
			refused++
		case code == http.StatusTooManyRequests:
			t.Fatal("the limits for visitors come before the disk is full")
		case code != http.StatusCreated && code != http.StatusOK:
			t.Fatalf("%d %s", code, body)
		}
	}
	_, rows := get(t, p.address+"/api/collections/contacts/records")
	if !strings.Contains(rows, `"items"`) {
		t.Errorf("reading fails too: %s", rows)
	}
	var contact, company string
	if err := database(t, data).QueryRow("SELECT id, company FROM contacts LIMIT 1").Scan(&contact, &company); err != nil {
		t.Fatal(err)
	}
	change := func() int {
		code, body := send(t, "PATCH", p.address+"/api/collections/contacts/records/"+contact+"?company="+company, owner, `{"notes":"`+strings.Repeat("n", 20_000)+`"}`)
		if code != 200 && (code != http.StatusInsufficientStorage || !strings.Contains(body, `"disk_full"`)) {
			t.Errorf("changing a contact: %d %s", code, body)
		}

		return code
	}
	if code := change(); code != http.StatusInsufficientStorage {
		t.Errorf("a contact was changed: %d", code)
	}
	if file := c.call("POST", "/api/recado/webchat/files", visitor, pdf("exam")); file["status"] != float64(http.StatusInsufficientStorage) {
		t.Errorf("a file: %v", file)
	}
	var health struct {
		Status string
		Advice []struct{ Code string }
	}
	_, body := get(t, p.address+"/api/recado/health")
	if err := json.Unmarshal([]byte(body), &health); err != nil || health.Status != "failing" || !strings.Contains(body, `"disk_full"`) {
		t.Errorf("health: %s", body)
	}

	os.Remove(ballast)
	room := time.Now()
	for n := 0; ; n++ {
		if code, _ := write(fmt.Sprint("room", n)); code == http.StatusCreated {
			break
		}
		if time.Since(room) > 30*time.Second {
			t.Fatal("nothing was taken within 30 seconds of room")
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Logf("taken %s after there was room", time.Since(room))
	if code := change(); code != 200 {
		t.Errorf("a contact can't be changed: %d", code)
	}
	p.stop(t)
	contacts(t, data) // and sound
	db := database(t, data)
	for id := range acknowledged {
		var count int
		if err := db.QueryRow("SELECT COUNT(*) FROM messages WHERE text LIKE ? || ' %'", id).Scan(&count); err != nil || count != 1 {
			t.Errorf("%s is there %d times (%v)", id, count, err)
		}
	}
}

// send passes one request and returns the answer's status and body.
func send(t *testing.T, method, url, token, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}

	return response.StatusCode, string(answer)
}
