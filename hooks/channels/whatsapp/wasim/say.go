package wasim

import (
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/util/gcmutil"
	"go.mau.fi/whatsmeow/util/hkdfutil"
	"google.golang.org/protobuf/proto"
)

// What people do with their phones.

// Say writes a text.
func (p *Phone) Say(to *Phone, words string) (id string, err error) {
	return p.Send(to, &waE2E.Message{Conversation: &words})
}

// Answer writes a text that quotes a message; author is who wrote that.
func (p *Phone) Answer(to *Phone, words, quoted string, author *Phone) (id string, err error) {
	return p.Send(to, &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{
		Text: &words, ContextInfo: &waE2E.ContextInfo{
			StanzaID: &quoted, Participant: proto.String(author.PN.String()), QuotedMessage: &waE2E.Message{Conversation: proto.String("…")},
		},
	}})
}

// key names a message; mine says whether the phone itself wrote it.
func (p *Phone) key(chat *Phone, id string, mine bool) *waCommon.MessageKey {
	return &waCommon.MessageKey{RemoteJID: proto.String(chat.PN.String()), FromMe: &mine, ID: &id}
}

// React puts an emoji on a message; an empty one takes it off.
func (p *Phone) React(to *Phone, id string, mine bool, emoji string) (string, error) {
	return p.Send(to, &waE2E.Message{ReactionMessage: &waE2E.ReactionMessage{
		Key: p.key(to, id, mine), Text: &emoji, SenderTimestampMS: proto.Int64(p.server.options.Now().UnixMilli()),
	}})
}

// Edit gives a message of the phone's other words.
func (p *Phone) Edit(to *Phone, id, words string) (string, error) {
	return p.SendAs(p.server.nextID(), to, &waE2E.Message{EditedMessage: &waE2E.FutureProofMessage{Message: &waE2E.Message{
		ProtocolMessage: &waE2E.ProtocolMessage{
			Key: p.key(to, id, true), Type: waE2E.ProtocolMessage_MESSAGE_EDIT.Enum(),
			EditedMessage: &waE2E.Message{Conversation: &words}, TimestampMS: proto.Int64(p.server.options.Now().UnixMilli()),
		},
	}}}, map[string]any{"edit": "1"})
}

// Revoke deletes a message of the phone's for everyone.
func (p *Phone) Revoke(to *Phone, id string) (string, error) {
	return p.SendAs(p.server.nextID(), to, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Key: p.key(to, id, true), Type: waE2E.ProtocolMessage_REVOKE.Enum(),
	}}, map[string]any{"edit": "7"})
}

// Attach sends a file: kind is image, video, audio, voice, document or sticker.
func (p *Phone) Attach(to *Phone, kind string, content []byte, mime, caption string) (id string, err error) {
	id = p.server.nextID()
	message, err := p.attach(id, kind, content, mime, caption)
	if err != nil {
		return "", err
	}

	return p.SendAs(id, to, message, nil)
}

// attach uploads a file for the message with an id, and makes that.
func (p *Phone) attach(id, kind string, content []byte, mime, caption string) (*waE2E.Message, error) {
	media := map[string]whatsmeow.MediaType{
		"image": whatsmeow.MediaImage, "sticker": whatsmeow.MediaImage, "video": whatsmeow.MediaVideo,
		"audio": whatsmeow.MediaAudio, "voice": whatsmeow.MediaAudio, "document": whatsmeow.MediaDocument,
	}[kind]
	file, err := p.Upload(content, media)
	if err != nil {
		return nil, err
	}
	message := &waE2E.Message{}
	url := proto.String("https://" + mediaHost + file.Path)
	switch kind {
	case "image":
		message.ImageMessage = &waE2E.ImageMessage{
			URL: url, DirectPath: &file.Path, Mimetype: &mime, Caption: &caption,
			MediaKey: file.Key, FileSHA256: file.Sum, FileEncSHA256: file.EncryptedSum, FileLength: &file.Length,
		}
	case "video":
		message.VideoMessage = &waE2E.VideoMessage{
			URL: url, DirectPath: &file.Path, Mimetype: &mime, Caption: &caption, Seconds: proto.Uint32(3),
			MediaKey: file.Key, FileSHA256: file.Sum, FileEncSHA256: file.EncryptedSum, FileLength: &file.Length,
		}
	case "audio", "voice":
		message.AudioMessage = &waE2E.AudioMessage{
			URL: url, DirectPath: &file.Path, Mimetype: &mime, Seconds: proto.Uint32(3), PTT: proto.Bool(kind == "voice"), Waveform: loudness(kind),
			MediaKey: file.Key, FileSHA256: file.Sum, FileEncSHA256: file.EncryptedSum, FileLength: &file.Length,
		}
	case "sticker":
		message.StickerMessage = &waE2E.StickerMessage{
			URL: url, DirectPath: &file.Path, Mimetype: &mime,
			MediaKey: file.Key, FileSHA256: file.Sum, FileEncSHA256: file.EncryptedSum, FileLength: &file.Length,
		}
	case "document":
		message.DocumentMessage = &waE2E.DocumentMessage{
			URL: url, DirectPath: &file.Path, Mimetype: &mime, FileName: &caption, Title: &caption,
			MediaKey: file.Key, FileSHA256: file.Sum, FileEncSHA256: file.EncryptedSum, FileLength: &file.Length,
		}
	default:
		return nil, fmt.Errorf("a phone can't attach a %q", kind)
	}
	p.attached(id, file.Key, content, media)

	return message, nil
}

