package whatsapp

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"os"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waMmsRetry"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"recado/collections"
	"recado/hooks/channels"
)

// What data.file of a message says while its attachment is not there.
const (
	fileWaiting  = "waiting"
	fileEarlier  = "earlier" // from before the link: fetched when someone asks for it
	fileAsked    = "asked"   // expired over there; the phone was asked to upload it again
	fileTooLarge = "too_large"
	fileGone     = "gone" // the phone hasn't got it either
)

// How often the phone is asked for a file, and how long it may take to answer:
// it may be off.
const (
	askAtMost = 4
	askAgain  = 6 * time.Hour
)

func withFile(data map[string]any, state string) map[string]any {
	return with(withoutFile(data), "file", state)
}

// with is a copy of data with one value more.
func with(data map[string]any, key string, value any) map[string]any {
	all := map[string]any{}
	for k, v := range data {
		all[k] = v
	}
	all[key] = value

	return all
}

func withoutFile(data map[string]any) map[string]any {
	without := map[string]any{}
	for key, value := range data {
		if key != "file" {
			without[key] = value
		}
	}

	return without
}

func hasFile(message *core.Record) bool {
	return message != nil && len(message.GetStringSlice("attachments")) > 0
}

// isPlaceholder holds for a message that could not be read when it came.
func isPlaceholder(message *core.Record) bool {
	var data struct {
		Type string `json:"type"`
	}
	_ = message.UnmarshalJSONField("data", &data)

	return message.GetString("kind") == "unsupported" && data.Type == "undecryptable"
}

// fetchTimeout bounds one try to get a file.
const fetchTimeout = 5 * time.Minute

// fetchFile gets the file of a message, by way of the disk, and ties it to the
// message. One that has expired or is damaged the phone is asked for; what can't be
// had any more is said in its place.
func (r *Room) fetchFile(row *row, s said, conversation string) error {
	if limit := r.deps.UploadMaxBytes; limit > 0 && s.file.size > uint64(limit) {
		return r.noFile(row, s, fileTooLarge)
	}
	client := r.number(row.Channel).ready()
	if client == nil {
		return errOffline
	}
	ctx, cancel := context.WithTimeout(r.ctx, fetchTimeout)
	defer cancel()

	temporary, err := os.CreateTemp("", "recado-whatsapp-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	defer temporary.Close()
	if row.event.Path != "" {
		setPath(s.file.media, row.event.Path)
	}
	err = client.DownloadToFile(ctx, s.file.media, &limited{file: temporary, most: r.deps.UploadMaxBytes + mediaOverhead})
	switch {
	case errors.Is(err, errTooLarge):
		return r.noFile(row, s, fileTooLarge)
	case isExpired(err), isDamaged(err):
		return r.askForFile(ctx, client, row, s)
	case err != nil && row.Attempts+1 >= journalAttempts:
		return r.noFile(row, s, fileGone)
	case err != nil:
		return err
	}

	id, err := r.storeFile(row, s, conversation, temporary.Name())
	if err != nil {
		return err
	}

	return r.deps.Inbox.Amend(ctx, channels.Amendment{
		Company: row.Company, Channel: row.Channel, ExternalID: row.event.ID,
		Attachments: []string{id}, Data: withoutFile(s.data),
	})
}

func isExpired(err error) bool {
	return errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403) || errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404) ||
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410)
}

// isDamaged holds where what came is not what was sent, by its checksums.
func isDamaged(err error) bool {
	return errors.Is(err, whatsmeow.ErrInvalidMediaSHA256) || errors.Is(err, whatsmeow.ErrInvalidMediaEncSHA256) ||
		errors.Is(err, whatsmeow.ErrInvalidMediaHMAC) || errors.Is(err, whatsmeow.ErrTooShortFile)
}

// askForFile asks the phone to upload a file again. The answer comes as an event
// ([number.takeFileAgain]), also after a restart; until then the event is put off.
func (r *Room) askForFile(ctx context.Context, client *whatsmeow.Client, row *row, s said) error {
	e := row.event
	chat, err := types.ParseJID(e.Chat)
	if err != nil || e.Asked >= askAtMost || len(s.file.media.GetMediaKey()) == 0 {
		return r.noFile(row, s, fileGone)
	}
	// Written down first: the answer may be quicker than this.
	_, err = r.journal.rewrite(row.Channel, e.key(), r.deps.Now().Add(askAgain), func(e *event) { e.Asked++ })
	if err != nil {
		return err
	}
	if err := r.noFile(row, s, fileAsked); err != nil {
		return err
	}
	info := &types.MessageInfo{ID: e.ID, MessageSource: types.MessageSource{Chat: chat, IsFromMe: e.Mine}}
	if chat.Server == types.GroupServer {
		info.IsGroup = true
		info.Sender, _ = types.ParseJID(e.From) // it is one that was kept
	}
	if err := client.SendMediaRetryReceipt(ctx, info, s.file.media.GetMediaKey()); err != nil {
		return err
	}

	return errPutOff
}

