package inbox

import (
	"context"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// ReadElsewhere notes that someone of the team has read a conversation past
// Recado, on the phone of a linked number.
func (r *Room) ReadElsewhere(_ context.Context, conversation string) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		record, err := lookup(txApp, collections.Conversations, conversation)
		if isNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		record.Set("unread", 0)

		return save(txApp, record)
	})
}
