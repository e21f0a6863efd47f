package contacts

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/ozzo-validation/v4/is"

	"recado/hooks/contacts/table"
)

// values are the fields of a contact a row speaks of, in the form they are
// stored in. A field that is missing or empty is not touched.
type values map[string]string

// problem is why a row can't become a contact: which field and what is wrong,
// as a key of the server's texts (import.<code>).
type problem struct {
	Field string `json:"field"`
	Code  string `json:"error"`
}

// reading is what a row is read by.
type reading struct {
	mapping  []string          // target of each column
	timezone string            // of the company: phones and dates are local to it
	owners   map[string]string // member ids by folded e-mail and name
	tags     map[string]string // tag ids by folded name
	fields   map[string]Field  // the company's own, by target
}

// lengths are the most characters a field holds.
var lengths = map[string]int{
	"name": 200, "email": 255, "locale": 20, "lead_status": 60, "category": 60, "source": 60, "notes": 20_000,
}

const (
	tagMax  = 40 // characters of one tag
	tagsMax = 50 // tags of one contact
)

// read turns the cells of a row into the values of a contact, or says what is
// wrong with it. It is pure.
func (r reading) read(cells []string) (values, *problem) {
	v := values{}
	own := map[string]any{}
	var first, last string
	for i, target := range r.mapping {
		if target == "" || i >= len(cells) || cells[i] == "" {
			continue
		}
		cell := cells[i]
		if field, ok := r.fields[target]; ok {
			value, code := customValue(field, cell, r.timezone)
			if code != "" {
				return nil, &problem{target, code}
			}
			own[field.Key] = value

			continue
		}
		if most := lengths[target]; most > 0 && len(cell) > most && utf8.RuneCountInString(cell) > most {
			return nil, &problem{target, "too_long"}
		}
		switch target {
		case "first_name":
			first = cell
		case "last_name":
			last = cell
		default:
			value, code := r.value(target, cell)
			if code != "" {
				return nil, &problem{target, code}
			}
			v[target] = value
		}
	}

	if len(own) > 0 {
		raw, err := json.Marshal(own)
		if err != nil || len(raw) > customMax {
			return nil, &problem{"custom", "too_long"}
		}
		v["custom"] = string(raw)
	}
	if full := strings.TrimSpace(first + " " + last); full != "" && v["name"] == "" {
		if utf8.RuneCountInString(full) > lengths["name"] {
			return nil, &problem{"name", "too_long"}
		}
		v["name"] = full
	}
	if v["name"] == "" && v["phone"] == "" && v["email"] == "" && v["id"] == "" {
		return nil, &problem{"name", "nobody"}
	}

	return v, nil
}

// value brings one cell into the form it is stored in; code says what is wrong.
func (r reading) value(target, cell string) (value, code string) {
	switch target {
	case "phone":
		return r.phone(cell)
	case "email":
		address := strings.ToLower(cell)
		if !plainEmail.MatchString(address) && is.EmailFormat.Validate(address) != nil {
			return "", "email"
		}

		return address, ""
	case "birthday":
		day, ok := birthday(cell, r.timezone)
		if !ok {
			return "", "birthday"
		}

		return day, ""
	case "lifecycle":
		lifecycle, ok := lifecycles[Fold(cell)]
		if !ok {
			return "", "lifecycle"
		}

		return lifecycle, ""
	case "owner":
		owner, ok := r.owners[Fold(cell)]
		if !ok {
			return "", "owner"
		}

		return owner, ""
	case "tags":
		return tagList(cell)
	default:
		return cell, ""
	}
}

// phone reads a number as people keep it: with or without its plus.
func (r reading) phone(cell string) (value, code string) {
	cell = table.Whole(cell)
	number, err := E164(cell, r.timezone)
	if err == nil && len(number) >= 8 {
		return number, ""
	}
	if digits := Digits(cell); len(digits) > 10 && !strings.Contains(cell, "+") {
		if number, err = E164("+"+digits, r.timezone); err == nil {
			return number, ""
		}
	}

	return "", "phone"
}

// plainEmail is nearly every address there is; the rest is left to the rule that
// records are checked by, which takes longer.
var plainEmail = regexp.MustCompile(`^[a-z0-9][a-z0-9._%+-]{0,62}@[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.[a-z]{2,}$`)

var lifecycles = map[string]string{
	"lead": "lead", "prospect": "lead", "prospecto": "lead", "potencial": "lead", "interessado": "lead", "interesado": "lead",
	"customer": "customer", "client": "customer", "cliente": "customer", "paciente": "customer", "patient": "customer",
	"other": "other", "outro": "other", "otro": "other",
}

// birthday reads a day as people write it, or as the number a workbook keeps.
// Where day and month can't be told apart, the month comes first in the United
// States only.
func birthday(cell, timezone string) (day string, ok bool) {
	if serial, err := strconv.ParseFloat(cell, 64); err == nil && serial >= 1 && serial < 100_000 {
		t, err := table.SerialDate(serial)

		return t.Format(time.DateOnly), err == nil && plausible(t)
	}
	cell, _, _ = strings.Cut(cell, " ") // a time of day says nothing about a birthday
	cell, _, _ = strings.Cut(cell, "T")
	layouts := []string{"2006-01-02", "2006/01/02", "2/1/2006", "2-1-2006", "2.1.2006"}
	if region(timezone) == "US" {
		layouts = []string{"2006-01-02", "2006/01/02", "1/2/2006", "1-2-2006", "2.1.2006"}
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, cell); err == nil {
			return t.Format(time.DateOnly), plausible(t)
		}
	}

	return "", false
}

func plausible(t time.Time) bool { return t.Year() >= 1880 && t.Year() <= 2200 }

// tagList reads tags between semicolons or, where there are none, commas into a
// JSON array of their names.
func tagList(cell string) (list, code string) {
	tags := []string{}
	between := ","
	if strings.Contains(cell, ";") {
		between = ";"
	}
	for tag := range strings.SplitSeq(cell, between) {
		tag = strings.Join(strings.Fields(tag), " ")
		if utf8.RuneCountInString(tag) > tagMax {
			return "", "too_long"
		}
		if Fold(tag) != "" && !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	if len(tags) > tagsMax {
		return "", "too_long"
	}
	raw, err := json.Marshal(tags)
	if err != nil {
		return "", "too_long"
	}

	return string(raw), ""
}
