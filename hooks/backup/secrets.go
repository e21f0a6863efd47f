package backup

import (
	"context"
	"encoding/json"
	"fmt"

	"recado/config"
)

// lockedSecrets names the sealed values of a database that the key does not open:
// those have to be entered again. A sealed value stands in a hidden text field.
func lockedSecrets(ctx context.Context, path string, key func() (config.Key, error)) ([]string, error) {
	db, err := config.DBConnect(path)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	var declared []struct {
		Name   string `db:"name"`
		Fields string `db:"fields"`
	}
	if err := db.Select("name", "fields").From("_collections").Where(nil).WithContext(ctx).All(&declared); err != nil {
		return nil, err
	}

	var locked []string
	for _, collection := range declared {
		var fields []struct {
			Name, Type string
			Hidden     bool
		}
		if err := json.Unmarshal([]byte(collection.Fields), &fields); err != nil {
			return nil, fmt.Errorf("reading the fields of %s: %w", collection.Name, err)
		}
		named := false
		for _, field := range fields {
			named = named || field.Name == "name"
		}
		for _, field := range fields {
			if !field.Hidden || field.Type != "text" {
				continue
			}
			label := "''"
			if named {
				label = "name"
			}
			var rows []struct{ ID, Label, Sealed string }
			err := db.NewQuery(fmt.Sprintf("SELECT id, %s AS label, [[%s]] AS sealed FROM {{%s}} WHERE [[%[2]s]] LIKE 'v1:%%'", label, field.Name, collection.Name)).
				WithContext(ctx).All(&rows)
			if err != nil {
				return nil, fmt.Errorf("looking for sealed secrets in %s: %w", collection.Name, err)
			}
			for _, row := range rows {
				opener, err := key()
				if err == nil {
					_, err = opener.Open(row.Sealed, config.SealedPlace(collection.Name, row.ID, field.Name))
				}
				if err != nil {
					locked = append(locked, fmt.Sprintf("%s of %s %s (%s)", field.Name, collection.Name, row.Label, row.ID))
				}
			}
		}
	}

	return locked, nil
}
