package whatsapp_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

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

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)

	return ctx
}

// eventually waits for what another goroutine does.
func (d *desk) eventually(what string, holds func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
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
	d.eventually("the number is online", func() bool { return d.state()["state"] == "online" })
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

// Parity: WT-whatsapp, LS-instances, LS-message-send.
func TestANumberIsLinkedByQRAndTalks(t *testing.T) {
	d := newDesk(t)
	if state := d.state(); state["state"] != "unlinked" {
		t.Fatalf("begins as %v", state)
	}
	d.link()
	if state := d.state(); state["number"] != "+5511999990001" || state["qr"] != "" {
		t.Errorf("linked as %v", state)
	}

	in := d.says(d.maria, "Olá!")
	if in.GetString("text") != "Olá!" || in.GetString("kind") != "text" {
		t.Errorf("received %v", in.PublicExport())
	}
	contact := got(d.FindRecordById(collections.Contacts, in.GetString("contact")))(t)
	if contact.GetString("name") != "Maria" || contact.GetString("phone") != "+5511988880001" || contact.GetString("source") != "whatsapp" {
		t.Errorf("the contact is %v", contact.PublicExport())
	}

	out := d.reply(in, map[string]any{"text": "Bom dia, Maria", "reply_to": in.Id})
	arrived := got(d.maria.Received().Wait(within(t), heard("Bom dia, Maria")))(t)
	out = d.waitStatus(out, "delivered")
	if arrived.ID != out.GetString("external_id") || arrived.Message.GetExtendedTextMessage().GetContextInfo().GetStanzaID() != in.GetString("external_id") {
		t.Errorf("arrived as %v", arrived)
	}
	d.maria.Read(d.shop, arrived.ID)
	d.waitStatus(out, "read")
	if d.conversation().GetDateTime("read_by_contact_at").IsZero() {
		t.Error("the conversation does not know that it was read")
	}
}

func TestANumberIsLinkedByCode(t *testing.T) {
	d := newDesk(t)
	d.Do("POST", d.url("connect"), d.owner.Token, map[string]any{"phone": "+55 11 99999-0001"}).Must(t, http.StatusOK)
	var code string
	d.eventually("a code is shown", func() bool { code, _ = d.state()["code"].(string); return code != "" })
	got(d.shop.TypeCode(within(t), code))(t)
	d.online()

	d.Do("POST", d.url("connect"), d.owner.Token, map[string]any{"phone": "0123"}).Must(t, http.StatusBadRequest)
}

func TestLinkingIsForThoseWhoManageChannels(t *testing.T) {
	d := newDesk(t)
	agent, stranger := d.company.Member("agent"), d.Company().Member("owner")
	for _, call := range []struct{ method, leaf string }{{"GET", "link"}, {"POST", "connect"}, {"POST", "disconnect"}, {"GET", "answering?answer=new"}} {
		for who, token := range map[string]string{"agent": agent.Token, "stranger": stranger.Token} {
			if r := d.Do(call.method, d.url(call.leaf), token, map[string]any{}); r.Status != http.StatusForbidden {
				t.Errorf("%s %s by %s: %d", call.method, call.leaf, who, r.Status)
			}
		}
		// the same channel under the stranger's own company
		own := strings.Replace(d.url(call.leaf), "company="+d.company.Id, "company="+stranger.GetString("company"), 1)
		if r := d.Do(call.method, own, stranger.Token, map[string]any{}); r.Status != http.StatusNotFound {
			t.Errorf("%s %s across companies: %d", call.method, call.leaf, r.Status)
		}
	}
	patched := d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"state": "online", "number": "+5511000000000", "device": "x", "name": "Novo"}).Must(t, http.StatusOK)
	if patched.JSON["state"] != "unlinked" || patched.JSON["number"] != "" || patched.JSON["name"] != "Novo" {
		t.Errorf("a member writes %s", patched.Raw)
	}
}

