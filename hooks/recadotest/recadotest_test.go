package recadotest

import (
	"os"
	"testing"

	"recado/hooks/recadotest/template"
)

// TestTheDatabaseIsShared runs before the others (see the Makefile), without the
// race detector: it makes the database that they copy.
func TestTheDatabaseIsShared(t *testing.T) {
	app := New(t, nil)
	app.Company().Contact()
	if _, ok := template.Shared(); !ok && os.Getenv(template.Env) != "" {
		t.Errorf("the folder %s names has no database", template.Env)
	}
}
