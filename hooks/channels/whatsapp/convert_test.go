package whatsapp

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

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
		{LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(math.NaN()), DegreesLongitude: proto.Float64(math.Inf(1))}},
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
		words := s.text
		if s.edited != nil {
			words = *s.edited
		}
		if len(s.payload) > 200 || utf8.RuneCountInString(words) > textMost || !utf8.ValidString(words) {
			t.Errorf("%d bytes of payload and %d of text can't be kept", len(s.payload), len(words))
		}
		if s.data != nil && !keepable(s.data) {
			t.Errorf("%v can't be kept", s.data)
		}
		if s.file != nil {
			_ = nameOf(s)
		}
	})
}

// WhatsApp takes longer messages than the inbox, and other programs than its own send
// what no phone does: all of it is shown as far as it can be.
func TestWhatIsTooMuchIsCut(t *testing.T) {
	long := strings.Repeat("é", textMost+1)
	if s := content(&waE2E.Message{Conversation: &long}); s.kind != "text" || utf8.RuneCountInString(s.text) != textMost || !strings.HasSuffix(s.text, "é…") {
		t.Errorf("%d characters of a long text", utf8.RuneCountInString(s.text))
	}
	whole := long[:2*textMost]
	edit := &waE2E.ProtocolMessage{Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(), EditedMessage: &waE2E.Message{Conversation: &whole}}
	if s := content(&waE2E.Message{ProtocolMessage: edit}); *s.edited != whole {
		t.Error("what fits is cut")
	}
	if s := content(&waE2E.Message{Conversation: proto.String("a\xffb")}); s.text != "a\uFFFDb" {
		t.Errorf("what is no text is %q", s.text)
	}
	for name, m := range map[string]*waE2E.Message{
		"locationMessage":      {LocationMessage: &waE2E.LocationMessage{DegreesLatitude: proto.Float64(math.NaN())}},
		"contactsArrayMessage": {ContactsArrayMessage: &waE2E.ContactsArrayMessage{Contacts: slices.Repeat([]*waE2E.ContactMessage{{DisplayName: &long}}, 2)}},
	} {
		if s := content(m); s.kind != "unsupported" || s.data["type"] != name {
			t.Errorf("%s is %s %.40v", name, s.kind, s.data)
		}
	}
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
