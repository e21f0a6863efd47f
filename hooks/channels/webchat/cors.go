package webchat

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"

	"recado/hooks/apierr"
)

// preflight lets any page ask. Which page gets an answer is decided by the
// request itself, because only there the channel is known; and no cookie is
// ever involved.
func preflight(e *core.RequestEvent) error {
	header := e.Response.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	header.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	header.Set("Access-Control-Max-Age", "86400")

	return noContent(e)
}

// speakCORS lets the asking page read the answer, also a refusal: a site's
// owner shall find the reason in the console. A refusal holds nothing else.
// It runs before all other middlewares, because any of them may refuse.
var speakCORS = &hook.Handler[*core.RequestEvent]{
	Id:       "recadoWebchatCORS",
	Priority: apis.DefaultRateLimitMiddlewarePriority - 1000,
	Func: func(e *core.RequestEvent) error {
		header := e.Response.Header()
		header.Add("Vary", "Origin")
		if origin := e.Request.Header.Get("Origin"); origin != "" {
			header.Set("Access-Control-Allow-Origin", origin)
			header.Set("Access-Control-Expose-Headers", "Retry-After")
		}

		return e.Next()
	},
}

// allowOrigin refuses pages that are neither our own nor on the channel's list.
// Requests without Origin are not made by scripts of other pages.
func (r *Room) allowOrigin(e *core.RequestEvent, listed []string) error {
	origin := e.Request.Header.Get("Origin")
	if origin == "" || sameOrigin(origin, e.Request.Host) || equalOrigin(origin, r.deps.PublicURL) {
		return nil
	}
	for _, allowed := range listed {
		if equalOrigin(origin, allowed) {
			return nil
		}
	}

	return apierr.New(http.StatusForbidden, "origin_not_allowed",
		"This website may not use this chat. Add its address to the allowed websites in the channel's settings.",
		map[string]any{"origin": origin})
}

// sameOrigin compares with the host the request came to. The scheme is left out:
// behind a proxy that ends TLS it is not known.
func sameOrigin(origin, host string) bool {
	u, err := url.Parse(origin)

	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host)
}

// equalOrigin compares scheme, host and port; a listed address may end with a slash.
func equalOrigin(origin, listed string) bool {
	return strings.EqualFold(origin, strings.TrimRight(strings.TrimSpace(listed), "/"))
}
