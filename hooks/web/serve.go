package web

import (
	_ "embed"
	"net/http"
	"path"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/apierr"
)

// How long browsers keep what they got. Hashed assets never change under their
// name; pages name the assets, so they are asked for each time; the widget's
// address stands in other people's pages and has to pick up upgrades soon.
const (
	cacheForever = "public, max-age=31536000, immutable"
	cacheShort   = "public, max-age=300"
	cacheNever   = "no-cache"
)

// contentSecurity allows what the UI is made of and nothing else: no inline
// script, no eval, no other host. Inline styles are needed by the component
// library; blob: shows attachments, which are fetched with a token.
const contentSecurity = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' blob: data:; media-src 'self' blob: data:; font-src 'self' data:; connect-src 'self'; " +
	"worker-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

//go:embed unbuilt.html
var unbuilt []byte

// serve answers whatever no route does: files of the build, the app's pages,
// and a clear 404 for the rest.
func (room *Room) serve(e *core.RequestEvent) error {
	name := strings.TrimPrefix(path.Clean("/"+e.Request.URL.Path), "/")

	if name == "api" || strings.HasPrefix(name, "api/") {
		return apierr.New(http.StatusNotFound, "not_found", "There is no such address in the API.", nil)
	}
	if e.Request.Method != http.MethodGet && e.Request.Method != http.MethodHead {
		e.Response.Header().Set("Allow", "GET, HEAD")
		return apierr.New(http.StatusMethodNotAllowed, "method_not_allowed", "Pages and files can only be read.", nil)
	}
	if name == "_" {
		return e.Redirect(http.StatusMovedPermanently, "/_/")
	}

	if name != "" && name != "index.html" {
		found, err := room.files.get(name)
		if err != nil {
			return err
		}
		if found != nil {
			return room.file(e, name, found)
		}
	}
	// What looks like a file is one or is missing: a page in place of a script
	// breaks tabs that were open before an upgrade.
	if name == "assets" || strings.HasPrefix(name, "assets/") || path.Ext(name) != "" && name != "index.html" {
		return apierr.NotFound("file")
	}

	return room.page(e, "index.html")
}

func (room *Room) file(e *core.RequestEvent, name string, found *file) error {
	cache := cacheNever
	switch {
	case strings.HasPrefix(name, "assets/"):
		cache = cacheForever
	case name == "widget.js":
		cache = cacheShort
		// other people's pages load it, also those that isolate themselves
		e.Response.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
	case path.Ext(name) == ".html":
		return room.page(e, name)
	}

	return found.write(e, cache)
}

func (room *Room) page(e *core.RequestEvent, name string) error {
	header := e.Response.Header()
	header.Set("Content-Security-Policy", contentSecurity)
	header.Set("Referrer-Policy", "same-origin")
	header.Set("X-Frame-Options", "DENY")

	found, err := room.files.get(name)
	if err != nil {
		return err
	}
	if found == nil {
		found = &file{contentType: types[".html"], variants: []variant{{etag: `"unbuilt"`, body: unbuilt}}}
	}

	return found.write(e, cacheNever)
}
