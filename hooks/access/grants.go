package access

import (
	"net/http"
	"slices"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindGrants keeps people from raising themselves or others above their own
// permissions, and from lowering those above them. The API rules have already
// asked for members.manage. Superusers may do everything.
func bindGrants(app core.App) {
	app.OnRecordUpdateRequest(collections.Members).BindFunc(memberRequest)
	app.OnRecordCreateRequest(collections.Roles).BindFunc(roleRequest)
	app.OnRecordUpdateRequest(collections.Roles).BindFunc(roleRequest)
	app.OnRecordDeleteRequest(collections.Roles).BindFunc(roleRequest)
	app.OnRecordUpdateRequest(collections.Invites).BindFunc(inviteRequest)
	app.OnRecordUpdateRequest(collections.Users).BindFunc(userRequest)
}

// memberRequest lets a manager of members change role, manager, queues, hours
// and activity of those who may do no more than they.
func memberRequest(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return e.Next()
	}
	me, err := Require(e.RequestEvent, e.Record.Original().GetString("company"), "members.manage")
	if err != nil {
		return err
	}

	if e.Record.Original().GetString("kind") == "key" {
		return errMemberIsKey()
	}
	onlyChange(e.Record, "role", "manager", "queues", "work_hours", "away", "active", "exceptions")
	if err := withinOwn(e.App, me, e.Record.Original().GetString("role")); err != nil {
		return err
	}
	if err := withinOwn(e.App, me, e.Record.GetString("role")); err != nil {
		return err
	}
	if changed(e.Record, "exceptions") {
		for _, record := range []*core.Record{e.Record.Original(), e.Record} {
			var made exceptions
			if err := record.UnmarshalJSONField("exceptions", &made); err != nil {
				return errExceptions()
			}
			if err := allHeld(me, slices.Concat(made.Only, made.Add, made.Remove)); err != nil {
				return err
			}
		}
	}

	return e.Next()
}

// roleRequest lets a manager of members make and change roles that allow no more
// than they may do themselves.
func roleRequest(e *core.RecordRequestEvent) error {
	if e.HasSuperuserAuth() {
		return e.Next()
	}
	me, err := Require(e.RequestEvent, e.Record.GetString("company"), "members.manage")
	if err != nil {
		return err
	}

	if e.Record.IsNew() {
		e.Record.Set("key", "")
	}
	if e.Record.GetString("key") == "owner" && changed(e.Record, "permissions") {
		return apierr.New(http.StatusForbidden, "owner_role_fixed", "Owners may do everything. Make another role for those who should not.", nil)
	}
	for _, record := range []*core.Record{e.Record.Original(), e.Record} {
		if err := allHeld(me, record.GetStringSlice("permissions")); err != nil {
			return err
		}
	}

	return e.Next()
}

// inviteRequest lets an invite be revoked, and nothing else: a changed role or
// date would be a new invite.
func inviteRequest(e *core.RecordRequestEvent) error {
	if !e.HasSuperuserAuth() {
		onlyChange(e.Record, "revoked")
	}

	return e.Next()
}

// userRequest keeps an account from declaring itself something else.
func userRequest(e *core.RecordRequestEvent) error {
	if !e.HasSuperuserAuth() && changed(e.Record, "kind") {
		e.Record.Set("kind", e.Record.Original().GetString("kind"))
	}

	return e.Next()
}

// withinOwn refuses a role that allows more than the member may do.
func withinOwn(app core.App, me *core.Record, role string) error {
	record, err := app.FindRecordById(collections.Roles, role)
	if err != nil || record.GetString("company") != me.GetString("company") {
		return apierr.Invalid("role", "The role must be one of this company.")
	}

	return allHeld(me, record.GetStringSlice("permissions"))
}

func allHeld(me *core.Record, permissions []string) error {
	for _, permission := range collections.Closure(permissions) {
		if !Holds(me, permission) {
			return apierr.New(http.StatusForbidden, "beyond_own", "You can't give or take what you may not do yourself.", map[string]any{"permission": permission})
		}
	}

	return nil
}

// onlyChange puts every other field back.
func onlyChange(record *core.Record, fields ...string) {
	for _, field := range record.Collection().Fields {
		if name := field.GetName(); !slices.Contains(fields, name) {
			record.SetRaw(name, record.Original().GetRaw(name))
		}
	}
	record.IgnoreUnchangedFields(true)
}
