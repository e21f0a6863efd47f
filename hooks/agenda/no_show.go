package agenda

import (
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// countNoShows keeps contacts.no_shows, in the transaction of whatever changed
// it. It counts anew, so that it cannot drift.
func countNoShows(txApp core.App, contacts ...string) error {
	slices.Sort(contacts)
	for _, id := range slices.Compact(contacts) {
		contact, err := txApp.FindRecordById(collections.Contacts, id)
		if isNoRows(err) {
			continue
		}
		if err != nil {
			return err
		}
		missed, err := txApp.CountRecords(collections.Appointments, dbx.HashExp{
			"company": contact.GetString("company"), "contact": id, "status": "no_show",
		})
		if err != nil {
			return err
		}
		if int(missed) == contact.GetInt("no_shows") {
			continue
		}
		contact.Set("no_shows", missed)
		contact.IgnoreUnchangedFields(true)
		if err := txApp.Save(contact); err != nil {
			return err
		}
	}

	return nil
}

// keepNoShows lets no request write the count.
func keepNoShows(e *core.RecordRequestEvent) error {
	if e.Record.IsNew() {
		e.Record.Set("no_shows", 0)
	} else {
		e.Record.SetRaw("no_shows", e.Record.Original().GetRaw("no_shows"))
	}

	return e.Next()
}
