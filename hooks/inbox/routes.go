package inbox

import (
	"net/http"
	"time"

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
	group.POST("/conversations/{id}/transfer", r.transferConversation)
	group.POST("/conversations/{id}/typing", r.signal(r.typing))
	group.POST("/conversations/{id}/view", r.signal(r.view))
	group.GET("/conversations/{id}/mentionable", r.mentionableMembers)
	group.POST("/conversations/{id}/seen", r.seen)
	group.GET("/files/{id}", r.download)
	group.POST("/messages/{id}/edit", r.editMessage)
	group.POST("/messages/{id}/delete", r.deleteMessage)
	group.POST("/messages/{id}/react", r.reactToMessage)
	group.POST("/messages/{id}/forward", r.forwardMessage)
	group.POST("/messages/{id}/fetch", r.fetchMessage)
	group.GET("/channels/capabilities", r.capabilities)
	group.POST("/quick-replies/{id}/use", r.useQuickReply)
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
	if channel, err := lookup(r.app, collections.Channels, conversation.GetString("channel")); err == nil {
		r.Types(channel, conversation, on)
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

// capabilities says what each kind of channel can carry and do to a message that
// was sent. Windows are seconds: 0 is never, -1 always.
func (r *Room) capabilities(e *core.RequestEvent) error {
	kinds := map[string]any{}
	for _, kind := range r.deps.Channels.Kinds() {
		adapter, _ := r.deps.Channels.Of(kind)
		can := adapter.Capabilities()
		kinds[kind] = map[string]any{
			"options": can.Options, "text_limit": can.TextLimit, "file_limit": can.FileLimit, "quote": can.Quote,
			"react": can.React, "edit": seconds(can.Edit), "delete": seconds(can.Delete),
		}
	}

	return e.JSON(http.StatusOK, kinds)
}

func seconds(window time.Duration) int {
	if window == channels.Always {
		return -1
	}

	return int(window.Seconds())
}
