package access

import (
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// bindPermissions keeps what members repeat of others: the effective permissions
// of their role and company, the name and e-mail of their user. It works inside
// the transaction of the change, so that nobody ever acts on the old state.
func bindPermissions(app core.App) {
	complete := func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			if err := completeMember(e.App, e.Record); err != nil {
				return err
			}

			return e.Next()
		})
	}
	app.OnRecordCreate(collections.Members).BindFunc(complete)
	app.OnRecordUpdate(collections.Members).BindFunc(complete)

	follow := func(collection, field string) {
		app.OnRecordUpdate(collection).BindFunc(func(e *core.RecordEvent) error {
			return collections.InTransaction(e, func() error {
				if err := e.Next(); err != nil {
					return err
				}

				return refreshMembers(e.App, dbx.HashExp{field: e.Record.Id})
			})
		})
	}
	follow(collections.Users, "user")
	follow(collections.Roles, "role")
	follow(collections.Companies, "company")
}

// completeMember sets what follows from role, company and user. A reference that
// leads nowhere is left to validation.
func completeMember(app core.App, member *core.Record) error {
	role, _ := app.FindRecordById(collections.Roles, member.GetString("role"))
	company, _ := app.FindRecordById(collections.Companies, member.GetString("company"))
	if role != nil && company != nil {
		member.Set("permissions", effective(role.GetStringSlice("permissions"), company.GetBool("active")))
	}

	if user, _ := app.FindRecordById(collections.Users, member.GetString("user")); user != nil {
		member.Set("name", user.GetString("name"))
		member.Set("email", user.Email())
	}

	return nil
}

// effective is what a role allows in a company. In an inactive one everything
// can still be looked at.
func effective(permissions []string, active bool) []string {
	held := collections.Closure(permissions)
	if active {
		return held
	}

	return slices.DeleteFunc(held, func(p string) bool { return !strings.Contains(p, ".view_") })
}

// refreshMembers saves the members whose completed fields have changed.
func refreshMembers(txApp core.App, which dbx.Expression) error {
	var members []*core.Record
	if err := txApp.RecordQuery(collections.Members).AndWhere(which).All(&members); err != nil {
		return err
	}

	for _, member := range members {
		if err := completeMember(txApp, member); err != nil {
			return err
		}
		if !changed(member, "permissions", "name", "email") {
			continue
		}
		member.IgnoreUnchangedFields(true)
		if err := txApp.SaveNoValidate(member); err != nil {
			return err
		}
	}

	return nil
}

// changed tells whether any of the fields differs from what was loaded.
func changed(record *core.Record, fields ...string) bool {
	return slices.ContainsFunc(fields, func(field string) bool {
		return record.GetString(field) != record.Original().GetString(field)
	})
}
