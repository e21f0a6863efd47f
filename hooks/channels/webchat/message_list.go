package webchat

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"
	"recado/hooks/limits"
)

// listMessages answers the visitor's transcript after a message id, at most
// listLimit messages; a full page means that there may be more.
func (r *Room) listMessages(e *core.RequestEvent, v *visitor) error {
	if err := r.limit(e, v.ID, limits.VisitorReads, limits.AddressReads); err != nil {
		return err
	}
	items, err := r.transcript(v, e.Request.URL.Query().Get("after"), listLimit)
	if err != nil {
		return err
	}
	e.Response.Header().Set("Cache-Control", "no-store")

	return e.JSON(http.StatusOK, map[string]any{"items": items})
}
