package whatsapp_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels/whatsapp/wasim"
	"recado/hooks/recadotest"
)

func (d *desk) imported() []*core.Record {
	d.t.Helper()

	return got(d.FindAllRecords(collections.Conversations, dbx.HashExp{"channel": d.channel.Id, "imported": true}))(d.t)
}

func (d *desk) said(conversation *core.Record) []*core.Record {
	d.t.Helper()

	return got(d.FindRecordsByFilter(collections.Messages, "conversation = {:c}", "at,id", 0, 0, dbx.Params{"c": conversation.Id}))(d.t)
}

// brought waits until all parts of the history are in.
func (d *desk) brought() {
	d.t.Helper()
	must(d.t, d.shop.Settled(within(d.t)))
	d.eventually("the history is brought in", func() bool {
		must(d.t, d.WhatsApp.Drain(d.t.Context()))

		return d.state()["history"].(map[string]any)["parts"] == 0.0
	})
}

// Parity: WT-whatsapp.
func TestHistoryIsBroughtInWithoutAnAnswer(t *testing.T) {
	d := newDesk(t)
	d.set(map[string]any{"history_days": 30})
	d.link()
	d.set(map[string]any{"answer": "new"})
	days := func(n int) time.Time {
		return time.Now().Add(-time.Duration(n) * 24 * time.Hour).Truncate(time.Second)
	}
	past := []wasim.Past{
		{ID: "P3", Text: "obrigada!", At: days(2)},
		{ID: "P1", Text: "quanto custa?", At: days(20)},
		{ID: "P2", Text: "cem reais", Mine: true, At: days(19)},
		{ID: "P0", Text: "há muito tempo", At: days(60)},
	}
	device := d.shop.Devices()[0]
	must(t, d.shop.ShareHistory(device, d.maria, past...))
	d.brought()
	d.eventually("they are there", func() bool { return len(d.imported()) == 1 })

	conversation := d.conversation()
	if conversation.GetString("status") != "closed" || conversation.GetInt("unread") != 0 || !conversation.GetDateTime("waiting_since").IsZero() ||
		conversation.GetString("preview") != "obrigada!" || !conversation.GetDateTime("closed_at").Time().Equal(days(2)) {
		t.Errorf("it is %v", conversation.PublicExport())
	}
	list := d.said(conversation)
	if len(list) != 3 || list[0].GetString("text") != "quanto custa?" || list[1].GetString("direction") != "out" || list[2].GetString("external_id") != "P3" {
		t.Fatalf("%d messages: %v", len(list), list)
	}
	contact := got(d.FindRecordById(collections.Contacts, conversation.GetString("contact")))(t)
	if contact.GetString("name") != "Maria" || !contact.GetDateTime("created").Time().Equal(days(20)) {
		t.Errorf("the contact is %v", contact.PublicExport())
	}

	// The same again is nothing new; a longer window brings the rest.
	must(t, d.shop.ShareHistory(device, d.maria, past...))
	d.brought()
	if n := len(d.said(conversation)); n != 3 {
		t.Errorf("%d messages after the same part came again", n)
	}
	d.set(map[string]any{"history_days": 90})
	d.brought()
	d.eventually("the oldest is there", func() bool { return len(d.said(conversation)) == 4 })

	// What comes now begins a conversation of its own, and Maria is not new.
	live := d.says(d.maria, "voltei")
	if live.GetString("conversation") == conversation.Id {
		t.Error("the present goes on in the past")
	}
	must(t, d.Inbox.Drain(t.Context()))
	if n := d.maria.Received().Len(); n != 0 {
		t.Errorf("%d answers", n)
	}
	if n := len(d.said(conversation)); n != 4 || d.Reload(conversation).GetString("status") != "closed" {
		t.Error("the past has changed")
	}
	if added := d.state()["history"].(map[string]any)["added"]; added != 4.0 {
		t.Errorf("the screen says %v", added)
	}
}

