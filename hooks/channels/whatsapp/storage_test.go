//go:build linux

package whatsapp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
)

// A database that can't be written takes nothing: WhatsApp keeps the messages, and
// sends them again when it can. Nobody restarts anything.
//
// Parity: WT-whatsapp.
func TestNothingIsTakenThatCantBeKept(t *testing.T) {
	for name, storage := range map[string]func(t *testing.T, d *desk) (spoil, mend func()){
		"full disk":          fullDisk,
		"read-only messages": readOnly,
		"read-only keys":     limited("query_only = ON", "query_only = OFF"),
	} {
		t.Run(name, func(t *testing.T) {
			if name == "full disk" {
				smallDisk(t)
			}
			d := linked(t)
			d.says(d.maria, "antes")
			must(t, d.shop.Settled(within(t)))
			spoil, mend := storage(t, d)

			spoil()
			var ids []string
			for i := range 30 {
				id := got(d.maria.SendAs(fmt.Sprintf("3AFULL%04d", i), d.shop, text(fmt.Sprint("sem espaço ", i)), nil))(t)
				ids = append(ids, id)
			}
			d.eventually("it says so", func() bool { return d.state()["state"] == "storage_full" })
			var kept []string
			must(t, d.DB().Select("external_id").From(collections.ChannelEvents).Column(&kept))
			waiting := d.shop.Devices()[0].Waiting()
			for _, receipt := range d.maria.Receipts().All() {
				for _, id := range receipt.IDs {
					if slices.Contains(ids, id) && !slices.Contains(kept, id) && receipt.Type != "retry" {
						t.Errorf("%s was acknowledged, and is not kept", id)
					}
				}
			}
			if waiting == 0 {
				t.Error("all was acknowledged")
			}

			mend()
			mended := time.Now()
			for _, id := range ids {
				d.message(id)
			}
			d.online()
			if took := time.Since(mended); took > 30*time.Second {
				t.Errorf("back after %s", took)
			}
			must(t, d.shop.Settled(within(t)))
			if n := got(d.CountRecords(collections.Messages, dbx.HashExp{"kind": "text"}, dbx.NewExp("text LIKE 'sem espaço%'")))(t); int(n) != len(ids) {
				t.Errorf("%d messages of %d", n, len(ids))
			}
		})
	}
}

// smallDisk puts the data of the test on a small file system of its own.
func smallDisk(t *testing.T) {
	t.Helper()
	dir := got(os.MkdirTemp("", "recado-small-"))(t) // not t.TempDir, whose next ones would be beside it
	t.Cleanup(func() { _ = os.Remove(dir) })
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("only root may mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	t.Setenv("TMPDIR", dir)
}

func fullDisk(t *testing.T, d *desk) (spoil, mend func()) {
	ballast := filepath.Join(os.Getenv("TMPDIR"), "ballast")

	return func() {
			file := got(os.Create(ballast))(t)
			defer file.Close()
			for _, chunk := range []int{1 << 20, 4 << 10} {
				for zeros := make([]byte, chunk); ; {
					if _, err := file.Write(zeros); err != nil {
						break // full
					}
				}
			}
		}, func() {
			must(t, os.Remove(ballast))
		}
}

// readOnly is what a read-only disk does to every writer of data.db.
func readOnly(t *testing.T, d *desk) (spoil, mend func()) {
	set := func(on string) func() {
		return func() {
			if _, err := d.NonconcurrentDB().NewQuery("PRAGMA query_only = " + on).Execute(); err != nil {
				t.Fatal(err)
			}
		}
	}

	return set("ON"), set("OFF")
}

// limited keeps whatsapp.db alone from being written.
func limited(on, off string) func(*testing.T, *desk) (spoil, mend func()) {
	return func(t *testing.T, d *desk) (spoil, mend func()) {
		return func() { must(t, d.WhatsApp.LimitKeys(on)) }, func() { must(t, d.WhatsApp.LimitKeys(off)) }
	}
}
