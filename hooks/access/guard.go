package access

import (
	"database/sql"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// Member returns the active membership of a user in a company. Who has none
// gets not_a_member (403), in the same words whether the company exists or not.
func Member(app core.App, user, company string) (*core.Record, error) {
	member := &core.Record{}
	err := app.RecordQuery(collections.Members).
		AndWhere(dbx.HashExp{"user": user, "company": company, "active": true}).Limit(1).One(member)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, apierr.New(http.StatusForbidden, "not_a_member", "You are not an active member of this company.", nil)
	}

	return member, err
}

// Require returns the caller's active membership in the company if it holds the
// permission, else an error for the client: sign_in (401), not_a_member or
// forbidden or out_of_hours (403). permission may be empty. Superusers are not members: they
// work in the dashboard.
func Require(e *core.RequestEvent, company, permission string) (*core.Record, error) {
	if e.Auth == nil || e.Auth.Collection().Name != collections.Users {
		return nil, apierr.New(http.StatusUnauthorized, "sign_in", "Sign in first.", nil)
	}

	member, err := Member(e.App, e.Auth.Id, company)
	if err != nil {
		return nil, err
	}
	if err := AtWork(e, company); err != nil {
		return nil, err
	}
	if permission != "" && !Holds(member, permission) {
		return nil, apierr.Forbidden(permission)
	}

	return member, nil
}

// Holds tells whether the member's effective permissions include the one named.
func Holds(member *core.Record, permission string) bool {
	return slices.Contains(member.GetStringSlice("permissions"), permission)
}

// companyOf is the company a request speaks of.
func companyOf(e *core.RequestEvent) string {
	return e.Request.URL.Query().Get("company")
}

// companyAt is the company that an address speaks of.
func companyAt(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}

	return parsed.Query().Get("company")
}