func TestANumberIsLinkedOnce(t *testing.T) {
	d := linked(t)
	other := d.company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Outro", "active": true})
	url := func(leaf string) string { return d.company.URL("/api/recado/channels/" + other.Id + "/" + leaf) }
	d.Do("POST", url("connect"), d.owner.Token, map[string]any{}).Must(t, http.StatusOK)
	var code string
	read := func() map[string]any { return d.Do("GET", url("link"), d.owner.Token, nil).JSON }
	d.eventually("a QR code is shown", func() bool { code, _ = read()["qr"].(string); return code != "" })
	if _, err := d.shop.Scan(within(t), code); err == nil {
		t.Fatal("linked twice")
	}
	d.eventually("the screen says why", func() bool { return read()["problem"] == "number_taken" })
	d.says(d.maria, "ainda aqui?")
}

func TestANewNumberAnswersNobody(t *testing.T) {
	d := linked(t)
	if got := d.Reload(d.channel).GetString("settings"); !strings.Contains(got, `"answer":"nobody"`) {
		t.Fatalf("settings begin as %s", got)
	}
	in := d.says(d.maria, "oi")
	d.eventually("it waits for a person", func() bool {
		return d.Reload(d.conversation()).GetString("answerer") == "waiting" && d.Reload(d.conversation()).GetString("triage_due") == ""
	})
	if n := d.maria.Received().Len(); n != 0 {
		t.Fatalf("%d answers to someone who was to get none", n)
	}

	preview := d.Do("GET", d.url("answering?answer=everyone"), d.owner.Token, nil).Must(t, http.StatusOK)
	if preview.JSON["total"] != 1.0 || !strings.Contains(string(preview.Raw), in.GetString("contact")) {
		t.Errorf("the preview is %s", preview.Raw)
	}

	// New contacts only: Maria is none.
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": map[string]any{"answer": "new"}}).Must(t, http.StatusOK)
	ana := d.sim.NewPhone("5511988880002", "Ana")
	got(ana.Say(d.shop, "olá"))(t)
	got(ana.Received().Wait(within(t), func(r wasim.Received) bool { return r.Text() != "" }))(t)
	d.says(d.maria, "e eu?")
	must(t, d.Inbox.Drain(t.Context()))
	if n := d.maria.Received().Len(); n != 0 {
		t.Errorf("%d answers to someone who was there before", n)
	}
}

func TestAnswersAreSentOnceTheNumberIsSwitchedOn(t *testing.T) {
	d := linked(t)
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"settings": map[string]any{"answer": "everyone"}}).Must(t, http.StatusOK)
	got(d.maria.Say(d.shop, "oi"))(t)
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Text() != "" }))(t)
}

func picture() []byte {
	var b bytes.Buffer
	_ = png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)))

	return b.Bytes()
}

