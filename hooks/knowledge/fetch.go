package knowledge

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"recado/hooks/knowledge/extract"
	"recado/hooks/outgoing"
)

const (
	fetchTime     = 30 * time.Second // of one page, its redirects among it
	mostRedirects = 5
)

// Problems of web addresses.
const (
	problemUnreachable problem = "unreachable" // no such host, no answer
	problemForbidden   problem = "forbidden"   // not of the internet
	problemRefused     problem = "refused"     // only for those who sign in
	problemGone        problem = "gone"        // there is no such page
	problemNotText     problem = "not_text"    // a picture, a video, a program
	problemServer      problem = "server"      // the site has a problem of its own
	problemTooLarge    problem = "too_large"
)

// checkRedirect follows a few, on the web.
func checkRedirect(request *http.Request, via []*http.Request) error {
	if len(via) > mostRedirects {
		return problemServer
	}
	if request.URL.Scheme != "http" && request.URL.Scheme != "https" {
		return problemForbidden
	}

	return nil
}

// fetch gets a document from the web, and tells its kind.
func (r *Room) fetch(ctx context.Context, address string) (content []byte, kind string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, "", problemUnreachable
	}
	request.Header.Set("User-Agent", "Recado (reads pages that a company names)")
	request.Header.Set("Accept", "text/html, text/plain, text/markdown, text/csv, application/pdf, */*;q=0.1")
	answer, err := r.client.Do(request)
	if err != nil {
		return nil, "", fetchProblem(ctx, err)
	}
	defer answer.Body.Close()
	switch status := answer.StatusCode; {
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusPaymentRequired:
		return nil, "", problemRefused
	case status == http.StatusNotFound, status == http.StatusGone:
		return nil, "", problemGone
	case status != http.StatusOK:
		return nil, "", problemServer
	}
	content, err = io.ReadAll(io.LimitReader(answer.Body, r.deps.Limits.Bytes+1))
	if err != nil {
		return nil, "", fetchProblem(ctx, err)
	}
	if int64(len(content)) > r.deps.Limits.Bytes {
		return nil, "", problemTooLarge
	}
	kind, err = kindOf(answer.Header.Get("Content-Type"), answer.Request.URL, content)

	return content, kind, err
}

// kindOf tells the kind of what a server sent: by what it says, else by the bytes and
// the end of the address.
func kindOf(said string, at *url.URL, content []byte) (string, error) {
	essence, _, _ := mime.ParseMediaType(said)
	switch essence {
	case "text/html", "application/xhtml+xml":
		return extract.HTML, nil
	case "text/csv":
		return extract.CSV, nil
	case "text/markdown":
		return extract.Markdown, nil
	}
	if main, _, _ := strings.Cut(essence, "/"); main == "image" || main == "video" || main == "audio" || main == "font" {
		return "", problemNotText
	}
	kind, err := extract.KindOf(path.Base(at.Path), content)
	if err == nil && kind == extract.Plain && essence == "" && strings.Contains(strings.ToLower(string(content[:min(len(content), 1024)])), "<html") {
		kind = extract.HTML
	}

	return kind, err
}

// fetchProblem says why a page did not come. The end of Recado is none of its fault.
func fetchProblem(ctx context.Context, err error) error {
	var known problem
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, outgoing.ErrForbidden):
		return problemForbidden
	case errors.As(err, &known):
		return known
	default:
		return problemUnreachable
	}
}
