package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/inbox/voice"
)

// bindFiles judges attachments when they arrive, by whatever way.
func (r *Room) bindFiles() {
	r.app.OnRecordCreateRequest(collections.Files).BindFunc(func(e *core.RecordRequestEvent) error {
		if !e.HasSuperuserAuth() {
			e.Record.Set("message", "") // a message claims its files, not the other way round
		}

		return e.Next()
	})
	r.app.OnRecordCreate(collections.Files).BindFunc(r.inspectFile)
}

// inspectFile fills what can be known of a file from its bytes alone. The name
// and the type its sender claims are not believed.
func (r *Room) inspectFile(e *core.RecordEvent) error {
	uploads := e.Record.GetUnsavedFiles("file")
	if len(uploads) != 1 {
		return apierr.Invalid("file", "Attach one file.")
	}
	upload := uploads[0]
	if upload.Size > r.deps.UploadMaxBytes {
		return r.errFileTooLarge()
	}
	if upload.Size == 0 {
		return apierr.Invalid("file", "The file is empty.")
	}

	kind, err := detect(upload)
	if err != nil {
		return err
	}
	if e.Record.GetBool("voice") {
		if upload, kind, err = asVoiceNote(e.Context, upload, kind); err != nil {
			return err
		}
		e.Record.Set("file", upload)
	}
	sum, err := digest(upload)
	if err != nil {
		return err
	}

	if e.Record.GetString("name") == "" {
		e.Record.Set("name", upload.OriginalName)
	}
	e.Record.Set("mime", kind)
	e.Record.Set("size", upload.Size)
	e.Record.Set("sha256", sum)
	if strings.HasPrefix(kind, "image/") {
		width, height := dimensions(upload)
		e.Record.Set("width", width)
		e.Record.Set("height", height)
	}

	return e.Next()
}

func (r *Room) errFileTooLarge() error {
	return apierr.New(http.StatusRequestEntityTooLarge, "file_too_large",
		fmt.Sprintf("The file is too large. Up to %d MB are possible.", r.deps.UploadMaxBytes>>20), map[string]any{"max": r.deps.UploadMaxBytes})
}

func detect(file *filesystem.File) (string, error) {
	content, err := file.Reader.Open()
	if err != nil {
		return "", err
	}
	defer content.Close()

	kind, err := mimetype.DetectReader(content)
	if err != nil {
		return "", err
	}
	essence, _, err := mime.ParseMediaType(kind.String())

	return essence, err
}

func digest(file *filesystem.File) (string, error) {
	content, err := file.Reader.Open()
	if err != nil {
		return "", err
	}
	defer content.Close()

	hash := sha256.New()
	if _, err := io.Copy(hash, content); err != nil {
		return "", err
	}

	return hex.EncodeToString(hash.Sum(nil)), nil
}

// dimensions are in pixels; 0 × 0 for a format the standard library can't read.
func dimensions(file *filesystem.File) (width, height int) {
	content, err := file.Reader.Open()
	if err != nil {
		return 0, 0
	}
	defer content.Close()

	config, _, err := image.DecodeConfig(content)
	if err != nil {
		return 0, 0
	}

	return config.Width, config.Height
}

// asVoiceNote makes a recording what WhatsApp plays as a voice note. One that can't
// be made so stays what it is: a sound.
func asVoiceNote(ctx context.Context, upload *filesystem.File, kind string) (*filesystem.File, string, error) {
	if kind == "audio/ogg" || upload.Size > voice.Most {
		return upload, kind, nil
	}
	content, err := upload.Reader.Open()
	if err != nil {
		return nil, "", err
	}
	defer content.Close()
	recording, err := io.ReadAll(io.LimitReader(content, voice.Most))
	if err != nil {
		return nil, "", err
	}
	sound, err := voice.Ogg(ctx, recording, kind)
	if err != nil {
		return upload, kind, nil //nolint:nilerr // see above
	}
	note, err := filesystem.NewFileFromBytes(sound, "voice.ogg")
	if err != nil {
		return nil, "", err
	}
	note.OriginalName = strings.TrimSuffix(upload.OriginalName, filepath.Ext(upload.OriginalName)) + ".ogg"

	return note, "audio/ogg", nil
}

// claimFiles ties the attachments to their message. A file belongs to one
// message, and only to one of the conversation it was uploaded for.
func claimFiles(app core.App, message *core.Record) error {
	for _, id := range message.GetStringSlice("attachments") {
		result, err := app.DB().Update(collections.Files, dbx.Params{"message": message.Id}, dbx.And(
			dbx.HashExp{"id": id, "message": "", "company": message.GetString("company")},
			dbx.In("conversation", "", message.GetString("conversation")),
		)).Execute()
		if err != nil {
			return err
		}
		if rows, err := result.RowsAffected(); err != nil || rows != 1 {
			return apierr.Invalid("attachments", "A file can be attached to one message of its own conversation only. Upload it again.")
		}
	}

	return nil
}

// inline are the types a browser may show in place. Everything else, HTML and
// SVG above all, is for downloading.
func inline(kind string) bool {
	switch kind {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "application/pdf":
		return true
	}

	return strings.HasPrefix(kind, "audio/") || strings.HasPrefix(kind, "video/")
}

// download serves an attachment to a member who may see its conversation.
func (r *Room) download(e *core.RequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	file, err := visible(e.App, info, collections.Files, e.Request.PathValue("id"), "file")
	if err != nil {
		return err
	}

	if e.Request.URL.Query().Get("size") == "small" {
		return r.serveSmall(e, file)
	}

	return ServeFile(e, file)
}

// ServeFile writes an attachment's bytes. The caller has checked that its reader
// may have it.
func ServeFile(e *core.RequestEvent, file *core.Record) error {
	return serve(e, file, file.GetString("file"), file.GetString("mime"))
}

// serve writes the bytes of an attachment, or of a smaller form of it, by the name
// it is stored under.
func serve(e *core.RequestEvent, file *core.Record, stored, mimeType string) error {
	storage, err := e.App.NewFilesystem()
	if err != nil {
		return err
	}
	defer storage.Close()

	content, err := storage.GetReader(file.BaseFilesPath() + "/" + stored)
	if err != nil {
		return apierr.NotFound("file")
	}
	defer content.Close()

	disposition, kind := "attachment", "application/octet-stream"
	if inline(mimeType) {
		disposition, kind = "inline", mimeType
	}
	header := e.Response.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": file.GetString("name")}))
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Cache-Control", "private, max-age=31536000, immutable")
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(e.Response, e.Request, "", file.GetDateTime("created").Time(), content)

	return nil
}

// storeFile makes an attachment for a conversation of a file that is stored
// under key already. It must not run in a transaction: files may be far away.
func storeFile(app core.App, storage *filesystem.System, key, name string, conversation *core.Record) (id string, err error) {
	content, err := storage.GetReuploadableFile(key, false)
	if err != nil {
		return "", err
	}
	file, err := newRecord(app, collections.Files, map[string]any{
		"company": conversation.GetString("company"), "conversation": conversation.Id, "file": content, "name": name,
	})
	if err != nil {
		return "", err
	}

	return file.Id, app.Save(file)
}
