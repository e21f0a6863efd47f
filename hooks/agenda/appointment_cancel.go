package agenda

import (
	"github.com/pocketbase/pocketbase/core"
)

// Cancellation frees the time of an appointment. Contact, where set, must be the
// appointment's.
type Cancellation struct {
	Company, Appointment string
	Contact              string
	Reason               string
	By                   string // ByContact, ByMember or BySystem
}

// Cancel cancels the appointment; one that is cancelled already stays as it is.
// A customer is told when a member did it.
func (r *Room) Cancel(txApp core.App, c Cancellation) (*core.Record, error) {
	return r.change(txApp, c.Company, c.Appointment, c.Contact, c.By, func(a *core.Record) error {
		switch a.GetString("status") {
		case "cancelled":
			return nil
		case "done", "no_show":
			return closed(a)
		}
		a.Set("status", "cancelled")
		a.Set("cancelled_by", c.By)
		a.Set("cancel_reason", c.Reason)

		return nil
	})
}

// Explanation is why a customer cancelled. Contact must be the appointment's.
type Explanation struct {
	Company, Appointment string
	Contact              string
	Reason               string // at most 500 characters are kept
}

// Explain keeps the customer's reason on the appointment they cancelled; one
// that has a reason, or was not cancelled by them, stays as it is.
func (r *Room) Explain(txApp core.App, x Explanation) error {
	_, err := r.change(txApp, x.Company, x.Appointment, x.Contact, ByContact, func(a *core.Record) error {
		if a.GetString("status") == "cancelled" && a.GetString("cancelled_by") == ByContact && a.GetString("cancel_reason") == "" {
			reason := []rune(x.Reason)
			a.Set("cancel_reason", string(reason[:min(len(reason), reasonMax)]))
		}

		return nil
	})

	return err
}

const reasonMax = 500

// cancel is POST /api/recado/appointments/{id}/cancel {reason?}.
func (r *Room) cancel(e *core.RequestEvent) error {
	a, _, err := r.appointmentFor(e)
	if err != nil {
		return err
	}
	var form struct {
		Reason string `json:"reason"`
	}
	if err := e.BindBody(&form); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}

	cancelled, err := r.Cancel(e.App, Cancellation{Company: a.GetString("company"), Appointment: a.Id, Reason: form.Reason, By: ByMember})
	if err != nil {
		return err
	}

	return answer(e, cancelled)
}
