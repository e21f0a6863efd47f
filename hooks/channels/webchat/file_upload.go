package webchat

import (
	"fmt"
	"net/http"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// accepted are the types a stranger may send, judged by content, with the ending
// each is kept under. Nothing here can hold a script that a browser would run.
var accepted = map[string]string{
	"image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp", "application/pdf": ".pdf",
}

func (r *Room) errFileTooLarge() error {
	return apierr.New(http.StatusRequestEntityTooLarge, "file_too_large",
		fmt.Sprintf("The file is too large. Up to %d MB are possible.", r.deps.UploadMaxBytes>>20),
		map[string]any{"max": r.deps.UploadMaxBytes})
}

// uploadFile keeps a file of the visitor until a message carries it. Files that
// none ever does are cleaned up like all others without a message.
func (r *Room) uploadFile(e *core.RequestEvent, v *visitor) error {
	if err := r.limit(e, v.ID, limits.VisitorFiles, limits.AddressFiles); err != nil {
		return err
	}
	files, err := e.FindUploadedFiles("file")
	if err != nil || len(files) != 1 {
		return apierr.Invalid("file", "Send one file, as the field `file` of a multipart form.")
	}
	upload := files[0]
	if upload.Size > r.deps.UploadMaxBytes {
		return r.errFileTooLarge()
	}
	ending, err := judge(upload)
	if err != nil {
		return err
	}

	collection, err := e.App.FindCachedCollectionByNameOrId(collections.Files)
	if err != nil {
		return err
	}
	record := core.NewRecord(collection)
	record.Load(map[string]any{"company": v.Company, "visitor": v.ID, "name": fileName(upload.OriginalName, ending), "file": upload})
	if err := e.App.Save(record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, attachment{
		ID: record.Id, Name: record.GetString("name"), Mime: record.GetString("mime"), Size: int64(record.GetInt("size")),
		Width: record.GetInt("width"), Height: record.GetInt("height"),
	})
}

// judge says which accepted type the bytes are; what the browser or the name
// claims counts for nothing.
func judge(upload *filesystem.File) (ending string, err error) {
	content, err := upload.Reader.Open()
	if err != nil {
		return "", err
	}
	defer content.Close()

	kind, err := mimetype.DetectReader(content)
	if err != nil {
		return "", err
	}
	for accept, ending := range accepted {
		if kind.Is(accept) {
			return ending, nil
		}
	}

	return "", apierr.New(http.StatusUnsupportedMediaType, "file_type",
		"Only photos (PNG, JPEG, GIF, WebP) and PDF files can be sent.", map[string]any{"type": kind.String()})
}

// fileName is a name to show, without a path, with the ending of what it is.
func fileName(given, ending string) string {
	name := line(path.Base(strings.ReplaceAll(given, `\`, "/")), 120)
	current := strings.ToLower(path.Ext(name))
	if current == ".jpeg" {
		current = ".jpg"
	}
	if name == "" || name == "." || name == "/" {
		name = "file"
	}
	if current != ending {
		name += ending
	}

	return name
}

// ownUpload finds a file that this visitor uploaded and no message carries yet,
// or the one a repeated message carries already.
func (r *Room) ownUpload(v *visitor, id string) (*core.Record, error) {
	file := &core.Record{}
	err := r.app.RecordQuery(collections.Files).
		AndWhere(dbx.HashExp{"id": id, "company": v.Company, "visitor": v.ID}).Limit(1).One(file)
	if err != nil {
		return nil, apierr.Invalid("attachment", "This file does not exist. Upload it first, with the same token.")
	}

	return file, nil
}
