package whatsapp

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"

	"recado/hooks/channels"
)

// What comes from outside is read by what is fuzzed here, and by FuzzContent
// (convert_test.go).

// Whatever WhatsApp says of a message, it becomes an event that can be kept and
// read back as it was, of one lane.
func FuzzEventOfAMessage(f *testing.F) {
	f.Add("5511988880001@s.whatsapp.net", "9@lid", "3A01", "Maria", []byte{}, false)
	f.Add("123-456@g.us", "", "", "", []byte{0x0a, 0x01, 'x'}, true)
	f.Add("status@broadcast", "5511988880001:12@s.whatsapp.net", "\x00", "\xff", []byte{0xff}, false)
	f.Fuzz(func(t *testing.T, chat, alt, id, name string, raw []byte, mine bool) {
		jid, err := types.ParseJID(chat)
		if err != nil || !utf8.ValidString(chat) { // JSON keeps no other text
			return
		}
		other, _ := types.ParseJID(alt)
		m := &waE2E.Message{}
		if proto.Unmarshal(raw, m) != nil {
			return
		}
		info := types.MessageInfo{
			MessageSource: types.MessageSource{Chat: jid, Sender: jid, SenderAlt: other, RecipientAlt: other, IsFromMe: mine},
			ID:            id, PushName: name, Timestamp: time.Unix(1_800_000_000, 0),
		}
		_ = isChatter(&events.Message{Info: info, Message: m})
		_ = ignored(jid)
		e := of(eventMessage, info)
		e.Message = raw
		if e.key() == "" && id != "" || e.lane() != e.Chat {
			t.Errorf("%+v has the key %q and the lane %q", e, e.key(), e.lane())
		}
		kept, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		var back event
		if err := json.Unmarshal(kept, &back); err != nil || string(back.Message) != string(raw) || back.Chat != e.Chat {
			t.Errorf("%+v came back as %+v, %v", e, back, err)
		}
	})
}

// A kept event that someone has spoilt is read without a panic.
func FuzzKeptEvent(f *testing.F) {
	f.Add(`{"kind":"message","id":"3A","chat":"5511@s.whatsapp.net","message":"CgJvaQ=="}`)
	f.Add(`{"kind":"receipt","status":"read"}`)
	f.Add(`{"kind":1}`)
	f.Fuzz(func(t *testing.T, kept string) {
		var e event
		_ = json.Unmarshal([]byte(kept), &e)
		_, _ = e.key(), e.lane()
		_, _ = types.ParseJID(e.Chat)
		var m waE2E.Message
		if proto.Unmarshal(e.Message, &m) != nil {
			return
		}
		if s := content(&m); s.file != nil {
			setPath(s.file.media, "/v/t62/x")
			if s.file.media.GetDirectPath() != "/v/t62/x" {
				t.Errorf("%T has the path %q", s.file.media, s.file.media.GetDirectPath())
			}
			_, _ = nameOf(s), extension(s.file.mime)
		}
	})
}

// A contact card leads to a few short phones, whatever it is.
func FuzzPhonesOfACard(f *testing.F) {
	f.Add("BEGIN:VCARD\nitem1.TEL;type=CELL:+55 11\nEND:VCARD")
	f.Add("TEL:\r\nTEL;:\n.TEL:1")
	f.Add("TEL:1\r2")
	f.Fuzz(func(t *testing.T, card string) {
		phones := phonesOf(card)
		if len(phones) > 10 {
			t.Errorf("%d phones", len(phones))
		}
		for _, phone := range phones {
			if len(phone) >= 40 || strings.ContainsAny(phone, "\r\n") {
				t.Errorf("a phone is %q", phone)
			}
		}
	})
}

// The picture of a voice note fits the field it is kept in.
func FuzzWaveform(f *testing.F) {
	f.Add([]byte{0, 50, 100, 255})
	f.Add(make([]byte, 64))
	f.Fuzz(func(t *testing.T, loudness []byte) {
		kept := waveform(loudness)
		raw, err := base64.StdEncoding.DecodeString(kept)
		if err != nil || len(kept) > 88 || kept != "" && len(raw) != len(loudness) {
			t.Errorf("%v is kept as %q", loudness, kept)
		}
		for _, loud := range raw {
			if loud > 100 {
				t.Errorf("as loud as %d", loud)
			}
		}
	})
}

// A refusal is a code, or none; nothing else is made of its words.
func FuzzRefusal(f *testing.F) {
	f.Add("463")
	f.Add("")
	f.Add("server returned error 999999999999999999999")
	f.Fuzz(func(t *testing.T, words string) {
		if code := refusal(fmt.Errorf("%w %s", whatsmeow.ErrServerReturnedError, words)); code < 0 && !strings.Contains(words, "-") {
			t.Errorf("%q is the code %d", words, code)
		}
		if refusal(errors.New(words)) != 0 {
			t.Errorf("%q is a refusal", words)
		}
	})
}