func TestHistoryGoesOnWhereItWas(t *testing.T) {
	d := linked(t)
	var past []wasim.Past
	for i := range 450 {
		past = append(past, wasim.Past{ID: fmt.Sprintf("P%03d", i), Text: fmt.Sprint(i), At: time.Now().Add(time.Duration(i-1000) * time.Minute)})
	}
	must(t, d.shop.ShareHistory(d.shop.Devices()[0], d.maria, past...))
	d.brought()
	if n := len(d.imported()); n != 0 {
		t.Fatalf("%d conversations of a history nobody wants", n)
	}

	// As after a process that died behind its second commit.
	d.eventually("the part is kept", func() bool {
		n, err := d.CountRecords(collections.ChannelEvents, dbx.HashExp{"kind": "history"}, dbx.NewExp("handled != ''"))

		return err == nil && n == 1
	})
	_, err := d.NonconcurrentDB().NewQuery(`UPDATE channels SET settings = json_set(settings, '$.history_days', 30) WHERE id = {:id}`).Bind(dbx.Params{"id": d.channel.Id}).Execute()
	must(t, err)
	_, err = d.NonconcurrentDB().NewQuery(`UPDATE channel_events SET handled = '', payload = json_set(payload, '$.done', 400) WHERE kind = 'history'`).Execute()
	must(t, err)
	d.brought()
	d.eventually("the rest is there", func() bool { return len(d.imported()) == 1 && len(d.said(d.imported()[0])) == 50 })
	if first := d.said(d.imported()[0])[0].GetString("text"); first != "400" {
		t.Errorf("it went on at %s", first)
	}
}

// The files of what was said before are fetched when someone asks for them, also where
// WhatsApp has forgotten them and the phone has not.
//
// Parity: WT-media.
func TestFilesOfTheHistoryComeWhenAskedFor(t *testing.T) {
	d := newDesk(t)
	d.set(map[string]any{"history_days": 30})
	d.link()
	at := time.Now().Add(-48 * time.Hour)
	must(t, d.shop.ShareHistory(d.shop.Devices()[0], d.maria,
		wasim.Past{ID: "F1", Text: "a foto", At: at, File: picture()},
		wasim.Past{ID: "F2", Text: "a nossa", At: at.Add(time.Minute), Mine: true, File: picture()},
		wasim.Past{ID: "F3", Text: "linda", At: at.Add(2 * time.Minute)}))
	d.brought()
	d.eventually("they are there", func() bool { return len(d.imported()) == 1 })
	conversation := d.conversation()
	load := func(external string) {
		t.Helper()
		message := d.message(external)
		d.fileState(message, "earlier")
		if message.GetString("kind") != "image" || len(message.GetStringSlice("attachments")) != 0 {
			t.Errorf("it came as %v", message.PublicExport())
		}
		d.Do("POST", d.company.URL("/api/recado/messages/"+message.Id+"/fetch"), d.owner.Token, nil).Must(t, http.StatusNoContent)
		file := d.attached(message)
		down := d.Do("GET", d.company.URL("/api/recado/files/"+file.Id), d.owner.Token, nil).Must(t, http.StatusOK)
		if !bytes.Equal(down.Raw, picture()) || strings.Contains(d.Reload(message).GetString("data"), `"file"`) {
			t.Errorf("another file came: %s", d.Reload(message).GetString("data"))
		}
	}
	load("F1")
	d.sim.ExpireMedia()
	load("F2")

	must(t, d.WhatsApp.Drain(t.Context()))
	must(t, d.Inbox.Drain(t.Context()))
	after := d.conversation()
	if after.GetString("status") != "closed" || after.GetInt("unread") != 0 || after.GetString("preview") != conversation.GetString("preview") || len(d.said(after)) != 3 {
		t.Errorf("the past has changed: %v", after.PublicExport())
	}
	if n := d.maria.Received().Len(); n != 0 {
		t.Errorf("%d answers", n)
	}
}

