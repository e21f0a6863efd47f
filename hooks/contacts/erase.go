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
// rest, and looks through what mentions a person without a relation. Of past
// appointments stays that time was taken, and nothing of whom. What hangs on a
// row goes before the row, in short transactions: a process that dies in between
// leaves nothing that can't be erased again.
func (r *Room) Erase(ctx context.Context, contacts ...string) error {
	if len(contacts) == 0 {
		return nil
	}
	if err := r.forgetTraces(ctx, contacts); err != nil {
		return err
	}
	if err := r.eraseRows(ctx, collections.Contacts, contacts); err != nil {
		return err
	}

	return r.deps.Compact(ctx, r.app)
}

func (r *Room) eraseRows(ctx context.Context, collection string, ids []string) error {
	for len(ids) > 0 {
		batch := ids[:min(len(ids), eraseBatch)]
		ids = ids[len(batch):]

		for _, link := range linksTo(collection) {
			if err := r.eraseLinked(ctx, link, batch); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := r.remove(ctx, collection, batch); err != nil {
			return fmt.Errorf("erasing %s: %w", collection, err)
		}
	}

	return nil
}

// remove deletes the rows with what no relation leads to: the bytes of files, the
// words in the index of the search, the row on open screens.
func (r *Room) remove(ctx context.Context, collection string, ids []string) error {
	switch collection {
	case collections.Files:
		files, err := r.app.FindRecordsByIds(collection, ids)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := r.removeWithBytes(ctx, file); err != nil {
				return err
			}
		}

		return nil
	case collections.Messages:
		return r.app.RunInTransaction(func(txApp core.App) error {
			if err := r.deps.Unindex(txApp, ids...); err != nil {
				return err
			}
			_, err := txApp.DB().Delete(collection, dbx.In("id", anys(ids)...)).Execute()

			return err
		})
	case collections.Contacts, collections.Conversations, collections.Appointments:
		return r.app.RunInTransaction(func(txApp core.App) error {
			records, err := txApp.FindRecordsByIds(collection, ids)
			if err != nil {
				return err
			}
			if _, err := txApp.DB().Delete(collection, dbx.In("id", anys(ids)...)).Execute(); err != nil {
				return err
			}
			for _, record := range records {
				if err := r.deps.Live.Deleted(txApp, record); err != nil {
					return err
				}
			}

			return nil
		})
	default:
		_, err := r.app.NonconcurrentDB().Delete(collection, dbx.In("id", anys(ids)...)).Execute()

		return err
	}
}

// removeWithBytes deletes a record and, before it, its files: the other way
// round a process that dies in between would leave bytes nobody knows of.
func (r *Room) removeWithBytes(ctx context.Context, record *core.Record) error {
	if err := r.removeBytes(record); err != nil {
		return err
	}

	return r.app.DeleteWithContext(ctx, record)
}

func (r *Room) removeBytes(record *core.Record) error {
	storage, err := r.app.NewFilesystem()
	if err != nil {
		return err
	}
	defer storage.Close()
	if failed := storage.DeletePrefix(record.BaseFilesPath() + "/"); len(failed) > 0 {
		return fmt.Errorf("removing the files of %s: %w", record.Id, failed[0])
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
	collections.Contacts + ".merged_into":    true, // the same person
	collections.Files + ".conversation":      true,
	collections.Files + ".message":           true,
	collections.Files + ".visitor":           true,
	collections.Mails + ".contact":           true,
	collections.WebchatVisitors + ".contact": true,
}

func (r *Room) eraseLinked(ctx context.Context, l link, targets []string) error {
	where := dbx.In(l.field, anys(targets)...)
	if !l.owned {
		if l.collection == collections.Occupancies {
			return r.freeTime(where)
		}
		_, err := r.app.NonconcurrentDB().Update(l.collection, dbx.Params{l.field: ""}, where).Execute()

		return err
	}
	for {
		var ids []string
		if err := r.app.DB().Select("id").From(l.collection).Where(where).Limit(eraseBatch).Column(&ids); err != nil {
			return fmt.Errorf("looking for %s: %w", l.collection, err)
		}
		if len(ids) == 0 {
			return nil
		}
		if err := r.eraseRows(ctx, l.collection, ids); err != nil {
			return err
		}
	}
}

// freeTime gives back the time of erased appointments that is still to come. Of
// the past it stays taken, by nobody.
func (r *Room) freeTime(of dbx.Expression) error {
	ahead := dbx.NewExp("blocked_end > {:now}", dbx.Params{"now": r.now().Unix()})
	if _, err := r.app.NonconcurrentDB().Delete(collections.Occupancies, dbx.And(of, ahead)).Execute(); err != nil {
		return err
	}
	_, err := r.app.NonconcurrentDB().Update(collections.Occupancies, dbx.Params{"appointment": "", "title": ""}, of).Execute()

	return err
}

func anys(ids []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = id
	}

	return list
}
