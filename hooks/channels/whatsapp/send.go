package whatsapp

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
	"google.golang.org/protobuf/proto"

	"recado/collections"
	"recado/hooks/channels"
)

// ackDeadline is how long WhatsApp may take to say that it has a message. One
// that is sent again has the same id, so it is the same message.
const ackDeadline = 20 * time.Second

// Why a message can't be sent, for the UI; stored as the message's error.
const (
	errNotOnWhatsApp = "not_on_whatsapp"
	errReachOut      = "reach_out_limited" // WhatsApp lets the number write to nobody who never wrote
	errRestricted    = "restricted"
	errNoAddress     = "no_whatsapp_address"
)

// The codes with which WhatsApp refuses a message.
const (
	codeReachOut   = 463
	codeRestricted = 403
	codeThrottled  = 429
)

// ExternalID is the id of a message over there: it looks like that of any other
// client, and the same record always has the same.
func (r *Room) ExternalID(message string) string {
	sum := sha256.Sum256([]byte("recado message " + message))

	return "3EB0" + strings.ToUpper(hex.EncodeToString(sum[:9]))
}

// Send sends a message and returns when WhatsApp has it.
func (r *Room) Send(ctx context.Context, out channels.Outgoing) (string, error) {
	n := r.number(out.Channel)
	client := n.ready()
	if client == nil {
		return "", channels.Unavailable(errOffline)
	}
	to, ok := jidOf(out.To)
	if !ok {
		return "", channels.Permanent(errors.New(errNoAddress))
	}
	if err := r.mayWrite(out.Channel, to); err != nil {
		return "", channels.Permanent(err)
	}
	cold, err := r.cold(out)
	if err != nil {
		return "", err
	}
	if cold && out.To.Kind == "phone" {
		if to, err = r.firstTouch(ctx, client, out, to); err != nil {
			return "", err
		}
	}
	messages, err := r.compose(ctx, client, out)
	if err != nil {
		return "", err
	}
	if err := n.pace(ctx, client, to, out.Text); err != nil {
		return "", channels.Unavailable(err)
	}

	for i, message := range messages {
		id := out.ExternalID
		if i > 0 {
			id = r.ExternalID(out.Message + "/" + strconv.Itoa(i))
		}
		if err := n.send(ctx, client, to, id, message); err != nil {
			return "", err
		}
	}

	return out.ExternalID, nil
}

// send sends one message and judges what WhatsApp says to it.
func (n *number) send(ctx context.Context, client *whatsmeow.Client, to types.JID, id string, message *waE2E.Message) error {
	_, err := client.SendMessage(ctx, to, message, whatsmeow.SendRequestExtra{ID: id, Timeout: ackDeadline})
	if err == nil {
		n.recovered()

		return nil
	}

	switch code := refusal(err); {
	case code == codeReachOut:
		return channels.Permanent(errors.New(errReachOut))
	case code == codeRestricted:
		return channels.Permanent(errors.New(errRestricted))
	case code == codeThrottled:
		n.setState(stateThrottled, "WhatsApp asks for fewer messages.")

		return channels.Unavailable(err)
	case isConnection(err) || !client.IsLoggedIn() || !client.IsConnected():
		return channels.Unavailable(errOffline)
	}

	return err
}

// isConnection says whether a message failed because the connection was gone or
// went meanwhile. whatsmeow has some of these errors in words only.
func isConnection(err error) bool {
	if errors.Is(err, whatsmeow.ErrNotConnected) || errors.Is(err, whatsmeow.ErrNotLoggedIn) || errors.Is(err, whatsmeow.ErrIQDisconnected) {
		return true
	}
	text := err.Error()

	return strings.Contains(text, "socket is closed") || strings.Contains(text, "failed to write") || strings.Contains(text, "disconnected")
}

// recovered ends the state of being throttled.
func (n *number) recovered() {
	n.mu.Lock()
	throttled := n.state == stateThrottled && n.online
	n.mu.Unlock()
	if throttled {
		n.setState(stateOnline, "")
	}
}

// refusal is the code with which WhatsApp refused a message, else 0.
func refusal(err error) int {
	if !errors.Is(err, whatsmeow.ErrServerReturnedError) {
		return 0
	}
	text := err.Error()
	code, _ := strconv.Atoi(text[strings.LastIndexByte(text, ' ')+1:])

	return code
}

// firstTouch takes a place in the budget for someone who never wrote and makes sure
// that they can be written to.
func (r *Room) firstTouch(ctx context.Context, client *whatsmeow.Client, out channels.Outgoing, to types.JID) (types.JID, error) {
	if err := r.takePlace(out); err != nil {
		return to, err
	}
	found, err := exists(ctx, client, to)
	if channels.IsPermanent(err) {
		err = errors.Join(err, r.leavePlace(out.Conversation))
	}

	return found, err
}

