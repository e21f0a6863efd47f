package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tests"

	"recado/config"
	"recado/hooks/openapi/openapitest"
)

const script = "console.log('a script that is long enough to be worth compressing')"

var built = fstest.MapFS{
	"index.html":            {Data: []byte("<!doctype html><title>app</title>")},
	"widget.js":             {Data: []byte("widget()")},
	"favicon.svg":           {Data: []byte("<svg/>")},
	".gitkeep":              {Data: nil},
	".vite/manifest.json":   {Data: []byte("{}")},
	"assets/app-1a2b.js.br": {Data: []byte("brotli")},
	"assets/app-1a2b.js.gz": {Data: gzipped(script)},
	"assets/font-9.woff2":   {Data: []byte("font")},
}

func gzipped(text string) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write([]byte(text))
	_ = w.Close()

	return out.Bytes()
}

// server runs the room as PocketBase does, with the dashboard and its API.
func server(t *testing.T, files fs.FS, origins ...string) (*tests.TestApp, http.Handler) {
	t.Helper()

	return serverOf(t, Deps{Files: files, Version: "v1.2.3", Origins: origins})
}

func serverOf(t *testing.T, deps Deps) (*tests.TestApp, http.Handler) {
	t.Helper()
	app, err := tests.NewTestAppWithConfig(core.BaseAppConfig{DataDir: t.TempDir(), DBConnect: config.DBConnect})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(app.Cleanup)
	Open(app, deps)

	router, err := apis.NewRouter(app)
	if err != nil {
		t.Fatal(err)
	}
	router.Bind(apis.CORS(apis.CORSConfig{})) // as apis.Serve does
	event := &core.ServeEvent{App: app, Router: router, Server: &http.Server{}}
	if err := app.OnServe().Trigger(event, func(e *core.ServeEvent) error {
		e.Router.GET("/api/broken/{token}", func(*core.RequestEvent) error { panic("out of order") })
		mux, err := e.Router.BuildMux()
		e.Server.Handler = openapitest.Checked(t, mux)

		return err
	}); err != nil {
		t.Fatal(err)
	}

	return app, event.Server.Handler
}

func request(t *testing.T, handler http.Handler, method, path string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)

	return w
}

// Parity: WB-errors, DC-health.
func TestWhatIsServed(t *testing.T) {
	_, handler := server(t, built)

	for _, tc := range []struct {
		method, path string
		status       int
		body         string // a part of it
		kind, cache  string
	}{
		{"GET", "/", 200, "app", "text/html; charset=utf-8", "no-cache"},
		{"GET", "/index.html", 200, "app", "text/html; charset=utf-8", "no-cache"},
		{"GET", "/c/abc/inbox", 200, "app", "text/html; charset=utf-8", "no-cache"},
		{"HEAD", "/c/abc/inbox", 200, "", "text/html; charset=utf-8", "no-cache"},
		{"GET", "/widget.js", 200, "widget", "text/javascript; charset=utf-8", "public, max-age=300"},
		{"GET", "/favicon.svg", 200, "svg", "image/svg+xml", "no-cache"},
		{"GET", "/assets/app-1a2b.js", 200, "console.log", "text/javascript; charset=utf-8", cacheForever},
		{"GET", "/assets/font-9.woff2", 200, "font", "font/woff2", cacheForever},
		{"GET", "/assets/app-0000.js", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/assets/", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/assets", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/assets/app-1a2b.js.br", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/assets/../x", 307, "", "", ""},
		{"GET", "/.gitkeep", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/.vite/manifest.json", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/missing.png", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/api", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/api/", 404, `"code":"not_found"`, "application/json", ""},
		{"GET", "/api/typo", 404, `"code":"not_found"`, "application/json", ""},
		{"POST", "/api/recado/typo", 404, `"code":"not_found"`, "application/json", ""},
		{"POST", "/c/abc", 405, `"code":"method_not_allowed"`, "application/json", ""},
		{"GET", "/api/health", 200, "healthy", "application/json", ""},
		{"GET", "/api/broken/1", 500, `"status":500`, "application/json", ""},
	} {
		w := request(t, handler, tc.method, tc.path)
		name := tc.method + " " + tc.path
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.body) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if tc.method == "HEAD" && w.Body.Len() > 0 {
			t.Errorf("%s has a body", name)
		}
		if tc.kind != "" && w.Header().Get("Content-Type") != tc.kind {
			t.Errorf("%s: is %s", name, w.Header().Get("Content-Type"))
		}
		if w.Header().Get("Cache-Control") != tc.cache {
			t.Errorf("%s: Cache-Control %q", name, w.Header().Get("Cache-Control"))
		}
		if w.Header().Get(VersionHeader) != "v1.2.3" {
			t.Errorf("%s lacks the version", name)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && w.Code == 200 {
			csp := w.Header().Get("Content-Security-Policy")
			if !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "frame-ancestors 'none'") {
				t.Errorf("%s: policy %q", name, csp)
			}
		}
	}
}

func TestDashboardIsFoundWithoutItsSlash(t *testing.T) {
	_, handler := server(t, built)

	if w := request(t, handler, "GET", "/_"); w.Header().Get("Location") != "/_/" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
}

