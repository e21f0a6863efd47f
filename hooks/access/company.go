package access

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// BindCompany keeps every row within its company, for people, superusers and
// jobs alike: the company of a row never changes, and a row never refers to a
// row of another company.
func BindCompany(app core.App) {
	for _, def := range collections.OfCompany() {
		app.OnRecordValidate(def.Name).BindFunc(func(e *core.RecordEvent) error {
			if err := sameCompany(e.App, e.Record); err != nil {
				return err
			}

			return e.Next()
		})
	}
}

// sameCompany checks the relations that are new or changed. Only relations to
// collections that belong to a company count.
func sameCompany(app core.App, record *core.Record) error {
	company := record.GetString("company")

	original, err := before(app, record)
	if err != nil {
		return err
	}
	if !record.IsNew() && original.GetString("company") != company {
		return apierr.New(http.StatusBadRequest, "company_fixed", "A record cannot move to another company.", map[string]any{"field": "company"})
	}

	for _, field := range record.Collection().Fields {
		relation, ok := field.(*core.RelationField)
		if !ok || relation.Name == "company" {
			continue
		}

		ids := added(original.GetStringSlice(relation.Name), record.GetStringSlice(relation.Name), record.IsNew())
		if len(ids) == 0 {
			continue
		}

		target, err := app.FindCachedCollectionByNameOrId(relation.CollectionId)
		if err != nil {
			return err
		}
		if def, ok := collections.Find(target.Name); !ok || !def.Company {
			continue
		}

		var inside int
		err = app.DB().Select("count(*)").From(target.Name).
			Where(dbx.And(dbx.HashExp{"company": company}, dbx.In("id", anys(ids)...))).
			Row(&inside)
		if err != nil {
			return err
		}
		if inside != len(ids) {
			return apierr.New(http.StatusBadRequest, "foreign_relation",
				"The field "+relation.Name+" must refer to existing records of the same company.", map[string]any{"field": relation.Name})
		}
	}

	return nil
}

// before is the record as it stands in the database. PocketBase's Original is
// blank for a record that was made in memory and is saved once more.
func before(app core.App, record *core.Record) (*core.Record, error) {
	original := record.Original()
	if record.IsNew() || original.Id != "" {
		return original, nil
	}

	return app.FindRecordById(record.Collection(), record.Id)
}

// added returns the distinct ids of after that before lacks.
func added(before, after []string, isNew bool) []string {
	seen := map[string]bool{}
	if !isNew {
		for _, id := range before {
			seen[id] = true
		}
	}

	var ids []string
	for _, id := range after {
		if id != "" && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}

	return ids
}

func anys(ids []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}

	return list
}