// exists makes sure that a number has an account, and under which number it has:
// writing to those who have none is what spammers do.
func exists(ctx context.Context, client *whatsmeow.Client, to types.JID) (types.JID, error) {
	found, err := client.IsOnWhatsApp(ctx, []string{"+" + to.User})
	if err != nil {
		if isConnection(err) {
			return to, channels.Unavailable(errOffline)
		}

		return to, err
	}
	for _, one := range found {
		switch {
		case !one.IsIn:
		case !one.PhoneNumber.IsEmpty():
			return one.PhoneNumber.ToNonAD(), nil
		case !one.JID.IsEmpty():
			return one.JID.ToNonAD(), nil
		}
	}

	return to, channels.Permanent(errors.New(errNotOnWhatsApp))
}

// longestTyping is how long a number seems to type at most.
const longestTyping = 4 * time.Second

// pace keeps the number from writing faster than a person would, and lets it be
// seen typing meanwhile.
func (n *number) pace(ctx context.Context, client *whatsmeow.Client, to types.JID, text string) error {
	pace := n.room.deps.Pace
	if pace <= 0 {
		return nil
	}
	now := time.Now()
	n.mu.Lock()
	leave, next := paced(now, n.next, pace, len(text), rand.N(pace))
	n.next = next
	n.mu.Unlock()

	_ = client.SendChatPresence(ctx, to, types.ChatPresenceComposing, types.ChatPresenceMediaText) // only for the look of it
	timer := time.NewTimer(leave.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-n.ctx.Done():
		return errOffline
	}
}

// paced is when a message of so many bytes may leave, and when the one after it may
// be begun: a message is typed, and then there is a pause of half the pace and chance.
func paced(now, begin time.Time, pace time.Duration, length int, chance time.Duration) (leave, next time.Time) {
	if begin.Before(now) {
		begin = now
	}
	leave = begin.Add(min(time.Duration(length)*pace/60, longestTyping))

	return leave, leave.Add(pace/2 + chance)
}

// compose makes the messages of WhatsApp that one message is: each file is one of
// its own, and the words stand under the first that can have them.
func (r *Room) compose(ctx context.Context, client *whatsmeow.Client, out channels.Outgoing) ([]*waE2E.Message, error) {
	quote, err := r.quote(client, out)
	if err != nil {
		return nil, err
	}
	text := out.Text
	var messages []*waE2E.Message
	for _, id := range out.Attachments {
		message, caption, err := r.attachment(ctx, client, out.Company, id, text, quote)
		if err != nil {
			return nil, err
		}
		if caption {
			text = ""
		}
		messages = append(messages, message)
	}
	if text == "" && len(messages) > 0 {
		return messages, nil
	}

	message := &waE2E.Message{Conversation: &text}
	if quote != nil {
		message = &waE2E.Message{ExtendedTextMessage: &waE2E.ExtendedTextMessage{Text: &text, ContextInfo: quote}}
	}

	return append([]*waE2E.Message{message}, messages...), nil
}

// quote shows which message is answered; nil where none is.
func (r *Room) quote(client *whatsmeow.Client, out channels.Outgoing) (*waE2E.ContextInfo, error) {
	if out.ReplyTo == "" {
		return nil, nil
	}
	quoted, err := r.app.FindFirstRecordByFilter(collections.Messages, "channel = {:channel} && external_id = {:id}",
		dbx.Params{"channel": out.Channel, "id": out.ReplyTo})
	if err != nil {
		return nil, nil //nolint:nilerr // gone: answered without it
	}
	author, _ := jidOf(out.To)
	if quoted.GetString("direction") == "out" && client.Store.ID != nil {
		author = client.Store.ID.ToNonAD()
	} else if author.Server == types.GroupServer {
		author = authorOf(quoted)
	}

	return &waE2E.ContextInfo{
		StanzaID: &out.ReplyTo, Participant: proto.String(author.String()),
		QuotedMessage: &waE2E.Message{Conversation: proto.String(quoted.GetString("text"))},
	}, nil
}

