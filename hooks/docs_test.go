package hooks_test

import (
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/config"
	"recado/hooks"
	"recado/hooks/jobs"
	"recado/hooks/openapi"
	"recado/hooks/recadotest/template"
	"recado/hooks/web"
)

// TestEveryRouteIsDocumented compares the routes that are served with those in docs/api.md.
func TestEveryRouteIsDocumented(t *testing.T) {
	served := ours(t)
	raw, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, match := range regexp.MustCompile("`((?:GET|POST|PATCH|DELETE) /[^ ?`]+)").FindAllStringSubmatch(string(raw), -1) {
		if path := strings.Fields(match[1])[1]; strings.HasPrefix(path, "/api/recado/") || path == "/status" {
			documented = append(documented, match[1])
		}
	}

	for _, route := range served {
		if !slices.ContainsFunc(documented, func(entry string) bool { return matches(route, entry) }) {
			t.Errorf("docs/api.md lacks %s", route)
		}
	}
	for _, entry := range documented {
		if !slices.ContainsFunc(served, func(route string) bool { return matches(route, entry) }) {
			t.Errorf("docs/api.md lists %s, which is not served", entry)
		}
	}
}

// TestTheDescriptionIsOfTheseRoutes compares the routes that are served with those
// in openapi.json.
func TestTheDescriptionIsOfTheseRoutes(t *testing.T) {
	served := ours(t)
	described := func(route string) bool {
		return slices.ContainsFunc(openapi.Routes(), func(r openapi.Route) bool { return matches(route, r.Method+" "+r.Path) })
	}
	for _, route := range served {
		if !described(route) {
			t.Errorf("openapi.json lacks %s", route)
		}
	}
	for _, r := range openapi.Routes() {
		if !slices.ContainsFunc(served, func(route string) bool { return matches(route, r.Method+" "+r.Path) }) {
			t.Errorf("openapi.json has %s %s, which is not served", r.Method, r.Path)
		}
	}
}

// matches tells whether a documented route is the served one, or one of several
// that it stands for: {key}/{leaf} serves both {publicKey}/config and files/{id}.
func matches(route, entry string) bool {
	have, want := strings.FieldsFunc(route, slash), strings.FieldsFunc(entry, slash)
	if len(have) != len(want) {
		return false
	}
	for i := range have {
		if have[i] != want[i] && !strings.HasPrefix(have[i], "{") {
			return false
		}
	}

	return true
}

func slash(r rune) bool { return r == '/' || r == ' ' }

// ours lists method and path of our routes, as they are registered.
func ours(t *testing.T) []string {
	t.Helper()
	app := template.App(t)
	cfg, err := config.Load(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	rooms := hooks.Register(app, cfg, time.Now)
	jobs.Open(app, jobs.Deps{Jobs: rooms.Schedule(), Clock: clockwork.NewFakeClock()})
	web.Open(app, web.Deps{Files: fstest.MapFS{}})

	router, err := apis.NewRouter(app)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	err = app.OnServe().Trigger(&core.ServeEvent{App: app, Router: router, Server: &http.Server{}}, func(e *core.ServeEvent) error {
		for _, route := range routes(reflect.ValueOf(e.Router.RouterGroup), "") {
			if strings.Contains(route, " /api/recado/") || strings.HasSuffix(route, " /status") {
				list = append(list, route)
			}
		}

		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 30 {
		t.Fatalf("found only %q", list)
	}

	return list
}

// routes walks a group of PocketBase's router, which lists its routes nowhere.
func routes(group reflect.Value, prefix string) []string {
	group = group.Elem()
	prefix += group.FieldByName("Prefix").String()

	var list []string
	children := group.FieldByName("children")
	for i := range children.Len() {
		child := children.Index(i).Elem()
		if path := child.Elem().FieldByName("Path"); path.IsValid() {
			if method := child.Elem().FieldByName("Method").String(); method != http.MethodOptions {
				list = append(list, method+" "+prefix+path.String())
			}
		} else {
			list = append(list, routes(child, prefix)...)
		}
	}

	return list
}
