package contacts

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

const (
	// bulkBatch is how many contacts one transaction changes: about a tenth of a
	// second in which nobody else writes.
	bulkBatch = 200

	// bulkIDs is how many contacts can be named; more are given by a filter.
	bulkIDs = 10_000

	// lineTimeout ends a request whose other side has stopped reading.
	lineTimeout = 30 * time.Second
)

// bulkForm says what to do with which contacts.
type bulkForm struct {
	Action string   `json:"action"` // tag, untag, assign, delete, restore
	Tag    string   `json:"tag"`
	Owner  string   `json:"owner"` // of assign; empty: nobody
	Filter string   `json:"filter"`
	IDs    []string `json:"ids"`

	// Confirmed deletes also those with coming appointments.
	Confirmed bool `json:"confirmed"`
}

// bulkProgress is one line of the answer: how far the work has come.
type bulkProgress struct {
	Total int `json:"total"`
	Done  int `json:"done"` // looked at

	// Changed are those of this line by what they had before: the owner of assign,
	// else "". Whoever wants to undo it sends them back.
	Changed map[string][]string `json:"changed,omitempty"`

	Skipped      int  `json:"skipped"`      // not within what the caller may change, or refused
	Appointments int  `json:"appointments"` // not deleted for their coming appointments
	End          bool `json:"end,omitempty"`
}

// bulk changes all contacts that a filter matches, or that are named, in
// batches. Each is changed only if the collection's own update rule reaches it.
// The answer is a stream of JSON lines; who hangs up stops the work after the
// batch in hand.
func (r *Room) bulk(e *core.RequestEvent) error {
	var form bulkForm
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("body", "Send what to do with which contacts as JSON.")
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	member, err := memberOf(e.App, e.Auth, info.Query["company"])
	if err != nil {
		return err
	}
	if err := form.check(e.App, member); err != nil {
		return err
	}

	ids, err := form.targets(e.App, info)
	if err != nil {
		return err
	}

	header := e.Response.Header()
	header.Set("Content-Type", "application/x-ndjson")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no")
	e.Response.WriteHeader(http.StatusOK)
	rc := http.NewResponseController(e.Response)
	_ = rc.SetReadDeadline(time.Time{})
	lines := json.NewEncoder(e.Response)

	work := bulkWork{room: r, form: form, info: info, by: member.Id, progress: bulkProgress{Total: len(ids)}}
	for batch := range slices.Chunk(ids, bulkBatch) {
		if err := work.do(e.Request.Context(), e.App, batch); err != nil {
			return err // the stream breaks off: what is told is done, the rest isn't
		}
		_ = rc.SetWriteDeadline(time.Now().Add(lineTimeout))
		if err := lines.Encode(work.progress); err != nil {
			return nil
		}
		_ = rc.Flush()
	}
	work.progress.Changed, work.progress.End = nil, true

	return lines.Encode(work.progress)
}

// check refuses what can't be done at all, before anything is.
func (f bulkForm) check(app core.App, member *core.Record) error {
	company := member.GetString("company")
	exists := func(collection, id string, more dbx.HashExp) bool {
		count, err := app.CountRecords(collection, dbx.HashExp{"id": id, "company": company}, more)

		return err == nil && count == 1
	}

	switch f.Action {
	case "tag":
		if !exists(collections.Tags, f.Tag, dbx.HashExp{"archived": false}) {
			return apierr.NotFound("tag")
		}
	case "untag":
		if !exists(collections.Tags, f.Tag, nil) {
			return apierr.NotFound("tag")
		}
	case "assign":
		if f.Owner != "" && !exists(collections.Members, f.Owner, dbx.HashExp{"active": true}) {
			return apierr.NotFound("member")
		}
	case "delete", "restore":
		if !holds(member, "contacts.delete") {
			return apierr.Forbidden("contacts.delete")
		}
	default:
		return apierr.Invalid("action", "Choose one of: tag, untag, assign, delete, restore.")
	}
	if len(f.IDs) > bulkIDs {
		return apierr.Invalid("ids", "Name at most 10000 contacts, or give a filter.")
	}

	return nil
}

