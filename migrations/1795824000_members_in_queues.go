package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// Queues now decide who sees what waits in them. Until now they decided nothing,
// and most members were in none: those are in all of their company's from here
// on, so that nobody loses sight of what they saw.
func init() {
	m.Register(func(app core.App) error {
		for _, name := range []string{"members", "queues"} {
			if _, err := app.FindCollectionByNameOrId(name); err != nil {
				return nil // a new data folder
			}
		}

		_, err := app.DB().NewQuery(`UPDATE members SET queues = (
				SELECT json_group_array(queues.id) FROM queues WHERE queues.company = members.company)
			WHERE queues IS NULL OR queues IN ('', '[]', 'null')`).Execute()

		return err
	}, nil)
}
