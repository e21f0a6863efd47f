package contacts

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// binDays is how long a contact stays in the bin before it is erased.
const binDays = 30

// byMember carries the acting member from a request to the save.
const byMember = "@by"

// memberUpdates guards the bin, whose time is the server's, and remembers who
// changes the contact.
func (r *Room) memberUpdates(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return e.Next()
	}

	contact, was := e.Record, e.Record.Original()
	contact.SetRaw("merged_into", was.GetRaw("merged_into")) // by merging alone
	member, err := memberOf(e.App, e.Auth, contact.GetString("company"))
	if err != nil {
		return err
	}
	contact.SetRaw(byMember, member.Id)
	contact.IgnoreUnchangedFields(true)

	into := contact.GetString("deleted") != ""
	if into == (was.GetString("deleted") != "") {
		contact.SetRaw("deleted", was.GetRaw("deleted"))

		return e.Next()
	}
	if !holds(member, "contacts.delete") {
		return apierr.Forbidden("contacts.delete")
	}
	if !into && was.GetString("merged_into") != "" {
		return apierr.New(http.StatusConflict, "contact_merged", "This contact is part of another one. Take that back there.",
			map[string]any{"contact": was.GetString("merged_into")})
	}
	if into {
		contact.Set("deleted", r.now())
		if e.Request.URL.Query().Get("confirmed") == "" {
			count, err := r.coming(e.App, contact)
			if err != nil {
				return err
			}
			if count > 0 {
				return apierr.New(http.StatusConflict, "has_appointments",
					"This contact has coming appointments. Cancel them first, or delete it all the same: the appointments stay.", map[string]any{"count": count})
			}
		}
	}

	return e.Next()
}

// coming counts the appointments of a contact that are still ahead.
func (r *Room) coming(app core.App, contact *core.Record) (int64, error) {
	return app.CountRecords(collections.Appointments,
		dbx.HashExp{"company": contact.GetString("company"), "contact": contact.Id, "status": []any{"held", "pending", "confirmed"}},
		dbx.NewExp("[[start]] > {:now}", dbx.Params{"now": stamp(r.now())}))
}

// restore takes a contact out of the bin: it has written again.
func restore(txApp core.App, contact *core.Record) error {
	contact.Set("deleted", "")
	contact.IgnoreUnchangedFields(true)

	return txApp.SaveNoValidate(contact)
}

// EmptyBin erases the contacts that have been in the bin for its time, but for
// those of a company that is importing.
func (r *Room) EmptyBin(ctx context.Context) error {
	for {
		var ids []string
		err := r.app.DB().Select("id").From(collections.Contacts).
			Where(dbx.NewExp("[[deleted]] != '' AND [[deleted]] < {:before} AND [[company]] NOT IN ("+importingCompanies+")", dbx.Params{"before": stamp(r.now().AddDate(0, 0, -binDays))})).
			Limit(eraseBatch).Column(&ids)
		if err != nil {
			return fmt.Errorf("looking into the bin: %w", err)
		}
		if len(ids) == 0 {
			return nil
		}
		if err := r.Erase(ctx, ids...); err != nil {
			return err
		}
	}
}

// memberOf returns the active membership of the signed-in account.
func memberOf(app core.App, auth *core.Record, company string) (*core.Record, error) {
	member := &core.Record{}
	if auth == nil {
		return nil, apierr.NotFound("contact")
	}
	err := app.RecordQuery(collections.Members).
		AndWhere(dbx.HashExp{"user": auth.Id, "company": company, "active": true}).Limit(1).One(member)
	if err != nil {
		return nil, apierr.NotFound("contact")
	}

	return member, nil
}

func holds(member *core.Record, permission string) bool {
	for _, held := range member.GetStringSlice("permissions") {
		if held == permission {
			return true
		}
	}

	return false
}

func stamp(t time.Time) string { return t.UTC().Format(types.DefaultDateLayout) }
