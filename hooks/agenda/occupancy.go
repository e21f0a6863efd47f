package agenda

import (
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindOccupancies turns what the triggers say into the error everyone knows, and
// keeps the triggers in force when the table itself is changed.
func (r *Room) bindOccupancies(app core.App) {
	app.OnRecordCreate(collections.Occupancies).BindFunc(lawful)
	app.OnRecordUpdate(collections.Occupancies).BindFunc(lawful)

	app.OnCollectionUpdate(collections.Occupancies).BindFunc(func(e *core.CollectionEvent) error {
		outer := e.App
		defer func() { e.App = outer }()

		return outer.RunInTransaction(func(txApp core.App) error {
			e.App = txApp
			if err := dropTriggers(txApp); err != nil {
				return err
			}
			if err := e.Next(); err != nil {
				return err
			}

			return createTriggers(txApp)
		})
	})
}

func lawful(e *core.RecordEvent) error {
	err := e.Next()
	switch {
	case err == nil:
		return nil
	case apierr.Code(err) != "":
		return err
	case strings.Contains(err.Error(), takenMark):
		return apierr.New(http.StatusConflict, takenMark, "This time is already taken.", map[string]any{"alternatives": []any{}})
	case strings.Contains(err.Error(), invalidMark):
		return apierr.New(http.StatusBadRequest, invalidMark, "The end must be after the start, both in whole seconds.", nil)
	default:
		return err
	}
}

// blocks reports whether an appointment takes up time. A hold that ran out still
// says held; the law and the slots look at expires_at.
func blocks(appointment *core.Record) bool {
	switch appointment.GetString("status") {
	case "held", "pending", "confirmed", "arrived":
		return true
	default:
		return false
	}
}

// occupy writes what an appointment blocks. The buffers are those of its
// service at the time it was put there: `moved` says that this is now.
func (r *Room) occupy(txApp core.App, appointment *core.Record, o offer, moved bool) error {
	occupancy, err := occupancyOf(txApp, appointment)
	if err != nil {
		return err
	}

	if moved || occupancy.IsNew() {
		occupancy.Load(map[string]any{
			"company": appointment.GetString("company"), "appointment": appointment.Id,
			"kind": "appointment", "resource": appointment.GetString("agenda"),
			"blocked_start": appointment.GetDateTime("start").Time().Unix() - int64(o.Terms.BufferBefore)*60,
			"blocked_end":   appointment.GetDateTime("end").Time().Unix() + int64(o.Terms.BufferAfter)*60,
		})
	}
	for _, field := range []string{"status", "expires_at", "overbook"} {
		occupancy.Set(field, appointment.Get(field))
	}

	// Every value comes from an appointment that has just been validated.
	return txApp.SaveNoValidate(occupancy)
}

// occupancyOf finds the row of an appointment, or starts a new one.
func occupancyOf(txApp core.App, appointment *core.Record) (*core.Record, error) {
	occupancy := &core.Record{}
	err := txApp.RecordQuery(collections.Occupancies).AndWhere(dbx.HashExp{"appointment": appointment.Id}).Limit(1).One(occupancy)
	if err == nil {
		return occupancy, nil
	}
	if !isNoRows(err) {
		return nil, err
	}
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.Occupancies)
	if err != nil {
		return nil, err
	}

	return core.NewRecord(collection), nil
}

func isNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
