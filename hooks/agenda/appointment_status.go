package agenda

import (
	"github.com/pocketbase/pocketbase/core"
)

// setStatus is POST /api/recado/appointments/{id}/confirm|arrived|done|no-show.
// A held slot is booked by confirming it. Any of them can be put right by
// another; what was cancelled stays cancelled.
func (r *Room) setStatus(status string) func(e *core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		a, _, err := r.appointmentFor(e)
		if err != nil {
			return err
		}

		changed, err := r.change(e.App, a.GetString("company"), a.Id, "", ByMember, func(a *core.Record) error {
			if a.GetString("status") == "cancelled" {
				return closed(a)
			}
			a.Set("status", status)
			if status == "confirmed" && a.GetDateTime("confirmed_at").IsZero() {
				// it may have been booked as confirmed: now the customer has said so
				a.Set("confirmed_at", r.deps.Now().UTC())
			}

			return nil
		})
		if err != nil {
			return err
		}

		return answer(e, changed)
	}
}
