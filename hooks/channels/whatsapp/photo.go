package whatsapp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"

	"recado/collections"
)

const (
	photoAge      = 7 * 24 * time.Hour // how old a picture may be before it is looked at again
	photoMax      = 64 << 10
	photoPatience = 30 * time.Second
)

// lookAt fetches the picture of someone who has just written, beside all else,
// unless that was done lately.
func (r *Room) lookAt(row *row, contact string, chat types.JID) {
	now := r.deps.Now()
	if last, ok := r.looked.Load(contact); ok && now.Sub(last.(time.Time)) < photoAge {
		return
	}
	r.looked.Store(contact, now)
	r.journal.beside(func() {
		if err := r.fetchPhoto(row, contact, chat); err != nil {
			r.app.Logger().Info("A picture could not be fetched", slog.String("contact", contact), slog.Any("error", err))
		}
	})
}

func (r *Room) fetchPhoto(row *row, contact string, chat types.JID) error {
	var known []*core.Record
	err := r.app.RecordQuery(collections.ContactPhotos).AndWhere(dbx.HashExp{"company": row.Company, "contact": contact}).
		OrderBy("fetched_at DESC").Limit(1).All(&known)
	if err != nil || len(known) > 0 && r.deps.Now().Sub(known[0].GetDateTime("fetched_at").Time()) < photoAge {
		return err
	}
	client := r.number(row.Channel).ready()
	if client == nil {
		r.looked.Delete(contact)

		return nil
	}
	ctx, cancel := context.WithTimeout(r.ctx, photoPatience)
	defer cancel()

	photo := &core.Record{}
	if len(known) > 0 {
		photo = known[0]
	} else {
		collection, err := r.app.FindCachedCollectionByNameOrId(collections.ContactPhotos)
		if err != nil {
			return err
		}
		photo = core.NewRecord(collection)
		photo.Load(map[string]any{"company": row.Company, "contact": contact})
	}
	info, err := client.GetProfilePictureInfo(ctx, chat, &whatsmeow.GetProfilePictureParams{Preview: true, ExistingID: photo.GetString("picture")})
	switch {
	case errors.Is(err, whatsmeow.ErrProfilePictureNotSet), errors.Is(err, whatsmeow.ErrProfilePictureUnauthorized):
		photo.Load(map[string]any{"data": "", "picture": ""})
	case err != nil:
		return err
	case info != nil: // else it is the same still
		data, err := r.download(ctx, info.URL)
		if err != nil {
			return err
		}
		photo.Load(map[string]any{"data": data, "picture": info.ID})
	}
	photo.Set("fetched_at", r.deps.Now())

	return r.app.Save(photo)
}

var errNoPicture = errors.New("this is no picture that can be shown")

// download gets a small picture as a data: address.
func (r *Room) download(ctx context.Context, url string) (string, error) {
	if !strings.HasPrefix(url, "https://") {
		return "", errNoPicture
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	response, err := r.deps.HTTP.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("the server answers %d", response.StatusCode)
	}
	raw, err := io.ReadAll(io.LimitReader(response.Body, photoMax+1))
	if err != nil {
		return "", err
	}
	kind := http.DetectContentType(raw)
	if len(raw) > photoMax || kind != "image/jpeg" && kind != "image/png" && kind != "image/webp" {
		return "", errNoPicture
	}

	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(raw), nil
}
