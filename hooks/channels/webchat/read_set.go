package webchat

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/limits"
)

// setRead notes that the visitor has seen the team's messages up to one.
func (r *Room) setRead(e *core.RequestEvent, v *visitor) error {
	if err := r.limit(e, v.ID, limits.VisitorSignals, limits.AddressMessages); err != nil {
		return err
	}
	var form struct {
		UpTo string `json:"upTo"`
	}
	if err := bind(e, &form); err != nil {
		return err
	}
	conversation, err := r.conversation(v)
	if err != nil || conversation == nil {
		return noContent(e)
	}

	var seen []string
	err = r.app.DB().Select("m.id").From(collections.Messages + " m").
		Where(dbx.HashExp{"m.conversation": conversation.Id, "m.direction": "out"}).
		AndWhere(dbx.NewExp("m.id <= {:upTo} AND m.status != 'read' AND "+visible, dbx.Params{"upTo": form.UpTo})).
		OrderBy("m.id").Limit(listLimit).Column(&seen)
	if err != nil {
		return err
	}
	if len(seen) > 0 {
		if err := r.deps.Inbox.Receipt(e.Request.Context(), seen, "read"); err != nil {
			return err
		}
	}

	return noContent(e)
}
