package search

import (
	"context"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// The index keeps no text: messages have it. documents gives every indexed
// message a number of its own, because PocketBase's tables may change theirs
// (VACUUM), and lets one be taken out again. Numbers rise with the messages' ids,
// so the newest hits are found first, without sorting. The company is a word of
// each document: a search never walks through another company's.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS search_documents (key INTEGER PRIMARY KEY, message TEXT NOT NULL UNIQUE)`,
	`CREATE VIRTUAL TABLE IF NOT EXISTS search_messages USING fts5(company, words, content='', contentless_delete=1,
		detail=column, tokenize='unicode61 remove_diacritics 0', prefix='2 3')`,
	`CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5vocab(search_messages, row)`,
	`CREATE TABLE IF NOT EXISTS search_state (one INTEGER PRIMARY KEY CHECK (one = 1), last TEXT NOT NULL)`,
	`INSERT OR IGNORE INTO search_state (one, last) VALUES (1, '')`,
}

// Prepare makes the tables of the index. It writes nothing where they are.
func Prepare(app core.App) error {
	var there int
	err := app.DB().NewQuery("SELECT count(*) FROM sqlite_master WHERE name IN ('search_documents', 'search_messages', 'search_words', 'search_state')").Row(&there)
	if err != nil || there == 4 {
		return err
	}

	return app.RunInTransaction(func(txApp core.App) error {
		for _, statement := range schema {
			if _, err := txApp.DB().NewQuery(statement).Execute(); err != nil {
				return err
			}
		}

		return nil
	})
}

// compactPages is how much one transaction of [Compact] rewrites: a few
// milliseconds in which nobody else writes.
const compactPages = 200

// Compact rewrites the index into one piece: until then the words of what was
// taken out stay in the older pieces, though nothing finds them.
func Compact(ctx context.Context, app core.App) error {
	for pages := -compactPages; ; pages = compactPages { // negative: begin with all pieces
		if err := ctx.Err(); err != nil {
			return err
		}
		var before, after int64
		err := app.RunInTransaction(func(txApp core.App) error {
			changes := txApp.DB().NewQuery("SELECT total_changes()")
			if err := changes.Row(&before); err != nil {
				return err
			}
			_, err := txApp.DB().NewQuery("INSERT INTO search_messages (search_messages, rank) VALUES ('merge', {:pages})").Bind(dbx.Params{"pages": pages}).Execute()
			if err != nil {
				return err
			}

			return changes.Row(&after)
		})
		if err != nil || after-before < 2 { // so SQLite says that there is nothing left to do
			return err
		}
	}
}

// Remove takes messages out of the index, in the transaction that erases their
// words.
func Remove(txApp core.App, messages ...string) error {
	for _, id := range messages {
		params := dbx.Params{"id": id}
		_, err := txApp.DB().NewQuery("DELETE FROM search_messages WHERE rowid = (SELECT key FROM search_documents WHERE message = {:id})").Bind(params).Execute()
		if err != nil {
			return err
		}
		if _, err := txApp.DB().NewQuery("DELETE FROM search_documents WHERE message = {:id}").Bind(params).Execute(); err != nil {
			return err
		}
	}

	return nil
}
