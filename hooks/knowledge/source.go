package knowledge

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// A source is a row of knowledge. What it is of (its text, file or address) and its
// title are its writer's; all else is the server's. When what it is of changes it is
// due, and read by read.go.

// Kinds of sources.
const (
	kindPage    = "page"
	kindFile    = "file"
	kindAddress = "address"
)

// States of a source.
const (
	stateWaiting = "waiting"
	stateReading = "reading"
	stateReady   = "ready"
	stateFailed  = "failed"
)

var own = []string{"name", "state", "problem", "size", "letters", "pieces", "total", "vectors", "read_at", "due"}

func (r *Room) bindSources() {
	keep := func(e *core.RecordRequestEvent) error {
		for _, field := range own {
			e.Record.SetRaw(field, e.Record.Original().GetRaw(field))
		}

		return e.Next()
	}
	r.app.OnRecordCreateRequest(collections.Knowledge).BindFunc(keep)
	r.app.OnRecordUpdateRequest(collections.Knowledge).BindFunc(keep)
	r.app.OnRecordCreate(collections.Knowledge).BindFunc(r.created)
	r.app.OnRecordUpdate(collections.Knowledge).BindFunc(r.updated)
	r.app.OnRecordDelete(collections.Knowledge).BindFunc(deleted)
	woken := func(e *core.RecordEvent) error {
		r.wake()

		return e.Next()
	}
	r.app.OnRecordAfterCreateSuccess(collections.Knowledge).BindFunc(woken)
	r.app.OnRecordAfterUpdateSuccess(collections.Knowledge).BindFunc(woken)
	// Whether texts have a meaning is a matter of the keys.
	r.app.OnRecordAfterUpdateSuccess(collections.AIKeys).BindFunc(woken)
	r.app.OnRecordAfterCreateSuccess(collections.AIKeys).BindFunc(woken)
}

func (r *Room) created(e *core.RecordEvent) error {
	if err := r.valid(e.Record); err != nil {
		return err
	}
	r.askAgain(e.Record)

	return collections.InTransaction(e, func() error {
		var count int
		err := e.App.DB().Select("count(*)").From(collections.Knowledge).Where(dbx.HashExp{"company": e.Record.GetString("company")}).Row(&count)
		if err != nil {
			return err
		}
		if count >= r.deps.Limits.Sources {
			return apierr.New(http.StatusConflict, "knowledge_full",
				fmt.Sprintf("There are %d sources already, which is the most there may be. Delete one that is not needed any more.", count),
				map[string]any{"limit": r.deps.Limits.Sources})
		}

		return e.Next()
	})
}

func (r *Room) updated(e *core.RecordEvent) error {
	record, before := e.Record, e.Record.Original()
	if record.GetString("kind") != before.GetString("kind") {
		return apierr.Invalid("kind", "The kind of a source never changes. Make another one.")
	}
	if err := r.valid(record); err != nil {
		return err
	}
	changed := len(record.GetUnsavedFiles("file")) > 0
	for _, field := range []string{"title", "text", "url"} {
		changed = changed || record.GetString(field) != before.GetString(field)
	}
	record.IgnoreUnchangedFields(true) // the worker writes beside us
	if !changed {
		return e.Next()
	}
	r.askAgain(record)

	return collections.InTransaction(e, func() error {
		// A reading that began after the record was loaded stops as well: it would put
		// back the title it knows, and nobody would read the new one.
		_, err := e.App.DB().Update(collections.Knowledge, dbx.Params{"state": stateWaiting, "claimed_until": "", "hash": ""}, dbx.HashExp{"id": record.Id}).Execute()
		if err != nil {
			return err
		}

		return e.Next()
	})
}

// askAgain makes a source due now. A reading that is under way stops at its next step.
func (r *Room) askAgain(record *core.Record) {
	record.Set("state", stateWaiting)
	record.Set("problem", "")
	record.Set("due", r.deps.Now())
	record.Set("claimed_until", nil)
	record.Set("attempts", 0)
	record.Set("hash", "")
}

// valid brings a source into its form.
func (r *Room) valid(record *core.Record) error {
	record.Set("title", strings.Join(strings.Fields(record.GetString("title")), " "))
	if kind := record.GetString("kind"); kind != kindPage {
		record.Set("text", "")
	}
	switch record.GetString("kind") {
	case kindPage:
		if strings.TrimSpace(record.GetString("text")) == "" {
			return apierr.Invalid("text", "Write what agents should know.")
		}
		if record.GetString("title") == "" {
			return apierr.Invalid("title", "Give the page a title.")
		}
		record.Set("size", len(record.GetString("text")))
	case kindFile:
		uploads := record.GetUnsavedFiles("file")
		if len(uploads) == 0 && record.GetString("file") == "" {
			return apierr.Invalid("file", "Attach one file.")
		}
		if len(uploads) > 0 {
			if uploads[0].Size > r.deps.Limits.Bytes {
				return apierr.New(http.StatusRequestEntityTooLarge, "file_too_large",
					fmt.Sprintf("The file is too large. Up to %d MB are possible.", r.deps.Limits.Bytes>>20), map[string]any{"max": r.deps.Limits.Bytes})
			}
			record.Set("name", clip(uploads[0].OriginalName, 255))
			record.Set("size", uploads[0].Size)
		}
	case kindAddress:
		address := strings.TrimSpace(record.GetString("url"))
		if address != "" && !strings.Contains(address, "://") {
			address = "https://" + address
		}
		at, err := url.Parse(address)
		if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Hostname() == "" || at.User != nil {
			return apierr.Invalid("url", "Give the address of a web page, for example https://example.com/prices.")
		}
		at.Fragment = ""
		record.Set("url", at.String())
	default:
		return apierr.Invalid("kind", "The kind is page, file or address.")
	}

	return nil
}

// deleted takes the pieces of a source out with it.
func deleted(e *core.RecordEvent) error {
	return collections.InTransaction(e, func() error {
		if err := remove(e.App, e.Record.Id); err != nil {
			return err
		}

		return e.Next()
	})
}

// clip is the beginning of a text, so many characters at most.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}

	return text
}
