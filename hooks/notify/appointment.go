package notify

import (
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// bindAppointments follows what happens to appointments, in its transaction: the
// customer is told, and reminded, if and only if it happened.
func (r *Room) bindAppointments() {
	r.app.OnRecordCreate(collections.Appointments).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			if err := e.Next(); err != nil {
				return err
			}

			return r.changed(e.App, nil, e.Record)
		})
	})
	r.app.OnRecordUpdate(collections.Appointments).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			was, err := e.App.FindRecordById(collections.Appointments, e.Record.Id)
			if err != nil {
				return err
			}
			if err := e.Next(); err != nil {
				return err
			}

			return r.changed(e.App, was, e.Record)
		})
	})
	r.app.OnRecordDelete(collections.Appointments).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			if err := deleteAll(e.App, collections.Reminders, e.Record.Id); err != nil {
				return err
			}
			if err := deleteAll(e.App, collections.Mails, e.Record.Id); err != nil {
				return err
			}

			return e.Next()
		})
	})
}

func deleteAll(txApp core.App, collection, appointment string) error {
	rows, err := txApp.FindAllRecords(collection, dbx.HashExp{"appointment": appointment})
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := txApp.Delete(row); err != nil {
			return err
		}
	}

	return nil
}

// stands tells whether the customer is expected.
func stands(a *core.Record) bool {
	return a != nil && slices.Contains([]string{"pending", "confirmed"}, a.GetString("status"))
}

// changed tells and reminds. was is nil for a new appointment.
func (r *Room) changed(txApp core.App, was, is *core.Record) error {
	ahead := is.GetDateTime("start").Time().After(r.deps.Now())
	moved := was != nil && (was.GetString("start") != is.GetString("start") || was.GetString("agenda") != is.GetString("agenda"))

	switch {
	case stands(is) && !stands(was):
		// Who arrived by mistake and is expected again has been told long ago.
		if was != nil && slices.Contains([]string{"arrived", "done", "no_show"}, was.GetString("status")) {
			return r.plan(txApp, is)
		}
		if err := r.plan(txApp, is); err != nil || !ahead {
			return err
		}

		return r.notice(txApp, is, "confirmation")
	case stands(is) && moved:
		if err := r.unplan(txApp, is, "moved"); err != nil {
			return err
		}
		if err := r.plan(txApp, is); err != nil || !ahead {
			return err
		}

		return r.notice(txApp, is, "moved")
	case !stands(is) && stands(was):
		reason := "over"
		if is.GetString("status") == "cancelled" {
			reason = "cancelled"
		}
		if err := r.unplan(txApp, is, reason); err != nil || reason == "over" {
			return err
		}
		if !was.GetDateTime("start").Time().After(r.deps.Now()) {
			return nil
		}

		return r.notice(txApp, is, "cancelled")
	default:
		return nil
	}
}

// notice mails the customer what became of an appointment. In a chat the agenda
// room and the dialogue say it; only of a booking that others made for the
// customer nobody has told them there.
func (r *Room) notice(txApp core.App, a *core.Record, kind string) error {
	if err := r.deps.Mail.Supersede(txApp, a.Id); err != nil {
		return err
	}
	p, err := r.person(txApp, a.GetString("company"), a.GetString("contact"))
	if err != nil || p.absent() {
		return err
	}
	if kind == "confirmation" && p.live && slices.Contains([]string{"member", "api", "calendar"}, a.GetString("source")) {
		v, err := r.visit(txApp, a, p)
		if err != nil {
			return err
		}
		if _, err := r.deps.Inbox.Say(txApp, p.conversation, said(v.text("appointment.booked", r.deps.Now()))); err != nil {
			return err
		}
	}
	if !p.mailed() {
		return nil
	}

	_, err = r.write(txApp, a, p, kind)

	return err
}

// stamp is a moment as PocketBase stores it.
func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }

func save(app core.App, record *core.Record) error {
	record.IgnoreUnchangedFields(true)

	return app.SaveNoValidate(record)
}
