package live

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
)

const (
	// maxPerUser is how many feeds one account may have open: browsers and tabs.
	maxPerUser = 20

	// writeTimeout ends a connection whose other side has stopped reading. The
	// server's own deadline, meant for answers, is lifted.
	writeTimeout = 30 * time.Second
)

// bindRoute registers GET /api/recado/live?company=ID.
func (r *Room) bindRoute(e *core.ServeEvent) {
	e.Router.GET("/api/recado/live", r.serve).
		Bind(apis.RequireAuth(collections.Users), apis.SkipSuccessActivityLog())
}

// serve is one connection from greeting to end. It ends with the client, the
// room, the membership or the sign-in; the client then comes back by itself.
func (r *Room) serve(e *core.RequestEvent) error {
	company := e.Request.URL.Query().Get("company")
	if err := r.isMember(e.App, e.Auth.Id, company); err != nil {
		return err
	}

	session := r.deps.Session(e)
	c, err := r.join(e.Auth, company, session)
	if err != nil {
		return err
	}
	defer r.leave(c)

	ctx := e.Request.Context()
	if session == "" {
		until, cancel := untilExpiry(e.Request)
		defer cancel()
		ctx = until
	}

	header := e.Response.Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	// The connection ends with the stream, so it needs no chunks: each would be
	// three writes and as many packets instead of one.
	header.Set("Transfer-Encoding", "identity")
	e.Response.WriteHeader(http.StatusOK)

	return r.write(ctx, http.NewResponseController(e.Response), e.Response, c)
}

func (r *Room) write(ctx context.Context, rc *http.ResponseController, w http.ResponseWriter, c *client) error {
	// The server's read deadline would end the request as well. A response
	// writer without deadlines (a test's) is fine.
	_ = rc.SetReadDeadline(time.Time{})

	send := func(b []byte) bool {
		_ = rc.SetWriteDeadline(time.Now().Add(writeTimeout))
		if _, err := w.Write(b); err != nil {
			return false
		}

		return rc.Flush() == nil
	}

	ping := time.NewTicker(r.deps.Ping)
	defer ping.Stop()

	// A first byte at once, so that the client knows the connection stands.
	if !send([]byte(": recado\n\n")) {
		return nil
	}

	// After a write the connection rests for a moment, so that what a busy
	// company does meanwhile goes out in one write, and a lone event at once.
	rest := time.NewTimer(0)
	defer rest.Stop()

	var buffer []byte
	wake := c.wake
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-c.done:
			return nil
		case <-ping.C:
			if !send([]byte(": ping\n\n")) {
				return nil
			}
		case <-rest.C:
			wake = c.wake
		case <-wake:
			var events int
			buffer, events = c.take(buffer[:0], r.epoch)
			if len(buffer) > 0 && !send(buffer) {
				return nil
			}
			wake = nil
			rest.Reset(pause(events))
		}
	}
}

// pause is the shortest time to the next write to a connection, after one of so
// many events. What comes closer together than a tenth of a second looks
// simultaneous. A write costs what a dozen events do, so where more happens than
// anyone can follow there is one for more of them, twice a second at least.
func pause(events int) time.Duration {
	const shortest, each, longest = 100 * time.Millisecond, 30 * time.Millisecond, 500 * time.Millisecond

	return min(max(shortest, time.Duration(events)*each), longest)
}

// isMember refuses who has no active membership, in the same words whether the
// company exists or not.
func (r *Room) isMember(app core.App, user, company string) error {
	var count int
	err := app.DB().Select("count(*)").From(collections.Members).
		Where(dbx.HashExp{"user": user, "company": company, "active": true}).Row(&count)
	if err != nil {
		return err
	}
	if count == 0 {
		return apierr.New(http.StatusForbidden, "not_a_member", "You are not an active member of this company.", nil)
	}

	return nil
}

