// Package domains lets companies have domains of their own, such as
// book.clinic.example, on which their booking page and their widget are served and
// nothing else of this Recado.
//
// In: rows of company_domains, what stands about them in the DNS, requests with the
// names of their hosts. Out: which of them are proven (check.go), what such a request
// reaches (serve.go), and which certificates this Recado gets. A company proves that a
// domain is its own by a TXT record; until then the row claims nothing.
package domains

import (
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/hook"
	"github.com/pocketbase/pocketbase/tools/security"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// most is how many domains a company may have.
const most = 5

// Deps are what the room needs from outside.
type Deps struct {
	Now func() time.Time

	// Own are the hosts of this Recado itself, in lower case: nobody else's.
	Own func() []string

	// Resolver asks the DNS; nil asks as the system does.
	Resolver *net.Resolver

	// Require lets members with a permission through.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)
}

// Room is the open room.
type Room struct {
	app    core.App
	deps   Deps
	hosts  hosts
	limits *limits.Limits
}

// Open binds the hooks, the guard of every request and the routes.
func Open(app core.App, deps Deps) *Room {
	if deps.Resolver == nil {
		deps.Resolver = net.DefaultResolver
	}
	r := &Room{app: app, deps: deps, limits: limits.New(deps.Now)}
	r.bindRecords()
	app.OnServe().Bind(&hook.Handler[*core.ServeEvent]{
		Id: "recadoDomains",
		Func: func(e *core.ServeEvent) error {
			if err := r.reload(e.App); err != nil {
				return err
			}
			r.bindCertificates(e)
			e.Router.Bind(&hook.Handler[*core.RequestEvent]{Id: "recadoDomains", Priority: -2000, Func: r.guard})
			e.Router.GET("/api/recado/domains/ask", r.ask)
			e.Router.POST("/api/recado/domains/{id}/check", r.checkNow)

			return e.Next()
		},
	})

	return r
}

// bindRecords keeps the rows right, whoever makes them, and what is served in step
// with them.
func (r *Room) bindRecords() {
	r.app.OnRecordCreateRequest(collections.CompanyDomains).BindFunc(func(e *core.RecordRequestEvent) error {
		for _, field := range []string{"txt", "state", "problem", "checked", "verified", "missing_since", "due"} {
			e.Record.Set(field, nil) // these are the server's
		}

		return e.Next()
	})
	r.app.OnRecordCreate(collections.CompanyDomains).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			if err := r.claim(e.App, e.Record); err != nil {
				return err
			}

			return e.Next()
		})
	})
	r.app.OnRecordDelete(collections.CompanyDomains).BindFunc(func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			if e.Record.GetString("verified") != "" {
				if err := retire(e.App, e.Record.GetString("name"), r.deps.Now()); err != nil {
					return err
				}
			}

			return e.Next()
		})
	})

	changed := func(e *core.RecordEvent) error {
		if err := r.reload(r.app); err != nil {
			r.app.Logger().Error("failed to read the domains of companies", slog.String("error", err.Error()))
		}

		return e.Next()
	}
	r.app.OnRecordAfterCreateSuccess(collections.CompanyDomains).BindFunc(changed)
	r.app.OnRecordAfterUpdateSuccess(collections.CompanyDomains, collections.Companies).BindFunc(changed)
	r.app.OnRecordAfterDeleteSuccess(collections.CompanyDomains, collections.Companies).BindFunc(changed)
}

// claim makes a row of the name it is asked for. Others may claim the same.
func (r *Room) claim(txApp core.App, row *core.Record) error {
	name, err := normal(row.GetString("name"))
	if err != nil {
		return err
	}
	if r.own(name) {
		return apierr.New(http.StatusForbidden, "domain_own", "This is the address of this Recado itself. Choose a domain of the company, such as book.example.com.", map[string]any{"field": "name"})
	}
	var has int
	if err := txApp.DB().Select("count(*)").From(collections.CompanyDomains).Where(dbx.HashExp{"company": row.GetString("company")}).Row(&has); err != nil {
		return err
	}
	if has >= most {
		return apierr.New(http.StatusForbidden, "limit_reached", "A company has at most five domains. Remove one first.", map[string]any{"limit": "domains", "max": most, "count": has})
	}
	row.Load(map[string]any{"name": name, "txt": "recado=" + security.RandomString(32), "state": "pending", "due": r.deps.Now().Add(often)})

	return nil
}
