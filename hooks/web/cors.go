package web

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
)

// webchatPath has rules of its own: there each channel says which websites it
// is embedded in.
const webchatPath = "/api/recado/webchat/"

// cors answers other websites: those in origins may call, the rest get no
// permission and their browsers keep the answer from them. Tokens travel in a
// header, never in cookies, so credentials are never allowed.
func cors(origins []string) *hook.Handler[*core.RequestEvent] {
	allow := apis.CORS(apis.CORSConfig{
		// an empty list would mean everybody to PocketBase
		AllowOriginFunc: func(origin string) (bool, error) {
			for _, allowed := range origins {
				if strings.EqualFold(origin, allowed) {
					return true, nil
				}
			}

			return false, nil
		},
		AllowMethods: []string{
			http.MethodGet, http.MethodHead, http.MethodPut, http.MethodPatch, http.MethodPost, http.MethodDelete,
		},
		ExposeHeaders: []string{VersionHeader},
		MaxAge:        600,
	})

	return &hook.Handler[*core.RequestEvent]{
		Id:       "recadoCors",
		Priority: apis.DefaultCorsMiddlewarePriority,
		Func: func(e *core.RequestEvent) error {
			if strings.HasPrefix(e.Request.URL.Path, webchatPath) {
				return e.Next()
			}

			return allow.Func(e)
		},
	}
}