// Parity: WT-whatsapp.
func TestTheHistoryOfGroupsIsBroughtInWhereTheyAreWanted(t *testing.T) {
	d := newDesk(t)
	d.set(map[string]any{"history_days": 30})
	d.link()
	ana := d.sim.NewPhone("5511988880002", "Ana")
	group := d.sim.NewGroup("Fornecedores", d.maria, ana, d.shop)
	at := time.Now().Add(-48 * time.Hour)
	must(t, d.shop.ShareGroupHistory(d.shop.Devices()[0], group,
		wasim.Past{ID: "G1", By: d.maria, Text: "chegou?", At: at},
		wasim.Past{ID: "G2", Mine: true, Text: "chegou", At: at.Add(time.Minute)},
		wasim.Past{ID: "G3", By: ana, Text: "a nota", At: at.Add(2 * time.Minute), File: picture()}))
	d.brought()
	if n := len(d.imported()); n != 0 {
		t.Fatalf("%d conversations of groups that are ignored", n)
	}

	d.set(map[string]any{"groups": "read_only"})
	d.brought()
	d.eventually("they are there", func() bool { return len(d.imported()) == 1 })
	conversation := d.conversation()
	list := d.said(conversation)
	if !conversation.GetBool("is_group") || conversation.GetString("status") != "closed" || conversation.GetString("preview") != "Ana: a nota" || len(list) != 3 {
		t.Fatalf("it is %v with %d messages", conversation.PublicExport(), len(list))
	}
	if data := list[0].GetString("data"); !strings.Contains(data, `"name":"Maria"`) || !strings.Contains(data, `"phone":"+5511988880001"`) {
		t.Errorf("who wrote it: %s", data)
	}
	contact := got(d.FindRecordById(collections.Contacts, conversation.GetString("contact")))(t)
	if contact.GetString("name") != "Fornecedores" || contact.GetString("lifecycle") != "other" || !contact.GetBool("bot_off") {
		t.Errorf("the group is %v", contact.PublicExport())
	}

	d.sim.ExpireMedia()
	d.Do("POST", d.company.URL("/api/recado/messages/"+list[2].Id+"/fetch"), d.owner.Token, nil).Must(t, http.StatusNoContent)
	d.attached(list[2])
	if data := d.Reload(list[2]).GetString("data"); !strings.Contains(data, `"name":"Ana"`) || strings.Contains(data, `"file"`) {
		t.Errorf("with its file it is %s", data)
	}
	live := d.message(got(group.Say(ana, "e hoje?"))(t))
	if live.GetString("conversation") == conversation.Id || live.GetString("contact") != contact.Id {
		t.Error("the present goes on in the past, or in another group")
	}
}

func TestAMissedCallIsAnsweredWhereThatIsWanted(t *testing.T) {
	d := linked(t)
	d.says(d.maria, "oi")
	call := func(n int) {
		d.t.Helper()
		d.eventually("the call is shown", func() bool {
			shown, err := d.CountRecords(collections.Messages, dbx.NewExp("data LIKE '%\"call\"%'"))

			return err == nil && shown == int64(n)
		})
		must(t, d.shop.Settled(within(t)))
		must(t, d.WhatsApp.Drain(t.Context()))
		must(t, d.Inbox.Drain(t.Context()))
	}
	d.set(map[string]any{"call_reply": "Aqui só por escrito.", "answer": "nobody"})
	d.maria.Call(d.shop)
	call(1)
	d.set(map[string]any{"answer": "everyone"})
	d.Do("PATCH", d.company.RecordURL(d.channel), d.owner.Token, map[string]any{"answerer": "none"}).Must(t, http.StatusOK)
	d.maria.CallTaken(d.shop)
	call(2)
	if n := d.maria.Received().Len(); n != 0 {
		t.Fatalf("%d answers to calls that get none", n)
	}
	d.maria.Call(d.shop)
	call(3)
	got(d.maria.Received().Wait(within(t), heard("Aqui só por escrito.")))(t)
	must(t, d.WhatsApp.Drain(context.Background()))
	if n := d.maria.Received().Len(); n != 1 {
		t.Errorf("%d answers to one call", n)
	}
}

