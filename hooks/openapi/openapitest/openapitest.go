// Package openapitest holds what the tests of the rooms get as answers against
// what the API's description says of them.
package openapitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"recado/hooks/openapi"
)

// RoutesEnv names the folder in which every route that was called and answered
// as described leaves a file. AskEnv names it to the test that comes after all others.
const (
	RoutesEnv = "RECADO_TEST_ROUTES"
	AskEnv    = "RECADO_TEST_ROUTES_CALLED"
)

var document = sync.OnceValues(func() (*openapi3.T, error) {
	content, err := openapi.Document("test")
	if err != nil {
		return nil, err
	}

	return openapi3.NewLoader().LoadFromData(content)
})

// Checked passes requests on, and fails the test for an answer that the
// description does not allow. Benchmarks are left alone.
func Checked(t testing.TB, next http.Handler) http.Handler {
	if _, measures := t.(*testing.B); measures {
		return next
	}
	described, err := document()
	if err != nil {
		t.Fatal(err)
	}

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		route, ours := openapi.Find(r.Method, r.URL.Path)
		if !ours {
			next.ServeHTTP(w, r)

			return
		}
		var sent bytes.Buffer
		if r.Body != nil {
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.TeeReader(r.Body, &sent), r.Body}
		}
		heard := &listener{ResponseWriter: w, status: http.StatusOK, stream: route.Answer == "events"}
		next.ServeHTTP(heard, r)
		if err := check(described, route, r, sent.Bytes(), heard); err != nil {
			t.Errorf("%s %s is not as described: %v", r.Method, r.URL.Path, err)
		}
	})
}

// listener keeps what is written.
type listener struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
	stream bool
}

func (l *listener) Unwrap() http.ResponseWriter { return l.ResponseWriter }

func (l *listener) Flush() { _ = http.NewResponseController(l.ResponseWriter).Flush() }

func (l *listener) WriteHeader(status int) {
	l.status = status
	l.ResponseWriter.WriteHeader(status)
}

func (l *listener) Write(b []byte) (int, error) {
	if !l.stream && l.body.Len() < 1<<20 {
		l.body.Write(b)
	}

	return l.ResponseWriter.Write(b)
}

func check(described *openapi3.T, route openapi.Route, r *http.Request, sent []byte, heard *listener) error {
	operation := described.Paths.Find(route.Path).GetOperation(route.Method)
	known := operation.Responses.Value(fmt.Sprint(heard.status))
	if known == nil {
		if heard.status < http.StatusBadRequest && heard.status != http.StatusNotModified && heard.status != http.StatusPartialContent {
			return fmt.Errorf("the status %d", heard.status)
		}

		return nil // an error, or the same without its bytes
	}
	isJSON := strings.HasPrefix(heard.Header().Get("Content-Type"), "application/json")
	if content := known.Value.Content.Get("application/json"); content != nil && isJSON {
		if err := visit(content, heard.body.Bytes()); err != nil {
			return fmt.Errorf("the answer %.300s: %w", heard.body.String(), err)
		}
	}
	if body := operation.RequestBody; body != nil && len(sent) > 0 && string(sent) != "null" {
		if content := body.Value.Content.Get("application/json"); content != nil && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			if err := visit(content, sent); err != nil {
				return fmt.Errorf("it takes %.300s: %w", sent, err)
			}
		}
	}
	if folder := os.Getenv(RoutesEnv); folder != "" {
		return os.WriteFile(filepath.Join(folder, url.PathEscape(route.Method+" "+route.Path)), nil, 0o600)
	}

	return nil
}

func visit(content *openapi3.MediaType, raw []byte) error {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return err
	}

	return content.Schema.Value.VisitJSON(value)
}
