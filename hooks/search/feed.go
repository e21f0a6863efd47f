package search

import (
	"context"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// feedBatch is how many messages one transaction indexes.
const feedBatch = 500

// Feed indexes what was said since the last time. Ids of messages rise with their
// commits, so nothing can be overlooked; the place reached is stored with the
// batch, so nothing is indexed twice.
func (r *Room) Feed(ctx context.Context) error {
	r.busy.Lock()
	defer r.busy.Unlock()

	for ctx.Err() == nil {
		fed := 0
		err := r.app.RunInTransaction(func(txApp core.App) (err error) {
			fed, err = r.feedBatch(txApp)

			return err
		})
		if err != nil || fed < feedBatch {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(feedPause):
		}
	}

	return nil
}

type said struct {
	ID      string `db:"id"`
	Company string `db:"company"`
	Kind    string `db:"kind"`
	Text    string `db:"text"`
}

// feedBatch indexes one batch and returns how many messages it looked at.
func (r *Room) feedBatch(txApp core.App) (int, error) {
	var rows []said
	err := txApp.DB().NewQuery(`SELECT id, company, kind, text FROM messages
		WHERE id > (SELECT last FROM search_state) ORDER BY id LIMIT {:n}`).Bind(dbx.Params{"n": feedBatch}).All(&rows)
	if err != nil || len(rows) == 0 {
		return 0, err
	}

	document := txApp.DB().NewQuery("INSERT INTO search_documents (message) VALUES ({:id}) RETURNING key").Prepare()
	defer document.Close()
	words := txApp.DB().NewQuery("INSERT INTO search_messages (rowid, company, words) VALUES ({:key}, {:company}, {:words})").Prepare()
	defer words.Close()
	for _, row := range rows {
		if row.Text == "" || row.Kind == "system" {
			continue
		}
		var key int64
		if err := document.Bind(dbx.Params{"id": row.ID}).Row(&key); err != nil {
			return 0, err
		}
		if _, err := words.Bind(dbx.Params{"key": key, "company": row.Company, "words": r.deps.Fold(row.Text)}).Execute(); err != nil {
			return 0, err
		}
	}
	_, err = txApp.DB().NewQuery("UPDATE search_state SET last = {:id}").Bind(dbx.Params{"id": rows[len(rows)-1].ID}).Execute()

	return len(rows), err
}

// reindex takes over other words of a message that is indexed already, in the
// transaction that changes them.
func (r *Room) reindex(e *core.RecordEvent) error {
	if e.Record.GetString("text") == e.Record.Original().GetString("text") {
		return e.Next()
	}

	return collections.InTransaction(e, func() error {
		if err := e.Next(); err != nil {
			return err
		}
		var key int64
		err := e.App.DB().NewQuery("SELECT key FROM search_documents WHERE message = {:id}").Bind(dbx.Params{"id": e.Record.Id}).Row(&key)
		if isNotFound(err) {
			return nil // the feed is still to come
		}
		if err != nil {
			return err
		}
		if e.Record.GetString("text") == "" {
			return Remove(e.App, e.Record.Id)
		}
		if _, err := e.App.DB().NewQuery("DELETE FROM search_messages WHERE rowid = {:key}").Bind(dbx.Params{"key": key}).Execute(); err != nil {
			return err
		}
		_, err = e.App.DB().NewQuery("INSERT INTO search_messages (rowid, company, words) VALUES ({:key}, {:company}, {:words})").
			Bind(dbx.Params{"key": key, "company": e.Record.GetString("company"), "words": r.deps.Fold(e.Record.GetString("text"))}).Execute()

		return err
	})
}

// forget takes a deleted message out.
func (r *Room) forget(e *core.RecordEvent) error {
	return collections.InTransaction(e, func() error {
		if err := Remove(e.App, e.Record.Id); err != nil {
			return err
		}

		return e.Next()
	})
}
