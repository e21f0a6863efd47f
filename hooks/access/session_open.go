package access

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// Lifetimes of a sign-in. Zero values mean the default of the instance.
type Lifetimes struct {
	Access time.Duration // of one token
	Rest   time.Duration // without a request; 0 is for ever
	Whole  time.Duration // without a renewal
}

// strictest takes the shorter of each that is set.
func strictest(a, b Lifetimes) Lifetimes {
	shorter := func(a, b time.Duration) time.Duration {
		if a == 0 || b == 0 {
			return a + b
		}

		return min(a, b)
	}

	return Lifetimes{shorter(a.Access, b.Access), shorter(a.Rest, b.Rest), shorter(a.Whole, b.Whole)}
}

// lifetimesIn reads a company's settings or a person's preferences; what is wrong
// there counts as not set.
func lifetimesIn(raw types.JSONRaw) Lifetimes {
	var s struct {
		Access float64 `json:"session_minutes"`
		Rest   float64 `json:"session_idle_minutes"`
		Whole  float64 `json:"session_days"`
	}
	_ = json.Unmarshal(raw, &s)
	of := func(n float64, unit time.Duration, most float64) time.Duration {
		return time.Duration(max(0, min(n, most))) * unit
	}

	return Lifetimes{of(s.Access, time.Minute, 24*60), of(s.Rest, time.Minute, 30*24*60), of(s.Whole, 24*time.Hour, 365)}
}

// lifetimes are the strictest of what the person and their companies want.
func (r *Room) lifetimes(app core.App, user *core.Record) (Lifetimes, error) {
	var rows []struct {
		Settings types.JSONRaw `db:"settings"`
	}
	err := app.DB().Select("companies.settings").From(collections.Companies).
		InnerJoin(collections.Members, dbx.NewExp("members.company = companies.id")).
		Where(dbx.HashExp{"members.user": user.Id, "members.active": true}).All(&rows)
	if err != nil {
		return Lifetimes{}, err
	}

	wanted := lifetimesIn(types.JSONRaw(user.GetString("preferences")))
	for _, row := range rows {
		wanted = strictest(wanted, lifetimesIn(row.Settings))
	}
	wanted.Access = cmp.Or(wanted.Access, r.deps.Lifetimes.Access)
	wanted.Whole = cmp.Or(wanted.Whole, r.deps.Lifetimes.Whole)

	return wanted, nil
}

// signIn is a sign-in that has just begun or was renewed, with what its owner keeps.
type signIn struct {
	row            *core.Record
	token, refresh string
}

// begin makes a sign-in of the user. until, where set, ends it for good: it is
// then somebody else's who acts for the user, and can't be renewed.
func (r *Room) begin(e *core.RequestEvent, user *core.Record, method string, until time.Time) (signIn, error) {
	if user.GetString("kind") == "key" {
		return signIn{}, apierr.New(http.StatusForbidden, "not_a_person", "A key does not sign in. Send it with each request instead.", nil)
	}
	lifetimes, err := r.lifetimes(e.App, user)
	if err != nil {
		return signIn{}, err
	}
	collection, err := e.App.FindCachedCollectionByNameOrId(collections.AuthSessions)
	if err != nil {
		return signIn{}, err
	}

	now := r.deps.Now()
	family := security.RandomString(24)
	s := signIn{row: core.NewRecord(collection)}
	s.row.Load(map[string]any{
		"user": user.Id, "kind": "sign_in", "method": method, "device": cut(e.Request.UserAgent(), 300),
		"last_seen": now, "expires": now.Add(lifetimes.Whole), "idle": int(lifetimes.Rest.Minutes()), "family_hash": hash(family),
	})
	if r.deps.Addresses {
		s.row.Set("address", e.RealIP())
	}
	if !until.IsZero() {
		s.row.Set("kind", "impersonation")
		s.row.Set("expires", until)
	}
	s.row.Id = core.GenerateDefaultRandomId()
	if until.IsZero() {
		s.refresh = s.rotate(family)
	}
	if err := e.App.Save(s.row); err != nil {
		return signIn{}, err
	}
	s.token, err = s.newToken(user, lifetimes.Access, now)

	return s, err
}

