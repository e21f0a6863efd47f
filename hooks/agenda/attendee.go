package agenda

import (
	"net/http"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// One phone may book for a family: `attendee` names who comes, and is empty
// where it is the contact.

// fillAttendee brings the name into its one form.
func fillAttendee(txApp core.App, a *core.Record) error {
	name := strings.Join(strings.Fields(a.GetString("attendee")), " ")
	if name != "" {
		contact, err := txApp.FindRecordById(collections.Contacts, a.GetString("contact"))
		if err != nil {
			return apierr.NotFound("contact")
		}
		if strings.EqualFold(name, contact.GetString("name")) {
			name = ""
		}
	}
	a.Set("attendee", name)

	return nil
}

// fewOpen refuses one more appointment for a person who has as many coming as
// the service allows. It runs in the write transaction. A squeeze-in passes.
func (r *Room) fewOpen(txApp core.App, o offer, a *core.Record) error {
	if o.MaxOpen == 0 || a.GetBool("overbook") {
		return nil
	}

	var attendees []string
	err := txApp.ConcurrentDB().Select("attendee").From(collections.Appointments).
		Where(dbx.HashExp{"company": o.Company, "contact": a.GetString("contact"), "service": o.Service}).
		AndWhere(dbx.NewExp("[[start]] > {:now} AND status IN ('held','pending','confirmed') AND (status <> 'held' OR expires_at > {:unix}) AND id <> {:id}",
			dbx.Params{"now": dbTime(r.deps.Now().Unix()), "unix": r.deps.Now().Unix(), "id": a.Id})).Column(&attendees)
	if err != nil {
		return err
	}
	open := 0
	for _, name := range attendees {
		if strings.EqualFold(name, a.GetString("attendee")) {
			open++
		}
	}
	if open < o.MaxOpen {
		return nil
	}

	return apierr.New(http.StatusConflict, "attendee_limit",
		"This person already has as many coming appointments of this service as they may have.", map[string]any{"open": open, "limit": o.MaxOpen})
}

// Attendees lists the names a contact has booked for, the last booked first.
func (r *Room) Attendees(app core.App, company, contact string, n int) ([]string, error) {
	var names []string
	err := app.ConcurrentDB().NewQuery("SELECT attendee FROM appointments WHERE company = {:company} AND contact = {:contact} AND attendee <> ''" +
		" GROUP BY attendee ORDER BY max(id) DESC LIMIT {:n}").
		Bind(dbx.Params{"company": company, "contact": contact, "n": n}).Column(&names)

	return names, err
}
