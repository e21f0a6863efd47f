package search

import (
	"context"
	"encoding/json"
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

	var ids []string
	var words [][2]string // the company and what was said
	for _, row := range rows {
		if row.Text != "" && row.Kind != "system" {
			ids = append(ids, row.ID)
			words = append(words, [2]string{row.Company, r.deps.Fold(row.Text)})
		}
	}
	if err := index(txApp, ids, words); err != nil {
		return 0, err
	}
	_, err = txApp.DB().NewQuery("UPDATE search_state SET last = {:id}").Bind(dbx.Params{"id": rows[len(rows)-1].ID}).Execute()

	return len(rows), err
}

// index adds messages to the index by two statements, however many they are.
func index(txApp core.App, ids []string, words [][2]string) error {
	if len(ids) == 0 {
		return nil
	}
	var last int64
	if err := txApp.DB().NewQuery("SELECT coalesce(max(key), 0) FROM search_documents").Row(&last); err != nil {
		return err
	}
	for _, insert := range []struct {
		statement string
		list      any
	}{
		{"INSERT INTO search_documents (key, message) SELECT {:last} + 1 + key, value FROM json_each({:list})", ids},
		{"INSERT INTO search_messages (rowid, company, words) SELECT {:last} + 1 + key, value->>0, value->>1 FROM json_each({:list})", words},
	} {
		list, err := json.Marshal(insert.list)
		if err != nil {
			return err
		}
		if _, err := txApp.DB().NewQuery(insert.statement).Bind(dbx.Params{"last": last, "list": string(list)}).Execute(); err != nil {
			return err
		}
	}

	return nil
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
