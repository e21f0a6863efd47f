package access

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// sessionClaim names the sign-in in a token.
const sessionClaim = "sid"

// actingFor is where a request says that a superuser acts for its user.
const actingFor = "recadoActingFor"

// sessions are the sign-ins that lasted when they were last looked at. Each is a
// row; what counts for every request is kept in memory beside it. A row that goes,
// whoever deletes it, takes its sign-in with it.
type sessions struct {
	app core.App
	now func() time.Time

	mu    sync.RWMutex
	known map[string]*session
}

// session is what a request is held against.
type session struct {
	user    string
	expires time.Time
	idle    time.Duration // 0: may rest for any time
	acting  bool          // it is a superuser's, who acts for the user
	seen    atomic.Int64  // Unix milliseconds of the last request
	stored  atomic.Int64  // of seen, what the row says
}

func newSessions(app core.App, now func() time.Time) *sessions {
	s := &sessions{app: app, now: now, known: map[string]*session{}}
	keep := func(e *core.RecordEvent) error {
		s.mu.Lock()
		if _, ok := s.known[e.Record.Id]; ok {
			s.known[e.Record.Id] = sessionOf(e.Record, s.known[e.Record.Id])
		}
		s.mu.Unlock()

		return e.Next()
	}
	app.OnRecordAfterUpdateSuccess(collections.AuthSessions).BindFunc(keep)
	app.OnRecordAfterDeleteSuccess(collections.AuthSessions).BindFunc(func(e *core.RecordEvent) error {
		s.mu.Lock()
		delete(s.known, e.Record.Id)
		s.mu.Unlock()

		return e.Next()
	})

	return s
}

// sessionOf reads a row. before, where known, remembers later requests than it.
func sessionOf(row *core.Record, before *session) *session {
	s := &session{
		user: row.GetString("user"), expires: row.GetDateTime("expires").Time(),
		idle: time.Duration(row.GetInt("idle")) * time.Minute, acting: row.GetString("kind") == "impersonation",
	}
	seen := row.GetDateTime("last_seen").Time().UnixMilli()
	s.stored.Store(seen)
	if before != nil {
		seen = max(seen, before.seen.Load())
	}
	s.seen.Store(seen)

	return s
}

// find returns a sign-in of the user. It is read while writers of the map wait,
// so that one that is being deleted can't come back.
func (s *sessions) find(id, user string) (*session, error) {
	s.mu.RLock()
	found := s.known[id]
	s.mu.RUnlock()

	if found == nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		row, err := s.app.FindRecordById(collections.AuthSessions, id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		found = sessionOf(row, nil)
		s.known[id] = found
	}
	if found.user != user {
		return nil, nil
	}

	return found, nil
}

// lasts tells whether the sign-in is neither over nor idle for too long.
func (s *session) lasts(now time.Time) bool {
	return now.Before(s.expires) && (s.idle == 0 || now.Sub(time.UnixMilli(s.seen.Load())) < s.idle)
}

// acting tells whether a sign-in in use is that of a superuser who acts for somebody.
func (s *sessions) acting(id string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := s.known[id]

	return found != nil && found.acting
}

// use notes a request of the sign-in; nil if it does not last any more.
func (s *sessions) use(id, user string) (used *session, err error) {
	found, err := s.find(id, user)
	if err != nil || found == nil || !found.lasts(s.now()) {
		return nil, err
	}
	found.seen.Store(s.now().UnixMilli())

	return found, nil
}

// Tick writes down when each sign-in was last used, and ends those that are over:
// with them go the connections that nothing else would end.
func (s *sessions) Tick(ctx context.Context) error {
	now := s.now()
	type use struct {
		id      string
		session *session
		seen    int64
	}
	var used []use
	s.mu.RLock()
	for id, one := range s.known {
		if seen := one.seen.Load(); seen > one.stored.Load() {
			used = append(used, use{id, one, seen})
		}
	}
	s.mu.RUnlock()

	if len(used) > 0 {
		err := s.app.RunInTransaction(func(txApp core.App) error {
			for _, one := range used {
				seen, _ := types.ParseDateTime(time.UnixMilli(one.seen))
				_, err := txApp.DB().Update(collections.AuthSessions, dbx.Params{"last_seen": seen}, dbx.HashExp{"id": one.id}).WithContext(ctx).Execute()
				if err != nil {
					return err
				}
			}

			return nil
		})
		if err != nil {
			return err
		}
		for _, one := range used {
			one.session.stored.Store(one.seen)
		}
	}

	over, _ := types.ParseDateTime(now)
	rows, err := s.app.FindAllRecords(collections.AuthSessions, dbx.NewExp(
		"expires <= {:now} OR (idle > 0 AND unixepoch(last_seen) + idle * 60 <= unixepoch({:now}))", dbx.Params{"now": over.String()}))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if err := s.app.DeleteWithContext(ctx, row); err != nil {
			return err
		}
	}

	return nil
}

// bearer is the token of a request, "" where it has none.
func bearer(e *core.RequestEvent) string {
	token := e.Request.Header.Get("Authorization")
	if len(token) > 7 && strings.EqualFold(token[:7], "Bearer ") {
		return token[7:]
	}

	return token
}

// SessionOf is the sign-in that a request belongs to, "" for a guest, a key or a superuser.
func SessionOf(e *core.RequestEvent) string {
	id, _ := e.Get(sessionClaim).(string)

	return id
}

// admit is the middleware after PocketBase's reading of the token: a token whose
// sign-in is over opens nothing. PocketBase would take its bearer for a guest, who
// is shown empty lists; ours is told to sign in, but where that is done.
func (r *Room) admit(e *core.RequestEvent) error {
	if e.Auth != nil && e.Auth.Collection().Name != collections.Users {
		return e.Next()
	}
	token := bearer(e)
	if token == "" {
		return e.Next()
	}
	claims, err := security.ParseUnverifiedJWT(token)
	if err != nil || claims[core.TokenClaimCollectionId] != collections.ID(collections.Users) {
		return e.Next() // a visitor's, or nobody's
	}

	refused := errSignedOut()
	if e.Auth != nil {
		id, _ := claims[sessionClaim].(string)
		used, err := r.sessions.use(id, e.Auth.Id)
		if err != nil {
			return err
		}
		if used != nil {
			e.Set(sessionClaim, id)
			e.Set(actingFor, used.acting)
		}
		switch {
		case used == nil:
			err = orElse(r.shifts.refuse(e.Auth.Id, ""), refused) // the end of their hours may have ended it
		case !used.acting:
			err = r.shifts.admit(e)
		}
		if err == nil {
			return e.Next()
		}
		e.Auth, refused = nil, err
	}
	if r.deps.Public(e.Request.Method, e.Request.URL.Path) {
		return e.Next()
	}

	return refused
}

// sameHash compares a secret with the hash that was stored of one.
func sameHash(secret, stored string) bool {
	return subtle.ConstantTimeCompare([]byte(hash(secret)), []byte(stored)) == 1
}

// endSessions ends the sign-ins of a user but one, in the caller's transaction.
func endSessions(txApp core.App, user, but string) error {
	rows, err := txApp.FindAllRecords(collections.AuthSessions, dbx.HashExp{"user": user})
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Id == but {
			continue
		}
		if err := txApp.Delete(row); err != nil {
			return err
		}
	}

	return nil
}

// logged says what went wrong after an answer that can't change any more.
func (r *Room) logged(doing string, err error) {
	if err != nil {
		r.app.Logger().Error("Access: "+doing, slog.Any("error", err))
	}
}
