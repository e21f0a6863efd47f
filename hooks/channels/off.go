package channels

import (
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// OffPatience is how long a linked number may be off before that is news: on every
// screen, in the health, by mail.
const OffPatience = 5 * time.Minute

// Off selects the channels whose number has been off for longer than that.
func Off(now time.Time) dbx.Expression {
	return dbx.And(dbx.HashExp{"kind": "whatsapp", "active": true}, dbx.NewExp("off_since != '' AND off_since <= {:before}",
		dbx.Params{"before": now.Add(-OffPatience).UTC().Format(types.DefaultDateLayout)}))
}

// Waiting counts the messages that wait to be sent on a channel.
func Waiting(app core.App, channel string) (count int, err error) {
	err = app.ConcurrentDB().Select("count(*)").From(collections.Messages).
		Where(dbx.NewExp("(status = 'queued' OR status = 'sending') AND channel = {:channel}", dbx.Params{"channel": channel})).
		Row(&count)

	return count, err
}
