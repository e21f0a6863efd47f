package contacts

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"recado/hooks/contacts/table"
)

// customPrefix begins the target of a column that becomes one of the company's
// own fields: "custom.insurance".
const customPrefix = "custom."

// customMax is how many bytes the values of one contact's own fields take.
const customMax = 50_000

// customValue reads a cell as a value of a field, or says what is wrong with it.
func customValue(field Field, cell, timezone string) (value any, code string) {
	switch field.Type {
	case "number":
		number, ok := numberIn(cell)
		if !ok {
			return nil, "number"
		}

		return number, ""
	case "boolean":
		yes, ok := booleans[Fold(cell)]
		if !ok {
			return nil, "boolean"
		}

		return yes, ""
	case "date":
		if _, err := time.Parse(time.DateOnly, cell); err == nil {
			return cell, ""
		}
		day, ok := birthday(cell, timezone)
		if !ok {
			return nil, "date"
		}

		return day, ""
	case "choice":
		at := slices.Index(field.Choices, cell)
		if at < 0 {
			at = slices.IndexFunc(field.Choices, func(choice string) bool { return Fold(choice) == Fold(cell) })
		}
		if at < 0 {
			return nil, "choice"
		}

		return field.Choices[at], ""
	case "url":
		if field.Check(cell) != "" {
			return nil, "url"
		}

		return cell, ""
	default:
		if field.Check(cell) != "" {
			return nil, "too_long"
		}

		return cell, ""
	}
}

// numberIn reads a number with a point or a comma before its decimals.
func numberIn(cell string) (float64, bool) {
	if strings.Count(cell, ",") == 1 && !strings.Contains(cell, ".") {
		cell = strings.Replace(cell, ",", ".", 1)
	}
	number, err := strconv.ParseFloat(cell, 64)
	_, asJSON := json.Marshal(number) // neither infinite nor no number at all

	return number, err == nil && asJSON == nil
}

var booleans = map[string]bool{
	"true": true, "yes": true, "y": true, "sim": true, "s": true, "si": true, "1": true, "x": true,
	"false": false, "no": false, "n": false, "nao": false, "0": false,
}

// customCell writes a value so that [customValue] reads the same one.
func customCell(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		raw, _ := json.Marshal(v) // of a field that is gone

		return string(raw)
	}
}

// overlay puts the values of one JSON object over another's. Where they say
// nothing new the old one stays as it is written.
func overlay(old, more string) string {
	var have, add map[string]any
	_ = json.Unmarshal([]byte(old), &have)
	_ = json.Unmarshal([]byte(more), &add)
	if have == nil {
		have = map[string]any{}
	}
	changed := false
	for key, value := range add {
		before := have[key]
		if text, ok := before.(string); ok {
			before = table.Clean(text)
		}
		if !reflect.DeepEqual(before, value) {
			have[key], changed = value, true
		}
	}
	if !changed {
		return old
	}
	raw, _ := json.Marshal(have) // it was JSON

	return string(raw)
}