// join counts the connection at once, so that from now on nothing committed is
// lost for it, and lets it in behind everything announced before.
func (r *Room) join(user *core.Record, company, session string) (*client, error) {
	r.mu.Lock()
	defer r.mu.Unlock()

	if r.closed {
		return nil, apierr.New(http.StatusServiceUnavailable, "shutting_down", "Recado is stopping. Try again in a moment.", nil)
	}
	if r.perUser[user.Id] >= maxPerUser {
		return nil, apierr.New(http.StatusTooManyRequests, "too_many_connections", "Too many open connections of this account. Close some windows.", nil)
	}
	r.perUser[user.Id]++
	r.audience[company]++

	c := newClient(user.Id, company, session, user.TokenKey())
	r.ledger.then(func() {
		if err := r.enter(c); err != nil {
			r.app.Logger().Error("Live feed: failed to let a member in", "error", err)
			c.close()
		}
	})

	return c, nil
}

func (r *Room) leave(c *client) {
	r.ledger.then(func() {
		if co := r.companies[c.company]; co != nil {
			if co.leave(c) {
				r.roster.leave(c.company, c.see.member)
			}
			if len(co.clients) == 0 {
				delete(r.companies, c.company)
			}
		}

		r.mu.Lock()
		defer r.mu.Unlock()
		decrement(r.audience, c.company)
		decrement(r.perUser, c.user)
	})
}

// enter runs in the dispatcher. What was true when the request came is checked
// again: the account may have been signed out or the membership ended since.
func (r *Room) enter(c *client) error {
	co := r.companies[c.company]
	if co == nil {
		members, err := r.loadMembers(c.company)
		if err != nil {
			return err
		}
		co = newCompany(c.company, members)
	}

	m, ok := co.memberOf(c.user)
	if !ok {
		return errors.New("no longer a member")
	}

	var tokenKey string
	err := r.app.DB().Select("tokenKey").From(collections.Users).Where(dbx.HashExp{"id": c.user}).Row(&tokenKey)
	if err != nil {
		return err
	}
	if tokenKey != c.tokenKey {
		return errors.New("signed out")
	}
	if c.session != "" {
		if _, err := r.app.FindRecordById(collections.AuthSessions, c.session); err != nil {
			return fmt.Errorf("signed out: %w", err)
		}
	}

	c.see.member = m.ID
	r.companies[c.company] = co
	r.roster.enter(c.company, m.ID)
	co.enter(c)

	return nil
}

// end ends the connections that match: of an account whose tokens are no longer
// good, of a sign-in that is over.
func (r *Room) end(match func(*client) bool) {
	for _, co := range r.companies {
		for c := range co.clients {
			if match(c) {
				c.close()
			}
		}
	}
}

// End ends the connections that match, of the feed and of PocketBase's realtime.
func (r *Room) End(match func(user, company, session string) bool) {
	r.ledger.then(func() {
		r.end(func(c *client) bool { return match(c.user, c.company, c.session) })
	})
	r.guard.endAll(func(c *connection) bool {
		return slices.ContainsFunc(c.companies, func(company string) bool { return match(c.user, company, c.session) })
	})
}

func (r *Room) loadMembers(company string) ([]member, error) {
	var rows []struct {
		ID          string `db:"id"`
		User        string `db:"user"`
		Manager     string `db:"manager"`
		Active      bool   `db:"active"`
		Permissions string `db:"permissions"`
		Queues      string `db:"queues"`
	}
	err := r.app.DB().Select("id", "user", "manager", "active", "permissions", "queues").
		From(collections.Members).Where(dbx.HashExp{"company": company}).All(&rows)
	if err != nil {
		return nil, err
	}

	members := make([]member, len(rows))
	for i, row := range rows {
		members[i] = member{row.ID, row.User, row.Manager, row.Active, listFrom(row.Permissions), listFrom(row.Queues)}
	}

	return members, nil
}

// untilExpiry ends the stream when the token it was opened with does.
func untilExpiry(request *http.Request) (context.Context, context.CancelFunc) {
	token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
	if claims, err := security.ParseUnverifiedJWT(token); err == nil {
		if seconds, ok := claims["exp"].(float64); ok {
			return context.WithDeadline(request.Context(), time.Unix(int64(seconds), 0))
		}
	}

	return context.WithCancel(request.Context())
}

func decrement(counts map[string]int, key string) {
	counts[key]--
	if counts[key] <= 0 {
		delete(counts, key)
	}
}
