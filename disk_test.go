//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
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
	var stat syscall.Statfs_t
	if err := syscall.Statfs(dir, &stat); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Fallocate(int(file.Fd()), 0, 0, int64(stat.Bavail)*stat.Bsize-leave); err != nil {
		t.Fatal(err)
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
