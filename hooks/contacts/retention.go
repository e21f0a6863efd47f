package contacts

import (
	"context"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// eventDays is how long raw events of channels are kept where a company says
// nothing else.
const eventDays = 30

// retention is what a company's settings say of how long things are kept.
type retention struct {
	Messages int `json:"messages_days"` // 0: for ever
	Events   int `json:"events_days"`   // 0: eventDays
}

func retentionOf(company *core.Record) retention {
	var settings struct {
		Retention retention `json:"retention"`
	}
	_ = company.UnmarshalJSONField("settings", &settings) // unreadable settings are no settings
	keep := settings.Retention
	if keep.Events <= 0 {
		keep.Events = eventDays
	}

	return keep
}

// Retain removes what companies keep no longer: messages with their files, if
// they say so, and raw events. Messages on their way out stay until they are sent.
func (r *Room) Retain(ctx context.Context) error {
	companies, err := r.app.FindAllRecords(collections.Companies)
	if err != nil {
		return err
	}
	removed := false
	for _, company := range companies {
		keep := retentionOf(company)
		before := collections.NewIDs(func() time.Time { return r.now().AddDate(0, 0, -keep.Events) }).Next()
		_, err := r.retain(ctx, collections.ChannelEvents, dbx.And(dbx.HashExp{"company": company.Id}, dbx.NewExp("id < {:before}", dbx.Params{"before": before})))
		if err != nil {
			return err
		}
		if keep.Messages <= 0 {
			continue
		}

		at := dbx.Params{"at": stamp(r.now().AddDate(0, 0, -keep.Messages))}
		some, err := r.retain(ctx, collections.Messages, dbx.And(dbx.HashExp{"company": company.Id}, dbx.NewExp("at < {:at} AND status NOT IN ('queued', 'sending')", at)))
		if err != nil {
			return err
		}
		removed = removed || some
		_, err = r.app.NonconcurrentDB().Update(collections.Conversations, dbx.Params{"preview": ""},
			dbx.And(dbx.HashExp{"company": company.Id}, dbx.NewExp("preview != '' AND last_message_at < {:at}", at))).Execute()
		if err != nil {
			return err
		}
	}
	if !removed {
		return nil
	}

	return r.deps.Compact(ctx, r.app)
}

// retain removes the rows in batches; some tells whether there were any.
func (r *Room) retain(ctx context.Context, collection string, where dbx.Expression) (some bool, err error) {
	for {
		var ids []string
		if err := r.app.DB().Select("id").From(collection).Where(where).Limit(eraseBatch).Column(&ids); err != nil {
			return some, fmt.Errorf("looking for old %s: %w", collection, err)
		}
		if len(ids) == 0 {
			return some, nil
		}
		if err := r.eraseRows(ctx, collection, ids); err != nil {
			return some, err
		}
		some = true
	}
}
