package webchat

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// viewFile gives the visitor a file of the own transcript, or one just uploaded.
func (r *Room) viewFile(e *core.RequestEvent, v *visitor, id string) error {
	if err := r.limit(e, v.ID, limits.VisitorReads, limits.AddressReads); err != nil {
		return err
	}
	file, err := r.app.FindRecordById(collections.Files, id)
	if err != nil || file.GetString("company") != v.Company {
		return apierr.NotFound("file")
	}
	if file.GetString("visitor") != v.ID {
		if ok, err := r.inTranscript(v, file.GetString("message")); err != nil || !ok {
			return apierr.NotFound("file")
		}
	}

	return r.deps.ServeFile(e, file)
}

// inTranscript says whether the visitor may see a message.
func (r *Room) inTranscript(v *visitor, messageID string) (bool, error) {
	if v.Contact == "" || messageID == "" {
		return false, nil
	}
	var found int
	err := r.app.DB().NewQuery(`
		SELECT COUNT(*) FROM messages m
		WHERE m.id = {:id} AND m.company = {:company} AND m.contact = {:contact} AND m.channel = {:channel} AND ` + visible).
		Bind(dbx.Params{"id": messageID, "company": v.Company, "contact": v.Contact, "channel": v.Channel}).Row(&found)

	return found == 1, err
}
