package access

import (
	"log/slog"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// bindSuperusers asks superusers for a code from an e-mail beside their password, where
// e-mails leave: at each start, and whenever the settings of the dashboard change.
func (r *Room) bindSuperusers(app core.App) {
	serving := false
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := r.keepSuperusers(); err != nil {
			return err
		}
		serving = true

		return e.Next()
	})
	app.OnSettingsReload().BindFunc(func(e *core.SettingsReloadEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		if serving {
			r.logged("failed to fit the second factor of superusers to the mail server", r.keepSuperusers())
		}

		return nil
	})
	app.OnRecordRequestOTPRequest(core.CollectionNameSuperusers).BindFunc(func(e *core.RecordCreateOTPRequestEvent) error {
		var form struct {
			Email string `json:"email" form:"email"`
		}
		if err := e.BindBody(&form); err != nil {
			return apierr.Invalid("email", `Send {"email"}.`)
		}
		// Whether there is such a superuser is not told by who has to wait.
		if err := r.allow(e.RequestEvent, asked{limits.CodesOfAddress, e.RealIP()}, asked{limits.Codes, "superuser " + normal(form.Email)}); err != nil {
			return err
		}

		return e.Next()
	})
}

// keepSuperusers makes PocketBase's second factor of superusers, a code in an e-mail, be
// on or off. One that an administrator made of other ways to sign in stays as it is.
func (r *Room) keepSuperusers() error {
	superusers, err := r.app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return err
	}
	wanted := r.deps.SuperuserMFA && r.deps.Kept() == ""
	if superusers.OTP.Enabled == wanted && (superusers.MFA.Enabled || !wanted) {
		return nil
	}
	superusers.OTP.Enabled, superusers.MFA.Enabled = wanted, wanted
	if err := r.app.Save(superusers); err != nil {
		return err
	}
	r.app.Logger().Info("The second factor of superusers was switched.", slog.Bool("on", wanted))

	return nil
}
