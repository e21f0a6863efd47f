package access_test

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/recadotest"
)

// ownersOf counts the active owners of a company.
func ownersOf(t *testing.T, app *recadotest.App, company *recadotest.Company) (n int) {
	t.Helper()
	err := app.DB().Select("count(*)").From(collections.Members).InnerJoin(collections.Roles, dbx.NewExp("roles.id = members.role")).
		Where(dbx.HashExp{"members.company": company.Id, "members.active": true, "roles.key": "owner"}).Row(&n)
	if err != nil {
		t.Fatal(err)
	}

	return n
}

// Parity: LS-members.
func TestOfTwoOwnersWhoDemoteEachOtherOneStays(t *testing.T) {
	app := recadotest.New(t, nil)
	for range 5 {
		company := app.Company()
		one, other := company.Member("owner"), company.Member("owner")
		demote := map[string]any{"role": company.Roles["agent"].Id}
		var done atomic.Int32
		var wait sync.WaitGroup
		for by, whom := range map[*recadotest.Member]*recadotest.Member{one: other, other: one} {
			wait.Go(func() {
				got := app.Do(http.MethodPatch, company.RecordURL(whom.Record), by.Token, demote)
				switch {
				case got.Status == http.StatusOK:
					done.Add(1)
				case got.Code() == "last_owner", got.Code() == "forbidden", got.Code() == "beyond_own", got.Status == http.StatusNotFound:
				default:
					t.Errorf("%d %s", got.Status, got.Raw)
				}
			})
		}
		wait.Wait()
		if n := ownersOf(t, app, company); n != 1 || done.Load() != 1 {
			t.Fatalf("%d were demoted, %d owners are left", done.Load(), n)
		}
	}
}

// Whatever whoever runs the instance does in the dashboard, a company keeps an owner.
//
// Parity: LS-members, DC-admin.
func TestTheDashboardLeavesACompanyItsOwner(t *testing.T) {
	app := recadotest.New(t, nil)
	app.Settings().Batch.Enabled, app.Settings().Batch.MaxRequests = true, 10
	if err := app.Save(app.Settings()); err != nil {
		t.Fatal(err)
	}
	company := app.Company()
	one, two := company.Member("owner"), company.Member("owner")
	root := app.Superuser()
	agent := map[string]any{"role": company.Roles["agent"].Id}
	users := "/api/collections/users/records/"

	for what, got := range map[string]recadotest.Response{
		"both at once, in a batch": app.Do(http.MethodPost, "/api/batch", root, map[string]any{"requests": []any{
			map[string]any{"method": "PATCH", "url": company.RecordURL(one.Record), "body": agent},
			map[string]any{"method": "PATCH", "url": company.RecordURL(two.Record), "body": agent},
		}}),
		"the role of owners, deleted": app.Do(http.MethodDelete, company.RecordURL(company.Roles["owner"]), root, nil),
		"their accounts, deleted":     app.Do(http.MethodDelete, users+one.User.Id, root, nil),
		"the membership, deleted":     app.Do(http.MethodDelete, company.RecordURL(two.Record), root, nil),
	} {
		if got.Status < 400 {
			t.Errorf("%s: %d %s", what, got.Status, got.Raw)
		}
	}
	if n := ownersOf(t, app, company); n != 2 {
		t.Errorf("%d owners are left of two", n)
	}

	app.Do(http.MethodPatch, company.RecordURL(one.Record), root, agent).Must(t, http.StatusOK)
	for what, body := range map[string]map[string]any{"another role": agent, "let go": {"active": false}} {
		if got := app.Do(http.MethodPatch, company.RecordURL(two.Record), root, body); got.Status != http.StatusConflict || got.Code() != "last_owner" {
			t.Errorf("%s: %d %s", what, got.Status, got.Raw)
		}
	}
	app.Do(http.MethodPatch, company.RecordURL(company.Roles["owner"]), root, map[string]any{"key": ""})
	if n := ownersOf(t, app, company); n != 1 {
		t.Errorf("%d owners are left", n)
	}
}

// Tokens are in headers and answers: a cookie would be sent by other websites too.
//
// Parity: WT-cors.
func TestNoAnswerSetsACookie(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	d := signIn(t, app, owner.User)
	for what, got := range map[string]recadotest.Response{
		"signing in":      app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": owner.User.Email(), "password": recadotest.Password}).Must(t, http.StatusOK),
		"me":              d.me().Must(t, http.StatusOK),
		"a renewal":       d.renew().Must(t, http.StatusOK),
		"a list":          app.Do(http.MethodGet, company.Records(collections.Contacts), owner.Token, nil).Must(t, http.StatusOK),
		"the page":        app.Do(http.MethodGet, "/", "", nil),
		"the dashboard":   app.Do(http.MethodGet, "/_/", "", nil),
		"a refusal":       app.Do(http.MethodGet, "/api/recado/me", "", nil).Must(t, http.StatusUnauthorized),
		"a wrong sign-in": app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": "nobody@example.com", "password": "x"}),
	} {
		if cookie := got.Header.Get("Set-Cookie"); cookie != "" {
			t.Errorf("%s sets %q", what, cookie)
		}
	}
}