func TestCompressedForms(t *testing.T) {
	_, handler := server(t, built)

	for accept, want := range map[string]struct{ encoding, body string }{
		"gzip, deflate, br, zstd": {"br", "brotli"},
		"gzip":                    {"gzip", string(gzipped(script))},
		"br;q=0, gzip;q=0.5":      {"gzip", string(gzipped(script))},
		"*":                       {"br", "brotli"},
		"":                        {"", script},
		"identity":                {"", script},
		"br;q=0":                  {"", script},
	} {
		w := request(t, handler, "GET", "/assets/app-1a2b.js", "Accept-Encoding", accept)
		if w.Header().Get("Content-Encoding") != want.encoding || w.Body.String() != want.body ||
			w.Header().Get("Content-Length") != fmt.Sprint(len(want.body)) {
			t.Errorf("%q: %s %s", accept, w.Header(), w.Body)
		}
		if !strings.Contains(strings.Join(w.Header().Values("Vary"), ","), "Accept-Encoding") {
			t.Errorf("%q: Vary %v", accept, w.Header().Values("Vary"))
		}

		again := request(t, handler, "GET", "/assets/app-1a2b.js", "Accept-Encoding", accept, "If-None-Match", w.Header().Get("ETag"))
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%q: %d when unchanged", accept, again.Code)
		}
	}
}

func TestUnbuiltPageSaysHowToBuild(t *testing.T) {
	_, handler := server(t, fstest.MapFS{".gitkeep": {}})

	w := request(t, handler, "GET", "/")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "make run") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
}

// Parity: WT-cors.
func TestOtherWebsites(t *testing.T) {
	_, handler := server(t, built, "https://app.example.com")

	for _, tc := range []struct{ path, origin, want string }{
		{"/api/health", "https://app.example.com", "https://app.example.com"},
		{"/api/health", "https://evil.example", ""},
		{"/api/health", "null", ""},
		{"/api/recado/webchat/x", "https://app.example.com", ""}, // the webchat's own business
	} {
		for _, method := range []string{"GET", "OPTIONS"} {
			w := request(t, handler, method, tc.path, "Origin", tc.origin, "Access-Control-Request-Method", "GET")
			if got := w.Header().Get("Access-Control-Allow-Origin"); got != tc.want {
				t.Errorf("%s %s from %s: %q", method, tc.path, tc.origin, got)
			}
			if w.Header().Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("credentials are allowed")
			}
		}
	}
}

// Parity: DC-ops.
func TestRequestLogNamesTheRouteOnly(t *testing.T) {
	const canary = "canary-token"
	app, handler := server(t, built)

	var entries bytes.Buffer
	// the entry is what describe returns: look at it as the logger would get it
	record := func(path string, err error) slog.Level {
		r := httptest.NewRequest("GET", path, nil)
		r.Pattern = "GET /api/broken/{token}"
		r.Header.Set("Referer", "https://x/"+canary)
		e := &core.RequestEvent{App: app}
		e.Request, e.Response = r, httptest.NewRecorder()
		level, attrs := describe(e, err, 0)
		fmt.Fprintln(&entries, attrs)

		return level
	}
	if level := record("/api/broken/"+canary+"?q="+canary, errors.New("it broke")); level != slog.LevelError {
		t.Errorf("a failure is logged as %s", level)
	}
	if level := record("/api/broken/"+canary, nil); level != slog.LevelInfo {
		t.Errorf("a success is logged as %s", level)
	}
	if strings.Contains(entries.String(), canary) || !strings.Contains(entries.String(), "it broke") {
		t.Errorf("logged: %s", &entries)
	}

	request(t, handler, "GET", "/api/broken/"+canary) // and the whole chain takes it without a panic
}

func TestLogLevelComesFromTheSettings(t *testing.T) {
	app, _ := server(t, built)
	BindLogLevel(app, slog.LevelError)
	if err := app.ReloadSettings(); err != nil {
		t.Fatal(err)
	}
	if app.Settings().Logs.MinLevel != int(slog.LevelError) || app.Logger().Enabled(t.Context(), slog.LevelWarn) {
		t.Fatalf("level is %d", app.Settings().Logs.MinLevel)
	}
}

// Browsers report the header as an error where they ignore it.
func TestOpenerPolicyOnlyWhereItIsHeard(t *testing.T) {
	_, handler := server(t, built)

	for _, tc := range []struct {
		host, proto string
		want        string
	}{
		{"recado.local:8090", "", ""},
		{"192.168.1.20:8090", "", ""},
		{"notlocalhost", "", ""},
		{"desk.example.com", "https", "same-origin"},
		{"127.0.0.1:8090", "", "same-origin"},
		{"[::1]:8090", "", "same-origin"},
		{"localhost", "", "same-origin"},
		{"desk.localhost:80", "", "same-origin"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = tc.host
		r.Header.Set("X-Forwarded-Proto", tc.proto)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if got := w.Header().Get("Cross-Origin-Opener-Policy"); got != tc.want {
			t.Errorf("%s %s: %q, want %q", tc.host, tc.proto, got, tc.want)
		}
	}
}
