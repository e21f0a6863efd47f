package agenda

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// Who changes an appointment.
const (
	ByContact = "contact"
	ByMember  = "member"
	BySystem  = "system"
)

// Move takes an appointment to another start, and where Agenda is set to another
// agenda. Contact, where set, must be the appointment's: what a customer says of
// an appointment only holds for their own.
type Move struct {
	Company, Appointment string
	Start                time.Time
	Agenda               string
	Contact              string
	Overbook             bool
	By                   string // ByContact, ByMember or BySystem
}

// Reschedule moves the appointment in one step: its old time is free, the new
// one taken, or nothing changed and the error is that of [Room.Book]. A customer
// is told when a member did it.
func (r *Room) Reschedule(txApp core.App, m Move) (*core.Record, error) {
	return r.change(txApp, m.Company, m.Appointment, m.Contact, m.By, func(a *core.Record) error {
		if !blocks(a) {
			return closed(a)
		}
		a.Set("start", m.Start.UTC())
		a.Set("overbook", m.Overbook)
		if m.Agenda != "" {
			a.Set("agenda", m.Agenda)
		}

		return nil
	})
}

func closed(a *core.Record) error {
	return apierr.New(http.StatusConflict, "appointment_closed", "This appointment is "+a.GetString("status")+" and cannot be changed any more.",
		map[string]any{"status": a.GetString("status")})
}

// change loads an appointment, lets fn change it, saves it and tells the
// customer, in one transaction.
func (r *Room) change(app core.App, company, id, contact, by string, fn func(a *core.Record) error) (*core.Record, error) {
	var appointment *core.Record

	err := app.RunInTransaction(func(txApp core.App) error {
		a, err := txApp.FindRecordById(collections.Appointments, id)
		if err != nil || a.GetString("company") != company || (contact != "" && a.GetString("contact") != contact) {
			return apierr.NotFound("appointment")
		}
		was := a.Clone()
		if err := fn(a); err != nil {
			return err
		}
		if err := txApp.Save(a); err != nil {
			return err
		}
		appointment = a

		return r.tell(txApp, was, a, by)
	})

	return appointment, err
}

// tell sends the customer word of what a person did to their coming appointment.
func (r *Room) tell(txApp core.App, was, is *core.Record, by string) error {
	now := r.deps.Now()
	if r.deps.Notifier == nil || by != ByMember || !blocks(was) || was.GetString("status") == "held" {
		return nil
	}

	key := ""
	switch {
	case is.GetString("status") == "cancelled" && was.GetDateTime("start").Time().After(now):
		key = "appointment.cancelled"
	case blocks(is) && differ(is, was, "start") && is.GetDateTime("start").Time().After(now):
		key = "appointment.moved"
	default:
		return nil
	}

	o, err := r.offer(txApp, is.GetString("company"), is.GetString("agenda"), is.GetString("service"))
	if err != nil {
		return err
	}

	return r.deps.Notifier.Tell(txApp, is.GetString("company"), is.GetString("contact"), key, map[string]any{
		"service": o.ServiceName, "agenda": o.AgendaName, "appointment": is.Id,
		"conversation": is.GetString("conversation"),
		"when":         is.GetDateTime("start").Time().In(o.Zone),
		"was":          was.GetDateTime("start").Time().In(o.Zone),
	})
}

// reschedule is POST /api/recado/appointments/{id}/reschedule {start, agenda?, overbook?}.
func (r *Room) reschedule(e *core.RequestEvent) error {
	a, who, err := r.appointmentFor(e)
	if err != nil {
		return err
	}
	var form struct {
		Start    string `json:"start"`
		Agenda   string `json:"agenda"`
		Overbook bool   `json:"overbook"`
	}
	if err := e.BindBody(&form); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	start, err := instant("start", form.Start)
	if err != nil {
		return err
	}
	if form.Overbook {
		if err := who.may("agenda.overbook"); err != nil {
			return err
		}
	}
	if form.Agenda != "" && form.Agenda != a.GetString("agenda") {
		if err := r.mayEditAgenda(e.App, who, form.Agenda); err != nil {
			return err
		}
	}

	moved, err := r.Reschedule(e.App, Move{
		Company: a.GetString("company"), Appointment: a.Id, Start: start, Agenda: form.Agenda, Overbook: form.Overbook, By: ByMember,
	})
	if err != nil {
		return err
	}

	return answer(e, moved)
}
