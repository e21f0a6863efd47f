package whatsapp_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

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

// A number that is linked is linked in no other channel, of the same company or of
// another one, which is told no more than that.
func TestANumberIsLinkedOnce(t *testing.T) {
	d := linked(t)
	stranger := d.Company()
	for _, other := range []struct {
		company *recadotest.Company
		token   string
	}{{d.company, d.owner.Token}, {stranger, stranger.Member("owner").Token}} {
		channel := other.company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Outro", "active": true})
		url := func(leaf string) string { return other.company.URL("/api/recado/channels/" + channel.Id + "/" + leaf) }
		d.Do("POST", url("connect"), other.token, map[string]any{}).Must(t, http.StatusOK)
		var code string
		read := func() map[string]any { return d.Do("GET", url("link"), other.token, nil).JSON }
		d.eventually("a QR code is shown", func() bool { code, _ = read()["qr"].(string); return code != "" })
		if _, err := d.shop.Scan(within(t), code); err == nil {
			t.Fatal("linked twice")
		}
		d.eventually("the screen says why", func() bool { return read()["problem"] == "number_taken" })
		if number := read()["number"]; number != "" {
			t.Errorf("it has the number %v", number)
		}
		d.says(d.maria, "ainda aqui?")
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
