package access

import (
	"database/sql"
	"errors"
	"net/http"
	"net/mail"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// Whether there is an account with an address is nobody's business. So a code is
// asked for in the same words, at the same speed and as often for any address; what
// follows from it happens after the answer.

// forgot is POST /api/recado/password/forgot: mails a link and a code for a new
// password to whoever has an account with the address.
func (r *Room) forgot(e *core.RequestEvent) error { return r.askCode(e, forReset) }

// askSignIn is POST /api/recado/sessions/code: mails a code that signs in.
func (r *Room) askSignIn(e *core.RequestEvent) error { return r.askCode(e, forSignIn) }

func (r *Room) askCode(e *core.RequestEvent, kind string) error {
	var form struct {
		Email string `json:"email"`
	}
	if err := e.BindBody(&form); err != nil || !isAddress(form.Email) {
		return apierr.Invalid("email", `Send {"email": the address of the account}.`)
	}
	email := normal(form.Email)
	if err := r.allow(e, asked{limits.CodesOfAddress, e.RealIP()}, asked{limits.Codes, kind + " " + email}); err != nil {
		return err
	}
	r.later("send a code", func() error { return r.sendCode(kind, email) })

	return e.NoContent(http.StatusNoContent)
}

func isAddress(email string) bool {
	email = strings.TrimSpace(email)
	address, err := mail.ParseAddress(email)

	return err == nil && address.Address == email && len(email) <= 255
}

// sendCode makes a ticket for the address and tells its owner, where there is one.
func (r *Room) sendCode(kind, email string) error {
	user, err := r.person(r.app, email)
	if err != nil {
		return err
	}
	wanted := ticket{kind: kind, subject: subjectOf(email), lasts: codeLasts}
	if user != nil {
		wanted.user = user.Id
	}
	var token, code string
	err = r.app.RunInTransaction(func(txApp core.App) error {
		token, code, err = r.issue(txApp, wanted)

		return err
	})
	if err != nil || user == nil {
		return err
	}

	l := letter{kind: kind, code: code}
	if kind == forReset {
		l.link = r.link("reset", token)
	}

	return r.writeTo(user, l)
}

// person is the account of a person by its address, nil where there is none.
func (r *Room) person(app core.App, email string) (*core.Record, error) {
	user, err := app.FindAuthRecordByEmail(collections.Users, normal(email))
	if errors.Is(err, sql.ErrNoRows) || err == nil && user.GetString("kind") == "key" {
		return nil, nil
	}

	return user, err
}

// verifyCode is POST /api/recado/password/verify: the code of a reset becomes a
// token, with which a new password can be set. It is no sign-in.
func (r *Room) verifyCode(e *core.RequestEvent) error {
	var form struct {
		Email string `json:"email"`
		OTP   string `json:"otp"`
	}
	if err := e.BindBody(&form); err != nil || !isAddress(form.Email) {
		return apierr.Invalid("otp", `Send {"email", "otp": the code of the e-mail}.`)
	}
	proven, err := r.attempt(e, limits.EnterCode, forReset+" "+normal(form.Email))
	if err != nil {
		return err
	}

	token := security.RandomString(40)
	var refused error
	err = e.App.RunInTransaction(func(txApp core.App) error {
		row, wrong, err := r.try(txApp, forReset, subjectOf(form.Email), form.OTP)
		if refused = wrong; err != nil || wrong != nil {
			return err
		}
		row.Load(map[string]any{"token_hash": hash(token), "code_hash": ""})
		row.IgnoreUnchangedFields(true)

		return txApp.SaveNoValidate(row)
	})
	if err := orElse(err, refused); err != nil {
		return err
	}
	proven()

	return e.JSON(http.StatusOK, map[string]string{"resetToken": token})
}

// reset is POST /api/recado/password/reset: a new password, for the token of the
// link or of the code. It ends every sign-in and is none itself: whoever has a second
// factor is asked for it as ever.
func (r *Room) reset(e *core.RequestEvent) error {
	var form struct {
		Token    string `json:"resetToken"`
		Password string `json:"password"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"resetToken", "password"}.`)
	}
	if err := r.allow(e, asked{limits.OpenLink, e.RealIP()}); err != nil {
		return err
	}
	if !goodPassword(form.Password) {
		return errPassword("")
	}
	if _, err := r.ticketOf(e.App, forReset, form.Token); err != nil {
		return err
	}
	hashed, err := hashedPassword(e.App, form.Password) // slow, so not while the database waits
	if err != nil {
		return err
	}

	var user *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		row, err := r.ticketOf(txApp, forReset, form.Token)
		if err != nil {
			return err
		}
		if user, err = txApp.FindRecordById(collections.Users, row.GetString("user")); err != nil {
			return err
		}
		user.SetRaw(core.FieldNamePassword, &core.PasswordFieldValue{Hash: hashed})
		user.RefreshTokenKey()
		user.SetVerified(true) // whoever got the mail has the address
		if err := txApp.Save(user); err != nil {
			return err
		}
		if err := endSessions(txApp, user.Id, ""); err != nil {
			return err
		}
		if err := r.note(txApp, user, "password_reset"); err != nil {
			return err
		}

		return dropTickets(txApp, user.Id)
	})
	if err != nil {
		return err
	}

	account := collections.Users + " " + normal(user.Email())
	r.limits.Clear(limits.WrongHere, account+" "+e.RealIP())
	r.limits.Clear(limits.WrongAll, account)
	r.later("tell of a new password", func() error { return r.writeTo(user, letter{kind: "password_changed"}) })

	return e.NoContent(http.StatusNoContent)
}

