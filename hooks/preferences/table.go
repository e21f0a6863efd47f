package preferences

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"recado/collections"
	"recado/hooks/apierr"
)

// sections are saved each alone.
var sections = []string{"notifications", "security", "app"}

// field is one preference. Name is what the API calls it, stored its key in
// users.preferences; what is missing or wrong there is the fallback.
type field struct {
	section, name, stored string
	fallback              any
	rule                  rule
}

// rule says which values there are, and tells it.
type rule struct {
	fits func(value any) bool
	says string
}

func fields() []field {
	return []field{
		{"notifications", "sound", "sound", true, flag},
		{"notifications", "title", "title", true, flag},
		{"notifications", "browser_push", "desktop", false, flag},
		{"notifications", "bot", "bot", true, flag},

		{"security", "login_notifications", "login_notifications", true, flag},
		{"security", "session_timeout", "session_idle_minutes", 0.0, minutes(5, 30*24*60)},
		{"security", "session_minutes", "session_minutes", 0.0, minutes(1, 24*60)},
		{"security", "session_days", "session_days", 0.0, minutes(1, 365)},

		{"app", "language", "language", "", oneOf(append([]any{""}, list(collections.Locales)...)...)},
		{"app", "theme", "theme", "auto", oneOf("light", "dark", "auto")},
		{"app", "timezone", "timezone", "", zone},
		{"app", "default_view", "default_view", "inbox", oneOf("inbox", "board", "calendar", "contacts", "reports")},
		{"app", "items_per_page", "items_per_page", 0.0, oneOf(0.0, 10.0, 25.0, 50.0, 100.0, 200.0)},
		{"app", "auto_save", "auto_save", true, flag},
		{"app", "compact_mode", "compact_mode", false, flag},
		{"app", "export_format", "export_format", "csv", oneOf("csv", "xlsx")},
		{"app", "export_notes", "export_notes", true, flag},
	}
}

// readOnly is what a section shows and nobody writes there.
var readOnly = map[string]string{
	"two_factor":           "Switch the second factor on and off with /api/recado/me/totp.",
	"api_keys":             "Make keys with /api/recado/keys.",
	"last_password_change": "Change the password with /api/recado/me/password.",
}

// The ways somebody is told: on the open page, by e-mail, by the browser while they
// look elsewhere.
type way int

const (
	app way = 1 << iota
	email
	browser
)

var ways = map[string]way{"app": app, "email": email, "browser": browser}

// event is something that happens: the ways it can be told, and those it is told
// until somebody says otherwise.
type event struct {
	name    string
	can, on way
}

// By e-mail comes what a person asked for, and that a number is off, which those in
// charge have to hear. hot_leads and conversions are kept for when there are any.
func events() []event {
	return []event{
		{"new_leads", app | email | browser, app | browser},
		{"messages", app | email | browser, app | browser},
		{"unassigned", app | browser, app | browser},
		{"assigned", app | email | browser, app | browser},
		{"mentions", app | email | browser, app | browser},
		{"follow_ups", app | email | browser, app | browser},
		{"appointments", app | email | browser, app | browser},
		{"channel_off", email | browser, email | browser},
		{"daily_summary", email, 0},
		{"hot_leads", app | email | browser, app | browser},
		{"conversions", app | email | browser, app | browser},
	}
}

// everywhere is the key of what holds in each company that has nothing of its own.
const everywhere = "all"

// wants tells whether a way is on for an event of a company.
func wants(all map[string]any, company, name string, by way) bool {
	at := slices.IndexFunc(events(), func(e event) bool { return e.name == name })
	if at < 0 || events()[at].can&by == 0 {
		return false
	}
	for _, home := range []string{company, everywhere} {
		for word, w := range ways {
			if on, said := object(object(object(all["notifications"])[home])[name])[word].(bool); w == by && said {
				return on
			}
		}
	}

	return events()[at].on&by != 0
}

// view is a section as it is told.
func view(all map[string]any, company, section string) map[string]any {
	told := map[string]any{}
	for _, f := range fields() {
		if f.section == section {
			told[f.name] = f.value(all)
		}
	}
	if section == "notifications" {
		for _, e := range events() {
			cells := map[string]bool{}
			for word, w := range ways {
				if e.can&w != 0 {
					cells[word] = wants(all, company, e.name, w)
				}
			}
			told[e.name] = cells
		}
	}

	return told
}

// merged is what is stored after a section was changed. The changes have been checked.
func merged(all map[string]any, company, section string, changes map[string]any) map[string]any {
	next := maps.Clone(object(all))
	homes := maps.Clone(object(all["notifications"]))
	home := company
	if home == "" {
		home = everywhere
	}
	own := maps.Clone(object(homes[home]))
	for name, value := range changes {
		if f, ok := find(section, name); ok {
			next[f.stored] = value

			continue
		}
		cells := maps.Clone(object(own[name]))
		maps.Copy(cells, object(value))
		own[name] = cells
	}
	if len(own) > 0 {
		homes[home] = own
		next["notifications"] = homes
	}

	return next
}

