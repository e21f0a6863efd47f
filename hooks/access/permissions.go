package access

import (
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// bindPermissions keeps what members repeat of others: the effective permissions
// of their role and company, the name and e-mail of their user. It works inside
// the transaction of the change, so that nobody ever acts on the old state.
func bindPermissions(app core.App) {
	complete := func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			if err := noCircle(e.App, e.Record); err != nil {
				return err
			}
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

// noCircle refuses a manager who is, by way of others, managed by the member.
func noCircle(app core.App, member *core.Record) error {
	if !changed(member, "manager") {
		return nil
	}
	for above, steps := member.GetString("manager"), 0; above != ""; steps++ {
		if above == member.Id || steps > 100 {
			return apierr.Invalid("manager", "Nobody is their own manager, nor that of who manages them.")
		}
		row, err := app.FindRecordById(collections.Members, above)
		if err != nil {
			return nil // a reference that leads nowhere is left to validation
		}
		above = row.GetString("manager")
	}

	return nil
}

// completeMember sets what follows from role, company and user. A reference that
// leads nowhere is left to validation.
func completeMember(app core.App, member *core.Record) error {
	role, _ := app.FindRecordById(collections.Roles, member.GetString("role"))
	company, _ := app.FindRecordById(collections.Companies, member.GetString("company"))
	if role != nil && company != nil {
		var made exceptions
		if role.GetString("key") != "owner" { // who may do everything, without exception
			_ = member.UnmarshalJSONField("exceptions", &made) // what can't be read makes none
		}
		member.Set("permissions", effective(made.of(role.GetStringSlice("permissions")), role.GetString("key"), company))
	}

	if user, _ := app.FindRecordById(collections.Users, member.GetString("user")); user != nil {
		member.Set("name", user.GetString("name"))
		member.Set("email", user.Email())
		member.Set("kind", or(user.GetString("kind"), "person"))
		if user.GetString("kind") == "key" {
			member.Set("email", "")
		}
	}

	return nil
}

// exceptions are what one member may do in spite of their role, or not. Only, where
// it is set, stands in the role's place.
type exceptions struct {
	Only   []string `json:"only,omitempty"`
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// of are a role's permissions with the exceptions. Who may not have the narrower
// reach of a permission has none of the wider ones.
func (x exceptions) of(role []string) []string {
	if x.Only != nil {
		role = x.Only
	}
	held := collections.Closure(slices.Concat(role, x.Add))

	return slices.DeleteFunc(held, func(p string) bool {
		return slices.ContainsFunc(x.Remove, func(removed string) bool {
			return slices.Contains(collections.Closure([]string{p}), removed)
		})
	})
}

// effective is what a role allows in a company. In an inactive one everything can
// still be looked at, and its owners can make it active again; in a suspended one
// nobody may anything.
func effective(permissions []string, role string, company *core.Record) []string {
	held := collections.Closure(permissions)
	switch {
	case company.GetBool("suspended"):
		return []string{}
	case company.GetBool("active"):
		return held
	default:
		return slices.DeleteFunc(held, func(p string) bool {
			return !strings.Contains(p, ".view_") && (p != "company.manage" || role != "owner")
		})
	}
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
		if !changed(member, "permissions", "name", "email", "kind") {
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
