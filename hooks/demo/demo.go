// Package demo fills a company with something to look at: colleagues, agendas,
// contacts, conversations and appointments of six weeks around today, always the
// same ones, in the company's language and the two others.
//
// The rows are written as they would stand after their day, by plain SQL past every
// hook: nothing is sent, nobody is reminded, nothing becomes due but the pages of the
// knowledge, which are read like others. Nobody is behind
// them either: contacts carry the source `demo`, by which whoever sends leaves them
// out. Their ids are remembered in one row (ledger.go), so that clearing takes away
// exactly these (clear.go).
package demo

import (
	"fmt"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"

	"recado/collections"
	"recado/hooks/apierr"
)

// Source is the source of demo contacts.
const Source = "demo"

// Deps are what the room needs of others.
type Deps struct {
	Now func() time.Time
	IDs *collections.IDs

	// Require returns the caller's active membership if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)

	// SearchText is what contacts are searched by.
	SearchText func(name, email, phone, notes string) string

	// Key is a name as tags are told apart by.
	Key func(name string) string

	// Unindex takes messages out of the index of the search.
	Unindex func(txApp core.App, messages ...string) error

	// Unread takes what was read of a company's knowledge and is not there any more
	// out of its index.
	Unread func(txApp core.App, company string) error

	// Renew tells everyone of a company to fetch anew what they show.
	Renew func(company string)
}

// Room is the demo room.
type Room struct {
	app  core.App
	deps Deps
}

// Open binds the routes.
func Open(app core.App, deps Deps) *Room {
	r := &Room{app: app, deps: deps}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		group := e.Router.Group("/api/recado/demo")
		group.GET("", r.state)
		group.POST("", r.fillCompany)
		group.DELETE("", r.clearCompany)

		return e.Next()
	})

	return r
}

// state is GET /api/recado/demo: whether the company has demo data.
func (r *Room) state(e *core.RequestEvent) error {
	me, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), "company.manage")
	if err != nil {
		return err
	}
	rows, err := remembered(e.App, me.GetString("company"))
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"filled": rows != nil, "contacts": len(rows[collections.Contacts])})
}

// fillCompany is POST /api/recado/demo.
func (r *Room) fillCompany(e *core.RequestEvent) error {
	me, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), "company.manage")
	if err != nil {
		return err
	}
	made, err := r.Fill(e.App, me.GetString("company"))
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"filled": true, "contacts": made})
}

// clearCompany is DELETE /api/recado/demo.
func (r *Room) clearCompany(e *core.RequestEvent) error {
	me, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), "company.manage")
	if err != nil {
		return err
	}
	cleared, err := r.Clear(e.App, me.GetString("company"))
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"filled": false, "contacts": cleared.Contacts, "kept": cleared.Kept})
}

// Command is `recado demo`: the same for the first company, without a browser.
func (r *Room) Command(prepare func(app core.App) error) *cobra.Command {
	command := &cobra.Command{
		Use: "demo", Short: "Fill the first company with demo data; with --clear, remove it again", Args: cobra.NoArgs, SilenceUsage: true,
	}
	clearAll := command.Flags().Bool("clear", false, "remove the demo data")

	command.RunE = func(command *cobra.Command, _ []string) error {
		if err := prepare(r.app); err != nil {
			return err
		}
		company := &core.Record{}
		err := r.app.RecordQuery(collections.Companies).OrderBy("created", "id").Limit(1).One(company)
		if err != nil {
			return fmt.Errorf("there is no company yet: set Recado up first, in the browser or with `recado setup`")
		}
		out := command.OutOrStdout()
		if *clearAll {
			cleared, err := r.Clear(r.app, company.Id)
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "Removed %d demo contacts and what belonged to them.\n", cleared.Contacts)
			if cleared.Kept > 0 {
				fmt.Fprintf(out, "%d agendas, people, tags and the like were kept: they are in use meanwhile.\n", cleared.Kept)
			}

			return nil
		}

		made, err := r.Fill(r.app, company.Id)
		switch {
		case apierr.Code(err) == "demo_there":
			fmt.Fprintln(out, "The demo data is there already. Nothing was changed.")

			return nil
		case err != nil:
			return err
		}
		fmt.Fprintf(out, "Made %d demo contacts with conversations and appointments. `recado demo --clear` removes them.\n", made)

		return nil
	}

	return command
}
