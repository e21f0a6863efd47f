package config

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/pocketbase/dbx"
)

// Sealed is a secret as it lies in a database: in a hidden text field of a record.
type Sealed struct {
	Collection, Field, ID string
	Label                 string // the record's name, where it has one
	Value                 string
}

// Place is what the value is bound to.
func (s Sealed) Place() string { return SealedPlace(s.Collection, s.ID, s.Field) }

// String names it for a person.
func (s Sealed) String() string {
	return fmt.Sprintf("%s of %s %s (%s)", s.Field, s.Collection, s.Label, s.ID)
}

// EachSealed visits every sealed value of a database.
func EachSealed(ctx context.Context, db dbx.Builder, visit func(Sealed) error) error {
	var declared []struct {
		Name   string `db:"name"`
		Fields string `db:"fields"`
	}
	if err := db.Select("name", "fields").From("_collections").Where(nil).WithContext(ctx).All(&declared); err != nil {
		return err
	}

	for _, collection := range declared {
		var fields []struct {
			Name, Type string
			Hidden     bool
		}
		if err := json.Unmarshal([]byte(collection.Fields), &fields); err != nil {
			return fmt.Errorf("reading the fields of %s: %w", collection.Name, err)
		}
		label := "''"
		for _, field := range fields {
			if field.Name == "name" {
				label = "name"
			}
		}
		for _, field := range fields {
			if !field.Hidden || field.Type != "text" {
				continue
			}
			var rows []struct{ ID, Label, Value string }
			err := db.NewQuery(fmt.Sprintf("SELECT id, %s AS label, [[%s]] AS value FROM {{%s}} WHERE [[%[2]s]] LIKE '%[4]s%%'",
				label, field.Name, collection.Name, sealVersion)).WithContext(ctx).All(&rows)
			if err != nil {
				return fmt.Errorf("looking for sealed secrets in %s: %w", collection.Name, err)
			}
			for _, row := range rows {
				if err := visit(Sealed{collection.Name, field.Name, row.ID, row.Label, row.Value}); err != nil {
					return err
				}
			}
		}
	}

	return nil
}
