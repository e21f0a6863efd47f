package access

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// newCompany is POST /api/recado/companies: another company for somebody who owns
// one, or for anybody where sign-up is open. With copy it begins with the roles,
// queues, texts, agendas and agents of a company that they own.
func (r *Room) newCompany(e *core.RequestEvent) error {
	if e.Auth == nil || e.Auth.Collection().Name != collections.Users {
		return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}
	if e.Auth.GetString("kind") == "key" {
		return apierr.New(http.StatusForbidden, "not_a_person", "A key belongs to one company and makes no other.", nil)
	}
	var form struct {
		NewCompany
		Copy string `json:"copy"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"name", "kind"?, "kind_other"?, "size"?, "website"?, "phone"?, "timezone"?, "locale"?, "currency"?, "copy"?: ID}.`)
	}
	if !r.deps.SignupOpen {
		owned, err := ownedBy(e.App, e.Auth.Id)
		if err != nil {
			return err
		}
		if owned == 0 {
			return apierr.New(http.StatusForbidden, "signup_closed", "Companies are made here by those who own one. Ask the administrator for an invite.", nil)
		}
	}
	if form.Copy != "" {
		if err := requireOwner(e, form.Copy); err != nil {
			return err
		}
		model, err := e.App.FindRecordById(collections.Companies, form.Copy)
		if err != nil {
			return err
		}
		form.model = model
		if form.Kind == "" {
			form.Kind, form.KindOther = model.GetString("kind"), or(form.KindOther, model.GetString("kind_other"))
		}
		form.Timezone = or(form.Timezone, model.GetString("timezone"))
		form.Locale, form.Currency = or(form.Locale, model.GetString("locale")), or(form.Currency, model.GetString("currency"))
	}

	var created Created
	err := e.App.RunInTransaction(func(txApp core.App) (err error) {
		created, err = CreateCompany(txApp, form.NewCompany, e.Auth)

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"company": created.Company, "member": created.Member})
}

// ownedBy counts the companies a person is an owner of.
func ownedBy(app core.App, user string) (count int, err error) {
	err = app.DB().Select("count(*)").From(collections.Members).
		InnerJoin(collections.Roles, dbx.NewExp("roles.id = members.role")).
		Where(dbx.HashExp{"members.user": user, "members.active": true, "roles.key": "owner"}).Row(&count)

	return count, err
}
