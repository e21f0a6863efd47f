package access

import (
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
)

// Account is a person's account to be.
type Account struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`

	// Phone and JobTitle may be left out.
	Phone    string `json:"phone"`
	JobTitle string `json:"job_title"`
}

const (
	passwordMin = 8
	passwordMax = 71 // bytes that bcrypt looks at
)

// check names the first wrong field; prefix is the object it stands in, such as "owner.".
func (a Account) check(prefix string) error {
	address, err := mail.ParseAddress(a.Email)
	switch {
	case strings.TrimSpace(a.Name) == "" || len([]rune(a.Name)) > 200:
		return apierr.Invalid(prefix+"name", "Say the name, in up to 200 characters.")
	case err != nil || address.Address != a.Email || len(a.Email) > 255:
		return apierr.Invalid(prefix+"email", "This is not an e-mail address.")
	case !goodPassword(a.Password):
		return errPassword(prefix)
	}

	return nil
}

func goodPassword(password string) bool {
	return len([]rune(password)) >= passwordMin && len(password) <= passwordMax
}

func errPassword(prefix string) error {
	return apierr.Invalid(prefix+"password", "Choose a password of 8 to 71 characters.")
}

// createUser makes the account, or says email_taken.
func createUser(txApp core.App, a Account, locale string) (*core.Record, error) {
	hashed, err := hashedPassword(txApp, a.Password)
	if err != nil {
		return nil, err
	}

	return createHashed(txApp, a.Name, a.Email, hashed, locale)
}

// createHashed is createUser for a password that is hashed already.
func createHashed(txApp core.App, name, email, hashed, locale string) (*core.Record, error) {
	email = strings.ToLower(email)
	_, err := txApp.FindAuthRecordByEmail(collections.Users, email)
	if err == nil {
		return nil, apierr.New(http.StatusConflict, "email_taken", "There is an account with this e-mail already. Sign in with it instead.", map[string]any{"field": "email"})
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}

	users, err := txApp.FindCachedCollectionByNameOrId(collections.Users)
	if err != nil {
		return nil, err
	}
	user := core.NewRecord(users)
	user.Load(map[string]any{"name": strings.TrimSpace(name), "email": email, "locale": locale, "kind": "person"})
	user.SetRaw(core.FieldNamePassword, &core.PasswordFieldValue{Hash: hashed})
	if err := txApp.Save(user); err != nil {
		return nil, fmt.Errorf("failed to make an account: %w", err)
	}

	return user, nil
}

// signedIn signs the user in and answers with that and further parts, or asks for the
// second factor.
func (r *Room) signedIn(e *core.RequestEvent, user *core.Record, method string, parts map[string]any) error {
	if err := r.second(e, user, method); err != nil {
		return err
	}
	s, err := r.begin(e, user, method, time.Time{})
	if err != nil {
		return err
	}

	return s.answer(e, user, parts)
}

// joined answers who has come into a company: with a new sign-in or, who had one,
// with a new token of that, since a second factor was shown for it already. Who lacks
// one that the company wants sets it up first.
func (r *Room) joined(e *core.RequestEvent, user, company *core.Record) error {
	parts := map[string]any{"company": company}
	if e.Auth == nil {
		return r.signedIn(e, user, "invite", parts)
	}
	if lacks, err := lacksFactor(e.App, user.Id); err != nil || lacks {
		return orElse(err, r.second(e, user, "invite"))
	}
	row, err := e.App.FindRecordById(collections.AuthSessions, SessionOf(e))
	if err != nil {
		return err
	}
	s := signIn{row: row}
	lifetimes, err := r.lifetimes(e.App, user)
	if err != nil {
		return err
	}
	if row.GetString("kind") == "sign_in" {
		if lifetimes, err = r.extend(e.App, s, user); err != nil {
			return err
		}
		if err := e.App.Save(row); err != nil {
			return err
		}
	}
	if s.token, err = s.newToken(user, lifetimes.Access, r.deps.Now()); err != nil {
		return err
	}

	return s.answer(e, user, parts)
}

// legible leaves out what is mistaken for something else when read from a screen.
const legible = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// newPassword is a generated password, to be shown once.
func newPassword() string {
	return security.RandomStringWithAlphabet(16, legible)
}
