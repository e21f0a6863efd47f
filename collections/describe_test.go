package collections

import (
	"encoding/json"
	"strings"
	"testing"
)

// What is secret is hidden, whoever looks but a superuser; every field says in the
// dashboard what it is, where the manual does. Parity: DC-admin.
func TestTheDashboardReadsWell(t *testing.T) {
	for _, def := range All() {
		for _, field := range declaredFields(def) {
			name := field.GetName()
			secret := strings.HasSuffix(name, "_hash") && name != "body_hash" || name == "sealed" || name == "secret"
			if secret && !field.GetHidden() {
				t.Errorf("%s.%s is shown", def.Name, name)
			}
			var shown struct {
				Help        string
				Presentable bool
			}
			raw, err := json.Marshal(field)
			if err != nil {
				t.Fatal(err)
			}
			_ = json.Unmarshal(raw, &shown)
			if said := manual[def.Name].fields[name]; said != "" && shown.Help == "" {
				t.Errorf("%s.%s has no help", def.Name, name)
			}
			if strings.ContainsAny(shown.Help, "`\n") {
				t.Errorf("%s.%s: %q", def.Name, name, shown.Help)
			}
			if shown.Presentable != (name == titleOf(def)) {
				t.Errorf("%s.%s is presentable: %v", def.Name, name, shown.Presentable)
			}
		}
	}
}
