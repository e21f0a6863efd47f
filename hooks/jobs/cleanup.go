package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// batch is how many rows one statement removes: other writers get their turn
// between two of them.
const batch = 500

// keep says how long rows nobody needs any more stay.
var keep = []struct {
	collection string
	where      string // {:before} is a datetime, {:id} the time id of the same moment
	days       int
}{
	{collections.ChannelEvents, "[[id]] < {:id}", 30},
	{collections.IdempotencyKeys, "[[created]] < {:before}", 2},
	{collections.WebchatVisitors, "[[last_seen]] < {:before} AND [[contact]] = ''", 30}, // opened the widget, never wrote
}

// orphanDays is how long an uploaded file waits for the message it belongs to.
const orphanDays = 1

// CleanUp removes what served its time: raw channel events, answers kept for
// repeated requests, visitors who never wrote, files that were never sent.
func CleanUp(ctx context.Context, app core.App, now time.Time) error {
	for _, rule := range keep {
		before := now.AddDate(0, 0, -rule.days)
		params := dbx.Params{
			"before": before.UTC().Format(types.DefaultDateLayout),
			"id":     collections.NewIDs(func() time.Time { return before }).Next(),
		}
		query := fmt.Sprintf("DELETE FROM {{%[1]s}} WHERE [[id]] IN (SELECT [[id]] FROM {{%[1]s}} WHERE %[2]s LIMIT %[3]d)",
			rule.collection, rule.where, batch)
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			result, err := app.NonconcurrentDB().NewQuery(query).Bind(params).Execute()
			if err != nil {
				return fmt.Errorf("cleaning up %s: %w", rule.collection, err)
			}
			if removed, _ := result.RowsAffected(); removed < batch {
				break
			}
		}
	}

	return removeOrphans(ctx, app, now.AddDate(0, 0, -orphanDays))
}

// removeOrphans deletes file records one by one, because their bytes go with them.
func removeOrphans(ctx context.Context, app core.App, before time.Time) error {
	var orphans []*core.Record
	err := app.RecordQuery(collections.Files).
		AndWhere(dbx.NewExp("[[message]] = '' AND [[created]] < {:before}", dbx.Params{"before": before.UTC().Format(types.DefaultDateLayout)})).
		Limit(batch).All(&orphans)
	if err != nil {
		return fmt.Errorf("looking for files that were never sent: %w", err)
	}
	for _, file := range orphans {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := app.DeleteWithContext(ctx, file); err != nil {
			return fmt.Errorf("removing a file that was never sent: %w", err)
		}
	}

	return nil
}
