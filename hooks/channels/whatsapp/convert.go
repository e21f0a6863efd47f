package whatsapp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// said is what a message of WhatsApp says, in the inbox's words. kind is empty
// where it says nothing of its own.
type said struct {
	kind, text string
	payload    string // id of a tapped option
	data       map[string]any
	quoted     string // id of the message answered
	forwarded  bool
	file       *file

	// What it does to another message, by its id.
	target   string
	edited   *string
	deleted  bool
	reaction *string
	vote     bool
}

// file is what a message has attached.
type file struct {
	media    whatsmeow.DownloadableMessage
	name     string
	mime     string
	size     uint64
	duration uint32
	voice    bool
	waveform []byte // how loud it is, 0 to 100
}

// What a message of the inbox holds at most. WhatsApp lets people write more.
const (
	textMost = 20_000 // characters
	dataMost = 40_000 // bytes, as JSON
	nameMost = 200    // characters of a name
)

// content converts a message, unwrapped. It never fails: what is not known is
// kept and shown as such, and what is longer than a message can be is cut.
func content(m *waE2E.Message) said {
	if m == nil {
		return said{}
	}
	s := convert(m)
	if c := contextOf(m); c != nil {
		s.quoted, s.forwarded = c.GetStanzaID(), c.GetIsForwarded()
	}
	s.text = clip(s.text, textMost)
	if s.edited != nil {
		*s.edited = clip(*s.edited, textMost)
	}
	if s.data != nil && !keepable(s.data) {
		s.kind, s.data = "unsupported", map[string]any{"type": fieldOf(m)}
	}

	return s
}

// clip is a text without what is no text, cut after so many characters.
func clip(text string, most int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= most || utf8.RuneCountInString(text) <= most {
		return text
	}

	return string([]rune(text)[:most-1]) + "…"
}

// keepable says whether data can be kept with a message: a place may be at no
// number, and cards may be very many.
func keepable(data map[string]any) bool {
	raw, err := json.Marshal(data)

	return err == nil && len(raw) <= dataMost
}

func convert(m *waE2E.Message) said {
	switch {
	case m.ProtocolMessage != nil:
		return protocol(m.ProtocolMessage)
	case m.ReactionMessage != nil:
		emoji := m.ReactionMessage.GetText()

		return said{target: m.ReactionMessage.GetKey().GetID(), reaction: &emoji}
	case m.PollUpdateMessage != nil:
		return said{target: m.PollUpdateMessage.GetPollCreationMessageKey().GetID(), vote: true}
	case m.Conversation != nil:
		return said{kind: "text", text: m.GetConversation()}
	case m.ExtendedTextMessage != nil:
		return said{kind: "text", text: m.ExtendedTextMessage.GetText()}
	case m.ImageMessage != nil:
		i := m.ImageMessage

		return said{kind: "image", text: i.GetCaption(), file: &file{media: i, mime: i.GetMimetype(), size: i.GetFileLength()}}
	case m.VideoMessage != nil:
		return video(m.VideoMessage)
	case m.PtvMessage != nil:
		return video(m.PtvMessage)
	case m.AudioMessage != nil:
		a := m.AudioMessage

		return said{kind: "audio", data: map[string]any{"voice": a.GetPTT()}, file: &file{
			media: a, mime: a.GetMimetype(), size: a.GetFileLength(), duration: a.GetSeconds(), voice: a.GetPTT(), waveform: a.GetWaveform(),
		}}
	case m.DocumentMessage != nil:
		d := m.DocumentMessage

		return said{kind: "document", text: d.GetCaption(), file: &file{media: d, name: d.GetFileName(), mime: d.GetMimetype(), size: d.GetFileLength()}}
	case m.StickerMessage != nil:
		t := m.StickerMessage

		return said{kind: "sticker", file: &file{media: t, mime: t.GetMimetype(), size: t.GetFileLength()}}
	case m.LocationMessage != nil:
		l := m.LocationMessage

		return place(l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetName(), l.GetAddress(), false)
	case m.LiveLocationMessage != nil:
		l := m.LiveLocationMessage

		return place(l.GetDegreesLatitude(), l.GetDegreesLongitude(), l.GetCaption(), "", true)
	case m.ContactMessage != nil:
		return people(m.ContactMessage)
	case m.ContactsArrayMessage != nil:
		return people(m.ContactsArrayMessage.GetContacts()...)
	}

	return interactive(m)
}

func video(v *waE2E.VideoMessage) said {
	return said{kind: "video", text: v.GetCaption(), file: &file{
		media: v, mime: v.GetMimetype(), size: v.GetFileLength(), duration: v.GetSeconds(),
	}}
}

