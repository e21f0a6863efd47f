package demo

import (
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Cleared says what clearing did. Kept are demo rows that the company uses
// meanwhile: an agenda with an appointment of a real person, a tag on one. They are
// the company's own from then on.
type Cleared struct{ Contacts, Kept int }

// hang lists what can't be without what it hangs on, deepest last: where a demo
// contact goes, its conversations go, whoever wrote in them.
var hang = []struct{ collection, field, on string }{
	{collections.Identities, "contact", collections.Contacts},
	{collections.ContactChanges, "contact", collections.Contacts},
	{collections.Consents, "contact", collections.Contacts},
	{collections.Conversations, "contact", collections.Contacts},
	{collections.Appointments, "contact", collections.Contacts},
	{collections.Mails, "contact", collections.Contacts},
	{collections.Mails, "appointment", collections.Appointments},
	{collections.Reminders, "appointment", collections.Appointments},
	{collections.Occupancies, "appointment", collections.Appointments},
	{collections.Ratings, "conversation", collections.Conversations},
	{collections.Files, "conversation", collections.Conversations},
	{collections.Messages, "conversation", collections.Conversations},
}

// shared are what others may have come to use, users before what they use.
var shared = []string{
	collections.Imports, collections.Invites, collections.Knowledge, collections.QuickReplies, collections.ContactFields, collections.Tags,
	collections.AvailabilityOverrides, collections.Availabilities, collections.Services, collections.Agendas,
	collections.Channels, collections.Members, collections.Queues, collections.Users,
}

// Clear removes the demo data of a company and nothing else.
func (r *Room) Clear(app core.App, company string) (done Cleared, err error) {
	var files []string
	err = app.RunInTransaction(func(txApp core.App) error {
		rows, err := remembered(txApp, company)
		if err != nil || rows == nil {
			return err
		}
		done = Cleared{Contacts: len(rows[collections.Contacts])}

		c := &clearing{app: txApp, gone: map[string][]string{}}
		for _, collection := range []string{collections.Contacts, collections.Conversations, collections.Appointments} {
			c.gone[collection] = rows[collection]
		}
		for _, h := range hang {
			if err := c.follow(h.collection, h.field, h.on); err != nil {
				return err
			}
		}
		if err := r.deps.Unindex(txApp, c.gone[collections.Messages]...); err != nil {
			return err
		}
		if files, err = c.paths(collections.Files); err != nil {
			return err
		}
		for _, collection := range []string{
			collections.Reminders, collections.Mails, collections.Occupancies, collections.Ratings, collections.Files, collections.Messages,
			collections.Appointments, collections.Conversations, collections.Identities, collections.ContactChanges,
			collections.Consents, collections.Contacts,
		} {
			if err := c.remove(collection, c.gone[collection]); err != nil {
				return err
			}
		}
		if err := c.letGo(); err != nil {
			return err
		}
		for _, collection := range shared {
			kept, err := c.removeUnused(collection, rows[collection])
			if err != nil {
				return err
			}
			done.Kept += kept
		}
		if err := r.deps.Unread(txApp, company); err != nil {
			return err
		}
		_, err = txApp.DB().Delete("_params", dbx.HashExp{"id": mark(company)}).Execute()

		return err
	})
	if err != nil {
		return done, err
	}
	r.deps.Renew(company)
	if len(files) == 0 {
		return done, nil
	}

	// What people attached meanwhile; a file left over is better than a row without.
	storage, err := app.NewFilesystem()
	if err != nil {
		return done, err
	}
	defer storage.Close()
	for _, path := range files {
		_ = storage.DeletePrefix(path)
	}

	return done, nil
}

// clearing is one in a transaction. gone are the ids that go, by collection, kept
// those of shared rows that stay.
type clearing struct {
	app  core.App
	gone map[string][]string
	kept []any
}

// batch is how many ids one statement names.
const batch = 400

// batches calls fn with the ids, some at a time.
func batches(ids []string, fn func(some []any) error) error {
	for from := 0; from < len(ids); from += batch {
		some := make([]any, 0, batch)
		for _, id := range ids[from:min(len(ids), from+batch)] {
			some = append(some, id)
		}
		if err := fn(some); err != nil {
			return err
		}
	}

	return nil
}

// follow adds the rows whose field leads to what goes.
func (c *clearing) follow(collection, field, on string) error {
	known := map[string]bool{}
	for _, id := range c.gone[collection] {
		known[id] = true
	}

	return batches(c.gone[on], func(some []any) error {
		var found []string
		err := c.app.DB().Select("id").From(collection).Where(dbx.In(field, some...)).Column(&found)
		for _, id := range found {
			if !known[id] {
				known[id] = true
				c.gone[collection] = append(c.gone[collection], id)
			}
		}

		return err
	})
}

func (c *clearing) remove(collection string, ids []string) error {
	return batches(ids, func(some []any) error {
		_, err := c.app.DB().Delete(collection, dbx.In("id", some...)).Execute()

		return err
	})
}

// paths are the folders of the files of rows that go.
func (c *clearing) paths(collection string) (paths []string, err error) {
	definition, err := c.app.FindCachedCollectionByNameOrId(collection)
	if err != nil {
		return nil, err
	}
	for _, id := range c.gone[collection] {
		paths = append(paths, definition.BaseFilesPath()+"/"+id+"/")
	}

	return paths, nil
}

// letGo empties what still leads to rows that went.
func (c *clearing) letGo() error {
	return relations(func(collection string, field *core.RelationField, target string) error {
		if len(c.gone[target]) == 0 || field.MaxSelect > 1 {
			return nil
		}

		return batches(c.gone[target], func(some []any) error {
			_, err := c.app.DB().Update(collection, dbx.Params{field.Name: ""}, dbx.In(field.Name, some...)).Execute()

			return err
		})
	})
}

// removeUnused removes the rows that nothing leads to, and counts those it kept. A
// list in a demo row that was kept is no use: it loses what it lists.
func (c *clearing) removeUnused(collection string, ids []string) (kept int, err error) {
	for _, id := range ids {
		used := false
		err := relations(func(from string, field *core.RelationField, target string) error {
			if used || target != collection {
				return nil
			}
			where := dbx.Expression(dbx.HashExp{field.Name: id})
			if field.MaxSelect > 1 {
				where = dbx.And(dbx.Like(field.Name, id), dbx.NotIn("id", c.kept...))
			}
			var n int
			err := c.app.DB().Select("count(*)").From(from).Where(where).AndWhere(dbx.Not(dbx.HashExp{"id": id})).Row(&n)
			used = n > 0

			return err
		})
		if err != nil {
			return kept, err
		}
		if used {
			kept++
			c.kept = append(c.kept, id)

			continue
		}
		if err := c.unlist(collection, id); err != nil {
			return kept, err
		}
		if err := c.remove(collection, []string{id}); err != nil {
			return kept, err
		}
	}

	return kept, nil
}

// unlist takes an id out of the lists of what was kept.
func (c *clearing) unlist(collection, id string) error {
	if len(c.kept) == 0 {
		return nil
	}

	return relations(func(from string, field *core.RelationField, target string) error {
		if target != collection || field.MaxSelect <= 1 {
			return nil
		}
		rest := dbx.NewExp("(SELECT json_group_array(value) FROM json_each([["+field.Name+"]]) WHERE value != {:gone})", dbx.Params{"gone": id})
		_, err := c.app.DB().Update(from, dbx.Params{field.Name: rest}, dbx.And(dbx.In("id", c.kept...), dbx.Like(field.Name, id))).Execute()

		return err
	})
}

// relations calls fn for every relation of every collection, with what it leads to.
func relations(fn func(collection string, field *core.RelationField, target string) error) error {
	names := map[string]string{}
	for _, def := range collections.All() {
		names[collections.ID(def.Name)] = def.Name
	}
	for _, def := range collections.All() {
		for _, field := range def.Fields {
			relation, ok := field.(*core.RelationField)
			if !ok || strings.EqualFold(relation.Name, "company") {
				continue
			}
			if err := fn(def.Name, relation, names[relation.CollectionId]); err != nil {
				return err
			}
		}
	}

	return nil
}
