package limits_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"recado/hooks/limits"
)

// The table of docs/operate.md is the table.
//
// Parity: DC-ops.
func TestTheTableIsDocumented(t *testing.T) {
	raw, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| what | counted by | at once | then |\n|---|---|---|---|\n")
	names := map[string]bool{}
	for _, a := range limits.Table() {
		if names[a.Name] {
			t.Errorf("two are called %s", a.Name)
		}
		names[a.Name] = true
		fmt.Fprintf(&table, "| %s | %s | %d | %s |\n", a.Routes, a.Who, a.Burst, rate(float64(a.Every)))
	}
	if !strings.Contains(string(raw), table.String()) {
		t.Errorf("docs/operate.md should have the table\n%s", table.String())
	}
}

func rate(perSecond float64) string {
	if perMinute := perSecond * 60; perMinute >= 1.5 {
		return fmt.Sprintf("%.0f a minute", perMinute)
	}

	return fmt.Sprintf("%.0f an hour", perSecond*3600)
}