// interactive converts polls and answers to menus, and what is left.
func interactive(m *waE2E.Message) said {
	for _, poll := range []*waE2E.PollCreationMessage{m.PollCreationMessage, m.PollCreationMessageV2, m.PollCreationMessageV3, m.PollCreationMessageV5} {
		if poll != nil {
			options := []string{}
			for _, option := range poll.GetOptions() {
				options = append(options, option.GetOptionName())
			}

			return said{kind: "poll", text: poll.GetName(), data: map[string]any{"choices": options}}
		}
	}
	switch {
	case m.ButtonsResponseMessage != nil:
		return said{kind: "text", text: m.ButtonsResponseMessage.GetSelectedDisplayText(), payload: short(m.ButtonsResponseMessage.GetSelectedButtonID())}
	case m.TemplateButtonReplyMessage != nil:
		return said{kind: "text", text: m.TemplateButtonReplyMessage.GetSelectedDisplayText(), payload: short(m.TemplateButtonReplyMessage.GetSelectedID())}
	case m.ListResponseMessage != nil:
		l := m.ListResponseMessage

		return said{kind: "text", text: l.GetTitle(), payload: short(l.GetSingleSelectReply().GetSelectedRowID())}
	case m.InteractiveResponseMessage != nil:
		return said{kind: "text", text: m.InteractiveResponseMessage.GetBody().GetText()}
	}
	if name := fieldOf(m); name != "" {
		return said{kind: "unsupported", data: map[string]any{"type": name}}
	}

	return said{}
}

// short is an option's id as a message can hold it.
func short(id string) string {
	if len(id) > 200 {
		return ""
	}

	return id
}

// protocol converts edits and deletions.
func protocol(p *waE2E.ProtocolMessage) said {
	switch p.GetType() {
	case waE2E.ProtocolMessage_REVOKE:
		return said{target: p.GetKey().GetID(), deleted: true}
	case waE2E.ProtocolMessage_MESSAGE_EDIT:
		if p.EditedMessage == nil {
			return said{}
		}
		text := convert(p.EditedMessage).text

		return said{target: p.GetKey().GetID(), edited: &text}
	}

	return said{}
}

func place(latitude, longitude float64, name, address string, moving bool) said {
	data := map[string]any{"latitude": latitude, "longitude": longitude}
	if name != "" {
		data["name"] = name
	}
	if address != "" {
		data["address"] = address
	}
	if moving {
		data["live"] = true
	}
	words := strings.Join(strings.Fields(name+" "+address), " ")
	if words == "" {
		words = fmt.Sprintf("%.5f, %.5f", latitude, longitude)
	}

	return said{kind: "location", text: words, data: data}
}

// people converts contact cards. Of each the name and the phones are kept.
func people(cards ...*waE2E.ContactMessage) said {
	var names []string
	list := []map[string]any{}
	for _, card := range cards {
		phones := phonesOf(card.GetVcard())
		names = append(names, strings.TrimSpace(card.GetDisplayName()+" "+strings.Join(phones, " ")))
		list = append(list, map[string]any{"name": card.GetDisplayName(), "phones": phones})
	}

	return said{kind: "contact", text: strings.Join(names, "\n"), data: map[string]any{"contacts": list}}
}

// phonesOf reads the TEL lines of a vCard.
func phonesOf(card string) []string {
	phones := []string{}
	for line := range strings.FieldsFuncSeq(card, func(c rune) bool { return c == '\r' || c == '\n' }) {
		name, value, found := strings.Cut(strings.TrimSpace(line), ":")
		name, _, _ = strings.Cut(strings.ToUpper(name), ";")
		if _, group, ok := strings.Cut(name, "."); ok {
			name = group
		}
		if found && name == "TEL" && len(phones) < 10 && len(value) < 40 {
			phones = append(phones, strings.TrimSpace(value))
		}
	}

	return phones
}

// contextOf is where a message says what it answers, wherever it is.
func contextOf(m *waE2E.Message) *waE2E.ContextInfo {
	var found *waE2E.ContextInfo
	m.ProtoReflect().Range(func(_ protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		inner, ok := v.Interface().(protoreflect.Message)
		if !ok {
			return true
		}
		if has, ok := inner.Interface().(interface{ GetContextInfo() *waE2E.ContextInfo }); ok {
			found = has.GetContextInfo()
		}

		return found == nil
	})

	return found
}

// fieldOf names the first part of a message that is not about the message itself.
func fieldOf(m *waE2E.Message) (name string) {
	m.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, _ protoreflect.Value) bool {
		switch f.Name() {
		case "messageContextInfo", "senderKeyDistributionMessage":
			return true
		}
		name = string(f.Name())

		return false
	})
	if name == "" && len(m.ProtoReflect().GetUnknown()) > 0 {
		name = "unknown"
	}

	return name
}

// chosen are the choices of a poll that hashes stand for.
func chosen(choices []string, votes [][]byte) []string {
	picked := []string{}
	hashes := whatsmeow.HashPollOptions(choices)
	for i, choice := range choices {
		for _, vote := range votes {
			if bytes.Equal(hashes[i], vote) {
				picked = append(picked, choice)
			}
		}
	}

	return picked
}
