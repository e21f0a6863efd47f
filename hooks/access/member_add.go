package access

import (
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// newMember is somebody who gets an account and a place in the company at once.
type newMember struct {
	Account
	Role       string     `json:"role"`
	Manager    string     `json:"manager"`
	Queues     []string   `json:"queues"` // nil: all
	Exceptions exceptions `json:"exceptions"`
}

// addMember is POST /api/recado/members: an account and a membership in one
// transaction. Without a password one is made, and shown once. Who has an account
// already decides themselves where they work: they are invited instead.
func (r *Room) addMember(e *core.RequestEvent) error {
	me, err := Require(e, companyOf(e), "members.manage")
	if err != nil {
		return err
	}
	var form newMember
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"name", "email", "role": ID, "password"?, "manager"?: ID, "queues"?: [ID], "exceptions"?: {"add": [], "remove": []}}.`)
	}
	form.Email = strings.TrimSpace(form.Email)
	made := ""
	if form.Password == "" {
		made = newPassword()
		form.Password = made
	}
	if err := form.check(""); err != nil {
		return err
	}
	if err := withinOwn(e.App, me, form.Role); err != nil {
		return err
	}
	if form.Exceptions.Only != nil {
		return errExceptions()
	}
	if err := allHeld(me, slices.Concat(form.Exceptions.Add, form.Exceptions.Remove)); err != nil {
		return err
	}

	var member *core.Record
	err = e.App.RunInTransaction(func(txApp core.App) error {
		company, err := txApp.FindRecordById(collections.Companies, me.GetString("company"))
		if err != nil {
			return err
		}
		user, err := createUser(txApp, form.Account, company.GetString("locale"))
		if err != nil {
			return err
		}
		queues := form.Queues
		if queues == nil {
			if queues, err = allQueues(txApp, company.Id); err != nil {
				return err
			}
		}
		m := maker{app: txApp, company: company.Id}
		member = m.make(collections.Members, map[string]any{
			"user": user.Id, "role": form.Role, "manager": form.Manager, "queues": queues, "exceptions": form.Exceptions, "active": true,
		})

		return m.err
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"member": member, "password": made})
}

// allQueues are the queues of a company. Who joins is in every one, as in a team
// that has only just one: whoever manages the members takes them out of those that
// are not theirs.
func allQueues(app core.App, company string) (queues []string, err error) {
	err = app.DB().Select("id").From(collections.Queues).Where(dbx.HashExp{"company": company}).OrderBy("name").Column(&queues)

	return queues, err
}

func errExceptions() error {
	return apierr.Invalid("exceptions", `Give exceptions as {"add": [permissions], "remove": [permissions]}.`)
}
