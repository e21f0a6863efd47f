package whatsapp

import (
	"testing"

	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/proto"

	"recado/hooks/channels"
)

// Whatever bytes come as a message, something is made of them, and no more than
// the inbox can hold.
func FuzzContent(f *testing.F) {
	for _, m := range []*waE2E.Message{
		{Conversation: proto.String("olá")},
		{ContactMessage: &waE2E.ContactMessage{DisplayName: proto.String("Ana"), Vcard: proto.String("BEGIN:VCARD\nitem1.TEL;type=CELL:+55 11\nEND:VCARD")}},
		{ProtocolMessage: &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: &waE2E.Message{}}},
		{PollUpdateMessage: &waE2E.PollUpdateMessage{}},
		{LocationMessage: &waE2E.LocationMessage{}},
	} {
		raw, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m waE2E.Message
		if proto.Unmarshal(raw, &m) != nil {
			return
		}
		s := content(&m)
		if len(s.payload) > 200 {
			t.Error("a payload too long to keep")
		}
		if s.file != nil {
			_ = nameOf(s)
		}
	})
}

func TestPhonesOfACard(t *testing.T) {
	phones := phonesOf("BEGIN:VCARD\r\nitem1.TEL;waid=5511:+55 11 9\r\nTEL:123\nEMAIL:a@b\nNOTEL:1\nEND:VCARD")
	if len(phones) != 2 || phones[0] != "+55 11 9" || phones[1] != "123" {
		t.Errorf("%q", phones)
	}
}

func TestTheIDOfAMessageFollowsFromItsRecord(t *testing.T) {
	r := &Room{}
	if id := r.ExternalID("abc"); id != r.ExternalID("abc") || id == r.ExternalID("abd") || len(id) != 22 || id[:4] != "3EB0" {
		t.Error(id)
	}
}

func TestWhereAMessageGoes(t *testing.T) {
	for a, want := range map[channels.Address]string{
		{Kind: "phone", Value: "+5511987654321"}: "5511987654321@s.whatsapp.net",
		{Kind: "lid", Value: "123"}:              "123@lid",
		{Kind: "email", Value: "a@b"}:            "",
		{Kind: "phone"}:                          "",
	} {
		if jid, ok := jidOf(a); jid.String() != want || ok != (want != "") {
			t.Errorf("%v goes to %v", a, jid)
		}
	}
}
