package access

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// The instance key is for programs of whoever runs the instance: they make companies,
// keep their limits, suspend them and invite their owners. It is nobody's account, so
// every other route takes it for no token at all.

// instanceName is who a program with the instance key is in the log of changes.
const instanceName = "instance key"

// byInstanceKey tells whether a request shows the instance key.
func (r *Room) byInstanceKey(e *core.RequestEvent) bool {
	return r.instanceHash != "" && e.Auth == nil && sameHash(bearer(e), r.instanceHash)
}

// requireInstance lets superusers and the instance key through. Who guesses waits like
// who asks too often, and is told the same whether there is a key or not.
func (r *Room) requireInstance(e *core.RequestEvent) error {
	if e.HasSuperuserAuth() {
		return nil
	}
	if e.Auth != nil {
		return errSuperusers()
	}
	if err := r.allow(e, asked{limits.Instance, e.RealIP()}); err != nil {
		return err
	}
	if !r.byInstanceKey(e) {
		return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}

	return nil
}

func errSuperusers() error {
	return apierr.New(http.StatusForbidden, "forbidden", "This is for the superusers of this Recado.", map[string]any{"permission": "superuser"})
}

// instanceCompany is a company as those see it who run the instance: nothing of what
// is in it.
type instanceCompany struct {
	ID        string         `json:"id" db:"id"`
	Name      string         `json:"name" db:"name"`
	Slug      string         `json:"slug" db:"slug"`
	Kind      string         `json:"kind" db:"kind"`
	Timezone  string         `json:"timezone" db:"timezone"`
	Locale    string         `json:"locale" db:"locale"`
	Currency  string         `json:"currency" db:"currency"`
	Active    bool           `json:"active" db:"active"`
	Suspended bool           `json:"suspended" db:"suspended"`
	Removal   types.DateTime `json:"removal" db:"removal"`
	Limits    types.JSONRaw  `json:"limits" db:"limits"`
	Created   types.DateTime `json:"created" db:"created"`
}

func instanceCompanies(app core.App, where dbx.Expression) (found []instanceCompany, err error) {
	found = []instanceCompany{}
	err = app.DB().Select("id", "name", "slug", "kind", "timezone", "locale", "currency", "active", "suspended", "removal", "coalesce(limits, 'null') AS limits", "created").
		From(collections.Companies).Where(where).OrderBy("created", "id").All(&found)

	return found, err
}

// answerCompany answers with one company and further parts.
func answerCompany(e *core.RequestEvent, id string, parts map[string]any) error {
	found, err := instanceCompanies(e.App, dbx.HashExp{"id": id})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return apierr.NotFound("company")
	}
	parts["company"] = found[0]

	return e.JSON(http.StatusOK, parts)
}

// listCompanies is GET /api/recado/admin/companies: all of them, the oldest first.
func (r *Room) listCompanies(e *core.RequestEvent) error {
	if err := r.requireInstance(e); err != nil {
		return err
	}
	found, err := instanceCompanies(e.App, nil)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": found})
}

// ownerInvite is whom a company is for.
type ownerInvite struct {
	Email string `json:"email"`
	Days  int    `json:"days"` // 0: inviteDays
	Send  bool   `json:"send"` // by e-mail
}

// makeCompany is POST /api/recado/admin/companies: a company without people yet, with
// an invite for its owner where one is named.
func (r *Room) makeCompany(e *core.RequestEvent) error {
	if err := r.requireInstance(e); err != nil {
		return err
	}
	var form struct {
		NewCompany
		Limits *ceilings    `json:"limits"`
		Owner  *ownerInvite `json:"owner"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"name", "kind"?, "kind_other"?, "size"?, "website"?, "phone"?, "timezone"?, "locale"?, "currency"?, "limits"?: {…}, "owner"?: {"email", "days"?, "send"?}}.`)
	}

	var company *core.Record
	parts := map[string]any{}
	err := e.App.RunInTransaction(func(txApp core.App) error {
		created, err := CreateCompany(txApp, form.NewCompany, nil)
		if err != nil {
			return err
		}
		company = created.Company
		if form.Limits != nil {
			company.Set("limits", form.Limits)
			if err := txApp.Save(company); err != nil {
				return err
			}
		}
		if form.Owner == nil {
			return nil
		}
		invite, link, err := r.inviteOwner(e, txApp, company, *form.Owner)
		if err != nil {
			return err
		}
		parts["invite"] = inviteAnswer(invite, link)

		return nil
	})
	if err != nil {
		return err
	}

	return answerCompany(e, company.Id, parts)
}

