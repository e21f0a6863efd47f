package contacts

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/pocketbase/pocketbase/core"
)

// notesMax is how many bytes the notes of two contacts may have together; what
// is beyond stays with the one in the bin.
const notesMax = 20_000

// learned is what contact learns from merged, field by field: before, after. What
// it knows stays, and of lists and notes both are kept.
func learned(contact, merged *core.Record) map[string][2]any {
	changes := map[string][2]any{}
	learn := func(field string, before, after any) {
		if !reflect.DeepEqual(before, after) {
			changes[field] = [2]any{before, after}
		}
	}

	for _, field := range []string{"name", "phone", "email", "locale", "birthday", "lead_status", "category", "source", "owner"} {
		if contact.GetString(field) == "" {
			learn(field, "", merged.GetString(field))
		}
	}
	if merged.GetString("lifecycle") == "customer" {
		learn("lifecycle", contact.GetString("lifecycle"), "customer")
	}
	tags := slices.Clone(contact.GetStringSlice("tags"))
	learn("tags", tags, joined(tags, merged.GetStringSlice("tags")))
	learn("notes", contact.GetString("notes"), joinedNotes(contact.GetString("notes"), merged.GetString("notes")))
	learn("bot_off", contact.GetBool("bot_off"), contact.GetBool("bot_off") || merged.GetBool("bot_off"))
	known, both := map[string]any{}, map[string]any{}
	for _, one := range []*core.Record{merged, contact} {
		values, _ := customOf(one) // what can't be read is none
		maps.Copy(both, values)
		if one == contact {
			maps.Copy(known, values)
		}
	}
	learn("custom", known, both)

	return changes
}

// forgotten is what contact looks like without what it learned. What was changed
// since stays as it is.
func forgotten(contact *core.Record, learned map[string][2]any) map[string]any {
	before := map[string]any{}
	for field, change := range learned {
		was, is := change[0], change[1]
		switch field {
		case "tags":
			had, got := textsOf(was), textsOf(is)
			before[field] = slices.DeleteFunc(slices.Clone(contact.GetStringSlice("tags")), func(tag string) bool {
				return slices.Contains(got, tag) && !slices.Contains(had, tag)
			})
		case "bot_off":
			before[field] = was
		case "custom":
			values, _ := customOf(contact)
			got, _ := is.(map[string]any)
			had, _ := was.(map[string]any)
			maps.DeleteFunc(values, func(key string, value any) bool {
				_, own := had[key]

				return !own && reflect.DeepEqual(got[key], value)
			})
			before[field] = values
		default:
			if contact.GetString(field) == is {
				before[field] = was
			}
		}
	}

	return before
}

// textsOf reads a list of texts as JSON decodes it.
func textsOf(list any) []string {
	var all []string
	items, _ := list.([]any)
	for _, item := range items {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}

	return all
}

// joined keeps the order of the first list.
func joined(first, second []string) []string {
	all := slices.Clone(first)
	for _, one := range second {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}

	return all
}

func joinedNotes(first, second string) string {
	switch {
	case second == "" || strings.Contains(first, second):
		return first
	case first == "":
		return second
	case len(first)+len(second)+2 > notesMax:
		return first
	}

	return first + "\n\n" + second
}
