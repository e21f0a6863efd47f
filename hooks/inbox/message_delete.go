package inbox

import (
	"context"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
)

// deleteMessage takes a message back, also at the customer's, and forgets what
// it said; that there was one stays in sight. One that had not left never will.
func (r *Room) deleteMessage(e *core.RequestEvent) error {
	c, err := r.changing(e)
	if err != nil {
		return err
	}
	if err := c.mine(true); err != nil {
		return err
	}

	if !c.local() {
		err := r.carry(e.Request.Context(), c, func(can channels.Capabilities) time.Duration { return can.Delete },
			func(ctx context.Context, channel channels.Changer, out channels.Outgoing) error {
				return channel.Delete(ctx, out)
			})
		if err != nil {
			return err
		}
	}

	message, err := r.changed(c, func(txApp core.App, message *core.Record) error {
		message.Load(map[string]any{
			"text": "", "attachments": nil, "options": nil, "data": nil, "reactions": nil, "mentions": nil,
			"deleted_at": r.deps.Now(), "error": "",
		})
		if status := message.GetString("status"); status == "queued" || status == "failed" {
			message.Set("status", "skipped")
		}
		// Files of no message are removed by the clean-up.
		_, err := txApp.DB().Update(collections.Files, dbx.Params{"message": ""}, dbx.HashExp{"message": message.Id}).Execute()

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, message)
}
