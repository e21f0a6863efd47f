package recadotest

import (
	"bufio"
	"net/http"
	"strings"
)

// Feed is a member's live feed of one company, read line by line.
type Feed struct {
	app   *App
	lines *bufio.Scanner
}

// Feed opens the feed on a listening app (see Listen) until the test ends, and
// waits for the greeting: from then on the member is online.
func (a *App) Feed(url, company, token string) *Feed {
	a.T.Helper()
	request, err := http.NewRequestWithContext(a.T.Context(), http.MethodGet, url+"/api/recado/live?company="+company, nil)
	if err != nil {
		a.T.Fatal(err)
	}
	request.Header.Set("Authorization", token)
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		a.T.Fatal(err)
	}
	a.T.Cleanup(func() { response.Body.Close() })
	f := &Feed{app: a, lines: bufio.NewScanner(response.Body)}
	f.Expect(`"name":"hello"`)

	return f
}

// Expect reads on until an event holds all parts, and returns it.
func (f *Feed) Expect(parts ...string) string {
	f.app.T.Helper()
next:
	for f.lines.Scan() {
		for _, part := range parts {
			if !strings.Contains(f.lines.Text(), part) {
				continue next
			}
		}

		return f.lines.Text()
	}
	f.app.T.Fatalf("the feed ended before %q came", parts)

	return ""
}
