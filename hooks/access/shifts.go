package access

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/hours"
	"recado/hooks/texts"
)

// shifts are the work hours of the people who may be in a company only within them:
// companies.settings.work_hours_only is on, the member has hours, and is no owner.
// They are asked for with every request, so they are kept in memory; for most people
// there are none.
type shifts struct {
	app core.App
	now func() time.Time

	mu sync.RWMutex
	of map[string]rota // by user
}

// rota is where a person is bound to hours.
type rota struct {
	free   bool             // they work in a company too that binds them to none
	locale string           // of a company
	bound  map[string]shift // by company
}

// shift is when a person may be in a company.
type shift struct {
	hours hours.Hours
	zone  *time.Location
}

func newShifts(app core.App, now func() time.Time) *shifts {
	s := &shifts{app: app, now: now, of: map[string]rota{}}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := s.load(dbx.NewExp(onlySQL)); err != nil {
			return err
		}

		return e.Next()
	})
	member := func(e *core.RecordEvent) error {
		if err := s.load(dbx.HashExp{"members.user": e.Record.GetString("user")}); err != nil {
			return err
		}

		return e.Next()
	}
	app.OnRecordAfterCreateSuccess(collections.Members).BindFunc(member)
	app.OnRecordAfterUpdateSuccess(collections.Members).BindFunc(member)
	app.OnRecordAfterUpdateSuccess(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		if workHoursOnly(e.Record) || workHoursOnly(e.Record.Original()) {
			if err := s.load(dbx.HashExp{"companies.id": e.Record.Id}); err != nil {
				return err
			}
		}

		return e.Next()
	})
	app.OnBatchRequest().BindFunc(func(e *core.BatchRequestEvent) error {
		for _, one := range e.Batch {
			if err := AtWork(e.RequestEvent, companyAt(one.URL)); err != nil {
				return err
			}
		}

		return e.Next()
	})
	app.OnFileDownloadRequest().BindFunc(func(e *core.FileDownloadRequestEvent) error {
		claims, err := security.ParseUnverifiedJWT(e.Request.URL.Query().Get("token"))
		if user, _ := claims[core.TokenClaimId].(string); err == nil && user != "" {
			if err := s.refuse(user, companyOf(e.RequestEvent)); err != nil {
				return err
			}
		}

		return e.Next()
	})

	return s
}

// onlySQL is workHoursOnly of a row.
const onlySQL = `CASE WHEN json_valid(companies.settings) THEN coalesce(json_type(companies.settings, '$.work_hours_only') = 'true', 0) ELSE 0 END`

func workHoursOnly(company *core.Record) bool {
	var s struct {
		Only bool `json:"work_hours_only"`
	}
	_ = json.Unmarshal([]byte(company.GetString("settings")), &s)

	return s.Only
}

// load reads the hours of the people who have a membership that fits. It is done while
// readers wait, so that an older state can't overwrite a newer one.
func (s *shifts) load(who dbx.Expression) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	query := func() *dbx.SelectQuery {
		return s.app.DB().Select("members.user").From(collections.Members).
			InnerJoin(collections.Companies, dbx.NewExp("companies.id = members.company"))
	}
	var people []string
	if err := query().Where(who).AndWhere(dbx.NewExp("members.kind != 'key'")).Distinct(true).Column(&people); err != nil {
		return err
	}
	if len(people) == 0 {
		return nil
	}

	var rows []struct {
		User    string        `db:"user"`
		Company string        `db:"company"`
		Hours   types.JSONRaw `db:"work_hours"`
		Zone    string        `db:"timezone"`
		Locale  string        `db:"locale"`
		Only    bool          `db:"only"`
	}
	ids := make([]any, len(people))
	for i, id := range people {
		ids[i] = id
	}
	err := query().
		Select("members.user", "members.company", "members.work_hours", "companies.timezone", "companies.locale",
			onlySQL+" AND roles.key != 'owner' AS only").
		InnerJoin(collections.Roles, dbx.NewExp("roles.id = members.role")).
		Where(dbx.In("members.user", ids...)).
		AndWhere(dbx.HashExp{"members.active": true, "companies.suspended": false}).All(&rows)
	if err != nil {
		return err
	}

	for _, id := range people {
		delete(s.of, id)
	}
	found := map[string]rota{}
	for _, row := range rows {
		one := found[row.User]
		when := hours.Parse(row.Hours.String())
		if !row.Only || len(when.Weekly) == 0 && len(when.Closed) == 0 {
			one.free = true
			found[row.User] = one

			continue
		}
		zone, err := time.LoadLocation(row.Zone)
		if err != nil {
			zone = time.UTC
		}
		if one.bound == nil {
			one.bound = map[string]shift{}
		}
		one.bound[row.Company] = shift{when, zone}
		one.locale = row.Locale
		found[row.User] = one
	}
	for id, one := range found {
		if one.bound != nil {
			s.of[id] = one
		}
	}

	return nil
}

