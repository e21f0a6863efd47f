package contacts

import (
	"encoding/json"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// maxFields bounds a company's fields: each is a line on the screen of every contact.
const maxFields = 100

func bindFields(app core.App) {
	app.OnRecordCreate(collections.ContactFields).BindFunc(completeField)
	app.OnRecordUpdate(collections.ContactFields).BindFunc(keepField)
	app.OnRecordCreate(collections.Contacts).BindFunc(checkCustom)
	app.OnRecordUpdate(collections.Contacts).BindFunc(checkCustom)
}

var notInKey = regexp.MustCompile(`[^a-z0-9]+`)

// keyFor makes the key of a field from its label: "Convênio nº" becomes "convenio_n".
func keyFor(label string) string {
	key := strings.Trim(notInKey.ReplaceAllString(Fold(label), "_"), "_")
	if key == "" || key[0] < 'a' {
		key = strings.Trim("field_"+key, "_")
	}

	return key[:min(len(key), 40)]
}

// completeField gives a field its key where none is given, and checks its choices.
func completeField(e *core.RecordEvent) error {
	company := e.Record.GetString("company")
	count, err := e.App.CountRecords(collections.ContactFields, dbx.HashExp{"company": company})
	if err != nil {
		return err
	}
	if count >= maxFields {
		return apierr.Invalid("label", "There are "+strconv.Itoa(maxFields)+" fields already, which is the most. Delete one first.")
	}

	if e.Record.GetString("key") == "" {
		base := keyFor(e.Record.GetString("label"))
		key := base
		for n := 2; ; n++ {
			taken, err := e.App.CountRecords(collections.ContactFields, dbx.HashExp{"company": company, "key": key})
			if err != nil {
				return err
			}
			if taken == 0 {
				break
			}
			suffix := "_" + strconv.Itoa(n)
			key = base[:min(len(base), 40-len(suffix))] + suffix
		}
		e.Record.Set("key", key)
	}

	return keepField(e)
}

// keepField refuses to change what values already stored depend on.
func keepField(e *core.RecordEvent) error {
	if was := e.Record.Original(); !e.Record.IsNew() {
		for _, name := range []string{"key", "type"} {
			if e.Record.GetString(name) != was.GetString(name) {
				return apierr.Invalid(name, "The "+name+" of a field never changes, because contacts hold values of it. Make another field.")
			}
		}
	}
	if e.Record.GetString("type") == "choice" {
		choices := slices.DeleteFunc(e.Record.GetStringSlice("choices"), func(choice string) bool { return strings.TrimSpace(choice) == "" })
		if len(choices) == 0 {
			return apierr.Invalid("choices", "A field of this type needs at least one choice.")
		}
	}

	return e.Next()
}

// Field is a company's own field of a contact.
type Field struct {
	Key     string
	Label   string
	Type    string // text, number, date, choice, boolean, url
	Choices []string
}

// Fields returns the fields of a company, in the order of the screen.
func Fields(app core.App, company string) ([]Field, error) {
	records, err := app.FindRecordsByFilter(collections.ContactFields, "company = {:company}", "position,id", 0, 0, dbx.Params{"company": company})
	if err != nil {
		return nil, err
	}
	list := make([]Field, len(records))
	for i, record := range records {
		list[i] = Field{Key: record.GetString("key"), Label: record.GetString("label"), Type: record.GetString("type"), Choices: record.GetStringSlice("choices")}
	}

	return list, nil
}

// checkCustom checks the values of custom that are new or changed; what stands
// there from a field that is gone may stay.
func checkCustom(e *core.RecordEvent) error {
	values, err := customOf(e.Record)
	if err != nil {
		return apierr.Invalid("custom", "Send an object of values by the key of their field.")
	}
	before, _ := customOf(e.Record.Original())

	var fields map[string]Field
	for key, value := range values {
		if reflect.DeepEqual(before[key], value) {
			continue
		}
		if fields == nil {
			list, err := Fields(e.App, e.Record.GetString("company"))
			if err != nil {
				return err
			}
			fields = make(map[string]Field, len(list))
			for _, field := range list {
				fields[field.Key] = field
			}
		}
		field, ok := fields[key]
		if !ok {
			return apierr.Invalid("custom."+key, "There is no field "+key+".")
		}
		if problem := field.Check(value); problem != "" {
			return apierr.Invalid("custom."+key, problem)
		}
		if value == nil || value == "" {
			delete(values, key)
		}
	}
	if fields != nil {
		e.Record.Set("custom", values)
	}

	return e.Next()
}

func customOf(contact *core.Record) (map[string]any, error) {
	raw := contact.GetString("custom")
	if raw == "" || raw == "null" || raw == "[]" {
		return map[string]any{}, nil
	}
	var values map[string]any
	err := json.Unmarshal([]byte(raw), &values)

	return values, err
}

// Check says what is wrong with a value as JSON decodes it, or "". Empty text
// and null mean that there is none.
func (f Field) Check(value any) string {
	if value == nil || value == "" {
		return ""
	}
	text, isText := value.(string)

	switch f.Type {
	case "number":
		if _, ok := value.(float64); !ok {
			return "Send a number."
		}
	case "boolean":
		if _, ok := value.(bool); !ok {
			return "Send true or false."
		}
	case "date":
		if _, err := time.Parse(time.DateOnly, text); !isText || err != nil {
			return "Send a date as YYYY-MM-DD."
		}
	case "choice":
		if !isText || !slices.Contains(f.Choices, text) {
			return "Choose one of: " + strings.Join(f.Choices, ", ") + "."
		}
	case "url":
		address, err := url.Parse(text)
		if !isText || err != nil || (address.Scheme != "http" && address.Scheme != "https") || address.Host == "" {
			return "Send an address that begins with https:// or http://."
		}
	default:
		if !isText || utf8.RuneCountInString(text) > 2_000 {
			return "Send a text of at most 2000 characters."
		}
	}

	return ""
}