// changeCompany is PATCH /api/recado/admin/companies/{id}: what is named changes.
func (r *Room) changeCompany(e *core.RequestEvent) error {
	if err := r.requireInstance(e); err != nil {
		return err
	}
	var form struct {
		Name      *string   `json:"name"`
		Kind      *string   `json:"kind"`
		KindOther *string   `json:"kind_other"`
		Timezone  *string   `json:"timezone"`
		Locale    *string   `json:"locale"`
		Currency  *string   `json:"currency"`
		Suspended *bool     `json:"suspended"`
		Limits    *ceilings `json:"limits"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send what changes of {"name", "kind", "kind_other", "timezone", "locale", "currency", "suspended", "limits": {…}}.`)
	}

	id := e.Request.PathValue("id")
	err := e.App.RunInTransaction(func(txApp core.App) error {
		company, err := txApp.FindRecordById(collections.Companies, id)
		if err != nil {
			return apierr.NotFound("company")
		}
		for field, value := range map[string]*string{
			"name": form.Name, "kind": form.Kind, "kind_other": form.KindOther, "timezone": form.Timezone, "locale": form.Locale, "currency": form.Currency,
		} {
			if value != nil {
				company.Set(field, *value)
			}
		}
		if form.Suspended != nil {
			company.Set("suspended", *form.Suspended)
		}
		if form.Limits != nil {
			company.Set("limits", form.Limits)
		}
		if err := companyIn(company).check(); err != nil {
			return err
		}
		company.IgnoreUnchangedFields(true)

		return txApp.Save(company)
	})
	if err != nil {
		return err
	}

	return answerCompany(e, id, map[string]any{})
}

// companyIn is a company as it would be made.
func companyIn(company *core.Record) NewCompany {
	return NewCompany{
		Name: company.GetString("name"), Kind: company.GetString("kind"), Timezone: company.GetString("timezone"),
		Locale: company.GetString("locale"), Currency: company.GetString("currency"),
	}.withDefaults("")
}

// inviteItsOwner is POST /api/recado/admin/companies/{id}/invite: a link that makes its
// opener an owner.
func (r *Room) inviteItsOwner(e *core.RequestEvent) error {
	if err := r.requireInstance(e); err != nil {
		return err
	}
	var form ownerInvite
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"email", "days"?: 1 to 90, "send"?: true}.`)
	}

	var invite *core.Record
	link := ""
	err := e.App.RunInTransaction(func(txApp core.App) error {
		company, err := txApp.FindRecordById(collections.Companies, e.Request.PathValue("id"))
		if err != nil {
			return apierr.NotFound("company")
		}
		invite, link, err = r.inviteOwner(e, txApp, company, form)

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, inviteAnswer(invite, link))
}

// inviteOwner invites to be an owner, in the name of Recado.
func (r *Room) inviteOwner(e *core.RequestEvent, txApp core.App, company *core.Record, wanted ownerInvite) (invite *core.Record, link string, err error) {
	role, err := txApp.FindFirstRecordByFilter(collections.Roles, "company = {:company} && key = 'owner'", dbx.Params{"company": company.Id})
	if err != nil {
		return nil, "", err
	}
	form := newInvite{Role: role.Id, Email: wanted.Email, Days: wanted.Days, Send: wanted.Send}
	if err := form.check(); err != nil {
		return nil, "", err
	}
	if form.Email == "" {
		return nil, "", apierr.Invalid("email", "Say whose company it is: an owner is invited by e-mail address.")
	}

	return r.makeInvite(txApp, company.Id, form, "", "Recado", r.address(e))
}
