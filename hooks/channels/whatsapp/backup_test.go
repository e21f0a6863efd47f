package whatsapp_test

import (
	"archive/zip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/backup"
	"recado/hooks/recadotest"
)

// No backup has the keys of a link: they would be old ones. A restore asks for the
// number to be linked again, and every conversation is there.
//
// Parity: LS-instances.
func TestABackupHasTheConversationsAndNotTheLink(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	must(t, d.shop.Settled(within(t)))
	holds := func(path string) {
		t.Helper()
		archive := got(zip.OpenReader(path))(t)
		defer archive.Close()
		if len(archive.File) == 0 {
			t.Errorf("%s is empty", path)
		}
		for _, file := range archive.File {
			if strings.Contains(file.Name, "whatsapp") {
				t.Errorf("%s has %s", filepath.Base(path), file.Name)
			}
		}
	}
	must(t, d.CreateBackup(t.Context(), "dashboard.zip"))
	holds(filepath.Join(d.DataDir(), core.LocalBackupsDirName, "dashboard.zip"))

	path, dir := filepath.Join(t.TempDir(), "ours.zip"), t.TempDir()
	got(backup.Create(t.Context(), d.DataDir(), path, backup.Options{Version: "test", Now: time.Now()}))(t)
	holds(path)
	got(backup.Extract(t.Context(), path, dir))(t)
	must(t, d.WhatsApp.Stop(t.Context()))

	after := &desk{t: t, sim: d.sim, company: d.company, owner: d.owner, channel: d.channel, shop: d.shop, maria: d.maria}
	after.App = recadotest.Open(t, dir, nil, "RECADO_WHATSAPP_SIMULATOR="+d.Config.WhatsAppSimulator, "RECADO_WHATSAPP_PACE_MS=0")
	after.eventually("it asks for a new link", func() bool {
		state := after.state()
		reason, _ := state["reason"].(string)

		return state["state"] == "logged_out" && strings.Contains(reason, "Link the number again")
	})
	if message := got(after.FindRecordById(collections.Messages, in.Id))(t); message.GetString("text") != "oi" {
		t.Errorf("restored as %v", message.PublicExport())
	}
	d.shop.UnlinkAll()
	after.link()
	if again := after.says(d.maria, "voltei"); again.GetString("conversation") != in.GetString("conversation") {
		t.Error("linking again began anew")
	}
}