// loudness is the picture of a voice note; other sounds have none.
func loudness(kind string) []byte {
	if kind != "voice" {
		return nil
	}
	picture := make([]byte, 64)
	for i := range picture {
		picture[i] = byte(i * 100 / 63)
	}

	return picture
}

// Locate sends a place.
func (p *Phone) Locate(to *Phone, latitude, longitude float64, name string) (string, error) {
	return p.Send(to, &waE2E.Message{LocationMessage: &waE2E.LocationMessage{
		DegreesLatitude: &latitude, DegreesLongitude: &longitude, Name: &name,
	}})
}

// Introduce sends the contact card of someone.
func (p *Phone) Introduce(to *Phone, name, number string) (string, error) {
	card := "BEGIN:VCARD\nVERSION:3.0\nFN:" + name + "\nTEL;type=CELL;waid=" + number + ":+" + number + "\nEND:VCARD"

	return p.Send(to, &waE2E.Message{ContactMessage: &waE2E.ContactMessage{DisplayName: &name, Vcard: &card}})
}

// Ask sends a poll.
func (p *Phone) Ask(to *Phone, question string, choices ...string) (id string, err error) {
	secret := randomBytes(32)
	options := make([]*waE2E.PollCreationMessage_Option, len(choices))
	for i, choice := range choices {
		options[i] = &waE2E.PollCreationMessage_Option{OptionName: &choice}
	}
	id, err = p.Send(to, &waE2E.Message{
		PollCreationMessage: &waE2E.PollCreationMessage{Name: &question, Options: options, SelectableOptionsCount: proto.Uint32(1)},
		MessageContextInfo:  &waE2E.MessageContextInfo{MessageSecret: secret},
	})
	p.mu.Lock()
	p.secrets[id] = secret
	p.mu.Unlock()

	return id, err
}

// Vote votes in a poll of the phone's own.
func (p *Phone) Vote(to *Phone, poll string, choices ...string) (string, error) {
	p.mu.Lock()
	secret := p.secrets[poll]
	p.mu.Unlock()
	self := p.from(to)["from"]
	plain, err := proto.Marshal(&waE2E.PollVoteMessage{SelectedOptions: whatsmeow.HashPollOptions(choices)})
	if err != nil {
		return "", err
	}
	voter := fmt.Sprint(self)
	key := hkdfutil.SHA256(secret, nil, []byte(poll+voter+voter+"Poll Vote"), 32)
	iv := randomBytes(12)
	sealed, err := gcmutil.Encrypt(key, iv, plain, fmt.Appendf(nil, "%s\x00%s", poll, voter))
	if err != nil {
		return "", err
	}

	return p.Send(to, &waE2E.Message{PollUpdateMessage: &waE2E.PollUpdateMessage{
		PollCreationMessageKey: p.key(to, poll, true), Vote: &waE2E.PollEncValue{EncPayload: sealed, EncIV: iv},
		SenderTimestampMS: proto.Int64(p.server.options.Now().UnixMilli()),
	}})
}

// stanzaType is the type attribute of a message.
func stanzaType(m *waE2E.Message) string {
	switch {
	case m.ReactionMessage != nil:
		return "reaction"
	case m.PollCreationMessage != nil, m.PollUpdateMessage != nil:
		return "poll"
	case mediaType(m) != "":
		return "media"
	}

	return "text"
}

// mediaType is what the encrypted part says of a file, or "".
func mediaType(m *waE2E.Message) string {
	switch {
	case m.ImageMessage != nil:
		return "image"
	case m.VideoMessage != nil:
		return "video"
	case m.AudioMessage != nil && m.AudioMessage.GetPTT():
		return "ptt"
	case m.AudioMessage != nil:
		return "audio"
	case m.DocumentMessage != nil:
		return "document"
	case m.StickerMessage != nil:
		return "sticker"
	case m.ContactMessage != nil:
		return "vcard"
	case m.LocationMessage != nil:
		return "location"
	}

	return ""
}
