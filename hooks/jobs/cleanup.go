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
	where      string // {:before} is a datetime
	days       int
}{
	{collections.IdempotencyKeys, "[[created]] < {:before}", 2},
	{collections.WebchatVisitors, "[[last_seen]] < {:before} AND [[contact]] = ''", 30}, // opened the widget, never wrote
}

const (
	orphanDays = 1  // how long an uploaded file waits for the message it belongs to
	importDays = 30 // how long an import can be undone
	exportDays = 7  // how long the data of a company can be fetched
)

// CleanUp removes what served its time: answers kept for
// repeated requests, visitors who never wrote, files that were never sent, old
// imports and exports with their files.
func CleanUp(ctx context.Context, app core.App, now time.Time) error {
	for _, rule := range keep {
		before := now.AddDate(0, 0, -rule.days)
		params := dbx.Params{
			"before": before.UTC().Format(types.DefaultDateLayout),
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

	days := func(n int) string { return now.AddDate(0, 0, -n).UTC().Format(types.DefaultDateLayout) }
	if err := removeWithFiles(ctx, app, collections.Files, "[[message]] = '' AND [[created]] < {:before}", days(orphanDays)); err != nil {
		return err
	}

	if err := removeWithFiles(ctx, app, collections.Exports, "[[due]] = '' AND [[created]] < {:before}", days(exportDays)); err != nil {
		return err
	}

	return removeWithFiles(ctx, app, collections.Imports, "[[due]] = '' AND [[created]] < {:before}", days(importDays))
}

// removeWithFiles deletes records one by one, because their bytes go with them.
func removeWithFiles(ctx context.Context, app core.App, collection, where, before string) error {
	var records []*core.Record
	err := app.RecordQuery(collection).AndWhere(dbx.NewExp(where, dbx.Params{"before": before})).Limit(batch).All(&records)
	if err != nil {
		return fmt.Errorf("looking for old %s: %w", collection, err)
	}
	for _, record := range records {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := app.DeleteWithContext(ctx, record); err != nil {
			return fmt.Errorf("removing old %s: %w", collection, err)
		}
	}

	return nil
}