// dropTickets makes everything worthless that was mailed to an account or waits for
// its second factor.
func dropTickets(txApp core.App, user string) error {
	_, err := txApp.DB().Delete(collections.AuthTickets, dbx.HashExp{"user": user}).Execute()

	return err
}

// hashedPassword is a password as accounts store it.
func hashedPassword(app core.App, password string) (string, error) {
	users, err := app.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return "", err
	}
	blank := core.NewRecord(users)
	blank.SetPassword(password)

	return blank.GetString(core.FieldNamePassword + ":hash"), nil
}

// signInByCode is POST /api/recado/sessions/code/verify: signs in by the mailed code,
// in the place of the password. A second factor is asked for as ever.
func (r *Room) signInByCode(e *core.RequestEvent) error {
	var form struct {
		Email string `json:"email"`
		Code  string `json:"code"`
	}
	if err := e.BindBody(&form); err != nil || !isAddress(form.Email) {
		return apierr.Invalid("code", `Send {"email", "code": that of the e-mail}.`)
	}
	proven, err := r.attempt(e, limits.EnterCode, forSignIn+" "+normal(form.Email))
	if err != nil {
		return err
	}

	var user *core.Record
	var refused error
	err = e.App.RunInTransaction(func(txApp core.App) error {
		row, wrong, err := r.try(txApp, forSignIn, subjectOf(form.Email), form.Code)
		if refused = wrong; err != nil || wrong != nil {
			return err
		}
		if user, err = txApp.FindRecordById(collections.Users, row.GetString("user")); err != nil {
			return err
		}

		return txApp.Delete(row)
	})
	if err := orElse(err, refused); err != nil {
		return err
	}
	proven()
	if err := r.welcome(e.App, user, e.Request.URL.Query().Get("invite")); err != nil {
		return err
	}

	return r.signedIn(e, user, "code", nil)
}

// bindMails puts our letters in the place of PocketBase's, which two at once can use.
// Its routes have answered by then alike for all addresses.
func (r *Room) bindMails(app core.App) {
	quietly := func(kind, email string) {
		if _, ok := r.limits.Take(limits.Codes, kind+" "+normal(email)); ok {
			r.later("send a code", func() error { return r.sendCode(kind, normal(email)) })
		}
	}
	app.OnRecordRequestPasswordResetRequest(collections.Users).BindFunc(func(e *core.RecordRequestPasswordResetRequestEvent) error {
		quietly(forReset, e.Record.Email())

		return e.NoContent(http.StatusNoContent)
	})
	app.OnRecordRequestVerificationRequest(collections.Users).BindFunc(func(e *core.RecordRequestVerificationRequestEvent) error {
		user := e.Record
		if _, ok := r.limits.Take(limits.Codes, forVerify+" "+normal(user.Email())); ok && !user.Verified() {
			r.later("send a link", func() error { return r.sendVerify(user) })
		}

		return e.NoContent(http.StatusNoContent)
	})
	app.OnRecordRequestEmailChangeRequest(collections.Users).BindFunc(func(e *core.RecordRequestEmailChangeRequestEvent) error {
		if err := r.allow(e.RequestEvent, asked{limits.Codes, forEmail + " " + e.Record.Id}); err != nil {
			return err
		}
		user, email := e.Record, normal(e.NewEmail)
		r.later("send a link", func() error { return r.sendEmail(user, email, false) })

		return e.NoContent(http.StatusNoContent)
	})
}