// checkSection refuses changes of what there is not, and values that mean nothing.
func checkSection(section string, changes map[string]any) error {
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		if f, ok := find(section, name); ok {
			if !f.rule.fits(changes[name]) {
				return apierr.Invalid(name, name+" is "+f.rule.says+".")
			}

			continue
		}
		if why := readOnly[name]; why != "" && section == "security" {
			return apierr.Invalid(name, name+" is only shown here. "+why)
		}
		if section != "notifications" {
			return errUnknown(section, name)
		}
		if err := checkEvent(name, changes[name]); err != nil {
			return err
		}
	}

	return nil
}

// checkEvent refuses a way in which an event is not told.
func checkEvent(name string, value any) error {
	at := slices.IndexFunc(events(), func(e event) bool { return e.name == name })
	if at < 0 {
		return errUnknown("notifications", name)
	}
	cells, ok := value.(map[string]any)
	if !ok {
		return apierr.Invalid(name, name+` is an object such as {"email": true}.`)
	}
	for _, word := range slices.Sorted(maps.Keys(cells)) {
		if w := ways[word]; w == 0 || events()[at].can&w == 0 {
			return apierr.Invalid(name+"."+word, fmt.Sprintf("%s is not told by %q.", name, word))
		}
		if _, ok := cells[word].(bool); !ok {
			return apierr.Invalid(name+"."+word, "It is true or false.")
		}
	}

	return nil
}

// check refuses all that can't stand in users.preferences.
func check(all map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if key == "notifications" {
			for _, home := range slices.Sorted(maps.Keys(object(all[key]))) {
				for name, value := range object(object(all[key])[home]) {
					if err := checkEvent(name, value); err != nil {
						return err
					}
				}
			}

			continue
		}
		at := slices.IndexFunc(fields(), func(f field) bool { return f.stored == key })
		if at < 0 {
			return errUnknown("preferences", key)
		}
		if f := fields()[at]; !f.rule.fits(all[key]) {
			return apierr.Invalid("preferences."+key, key+" is "+f.rule.says+".")
		}
	}

	return nil
}

func errUnknown(section, name string) error {
	var known []string
	for _, f := range fields() {
		if f.section == section {
			known = append(known, f.name)
		} else if section == "preferences" {
			known = append(known, f.stored)
		}
	}
	if section == "notifications" {
		for _, e := range events() {
			known = append(known, e.name)
		}
	}

	return apierr.Invalid(name, fmt.Sprintf("There is no %q here. There are: %s.", name, strings.Join(known, ", ")))
}

func find(section, name string) (field, bool) {
	all := fields()
	at := slices.IndexFunc(all, func(f field) bool { return f.section == section && f.name == name })
	if at < 0 {
		return field{}, false
	}

	return all[at], true
}

func (f field) value(all map[string]any) any {
	if value, ok := all[f.stored]; ok && f.rule.fits(value) {
		return value
	}

	return f.fallback
}

// text is the value of a stored preference in words.
func text(all map[string]any, key string) string {
	for _, f := range fields() {
		if f.stored == key {
			return fmt.Sprint(f.value(all))
		}
	}

	return ""
}

// object is a JSON object; an empty one for anything else.
func object(value any) map[string]any {
	if o, ok := value.(map[string]any); ok && o != nil {
		return o
	}

	return map[string]any{}
}

var flag = rule{func(value any) bool { _, ok := value.(bool); return ok }, "true or false"}

var zone = rule{func(value any) bool {
	name, ok := value.(string)
	_, err := time.LoadLocation(name)

	return ok && err == nil && name != "Local"
}, "a time zone such as America/Sao_Paulo, or empty for the company's"}

// minutes are a whole number, or 0 for none.
func minutes(least, most float64) rule {
	return rule{func(value any) bool {
		n, ok := value.(float64)

		return ok && n == float64(int(n)) && (n == 0 || n >= least && n <= most)
	}, fmt.Sprintf("0 or a whole number from %g to %g", least, most)}
}

func oneOf(values ...any) rule {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = fmt.Sprintf("%#v", value)
	}

	return rule{func(value any) bool {
		switch value.(type) {
		case string, float64:
			return slices.Contains(values, value)
		}

		return false
	}, "one of " + strings.Join(words, ", ")}
}

func list(words []string) []any {
	all := make([]any, len(words))
	for i, word := range words {
		all[i] = word
	}

	return all
}
