package access

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// linkLasts is how long a mailed link to an address is good.
const linkLasts = 24 * time.Hour

// newEmail is what a ticket for another address remembers.
type newEmail struct {
	Email string `json:"email"`

	// Proven tells that the password was given when it was asked for.
	Proven bool `json:"proven"`
}

// changeEmail is POST /api/recado/me/email: mails a link to the new address. Nothing
// changes before it is opened there. An address that somebody else has gets none.
func (r *Room) changeEmail(e *core.RequestEvent) error {
	if e.Auth == nil || SessionOf(e) == "" {
		return errSignIn()
	}
	var form struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}
	if err := e.BindBody(&form); err != nil || !isAddress(form.Email) {
		return apierr.Invalid("email", `Send {"email": the new address, "password"}.`)
	}
	user, err := r.proveSelf(e, form.Password)
	if err != nil {
		return err
	}
	if err := r.allow(e, asked{limits.Codes, forEmail + " " + user.Id}); err != nil {
		return err
	}
	email := normal(form.Email)
	r.later("send a link", func() error { return r.sendEmail(user, email, true) })

	return e.NoContent(http.StatusNoContent)
}

func errSignIn() error {
	return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
}

// proveSelf returns the account of who is signed in, for its password.
func (r *Room) proveSelf(e *core.RequestEvent, password string) (*core.Record, error) {
	if e.Auth == nil || SessionOf(e) == "" {
		return nil, errSignIn()
	}
	proven, err := r.attempt(e, limits.SignIn, collections.Users+" "+normal(e.Auth.Email()))
	if err != nil {
		return nil, err
	}
	user, err := e.App.FindRecordById(collections.Users, e.Auth.Id)
	if err != nil {
		return nil, err
	}
	if !user.ValidatePassword(password) {
		return nil, apierr.New(http.StatusBadRequest, "wrong_password", "The present password is not right.", map[string]any{"field": "password"})
	}
	proven()

	return user, nil
}

func (r *Room) sendEmail(user *core.Record, email string, proven bool) error {
	if taken, err := r.person(r.app, email); err != nil || taken != nil {
		return err
	}
	var token string
	err := r.app.RunInTransaction(func(txApp core.App) (err error) {
		token, _, err = r.issue(txApp, ticket{kind: forEmail, user: user.Id, subject: hash("account " + user.Id), lasts: linkLasts, data: newEmail{email, proven}})

		return err
	})
	if err != nil {
		return err
	}

	return r.write(email, user.GetString("name"), user.GetString("locale"), letter{kind: forEmail, link: r.link("email", token)})
}

// askVerify is POST /api/recado/me/verify: mails a link that shows that the address
// of the account is its owner's.
func (r *Room) askVerify(e *core.RequestEvent) error {
	if e.Auth == nil || SessionOf(e) == "" {
		return errSignIn()
	}
	user := e.Auth
	if err := r.allow(e, asked{limits.Codes, forVerify + " " + normal(user.Email())}); err != nil {
		return err
	}
	if !user.Verified() {
		r.later("send a link", func() error { return r.sendVerify(user) })
	}

	return e.NoContent(http.StatusNoContent)
}

func (r *Room) sendVerify(user *core.Record) error {
	var token string
	err := r.app.RunInTransaction(func(txApp core.App) (err error) {
		token, _, err = r.issue(txApp, ticket{
			kind: forVerify, user: user.Id, subject: subjectOf(user.Email()), lasts: linkLasts, data: newEmail{Email: user.Email(), Proven: true},
		})

		return err
	})
	if err != nil {
		return err
	}

	return r.writeTo(user, letter{kind: forVerify, link: r.link("verify", token)})
}

// confirmEmail is POST /api/recado/email/confirm: what the link in a mail leads to,
// by a click, so that a scanner which only opens links uses nothing up. The former
// address is told of a new one.
func (r *Room) confirmEmail(e *core.RequestEvent) error {
	var form struct {
		Token    string `json:"token"`
		Password string `json:"password"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("token", `Send {"token": what stands behind the # of the link}.`)
	}
	if err := r.allow(e, asked{limits.OpenLink, e.RealIP()}); err != nil {
		return err
	}

	var user *core.Record
	var before string
	err := e.App.RunInTransaction(func(txApp core.App) error {
		row, err := r.ticketOf(txApp, forVerify, form.Token)
		if apierr.Code(err) == "link_gone" {
			row, err = r.ticketOf(txApp, forEmail, form.Token)
		}
		if err != nil {
			return err
		}
		var wanted newEmail
		if err := row.UnmarshalJSONField("data", &wanted); err != nil {
			return err
		}
		if user, err = txApp.FindRecordById(collections.Users, row.GetString("user")); err != nil {
			return err
		}
		if !wanted.Proven && !user.ValidatePassword(form.Password) {
			return apierr.New(http.StatusBadRequest, "wrong_password", "Give the password of the account as well.", map[string]any{"field": "password"})
		}
		before = user.Email()
		if row.GetString("kind") == forVerify && before != wanted.Email {
			return apierr.New(http.StatusGone, "link_gone", "This was used already, or is too old. Ask for a new one.", nil)
		}
		taken, err := r.person(txApp, wanted.Email)
		if err != nil {
			return err
		}
		if taken != nil && taken.Id != user.Id {
			return apierr.New(http.StatusConflict, "email_taken", "There is another account with this e-mail.", nil)
		}
		user.SetEmail(wanted.Email)
		user.SetVerified(true)
		if e.Auth != nil && e.Auth.Id == user.Id {
			user.Set(keptSession, SessionOf(e))
		}
		if err := txApp.Save(user); err != nil {
			return err
		}

		return txApp.Delete(row)
	})
	if err != nil {
		return err
	}
	if user.Email() != before {
		r.later("tell of a new address", func() error {
			return r.write(before, user.GetString("name"), user.GetString("locale"), letter{kind: "email_changed", facts: []any{"email", user.Email()}})
		})
	}

	return e.JSON(http.StatusOK, map[string]string{"email": user.Email()})
}
