package inbox

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/apierr"
)

func (r *Room) routes(root *router.Router[*core.RequestEvent]) {
	group := root.Group("/api/recado")
	group.Bind(apis.RequireAuth())

	group.POST("/conversations", r.openConversation)
	group.POST("/conversations/{id}/transfer", r.transferConversation)
	group.POST("/conversations/{id}/typing", r.signal(r.typing))
	group.POST("/conversations/{id}/view", r.signal(r.view))
	group.GET("/files/{id}", r.download)
}

// Typer is a channel that can show the customer that someone is typing.
type Typer interface {
	Typing(conversation *core.Record, on bool)
}

// signal reads {"on": bool} about a conversation the caller may see and passes
// it on; nothing of it is stored.
func (r *Room) signal(pass func(conversation *core.Record, member string, on bool)) func(*core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		var form struct {
			On bool `json:"on"`
		}
		if err := e.BindBody(&form); err != nil {
			return apierr.Invalid("on", "Send {\"on\": true} or {\"on\": false}.")
		}
		info, err := e.RequestInfo()
		if err != nil {
			return err
		}
		conversation, err := visible(e.App, info, collections.Conversations, e.Request.PathValue("id"), "conversation")
		if err != nil {
			return err
		}
		member, err := memberOf(e.App, e.Auth, conversation.GetString("company"))
		if err != nil {
			return err
		}

		pass(conversation, member, form.On)

		return e.NoContent(http.StatusNoContent)
	}
}

// typing shows colleagues and the customer that a member is typing.
func (r *Room) typing(conversation *core.Record, member string, on bool) {
	r.deps.Live.Typing(conversation, member, on)

	channel, err := lookup(r.app, collections.Channels, conversation.GetString("channel"))
	if err != nil {
		return
	}
	if adapter, ok := r.deps.Channels.Of(channel.GetString("kind")); ok {
		if typer, ok := adapter.(Typer); ok {
			typer.Typing(conversation, on)
		}
	}
}

// view shows colleagues what a member is looking at.
func (r *Room) view(conversation *core.Record, member string, on bool) {
	shown := ""
	if on {
		shown = conversation.Id
	}
	r.deps.Live.View(conversation.GetString("company"), member, shown)
}
