package whatsapp_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"go.mau.fi/whatsmeow/proto/waE2E"

	"recado/collections"
	"recado/hooks/channels/whatsapp/wasim"
	"recado/hooks/recadotest"
)

// desk is a company with one WhatsApp number, its phone and a customer.
type desk struct {
	*recadotest.App
	t       testing.TB
	sim     *wasim.Server
	company *recadotest.Company
	owner   *recadotest.Member
	channel *core.Record
	shop    *wasim.Phone
	maria   *wasim.Phone
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func got[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)

		return v
	}
}

// patience is how long something that is to happen may take: long, for machines that are busy.
const patience = time.Minute

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)

	return ctx
}

// eventually waits for what another goroutine does.
func (d *desk) eventually(what string, holds func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			d.t.Fatalf("it never happened: %s", what)
		}
	}
}

func simulate(t testing.TB) (*wasim.Server, string) {
	s := got(wasim.New(wasim.Options{Seed: 7}))(t)
	path := filepath.Join(t.TempDir(), "simulator.json")
	must(t, s.Endpoint().Write(path))

	return s, path
}

func newDesk(t testing.TB, settings ...string) *desk { return newDeskAt(t, nil, settings...) }

// newDeskAt is a desk with a clock of its own and further settings.
func newDeskAt(t testing.TB, now func() time.Time, env ...string) *desk {
	sim, path := simulate(t)
	d := &desk{t: t, sim: sim}
	t.Cleanup(sim.Close) // after the app, whose clients race with a remote end
	d.App = recadotest.New(t, now, append([]string{"RECADO_WHATSAPP_SIMULATOR=" + path, "RECADO_WHATSAPP_PACE_MS=0"}, env...)...)
	d.company = d.Company()
	d.owner = d.company.Member("owner")
	d.shop = sim.NewPhone("5511999990001", "Shop")
	d.maria = sim.NewPhone("5511988880001", "Maria")
	response := d.Do("POST", d.company.Records(collections.Channels), d.owner.Token,
		map[string]any{"company": d.company.Id, "kind": "whatsapp", "name": "Recepção", "answerer": "bot", "active": true}).Must(t, http.StatusOK)
	d.channel = got(d.FindRecordById(collections.Channels, response.JSON["id"].(string)))(t)

	return d
}

// linked is a desk whose number is online.
func linked(t testing.TB, settings ...string) *desk {
	d := newDesk(t, settings...)
	d.link()

	return d
}

func (d *desk) url(leaf string) string {
	return d.company.URL("/api/recado/channels/" + d.channel.Id + "/" + leaf)
}

func (d *desk) state() map[string]any {
	d.t.Helper()

	return d.Do("GET", d.url("link"), d.owner.Token, nil).Must(d.t, http.StatusOK).JSON
}

func (d *desk) link() {
	d.t.Helper()
	d.Do("POST", d.url("connect"), d.owner.Token, map[string]any{}).Must(d.t, http.StatusOK)
	var code string
	d.eventually("a QR code is shown", func() bool { code, _ = d.state()["qr"].(string); return code != "" })
	got(d.shop.Scan(within(d.t), code))(d.t)
	d.online()
}

func (d *desk) online() {
	d.t.Helper()
	var state map[string]any
	d.t.Cleanup(func() {
		if d.t.Failed() && state["state"] != "online" {
			d.t.Logf("the number is %v: %v", state["state"], state["reason"])
		}
	})
	d.eventually("the number is online", func() bool { state = d.state(); return state["state"] == "online" })
}

// message waits for the message with an id over there.
func (d *desk) message(external string) *core.Record {
	d.t.Helper()
	var message *core.Record
	d.eventually("a message "+external, func() (found bool) {
		var err error
		message, err = d.FindFirstRecordByFilter(collections.Messages, "channel = {:c} && external_id = {:e}",
			dbx.Params{"c": d.channel.Id, "e": external})

		return err == nil
	})

	return message
}

func (d *desk) conversation() *core.Record {
	d.t.Helper()
	list := got(d.FindAllRecords(collections.Conversations, dbx.HashExp{"channel": d.channel.Id}))(d.t)
	if len(list) != 1 {
		d.t.Fatalf("%d conversations, want one", len(list))
	}

	return list[0]
}

// says lets the customer write and waits until Recado has it.
func (d *desk) says(p *wasim.Phone, words string) *core.Record {
	d.t.Helper()

	return d.message(got(p.Say(d.shop, words))(d.t))
}

// reply lets the owner write in the conversation of a message.
func (d *desk) reply(to *core.Record, values map[string]any) *core.Record {
	d.t.Helper()
	body := map[string]any{"company": d.company.Id, "conversation": to.GetString("conversation"), "contact": to.GetString("contact"),
		"channel": d.channel.Id, "direction": "out", "kind": "text", "status": "queued", "at": time.Now().UTC()}
	for key, value := range values {
		body[key] = value
	}
	response := d.Do("POST", d.company.Records(collections.Messages), d.owner.Token, body).Must(d.t, http.StatusOK)

	return got(d.FindRecordById(collections.Messages, response.JSON["id"].(string)))(d.t)
}

func (d *desk) waitStatus(message *core.Record, status string) *core.Record {
	d.t.Helper()
	d.eventually("status "+status, func() bool { message = d.Reload(message); return message.GetString("status") == status })

	return message
}

func heard(words string) func(wasim.Received) bool {
	return func(r wasim.Received) bool { return r.Err == nil && !r.Own && r.Text() == words }
}

func picture() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)))

	return b.Bytes()
}

// first writes to a number that never wrote.
func (d *desk) first(phone, words string) *core.Record {
	d.t.Helper()
	contact := d.company.Create(collections.Contacts, map[string]any{"name": phone, "phone": phone, "lifecycle": "lead"})
	opened := d.Do("POST", d.company.URL("/api/recado/conversations"), d.owner.Token,
		map[string]any{"contact": contact.Id, "channel": d.channel.Id}).Must(d.t, http.StatusOK)
	stand := core.NewRecord(got(d.FindCollectionByNameOrId(collections.Messages))(d.t))
	stand.Load(map[string]any{"conversation": opened.JSON["id"], "contact": contact.Id})

	return d.reply(stand, map[string]any{"text": words})
}

func (d *desk) upload(in *core.Record, name string, content []byte) string {
	d.t.Helper()
	file := d.company.Create(collections.Files, map[string]any{"conversation": in.GetString("conversation"), "file": fileOf(d.t, name, content), "name": name})

	return file.Id
}

func fileOf(t testing.TB, name string, content []byte) *filesystem.File {
	t.Helper()

	return got(filesystem.NewFileFromBytes(content, name))(t)
}

func text(words string) *waE2E.Message { return &waE2E.Message{Conversation: &words} }
