package inbox

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// A snoozed conversation is out of the way until a time, or until the customer
// writes. Whatever wakes it, it keeps who has it, with as much time to answer as
// after a message of their own (see also wakeIncomingSQL).

// snoozeMax is how far ahead a conversation can be snoozed.
const snoozeMax = 366 * 24 * time.Hour

// checkSnooze refuses a time that a conversation can't be snoozed until.
func (r *Room) checkSnooze(was, conversation *core.Record) error {
	if conversation.GetString("status") != "snoozed" {
		return nil
	}
	if was.GetString("status") == "closed" {
		return apierr.New(http.StatusConflict, "conversation_closed", "This conversation is closed. Reopen it first.", nil)
	}

	until, now := conversation.GetDateTime("snoozed_until"), r.deps.Now()
	if !until.IsZero() && (!until.Time().After(now) || until.Time().After(now.Add(snoozeMax))) {
		return apierr.Invalid("snoozed_until", "Choose a time to come, at most a year ahead, or none to wait for the customer.")
	}

	return nil
}

// WakeSnoozed brings back what was snoozed until now, for the schedule.
func (r *Room) WakeSnoozed(ctx context.Context) error {
	var ids []string
	err := r.app.DB().Select("id").From(collections.Conversations).
		Where(dbx.NewExp("status = 'snoozed' AND snoozed_until != '' AND snoozed_until <= {:now}", dbx.Params{"now": stamp(r.deps.Now())})).
		AndWhere(collections.OfActiveCompany()).
		OrderBy("snoozed_until").Column(&ids)
	if err != nil {
		return err
	}

	var errs []error
	for _, id := range ids {
		if ctx.Err() != nil {
			break
		}
		errs = append(errs, r.wakeSnoozed(id))
	}

	return errors.Join(errs...)
}

// wakeSnoozed opens one conversation again, marked as something to look at.
func (r *Room) wakeSnoozed(id string) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		conversation, err := lookup(txApp, collections.Conversations, id)
		if err != nil {
			return err
		}
		until := conversation.GetDateTime("snoozed_until")
		if conversation.GetString("status") != "snoozed" || until.IsZero() || until.Time().After(r.deps.Now()) {
			return nil // the customer or a colleague was faster
		}

		conversation.Set("status", "open")
		conversation.Set("snoozed_until", "")
		conversation.Set("unread", max(1, conversation.GetInt("unread")))
		if conversation.GetString("assignee") != "" {
			conversation.Set("human_at", r.deps.Now())
		}
		if err := save(txApp, conversation); err != nil {
			return err
		}

		return event(txApp, conversation, "", "woken", map[string]any{"assignee": conversation.GetString("assignee")})
	})
}