// targets are the contacts the caller may see, as they stand now: what changes
// meanwhile neither enters nor leaves the work.
func (f bulkForm) targets(app core.App, info *core.RequestInfo) (ids []string, err error) {
	if f.IDs == nil {
		query, err := matching(app, info, collections.Contacts, f.Filter)
		if err != nil {
			return nil, err
		}
		err = query.Select("contacts.id").OrderBy("contacts.id").Column(&ids)

		return slices.Compact(ids), err
	}

	for batch := range slices.Chunk(f.IDs, bulkBatch) {
		query, err := matching(app, info, collections.Contacts, "")
		if err != nil {
			return nil, err
		}
		var seen []string
		if err := query.AndWhere(dbx.In("contacts.id", anys(batch)...)).Select("contacts.id").Column(&seen); err != nil {
			return nil, err
		}
		ids = append(ids, seen...)
	}

	slices.Sort(ids)

	return slices.Compact(ids), nil
}

// bulkWork is a bulk change under way.
type bulkWork struct {
	room     *Room
	form     bulkForm
	info     *core.RequestInfo
	by       string
	progress bulkProgress
}

// do changes one batch in one transaction.
func (w *bulkWork) do(ctx context.Context, app core.App, ids []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	next := w.progress
	err := app.RunInTransaction(func(txApp core.App) error {
		next = w.progress
		next.Changed = map[string][]string{}
		next.Done += len(ids)

		collection, err := txApp.FindCachedCollectionByNameOrId(collections.Contacts)
		if err != nil {
			return err
		}
		query, err := reaching(txApp, w.info, collection, collection.UpdateRule, "")
		if err != nil {
			return err
		}
		var within []string
		if err := query.AndWhere(dbx.In("contacts.id", anys(ids)...)).Select("contacts.id").Column(&within); err != nil {
			return err
		}
		slices.Sort(within)
		within = slices.Compact(within)
		next.Skipped += len(ids) - len(within)

		records, err := txApp.FindRecordsByIds(collections.Contacts, within)
		if err != nil {
			return err
		}
		for _, contact := range records {
			if err := w.change(txApp, contact, &next); err != nil {
				return err
			}
		}

		return nil
	})
	if err == nil {
		w.progress = next
	}

	return err
}

// change does it to one contact. What its own checks refuse is skipped.
func (w *bulkWork) change(txApp core.App, contact *core.Record, next *bulkProgress) error {
	was := ""
	switch tags := contact.GetStringSlice("tags"); w.form.Action {
	case "tag":
		if slices.Contains(tags, w.form.Tag) {
			return nil
		}
		contact.Set("tags", append(tags, w.form.Tag))
	case "untag":
		if !slices.Contains(tags, w.form.Tag) {
			return nil
		}
		contact.Set("tags", slices.DeleteFunc(tags, func(tag string) bool { return tag == w.form.Tag }))
	case "assign":
		if was = contact.GetString("owner"); was == w.form.Owner {
			return nil
		}
		contact.Set("owner", w.form.Owner)
	case "delete":
		if contact.GetString("deleted") != "" {
			return nil
		}
		if !w.form.Confirmed {
			count, err := w.room.coming(txApp, contact)
			if err != nil {
				return err
			}
			if count > 0 {
				next.Appointments++

				return nil
			}
		}
		contact.Set("deleted", w.room.now())
	case "restore":
		if contact.GetString("deleted") == "" || contact.GetString("merged_into") != "" { // part of another one
			return nil
		}
		contact.Set("deleted", "")
	}

	contact.SetRaw(byMember, w.by)
	contact.IgnoreUnchangedFields(true)
	if err := txApp.Save(contact); err != nil {
		next.Skipped++

		return nil
	}
	next.Changed[was] = append(next.Changed[was], contact.Id)

	return nil
}
