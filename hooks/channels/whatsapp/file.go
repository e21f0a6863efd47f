package whatsapp

import (
	"context"
	"errors"
	"mime"
	"os"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"go.mau.fi/whatsmeow"

	"recado/collections"
	"recado/hooks/channels"
)

// What data.file of a message says while its attachment is not there.
const (
	fileWaiting  = "waiting"
	fileTooLarge = "too_large"
	fileGone     = "gone" // expired over there
)

func withFile(data map[string]any, state string) map[string]any { return with(data, "file", state) }

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
// message. What can't be had any more is said in its place.
func (r *Room) fetchFile(row *row, s said, result channels.Result) error {
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
	err = client.DownloadToFile(ctx, s.file.media, temporary)
	switch {
	case errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith403), errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith404),
		errors.Is(err, whatsmeow.ErrMediaDownloadFailedWith410):
		return r.noFile(row, s, fileGone)
	case err != nil:
		return err
	}

	id, err := r.storeFile(row, s, result, temporary.Name())
	if err != nil {
		return err
	}

	return r.deps.Inbox.Amend(ctx, channels.Amendment{
		Company: row.Company, Channel: row.Channel, ExternalID: row.event.ID,
		Attachments: []string{id}, Data: withoutFile(s.data),
	})
}

// noFile says on the message why it has no file.
func (r *Room) noFile(row *row, s said, why string) error {
	return r.deps.Inbox.Amend(r.ctx, channels.Amendment{
		Company: row.Company, Channel: row.Channel, ExternalID: row.event.ID, Data: withFile(s.data, why),
	})
}

func (r *Room) storeFile(row *row, s said, result channels.Result, path string) (id string, err error) {
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
		"company": row.Company, "conversation": result.Conversation, "file": upload, "name": name, "duration": int(s.file.duration),
	})

	err = r.app.Save(record)

	return record.Id, err
}

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
