package inbox

import (
	"context"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/channels"
)

// byContact is who reacted, where it was the customer.
const byContact = "contact"

// Amend changes a message as its channel tells: the customer has edited it, taken
// it back or reacted to it; its file has arrived; it can be read at last. A
// message that is not known (yet) is an apierr.NotFound. The same amendment again
// changes nothing.
//
// It must not be called from within a transaction.
func (r *Room) Amend(ctx context.Context, a channels.Amendment) error {
	var known bool
	err := r.ingest.submit(ctx, func(g *groupStore) (err error) {
		known, err = r.amendStored(g.txApp, a)

		return err
	})
	if err == nil && !known {
		err = apierr.NotFound("message")
	}

	return err
}

// amendStored does it in the transaction; known is false where there is no such message.
func (r *Room) amendStored(txApp core.App, a channels.Amendment) (known bool, err error) {
	message := &core.Record{}
	err = txApp.RecordQuery(collections.Messages).
		AndWhere(dbx.HashExp{"channel": a.Channel, "external_id": a.ExternalID, "company": a.Company}).Limit(1).One(message)
	if err != nil {
		return false, ignoreNotFound(err)
	}
	if !message.GetDateTime("deleted_at").IsZero() {
		return true, nil
	}

	if err := r.amend(txApp, message, a); err != nil {
		return true, err
	}
	if err := saveChecked(txApp, message, len(a.Attachments) > 0); err != nil {
		return true, err
	}

	return true, r.refreshPreview(txApp, message)
}

func (r *Room) amend(txApp core.App, message *core.Record, a channels.Amendment) error {
	if a.Edited != nil && message.GetString("text") != *a.Edited {
		message.Set("text", *a.Edited)
		message.Set("edited_at", r.deps.Now())
	}
	if a.Reaction != nil {
		message.Set("reactions", withReaction(reactionsOf(message), byContact, *a.Reaction))
	}
	if a.Kind != "" {
		message.Set("kind", a.Kind)
	}
	if a.Text != nil {
		message.Set("text", *a.Text)
	}
	if a.Data != nil {
		message.Set("data", a.Data)
	}
	if len(a.Attachments) > 0 {
		message.Set("attachments", a.Attachments)
		if err := claimFiles(txApp, message); err != nil {
			return err
		}
	}
	if !a.Deleted {
		return nil
	}

	message.Load(map[string]any{
		"text": "", "attachments": nil, "options": nil, "data": nil, "reactions": nil, "deleted_at": r.deps.Now(),
	})
	// Files of no message are removed by the clean-up.
	_, err := txApp.DB().Update(collections.Files, dbx.Params{"message": ""}, dbx.HashExp{"message": message.Id}).Execute()

	return err
}

// saveChecked saves what changed; checked where ids came from outside.
func saveChecked(txApp core.App, message *core.Record, checked bool) error {
	if !checked {
		return save(txApp, message)
	}
	message.IgnoreUnchangedFields(true)

	return txApp.Save(message)
}

// refreshPreview shows the message anew in the conversation's line, if it is the
// one shown there.
func (r *Room) refreshPreview(txApp core.App, message *core.Record) error {
	conversation, err := lookup(txApp, collections.Conversations, message.GetString("conversation"))
	if err != nil || !conversation.GetDateTime("last_message_at").Equal(message.GetDateTime("at")) {
		return err
	}
	conversation.Set("preview", preview(message))

	return save(txApp, conversation)
}
