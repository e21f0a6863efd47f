package live

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Actions of an event. Gone means: still there, but no longer yours to see.
const (
	actionCreate = "create"
	actionUpdate = "update"
	actionDelete = "delete"
	actionGone   = "gone"
)

// change is one committed change of a record, as much of it as the feed needs.
type change struct {
	company    string
	collection string
	id         string
	name       string
	action     string
	rev        int64
	was, is    holder         // who has the row, before and after
	wasVia     string         // or the row that says so, before
	via        string         // and after
	fields     map[string]any // the row as the API shows it to a member; nil after a delete
	record     []byte         // and as JSON
	member     *member
}

// changeOf is what happened to a row, as it was stored. It keeps nothing of the
// record, which its owner may go on changing.
func changeOf(s scope, record *core.Record, action, name string) change {
	c := change{
		company:    companyOf(record),
		collection: record.Collection().Name,
		id:         record.Id,
		name:       name,
		action:     action,
	}

	switch {
	case s.via != "":
		c.via = record.GetString(s.via)
		c.wasVia = c.via
		if action == actionUpdate {
			c.wasVia = record.Original().GetString(s.via)
		}
	case s.owner != "":
		c.is = s.holder(record)
		c.was = c.is
		if action == actionUpdate {
			c.was = s.holder(record.Original())
		}
	}
	if c.collection == collections.Members {
		m := memberFrom(record)
		m.Active = m.Active && action != actionDelete
		c.member = &m
	}
	if action != actionDelete {
		c.fields = record.PublicExport() // without hidden fields and expands
	}

	return c
}

// body is the shared part of the event: everything after epoch and seq, which
// differ between connections.
func (c change) body() []byte {
	b := c.head(c.name, c.action)
	if c.fields != nil {
		b = append(b, `,"record":`...)
		b = append(b, c.record...)
	}

	return append(b, '}')
}

// goneBody tells that the record is out of sight, and nothing else about it.
func (c change) goneBody() []byte {
	return append(c.head(noun(c.collection)+".gone", actionGone), '}')
}

func (c change) head(name, action string) []byte {
	b := make([]byte, 0, 160+len(c.record))
	b = append(b, `"name":"`...)
	b = append(b, name...)
	b = append(b, `","collection":"`...)
	b = append(b, c.collection...)
	b = append(b, `","id":"`...)
	b = append(b, c.id...)
	b = append(b, `","action":"`...)
	b = append(b, action...)
	b = append(b, `","rev":`...)

	return strconv.AppendInt(b, c.rev, 10)
}

// customBody is the shared part of an event that is not stored: the fields of a
// JSON object beside the name.
func customBody(name string, object []byte) []byte {
	b := append([]byte(`"name":"`), name...)
	b = append(b, '"')
	if len(object) > 2 {
		b = append(b, ',')
	}

	return append(b, object[1:]...)
}

// eventName says what happened: "<noun>.created|updated|deleted", and
// "message.status" where a message only moved on its way out.
func eventName(record *core.Record, action string) string {
	collection := record.Collection().Name
	switch {
	case action == actionCreate:
		return noun(collection) + ".created"
	case action == actionDelete:
		return noun(collection) + ".deleted"
	case collection == collections.Messages && onlyStatusChanged(record):
		return "message.status"
	default:
		return noun(collection) + ".updated"
	}
}

// deliveryFields are what the outbox writes beside the status.
var deliveryFields = []string{"status", "error", "due", "attempts", "claimed_until", "external_id", "updated"}

func onlyStatusChanged(record *core.Record) bool {
	before := record.Original()
	if before.GetString("status") == record.GetString("status") {
		return false
	}

	for _, field := range record.Collection().Fields {
		name := field.GetName()
		if !slices.Contains(deliveryFields, name) && before.GetString(name) != record.GetString(name) {
			return false
		}
	}

	return true
}

// noun is the singular of a collection's name.
func noun(collection string) string {
	if stem, ok := strings.CutSuffix(collection, "ies"); ok {
		return stem + "y"
	}

	return strings.TrimSuffix(collection, "s")
}
