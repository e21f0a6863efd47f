package whatsapp_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"recado/collections"
)

// Parity: WT-whatsapp.
func TestGroupsAreIgnoredReadOrHandled(t *testing.T) {
	d := linked(t)
	ana := d.sim.NewPhone("5511988880002", "Ana")
	group := d.sim.NewGroup("Fornecedores", d.maria, ana, d.shop)
	d.set(map[string]any{"answer": "everyone"})

	got(group.Say(d.maria, "ninguém lê"))(t)
	must(t, d.shop.Settled(within(t)))
	must(t, d.WhatsApp.Drain(t.Context()))
	if n := got(d.CountRecords(collections.ChannelEvents))(t); n != 0 {
		t.Fatalf("%d events of a group that is ignored", n)
	}

	d.set(map[string]any{"groups": "read_only"})
	first := d.message(got(group.Say(d.maria, "chegou a entrega?"))(t))
	conversation := d.conversation()
	contact := got(d.FindRecordById(collections.Contacts, first.GetString("contact")))(t)
	if contact.GetString("name") != "Fornecedores" || contact.GetString("lifecycle") != "other" || !contact.GetBool("bot_off") || contact.GetString("phone") != "" {
		t.Errorf("the group is %v", contact.PublicExport())
	}
	if !conversation.GetBool("is_group") || conversation.GetString("preview") != "Maria: chegou a entrega?" || conversation.GetInt("unread") != 1 {
		t.Errorf("its conversation is %v", conversation.PublicExport())
	}
	if data := first.GetString("data"); !strings.Contains(data, `"name":"Maria"`) || !strings.Contains(data, `"phone":"+5511988880001"`) {
		t.Errorf("who wrote it: %s", data)
	}
	second := d.message(got(group.Say(ana, "chegou"))(t))
	if second.GetString("conversation") != first.GetString("conversation") {
		t.Error("a group has two conversations")
	}

	// Nobody but people answers there.
	must(t, d.Inbox.Drain(t.Context()))
	conversation = d.Reload(conversation)
	if conversation.GetString("answerer") != "human" || conversation.GetString("status") != "open" || !conversation.GetDateTime("waiting_since").IsZero() {
		t.Errorf("it waits for an answer: %v", conversation.PublicExport())
	}
	if n := d.maria.Received().Len(); n != 0 {
		t.Errorf("%d answers in a group", n)
	}
	d.Do("PATCH", d.company.RecordURL(conversation), d.owner.Token, map[string]any{"answerer": "bot"}).Must(t, http.StatusBadRequest)
	body := map[string]any{"company": d.company.Id, "conversation": conversation.Id, "kind": "text", "text": "oi"}
	if r := d.Do("POST", d.company.Records(collections.Messages), d.owner.Token, body); r.Code() != "group_read_only" {
		t.Errorf("written in a group that is only read: %s", r.Raw)
	}
	body["kind"], body["text"] = "note", "entre nós"
	d.Do("POST", d.company.Records(collections.Messages), d.owner.Token, body).Must(t, http.StatusOK)

	d.set(map[string]any{"groups": "handled"})
	out := d.reply(first, map[string]any{"text": "chegou, sim", "reply_to": first.Id})
	arrived := got(d.maria.Received().Wait(within(t), heard("chegou, sim")))(t)
	if arrived.To != group.JID || arrived.Message.GetExtendedTextMessage().GetContextInfo().GetParticipant() != d.maria.PN.String() {
		t.Errorf("arrived as %v", arrived)
	}
	got(ana.Received().Wait(within(t), heard("chegou, sim")))(t)
	d.waitStatus(out, "delivered")

	// Each changes their own words only.
	edit := func(words string) *waE2E.Message {
		return &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
			Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: &waE2E.Message{Conversation: &words},
			Key: &waCommon.MessageKey{RemoteJID: proto.String(group.JID.String()), FromMe: proto.Bool(true), ID: proto.String(first.GetString("external_id"))},
		}}
	}
	got(group.Send(ana, edit("invadido")))(t)
	d.message(got(group.Say(ana, "depois"))(t))
	if text := d.Reload(first).GetString("text"); text != "chegou a entrega?" {
		t.Errorf("another participant made it %q", text)
	}
	got(group.Send(d.maria, edit("chegou a encomenda?")))(t)
	d.eventually("her own is changed", func() bool { return d.Reload(first).GetString("text") == "chegou a encomenda?" })

	group.Rename(ana, "Entregas")
	d.eventually("the group is called anew", func() bool { return d.Reload(contact).GetString("name") == "Entregas" })
}

func TestAClosedGroupOpensAgainForPeople(t *testing.T) {
	d := linked(t)
	d.set(map[string]any{"groups": "read_only"})
	group := d.sim.NewGroup("Equipe", d.maria, d.shop)
	d.message(got(group.Say(d.maria, "oi"))(t))
	conversation := d.conversation()
	d.Do("PATCH", d.company.RecordURL(conversation), d.owner.Token, map[string]any{"status": "closed"}).Must(t, http.StatusOK)
	again := d.message(got(group.Say(d.maria, "de novo"))(t))
	after := d.Reload(conversation)
	if again.GetString("conversation") != conversation.Id || after.GetString("status") != "open" || after.GetString("answerer") != "human" {
		t.Errorf("after closing it is %v", after.PublicExport())
	}
	if n := len(got(d.FindAllRecords(collections.Messages, dbx.HashExp{"direction": "out", "kind": "text"}))(t)); n != 0 {
		t.Errorf("%d words of a machine", n)
	}
}
