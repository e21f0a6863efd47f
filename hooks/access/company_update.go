package access

import (
	"net/http"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindCompanies keeps what only the instance may set, and lets only owners switch
// their company off and on.
func bindCompanies(app core.App) {
	app.OnRecordUpdateRequest(collections.Companies).BindFunc(companyRequest)
	app.OnRecordValidate(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		was, err := before(e.App, e.Record)
		if err != nil {
			return err
		}
		if zone := e.Record.GetString("timezone"); zone != was.GetString("timezone") && !timezone(zone) {
			return errTimezone("timezone")
		}

		return e.Next()
	})
	app.OnRecordUpdate(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		was, err := before(e.App, e.Record)
		if err != nil {
			return err
		}
		if is := e.Record.GetBool("suspended"); is != was.GetBool("suspended") {
			e.Record.Set("active", !is) // for all who ask only whether it is active
		}

		return e.Next()
	})
}

// companyRequest is a change by somebody who holds company.manage. In an inactive
// company the one thing to change is that.
func companyRequest(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return e.Next()
	}
	company, was := e.Record, e.Record.Original()
	for _, field := range []string{"limits", "suspended", "removal", "joinable"} {
		company.SetRaw(field, was.GetRaw(field))
	}
	if err := takeBilling(e); err != nil {
		return err
	}
	if !was.GetBool("active") {
		onlyChange(company, "active")
	}
	if company.GetBool("active") == was.GetBool("active") {
		return e.Next()
	}
	if err := requireOwner(e.RequestEvent, company.Id); err != nil {
		return err
	}
	if was.GetString("removal") != "" {
		return apierr.New(http.StatusConflict, "company_leaving", "This company is going to be deleted. Take that back first.", nil)
	}

	return e.Next()
}

// requireOwner lets only owners through.
func requireOwner(e *core.RequestEvent, company string) error {
	me, err := Require(e, company, "")
	if err != nil {
		return err
	}
	role, err := e.App.FindRecordById(collections.Roles, me.GetString("role"))
	if err != nil {
		return err
	}
	if role.GetString("key") != "owner" {
		return apierr.New(http.StatusForbidden, "owner_only", "Only an owner of the company may do this.", nil)
	}

	return nil
}
