package webchat

import (
	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/limits"
)

// setTyping shows the team that the visitor types. Nothing of it is stored.
func (r *Room) setTyping(e *core.RequestEvent, v *visitor) error {
	if err := r.limit(e, v.ID, limits.VisitorSignals, limits.AddressMessages); err != nil {
		return err
	}
	var form struct {
		On bool `json:"on"`
	}
	if err := bind(e, &form); err != nil {
		return err
	}
	conversation, err := r.conversation(v)
	if err != nil {
		return err
	}
	if conversation != nil {
		r.deps.Live.Typing(conversation, "contact", form.On)
	}

	return noContent(e)
}
