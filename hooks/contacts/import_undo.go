package contacts

import (
	"context"
	"errors"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// undo takes an import back, the last batch first, each in one transaction. What
// was made is removed and what was changed is put back, unless someone changed it
// or it came into use since.
func (im *importer) undo(ctx context.Context) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		more := false
		err := im.room.app.RunInTransaction(func(txApp core.App) (err error) {
			more, err = im.undoBatch(txApp)

			return err
		})
		if err != nil || !more {
			return err
		}
	}
}

// undoBatch takes the last batch back that was not yet; more is false after the
// very last.
func (im *importer) undoBatch(txApp core.App) (more bool, err error) {
	batch := &core.Record{}
	err = txApp.RecordQuery(collections.ImportBatches).AndWhere(dbx.HashExp{"import": im.id, "undone": false}).
		OrderBy("first DESC").Limit(1).One(batch)
	if isNotFound(err) {
		return false, im.moveUndo(txApp, "undone", 0, 0)
	}
	if err != nil {
		return false, err
	}
	var done journal
	if err := batch.UnmarshalJSONField("entries", &done); err != nil {
		return false, err
	}

	defer im.close()
	reverted := 0
	for _, entry := range done.Changed {
		ok, err := im.restore(txApp, entry, batch.GetString("stamp"))
		if err != nil {
			return false, err
		}
		if ok {
			reverted++
		}
	}
	for _, id := range done.Created {
		ok, err := im.remove(txApp, id, batch.GetString("stamp"))
		if err != nil {
			return false, err
		}
		if ok {
			reverted++
		}
	}
	if _, err := txApp.DB().Update(collections.ImportBatches, dbx.Params{"undone": true}, dbx.HashExp{"id": batch.Id}).Execute(); err != nil {
		return false, err
	}

	return true, im.moveUndo(txApp, "undoing", reverted, len(done.Created)+len(done.Changed)-reverted)
}

// restore puts a contact back as it was before a batch, its last change
// included: an earlier batch may have made it.
func (im *importer) restore(txApp core.App, entry journalEntry, written string) (bool, error) {
	var untouched int
	err := txApp.DB().Select("count(*)").From(collections.Contacts).
		Where(dbx.HashExp{"id": entry.ID, "company": im.company, "updated": written}).Row(&untouched)
	if err != nil || untouched == 0 {
		return false, err
	}

	heir, err := heirs(txApp, im.company, im.id)
	if err != nil {
		return false, err
	}
	entry.Before["owner"] = heir(entry.Before["owner"]) // they may have left

	return true, im.rewrite(txApp, &person{id: entry.ID, values: entry.Before}, entry.Before["updated"])
}

// remove deletes a contact that nobody changed and nothing refers to.
func (im *importer) remove(txApp core.App, id, written string) (bool, error) {
	result, err := prepared(txApp, &im.insert, removeContactSQL, dbx.Params{"id": id, "company": im.company, "written": written}).Execute()
	if err != nil {
		return false, err
	}
	removed, err := result.RowsAffected()

	return removed == 1, err
}

const removeContactSQL = `
	DELETE FROM contacts WHERE id = {:id} AND company = {:company} AND updated = {:written}
		AND NOT EXISTS (SELECT 1 FROM conversations WHERE company = {:company} AND contact = {:id})
		AND NOT EXISTS (SELECT 1 FROM appointments WHERE company = {:company} AND contact = {:id})
		AND NOT EXISTS (SELECT 1 FROM identities WHERE contact = {:id})
		AND NOT EXISTS (SELECT 1 FROM webchat_visitors WHERE contact = {:id})`

// moveUndo moves the import on.
func (im *importer) moveUndo(txApp core.App, state string, reverted, kept int) error {
	now := im.room.deps.Now()
	due, claim := stamp(now), stamp(now.Add(importClaim))
	if state == "undone" {
		due, claim = "", ""
	}
	result, err := txApp.DB().NewQuery(`UPDATE imports SET state = {:state}, reverted = reverted + {:reverted}, kept = kept + {:kept},
			due = {:due}, claimed_until = {:claim}, updated = {:now}
		WHERE id = {:id} AND state = 'undoing' AND claimed_until = {:mine}`).Bind(dbx.Params{
		"id": im.id, "state": state, "reverted": reverted, "kept": kept, "due": due, "claim": claim, "now": stamp(now), "mine": im.claim,
	}).Execute()
	if err != nil {
		return err
	}
	if moved, err := result.RowsAffected(); err != nil || moved == 0 {
		return errors.Join(errStopped, err)
	}
	im.claim = claim

	return im.room.deps.Live.Updated(txApp, collections.Imports, im.id)
}