// admit lets a request of a person pass, unless they are outside their hours.
func (s *shifts) admit(e *core.RequestEvent) error {
	s.mu.RLock()
	_, bound := s.of[e.Auth.Id]
	s.mu.RUnlock()
	if !bound {
		return nil
	}
	e.Set(shiftsOf, s)

	return s.refuse(e.Auth.Id, companyOf(e))
}

// refuse is out_of_hours for who is outside their hours: 403 in the company, as they
// have others; 401 in every one they have, whatever the company.
func (s *shifts) refuse(user, company string) error {
	s.mu.RLock()
	one, bound := s.of[user]
	s.mu.RUnlock()
	if !bound {
		return nil
	}

	now := s.now()
	if next, out := one.out(now); out {
		return s.told(http.StatusUnauthorized, user, one, next, now)
	}
	if at, bound := one.bound[company]; bound {
		if open, next := at.hours.At(now.In(at.zone)); !open {
			return s.told(http.StatusForbidden, user, one, next, now)
		}
	}

	return nil
}

// out tells whether all the person's companies are closed to them at now, and when the
// first opens; the zero time where none does within a month.
func (r rota) out(now time.Time) (first time.Time, out bool) {
	if r.free {
		return first, false
	}
	for _, at := range r.bound {
		open, next := at.hours.At(now.In(at.zone))
		if open {
			return time.Time{}, false
		}
		if !next.IsZero() && (first.IsZero() || next.Before(first)) {
			first = next
		}
	}

	return first, true
}

// told is out_of_hours in the person's words: when they may come again, in the time
// zone of next.
func (s *shifts) told(status int, user string, one rota, next, now time.Time) error {
	locale := one.locale
	if person, err := s.app.FindRecordById(collections.Users, user); err == nil {
		locale = texts.First(person.GetString("locale"), locale)
	}
	words := texts.For(locale, nil)
	if next.IsZero() {
		return apierr.New(status, "out_of_hours", words.Get("hours.closed"), map[string]any{"next": "", "timezone": ""})
	}

	return apierr.New(status, "out_of_hours", words.Get("hours.next", "when", texts.When(locale, next, now.In(next.Location()))),
		map[string]any{"next": next.UTC().Format(time.RFC3339), "timezone": next.Location().String()})
}

// shiftsOf is where a request of a person keeps whose hours it is held against.
const shiftsOf = "recadoShifts"

// AtWork refuses whoever is outside their work hours in the company: out_of_hours (403).
// Keys, superusers and those who act for somebody have none.
func AtWork(e *core.RequestEvent, company string) error {
	s, ok := e.Get(shiftsOf).(*shifts)
	if !ok || e.Auth == nil {
		return nil
	}

	return s.refuse(e.Auth.Id, company)
}

// absent are the people who are outside their hours, by company; "" stands for all they
// have.
func (s *shifts) absent() map[string]map[string]bool {
	s.mu.RLock()
	defer s.mu.RUnlock()

	now := s.now()
	all := map[string]map[string]bool{}
	for user, one := range s.of {
		closed := map[string]bool{}
		for company, at := range one.bound {
			if open, _ := at.hours.At(now.In(at.zone)); !open {
				closed[company] = true
			}
		}
		if _, out := one.out(now); out {
			closed[""] = true
		}
		if len(closed) > 0 {
			all[user] = closed
		}
	}

	return all
}

// Feed closes live connections.
type Feed interface {
	End(match func(user, company, session string) bool)
}

// Feed says what closes live connections. It is called before the app serves.
func (r *Room) Feed(feed Feed) { r.feed = feed }

// endShifts ends the sign-ins of those whose hours are over everywhere, and the live
// connections to companies where they are.
func (r *Room) endShifts() error {
	absent := r.shifts.absent()
	if len(absent) == 0 {
		return nil
	}
	for user, closed := range absent {
		if !closed[""] {
			continue
		}
		rows, err := r.app.FindAllRecords(collections.AuthSessions, dbx.HashExp{"user": user, "kind": "sign_in"})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := r.app.Delete(row); err != nil {
				return err
			}
		}
	}
	if r.feed != nil {
		r.feed.End(func(user, company, session string) bool {
			return absent[user][company] && !r.sessions.acting(session)
		})
	}

	return nil
}
