package access

import (
	"database/sql"
	"errors"
	"net/http"
	"net/mail"
	"strings"

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
	case len([]rune(a.Password)) < passwordMin || len(a.Password) > passwordMax:
		return apierr.Invalid(prefix+"password", "Choose a password of 8 to 71 characters.")
	}

	return nil
}

// createUser makes the account, or says email_taken.
func createUser(txApp core.App, a Account, locale string) (*core.Record, error) {
	email := strings.ToLower(a.Email)
	_, err := txApp.FindAuthRecordByEmail(collections.Users, email)
	if err == nil {
		return nil, apierr.New(http.StatusConflict, "email_taken", "There is an account with this e-mail already. Sign in with it instead.", map[string]any{"field": "email"})
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}

	m := maker{app: txApp}
	user := m.make(collections.Users, map[string]any{
		"name": strings.TrimSpace(a.Name), "email": email, "password": a.Password, "locale": locale, "kind": "person",
	})

	return user, m.err
}

// signedIn is the answer that signs the user in, with further parts.
func signedIn(e *core.RequestEvent, user *core.Record, parts map[string]any) error {
	token, err := user.NewAuthToken()
	if err != nil {
		return err
	}

	user.IgnoreEmailVisibility(true) // it is their own
	answer := map[string]any{"token": token, "record": user}
	for name, part := range parts {
		answer[name] = part
	}

	return e.JSON(http.StatusOK, answer)
}

// legible leaves out what is mistaken for something else when read from a screen.
const legible = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"

// newPassword is a generated password, to be shown once.
func newPassword() string {
	return security.RandomStringWithAlphabet(16, legible)
}
