package agenda

import (
	"context"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// A hold is an appointment of status held that ends by itself. That it has ended
// is read from expires_at wherever it matters; the tick only tidies.
const (
	defaultHold = 10 * time.Minute
	longestHold = 24 * time.Hour
)

// Tick cancels the holds that ran out. Each in a transaction of its own, so that
// nobody waits for many.
func (r *Room) Tick(ctx context.Context) error {
	ids, err := r.expiredHolds(r.app, dbx.NewExp("1 = 1"))
	if err != nil {
		return err
	}

	var failures error
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := r.app.RunInTransaction(func(txApp core.App) error { return r.endHold(txApp, id) })
		failures = errors.Join(failures, err)
	}

	return failures
}

// endHolds ends the holds of one agenda that ran out, so that what is decided
// next does not depend on when the tick came by.
func (r *Room) endHolds(txApp core.App, agenda string) error {
	ids, err := r.expiredHolds(txApp, dbx.HashExp{"agenda": agenda})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := r.endHold(txApp, id); err != nil {
			return err
		}
	}

	return nil
}

func (r *Room) expiredHolds(app core.App, where dbx.Expression) ([]string, error) {
	var ids []string
	err := app.ConcurrentDB().Select("id").From(collections.Appointments).
		Where(dbx.NewExp("status = 'held' AND expires_at > 0 AND expires_at <= {:now}", dbx.Params{"now": r.deps.Now().Unix()})).
		AndWhere(where).OrderBy("expires_at").Limit(500).Column(&ids)

	return ids, err
}

// endHold looks again, inside the transaction: a confirmation may have come first.
func (r *Room) endHold(txApp core.App, id string) error {
	a, err := txApp.FindRecordById(collections.Appointments, id)
	if err != nil {
		return err
	}
	if a.GetString("status") != "held" || int64(a.GetFloat("expires_at")) > r.deps.Now().Unix() {
		return nil
	}
	a.Set("status", "cancelled")
	a.Set("cancelled_by", BySystem)
	a.Set("cancel_reason", "The hold ran out.")

	return txApp.Save(a)
}
