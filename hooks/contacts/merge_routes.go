package contacts

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// mergeContacts makes one contact of two, by hand. Who does it may edit both.
func (r *Room) mergeContacts(e *core.RequestEvent) error {
	var form struct {
		With string `json:"with"`
	}
	if err := e.BindBody(&form); err != nil || form.With == "" {
		return apierr.Invalid("with", "Send the id of the contact that becomes part of this one.")
	}
	contact, err := r.editable(e, e.Request.PathValue("id"))
	if err != nil {
		return err
	}
	merged, err := r.editable(e, form.With)
	if err != nil {
		return err
	}
	if merged.GetString("deleted") != "" || contact.GetString("deleted") != "" {
		return apierr.Invalid("with", "One of them is in the bin. Take it out first.")
	}
	me, err := memberOf(e.App, e.Auth, contact.GetString("company"))
	if err != nil {
		return err
	}

	var note *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		if contact, err = txApp.FindRecordById(collections.Contacts, contact.Id); err != nil {
			return apierr.NotFound("contact")
		}
		if merged, err = txApp.FindRecordById(collections.Contacts, merged.Id); err != nil {
			return apierr.NotFound("contact")
		}
		note, err = r.Merge(txApp, contact, merged, me.Id, "by_hand")

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, note)
}

// undoMerge takes a merge back.
func (r *Room) undoMerge(e *core.RequestEvent) error {
	note, err := e.App.FindRecordById(collections.ContactMerges, e.Request.PathValue("merge"))
	if err != nil {
		return apierr.NotFound("merge")
	}
	if _, err := r.editable(e, note.GetString("contact")); err != nil || note.GetString("contact") != e.Request.PathValue("id") {
		return apierr.NotFound("merge")
	}
	err = e.App.RunInTransaction(func(txApp core.App) error {
		if note, err = txApp.FindRecordById(collections.ContactMerges, note.Id); err != nil {
			return apierr.NotFound("merge")
		}

		return r.Unmerge(txApp, note)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, note)
}

// editable loads a contact that the caller may edit; whatever is wrong with it,
// the answer is that it doesn't exist.
func (r *Room) editable(e *core.RequestEvent, id string) (*core.Record, error) {
	contact, err := e.App.FindRecordById(collections.Contacts, id)
	if err != nil {
		return nil, apierr.NotFound("contact")
	}
	info, err := e.RequestInfo()
	if err != nil {
		return nil, err
	}
	if ok, err := e.App.CanAccessRecord(contact, info, contact.Collection().UpdateRule); err != nil || !ok {
		return nil, apierr.NotFound("contact")
	}

	return contact, nil
}
