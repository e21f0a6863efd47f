package contacts

import (
	"reflect"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// logged are the fields whose changes a contact's timeline tells.
var logged = []string{
	"name", "phone", "email", "locale", "birthday", "lifecycle", "lead_status", "category", "source", "owner",
	"tags", "notes", "custom", "bot_off", "deleted", "merged_into",
}

// longest is how much of a text the log of changes keeps.
const longest = 200

// logChanges writes what was changed beside the contact, in the same transaction.
func logChanges(e *core.RecordEvent) error {
	return collections.InTransaction(e, func() error {
		changes := changesOf(e.Record.Original(), e.Record)
		by, _ := e.Record.GetRaw(byMember).(string)
		if err := e.Next(); err != nil || len(changes) == 0 {
			return err
		}

		collection, err := e.App.FindCachedCollectionByNameOrId(collections.ContactChanges)
		if err != nil {
			return err
		}
		record := core.NewRecord(collection)
		record.Load(map[string]any{"company": e.Record.GetString("company"), "contact": e.Record.Id, "member": by, "changes": changes})

		return e.App.SaveNoValidate(record)
	})
}

func changesOf(was, is *core.Record) map[string][2]any {
	changes := map[string][2]any{}
	for _, field := range logged {
		before, after := plain(was, field), plain(is, field)
		if !reflect.DeepEqual(before, after) {
			changes[field] = [2]any{before, after}
		}
	}

	return changes
}

// plain is a field's value as the log keeps it.
func plain(record *core.Record, field string) any {
	switch field {
	case "tags":
		return append([]string{}, record.GetStringSlice(field)...)
	case "bot_off":
		return record.GetBool(field)
	case "custom":
		values, _ := customOf(record)

		return values
	}
	if text := []rune(record.GetString(field)); len(text) > longest {
		return string(text[:longest]) + "…"
	}

	return record.GetString(field)
}