// Parity: WT-media, WT-messages.
func TestEveryKindOfMessageIsShown(t *testing.T) {
	d := linked(t)
	first := d.says(d.maria, "primeira")

	voice := append([]byte("OggS"), bytes.Repeat([]byte{0}, 60)...)
	for kind, file := range map[string]struct {
		content    []byte
		mime, want string
	}{
		"image": {picture(), "image/png", "image"}, "voice": {voice, "audio/ogg; codecs=opus", "audio"},
		"document": {[]byte("%PDF-1.4 something"), "application/pdf", "document"}, "sticker": {picture(), "image/png", "sticker"},
	} {
		message := d.message(got(d.maria.Attach(d.shop, kind, file.content, file.mime, "legenda"))(t))
		d.eventually(kind+" has its file", func() bool { message = d.Reload(message); return len(message.GetStringSlice("attachments")) == 1 })
		stored := got(d.FindRecordById(collections.Files, message.GetStringSlice("attachments")[0]))(t)
		if message.GetString("kind") != file.want || stored.GetInt("size") != len(file.content) || stored.GetString("message") != message.Id {
			t.Errorf("%s is %v with %v", kind, message.PublicExport(), stored.PublicExport())
		}
		if strings.Contains(message.GetString("data"), "waiting") {
			t.Errorf("%s still waits: %s", kind, message.GetString("data"))
		}
		down := d.Do("GET", d.company.URL("/api/recado/files/"+stored.Id), d.owner.Token, nil).Must(t, http.StatusOK)
		if !bytes.Equal(down.Raw, file.content) {
			t.Errorf("%s is another file", kind)
		}
	}

	place := d.message(got(d.maria.Locate(d.shop, -23.5, -46.6, "Paulista"))(t))
	card := d.message(got(d.maria.Introduce(d.shop, "Ana", "5511955550000"))(t))
	poll := d.message(got(d.maria.Ask(d.shop, "Quando?", "hoje", "amanhã"))(t))
	odd := d.message(got(d.maria.Send(d.shop, &waE2E.Message{ProductMessage: &waE2E.ProductMessage{Body: proto.String("x")}}))(t))
	for message, want := range map[*core.Record][2]string{
		place: {"location", "Paulista"}, card: {"contact", "+5511955550000"}, poll: {"poll", "Quando?"}, odd: {"unsupported", ""},
	} {
		if message.GetString("kind") != want[0] || !strings.Contains(message.GetString("text"), want[1]) {
			t.Errorf("want %v, is %v", want, message.PublicExport())
		}
	}
	got(d.maria.Vote(d.shop, poll.GetString("external_id"), "amanhã"))(t)
	d.eventually("the vote is on the poll", func() bool { return strings.Contains(d.Reload(poll).GetString("data"), `"voted":["amanhã"]`) })
	answer := d.message(got(d.maria.Answer(d.shop, "isto", first.GetString("external_id"), d.maria))(t))
	if answer.GetString("reply_to") != first.Id {
		t.Error("the quote is lost")
	}
	d.maria.Call(d.shop)
	d.eventually("a call is shown", func() bool {
		n, err := d.CountRecords(collections.Messages, dbx.NewExp("data LIKE '%\"call\"%'"))

		return err == nil && n == 1
	})
	d.conversation() // all in one
}

func TestWhatHappensToAMessageIsShownOnIt(t *testing.T) {
	d := linked(t)
	first := d.says(d.maria, "às 15")
	id := first.GetString("external_id")
	got(d.maria.React(d.shop, id, true, "👍"))(t)
	d.eventually("the reaction is there", func() bool { return strings.Contains(d.Reload(first).GetString("reactions"), "👍") })
	got(d.maria.Edit(d.shop, id, "às 16"))(t)
	d.eventually("the words are others", func() bool {
		return d.Reload(first).GetString("text") == "às 16" && !d.Reload(first).GetDateTime("edited_at").IsZero() && d.Reload(d.conversation()).GetString("preview") == "às 16"
	})

	// What is someone else's stays as it is.
	ana := d.sim.NewPhone("5511988880002", "Ana")
	d.says(ana, "oi")
	got(ana.Edit(d.shop, id, "invadido"))(t)
	got(ana.Revoke(d.shop, id))(t)
	d.says(ana, "depois")
	if text := d.Reload(first).GetString("text"); text != "às 16" {
		t.Errorf("a stranger made it %q", text)
	}

	got(d.maria.Revoke(d.shop, id))(t)
	d.eventually("it is taken back", func() bool {
		return !d.Reload(first).GetDateTime("deleted_at").IsZero() && d.Reload(first).GetString("text") == ""
	})
}

func TestTheTeamChangesItsMessages(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	out := d.waitStatus(d.reply(in, map[string]any{"text": "bom dai"}), "delivered")
	path := func(m *core.Record, leaf string) string {
		return d.company.URL("/api/recado/messages/" + m.Id + "/" + leaf)
	}
	d.Do("POST", path(out, "edit"), d.owner.Token, map[string]any{"text": "bom dia"}).Must(t, http.StatusOK)
	got(d.maria.Received().Wait(within(t), heard("bom dia")))(t)
	d.Do("POST", path(in, "react"), d.owner.Token, map[string]any{"emoji": "❤️"}).Must(t, http.StatusOK)
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool {
		return r.Message.GetReactionMessage().GetKey().GetID() == in.GetString("external_id")
	}))(t)
	d.Do("POST", path(out, "delete"), d.owner.Token, nil).Must(t, http.StatusOK)
	got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool {
		return r.Message.GetProtocolMessage().GetKey().GetID() == out.GetString("external_id") && r.Message.GetProtocolMessage().GetType() == waE2E.ProtocolMessage_REVOKE
	}))(t)
}

