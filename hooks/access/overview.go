package access

import (
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/disk"
)

// overviewDays is over how many days messages are counted.
const overviewDays = 30

// tenant is a company as whoever runs the instance sees it.
type tenant struct {
	ID        string          `json:"id" db:"id"`
	Name      string          `json:"name" db:"name"`
	Slug      string          `json:"slug" db:"slug"`
	Active    bool            `json:"active" db:"active"`
	Suspended bool            `json:"suspended" db:"suspended"`
	Removal   types.DateTime  `json:"removal" db:"removal"`
	Created   types.DateTime  `json:"created" db:"created"`
	Limits    types.JSONRaw   `json:"limits" db:"limits"`
	Contacts  int             `json:"contacts" db:"contacts"`
	In        int             `json:"messages_in" db:"-"`
	Out       int             `json:"messages_out" db:"-"`
	Bytes     int64           `json:"bytes" db:"bytes"`
	Members   []tenantMember  `json:"members" db:"-"`
	Channels  []tenantChannel `json:"channels" db:"-"`
}

type tenantMember struct {
	Company  string         `json:"-" db:"company"`
	ID       string         `json:"id" db:"id"`
	User     string         `json:"user" db:"user"`
	Name     string         `json:"name" db:"name"`
	Email    string         `json:"email" db:"email"`
	Role     string         `json:"role" db:"role"`
	RoleKey  string         `json:"role_key" db:"role_key"`
	Active   bool           `json:"active" db:"active"`
	LastSeen types.DateTime `json:"last_seen" db:"last_seen"`
}

// tenantChannel is a channel of a company and how it is.
type tenantChannel struct {
	Company string         `json:"-" db:"company"`
	ID      string         `json:"id" db:"id"`
	Name    string         `json:"name" db:"name"`
	Kind    string         `json:"kind" db:"kind"`
	Active  bool           `json:"active" db:"active"`
	State   string         `json:"state" db:"state"`
	Since   types.DateTime `json:"state_since" db:"state_since"`
	Reason  string         `json:"state_reason" db:"state_reason"`
}

// overview is GET /api/recado/admin/overview, for superusers: all companies with
// their people, the health of their channels, and how much they use.
func (r *Room) overview(e *core.RequestEvent) error {
	if !e.HasSuperuserAuth() {
		if e.Auth == nil {
			return apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
		}

		return errSuperusers()
	}
	tenants, err := r.tenants(e.App)
	if err != nil {
		return err
	}
	people := map[string]bool{}
	total := map[string]int64{"companies": int64(len(tenants))}
	for _, t := range tenants {
		for _, m := range t.Members {
			if m.Active {
				people[m.User] = true
			}
		}
		total["contacts"] += int64(t.Contacts)
		total["messages_in"] += int64(t.In)
		total["messages_out"] += int64(t.Out)
		total["bytes"] += t.Bytes
	}
	total["people"] = int64(len(people))
	answer := map[string]any{"companies": tenants, "total": total, "days": overviewDays}
	if free, size, err := disk.Space(r.app.DataDir()); err == nil {
		answer["disk"] = map[string]any{"free": free, "size": size}
	}
	e.Response.Header().Set("Cache-Control", "no-store")

	return e.JSON(http.StatusOK, answer)
}

// tenants reads all companies, each kind of what belongs to them at once.
func (r *Room) tenants(app core.App) ([]*tenant, error) {
	tenants := []*tenant{}
	err := app.ConcurrentDB().NewQuery(`
		SELECT c.id, c.name, c.slug, c.active, c.suspended, c.removal, c.created, coalesce(c.limits, 'null') AS limits,
			(SELECT count(*) FROM contacts WHERE company = c.id AND deleted = '' AND merged_into = '') AS contacts,
			(SELECT coalesce(sum(size), 0) FROM files WHERE company = c.id) AS bytes
		FROM companies c ORDER BY c.name, c.id`).All(&tenants)
	if err != nil {
		return nil, err
	}
	known := map[string]*tenant{}
	for _, t := range tenants {
		t.Members, t.Channels = []tenantMember{}, []tenantChannel{}
		known[t.ID] = t
	}

	var members []tenantMember
	err = app.ConcurrentDB().NewQuery(`
		SELECT m.company, m.id, m.user, m.name, m.email, m.active, coalesce(r.name, '') AS role, coalesce(r.key, '') AS role_key,
			coalesce((SELECT max(last_seen) FROM auth_sessions WHERE user = m.user AND kind = 'sign_in'), '') AS last_seen
		FROM members m LEFT JOIN roles r ON r.id = m.role WHERE m.kind != 'key' ORDER BY m.name, m.id`).All(&members)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if t := known[m.Company]; t != nil {
			t.Members = append(t.Members, m)
		}
	}

	var channels []tenantChannel
	err = app.ConcurrentDB().Select("company", "id", "name", "kind", "active", "state", "state_since", "state_reason").
		From(collections.Channels).OrderBy("name", "id").All(&channels)
	if err != nil {
		return nil, err
	}
	for _, c := range channels {
		if t := known[c.Company]; t != nil {
			t.Channels = append(t.Channels, c)
		}
	}

	since, _ := types.ParseDateTime(r.deps.Now().Add(-overviewDays * 24 * time.Hour))
	var counted []struct {
		Direction string `db:"direction"`
		Count     int    `db:"count"`
	}
	for _, t := range tenants { // each by its own part of the index
		counted = counted[:0]
		err := app.ConcurrentDB().Select("direction", "count(*) AS count").From(collections.Messages).
			Where(dbx.HashExp{"company": t.ID}).
			AndWhere(dbx.NewExp("at >= {:since} AND kind != 'note' AND kind != 'system'", dbx.Params{"since": since.String()})).
			GroupBy("direction").All(&counted)
		if err != nil {
			return nil, err
		}
		for _, line := range counted {
			if line.Direction == "in" {
				t.In = line.Count
			} else {
				t.Out = line.Count
			}
		}
	}

	return tenants, nil
}