func TestWhatIsReadHereIsReadThere(t *testing.T) {
	d := linked(t)
	read := func(id string) func(wasim.Receipt) bool {
		return func(r wasim.Receipt) bool { return r.Type == "read" && r.IDs[0] == id }
	}
	open := func() {
		d.Do("PATCH", d.company.RecordURL(d.conversation()), d.owner.Token, map[string]any{"unread": 0}).Must(t, http.StatusOK)
	}
	d.set(map[string]any{"read_back": false})
	quiet := d.says(d.maria, "sem olhar")
	open()
	d.set(map[string]any{"read_back": true})
	first := d.says(d.maria, "um")
	open()
	got(d.maria.Receipts().Wait(within(t), read(first.GetString("external_id"))))(t)
	second := d.says(d.maria, "dois")
	d.reply(second, map[string]any{"text": "li"}) // whoever answers has read
	got(d.maria.Receipts().Wait(within(t), read(second.GetString("external_id"))))(t)
	for _, receipt := range d.maria.Receipts().All() {
		if read(quiet.GetString("external_id"))(receipt) {
			t.Error("told that it was read against the setting")
		}
	}
}

func TestACustomersNameFollowsThem(t *testing.T) {
	d := linked(t)
	in := d.says(d.maria, "oi")
	contact := got(d.FindRecordById(collections.Contacts, in.GetString("contact")))(t)
	d.maria.Name = "Maria Silva"
	d.says(d.maria, "casei")
	d.eventually("she is called anew", func() bool { return d.Reload(contact).GetString("name") == "Maria Silva" })

	d.Do("PATCH", d.company.RecordURL(contact), d.owner.Token, map[string]any{"name": "Dona Maria"}).Must(t, http.StatusOK)
	d.maria.Name = "M."
	d.says(d.maria, "e agora?")
	must(t, d.shop.Settled(within(t)))
	if name := d.Reload(contact).GetString("name"); name != "Dona Maria" {
		t.Errorf("what the team wrote became %q", name)
	}
}

func TestWhatSomeoneShowsOfThemselves(t *testing.T) {
	clock := recadotest.NewClock(time.Now().Truncate(time.Millisecond))
	d := newDeskAt(t, clock.Now)
	d.link()
	d.maria.Show(picture())
	in := d.says(d.maria, "oi")
	photo := func() (data string) {
		d.t.Helper()
		must(t, d.WhatsApp.Drain(t.Context()))
		list := got(d.FindAllRecords(collections.ContactPhotos, dbx.HashExp{"contact": in.GetString("contact")}))(t)
		if len(list) != 1 {
			t.Fatalf("%d pictures", len(list))
		}

		return list[0].GetString("data")
	}
	first := photo()
	if !strings.HasPrefix(first, "data:image/png;base64,") {
		t.Errorf("the picture is %.40s", first)
	}
	seen := d.Do("GET", d.company.Records(collections.ContactPhotos), d.owner.Token, nil).Must(t, http.StatusOK)
	if !strings.Contains(string(seen.Raw), first) {
		t.Error("the team can't see it")
	}
	d.maria.Show(nil)
	d.says(d.maria, "logo depois")
	if photo() != first {
		t.Error("looked at again too soon")
	}
	clock.Advance(8 * 24 * time.Hour)
	d.says(d.maria, "na outra semana")
	if data := photo(); data != "" {
		t.Errorf("she shows none, and it is %.40s", data)
	}
}

// historyParts are the parts of earlier chats that are kept.
func (d *desk) historyParts() int64 {
	d.t.Helper()

	return got(d.CountRecords(collections.ChannelEvents, dbx.HashExp{"channel": d.channel.Id, "kind": "history"}))(d.t)
}

