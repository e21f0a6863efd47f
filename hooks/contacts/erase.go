package contacts

import (
	"context"
	"fmt"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// eraseBatch is how many rows one statement removes: other writers get their
// turn between two of them.
const eraseBatch = 500

// Erase removes contacts and every row that is about them, for good: it follows
// the declared relations, so that what is added to Recado is erased with the
// rest. What hangs on a row goes before the row, in short transactions: a process
// that dies in between leaves nothing that can't be erased again.
func Erase(ctx context.Context, app core.App, contacts ...string) error {
	return eraseRows(ctx, app, collections.Contacts, contacts)
}

func eraseRows(ctx context.Context, app core.App, collection string, ids []string) error {
	for len(ids) > 0 {
		batch := ids[:min(len(ids), eraseBatch)]
		ids = ids[len(batch):]

		for _, link := range linksTo(collection) {
			if err := eraseLinked(ctx, app, link, batch); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := remove(ctx, app, collection, batch); err != nil {
			return fmt.Errorf("erasing %s: %w", collection, err)
		}
	}

	return nil
}

// remove deletes the rows. Records of files are deleted one by one, because
// their bytes go with them.
func remove(ctx context.Context, app core.App, collection string, ids []string) error {
	if collection != collections.Files {
		_, err := app.NonconcurrentDB().Delete(collection, dbx.In("id", anys(ids)...)).Execute()

		return err
	}

	files, err := app.FindRecordsByIds(collection, ids)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := app.DeleteWithContext(ctx, file); err != nil {
			return err
		}
	}

	return nil
}

// link is a relation of another collection to the one that is erased.
type link struct {
	collection, field string

	// owned rows are about what they refer to and go with it; the others let go.
	owned bool
}

// linksTo lists the relations to a collection. A row is owned by what it must
// refer to, and by what it was made for.
func linksTo(target string) []link {
	var links []link
	for _, def := range collections.OfCompany() {
		for _, field := range def.Fields {
			relation, ok := field.(*core.RelationField)
			if !ok || relation.CollectionId != collections.ID(target) || relation.MaxSelect > 1 {
				continue
			}
			if def.Name == target && target != collections.Contacts {
				continue // a reply and what it replies to are of one conversation
			}
			owned := relation.Required || madeFor[def.Name+"."+relation.Name]
			links = append(links, link{collection: def.Name, field: relation.Name, owned: owned})
		}
	}

	return links
}

// madeFor are the relations that may be empty at first, of rows that are
// nothing without what they refer to.
var madeFor = map[string]bool{
	collections.Files + ".conversation":      true,
	collections.Files + ".message":           true,
	collections.Mails + ".contact":           true,
	collections.Occupancies + ".appointment": true,
	collections.WebchatVisitors + ".contact": true,
}

func eraseLinked(ctx context.Context, app core.App, l link, targets []string) error {
	where := dbx.In(l.field, anys(targets)...)
	if !l.owned {
		_, err := app.NonconcurrentDB().Update(l.collection, dbx.Params{l.field: ""}, where).Execute()

		return err
	}
	for {
		var ids []string
		if err := app.DB().Select("id").From(l.collection).Where(where).Limit(eraseBatch).Column(&ids); err != nil {
			return fmt.Errorf("looking for %s: %w", l.collection, err)
		}
		if len(ids) == 0 {
			return nil
		}
		if err := eraseRows(ctx, app, l.collection, ids); err != nil {
			return err
		}
	}
}

func anys(ids []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}

	return list
}
