package inbox

import (
	"context"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
)

// What is done to a message that is there already: edit, delete, react. The
// channel is told first and the record changed after it, so what the team sees
// has happened. If the process dies in between, doing it again does it once.

// change is a message that a member is about to change.
type change struct {
	message, conversation *core.Record
	member                string
	wide                  bool // may change what others wrote
}

// changing loads the message of the request for someone who may reply in its
// conversation.
func (r *Room) changing(e *core.RequestEvent) (*change, error) {
	info, err := e.RequestInfo()
	if err != nil {
		return nil, err
	}
	message, err := visible(e.App, info, collections.Messages, e.Request.PathValue("id"), "message")
	if err != nil {
		return nil, err
	}
	if ok, err := e.App.CanAccessRecord(message, info, message.Collection().UpdateRule); err != nil || !ok {
		return nil, apierr.Forbidden("inbox.reply")
	}
	if message.GetString("kind") == "system" {
		return nil, apierr.Invalid("id", "This line of the conversation can't be changed.")
	}
	if !message.GetDateTime("deleted_at").IsZero() {
		return nil, apierr.New(http.StatusConflict, "message_deleted", "This message was deleted.", nil)
	}

	c := &change{message: message}
	if c.conversation, err = lookup(e.App, collections.Conversations, message.GetString("conversation")); err != nil {
		return nil, err
	}
	if c.member, err = memberOf(e.App, e.Auth, message.GetString("company")); err != nil {
		return nil, err
	}
	if c.member == "" {
		c.wide = true // a superuser

		return c, nil
	}
	member, err := lookup(e.App, collections.Members, c.member)
	if err != nil {
		return nil, err
	}
	c.wide = holds(member, "inbox.edit_all")

	return c, nil
}

// mine refuses what someone else wrote, and what came in.
func (c *change) mine(wide bool) error {
	if c.message.GetString("direction") != "out" {
		return apierr.New(http.StatusForbidden, "not_yours", "What the customer wrote stays as it is.", nil)
	}
	if author := c.message.GetString("author"); (author != "" && author == c.member) || (wide && c.wide) {
		return nil
	}

	return apierr.New(http.StatusForbidden, "not_yours", "Only who wrote a message can change it.", nil)
}

// local holds for what the channel knows nothing of: notes, and what has not left.
func (c *change) local() bool {
	switch c.message.GetString("status") {
	case "queued", "failed", "skipped":
		return true
	}

	return c.message.GetString("kind") == "note"
}

// carry lets the message's channel do something to it, within the window that
// the channel gives.
func (r *Room) carry(ctx context.Context, c *change, window func(channels.Capabilities) time.Duration,
	do func(context.Context, channels.Changer, channels.Outgoing) error,
) error {
	if c.message.GetString("status") == "sending" {
		return apierr.New(http.StatusConflict, "message_sending", "This message is just being sent. Try again in a moment.", nil)
	}
	out, kind, err := r.outbox.outgoing(r.app, c.conversation, c.message)
	if err != nil {
		return err
	}
	adapter, ok := r.deps.Channels.Of(kind)
	if !ok {
		return errChannelCannot
	}
	changer, ok := adapter.(channels.Changer)
	open := window(adapter.Capabilities())
	if !ok || open == 0 {
		return errChannelCannot
	}
	if open != channels.Always && r.since(c.message, "at") > open {
		return apierr.New(http.StatusConflict, "window_over", "It is too late: the channel allows this only for a while after sending.",
			map[string]any{"seconds": int(open.Seconds())})
	}

	out.ExternalID = c.message.GetString("external_id")
	ctx, cancel := context.WithTimeout(ctx, outboxTimeout)
	defer cancel()
	if err := do(ctx, changer, *out); err != nil {
		return apierr.New(http.StatusBadGateway, "channel_failed", "The channel did not do it: "+err.Error(), nil)
	}

	return nil
}

var errChannelCannot = apierr.New(http.StatusConflict, "channel_cannot", "This channel can't do that to a message that was sent.", nil)

// changed stores what was done, if the message is still as it was looked at, and
// shows it in the conversation's line.
func (r *Room) changed(c *change, apply func(txApp core.App, message *core.Record) error) (*core.Record, error) {
	var message *core.Record
	err := r.app.RunInTransaction(func(txApp core.App) (err error) {
		if message, err = lookup(txApp, collections.Messages, c.message.Id); err != nil {
			return err
		}
		if c.local() && message.GetString("status") != c.message.GetString("status") {
			return apierr.New(http.StatusConflict, "message_sending", "This message is just being sent. Try again in a moment.", nil)
		}
		if err := apply(txApp, message); err != nil {
			return err
		}
		if err := save(txApp, message); err != nil {
			return err
		}

		if message.GetString("kind") == "note" {
			return nil
		}

		return r.refreshPreview(txApp, message)
	})

	return message, err
}
