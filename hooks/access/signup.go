package access

import (
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/apierr"
)

// signup is POST /api/recado/signup: a stranger makes an account and a company
// of their own, where the administrator has opened that.
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

	var user *core.Record
	var created Created
	err := e.App.RunInTransaction(func(txApp core.App) (err error) {
		if user, err = createUser(txApp, form.Account, form.Company.Locale); err != nil {
			return err
		}
		created, err = CreateCompany(txApp, form.Company, user)

		return err
	})
	if err != nil {
		return err
	}

	return r.signedIn(e, user, "signup", map[string]any{"company": created.Company})
}
