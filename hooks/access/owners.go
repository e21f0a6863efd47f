package access

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindOwners keeps members for good and every company with an owner, whoever
// makes the change: API, dashboard, job. Changes of members are one after the
// other inside write transactions, so two owners can't leave at once.
func bindOwners(app core.App) {
	app.OnRecordUpdate(collections.Members).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			was, err := before(e.App, e.Record)
			if err != nil {
				return err
			}
			if was.GetString("user") != e.Record.GetString("user") {
				return apierr.New(http.StatusBadRequest, "user_fixed", "A membership stays with its account. Invite the other person instead.", map[string]any{"field": "user"})
			}

			company := was.GetString("company")
			had, err := owners(e.App, company)
			if err != nil {
				return err
			}
			if err := e.Next(); err != nil {
				return err
			}
			left, err := owners(e.App, company)
			if err != nil {
				return err
			}
			if had > 0 && left == 0 {
				return errLastOwner()
			}

			return nil
		})
	})

	app.OnRecordDelete(collections.Members).BindFunc(func(*core.RecordEvent) error {
		return apierr.New(http.StatusConflict, "member_kept", "Members are not deleted, because conversations and appointments refer to them. Deactivate the member instead.", nil)
	})
}

func errLastOwner() error {
	return apierr.New(http.StatusConflict, "last_owner", "A company needs an owner. Make someone else an owner first.", nil)
}

// ownersStay refuses to begin with letting the last owner go.
func ownersStay(txApp core.App, member *core.Record) error {
	role, err := txApp.FindRecordById(collections.Roles, member.GetString("role"))
	if err != nil || role.GetString("key") != "owner" {
		return err
	}
	left, err := owners(txApp, member.GetString("company"))
	if err != nil || left > 1 {
		return err
	}

	return errLastOwner()
}

// owners counts the active owners of a company.
func owners(txApp core.App, company string) (count int, err error) {
	err = txApp.DB().Select("count(*)").From(collections.Members).
		InnerJoin(collections.Roles, dbx.NewExp("roles.id = members.role")).
		Where(dbx.HashExp{"members.company": company, "members.active": true, "roles.key": "owner"}).
		Row(&count)

	return count, err
}
