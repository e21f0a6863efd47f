package migrations

import (
	"github.com/pocketbase/pocketbase/core"
	m "github.com/pocketbase/pocketbase/migrations"
)

// A new data folder starts with these; from then on they are the
// administrator's, in the dashboard.
func init() {
	m.Register(func(app core.App) error {
		settings := app.Settings()
		settings.Meta.AppName = "Recado"
		settings.Logs.LogIP = false // who wrote from where is not needed to run a front desk

		return app.Save(settings)
	}, nil)
}
