package mail

import (
	"context"

	"github.com/pocketbase/dbx"
)

// keptDays is how long a mail can be looked at and sent again.
const keptDays = 30

// Forget removes the words of old mails: they speak of people. That a mail was
// sent stays.
func (r *Room) Forget(ctx context.Context) error {
	before := stamp(r.deps.Now().AddDate(0, 0, -keptDays))
	for ctx.Err() == nil {
		result, err := r.app.NonconcurrentDB().NewQuery(`UPDATE mails SET body = 'null' WHERE id IN
			(SELECT id FROM mails WHERE created < {:before} AND body != 'null' AND status != 'queued' LIMIT 500)`).
			Bind(dbx.Params{"before": before}).Execute()
		if err != nil {
			return err
		}
		if changed, _ := result.RowsAffected(); changed == 0 {
			return nil
		}
	}

	return nil
}
