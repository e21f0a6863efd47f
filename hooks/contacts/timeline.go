package contacts

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// timelinePage is how many events one page has.
const timelinePage = 30

// event is one thing that happened with a contact.
type event struct {
	Kind   string       `json:"kind"` // conversation, appointment, change, note
	At     string       `json:"at"`
	Record *core.Record `json:"record"`
}

// source is where events come from: a collection, the column that says when,
// and what of it belongs to a contact.
type source struct {
	kind, collection, at string
	where                dbx.Expression
}

func sourcesOf(contact string) []source {
	of := func(column string) dbx.Expression {
		return dbx.NewExp(column+" = {:timelineContact}", dbx.Params{"timelineContact": contact})
	}

	return []source{
		{"conversation", collections.Conversations, "created", of("conversations.contact")},
		{"appointment", collections.Appointments, "start", of("appointments.contact")},
		{"change", collections.ContactChanges, "created", of("contact_changes.contact")},
		{"note", collections.Messages, "at", dbx.And(of("messages.contact"), dbx.NewExp("messages.kind = 'note'"))},
	}
}

// timeline answers what happened with a contact, newest first: conversations,
// appointments, changes and notes, as far as the caller may see each. `before`
// is the `next` of the page before.
func (r *Room) timeline(e *core.RequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	contact, err := e.App.FindRecordById(collections.Contacts, e.Request.PathValue("id"))
	if err != nil {
		return apierr.NotFound("contact")
	}
	if ok, err := e.App.CanAccessRecord(contact, info, contact.Collection().ViewRule); err != nil || !ok {
		return apierr.NotFound("contact")
	}
	at, id, err := readCursor(e.Request.URL.Query().Get("before"))
	if err != nil {
		return err
	}

	var events []event
	for _, s := range sourcesOf(contact.Id) {
		found, err := s.before(e, info, at, id)
		if err != nil {
			return err
		}
		events = append(events, found...)
	}
	slices.SortFunc(events, func(a, b event) int {
		return cmp.Or(cmp.Compare(b.At, a.At), cmp.Compare(b.Record.Id, a.Record.Id))
	})

	next := ""
	if len(events) > timelinePage {
		events = events[:timelinePage]
		last := events[timelinePage-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(last.At + "|" + last.Record.Id))
	}
	records := make([]*core.Record, len(events))
	for i := range events {
		records[i] = events[i].Record
	}
	if err := enrich(e, records); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": append([]event{}, events...), "next": next})
}

func readCursor(cursor string) (at, id string, err error) {
	if cursor == "" {
		return "", "", nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	at, id, found := strings.Cut(string(raw), "|")
	if err != nil || !found {
		return "", "", apierr.Invalid("before", "This is not the end of a page.")
	}

	return at, id, nil
}

// before returns one event more than a page has, of those before the cursor. An
// account that may see nothing of the collection gets none.
func (s source) before(e *core.RequestEvent, info *core.RequestInfo, at, id string) ([]event, error) {
	query, err := matching(e.App, info, s.collection, "")
	if err != nil {
		return nil, err
	}
	column := s.collection + "." + s.at
	query.AndWhere(s.where)
	if at != "" {
		query.AndWhere(dbx.NewExp("("+column+" < {:timelineAt} OR ("+column+" = {:timelineAt} AND "+s.collection+".id < {:timelineID}))",
			dbx.Params{"timelineAt": at, "timelineID": id}))
	}

	var records []*core.Record
	if err := query.OrderBy(column+" DESC", s.collection+".id DESC").Limit(timelinePage + 1).All(&records); err != nil {
		return nil, err
	}
	events := make([]event, len(records))
	for i, record := range records {
		events[i] = event{Kind: s.kind, At: record.GetString(s.at), Record: record}
	}

	return events, nil
}

// enrich makes the records what the records API would show.
func enrich(e *core.RequestEvent, records []*core.Record) error {
	byCollection := map[string][]*core.Record{}
	for _, record := range records {
		name := record.Collection().Name
		byCollection[name] = append(byCollection[name], record)
	}
	for _, list := range byCollection {
		if err := apis.EnrichRecords(e, list); err != nil {
			return err
		}
	}

	return nil
}
