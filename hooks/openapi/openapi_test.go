package openapi_test

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"recado/hooks/openapi"
	"recado/hooks/openapi/openapitest"
	"recado/hooks/recadotest"
)

func TestTheDocumentIsValid(t *testing.T) {
	app := recadotest.New(t, nil)
	answer := app.Do(http.MethodGet, openapi.Path, "", nil).Must(t, http.StatusOK)
	document, err := openapi3.NewLoader().LoadFromData(answer.Raw)
	if err != nil {
		t.Fatal(err)
	}
	if err := document.Validate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api/recado/agendas/{id}/book", "/api/collections/contacts/records/{id}"} {
		if document.Paths.Find(path) == nil {
			t.Errorf("it lacks %s", path)
		}
	}
}

func TestWhereItIsFound(t *testing.T) {
	app := recadotest.New(t, nil, "RECADO_URL=https://desk.example.com")
	answer := app.Do(http.MethodGet, "/api/recado/address", app.Company().Member("agent").Token, nil).Must(t, http.StatusOK)
	if answer.JSON["url"] != "https://desk.example.com" {
		t.Errorf("%s", answer.Raw)
	}
}

// What the screens ask for and no test of a room does.
func TestAnswersAreAsDescribed(t *testing.T) {
	app := recadotest.New(t, nil)
	app.Do(http.MethodGet, "/api/recado/channels/capabilities", app.Company().Member("agent").Token, nil).Must(t, http.StatusOK)
	app.Do(http.MethodGet, "/api/recado/system", app.Superuser(), nil).Must(t, http.StatusOK)
}

// TestEveryRouteWasCalled is asked last, after the tests of all rooms: each route of
// the table has been called by one of them and has answered as described.
func TestEveryRouteWasCalled(t *testing.T) {
	folder := os.Getenv(openapitest.AskEnv)
	if folder == "" {
		t.Skip(openapitest.AskEnv + " names no folder; make test-go asks after all other tests")
	}
	for _, route := range openapi.Routes() {
		if _, err := os.Stat(filepath.Join(folder, url.PathEscape(route.Method+" "+route.Path))); err != nil {
			t.Errorf("no test calls %s %s", route.Method, route.Path)
		}
	}
}
