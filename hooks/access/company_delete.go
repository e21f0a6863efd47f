package access

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

const (
	// graceDays is how long a company that is to be deleted can be taken back.
	graceDays = 30

	// removeBatch is how many rows one statement removes: other writers get their
	// turn between two of them.
	removeBatch = 500
)

// handOver is POST /api/recado/companies/{id}/owner: makes another member an owner
// and, unless stay is set, an administrator of who was.
func (r *Room) handOver(e *core.RequestEvent) error {
	id := e.Request.PathValue("id")
	if err := requireOwner(e, id); err != nil {
		return err
	}
	var form struct {
		Member string `json:"member"`
		Stay   bool   `json:"stay"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("", `Send {"member": ID, "stay"?: true to remain an owner too}.`)
	}

	var to *core.Record
	err := e.App.RunInTransaction(func(txApp core.App) error {
		me, err := Member(txApp, e.Auth.Id, id)
		if err != nil {
			return err
		}
		to, err = txApp.FindRecordById(collections.Members, form.Member)
		if err != nil || to.GetString("company") != id || !to.GetBool("active") || to.GetString("kind") == "key" || to.Id == me.Id {
			return apierr.Invalid("member", "Name another active member of this company.")
		}
		roles := map[string]string{}
		for _, key := range []string{"owner", "admin"} {
			role, err := txApp.FindFirstRecordByFilter(collections.Roles, "company = {:company} && key = {:key}", dbx.Params{"company": id, "key": key})
			if err != nil {
				return apierr.New(http.StatusGone, "role_gone", "The role of administrators was deleted. Stay an owner, or make yourself something else afterwards.", nil)
			}
			roles[key] = role.Id
			if form.Stay {
				break
			}
		}
		if me.GetString("role") != roles["owner"] {
			return apierr.New(http.StatusForbidden, "owner_only", "Only an owner of the company may do this.", nil)
		}
		to.Set("role", roles["owner"])
		to.IgnoreUnchangedFields(true)
		if err := txApp.Save(to); err != nil || form.Stay {
			return err
		}
		me.Set("role", roles["admin"])
		me.IgnoreUnchangedFields(true)

		return txApp.Save(me)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, to)
}

// deleteCompany is POST /api/recado/companies/{id}/delete: by an owner who says its
// name. Nobody can work in it from then on; after the grace period it is removed.
func (r *Room) deleteCompany(e *core.RequestEvent) error {
	var form struct {
		Name string `json:"name"`
	}
	if err := e.BindBody(&form); err != nil {
		return apierr.Invalid("name", `Send {"name": the name of the company}, so that it is no other one.`)
	}

	return r.changeOwn(e, func(company *core.Record) error {
		if strings.TrimSpace(form.Name) != company.GetString("name") {
			return apierr.Invalid("name", "This is not the name of the company. Write it as it stands in the settings.")
		}
		if company.GetString("removal") == "" {
			company.Set("removal", r.deps.Now().AddDate(0, 0, graceDays))
		}
		company.Set("active", false)

		return nil
	})
}

// restoreCompany is POST /api/recado/companies/{id}/restore: takes that back.
func (r *Room) restoreCompany(e *core.RequestEvent) error {
	return r.changeOwn(e, func(company *core.Record) error {
		if company.GetString("removal") == "" {
			return apierr.New(http.StatusConflict, "company_stays", "This company is not going to be deleted.", nil)
		}
		company.Set("removal", "")
		company.Set("active", true)

		return nil
	})
}

// changeOwn changes the company of the path for one of its owners.
func (r *Room) changeOwn(e *core.RequestEvent, change func(company *core.Record) error) error {
	id := e.Request.PathValue("id")
	if err := requireOwner(e, id); err != nil {
		return err
	}
	var company *core.Record
	err := e.App.RunInTransaction(func(txApp core.App) (err error) {
		if company, err = txApp.FindRecordById(collections.Companies, id); err != nil {
			return err
		}
		if err := change(company); err != nil {
			return err
		}
		company.IgnoreUnchangedFields(true)

		return txApp.Save(company)
	})
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, company)
}

// RemoveCompanies removes those whose grace period is over, with everything of
// theirs, for the schedule. What is cut short goes on the next time.
func (r *Room) RemoveCompanies(ctx context.Context) error {
	now, _ := types.ParseDateTime(r.deps.Now())
	due, err := r.app.FindAllRecords(collections.Companies, dbx.NewExp("removal != '' AND removal <= {:now}", dbx.Params{"now": now.String()}))
	if err != nil {
		return err
	}
	for _, company := range due {
		if err := r.remove(ctx, company); err != nil {
			return err
		}
	}

	return nil
}

func (r *Room) remove(ctx context.Context, company *core.Record) error {
	company.Set("suspended", true) // nobody may look at what is half gone
	if err := r.app.SaveWithContext(ctx, company); err != nil {
		return err
	}
	users, err := r.onlyHere(company.Id)
	if err != nil {
		return err
	}
	last := []string{collections.Channels, collections.CompanyDomains, collections.Members} // by their own ways
	for _, def := range collections.OfCompany() {
		if !slices.Contains(last, def.Name) {
			if err := r.removeRows(ctx, company.Id, def.Name); err != nil {
				return err
			}
		}
	}
	for _, name := range last[:2] { // unlinks numbers, ends what is served
		rows, err := r.app.FindAllRecords(name, dbx.HashExp{"company": company.Id})
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := r.app.DeleteWithContext(ctx, row); err != nil {
				return err
			}
		}
	}
	if err := r.removeRows(ctx, company.Id, collections.Members); err != nil {
		return err
	}
	for _, id := range users {
		user, err := r.app.FindRecordById(collections.Users, id)
		if err != nil {
			continue
		}
		if err := r.app.DeleteWithContext(ctx, user); err != nil {
			return err
		}
	}
	if err := r.removeRows(ctx, company.Id, collections.Audit); err != nil { // what this wrote down itself
		return err
	}

	return r.app.DeleteWithContext(ctx, company)
}

// onlyHere are the accounts, of people and keys, that have been in no other company.
func (r *Room) onlyHere(company string) (users []string, err error) {
	err = r.app.DB().NewQuery(`
		SELECT DISTINCT user FROM members m WHERE company = {:company}
		AND NOT EXISTS (SELECT 1 FROM members other WHERE other.user = m.user AND other.company != {:company})`).
		Bind(dbx.Params{"company": company}).Column(&users)

	return users, err
}

// removeRows removes the rows of a company, some at a time, with their files.
func (r *Room) removeRows(ctx context.Context, company, name string) error {
	collection, err := r.app.FindCachedCollectionByNameOrId(name)
	if err != nil {
		return err
	}
	hasFiles := slices.ContainsFunc(collection.Fields, func(field core.Field) bool { return field.Type() == core.FieldTypeFile })
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var ids []string
		err := r.app.RunInTransaction(func(txApp core.App) error {
			if err := txApp.DB().Select("id").From(name).Where(dbx.HashExp{"company": company}).Limit(removeBatch).Column(&ids); err != nil || len(ids) == 0 {
				return err
			}
			if name == collections.Messages && r.deps.Unindex != nil {
				if err := r.deps.Unindex(txApp, ids...); err != nil {
					return err
				}
			}
			_, err := txApp.DB().Delete(name, dbx.In("id", anys(ids)...)).Execute()

			return err
		})
		if err != nil || len(ids) == 0 {
			return err
		}
		if hasFiles {
			if err := r.removeFiles(collection, ids); err != nil {
				return err
			}
		}
	}
}

// removeFiles removes what rows that are gone had; a file left over is better than
// a row without.
func (r *Room) removeFiles(collection *core.Collection, ids []string) error {
	storage, err := r.app.NewFilesystem()
	if err != nil {
		return err
	}
	defer storage.Close()
	for _, id := range ids {
		storage.DeletePrefix(collection.BaseFilesPath() + "/" + id + "/")
	}

	return nil
}