func TestFilesAreSent(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "manda a foto?")
	file := d.upload(in, "foto.png", picture())
	out := d.reply(in, map[string]any{"kind": "image", "text": "aqui", "attachments": []string{file}})
	arrived := got(d.maria.Received().Wait(within(t), func(r wasim.Received) bool { return r.Message.GetImageMessage() != nil }))(t)
	if content := got(d.sim.Attachment(arrived.Message))(t); !bytes.Equal(content, picture()) || arrived.Text() != "aqui" {
		t.Error("another picture arrived")
	}
	d.waitStatus(out, "delivered")
}

func TestWhatIsTypedOnThePhonePausesTheBot(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	typed := d.message(got(d.shop.TypeOn(d.maria, &waE2E.Message{Conversation: proto.String("já te ligo")}))(t))
	if typed.GetString("direction") != "out" || typed.GetString("status") != "sent" || typed.GetString("answered_by") != "human" {
		t.Errorf("it is %v", typed.PublicExport())
	}
	conversation := d.conversation()
	if conversation.GetString("answerer") != "human" || conversation.GetString("status") != "open" {
		t.Errorf("the conversation is %v", conversation.PublicExport())
	}
	in := d.says(d.maria, "ok")
	d.shop.ReadHere(d.maria, in.GetString("external_id"))
	d.eventually("read on the phone is read here", func() bool { return d.Reload(conversation).GetInt("unread") == 0 })
}

func TestAHiddenIDIsOnePersonWithItsNumber(t *testing.T) {
	d := linked(t)
	d.maria.HideNumber()
	first := d.says(d.maria, "quem sou eu?")
	contact := got(d.FindRecordById(collections.Contacts, first.GetString("contact")))(t)
	if contact.GetString("phone") != "" {
		t.Errorf("the number is known already: %v", contact.PublicExport())
	}
	out := d.reply(first, map[string]any{"text": "oi"})
	d.waitStatus(out, "delivered")

	d.maria.ShowLID()
	second := d.says(d.maria, "sou eu")
	if second.GetString("contact") != contact.Id {
		t.Error("one person is two contacts")
	}
	if phone := d.Reload(contact).GetString("phone"); phone != "+5511988880001" {
		t.Errorf("the number is not known: %q", phone)
	}
	third := d.says(d.maria, "de novo")
	if third.GetString("conversation") != first.GetString("conversation") {
		t.Error("one person has two conversations")
	}
}

func TestAKnownNumberAndAHiddenIDBecomeOneContact(t *testing.T) {
	d := linked(t)
	known := d.company.Create(collections.Contacts, map[string]any{"name": "Maria Silva", "phone": "+5511988880001", "lifecycle": "customer"})
	d.maria.HideNumber()
	first := d.says(d.maria, "oi")
	if first.GetString("contact") == known.Id {
		t.Fatal("known by magic")
	}
	d.maria.ShowLID()
	second := d.says(d.maria, "sou a Maria")
	if second.GetString("contact") != known.Id && d.Reload(first).GetString("contact") != second.GetString("contact") {
		t.Fatal("not merged")
	}
	merge := got(d.FindFirstRecordByFilter(collections.ContactMerges, "reason = 'revealed'"))(t)
	if n := len(got(d.FindAllRecords(collections.Contacts, dbx.HashExp{"company": d.company.Id, "deleted": ""}))(t)); n != 1 {
		t.Fatalf("%d contacts", n)
	}
	must(t, d.RunInTransaction(func(txApp core.App) error { return d.Contacts.Unmerge(txApp, merge, "") }))
	if n := len(got(d.FindAllRecords(collections.Contacts, dbx.HashExp{"company": d.company.Id, "deleted": ""}))(t)); n != 2 {
		t.Fatalf("%d contacts after taking it back", n)
	}
}