// attachment uploads a file, by way of the disk, and makes its message. caption
// says whether the words stand in it.
func (r *Room) attachment(ctx context.Context, client *whatsmeow.Client, company, id, text string, quote *waE2E.ContextInfo) (message *waE2E.Message, caption bool, err error) {
	file, err := r.app.FindRecordById(collections.Files, id)
	if err != nil || file.GetString("company") != company {
		return nil, false, channels.Permanent(errors.New("the file is gone"))
	}
	mime := file.GetString("mime")
	media := mediaOf(mime, int64(file.GetInt("size")))
	up, err := r.upload(ctx, client, file, media)
	if err != nil {
		return nil, false, err
	}

	switch media {
	case whatsmeow.MediaImage:
		return &waE2E.Message{ImageMessage: &waE2E.ImageMessage{
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256,
			FileLength: &up.FileLength, Mimetype: &mime, Caption: optional(text), ContextInfo: quote,
			Width: proto.Uint32(uint32(file.GetInt("width"))), Height: proto.Uint32(uint32(file.GetInt("height"))),
			JPEGThumbnail: r.thumbnail(file),
		}}, true, nil
	case whatsmeow.MediaVideo:
		return &waE2E.Message{VideoMessage: &waE2E.VideoMessage{
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256,
			FileLength: &up.FileLength, Mimetype: &mime, Caption: optional(text), ContextInfo: quote,
		}}, true, nil
	case whatsmeow.MediaAudio:
		voice := mime == "audio/ogg" && file.GetBool("voice")
		var loudness []byte
		if voice {
			mime = "audio/ogg; codecs=opus"
			loudness, _ = base64.StdEncoding.DecodeString(file.GetString("waveform")) // none: the phone shows a line
		}

		return &waE2E.Message{AudioMessage: &waE2E.AudioMessage{
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256,
			FileLength: &up.FileLength, Mimetype: &mime, PTT: &voice, Seconds: proto.Uint32(uint32(file.GetInt("duration"))), ContextInfo: quote,
			Waveform: loudness,
		}}, false, nil
	default:
		return &waE2E.Message{DocumentMessage: &waE2E.DocumentMessage{
			URL: &up.URL, DirectPath: &up.DirectPath, MediaKey: up.MediaKey, FileEncSHA256: up.FileEncSHA256, FileSHA256: up.FileSHA256,
			FileLength: &up.FileLength, Mimetype: &mime, FileName: proto.String(file.GetString("name")),
			Title: proto.String(file.GetString("name")), Caption: optional(text), ContextInfo: quote,
		}}, true, nil
	}
}

func optional(text string) *string {
	if text == "" {
		return nil
	}

	return &text
}

// showMost is how large a picture, a film or a sound may be to be shown as one.
const showMost = 16 << 20

// mediaOf is how WhatsApp shows a file: what it can't show is a document.
func mediaOf(mime string, size int64) whatsmeow.MediaType {
	switch {
	case size > showMost:
		return whatsmeow.MediaDocument
	case mime == "image/jpeg", mime == "image/png", mime == "image/webp":
		return whatsmeow.MediaImage
	case mime == "video/mp4", mime == "video/3gpp":
		return whatsmeow.MediaVideo
	case strings.HasPrefix(mime, "audio/"):
		return whatsmeow.MediaAudio
	}

	return whatsmeow.MediaDocument
}

// thumbnail is what a phone shows of a picture before it has it: a JPEG of some
// kilobytes, nil where none can be made.
func (r *Room) thumbnail(file *core.Record) []byte {
	const side, most = 96, 25_000_000 // pixels
	if file.GetString("mime") != "image/jpeg" || file.GetInt("width")*file.GetInt("height") > most {
		return nil
	}
	storage, err := r.app.NewFilesystem()
	if err != nil {
		return nil
	}
	defer storage.Close()
	name := file.GetString("file")
	base := file.BaseFilesPath() + "/"
	small := base + "thumbs_" + name + "/phone_" + name
	r.shrinking.Lock()
	err = storage.CreateThumb(base+name, small, strconv.Itoa(side)+"x"+strconv.Itoa(side)+"f")
	r.shrinking.Unlock()
	if err != nil {
		return nil
	}
	content, err := storage.GetReader(small)
	if err != nil {
		return nil
	}
	defer content.Close()
	raw, err := io.ReadAll(io.LimitReader(content, 64<<10))
	if err != nil {
		return nil
	}

	return raw
}

func (r *Room) upload(ctx context.Context, client *whatsmeow.Client, file *core.Record, media whatsmeow.MediaType) (whatsmeow.UploadResponse, error) {
	storage, err := r.app.NewFilesystem()
	if err != nil {
		return whatsmeow.UploadResponse{}, err
	}
	defer storage.Close()
	content, err := storage.GetReader(file.BaseFilesPath() + "/" + file.GetString("file"))
	if err != nil {
		return whatsmeow.UploadResponse{}, channels.Permanent(fmt.Errorf("the file is gone: %w", err))
	}
	defer content.Close()

	return client.UploadReader(ctx, io.Reader(content), nil, media)
}
