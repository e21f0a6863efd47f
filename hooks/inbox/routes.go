package inbox

import (
	"net/http"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
)

func (r *Room) routes(root *router.Router[*core.RequestEvent]) {
	group := root.Group("/api/recado")
	group.Bind(apis.RequireAuth())

	group.POST("/conversations", r.openConversation)
	group.POST("/conversations/{id}/typing", r.signal("typing"))
	group.POST("/conversations/{id}/view", r.signal("view"))
	group.GET("/files/{id}", r.download)
}

// Typer is a channel that can show the customer that someone is typing.
type Typer interface {
	Typing(conversation *core.Record, on bool)
}

// signal passes on what is never stored: that a member is typing to, or looking
// at, a conversation.
func (r *Room) signal(name string) func(*core.RequestEvent) error {
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
		me, err := memberOf(e.App, e.Auth, conversation.GetString("company"))
		if err != nil {
			return err
		}

		r.deps.Live.PublishConversation(conversation, name, map[string]any{
			"conversation": conversation.Id, "by": me, "on": form.On,
		})
		if name == "typing" {
			r.showTyping(e.App, conversation, form.On)
		}

		return e.NoContent(http.StatusNoContent)
	}
}

func (r *Room) showTyping(app core.App, conversation *core.Record, on bool) {
	channel, err := lookup(app, collections.Channels, conversation.GetString("channel"))
	if err != nil {
		return
	}
	var adapter channels.Channel
	if adapter, _ = r.deps.Channels.Of(channel.GetString("kind")); adapter == nil {
		return
	}
	if typer, ok := adapter.(Typer); ok {
		typer.Typing(conversation, on)
	}
}