// With whom is erased go the parts of earlier chats at once, which may name them: a longer
// history brings nobody back. What others said that was brought in stays, with its files.
//
// Parity: LS-clients.
func TestTheHistoryGoesWithWhomIsErased(t *testing.T) {
	d := newDesk(t)
	d.set(map[string]any{"history_days": 30})
	d.link()
	ana := d.sim.NewPhone("5511988880002", "Ana")
	ago := func(days int) time.Time { return time.Now().AddDate(0, 0, -days) }
	device := d.shop.Devices()[0]
	must(t, d.shop.ShareHistory(device, d.maria, wasim.Past{ID: "M1", Text: "ontem", At: ago(1)}, wasim.Past{ID: "M0", Text: "há muito", At: ago(60)}))
	must(t, d.shop.ShareHistory(device, ana, wasim.Past{ID: "A1", Text: "a foto", At: ago(1), File: picture()}, wasim.Past{ID: "A0", Text: "há muito", At: ago(60)}))
	d.brought()
	d.eventually("both are there", func() bool { return len(d.imported()) == 2 })
	erase := func(contact string) recadotest.Response {
		return d.Do("POST", d.company.URL("/api/recado/contacts/"+contact+"/erase"), d.owner.Token, nil)
	}

	// Who has no number is not in them.
	visitor := d.company.Create(collections.Contacts, map[string]any{"name": "Rui", "email": "rui@example.com"})
	erase(visitor.Id).Must(t, http.StatusNoContent)
	if n := d.historyParts(); n != 2 {
		t.Fatalf("%d parts are left after someone without a number", n)
	}

	// While one is brought in nobody is erased, by hand or out of the bin.
	maria, photo := d.message("M1").GetString("contact"), d.message("A1")
	pending := func(attempts int) {
		t.Helper()
		_, err := d.NonconcurrentDB().Update(collections.ChannelEvents, dbx.Params{"handled": "", "attempts": attempts, "due": time.Now().AddDate(1, 0, 0)}, dbx.HashExp{"kind": "history"}).Execute()
		must(t, err)
	}
	pending(0)
	if r := erase(maria); r.Status != http.StatusConflict || r.Code() != "import_running" {
		t.Errorf("beside a part that is brought in: %s", r.Raw)
	}
	_, err := d.NonconcurrentDB().Update(collections.Contacts, dbx.Params{"deleted": "2001-01-01 00:00:00.000Z"}, dbx.HashExp{"id": maria}).Execute()
	must(t, err)
	must(t, d.Contacts.EmptyBin(t.Context()))
	got(d.FindRecordById(collections.Contacts, maria))(t)

	// One that failed may wait for long, and is not waited for.
	pending(1)
	erase(maria).Must(t, http.StatusNoContent)
	if n := d.historyParts(); n != 0 {
		t.Errorf("%d parts are left", n)
	}
	named, err := d.CountRecords(collections.ChannelEvents, dbx.NewExp("payload LIKE '%"+d.maria.PN.User+"%'"))
	if must(t, err); named != 0 {
		t.Errorf("%d events name her", named)
	}

	d.set(map[string]any{"history_days": 90})
	d.brought()
	list := d.imported()
	if len(list) != 1 || list[0].GetString("contact") != photo.GetString("contact") || len(d.said(list[0])) != 1 {
		t.Errorf("after a longer history there are %d conversations", len(list))
	}
	d.Do("POST", d.company.URL("/api/recado/messages/"+photo.Id+"/fetch"), d.owner.Token, nil).Must(t, http.StatusNoContent)
	d.attached(photo)
}

// A part that is erased while it is brought in ends there.
func TestAPartThatIsErasedEnds(t *testing.T) {
	d := newDesk(t)
	d.set(map[string]any{"history_days": 30})
	d.link()
	var past []wasim.Past
	for i := range 450 {
		past = append(past, wasim.Past{ID: fmt.Sprintf("P%03d", i), Text: fmt.Sprint(i), At: time.Now().Add(time.Duration(i-1000) * time.Minute)})
	}
	d.OnRecordCreate(collections.Contacts).BindFunc(func(e *core.RecordEvent) error { // in the first of three commits
		_, err := e.App.DB().Delete(collections.ChannelEvents, dbx.HashExp{"kind": "history"}).Execute()
		must(t, err)

		return e.Next()
	})
	must(t, d.shop.ShareHistory(d.shop.Devices()[0], d.maria, past...))
	d.eventually("the first are there", func() bool { return len(d.imported()) == 1 })
	must(t, d.WhatsApp.Drain(t.Context()))
	if n := len(d.said(d.imported()[0])); n != 200 || d.historyParts() != 0 {
		t.Errorf("%d messages came of a part that was erased", n)
	}
}
