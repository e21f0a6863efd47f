// Package webchat is the channel of the website widget.
//
// In: HTTP requests of browsers on other people's pages, which carry an opaque
// visitor token; their messages go to the inbox. Out: the transcript of that one
// visitor, as a list and as a stream. The message record is the delivery: a
// committed outgoing message is in the visitor's transcript, and Send only wakes
// the streams, which read what is new from the database. So nothing can be lost
// or come in another order, whatever happens to a connection.
package webchat

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
	"recado/hooks/limits"
)

// Kind is the kind of the channels this room serves.
const Kind = "webchat"

const (
	textLimit     = 4000     // characters of one message
	bodyLimit     = 64 << 10 // bytes of a JSON body: room for textLimit, escaped
	listLimit     = 1000     // messages in one answer
	pingEvery     = 25 * time.Second
	writeTimeout  = 30 * time.Second // for one event, not for the stream
	seenEvery     = 10 * time.Minute // how exact a visitor's last_seen is
	formOverhead  = 64 << 10         // what a multipart form adds to its file
	clientIDLimit = 100
)

// Deps are what the room needs of others.
type Deps struct {
	Now      func() time.Time
	Inbox    Inbox
	Live     Live
	Channels *channels.Registry

	// ServeFile writes an attachment; the room has checked that its reader may have it.
	ServeFile func(e *core.RequestEvent, file *core.Record) error

	// UploadMaxBytes bounds one attachment.
	UploadMaxBytes int64

	// PublicURL is the configured address of this server, or "".
	PublicURL string

	// Only is the company that a request is held to by the domain it came to, or "";
	// nil holds none.
	Only func(e *core.RequestEvent) string

	// PingEvery is how often a quiet stream says that it lives; 0 means 25 s.
	PingEvery time.Duration

	// Random is where tokens come from; nil is the system's.
	Random io.Reader
}

// Inbox takes messages in and keeps the statuses of those that went out.
type Inbox interface {
	channels.Inbox

	// Receipt moves outgoing messages forward to delivered or read.
	Receipt(ctx context.Context, messages []string, status string) error
}

// Live tells the team's screens what is not a record.
type Live interface {
	Typing(conversation *core.Record, by string, on bool)
}

// Room is the open room. It is the channel adapter of its kind.
type Room struct {
	app    core.App
	deps   Deps
	hub    *hub
	limits *limits.Limits
	whois  *statement // the visitor of a token

	pingEvery time.Duration
}

var _ channels.Channel = (*Room)(nil)

// Open binds the room's routes and hooks and registers it as the adapter of webchats.
func Open(app core.App, deps Deps) *Room {
	if deps.Random == nil {
		deps.Random = rand.Reader
	}
	if deps.PingEvery == 0 {
		deps.PingEvery = pingEvery
	}
	room := &Room{app: app, deps: deps, hub: newHub(), limits: limits.New(deps.Now), whois: &statement{query: whoisQuery}, pingEvery: deps.PingEvery}
	deps.Channels.Add(Kind, room)

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		room.routes(e.Router)

		return e.Next()
	})
	app.OnTerminate().Bind(&hook.Handler[*core.TerminateEvent]{
		Id:       "recadoWebchatStreams",
		Priority: -10_000, // before the server waits for its connections to end
		Func: func(e *core.TerminateEvent) error {
			room.hub.closeAll()

			return e.Next()
		},
	})
	room.bindRecords()
	room.bindState()
	room.bindKeys()

	return room
}

func (r *Room) routes(root *router.Router[*core.RequestEvent]) {
	root.GET("/demo", r.demo)

	group := root.Group("/api/recado/webchat")
	group.Unbind(apis.DefaultCorsMiddlewareId) // its `*` would speak before the channel's own list
	group.Bind(speakCORS)
	group.Bind(apis.SkipSuccessActivityLog()) // a log of who visited which page is nobody's business
	group.OPTIONS("/{path...}", preflight)

	group.GET("/{key}/{leaf}", r.viewConfigOrFile)
	group.POST("/{key}/sessions", r.createSession).Bind(bodyAtMost(bodyLimit, errTextTooLong))
	group.GET("/messages", r.asVisitor(r.listMessages))
	group.POST("/messages", r.asVisitor(r.createMessage)).Bind(bodyAtMost(bodyLimit, errTextTooLong))
	group.GET("/stream", r.asVisitor(r.stream))
	group.POST("/files", r.asVisitor(r.uploadFile)).Bind(bodyAtMost(r.deps.UploadMaxBytes+formOverhead, r.errFileTooLarge))
	group.POST("/typing", r.asVisitor(r.setTyping)).Bind(bodyAtMost(bodyLimit, errTextTooLong))
	group.POST("/read", r.asVisitor(r.setRead)).Bind(bodyAtMost(bodyLimit, errTextTooLong))
}

