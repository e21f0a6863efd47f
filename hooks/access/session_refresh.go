package access

import (
	"database/sql"
	"errors"
	"net/http"
	"strings"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// refresh is POST /api/recado/sessions/refresh: a new token, and what gets the one
// after it, for what was given with the last. That is good once: who comes with it
// again has found a copy, so the sign-in ends. Two who come at the same time are no
// such sign: one wins, the other is only refused.
func (r *Room) refresh(e *core.RequestEvent) error {
	var form struct {
		Refresh string `json:"refresh"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("refresh", `Send {"refresh": what came with the last token}.`)
	}
	parts := strings.Split(form.Refresh, ".")
	if len(parts) != 3 {
		return apierr.Invalid("refresh", "This is nothing that renews a sign-in.")
	}
	id, family, secret := parts[0], parts[1], parts[2]

	arrived, err := e.App.FindRecordById(collections.AuthSessions, id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	wasCurrent := err == nil && sameHash(secret, arrived.GetString("refresh_hash"))

	var s signIn
	var user *core.Record
	var refused error // what is refused may end the sign-in, which is to be kept
	err = e.App.RunInTransaction(func(txApp core.App) error {
		row, err := txApp.FindRecordById(collections.AuthSessions, id)
		if errors.Is(err, sql.ErrNoRows) || err == nil && !sameHash(family, row.GetString("family_hash")) {
			refused = errSignedOut()

			return nil
		}
		if err != nil {
			return err
		}
		known, err := r.sessions.find(id, row.GetString("user"))
		if err != nil {
			return err
		}

		switch current := sameHash(secret, row.GetString("refresh_hash")); {
		case !current && wasCurrent:
			refused = apierr.New(http.StatusUnauthorized, "refresh_used", "This has just been used. Go on with what the other request was given.", nil)

			return nil
		case !current:
			refused = apierr.New(http.StatusUnauthorized, "refresh_reused", "This was used before. To be safe the sign-in has been ended: sign in again.", nil)

			return txApp.Delete(row)
		case known == nil || !known.lasts(r.deps.Now()):
			refused = errSignedOut()

			return txApp.Delete(row)
		}

		if user, err = txApp.FindRecordById(collections.Users, row.GetString("user")); err != nil {
			return err
		}
		if refused = r.welcome(txApp, user, ""); refused != nil {
			return nil
		}
		if lacks, err := lacksFactor(txApp, user.Id); err != nil {
			return err
		} else if lacks {
			refused = errSignedOut()

			return txApp.Delete(row)
		}
		s = signIn{row: row}
		lifetimes, err := r.extend(txApp, s, user)
		if err != nil {
			return err
		}
		s.refresh = s.rotate(family)
		if s.token, err = s.newToken(user, lifetimes.Access, r.deps.Now()); err != nil {
			return err
		}

		return txApp.Save(row)
	})
	if err := orElse(err, refused); err != nil {
		return err
	}

	return s.answer(e, user, nil)
}

func errSignedOut() error {
	return apierr.New(http.StatusUnauthorized, "session_expired", "You have been signed out. Sign in again.", nil)
}

// revoke is POST /api/recado/sessions/revoke: signs this device out, another one
// by its id, or all, or all others. What is open there is closed at once.
func (r *Room) revoke(e *core.RequestEvent) error {
	me := SessionOf(e)
	if e.Auth == nil || me == "" {
		return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}
	var form struct {
		Session string `json:"session"`
		All     bool   `json:"all"`
		Others  bool   `json:"others"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {} for this sign-in, {"session": ID} for another one, {"others": true} or {"all": true}.`)
	}

	err := e.App.RunInTransaction(func(txApp core.App) error {
		switch {
		case form.All:
			return endSessions(txApp, e.Auth.Id, "")
		case form.Others:
			return endSessions(txApp, e.Auth.Id, me)
		}
		row, err := txApp.FindRecordById(collections.AuthSessions, or(form.Session, me))
		if err != nil || row.GetString("user") != e.Auth.Id {
			return apierr.NotFound("sign-in")
		}

		return txApp.Delete(row)
	})
	if err != nil {
		return err
	}

	return e.NoContent(http.StatusNoContent)
}

// answer is what whoever begins or renews a sign-in is given, with further parts.
func (s signIn) answer(e *core.RequestEvent, user *core.Record, parts map[string]any) error {
	user.IgnoreEmailVisibility(true) // it is their own
	answer := map[string]any{"token": s.token, "refresh": s.refresh, "record": user}
	for name, part := range parts {
		answer[name] = part
	}

	return e.JSON(http.StatusOK, answer)
}

// bindPasswords ends the sign-ins of an account whose password or e-mail changes,
// however it does. The one that the change was made from, if it says so, stays: its
// owner asks for a new token, since PocketBase takes every old one back.
func bindPasswords(app core.App) {
	app.OnRecordUpdateRequest(collections.Users).BindFunc(func(e *core.RecordRequestEvent) error {
		e.Record.Set(keptSession, SessionOf(e.RequestEvent))

		return e.Next()
	})
	app.OnRecordUpdateExecute(collections.Users).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			was, err := before(e.App, e.Record)
			if err != nil {
				return err
			}
			key := was.TokenKey()
			if err := e.Next(); err != nil {
				return err
			}
			if e.Record.TokenKey() == key {
				return nil
			}

			return endSessions(e.App, e.Record.Id, e.Record.GetString(keptSession))
		})
	})
}

// keptSession is a note on a changed user that is not stored: the sign-in that stays.
const keptSession = "recadoKeptSession"
