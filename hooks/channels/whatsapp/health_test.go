package whatsapp_test

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/channels/whatsapp/wasim"
	"recado/hooks/recadotest"
)

// Parity: LS-instances.
func TestANumberThatIsOffMakesTheHealthDegraded(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	if since := d.Reload(d.channel).GetString("off_since"); since != "" {
		t.Fatalf("online and off since %s", since)
	}
	d.sim.Refuse(true)
	d.shop.Devices()[0].Cut()
	d.eventually("it is off", func() bool { return d.Reload(d.channel).GetString("off_since") != "" })
	since := d.Reload(d.channel).GetString("off_since")
	out := d.reply(in, map[string]any{"text": "espera"})
	d.eventually("the message waits", func() bool { return d.Reload(out).GetString("error") == "number_offline" })
	health := func() recadotest.Response {
		return d.Do("GET", "/api/recado/health", "", nil).Must(t, http.StatusOK)
	}
	if h := health(); strings.Contains(string(h.Raw), "number_off") {
		t.Errorf("news already: %s", h.Raw)
	}

	_, err := d.NonconcurrentDB().Update(collections.Channels, dbx.Params{"off_since": time.Now().UTC().Add(-6 * time.Minute).Format("2006-01-02 15:04:05.000Z")}, dbx.HashExp{"id": d.channel.Id}).Execute()
	must(t, err)
	if h := health(); h.JSON["status"] != "degraded" || !strings.Contains(string(h.Raw), "number_off") || !strings.Contains(string(h.Raw), "1 messages wait") {
		t.Errorf("the health is %s", h.Raw)
	}
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"off_since": "", "linked_at": ""}).Must(t, http.StatusOK)
	if d.Reload(d.channel).GetString("off_since") == "" {
		t.Errorf("a member wrote since when it is off; it was %s", since)
	}
	d.sim.Refuse(false)
	d.online()
	d.waitStatus(out, "delivered")
	if h := health(); strings.Contains(string(h.Raw), "number_off") || d.Reload(d.channel).GetString("off_since") != "" {
		t.Errorf("still off: %s", h.Raw)
	}
}

func TestAConnectionThatGetsNowhereIsGivenUp(t *testing.T) {
	d := newDesk(t)
	d.WhatsApp.Hurry(5 * time.Second) // a busy machine signs in within that
	d.link()
	d.says(d.maria, "oi")
	reason := func(part string) {
		d.t.Helper()
		d.eventually("it is said why: "+part, func() bool { why, _ := d.state()["reason"].(string); return strings.Contains(why, part) })
	}
	d.sim.Faults.Stall(wasim.Stall{SignIn: true})
	d.shop.Devices()[0].Cut()
	reason("did not answer in time")
	d.sim.Faults.Stall(wasim.Stall{})
	d.online()

	d.sim.Refuse(true)
	d.shop.Devices()[0].Cut()
	d.eventually("it is offline", func() bool { return !d.shop.Devices()[0].Online() })
	id := got(d.maria.Say(d.shop, "perdida?"))(t)
	d.sim.Faults.Stall(wasim.Stall{Offline: true})
	d.sim.Refuse(false)
	reason("were announced and did not come")
	d.sim.Faults.Stall(wasim.Stall{})
	d.message(id)
	d.online()
}

func TestARefusalIsSaid(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	refuse := func(code int) { d.sim.Faults.RefuseMessages(func(_, _ *wasim.Phone) int { return code }) }
	refuse(403)
	if failed := d.waitStatus(d.reply(in, map[string]any{"text": "proibida"}), "failed"); failed.GetString("error") != "restricted" {
		t.Errorf("403 is %q", failed.GetString("error"))
	}
	refuse(429)
	out := d.reply(in, map[string]any{"text": "devagar"})
	d.eventually("it is throttled", func() bool { return d.state()["state"] == "throttled" })
	d.eventually("the message waits", func() bool { return d.Reload(out).GetString("status") == "queued" })
	refuse(0)
	must(t, d.Inbox.Flush(d.channel.Id))
	d.waitStatus(out, "delivered")
	d.online()
}

// A second Recado with the same link takes the number over; the first stops, says
// why, and does not fight for it.
func TestTheFirstOfTwoRecadosWithOneLinkStops(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	must(t, d.shop.Settled(within(t)))
	_, err := d.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute()
	must(t, err)
	dir := t.TempDir()
	must(t, filepath.WalkDir(d.DataDir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "-shm") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}

		return os.WriteFile(filepath.Join(dir, filepath.Base(path)), raw, 0o600)
	}))

	second := recadotest.Open(t, dir, nil, "RECADO_WHATSAPP_SIMULATOR="+d.Config.WhatsAppSimulator, "RECADO_WHATSAPP_PACE_MS=0")
	d.eventually("the first is replaced", func() bool { return d.state()["state"] == "replaced" })
	if reason, _ := d.state()["reason"].(string); reason == "" {
		t.Error("it does not say why")
	}
	must(t, d.shop.Online(within(t)))
	dials := d.sim.Dials()
	id := got(d.maria.Say(d.shop, "quem lê?"))(t)
	d.eventually("the second has it", func() bool {
		n, err := second.CountRecords(collections.Messages, dbx.HashExp{"external_id": id})

		return err == nil && n == 1
	})
	if d.sim.Dials() != dials || d.state()["state"] != "replaced" {
		t.Error("they fight")
	}
}

// Of two Recados on one data folder one has the numbers, and the other takes them over
// when it ends.
//
// Parity: LS-instances.
func TestOneOfTwoRecadosOnOneFolderHasTheNumber(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	must(t, d.shop.Settled(within(t)))
	dials := d.sim.Dials()
	second := d.Beside()
	elsewhere := second.Do("POST", d.url("connect"), d.owner.Token, map[string]any{})
	if elsewhere.Status != http.StatusConflict || elsewhere.Code() != "numbers_elsewhere" {
		t.Errorf("asked to connect the second answers %d %s", elsewhere.Status, elsewhere.Raw)
	}
	out := d.reply(d.says(d.maria, "um"), map[string]any{"text": "sim?"})
	d.waitStatus(out, "delivered")
	if d.sim.Dials() != dials || d.state()["state"] != "online" {
		t.Errorf("%d clients dialled, the first is %v", d.sim.Dials()-dials, d.state()["state"])
	}

	must(t, d.WhatsApp.Stop(t.Context()))
	id := got(d.maria.Say(d.shop, "e agora?"))(t)
	d.eventually("the second has it", func() bool {
		n, err := second.CountRecords(collections.Messages, dbx.HashExp{"external_id": id})

		return err == nil && n == 1
	})
	second.Do("POST", d.url("connect"), d.owner.Token, map[string]any{}).Must(t, http.StatusOK)
}
