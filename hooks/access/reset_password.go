package access

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// resetPassword is POST /api/recado/members/{id}/reset-password: a new password
// for a member, shown once, that ends their sessions. An account that is at home
// in another company too is not this company's to take over.
func (r *Room) resetPassword(e *core.RequestEvent) error {
	me, err := Require(e, companyOf(e), "members.manage")
	if err != nil {
		return err
	}
	member, err := e.App.FindRecordById(collections.Members, e.Request.PathValue("id"))
	if err != nil || member.GetString("company") != me.GetString("company") {
		return apierr.NotFound("member")
	}
	if err := withinOwn(e.App, me, member.GetString("role")); err != nil {
		return err
	}

	password := newPassword()
	err = e.App.RunInTransaction(func(txApp core.App) error {
		var elsewhere int
		err := txApp.DB().Select("count(*)").From(collections.Members).
			Where(dbx.And(dbx.HashExp{"user": member.GetString("user")}, dbx.Not(dbx.HashExp{"company": me.GetString("company")}))).
			Row(&elsewhere)
		if err != nil {
			return err
		}
		if elsewhere > 0 {
			return apierr.New(http.StatusForbidden, "member_elsewhere", "This person also works in another company, so only they can change their password.", nil)
		}

		user, err := txApp.FindRecordById(collections.Users, member.GetString("user"))
		if err != nil {
			return err
		}
		user.SetPassword(password)

		return txApp.Save(user)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]string{"password": password})
}
