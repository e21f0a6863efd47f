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
	contact, merged, err := r.both(e, form.With)
	if err != nil {
		return err
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

// previewMerge tells what merging would do, before anyone does it.
func (r *Room) previewMerge(e *core.RequestEvent) error {
	contact, merged, err := r.both(e, e.Request.URL.Query().Get("with"))
	if err != nil {
		return err
	}
	moves := map[string]int{}
	for _, link := range mergeable() {
		ids, err := idsOf(e.App, link, merged.Id)
		if err != nil {
			return err
		}
		if len(ids) > 0 {
			moves[link.collection] = len(ids)
		}
	}
	closes, err := twins(e.App, contact.Id, merged.Id)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"moves": moves, "closes": len(closes), "learns": learned(contact, merged)})
}

// both loads the contact of the path and the one that is to become part of it.
func (r *Room) both(e *core.RequestEvent, with string) (contact, merged *core.Record, err error) {
	if contact, err = r.editable(e, e.Request.PathValue("id")); err != nil {
		return nil, nil, err
	}
	if merged, err = r.editable(e, with); err != nil {
		return nil, nil, err
	}
	switch {
	case contact.Id == merged.Id || contact.GetString("company") != merged.GetString("company"):
		return nil, nil, apierr.Invalid("with", "Give another contact of the same company.")
	case merged.GetString("deleted") != "" || contact.GetString("deleted") != "":
		return nil, nil, apierr.Invalid("with", "One of them is in the bin. Take it out first.")
	}

	return contact, merged, nil
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
	me, err := memberOf(e.App, e.Auth, note.GetString("company"))
	if err != nil {
		return err
	}
	err = e.App.RunInTransaction(func(txApp core.App) error {
		if note, err = txApp.FindRecordById(collections.ContactMerges, note.Id); err != nil {
			return apierr.NotFound("merge")
		}

		return r.Unmerge(txApp, note, me.Id)
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
