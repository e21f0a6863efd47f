package agenda

import (
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda/slots"
	"recado/hooks/apierr"
)

// Every way to an appointment ends in the record hooks of this file: routes, the
// dialogue, the records API, a batch, the dashboard. They fill in what follows
// from the service, ask admit, and write the occupancy in the same transaction.

func (r *Room) bindAppointments(app core.App) {
	app.OnRecordCreate(collections.Appointments).BindFunc(func(e *core.RecordEvent) error {
		return atomically(e, func() error { return r.onCreate(e) })
	})
	app.OnRecordUpdate(collections.Appointments).BindFunc(func(e *core.RecordEvent) error {
		return atomically(e, func() error { return r.onUpdate(e) })
	})
	app.OnRecordDelete(collections.Appointments).BindFunc(func(e *core.RecordEvent) error {
		return atomically(e, func() error {
			if err := deleteAll(e.App, collections.Occupancies, dbx.HashExp{"appointment": e.Record.Id}); err != nil {
				return err
			}
			if err := e.Next(); err != nil || e.Record.GetString("status") != "no_show" {
				return err
			}

			return countNoShows(e.App, e.Record.GetString("contact"))
		})
	})
}

// atomically runs a hook in a transaction, and within it behind a savepoint: a
// refused booking leaves nothing behind even where the caller carries on, as the
// dialogue does when it apologises.
func atomically(e *core.RecordEvent, fn func() error) error {
	const point = "recado_appointment"

	return collections.InTransaction(e, func() error {
		txApp := e.App
		if err := execute(txApp, "SAVEPOINT "+point); err != nil {
			return err
		}
		if err := fn(); err != nil {
			if back := execute(txApp, "ROLLBACK TO "+point, "RELEASE "+point); back != nil {
				return fmt.Errorf("failed to take back a refused appointment (%w) after: %w", back, err)
			}

			return err
		}

		return execute(txApp, "RELEASE "+point)
	})
}

func (r *Room) onCreate(e *core.RecordEvent) error {
	a := e.Record
	o, err := r.offer(e.App, a.GetString("company"), a.GetString("agenda"), a.GetString("service"))
	if err != nil {
		return err
	}
	if err := r.fill(a, o); err != nil {
		return err
	}
	if err := fillAttendee(e.App, a); err != nil {
		return err
	}
	if !blocks(a) {
		if err := e.Next(); err != nil || a.GetString("status") != "no_show" {
			return err
		}

		return countNoShows(e.App, a.GetString("contact"))
	}
	if !o.Open {
		return apierr.New(http.StatusUnprocessableEntity, "service_not_offered", "This service cannot be booked on this agenda.", nil)
	}
	if err := r.admit(e.App, o, a); err != nil {
		return err
	}
	if err := r.fewOpen(e.App, o, a); err != nil {
		return err
	}
	if err := e.Next(); err != nil {
		return err
	}

	return r.lawOrAlternatives(e.App, o, a, r.occupy(e.App, a, o, true))
}

// lawOrAlternatives adds the next slots to the refusal of a trigger. It is rare:
// admit has looked in the same transaction.
func (r *Room) lawOrAlternatives(txApp core.App, o offer, a *core.Record, err error) error {
	if apierr.Code(err) == takenMark {
		return r.taken(txApp, o, a, slots.Busy)
	}

	return err
}

// fill sets what follows from the service and the clock.
func (r *Room) fill(a *core.Record, o offer) error {
	if a.GetString("status") == "" {
		a.Set("status", "confirmed")
	}
	if a.GetString("currency") == "" {
		a.Set("price", o.Price)
		a.Set("currency", o.Currency)
	}
	if len(a.GetStringSlice("members")) == 0 {
		a.Set("members", o.members())
	}
	if err := r.times(a, o); err != nil {
		return err
	}

	return r.expiry(a)
}

// times derives the end. Only a squeeze-in may have a length of its own.
func (r *Room) times(a *core.Record, o offer) error {
	start := a.GetDateTime("start").Time().Truncate(time.Second)
	if start.IsZero() {
		return apierr.Invalid("start", "Say when the appointment starts.")
	}
	a.Set("start", start)

	if end := a.GetDateTime("end").Time().Truncate(time.Second); a.GetBool("overbook") && end.After(start) {
		if end.Sub(start) > longestBlock {
			return apierr.Invalid("end", "An appointment cannot be longer than a year.")
		}
		a.Set("end", end)

		return nil
	}
	a.Set("end", o.end(start))

	return nil
}

