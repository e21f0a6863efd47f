package inbox

import (
	"context"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// progress is the order in which the status of an outgoing message moves. A
// receipt may overtake the sender's own "sent"; nothing ever goes back.
var progress = []string{"queued", "sending", "sent", "delivered", "read"}

// Receipt notes that outgoing messages were delivered or read: a later status is
// kept, and a message that failed or was skipped stays so. The rows' own hooks
// tell the team. Reading a message is noted on its conversation too.
//
// It must not be called from within a transaction.
func (r *Room) Receipt(ctx context.Context, messages []string, status string) error {
	return r.ingest.submit(ctx, func(g *groupStore) error { return r.receiptStored(g.txApp, messages, status) })
}

func (r *Room) receiptStored(txApp core.App, messages []string, status string) error {
	read := map[string]bool{} // conversations
	for _, id := range messages {
		message, err := lookup(txApp, collections.Messages, id)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		from := slices.Index(progress, message.GetString("status"))
		if message.GetString("direction") != "out" || from < 0 || from >= slices.Index(progress, status) {
			continue
		}
		message.Set("status", status)
		message.Set("claimed_until", "")
		if err := save(txApp, message); err != nil {
			return err
		}
		read[message.GetString("conversation")] = status == "read"
	}

	for id, seen := range read {
		if !seen {
			continue
		}
		conversation, err := lookup(txApp, collections.Conversations, id)
		if err != nil {
			return err
		}
		conversation.Set("read_by_contact_at", r.deps.Now())
		if err := save(txApp, conversation); err != nil {
			return err
		}
	}

	return nil
}
