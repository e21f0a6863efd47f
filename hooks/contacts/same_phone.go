package contacts

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// samePhone asks back before a member takes down a phone that a contact has
// already, however it was written: a family may share one, so `?confirmed=1` makes another contact. The
// answer names the known contact to those who may see it.
func samePhone(e *core.RecordRequestEvent) error {
	phone, company := e.Record.GetString("phone"), e.Record.GetString("company")
	if phone == "" || e.Request.URL.Query().Get("confirmed") != "" {
		return e.Next()
	}
	tenant, err := e.App.FindRecordById(collections.Companies, company)
	if err != nil {
		return apierr.Invalid("company", "The company does not exist.")
	}
	number, err := E164(phone, tenant.GetString("timezone"))
	if err != nil {
		return apierr.Invalid("phone", "This is "+err.Error()+".")
	}

	known := &core.Record{}
	err = e.App.RecordQuery(collections.Contacts).
		AndWhere(dbx.HashExp{"company": company, "deleted": ""}).
		AndWhere(dbx.NewExp("phone != ''")). // the condition of the partial index
		AndWhere(dbx.In("phone", anys(Variants(number))...)).Limit(1).One(known)
	if err != nil {
		return e.Next()
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	extra := map[string]any{}
	if ok, err := e.App.CanAccessRecord(known, info, known.Collection().ViewRule); err == nil && ok {
		extra["contact"] = known.Id
	}

	return apierr.New(http.StatusConflict, "phone_taken", "There is a contact with this phone already.", extra)
}