// expiry: a hold ends by itself, ten minutes from now if nothing else is said;
// nothing else does.
func (r *Room) expiry(a *core.Record) error {
	if a.GetString("status") != "held" {
		a.Set("expires_at", 0)

		return nil
	}

	now := r.deps.Now().Unix()
	switch expires := int64(a.GetFloat("expires_at")); {
	case expires == 0:
		a.Set("expires_at", now+int64(defaultHold.Seconds()))
	case expires > now+int64(longestHold.Seconds()):
		return apierr.Invalid("expires_at", "A slot can be held for one day at most.")
	}

	return nil
}

func (r *Room) onUpdate(e *core.RecordEvent) error {
	a := e.Record
	was, err := rebase(e.App, a)
	if err != nil {
		return err
	}

	o, err := r.offer(e.App, a.GetString("company"), a.GetString("agenda"), a.GetString("service"))
	if err != nil {
		return err
	}
	elsewhere := differ(a, was, "agenda", "service")
	moved := elsewhere || differ(a, was, "start", "end", "overbook")
	statusChanged := differ(a, was, "status")

	if moved {
		if !differ(a, was, "end") {
			length := was.GetDateTime("end").Time().Sub(was.GetDateTime("start").Time())
			a.Set("end", a.GetDateTime("start").Time().Add(length))
		}
		if differ(a, was, "agenda") && !differ(a, was, "members") {
			a.Set("members", o.members())
		}
		if err := r.times(a, o); err != nil {
			return err
		}
	}
	if statusChanged || differ(a, was, "expires_at") {
		if err := r.expiry(a); err != nil {
			return err
		}
	}
	if statusChanged {
		r.markStatus(a)
	}
	if differ(a, was, "attendee") {
		if err := fillAttendee(e.App, a); err != nil {
			return err
		}
	}
	if differ(a, was, "start") && !differ(a, was, "confirmed_at") {
		a.Set("confirmed_at", "") // the yes was to another time
	}
	if moved || statusChanged {
		a.Set("sequence", was.GetInt("sequence")+1)
	}

	if blocks(a) && moved {
		if elsewhere && !o.Open {
			return apierr.New(http.StatusUnprocessableEntity, "service_not_offered", "This service cannot be booked on this agenda.", nil)
		}
		if err := r.admit(e.App, o, a); err != nil {
			return err
		}
	}
	if blocks(a) && differ(a, was, "service", "contact", "attendee") {
		if err := r.fewOpen(e.App, o, a); err != nil {
			return err
		}
	}
	if err := e.Next(); err != nil {
		return err
	}
	if missed := a.GetString("status") == "no_show"; missed && differ(a, was, "status", "contact") || !missed && was.GetString("status") == "no_show" {
		if err := countNoShows(e.App, was.GetString("contact"), a.GetString("contact")); err != nil {
			return err
		}
	}
	if !moved && !statusChanged && !differ(a, was, "expires_at") {
		return nil
	}

	// What comes back to life (a cancelled appointment, a hold that ran out) is
	// judged by the law alone: it was admitted once.
	return r.lawOrAlternatives(e.App, o, a, r.occupy(e.App, a, o, moved))
}

// markStatus notes when the customer's yes came and who cancelled.
func (r *Room) markStatus(a *core.Record) {
	switch a.GetString("status") {
	case "confirmed":
		a.Set("confirmed_at", r.deps.Now().UTC())
	case "cancelled":
		if a.GetString("cancelled_by") == "" {
			a.Set("cancelled_by", "system")
		}
	}
	if a.GetString("status") != "cancelled" {
		a.Set("cancelled_by", "")
		a.Set("cancel_reason", "")
	}
}

// rebase puts the changes of a record onto the row as it stands now, in the
// transaction. A record that was loaded a moment ago would write back what
// somebody else has changed since, and the time of an appointment would come
// apart from what it blocks.
func rebase(txApp core.App, record *core.Record) (current *core.Record, err error) {
	current, err = txApp.FindRecordById(record.Collection(), record.Id)
	if err != nil {
		return nil, err
	}

	loaded := record.Original()
	for _, field := range record.Collection().Fields {
		name := field.GetName()
		if field.Type() != core.FieldTypeAutodate && !differ(record, loaded, name) {
			record.SetRaw(name, current.GetRaw(name))
		}
	}

	return current, nil
}

// differ reports whether one of the fields has another value in b than in a.
func differ(a, b *core.Record, fields ...string) bool {
	for _, field := range fields {
		if fmt.Sprint(a.Get(field)) != fmt.Sprint(b.Get(field)) {
			return true
		}
	}

	return false
}

func deleteAll(txApp core.App, collection string, where dbx.Expression) error {
	records, err := txApp.FindAllRecords(collection, where)
	if err != nil {
		return err
	}
	for _, record := range records {
		if err := txApp.Delete(record); err != nil {
			return err
		}
	}

	return nil
}
