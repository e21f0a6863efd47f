// Package texts holds the words the server itself says to customers, in
// English, Brazilian Portuguese and Spanish.
//
// In: a locale, a key, parameters and, optionally, a company's own wording.
// Out: a finished sentence. Dates, times, prices and durations are written the
// way a reader of that language expects them. Everything is pure: no clock, no
// database, and the word tables are read-only after start.
package texts

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
)

// The three languages. English is the one every key falls back to.
const (
	English    = "en"
	Portuguese = "pt-BR"
	Spanish    = "es"
)

// Locales lists every complete language.
var locales = []string{English, Portuguese, Spanish}

// Locales returns every complete language, English first.
func Locales() []string { return slices.Clone(locales) }

//go:embed en.json pt-BR.json es.json
var files embed.FS

// message is one text: a plain sentence, or one per plural form chosen by the
// parameter "count". In JSON it is a string, or {"one": …, "other": …}.
type message struct {
	One, Other string
}

func (m *message) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		return json.Unmarshal(raw, &m.Other)
	}
	var forms struct{ One, Other string }
	if err := json.Unmarshal(raw, &forms); err != nil {
		return err
	}
	if forms.One == "" || forms.Other == "" {
		return fmt.Errorf("a plural text needs both one and other: %s", raw)
	}
	*m = message(forms)

	return nil
}

// tables reads the embedded files once. They are part of the binary, so a
// broken one is a broken build: the parity test reads them all.
var tables = sync.OnceValue(func() map[string]map[string]message {
	all := make(map[string]map[string]message, len(locales))
	for _, locale := range locales {
		raw, err := fs.ReadFile(files, locale+".json")
		if err != nil {
			panic(err)
		}
		table := map[string]message{}
		if err := json.Unmarshal(raw, &table); err != nil {
			panic(fmt.Errorf("texts: %s.json: %w", locale, err))
		}
		all[locale] = table
	}

	return all
})

// Locale brings any language tag ("pt", "pt_PT", "es-419", "EN-us") to one of
// ours. What is empty or unknown becomes English.
func Locale(tag string) string {
	locale, _ := Match(tag)

	return locale
}

// Match is Locale that also says whether the tag named one of our languages,
// so that a caller can go on to its next choice.
func Match(tag string) (locale string, ok bool) {
	base, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(tag)), "_", "-"), "-")
	switch base {
	case "pt":
		return Portuguese, true
	case "es":
		return Spanish, true
	case "en":
		return English, true
	default:
		return English, false
	}
}

// First returns the first tag that names one of our languages, else English.
func First(tags ...string) string {
	for _, tag := range tags {
		if locale, ok := Match(tag); ok {
			return locale
		}
	}

	return English
}

// Keys lists the keys of a language, sorted.
func Keys(locale string) []string {
	table := tables()[Locale(locale)]
	keys := make([]string, 0, len(table))
	for key := range table {
		keys = append(keys, key)
	}
	slices.Sort(keys)

	return keys
}

// Get returns the text of key in locale with every {name} replaced by
// params["name"]; a time.Time is written in words, in its own zone. override is the company's own wording of this locale (key →
// sentence) and wins where it has a non-empty one. A text with plural forms is
// chosen by params["count"]. A key nobody knows is returned as it is: visible,
// never a crash in front of a customer.
func Get(locale, key string, params map[string]any, override map[string]string) string {
	if own := strings.TrimSpace(override[key]); own != "" {
		return fill(locale, own, params)
	}
	locale = Locale(locale)
	text, ok := tables()[locale][key]
	if !ok {
		locale = English
		if text, ok = tables()[locale][key]; !ok {
			return key
		}
	}
	sentence := text.Other
	if text.One != "" && isOne(locale, params["count"]) {
		sentence = text.One
	}

	return fill(locale, sentence, params)
}

// isOne is CLDR's cardinal rule "one" for whole numbers: Portuguese counts
// zero with it, English and Spanish do not.
func isOne(locale string, count any) bool {
	n := fmt.Sprint(count)

	return n == "1" || n == "0" && locale == Portuguese
}

// fill replaces placeholders in one pass, so that braces inside a value (a
// customer may be called "{company}") are never read as a placeholder.
func fill(locale, sentence string, params map[string]any) string {
	if !strings.Contains(sentence, "{") {
		return sentence
	}
	var out strings.Builder
	for {
		open := strings.IndexByte(sentence, '{')
		if open < 0 {
			break
		}
		width := strings.IndexByte(sentence[open:], '}')
		if width < 0 {
			break
		}
		out.WriteString(sentence[:open])
		if value, ok := params[sentence[open+1:open+width]]; ok {
			if moment, ok := value.(time.Time); ok {
				value = Moment(locale, moment)
			}
			fmt.Fprint(&out, value)
		} else {
			// A company's typing error stays in sight instead of leaving a hole.
			out.WriteString(sentence[open : open+width+1])
		}
		sentence = sentence[open+width+1:]
	}
	out.WriteString(sentence)

	return out.String()
}

// Printer is Get and the formats bound to one language and one company's
// wording. The zero Printer speaks English.
type Printer struct {
	locale   string
	override map[string]string
}

// For binds a language and a company's own wording of it (may be nil).
func For(locale string, override map[string]string) Printer {
	return Printer{locale: Locale(locale), override: override}
}

// Locale is one of Locales().
func (p Printer) Locale() string { return Locale(p.locale) }

// Get is texts.Get in the printer's language; params come in pairs
// ("name", value, …), which keeps calls on one line.
func (p Printer) Get(key string, pairs ...any) string {
	params := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		params[fmt.Sprint(pairs[i])] = pairs[i+1]
	}

	return Get(p.locale, key, params, p.override)
}
