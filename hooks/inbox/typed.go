package inbox

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/contacts"
)

// Typed takes in what someone of the team wrote past Recado, on the phone of a
// linked number: a message that is sent already. Identity and the rest speak of
// the customer it went to. As every message of a person it stops the bot. The
// same external id is the same message.
func (r *Room) Typed(_ context.Context, in channels.Inbound) (result channels.Result, err error) {
	err = r.app.RunInTransaction(func(txApp core.App) error {
		channel, err := r.channel(txApp, in)
		if err != nil {
			return err
		}
		if known, err := r.known(txApp, in, &result); known || err != nil {
			return err
		}
		contact, identity, err := r.deps.Contacts.Resolve(txApp, contacts.Person{
			Company: in.Company, Kind: in.IdentityKind, Value: in.IdentityValue, Scope: in.Scope,
			Channel: channel.GetString("kind"), Name: in.Name, Phone: in.Phone, Also: also(in.Also),
		})
		if err != nil {
			return err
		}
		conversation, err := r.conversationFor(txApp, channel, contact, identity, in.Locale)
		if err != nil {
			return err
		}
		message, err := newRecord(txApp, collections.Messages, map[string]any{
			"company": in.Company, "conversation": conversation.Id, "contact": contact.Id, "channel": channel.Id,
			"direction": "out", "kind": in.Kind, "text": in.Text, "data": in.Data, "forwarded": in.Forwarded,
			"status": "sent", "answered_by": "human", "external_id": in.ExternalID, "reply_to": in.ReplyTo,
		})
		if err != nil {
			return err
		}
		if !in.At.IsZero() {
			message.Set("at", in.At)
		}
		result = channels.Result{Contact: contact.Id, Conversation: conversation.Id, Message: message}
		if in.ReplyTo != "" {
			return txApp.Save(message)
		}

		return txApp.SaveNoValidate(message)
	})

	return result, err
}
