package access

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// newAccount is what the ticket of a sign-up remembers.
type newAccount struct {
	Name    string     `json:"name"`
	Email   string     `json:"email"`
	Hash    string     `json:"hash"` // of the password
	Phone   string     `json:"phone"`
	Title   string     `json:"job_title"`
	Company NewCompany `json:"company"`
}

// signup is POST /api/recado/signup: a stranger makes an account and a company of
// their own, where the administrator has opened that. Where mails leave, the account
// is made when the link in one is opened, and the answer is the same whether there is
// an account with the address or not. Without a mail server it is made at once.
func (r *Room) signup(e *core.RequestEvent) error {
	if !r.deps.SignupOpen {
		return apierr.New(http.StatusForbidden, "signup_closed", "Sign-up is closed here. Ask the administrator for an invite.", nil)
	}

	var form struct {
		Account
		Company NewCompany `json:"company"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", "Send the sign-up as JSON.")
	}
	form.Email = strings.TrimSpace(form.Email)
	if err := form.check(""); err != nil {
		return err
	}
	company := form.Company.withDefaults(form.Name)
	if err := company.check(); err != nil {
		return err
	}
	if err := r.described(e.App, company, form.Account); err != nil {
		return err
	}
	if err := r.allow(e, asked{limits.SignUp, e.RealIP()}); err != nil {
		return err
	}
	hashed, err := hashedPassword(e.App, form.Password)
	if err != nil {
		return err
	}
	wanted := newAccount{strings.TrimSpace(form.Name), normal(form.Email), hashed, form.Phone, form.JobTitle, form.Company}
	if r.deps.Kept() == "" {
		if _, ok := r.limits.Take(limits.Codes, forSignup+" "+wanted.Email); ok { // nobody's mailbox is filled
			r.later("confirm a sign-up", func() error { return r.sendSignup(wanted) })
		}

		return e.JSON(http.StatusOK, map[string]bool{"sent": true})
	}

	return r.makeAccount(e, wanted, nil)
}

// sendSignup mails what finishes the sign-up; who has an account is told so.
func (r *Room) sendSignup(wanted newAccount) error {
	user, err := r.person(r.app, wanted.Email)
	if err != nil {
		return err
	}
	t := ticket{kind: forSignup, subject: subjectOf(wanted.Email), lasts: linkLasts, data: wanted}
	if user != nil {
		t.user = user.Id
	}
	var token string
	err = r.app.RunInTransaction(func(txApp core.App) error {
		token, _, err = r.issue(txApp, t)

		return err
	})
	if err != nil {
		return err
	}
	if user != nil {
		return r.writeTo(user, letter{kind: "signup_known", link: r.deps.Base() + "/login"})
	}

	return r.write(wanted.Email, wanted.Name, or(wanted.Company.Locale, "en"), letter{kind: forSignup, link: r.link("signup", token)})
}

// confirmSignup is POST /api/recado/signup/confirm: what the link leads to.
func (r *Room) confirmSignup(e *core.RequestEvent) error {
	var form struct {
		Token string `json:"token"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("token", `Send {"token": what stands behind the # of the link}.`)
	}
	if err := r.allow(e, asked{limits.OpenLink, e.RealIP()}); err != nil {
		return err
	}
	row, err := r.ticketOf(e.App, forSignup, form.Token)
	if err != nil {
		return err
	}
	var wanted newAccount
	if err := row.UnmarshalJSONField("data", &wanted); err != nil {
		return err
	}

	return r.makeAccount(e, wanted, func(txApp core.App) error {
		row, err := r.ticketOf(txApp, forSignup, form.Token)
		if err != nil {
			return err
		}

		return txApp.Delete(row)
	})
}

// makeAccount makes account and company, and signs in. first, where given, uses up
// the ticket, which shows that the address is theirs.
func (r *Room) makeAccount(e *core.RequestEvent, wanted newAccount, first func(txApp core.App) error) error {
	var user *core.Record
	var created Created
	err := e.App.RunInTransaction(func(txApp core.App) (err error) {
		if first != nil {
			if err := first(txApp); err != nil {
				return err
			}
		}
		if user, err = createHashed(txApp, wanted.Name, wanted.Email, wanted.Hash, wanted.Company.Locale); err != nil {
			return err
		}
		if first != nil {
			user.SetVerified(true)
			if err := txApp.Save(user); err != nil {
				return err
			}
		}
		if created, err = CreateCompany(txApp, wanted.Company, user); err != nil {
			return err
		}

		return introduce(txApp, user, Account{Phone: wanted.Phone, JobTitle: wanted.Title})
	})
	if err != nil {
		return err
	}

	return r.signedIn(e, user, "signup", map[string]any{"company": created.Company})
}