// A votes' hashes choose among the choices there are, each once.
func FuzzChosen(f *testing.F) {
	f.Add("hoje", "amanhã", []byte("x"))
	f.Fuzz(func(t *testing.T, first, second string, vote []byte) {
		choices := []string{first, second}
		votes := append(whatsmeow.HashPollOptions(choices[:1]), vote)
		for _, one := range chosen(choices, votes) {
			if one != first && one != second {
				t.Errorf("%q was chosen", one)
			}
		}
	})
}

// An address leads to where it says, or nowhere.
func FuzzWhereAMessageGoes(f *testing.F) {
	f.Add("phone", "+5511988880001")
	f.Add("lid", "9")
	f.Add("group", "120363000001")
	f.Fuzz(func(t *testing.T, kind, value string) {
		jid, ok := jidOf(channels.Address{Kind: kind, Value: value})
		if ok && (jid.User == "" || ignored(jid) && jid.Server != types.GroupServer) {
			t.Errorf("%s %q goes to %v", kind, value, jid)
		}
		_ = digitsOf(value)
	})
}

// Whatever a phone sends as what was said before, it becomes chats that can be brought
// in: nobody else's, within the time, with files that can be kept.
func FuzzHistory(f *testing.F) {
	at := uint64(1_800_000_000)
	chat := func(jid string, messages ...*waWeb.WebMessageInfo) *waHistorySync.Conversation {
		c := &waHistorySync.Conversation{ID: &jid, Name: proto.String("Maria"), LidJID: proto.String("9@lid")}
		for _, m := range messages {
			c.Messages = append(c.Messages, &waHistorySync.HistorySyncMsg{Message: m})
		}

		return c
	}
	info := func(m *waE2E.Message, at uint64) *waWeb.WebMessageInfo {
		return &waWeb.WebMessageInfo{
			Key: &waCommon.MessageKey{ID: proto.String("P1")}, Message: m, MessageTimestamp: &at, Participant: proto.String("5511988880001@s.whatsapp.net"),
		}
	}
	image := &waE2E.Message{ImageMessage: &waE2E.ImageMessage{Caption: proto.String("x"), JPEGThumbnail: []byte{1}}}
	for _, h := range []*waHistorySync.HistorySync{
		{Conversations: []*waHistorySync.Conversation{chat("5511988880001@s.whatsapp.net", info(text("oi"), at), info(image, at))}},
		{Conversations: []*waHistorySync.Conversation{chat("1-2@g.us", info(image, math.MaxInt64)), chat("9@lid", info(text("\xff"), at), nil)}},
		{Conversations: []*waHistorySync.Conversation{chat("status@broadcast", info(text("x"), at)), chat("", info(nil, at))}, Pushnames: []*waHistorySync.Pushname{nil, {}}},
	} {
		h.SyncType = waHistorySync.HistorySync_RECENT.Enum()
		raw, err := proto.Marshal(h)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}

	r := &Room{app: core.NewBaseApp(core.BaseAppConfig{DataDir: f.TempDir()})}
	r.storage.dir, r.storage.simulated = r.app.DataDir, true
	f.Cleanup(func() { _ = r.storage.close() })
	own := types.NewADJID("5511999990001", 0, 1)
	client := whatsmeow.NewClient(&store.Device{ID: &own}, nil)
	part := &row{Company: "a", Channel: "b", event: event{At: time.Unix(int64(at), 0)}}
	since := part.event.At.AddDate(0, 0, -30)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var h waHistorySync.HistorySync
		if proto.Unmarshal(raw, &h) != nil {
			return
		}
		for _, past := range r.pastChats(t.Context(), client, part, &h, since, true) {
			if past.Address.Value == "" || strings.Contains(past.Address.Value, own.User) && past.Address.Kind == "phone" || utf8.RuneCountInString(past.Name) > nameMost {
				t.Errorf("a chat with %+v %q", past.Address, past.Name)
			}
			for _, m := range past.Messages {
				if m.At.Before(since) || m.At.After(part.event.At) || m.ExternalID == "" || m.Kind == "" {
					t.Errorf("a message %+v", m)
				}
				if m.Data != nil && !keepable(m.Data) {
					t.Errorf("%v can't be kept", m.Data)
				}
			}
			for _, e := range past.files {
				if _, err := json.Marshal(e); err != nil {
					t.Error(err)
				}
			}
		}
	})
}

func text(words string) *waE2E.Message { return &waE2E.Message{Conversation: &words} }
