// Package preferences keeps what a person has chosen for themselves.
//
// In: changes of one section at a time, over HTTP. Out: users.preferences with
// nothing in it that is not declared here (table.go), and answers for the rooms
// that act on it: whether somebody wants to be told of something ([Wants]), how
// they want their exports ([Export]), where their morning is ([Zone]).
package preferences

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// Deps are what the room needs from outside.
type Deps struct {
	Now func() time.Time

	// Require returns the caller's active membership in the company.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)
}

type room struct{ deps Deps }

// Open binds the hooks and, when the app serves, the routes.
func Open(app core.App, deps Deps) {
	r := &room{deps}

	app.OnRecordUpdateRequest(collections.Users).BindFunc(checkRecord)
	app.OnRecordCreate(collections.Users).BindFunc(r.datePassword)
	app.OnRecordUpdate(collections.Users).BindFunc(r.datePassword)

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		group := e.Router.Group("/api/recado/me/preferences")
		group.GET("", r.all)
		for _, section := range sections {
			group.PATCH("/"+section, func(e *core.RequestEvent) error { return r.change(e, section) })
		}

		return e.Next()
	})
}

// Wants tells whether a person wants to be told of an event of a company by e-mail.
func Wants(user *core.Record, company, event string) bool {
	return wants(stored(user), company, event, email)
}

// Export is how a person wants tables of contacts: csv or xlsx, with the notes or not.
func Export(user *core.Record) (format string, notes bool) {
	all := stored(user)

	return text(all, "export_format"), text(all, "export_notes") == "true"
}

// Zone is the time zone a person lives by: theirs, else the company's.
func Zone(user, company *core.Record) *time.Location {
	for _, name := range []string{text(stored(user), "timezone"), company.GetString("timezone")} {
		if zone, err := time.LoadLocation(name); name != "" && err == nil {
			return zone
		}
	}

	return time.UTC
}

// stored is what an account has; never nil.
func stored(user *core.Record) map[string]any {
	all := map[string]any{}
	_ = json.Unmarshal([]byte(user.GetString("preferences")), &all)
	if all == nil {
		all = map[string]any{}
	}

	return all
}

// checkRecord keeps what is written through the records API to what there is.
func checkRecord(e *core.RecordRequestEvent) error {
	if e.Record.GetString("preferences") != e.Record.Original().GetString("preferences") {
		all := map[string]any{}
		if err := json.Unmarshal([]byte(e.Record.GetString("preferences")), &all); err != nil {
			return apierr.Invalid("preferences", "The preferences are an object.")
		}
		if err := check(all); err != nil {
			return err
		}
	}

	return e.Next()
}

// datePassword remembers when an account got its password.
func (r *room) datePassword(e *core.RecordEvent) error {
	const hash = core.FieldNamePassword + ":hash"
	if e.Record.GetString(hash) != e.Record.Original().GetString(hash) {
		e.Record.Set("password_changed", r.deps.Now())
	}

	return e.Next()
}

// asker is who asks, and the company whose notifications are meant: "" for those of
// every company that has none of its own.
func (r *room) asker(e *core.RequestEvent) (company string, err error) {
	if e.Auth == nil || e.Auth.Collection().Name != collections.Users {
		return "", apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}
	if company = e.Request.URL.Query().Get("company"); company != "" {
		_, err = r.deps.Require(e, company, "")
	}

	return company, err
}

// all is GET /api/recado/me/preferences.
func (r *room) all(e *core.RequestEvent) error {
	company, err := r.asker(e)
	if err != nil {
		return err
	}
	answer := map[string]any{"profile": map[string]any{
		"name": e.Auth.GetString("name"), "email": e.Auth.Email(), "locale": e.Auth.GetString("locale"),
	}}
	for _, section := range sections {
		if answer[section], err = r.section(e.App, e.Auth, company, section); err != nil {
			return err
		}
	}

	return e.JSON(http.StatusOK, answer)
}

// change is PATCH /api/recado/me/preferences/{section}: what the body names is
// changed, the rest stays.
func (r *room) change(e *core.RequestEvent, section string) error {
	company, err := r.asker(e)
	if err != nil {
		return err
	}
	var body map[string]any
	if err := e.BindBody(&body); err != nil || body == nil {
		return apierr.Invalid("", "Send an object with the preferences to change.")
	}
	if err := checkSection(section, body); err != nil {
		return err
	}

	var user *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) (err error) {
		if user, err = txApp.FindRecordById(collections.Users, e.Auth.Id); err != nil {
			return err
		}
		user.Set("preferences", merged(stored(user), company, section, body))
		if language, _ := body["language"].(string); language != "" && section == "app" {
			user.Set("locale", language)
		}
		user.IgnoreUnchangedFields(true)

		return txApp.Save(user)
	})
	if err != nil {
		return err
	}
	answer, err := r.section(e.App, user, company, section)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, answer)
}

// section is a section as it is answered.
func (r *room) section(app core.App, user *core.Record, company, section string) (map[string]any, error) {
	answer := view(stored(user), company, section)
	if section != "security" {
		return answer, nil
	}

	factors, err := app.CountRecords(collections.AuthFactors, dbx.HashExp{"user": user.Id}, dbx.NewExp("confirmed != ''"))
	if err != nil {
		return nil, err
	}
	keys := []struct {
		ID     string `db:"id" json:"id"`
		Name   string `db:"name" json:"name"`
		Prefix string `db:"prefix" json:"prefix"`
	}{}
	err = app.DB().Select("k.id", "k.name", "k.prefix").From(collections.APIKeys+" k").
		InnerJoin(collections.Members+" m", dbx.NewExp("m.id = k.created_by")).
		Where(dbx.HashExp{"m.user": user.Id, "m.active": true, "k.revoked": false}).OrderBy("k.created", "k.id").All(&keys)
	answer["two_factor"], answer["api_keys"] = factors > 0, keys
	answer["last_password_change"] = user.GetString("password_changed")

	return answer, err
}
