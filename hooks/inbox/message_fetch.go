package inbox

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
)

// fetchMessage tries again to get the file of a message that could not be had.
func (r *Room) fetchMessage(e *core.RequestEvent) error {
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	message, err := visible(e.App, info, collections.Messages, e.Request.PathValue("id"), "message")
	if err != nil {
		return err
	}
	if len(message.GetStringSlice("attachments")) > 0 {
		return e.NoContent(http.StatusNoContent)
	}
	channel, err := lookup(e.App, collections.Channels, message.GetString("channel"))
	if err != nil {
		return err
	}
	adapter, _ := r.deps.Channels.Of(channel.GetString("kind"))
	fetcher, ok := adapter.(channels.Fetcher)
	data := map[string]any{}
	_ = message.UnmarshalJSONField("data", &data) // none: it has no file
	if _, lacks := data["file"]; !ok || !lacks {
		return apierr.Invalid("message", "This message has no file to fetch.")
	}
	found, err := fetcher.Refetch(e.Request.Context(), channel.Id, message.GetString("external_id"))
	if err != nil {
		return err
	}
	if !found {
		return apierr.New(http.StatusConflict, "file_gone", "This file can't be fetched any more. Ask for it to be sent again.", nil)
	}

	return e.NoContent(http.StatusNoContent)
}