// rotate gives the row what renews it next, and returns it. What came before is
// known by the family it shares with it.
func (s signIn) rotate(family string) string {
	secret := security.RandomString(32)
	s.row.Set("refresh_hash", hash(secret))

	return s.row.Id + "." + family + "." + secret
}

// newToken is PocketBase's token of the user with the sign-in in it. It outlives
// neither its time nor the sign-in.
func (s signIn) newToken(user *core.Record, access time.Duration, now time.Time) (string, error) {
	left := s.row.GetDateTime("expires").Time().Sub(now)
	renewable := s.row.GetString("kind") == "sign_in"
	if renewable {
		left = min(left, access)
	}

	return security.NewJWT(map[string]any{
		core.TokenClaimType: core.TokenTypeAuth, core.TokenClaimId: user.Id, core.TokenClaimCollectionId: user.Collection().Id,
		core.TokenClaimRefreshable: renewable, sessionClaim: s.row.Id,
	}, user.TokenKey()+user.Collection().AuthToken.Secret, left)
}

// SignIn begins a sign-in without a password: for tests and commands.
func (r *Room) SignIn(user *core.Record, lasting time.Duration) (token string, err error) {
	collection, err := r.app.FindCachedCollectionByNameOrId(collections.AuthSessions)
	if err != nil {
		return "", err
	}
	now := r.deps.Now()
	s := signIn{row: core.NewRecord(collection)}
	s.row.Load(map[string]any{"user": user.Id, "kind": "sign_in", "last_seen": now, "expires": now.Add(lasting)})
	if err := r.app.Save(s.row); err != nil {
		return "", err
	}

	return s.newToken(user, 24*time.Hour, now)
}

// bindSignIn makes every way of PocketBase's to sign in begin a sign-in of ours.
// Where a second factor is wanted there is no row before it was shown (factor.go);
// one that stands when PocketBase refuses the rest goes again.
func (r *Room) bindSignIn(app core.App) {
	app.OnRecordAuthRefreshRequest(collections.Users).BindFunc(func(e *core.RecordAuthRefreshRequestEvent) error {
		e.Set("recadoRenews", true)

		return e.Next()
	})
	app.OnRecordAuthRequest(collections.Users).BindFunc(func(e *core.RecordAuthRequestEvent) error {
		var until time.Time
		welcome := r.welcome
		if claims, err := security.ParseUnverifiedJWT(e.Token); err == nil && claims[core.TokenClaimRefreshable] == false {
			seconds, _ := claims["exp"].(float64) // a superuser acts for the user, for so long, at any hour
			until, welcome = time.Unix(int64(seconds), 0), r.belongs
		}
		if err := welcome(e.App, e.Record, e.Request.URL.Query().Get("invite")); err != nil {
			return err
		}
		if e.Get("recadoRenews") == true {
			return r.renew(e)
		}

		method := cmp.Or(e.AuthMethod, "superuser")
		if until.IsZero() {
			if err := r.second(e.RequestEvent, e.Record, method); err != nil {
				return err
			}
		}
		s, err := r.begin(e.RequestEvent, e.Record, method, until)
		if err != nil {
			return err
		}
		e.Token = s.token
		if e.Meta, err = withParts(e.Meta, map[string]any{"refresh": s.refresh, "session": s.row.Id}); err != nil {
			return err
		}
		if err := e.Next(); err != nil {
			r.logged("failed to take back a sign-in that was not finished", r.app.Delete(s.row))

			return err
		}

		return nil
	})
}

// welcome refuses who does not belong anywhere, and who is outside their work hours
// wherever they do. The password was right, so the answer may say why.
func (r *Room) welcome(app core.App, user *core.Record, invite string) error {
	if err := r.belongs(app, user, invite); err != nil {
		return err
	}

	return r.shifts.refuse(user.Id, "")
}

// belongs refuses who was let out of every company they were in, or whose companies
// were all suspended, unless they come with an invite to another one.
func (r *Room) belongs(app core.App, user *core.Record, invite string) error {
	var all, active, open int
	err := app.DB().Select("count(*)", "coalesce(sum(members.active), 0)", "coalesce(sum(members.active AND NOT companies.suspended), 0)").
		From(collections.Members).InnerJoin(collections.Companies, dbx.NewExp("companies.id = members.company")).
		Where(dbx.HashExp{"user": user.Id}).Row(&all, &active, &open)
	if err != nil {
		return err
	}
	switch {
	case all == 0 || open > 0 || invite != "" && r.lets(app, user, invite):
		return nil
	case active == 0:
		return apierr.New(http.StatusForbidden, "account_inactive", "Your account was deactivated. Ask an administrator to activate it.", nil)
	default:
		return apierr.New(http.StatusUnauthorized, "system_invalid", "Every company you work in was suspended. Ask whoever runs this Recado.", nil)
	}
}

