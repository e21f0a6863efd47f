package access

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/apierr"
)

// away is POST /api/recado/away: members say themselves that they are not to be
// given conversations for now, or that they are back.
func (r *Room) away(e *core.RequestEvent) error {
	var form struct {
		On bool `json:"on"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("on", `Send {"on": true} or {"on": false}.`)
	}
	member, err := Require(e, companyOf(e), "")
	if err != nil {
		return err
	}
	member.Set("away", form.On)
	member.IgnoreUnchangedFields(true)
	if err := e.App.Save(member); err != nil {
		return err
	}

	return e.NoContent(http.StatusNoContent)
}
