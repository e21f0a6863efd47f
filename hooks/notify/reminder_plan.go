package notify

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/texts"
)

// Bounds of a service's reminders, in minutes before the start: a reminder that
// comes later than an hour before comes too late for some.
const (
	soonestOffset  = 60
	farthestOffset = 30 * 1440
	mostOffsets    = 5
)

// defaultOffsets are a day and two hours.
var defaultOffsets = [...]int{1440, 120}

// rules say when and how a service reminds. A missing part is the default; no
// offsets is no reminder.
type rules struct {
	Offsets  *[]int            `json:"offsets"`
	Channels []string          `json:"channels"` // chat, email: the first that works
	Texts    map[string]string `json:"texts"`    // by language
}

func rulesOf(service *core.Record) (rules, error) {
	var list rules
	raw := service.GetString("reminders")
	if raw == "" || raw == "null" {
		return list, nil
	}

	return list, json.Unmarshal([]byte(raw), &list)
}

func (l rules) offsets() []int {
	if l.Offsets == nil {
		return defaultOffsets[:]
	}

	return *l.Offsets
}

func (l rules) channels() []string {
	if len(l.Channels) == 0 {
		return []string{"chat", "email"}
	}

	return l.Channels
}

// bindServices keeps a service's reminders such that they can be planned.
func (r *Room) bindServices() {
	r.app.OnRecordValidate(collections.Services).BindFunc(func(e *core.RecordEvent) error {
		list, err := rulesOf(e.Record)
		if err != nil || !list.valid() {
			return apierr.Invalid("reminders", "Give reminders as {offsets, channels, texts}: at most 5 offsets, from 60 to 43200 minutes; "+
				"channels chat and email; texts by language of at most 1000 characters.")
		}

		return e.Next()
	})
}

func (l rules) valid() bool {
	offsets := l.offsets()
	for _, offset := range offsets {
		if offset < soonestOffset || offset > farthestOffset {
			return false
		}
	}
	for _, channel := range l.Channels {
		if channel != "chat" && channel != "email" {
			return false
		}
	}
	for locale, text := range l.Texts {
		if !slices.Contains(texts.Locales(), locale) || len([]rune(text)) > 1000 {
			return false
		}
	}

	return len(offsets) <= mostOffsets && len(l.Channels) <= 2
}

// dues are the moments to remind at, of those still ahead, earliest first.
func dues(start, now time.Time, offsets []int) map[int]time.Time {
	list := map[int]time.Time{}
	for _, offset := range offsets {
		if due := start.Add(-time.Duration(offset) * time.Minute); due.After(now) {
			list[offset] = due
		}
	}

	return list
}

// plan makes the reminders of an appointment. What would have been due already
// is not made: who books for this afternoon needs no word a day before.
func (r *Room) plan(txApp core.App, a *core.Record) error {
	service, err := txApp.FindRecordById(collections.Services, a.GetString("service"))
	if err != nil {
		return err
	}
	list, err := rulesOf(service)
	if err != nil {
		return err
	}
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.Reminders)
	if err != nil {
		return err
	}

	for offset, due := range dues(a.GetDateTime("start").Time(), r.deps.Now(), list.offsets()) {
		reminder := core.NewRecord(collection)
		reminder.Load(map[string]any{
			"company": a.GetString("company"), "appointment": a.Id, "agenda": a.GetString("agenda"), "contact": a.GetString("contact"),
			"kind": "before", "offset": offset, "due": due.UTC(), "status": "scheduled",
		})
		if err := txApp.SaveNoValidate(reminder); err != nil {
			return err
		}
	}

	return nil
}

// unplan cancels what is still to come, and keeps from leaving what was written
// but has not left yet: nobody shall be reminded of a time that is no more.
func (r *Room) unplan(txApp core.App, a *core.Record, reason string) error {
	reminders, err := txApp.FindAllRecords(collections.Reminders, dbx.HashExp{"appointment": a.Id, "status": []any{"scheduled", "sent"}})
	if err != nil {
		return err
	}
	for _, reminder := range reminders {
		if reminder.GetString("status") == "sent" {
			if err := r.recall(txApp, reminder); err != nil {
				return err
			}
			continue
		}
		reminder.Load(map[string]any{"status": "cancelled", "reason": reason})
		if err := save(txApp, reminder); err != nil {
			return err
		}
	}

	return nil
}

// recall takes a reminder back that is written and not sent.
func (r *Room) recall(txApp core.App, reminder *core.Record) error {
	for field, collection := range map[string]string{"message": collections.Messages, "mail": collections.Mails} {
		id := reminder.GetString(field)
		if id == "" {
			continue
		}
		row, err := txApp.FindRecordById(collection, id)
		if err != nil {
			continue // cleaned up
		}
		if row.GetString("status") != "queued" {
			continue
		}
		row.Load(map[string]any{"status": "skipped", "error": "superseded"})
		if err := save(txApp, row); err != nil {
			return err
		}
	}

	return nil
}
