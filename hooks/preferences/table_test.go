package preferences

import (
	"encoding/json"
	"reflect"
	"testing"
)

// Whatever is sent: what a section takes can be stored and is told as it was sent,
// and nothing else changes.
func FuzzSections(f *testing.F) {
	for _, seed := range [][2]string{
		{`{}`, `{"messages": {"email": true}, "sound": false}`},
		{`{"theme": "dark", "notifications": {"all": {"messages": {"app": false}}}}`, `{"messages": {"browser": false}}`},
		{`{"session_idle_minutes": 30, "old": [1]}`, `{"session_timeout": 5, "session_days": 7}`},
		{`{"notifications": 3}`, `{"default_view": "board", "items_per_page": 25, "timezone": "America/Sao_Paulo"}`},
		{`null`, `{"daily_summary": {"email": true}, "hot_leads": {}}`},
		{`{"notifications": {"c": {"messages": 1}}}`, `{"messages": null}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, before, sent string) {
		all, changes := map[string]any{}, map[string]any{}
		_ = json.Unmarshal([]byte(before), &all)
		if json.Unmarshal([]byte(sent), &changes) != nil || changes == nil {
			return
		}
		for _, section := range sections {
			if checkSection(section, changes) != nil {
				continue
			}
			valid := check(all) == nil
			next := merged(all, "c", section, changes)
			if err := check(next); valid && err != nil {
				t.Errorf("%s makes of %s what can't be stored: %v", sent, before, err)
			}
			for _, other := range sections {
				if other != section && !reflect.DeepEqual(view(all, "c", other), view(next, "c", other)) {
					t.Errorf("%s of %s changes %s", sent, section, other)
				}
			}
			told := view(next, "c", section)
			for name, value := range changes {
				if _, ok := find(section, name); ok {
					if !reflect.DeepEqual(told[name], value) {
						t.Errorf("%s is %v, want %v", name, told[name], value)
					}

					continue
				}
				for way, on := range object(value) {
					if told[name].(map[string]bool)[way] != on {
						t.Errorf("%s by %s is not %v", name, way, on)
					}
				}
			}
		}
	})
}