func TestTheSameNumberInTwoCompaniesIsTwoContacts(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	other := d.Company()
	other.Create(collections.Contacts, map[string]any{"name": "Maria", "phone": "+5511988880001", "lifecycle": "lead"})
	d.maria.ShowLID()
	d.says(d.maria, "de novo")
	if n := len(got(d.FindAllRecords(collections.Contacts, dbx.HashExp{"phone": "+5511988880001"}))(t)); n != 2 {
		t.Errorf("%d contacts in two companies", n)
	}
}

func TestVariantsOfANumberAreOneContact(t *testing.T) {
	d := linked(t)
	for written, shown := range map[string]string{
		"+551177770000": "5511977770000", "+5511977770001": "551177770001",
		"+525512345678": "5215512345678", "+5491123456789": "541123456789",
	} {
		contact := d.company.Create(collections.Contacts, map[string]any{"name": written, "phone": written, "lifecycle": "lead"})
		phone := d.sim.NewPhone(shown, "P"+shown)
		if in := d.says(phone, "oi"); in.GetString("contact") != contact.Id {
			t.Errorf("%s and %s are two contacts", written, shown)
		}
	}
}

func TestTenPicturesAtOnceAreOneConversation(t *testing.T) {
	d := linked(t)
	var ids []string
	for i := range 10 {
		ids = append(ids, got(d.maria.Attach(d.shop, "image", picture(), "image/png", fmt.Sprint(i)))(t))
	}
	for _, id := range ids {
		message := d.message(id)
		d.eventually("the file is there", func() bool { return len(d.Reload(message).GetStringSlice("attachments")) == 1 })
	}
	d.conversation()
}

func TestACutLosesAndDoublesNothing(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	device := d.shop.Devices()[0]
	device.Cut()
	id := got(d.maria.Say(d.shop, "no escuro"))(t)
	d.message(id)
	d.online()
	must(t, d.shop.Settled(within(t)))

	d.sim.Refuse(true)
	device.Cut()
	d.eventually("it is offline", func() bool { return d.state()["state"] == "connecting" })
	out := d.reply(d.message(id), map[string]any{"text": "espera"})
	d.eventually("the message waits", func() bool {
		return d.Reload(out).GetString("error") == "number_offline" && d.Reload(out).GetString("status") == "queued"
	})
	if d.state()["waiting"] != 1.0 {
		t.Errorf("%v messages wait", d.state()["waiting"])
	}
	d.sim.Refuse(false)
	d.online()
	got(d.maria.Received().Wait(within(t), heard("espera")))(t)
	d.waitStatus(out, "delivered")
	d.eventually("no error is left", func() bool { return d.Reload(out).GetString("error") == "" })
}

func TestAnUnreadableMessageIsShownAndFillsInLater(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	d.maria.Garble(2)
	id := got(d.maria.Say(d.shop, "ilegível"))(t)
	message := d.message(id)
	d.eventually("it can be read", func() bool {
		message = d.Reload(message)

		return message.GetString("kind") == "text" && message.GetString("text") == "ilegível" && !strings.Contains(message.GetString("data"), "undecryptable")
	})
}