// takeFileAgain takes the phone's answer: where the file is now, or that it hasn't
// got it any more.
func (n *number) takeFileAgain(answer *events.MediaRetry) error {
	now := n.room.deps.Now()
	_, err := n.room.journal.rewrite(n.channel, answer.MessageID, now, func(e *event) {
		var m waE2E.Message
		e.Asked, e.Path = askAtMost, ""
		if proto.Unmarshal(e.Message, &m) != nil {
			return
		}
		s := content(&m)
		if s.file == nil {
			return
		}
		told, err := whatsmeow.DecryptMediaRetryNotification(answer, s.file.media.GetMediaKey())
		if err == nil && told.GetResult() == waMmsRetry.MediaRetryNotification_SUCCESS && strings.HasPrefix(told.GetDirectPath(), "/") {
			e.Asked, e.Path = 0, told.GetDirectPath()
		}
	})

	return err
}

// Refetch tries again to get the file of a message; false where what it came with
// is not kept any more.
func (r *Room) Refetch(_ context.Context, channel, external string) (bool, error) {
	return r.journal.rewrite(channel, external, r.deps.Now(), func(e *event) { e.Asked = 0 })
}

// setPath makes a message say where its file is.
func setPath(media whatsmeow.DownloadableMessage, path string) {
	if reflected, field := fieldNamed(media, "directPath"); field != nil {
		reflected.Set(field, protoreflect.ValueOfString(path))
	}
}

// lighten takes off the small picture that a message brings along with its file.
func lighten(media whatsmeow.DownloadableMessage) {
	if reflected, field := fieldNamed(media, "JPEGThumbnail"); field != nil {
		reflected.Clear(field)
	}
}

func fieldNamed(media whatsmeow.DownloadableMessage, name protoreflect.Name) (protoreflect.Message, protoreflect.FieldDescriptor) {
	message, ok := media.(interface{ ProtoReflect() protoreflect.Message })
	if !ok {
		return nil, nil
	}
	reflected := message.ProtoReflect()

	return reflected, reflected.Descriptor().Fields().ByName(name)
}

// mediaOverhead is what encryption adds to a file.
const mediaOverhead = 64

var errTooLarge = errors.New("the file is larger than it was said to be")

// limited is a file that does not grow beyond what may be uploaded, whatever comes.
type limited struct {
	file *os.File
	most int64
}

var _ whatsmeow.File = (*limited)(nil)

func (l *limited) Read(p []byte) (int, error)               { return l.file.Read(p) }
func (l *limited) ReadAt(p []byte, at int64) (int, error)   { return l.file.ReadAt(p, at) }
func (l *limited) Seek(at int64, whence int) (int64, error) { return l.file.Seek(at, whence) }
func (l *limited) Truncate(size int64) error                { return l.file.Truncate(size) }
func (l *limited) Stat() (os.FileInfo, error)               { return l.file.Stat() }
func (l *limited) WriteAt(p []byte, at int64) (int, error)  { return l.file.WriteAt(p, at) }
func (l *limited) Write(p []byte) (int, error) {
	at, err := l.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	if l.most > mediaOverhead && at+int64(len(p)) > l.most {
		return 0, errTooLarge
	}

	return l.file.Write(p)
}

// noFile says on the message why it has no file.
func (r *Room) noFile(row *row, s said, why string) error {
	return r.deps.Inbox.Amend(r.ctx, channels.Amendment{
		Company: row.Company, Channel: row.Channel, ExternalID: row.event.ID, Data: withFile(s.data, why),
	})
}

func (r *Room) storeFile(row *row, s said, conversation, path string) (id string, err error) {
	upload, err := filesystem.NewFileFromPath(path)
	if err != nil {
		return "", err
	}
	name := nameOf(s)
	upload.OriginalName = name
	upload.Name = "whatsapp" + extension(s.file.mime)
	collection, err := r.app.FindCachedCollectionByNameOrId(collections.Files)
	if err != nil {
		return "", err
	}
	record := core.NewRecord(collection)
	record.Load(map[string]any{
		"company": row.Company, "conversation": conversation, "file": upload, "name": name, "duration": int(s.file.duration),
	})
	if s.file.voice {
		record.Load(map[string]any{"voice": true, "waveform": waveform(s.file.waveform)})
		if !row.event.Mine {
			record.Set("transcribe_due", r.deps.Now())
		}
	}

	err = r.app.Save(record)

	return record.Id, err
}

// waveform is the picture of a voice note as it is kept; "" where there is none.
func waveform(loudness []byte) string {
	if len(loudness) == 0 || len(loudness) > waveformMost {
		return ""
	}
	bounded := make([]byte, len(loudness))
	for i, loud := range loudness {
		bounded[i] = min(loud, 100)
	}

	return base64.StdEncoding.EncodeToString(bounded)
}

const waveformMost = 64

// nameOf is what a file is called: by its sender, else after what it is.
func nameOf(s said) string {
	if s.file.name != "" {
		return s.file.name
	}

	return s.kind + extension(s.file.mime)
}

func extension(kind string) string {
	essence, _, err := mime.ParseMediaType(kind)
	if err != nil {
		return ""
	}
	switch essence { // the ones people know
	case "image/jpeg":
		return ".jpg"
	case "audio/ogg":
		return ".ogg"
	case "video/mp4":
		return ".mp4"
	case "image/webp":
		return ".webp"
	}
	if list, err := mime.ExtensionsByType(essence); err == nil && len(list) > 0 {
		return list[0]
	}

	return ""
}
