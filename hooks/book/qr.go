package book

import (
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/qr"
)

// qr is GET /book/{company}/qr.svg: the page's address to point a phone at.
func (r *Room) qr(e *core.RequestEvent) error {
	return qr.Answer(e, r.origin(e)+strings.TrimSuffix(e.Request.URL.EscapedPath(), "/qr.svg"))
}

// origin is the configured address of this server, else the one it was asked under.
func (r *Room) origin(e *core.RequestEvent) string {
	if r.deps.PublicURL != "" {
		return r.deps.PublicURL
	}
	scheme := "http://"
	if e.IsTLS() || e.Request.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}

	return scheme + e.Request.Host
}
