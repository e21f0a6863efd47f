package access

import (
	"net/http"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/apierr"
)

// ceilings are how much of each a company may have; 0 is any number. Whoever runs
// the instance sets them in companies.limits.
type ceilings struct {
	Members  int `json:"members"`  // active people
	Channels int `json:"channels"` // active ones
	Contacts int `json:"contacts"` // not in the bin
	Messages int `json:"messages"` // written by people and programs in a calendar month
}

func ceilingsOf(company *core.Record) ceilings {
	var c ceilings
	_ = company.UnmarshalJSONField("limits", &c) // what can't be read limits nothing

	return c
}

// bindLimits keeps companies within what they were given, whoever makes the change.
// Customers are never turned away: a contact that writes is taken in, and what the
// dialogue and the agents answer is not counted.
func (r *Room) bindLimits(app core.App) {
	app.OnRecordValidate(collections.Companies).BindFunc(func(e *core.RecordEvent) error {
		var c ceilings
		if err := e.Record.UnmarshalJSONField("limits", &c); err != nil || slices.Min([]int{c.Members, c.Channels, c.Contacts, c.Messages}) < 0 {
			return apierr.Invalid("limits", `Give limits as {"members", "channels", "contacts", "messages"}: whole numbers, 0 for any number.`)
		}

		return e.Next()
	})

	becomes := func(e *core.RecordEvent) (bool, error) {
		if !e.Record.GetBool("active") || e.Record.GetString("kind") == "key" {
			return false, nil
		}
		if e.Record.IsNew() {
			return true, nil
		}
		was, err := before(e.App, e.Record)

		return err == nil && !was.GetBool("active"), err
	}
	active := func(e *core.RecordEvent) error {
		return collections.InTransaction(e, func() error {
			counts, err := becomes(e)
			if err != nil {
				return err
			}
			if counts {
				if err := r.within(e.App, e.Record.GetString("company"), e.Record.Collection().Name, 1); err != nil {
					return err
				}
			}

			return e.Next()
		})
	}
	for _, name := range []string{collections.Members, collections.Channels} {
		app.OnRecordCreate(name).BindFunc(active)
		app.OnRecordUpdate(name).BindFunc(active)
	}
	asked := func(e *core.RecordRequestEvent) error {
		if e.Record.Collection().Name == collections.Messages && e.Record.GetString("kind") == "note" {
			return e.Next()
		}
		if err := r.within(e.App, e.Record.GetString("company"), e.Record.Collection().Name, 1); err != nil {
			return err
		}

		return e.Next()
	}
	app.OnRecordCreateRequest(collections.Contacts, collections.Messages).BindFunc(asked)
}

// Within refuses more contacts than the company may have, with limit_reached (403).
func (r *Room) Within(app core.App, company, collection string, more int) error {
	return r.within(app, company, collection, more)
}

// within counts only where there is a limit.
func (r *Room) within(app core.App, id, collection string, more int) error {
	company, err := app.FindRecordById(collections.Companies, id)
	if err != nil {
		return nil // the relation is refused by validation
	}
	c := ceilingsOf(company)
	most, where := 0, dbx.Expression(dbx.HashExp{"company": id})
	switch collection {
	case collections.Members:
		most, where = c.Members, dbx.And(where, dbx.HashExp{"active": true}, dbx.NewExp("kind != 'key'"))
	case collections.Channels:
		most, where = c.Channels, dbx.And(where, dbx.HashExp{"active": true})
	case collections.Contacts:
		most, where = c.Contacts, dbx.And(where, dbx.HashExp{"deleted": "", "merged_into": ""})
	case collections.Messages:
		most, where = c.Messages, dbx.And(where, dbx.HashExp{"direction": "out"}, dbx.NewExp("author != '' AND kind != 'note' AND kind != 'system'"),
			dbx.NewExp("at >= {:month}", dbx.Params{"month": monthOf(company, r.deps.Now())}))
	}
	if most <= 0 {
		return nil
	}
	var count int
	if err := app.DB().Select("count(*)").From(collection).Where(where).Row(&count); err != nil {
		return err
	}
	if count+more <= most {
		return nil
	}

	return apierr.New(http.StatusForbidden, "limit_reached",
		"This company has as many "+collection+" as it may have. Ask whoever runs this Recado for more.",
		map[string]any{"limit": collection, "max": most, "count": count})
}

// monthOf is when the present month began where the company is.
func monthOf(company *core.Record, now time.Time) string {
	zone, err := time.LoadLocation(company.GetString("timezone"))
	if err != nil {
		zone = time.UTC
	}
	local := now.In(zone)
	begin, _ := types.ParseDateTime(time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, zone))

	return begin.String()
}
