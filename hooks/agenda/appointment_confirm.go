package agenda

import (
	"github.com/pocketbase/pocketbase/core"
)

// Confirmation is a customer's yes to an appointment. Contact, where set, must
// be the appointment's.
type Confirmation struct {
	Company, Appointment string
	Contact              string
}

// Confirm notes that the customer will come, and books a held slot. A second yes
// changes nothing.
func (r *Room) Confirm(txApp core.App, c Confirmation) (*core.Record, error) {
	return r.change(txApp, c.Company, c.Appointment, c.Contact, ByContact, func(a *core.Record) error {
		if !blocks(a) {
			return closed(a)
		}
		if a.GetString("status") == "arrived" || !a.GetDateTime("confirmed_at").IsZero() {
			return nil
		}
		a.Set("status", "confirmed")
		a.Set("confirmed_at", r.deps.Now().UTC())

		return nil
	})
}