func TestStatusesOnlyMoveForward(t *testing.T) {
	d := linked(t)
	d.maria.Silence(true)
	in := d.says(d.maria, "oi")
	kinds := []string{"", "read", "played", "sender"}
	for i, order := range permutations(4) {
		out := d.waitStatus(d.reply(in, map[string]any{"text": fmt.Sprint("m", i)}), "sent")
		for _, at := range order {
			d.maria.Acknowledge(d.shop, kinds[at], out.GetString("external_id"))
		}
		must(t, d.shop.Settled(within(t)))
		d.waitStatus(out, "read")
	}
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, shorter := range permutations(n - 1) {
		for at := range n {
			all = append(all, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}

	return all
}

func TestAColdContactIsRefusedAndOthersAreNot(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	d.sim.NewPhone("5511988880002", "Ana")
	d.sim.Faults.RefuseMessages(func(from, to *wasim.Phone) int {
		if from != to && !to.HasWrittenTo(from) {
			return wasim.ReachOutTimelock
		}

		return 0
	})
	cold := d.first("+5511988880002", "promoção")
	if failed := d.waitStatus(cold, "failed"); failed.GetString("error") != "reach_out_limited" {
		t.Errorf("failed for %q", failed.GetString("error"))
	}
	nobody := d.first("+5511900000000", "olá?")
	if failed := d.waitStatus(nobody, "failed"); failed.GetString("error") != "not_on_whatsapp" {
		t.Errorf("failed for %q", failed.GetString("error"))
	}
	d.waitStatus(d.reply(in, map[string]any{"text": "tudo bem?"}), "delivered")
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

func TestAMissingAcknowledgementIsOneMessage(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	d.sim.Faults.HoldAcks(true)
	out := d.reply(in, map[string]any{"text": "uma vez"})
	got(d.maria.Received().Wait(within(t), heard("uma vez")))(t)
	d.sim.Faults.HoldAcks(false)
	d.shop.Devices()[0].Cut() // it is sent again over the next connection
	out = d.waitStatus(out, "delivered")
	n := 0
	for _, r := range d.maria.Received().All() {
		if r.ID == out.GetString("external_id") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("it arrived %d times", n)
	}
}

func TestUnlinkedOnThePhoneAndLinkedAgain(t *testing.T) {
	d := linked(t)
	before := d.says(d.maria, "oi")
	d.shop.UnlinkAll()
	d.eventually("it is logged out", func() bool { return d.state()["state"] == "logged_out" })
	if state := d.state(); state["number"] != "+5511999990001" || state["reason"] == "" {
		t.Errorf("the screen says %v", state)
	}
	d.link()
	after := d.says(d.maria, "voltou?")
	if after.GetString("conversation") != before.GetString("conversation") {
		t.Error("linking again began anew")
	}

	d.Do("POST", d.url("disconnect"), d.owner.Token, nil).Must(t, http.StatusOK)
	if state := d.state(); state["state"] != "unlinked" || len(d.shop.Devices()) != 0 {
		t.Errorf("unlinked here: %v, %d devices", state, len(d.shop.Devices()))
	}
}

func TestEndsAreTold(t *testing.T) {
	d := linked(t)
	device := d.shop.Devices()[0]
	device.StreamError("", "replaced")
	d.eventually("it was replaced", func() bool { return d.state()["state"] == "replaced" })
	d.Do("POST", d.url("connect"), d.owner.Token, map[string]any{}).Must(t, http.StatusOK)
	d.online()

	d.shop.Ban(402)
	d.eventually("it is throttled", func() bool { return d.state()["state"] == "throttled" })
	d.shop.Ban(0)
	d.Do("POST", d.url("connect"), d.owner.Token, map[string]any{}).Must(t, http.StatusOK)
	d.online()

	d.shop.Ban(405)
	d.eventually("it is outdated", func() bool { return d.state()["state"] == "outdated" })
	d.shop.Ban(0)
	d.Do("POST", d.url("connect"), d.owner.Token, map[string]any{}).Must(t, http.StatusOK)
	d.online()

	d.shop.Ban(403)
	d.eventually("it is banned", func() bool { return d.state()["state"] == "banned" })
}

func TestAChannelThatIsSwitchedOffIsSilent(t *testing.T) {
	d := linked(t)
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"active": false}).Must(t, http.StatusOK)
	d.eventually("it is offline", func() bool { return !d.shop.Devices()[0].Online() })
	id := got(d.maria.Say(d.shop, "oi"))(t)
	d.Do("POST", d.url("connect"), d.owner.Token, map[string]any{}).Must(t, http.StatusConflict)
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"active": true}).Must(t, http.StatusOK)
	d.message(id)
}

func (d *desk) upload(in *core.Record, name string, content []byte) string {
	d.t.Helper()
	file := d.company.Create(collections.Files, map[string]any{"conversation": in.GetString("conversation"), "file": fileOf(d.t, name, content), "name": name})

	return file.Id
}
