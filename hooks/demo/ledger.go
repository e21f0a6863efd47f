package demo

import (
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
)

// ledger writes demo rows and remembers them: ids by collection, in a row of
// PocketBase's table of parameters.
type ledger struct {
	app     core.App
	ids     *collections.IDs
	company string
	rows    map[string][]string
	err     error // the first one; nothing is written after it
}

func mark(company string) string { return "recado_demo_" + company }

// remembered are the demo rows of a company by collection; nil if it has none.
func remembered(app core.App, company string) (rows map[string][]string, err error) {
	var raw string
	err = app.DB().Select("value").From("_params").Where(dbx.HashExp{"id": mark(company)}).Row(&raw)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}

	return rows, json.Unmarshal([]byte(raw), &rows)
}

// remember stores what was written.
func (l *ledger) remember() error {
	if l.err != nil {
		return l.err
	}
	raw, err := json.Marshal(l.rows)
	if err != nil {
		return err
	}
	_, err = l.app.DB().Insert("_params", dbx.Params{"id": mark(l.company), "value": string(raw)}).Execute()

	return err
}

// add writes a row as if at some moment, and returns it. No hook runs.
func (l *ledger) add(collection string, at time.Time, values map[string]any) *core.Record {
	definition, err := l.app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		l.fail(err)

		return &core.Record{}
	}
	record := core.NewRecord(definition)
	if l.err != nil {
		return record
	}
	record.Load(values)
	if def, _ := collections.Find(collection); def.Company {
		record.Set("company", l.company)
		record.Id = core.GenerateDefaultRandomId()
		if def.TimeIDs {
			record.Id = l.ids.Next()
		}
	} else {
		record.Id = core.GenerateDefaultRandomId()
	}
	if definition.IsAuth() {
		record.SetRandomPassword() // nobody signs in
	}
	stamp, _ := types.ParseDateTime(at.UTC())
	record.SetRaw("created", stamp)
	record.SetRaw("updated", stamp)

	columns, err := record.DBExport(l.app)
	if err == nil {
		_, err = l.app.DB().Insert(collection, columns).Execute()
	}
	l.fail(err)
	l.rows[collection] = append(l.rows[collection], record.Id)

	return record
}

// own is add, unless the company has a row of that name already: then that one.
func (l *ledger) own(collection string, at time.Time, unique dbx.HashExp, values map[string]any) *core.Record {
	unique["company"] = l.company
	there := &core.Record{}
	if err := l.app.RecordQuery(collection).AndWhere(unique).Limit(1).One(there); err == nil {
		return there
	}
	for column, value := range unique {
		values[column] = value
	}

	return l.add(collection, at, values)
}

// set changes columns of a row that add wrote.
func (l *ledger) set(record *core.Record, columns dbx.Params) {
	if l.err == nil {
		_, err := l.app.DB().Update(record.Collection().Name, columns, dbx.HashExp{"id": record.Id}).Execute()
		l.fail(err)
	}
}

func (l *ledger) fail(err error) {
	if l.err == nil {
		l.err = err
	}
}
