package domains

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

const (
	often   = time.Hour           // between two looks at one that is to become proven
	seldom  = 24 * time.Hour      // and at one that is, or that has waited for a week
	patient = 7 * 24 * time.Hour  // so long it is looked at often
	grace   = 72 * time.Hour      // so long a proven one may be without its record
	patch   = 20                  // are looked at in one go
	wait    = 5 * time.Second     // for an answer of the DNS
	keep    = 90 * 24 * time.Hour // so long a name that was removed shows nothing
)

// checkNow is POST /api/recado/domains/{id}/check: looks into the DNS, and answers with
// the row as it then is.
func (r *Room) checkNow(e *core.RequestEvent) error {
	company := e.Request.URL.Query().Get("company")
	if _, err := r.deps.Require(e, company, "company.manage"); err != nil {
		return err
	}
	row, err := e.App.FindRecordById(collections.CompanyDomains, e.Request.PathValue("id"))
	if err != nil || row.GetString("company") != company {
		return apierr.NotFound("domain")
	}
	if again, ok := r.limits.Take(limits.DomainChecks, company); !ok {
		return limits.TooMany(e, again)
	}
	if row, err = r.check(e.Request.Context(), e.App, row); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, row)
}

// Tick looks at the domains that are due, for the schedule.
func (r *Room) Tick(ctx context.Context) error {
	now, _ := types.ParseDateTime(r.deps.Now())
	var due []*core.Record
	err := r.app.RecordQuery(collections.CompanyDomains).AndWhere(dbx.NewExp("due != '' AND due <= {:now}", dbx.Params{"now": now.String()})).
		AndWhere(collections.OfActiveCompany()).OrderBy("due", "id").Limit(patch).All(&due)
	if err != nil {
		return err
	}
	for _, row := range due {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := r.check(ctx, r.app, row); err != nil {
			return err
		}
	}

	return nil
}

// check looks at one domain and keeps what it found: the state, and in problem what is
// missing for it to be proven. A DNS that doesn't answer proves nothing, and takes
// nothing away.
func (r *Room) check(ctx context.Context, app core.App, row *core.Record) (*core.Record, error) {
	found, problem := r.look(ctx, row.GetString("name"), row.GetString("txt"))
	now := r.deps.Now()

	err := app.RunInTransaction(func(txApp core.App) (err error) {
		if row, err = txApp.FindRecordById(collections.CompanyDomains, row.Id); err != nil {
			return apierr.NotFound("domain")
		}
		proven := row.GetString("state") == "verified"
		switch {
		case found && !proven:
			var taken int
			err := txApp.DB().Select("count(*)").From(collections.CompanyDomains).
				Where(dbx.HashExp{"name": row.GetString("name"), "state": "verified"}).Row(&taken)
			if err != nil {
				return err
			}
			if taken > 0 || r.own(row.GetString("name")) {
				problem = "taken"

				break
			}
			proven = true
			row.Set("verified", now)
			row.Set("missing_since", nil)
		case found, problem == "unreachable":
			if found {
				row.Set("missing_since", nil)
			}
		case proven && row.GetString("missing_since") == "":
			row.Set("missing_since", now)
		case proven && now.Sub(row.GetDateTime("missing_since").Time()) >= grace:
			proven = false
		}

		next := often
		if proven && problem == "" || !proven && now.Sub(row.GetDateTime("created").Time()) > patient {
			next = seldom
		}
		state := "pending"
		if proven {
			state = "verified"
		}
		row.Load(map[string]any{"state": state, "problem": problem, "checked": now, "due": now.Add(next)})

		return txApp.Save(row)
	})

	return row, err
}

// look asks whether the TXT record of a domain says what it shall. Else problem is
// "missing", "different" where there is one that says something else, or "unreachable".
func (r *Room) look(ctx context.Context, name, txt string) (found bool, problem string) {
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	records, err := r.deps.Resolver.LookupTXT(ctx, prefix+name+".")
	var failed *net.DNSError
	switch {
	case err == nil && slices.Contains(records, txt):
		return true, ""
	case err == nil && len(records) > 0:
		return false, "different"
	case err == nil, errors.As(err, &failed) && failed.IsNotFound:
		return false, "missing"
	default:
		return false, "unreachable"
	}
}