// viewConfigOrFile tells /files/{id} from /{key}/config: neither pattern is more
// specific than the other, so the router can't. A public key is never "files".
func (r *Room) viewConfigOrFile(e *core.RequestEvent) error {
	key, leaf := e.Request.PathValue("key"), e.Request.PathValue("leaf")
	switch {
	case key == "files":
		return r.asVisitor(func(e *core.RequestEvent, v *visitor) error { return r.viewFile(e, v, leaf) })(e)
	case leaf == "config":
		return r.viewConfig(e)
	}

	return apierr.NotFound("page")
}

// bodyAtMost bounds the request body, with an error that has a code.
func bodyAtMost(limit int64, tooLarge func() error) *hook.Handler[*core.RequestEvent] {
	handler := apis.BodyLimit(limit)
	bounded := handler.Func
	handler.Func = func(e *core.RequestEvent) error {
		err := bounded(e)
		if errors.Is(err, apis.ErrRequestEntityTooLarge) {
			return tooLarge()
		}

		return err
	}

	return handler
}

// bindRecords ends the streams of what was closed or revoked, and tells a
// visitor's streams when the team has read the conversation.
func (r *Room) bindRecords() {
	r.app.OnRecordAfterUpdateSuccess(collections.Channels).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("kind") == Kind {
			r.hub.close(func(s *stream) bool { return s.visitor.Channel == e.Record.Id })
		}

		return e.Next()
	})
	r.app.OnRecordAfterUpdateSuccess(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		if !e.Record.GetBool("active") {
			r.hub.close(func(s *stream) bool { return s.visitor.Company == e.Record.Id })
		}

		return e.Next()
	})
	r.app.OnRecordAfterDeleteSuccess(collections.WebchatVisitors).BindFunc(func(e *core.RecordEvent) error {
		r.hub.close(func(s *stream) bool { return s.visitor.ID == e.Record.Id })

		return e.Next()
	})
	r.app.OnRecordAfterUpdateSuccess(collections.Messages).BindFunc(func(e *core.RecordEvent) error {
		changed := e.Record.GetString("edited_at") != "" || e.Record.GetString("deleted_at") != ""
		if changed && !r.hub.empty() {
			if conversation, err := e.App.FindRecordById(collections.Conversations, e.Record.GetString("conversation")); err == nil {
				r.hub.changed(r.addressee(conversation), e.Record.Id)
			}
		}

		return e.Next()
	})
	r.app.OnRecordAfterUpdateSuccess(collections.Conversations).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetInt("unread") == 0 && !r.hub.empty() {
			r.hub.wake(r.addressee(e.Record))
		}

		return e.Next()
	})
}

// Start has nothing to do: visitors come by themselves.
func (r *Room) Start(context.Context) error { return nil }

// Stop ends all streams. Their browsers come back with their cursors.
func (r *Room) Stop(context.Context) error {
	r.hub.closeAll()

	return nil
}

// Send wakes the visitor's streams. The record is in the transcript already, so
// there is nothing that could fail.
func (r *Room) Send(_ context.Context, out channels.Outgoing) (string, error) {
	r.hub.wake(out.To.Value)

	return out.ExternalID, nil
}

// Capabilities of the widget.
func (r *Room) Capabilities() channels.Capabilities {
	return channels.Capabilities{
		Options: 20, TextLimit: 20_000, FileLimit: r.deps.UploadMaxBytes, Typing: true, ReadReceipt: true,
		Quote: true, Edit: channels.Always, Delete: channels.Always,
	}
}

// Typing shows the visitor of a conversation that a person is typing.
func (r *Room) Typing(conversation *core.Record, on bool) {
	if !r.hub.empty() {
		r.hub.typing(r.addressee(conversation), on)
	}
}

// addressee is the visitor id a conversation is held with; "" if there is none.
func (r *Room) addressee(conversation *core.Record) string {
	identity, err := r.app.FindRecordById(collections.Identities, conversation.GetString("identity"))
	if err != nil || identity.GetString("kind") != "visitor" {
		return ""
	}

	return identity.GetString("value")
}

// noContent answers that it is done.
func noContent(e *core.RequestEvent) error { return e.NoContent(http.StatusNoContent) }
