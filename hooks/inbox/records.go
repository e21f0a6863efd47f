package inbox

import (
	"database/sql"
	"errors"

	"github.com/pocketbase/pocketbase/core"
)

func newRecord(app core.App, collection string, values map[string]any) (*core.Record, error) {
	definition, err := app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}

	record := core.NewRecord(definition)
	record.Load(values)

	return record, nil
}

func isNotFound(err error) bool {
	return errors.Is(err, sql.ErrNoRows)
}

// save writes only the fields that changed, so that it never undoes what
// another writer did to the others.
func save(app core.App, record *core.Record) error {
	record.IgnoreUnchangedFields(true)

	return app.SaveNoValidate(record)
}

// ignoreNotFound takes what is gone for nothing to do.
func ignoreNotFound(err error) error {
	if isNotFound(err) {
		return nil
	}

	return err
}
