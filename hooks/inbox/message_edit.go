package inbox

import (
	"context"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/apierr"
	"recado/hooks/channels"
)

// editMessage gives a message of the caller's another text.
func (r *Room) editMessage(e *core.RequestEvent) error {
	var form struct {
		Text string `json:"text"`
	}
	if err := e.BindBody(&form); err != nil || utf8.RuneCountInString(form.Text) > textMax {
		return apierr.Invalid("text", "Send the new text, up to 20,000 characters.")
	}
	text := strings.TrimSpace(form.Text)

	c, err := r.changing(e)
	if err != nil {
		return err
	}
	if err := c.mine(false); err != nil {
		return err
	}
	if text == "" && len(c.message.GetStringSlice("attachments")) == 0 {
		return apierr.Invalid("text", "Write something, or delete the message.")
	}

	if !c.local() {
		err := r.carry(e.Request.Context(), c, func(can channels.Capabilities) time.Duration { return can.Edit },
			func(ctx context.Context, channel channels.Changer, out channels.Outgoing) error {
				out.Text = text

				return channel.Edit(ctx, out)
			})
		if err != nil {
			return err
		}
	}

	message, err := r.changed(c, func(_ core.App, message *core.Record) error {
		message.Set("text", text)
		message.Set("edited_at", r.deps.Now())

		return nil
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, message)
}
