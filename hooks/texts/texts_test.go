package texts_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/quick"
	"time"

	"recado/hooks/texts"
)

var placeholder = regexp.MustCompile(`\{[a-z_]+\}`)

// read returns the raw file: every key with all its plural forms.
func read(t *testing.T, locale string) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile(locale + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var table map[string]any
	if err := json.Unmarshal(raw, &table); err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for key, value := range table {
		switch v := value.(type) {
		case string:
			all[key] = []string{v}
		case map[string]any:
			all[key] = []string{v["one"].(string), v["other"].(string)}
		default:
			t.Fatalf("%s: %s is a %T", locale, key, value)
		}
	}

	return all
}

func placeholders(sentence string) []string {
	found := placeholder.FindAllString(sentence, -1)
	slices.Sort(found)

	return slices.Compact(found)
}

// Every language has the same keys, the same plural forms and the same
// parameters, and none of them is empty.
func TestLanguagesAreComplete(t *testing.T) {
	english := read(t, texts.English)
	for _, locale := range texts.Locales() {
		table := read(t, locale)
		for key, forms := range table {
			if _, ok := english[key]; !ok {
				t.Errorf("%s has %s, English does not", locale, key)
			}
			for _, form := range forms {
				if strings.TrimSpace(form) == "" {
					t.Errorf("%s: %s is empty", locale, key)
				}
			}
		}
		for key, forms := range english {
			other, ok := table[key]
			if !ok || len(other) != len(forms) {
				t.Errorf("%s: %s is missing or has other plural forms", locale, key)
				continue
			}
			for i := range forms {
				if !slices.Equal(placeholders(forms[i]), placeholders(other[i])) {
					t.Errorf("%s: %s has other parameters: %q and %q", locale, key, forms[i], other[i])
				}
			}
		}
		if got := texts.Keys(locale); len(got) != len(english) || !slices.IsSorted(got) {
			t.Errorf("%s: %d keys, want %d, sorted", locale, len(got), len(english))
		}
	}
}

func TestGet(t *testing.T) {
	params := map[string]any{"name": "Ana", "company": "Clínica Sol"}
	tests := []struct {
		name, locale, key string
		params            map[string]any
		override          map[string]string
		want              string
	}{
		{"english", "en", "greeting.hello_name", params, nil, "Hello, Ana! You are talking to Clínica Sol."},
		{"portuguese", "pt-BR", "greeting.hello_name", params, nil, "Olá, Ana! Você está falando com Clínica Sol."},
		{"spanish of Mexico", "es_MX", "greeting.hello_name", params, nil, "¡Hola, Ana! Está hablando con Clínica Sol."},
		{"unknown language", "tlh", "menu.book", nil, nil, "Book an appointment"},
		{"company's wording", "pt-BR", "menu.book", nil, map[string]string{"menu.book": "Marcar consulta"}, "Marcar consulta"},
		{"empty wording is none", "pt-BR", "menu.book", nil, map[string]string{"menu.book": "  "}, "Agendar um horário"},
		{"wording with parameters", "en", "greeting.hello_name", params, map[string]string{"greeting.hello_name": "Hi {name} {oops} {"}, "Hi Ana {oops} {"},
		{"value that looks like a parameter", "en", "greeting.hello_name", map[string]any{"name": "{company}", "company": "X"}, nil, "Hello, {company}! You are talking to X."},
		{"one", "en", "mine.list", map[string]any{"count": 1}, nil, "You have 1 upcoming appointment:"},
		{"none is plural in English", "en", "mine.list", map[string]any{"count": 0}, nil, "You have 0 upcoming appointments. Which one?"},
		{"none is singular in Portuguese", "pt-BR", "mine.list", map[string]any{"count": 0}, nil, "Você tem 0 agendamento:"},
		{"several", "es", "mine.list", map[string]any{"count": int64(3)}, nil, "Tiene 3 citas próximas. ¿Cuál de ellas?"},
		{"a moment", "pt-BR", "appointment.moved", map[string]any{"service": "Corte", "when": time.Date(2027, 3, 18, 15, 0, 0, 0, time.UTC)}, nil, "Seu agendamento mudou de horário: Corte, quinta-feira, 18 de março, às 15:00."},
		{"unknown key", "es", "no.such.key", nil, nil, "no.such.key"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := texts.Get(test.locale, test.key, test.params, test.override); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPrinter(t *testing.T) {
	if got := texts.For("pt_PT", nil).Get("book.with", "agenda", "Ana", "odd"); got != "Com Ana." {
		t.Errorf("got %q", got)
	}
	var zero texts.Printer
	if zero.Locale() != texts.English || zero.Get("menu.info") != "Information" {
		t.Error("the zero printer speaks English")
	}
}

func TestLocale(t *testing.T) {
	for tag, want := range map[string]string{
		"": "en", "en-GB": "en", "pt": "pt-BR", "PT_pt": "pt-BR", "es-419": "es", " es ": "es", "fr": "en",
	} {
		if got := texts.Locale(tag); got != want {
			t.Errorf("%q: got %s, want %s", tag, got, want)
		}
	}
	if got := texts.First("", "fr", "es-MX", "pt"); got != texts.Spanish {
		t.Errorf("first known language: got %s", got)
	}
	if got := texts.First(); got != texts.English {
		t.Errorf("no language: got %s", got)
	}
}

// Whatever a company writes or a customer is called, Get returns.
func TestGetNeverPanics(t *testing.T) {
	if err := quick.Check(func(locale, wording, name string) bool {
		got := texts.Get(locale, "k", map[string]any{"name": name}, map[string]string{"k": wording})

		return strings.Contains(wording, "{") || strings.TrimSpace(wording) == "" || got == strings.TrimSpace(wording)
	}, nil); err != nil {
		t.Error(err)
	}
}