// renew answers PocketBase's refresh: a new token of the same sign-in, which lasts
// longer for it. One that is somebody else's stays as it is.
func (r *Room) renew(e *core.RecordAuthRequestEvent) error {
	if lacks, err := lacksFactor(e.App, e.Record.Id); err != nil || lacks {
		return orElse(err, errSignedOut())
	}
	row, err := e.App.FindRecordById(collections.AuthSessions, SessionOf(e.RequestEvent))
	if err != nil {
		return err
	}
	s := signIn{row: row}
	if row.GetString("kind") == "sign_in" {
		lifetimes, err := r.extend(e.App, s, e.Record)
		if err != nil {
			return err
		}
		if err := e.App.Save(row); err != nil {
			return err
		}
		if e.Token, err = s.newToken(e.Record, lifetimes.Access, r.deps.Now()); err != nil {
			return err
		}
	}

	return e.Next()
}

// extend begins the time of a sign-in anew, by what its owner and their companies
// want now.
func (r *Room) extend(app core.App, s signIn, user *core.Record) (Lifetimes, error) {
	lifetimes, err := r.lifetimes(app, user)
	if err != nil {
		return Lifetimes{}, err
	}
	now := r.deps.Now()
	s.row.Load(map[string]any{"last_seen": now, "expires": now.Add(lifetimes.Whole), "idle": int(lifetimes.Rest.Minutes())})
	s.row.IgnoreUnchangedFields(true)

	return lifetimes, nil
}

// bindLifetimes lets a shorter rest count at once, for those who are signed in.
func (r *Room) bindLifetimes(app core.App) {
	follow := func(app core.App, users ...string) error {
		for _, id := range users {
			user, err := app.FindRecordById(collections.Users, id)
			if err != nil {
				return err
			}
			lifetimes, err := r.lifetimes(app, user)
			if err != nil {
				return err
			}
			rows, err := app.FindAllRecords(collections.AuthSessions, dbx.HashExp{"user": id})
			if err != nil {
				return err
			}
			for _, row := range rows {
				if idle := int(lifetimes.Rest.Minutes()); row.GetInt("idle") != idle {
					row.Set("idle", idle)
					row.IgnoreUnchangedFields(true)
					if err := app.Save(row); err != nil {
						return err
					}
				}
			}
		}

		return nil
	}
	changes := func(field string, users func(e *core.RecordEvent) ([]string, error)) func(e *core.RecordEvent) error {
		return func(e *core.RecordEvent) error {
			return collections.InTransaction(e, func() error {
				was := lifetimesIn(types.JSONRaw(e.Record.Original().GetString(field)))
				if err := e.Next(); err != nil || was == lifetimesIn(types.JSONRaw(e.Record.GetString(field))) {
					return err
				}
				ids, err := users(e)
				if err != nil {
					return err
				}

				return follow(e.App, ids...)
			})
		}
	}
	app.OnRecordUpdateExecute(collections.Users).BindFunc(changes("preferences", func(e *core.RecordEvent) ([]string, error) {
		return []string{e.Record.Id}, nil
	}))
	app.OnRecordUpdateExecute(collections.Companies).BindFunc(changes("settings", func(e *core.RecordEvent) (ids []string, err error) {
		err = e.App.DB().Select("user").From(collections.Members).
			Where(dbx.HashExp{"company": e.Record.Id, "active": true}).Column(&ids)

		return ids, err
	}))
}

// withParts is an answer's meta with more in it.
func withParts(meta any, parts map[string]any) (map[string]any, error) {
	all := map[string]any{}
	if meta != nil {
		raw, err := json.Marshal(meta)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, &all); err != nil {
			return nil, err
		}
	}
	maps.Copy(all, parts)

	return all, nil
}

// cut keeps the first runes of a text.
func cut(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}

	return text
}
