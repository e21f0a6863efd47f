package access

import (
	"encoding/json"
	"os"
	"testing"
)

// What the log of changes speaks of has a name in each language of the screens.
func TestWhatTheLogNamesHasWords(t *testing.T) {
	for _, locale := range []string{"en", "pt-BR", "es"} {
		raw, err := os.ReadFile("../../ui/src/locales/" + locale + "/audit.json")
		if err != nil {
			t.Fatal(err)
		}
		var words struct {
			Of map[string]string `json:"of"`
		}
		if err := json.Unmarshal(raw, &words); err != nil {
			t.Fatal(err)
		}
		for _, name := range audited() {
			if words.Of[name] == "" {
				t.Errorf("%s has no word for %s", locale, name)
			}
		}
	}
}
