package agents

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/routine"

	"recado/collections"
	"recado/hooks/agents/model"
)

// Voice notes of customers are transcribed where a key of the company names a model
// for it. The file is the job: due until its words are on its message, or until it
// has been tried often enough.

const (
	hearAttempts = 3
	hearClaim    = 2 * time.Minute // longer than one try
	hearTimeout  = 45 * time.Second
	hearBytes    = 25 << 20 // what endpoints take
	hearRunes    = 8_000    // of a transcript
	hearBatch    = 8        // at a time
)

// Hears says whether a company has a key for transcribing.
func Hears(app core.App, company string) bool {
	key, err := hearingKey(app, company)

	return err == nil && key != nil
}

// hearingKey is the company's oldest key that names a model for it; nil where there
// is none.
func hearingKey(app core.App, company string) (*core.Record, error) {
	var keys []*core.Record
	err := app.RecordQuery(collections.AIKeys).AndWhere(dbx.HashExp{"company": company}).
		AndWhere(dbx.NewExp("transcribe_model != ''")).OrderBy("name", "id").Limit(1).All(&keys)
	if err != nil || len(keys) == 0 {
		return nil, err
	}

	return keys[0], nil
}

// bindHearing wakes the worker when a voice note has got its file.
func (r *Room) bindHearing() {
	r.app.OnRecordAfterUpdateSuccess(collections.Messages).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("kind") == "audio" && len(e.Record.GetStringSlice("attachments")) > 0 {
			r.listen()
		}

		return e.Next()
	})
}

// listen asks for a look at what is to be heard. It never blocks.
func (r *Room) listen() {
	select {
	case r.sound <- struct{}{}:
	default:
	}
}

func (r *Room) serveHearing() {
	for {
		select {
		case <-r.ctx.Done():
			return
		case <-r.sound:
			if err := r.hearDue(r.ctx); err != nil && r.ctx.Err() == nil {
				r.app.Logger().Error("Voice notes could not be transcribed; they stay due", slog.Any("error", err))
			}
		}
	}
}

// hearDue transcribes what is due, until nothing is.
func (r *Room) hearDue(ctx context.Context) error {
	r.hearing.Lock()
	defer r.hearing.Unlock()
	for ctx.Err() == nil {
		var files []*core.Record
		err := r.app.RecordQuery(collections.Files).
			AndWhere(dbx.NewExp("transcribe_due != '' AND transcribe_due <= {:now} AND message != ''", dbx.Params{"now": stamp(r.deps.Now())})).
			OrderBy("transcribe_due").Limit(hearBatch).All(&files)
		if err != nil || len(files) == 0 {
			return err
		}
		for _, file := range files {
			if err := routine.SafeWrap(func() error { return r.hear(ctx, file) })(); err != nil {
				return err
			}
		}
	}

	return nil
}

// hear claims one voice note and finds out what was said. An error is one of the
// database: what the endpoint says is tried again, or noted.
func (r *Room) hear(ctx context.Context, file *core.Record) error {
	attempt := file.GetInt("transcribe_attempts") + 1
	result, err := r.app.NonconcurrentDB().Update(collections.Files,
		dbx.Params{"transcribe_due": stamp(r.deps.Now().Add(hearClaim)), "transcribe_attempts": attempt},
		dbx.HashExp{"id": file.Id, "transcribe_due": file.GetString("transcribe_due")}).Execute()
	if err != nil {
		return err
	}
	if rows, err := result.RowsAffected(); err != nil || rows != 1 {
		return err // another process has it
	}

	words, err := r.transcribe(ctx, file)
	switch {
	case ctx.Err() != nil:
		return nil // the claim runs out
	case errors.Is(err, errDeaf): // nobody waits for it
		return r.settleHearing(file)
	case err == nil:
	case attempt < hearAttempts && worthAgain(err):
		wait := time.Duration(attempt*attempt) * 5 * time.Second
		_, err := r.app.NonconcurrentDB().Update(collections.Files, dbx.Params{"transcribe_due": stamp(r.deps.Now().Add(wait))}, dbx.HashExp{"id": file.Id}).Execute()

		return err
	default:
		r.app.Logger().Warn("A voice note was not transcribed", slog.String("file", file.Id), slog.Any("error", err))
	}
	if err := r.deps.Inbox.Heard(ctx, file.GetString("message"), words); err != nil {
		return err
	}

	return r.settleHearing(file)
}

// settleHearing notes that there is nothing left to do.
func (r *Room) settleHearing(file *core.Record) error {
	_, err := r.app.NonconcurrentDB().Update(collections.Files, dbx.Params{"transcribe_due": ""}, dbx.HashExp{"id": file.Id}).Execute()

	return err
}

var errDeaf = errors.New("no key of the company names a model for it")

// worthAgain says whether another try may help.
func worthAgain(err error) bool {
	switch model.ProblemOf(err) {
	case model.Unreachable, model.RateLimited, model.Slow:
		return true
	}
	var known *model.Error

	return errors.As(err, &known) && known.Status >= 500
}

func (r *Room) transcribe(ctx context.Context, file *core.Record) (string, error) {
	key, err := hearingKey(r.app, file.GetString("company"))
	if err != nil {
		return "", err
	}
	if key == nil {
		return "", errDeaf
	}
	if file.GetInt("size") > hearBytes {
		return "", fmt.Errorf("%d bytes are too many", file.GetInt("size"))
	}
	endpoint, err := r.endpoint(key)
	if err != nil {
		return "", err
	}
	storage, err := r.app.NewFilesystem()
	if err != nil {
		return "", err
	}
	defer storage.Close()
	content, err := storage.GetReader(file.BaseFilesPath() + "/" + file.GetString("file"))
	if err != nil {
		return "", err
	}
	defer content.Close()

	ctx, cancel := context.WithTimeout(ctx, hearTimeout)
	defer cancel()
	// endpoints tell the type by the name
	words, err := endpoint.Transcribe(ctx, key.GetString("transcribe_model"), "voice"+path.Ext(file.GetString("file")), content)

	return clip(strings.TrimSpace(words), hearRunes), err
}
