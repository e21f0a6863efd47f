package access

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// workplace is a company as one of its members finds it.
type workplace struct {
	Company *core.Record `json:"company"`
	Member  *core.Record `json:"member"`
	Role    *core.Record `json:"role"`
}

// me is GET /api/recado/me: who asks, and where they may do what. The permissions
// and queues are those of each membership.
func (r *Room) me(e *core.RequestEvent) error {
	if e.Auth == nil || e.Auth.Collection().Name != collections.Users {
		return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}
	members, err := e.App.FindAllRecords(collections.Members, dbx.HashExp{"user": e.Auth.Id, "active": true})
	if err != nil {
		return err
	}

	workplaces := make([]workplace, len(members))
	for i, member := range members {
		at := workplace{Member: member}
		if at.Company, err = e.App.FindRecordById(collections.Companies, member.GetString("company")); err != nil {
			return err
		}
		if at.Role, err = e.App.FindRecordById(collections.Roles, member.GetString("role")); err != nil {
			return err
		}
		workplaces[i] = at
	}
	e.Auth.IgnoreEmailVisibility(true)

	return e.JSON(http.StatusOK, map[string]any{"user": e.Auth, "session": SessionOf(e), "companies": workplaces})
}

// changePassword is POST /api/recado/me/password: a new password ends every other
// sign-in, and hands this one a token that is good with it.
func (r *Room) changePassword(e *core.RequestEvent) error {
	session := SessionOf(e)
	if e.Auth == nil || session == "" {
		return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}
	var form struct {
		Old string `json:"oldPassword"`
		New string `json:"password"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"oldPassword", "password"}.`)
	}
	if !goodPassword(form.New) {
		return errPassword("")
	}
	proven, err := r.attempt(e, limits.SignIn, collections.Users+" "+normal(e.Auth.Email()))
	if err != nil {
		return err
	}

	var s signIn
	var user *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) (err error) {
		if user, err = txApp.FindRecordById(collections.Users, e.Auth.Id); err != nil {
			return err
		}
		if !user.ValidatePassword(form.Old) {
			return apierr.New(http.StatusBadRequest, "wrong_password", "The present password is not right.", map[string]any{"field": "oldPassword"})
		}
		user.SetPassword(form.New)
		user.Set(keptSession, session)
		if err := txApp.Save(user); err != nil {
			return err
		}

		if s.row, err = txApp.FindRecordById(collections.AuthSessions, session); err != nil {
			return err
		}
		lifetimes, err := r.extend(txApp, s, user)
		if err != nil {
			return err
		}
		family := security.RandomString(24)
		s.row.Set("family_hash", hash(family))
		s.refresh = s.rotate(family)
		if s.token, err = s.newToken(user, lifetimes.Access, r.deps.Now()); err != nil {
			return err
		}

		return txApp.Save(s.row)
	})
	if err != nil {
		return err
	}
	proven()
	r.later("tell of a new password", func() error { return r.writeTo(user, letter{kind: "password_changed"}) })

	return s.answer(e, user, nil)
}
