package access

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

const (
	alarmLasts  = 7 * 24 * time.Hour
	mostDevices = 20
)

// bindAlarm tells people of a sign-in on a device that they never used, unless they
// want to hear nothing of it.
func (r *Room) bindAlarm(app core.App) {
	app.OnRecordAfterCreateSuccess(collections.AuthSessions).BindFunc(func(e *core.RecordEvent) error {
		if e.Record.GetString("kind") == "sign_in" && e.Record.GetString("method") != "" {
			row := e.Record
			r.later("tell of a sign-in", func() error { return r.tellOfSignIn(row) })
		}

		return e.Next()
	})
}

// madeAccounts are the ways in that only the owner of a new account takes.
var madeAccounts = []string{"setup", "signup", "invite"}

func (r *Room) tellOfSignIn(row *core.Record) error {
	var user *core.Record
	var token string
	err := r.app.RunInTransaction(func(txApp core.App) (err error) {
		if user, err = txApp.FindRecordById(collections.Users, row.GetString("user")); err != nil {
			return err
		}
		var known []string
		_ = user.UnmarshalJSONField("devices", &known)
		device := hash(row.GetString("device"))[:16]
		if slices.Contains(known, device) {
			return nil
		}
		first := len(known) == 0 || slices.Contains(madeAccounts, row.GetString("method"))
		known = append(known, device)
		user.Set("devices", known[max(0, len(known)-mostDevices):])
		user.IgnoreUnchangedFields(true)
		if err := txApp.SaveNoValidate(user); err != nil {
			return err
		}
		if first || !wantsNotice(user) || r.deps.Kept() != "" {
			return nil
		}
		token, _, err = r.issue(txApp, ticket{kind: forAlarm, user: user.Id, lasts: alarmLasts})

		return err
	})
	if err != nil || token == "" {
		return err
	}

	return r.writeTo(user, letter{
		kind: forAlarm, link: r.link("not-me", token),
		facts: []any{"device", or(cut(row.GetString("device"), 120), "?"), "when", row.GetDateTime("created").Time().UTC().Format("2006-01-02 15:04") + " UTC"},
	})
}

// wantsNotice reads the preference login_notifications, which is on until it is off.
func wantsNotice(user *core.Record) bool {
	var wanted struct {
		Notice *bool `json:"login_notifications"`
	}
	_ = json.Unmarshal([]byte(user.GetString("preferences")), &wanted)

	return wanted.Notice == nil || *wanted.Notice
}

// notMe is POST /api/recado/sessions/not-me: somebody else signed in. Every sign-in
// ends, the password opens nothing any more, and the answer lets its owner set a new
// one.
func (r *Room) notMe(e *core.RequestEvent) error {
	var form struct {
		Token string `json:"token"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("token", `Send {"token": what stands behind the # of the link}.`)
	}
	if err := r.allow(e, asked{limits.OpenLink, e.RealIP()}); err != nil {
		return err
	}

	var token string
	err := e.App.RunInTransaction(func(txApp core.App) error {
		row, err := r.ticketOf(txApp, forAlarm, form.Token)
		if err != nil {
			return err
		}
		user, err := txApp.FindRecordById(collections.Users, row.GetString("user"))
		if err != nil {
			return err
		}
		user.SetRandomPassword()
		user.Set("devices", nil)
		if err := txApp.Save(user); err != nil {
			return err
		}
		if err := endSessions(txApp, user.Id, ""); err != nil {
			return err
		}
		if err := dropTickets(txApp, user.Id); err != nil {
			return err
		}
		if err := r.note(txApp, user, "not_me"); err != nil {
			return err
		}
		token, _, err = r.issue(txApp, ticket{kind: forReset, user: user.Id, lasts: time.Hour})

		return err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]string{"resetToken": token})
}
