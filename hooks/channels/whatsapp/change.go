package whatsapp

import (
	"context"
	"errors"

	"github.com/pocketbase/dbx"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"

	"recado/collections"
	"recado/hooks/channels"
)

// What the team does to messages that are there already.

// Edit shows other words in place of a message's.
func (r *Room) Edit(ctx context.Context, out channels.Outgoing) error {
	return r.change(ctx, out, func(client *whatsmeow.Client, chat types.JID) (*waE2E.Message, error) {
		return client.BuildEdit(chat, out.ExternalID, &waE2E.Message{Conversation: &out.Text}), nil
	})
}

// Delete takes a message back for everyone.
func (r *Room) Delete(ctx context.Context, out channels.Outgoing) error {
	return r.change(ctx, out, func(client *whatsmeow.Client, chat types.JID) (*waE2E.Message, error) {
		return client.BuildRevoke(chat, types.EmptyJID, out.ExternalID), nil
	})
}

// React puts an emoji on a message of the chat; there is one for the whole team.
func (r *Room) React(ctx context.Context, out channels.Outgoing, emoji string) error {
	return r.change(ctx, out, func(client *whatsmeow.Client, chat types.JID) (*waE2E.Message, error) {
		message, err := r.app.FindFirstRecordByFilter(collections.Messages, "channel = {:channel} && external_id = {:id}",
			dbx.Params{"channel": out.Channel, "id": out.ExternalID})
		if err != nil {
			return nil, errors.New("WhatsApp does not know this message")
		}
		author := chat
		if message.GetString("direction") == "out" {
			author = client.Store.GetJID().ToNonAD()
		} else if chat.Server == types.GroupServer {
			author = authorOf(message)
		}

		return client.BuildReaction(chat, author, out.ExternalID, emoji), nil
	})
}

func (r *Room) change(ctx context.Context, out channels.Outgoing, build func(*whatsmeow.Client, types.JID) (*waE2E.Message, error)) error {
	n := r.number(out.Channel)
	client := n.ready()
	if client == nil {
		return errors.New("the number is offline")
	}
	chat, ok := jidOf(out.To)
	if !ok {
		return errors.New("this contact has no WhatsApp address")
	}
	if err := r.mayWrite(out.Channel, chat); err != nil {
		return err
	}
	message, err := build(client, chat)
	if err != nil {
		return err
	}

	return n.send(ctx, client, chat, client.GenerateMessageID(), message)
}
