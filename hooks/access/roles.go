package access

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindRoles keeps roles in their canonical form and in existence while someone
// has them.
func bindRoles(app core.App) {
	app.OnRecordCreate(collections.Roles).BindFunc(normalizeRole)
	app.OnRecordUpdate(collections.Roles).BindFunc(func(e *core.RecordEvent) error {
		was, err := before(e.App, e.Record)
		if err != nil {
			return err
		}
		if was.GetString("key") != e.Record.GetString("key") {
			return apierr.New(http.StatusBadRequest, "key_fixed", "The key of a role does not change. Rename the role, or make a new one.", map[string]any{"field": "key"})
		}

		return normalizeRole(e)
	})
	app.OnRecordDelete(collections.Roles).BindFunc(deleteRole)
}

// normalizeRole drops unknown permissions and adds the narrower ones that wider
// ones include. An owner may do everything: nobody could give it back.
func normalizeRole(e *core.RecordEvent) error {
	permissions := collections.Closure(e.Record.GetStringSlice("permissions"))
	if e.Record.GetString("key") == "owner" {
		permissions = collections.RolePermissions("owner")
	}
	e.Record.Set("permissions", permissions)

	return e.Next()
}

// deleteRole refuses while members have the role; its invites go with it.
func deleteRole(e *core.RecordEvent) error {
	return collections.InTransaction(e, func() error {
		var members int
		err := e.App.DB().Select("count(*)").From(collections.Members).Where(dbx.HashExp{"role": e.Record.Id}).Row(&members)
		if err != nil {
			return err
		}
		if members > 0 || e.Record.GetString("key") == "owner" {
			return apierr.New(http.StatusConflict, "role_in_use", "Members have this role. Give them another one first.", map[string]any{"count": members})
		}

		var invites []*core.Record
		if err := e.App.RecordQuery(collections.Invites).AndWhere(dbx.HashExp{"role": e.Record.Id}).All(&invites); err != nil {
			return err
		}
		for _, invite := range invites {
			if err := e.App.Delete(invite); err != nil {
				return err
			}
		}

		return e.Next()
	})
}
