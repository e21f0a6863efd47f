package notify

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

const (
	unreachableDays = 14
	unreachableMost = 300 // appointments looked at
)

// unreached is one appointment whose customer may not know of it. Reason: none
// (no address at all), no_mail (an e-mail address, and no mail server), away
// (only a website's chat they have left), failed (the last reminder did not
// arrive; Detail says why).
type unreached struct {
	Appointment  *core.Record `json:"appointment"`
	Reason       string       `json:"reason"`
	Detail       string       `json:"detail"`
	Phone        string       `json:"phone"`
	Email        string       `json:"email"`
	Conversation string       `json:"conversation"`
}

// unreachable is GET /api/recado/appointments/unreachable: the appointments of
// the next two weeks whose customer nothing reaches, of those the caller may
// see. Who has confirmed knows. expand= works as in the records API.
func (r *Room) unreachable(e *core.RequestEvent) error {
	company := e.Request.URL.Query().Get("company")
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	collection, err := e.App.FindCachedCollectionByNameOrId(collections.Appointments)
	if err != nil {
		return err
	}
	people, err := e.App.FindCachedCollectionByNameOrId(collections.Contacts)
	if err != nil {
		return err
	}

	now := r.deps.Now()
	var appointments []*core.Record
	err = e.App.RecordQuery(collections.Appointments).
		AndWhere(dbx.HashExp{"company": company}).
		AndWhere(dbx.NewExp("start > {:now} AND start < {:end}", dbx.Params{"now": stamp(now), "end": stamp(now.AddDate(0, 0, unreachableDays))})).
		AndWhere(dbx.NewExp("status IN ('pending', 'confirmed') AND confirmed_at = ''")).
		OrderBy("start", "id").Limit(unreachableMost).All(&appointments)
	if err != nil {
		return err
	}

	list := []unreached{}
	for _, a := range appointments {
		if may, err := e.App.CanAccessRecord(a, info, collection.ViewRule); err != nil || !may {
			continue
		}
		u, contact, err := r.unreachedBy(e.App, a)
		if err != nil {
			return err
		}
		if u == nil {
			continue
		}
		if may, err := e.App.CanAccessRecord(contact, info, people.ViewRule); err != nil || !may {
			u.Phone, u.Email, u.Conversation = "", "", ""
		}
		list = append(list, *u)
	}
	rows := make([]*core.Record, len(list))
	for i := range list {
		rows[i] = list[i].Appointment
	}
	if err := apis.EnrichRecords(e, rows); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": list})
}

// unreachedBy says why nothing reaches the customer, or nil.
func (r *Room) unreachedBy(app core.App, a *core.Record) (*unreached, *core.Record, error) {
	p, err := r.person(app, a.GetString("company"), a.GetString("contact"))
	if err != nil {
		return nil, nil, err
	}
	u := &unreached{Appointment: a, Phone: p.contact.GetString("phone"), Email: p.email()}
	if p.conversation != nil {
		u.Conversation = p.conversation.Id
	}

	var last struct {
		Status string `db:"status"`
		Reason string `db:"reason"`
	}
	err = app.DB().Select("status", "reason").From(collections.Reminders).
		Where(dbx.HashExp{"appointment": a.Id, "status": []any{"sent", "failed", "skipped"}}).
		OrderBy("due DESC", "id DESC").Limit(1).One(&last)
	if err = ignoreMissing(err); err != nil {
		return nil, nil, err
	}
	failed := last.Status == "failed" || last.Status == "skipped" && last.Reason == "no_channel"

	switch {
	case last.Status == "failed":
		u.Reason, u.Detail = "failed", last.Reason
	case p.live && !failed, u.Email != "" && r.deps.Mail.Kept() == "" && !failed:
		return nil, nil, nil
	case u.Email != "":
		u.Reason = "no_mail"
	case p.conversation != nil:
		u.Reason = "away"
	default:
		u.Reason = "none"
	}

	return u, p.contact, nil
}
