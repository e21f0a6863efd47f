package knowledge

import (
	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
)

// Pieces are numbered, and the index of their words has these numbers and keeps no
// text. The company is a word of each piece: a search never walks through another
// company's. A piece counts if it is of its source's generation; others are of a
// reading that has not ended, or of the one before. Vectors lie together by company
// and model, because a search goes through all of them.
var schema = []string{
	`CREATE TABLE IF NOT EXISTS knowledge_pieces (key INTEGER PRIMARY KEY, company TEXT NOT NULL, source TEXT NOT NULL,
		generation INTEGER NOT NULL, number INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL)`,
	`CREATE INDEX IF NOT EXISTS idx_knowledge_pieces_company ON knowledge_pieces (company, source)`,
	`CREATE UNIQUE INDEX IF NOT EXISTS idx_knowledge_pieces_source ON knowledge_pieces (source, generation, number)`,
	`CREATE VIRTUAL TABLE IF NOT EXISTS knowledge_words USING fts5(company, title, words, content='', contentless_delete=1,
		tokenize='unicode61 remove_diacritics 0', prefix='4')`,
	`CREATE TABLE IF NOT EXISTS knowledge_vectors (company TEXT NOT NULL, model TEXT NOT NULL, source TEXT NOT NULL,
		piece INTEGER NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (company, model, source, piece)) WITHOUT ROWID`,
}

// Prepare makes the tables of the pieces. It writes nothing where they are.
func Prepare(app core.App) error {
	var there int
	err := app.DB().NewQuery("SELECT count(*) FROM sqlite_master WHERE name IN ('knowledge_pieces', 'idx_knowledge_pieces_company', 'idx_knowledge_pieces_source', 'knowledge_words', 'knowledge_vectors')").Row(&there)
	if err != nil || there == len(schema) {
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

// removeBatch is how many pieces one transaction takes out.
const removeBatch = 500

// removeOld takes out pieces of a source that are not of a generation, some at a
// time; more tells whether there are others. Of generation -1 there are none.
func removeOld(txApp core.App, source string, generation int) (more bool, err error) {
	var keys []int64
	err = txApp.DB().NewQuery("SELECT key FROM knowledge_pieces WHERE source = {:source} AND generation != {:generation} LIMIT {:n}").
		Bind(dbx.Params{"source": source, "generation": generation, "n": removeBatch}).Column(&keys)
	if err != nil || len(keys) == 0 {
		return false, err
	}
	list := make([]any, len(keys))
	for i, key := range keys {
		list[i] = key
	}
	for _, statement := range []struct{ table, column string }{{"knowledge_words", "rowid"}, {"knowledge_pieces", "key"}} {
		if _, err := txApp.DB().Delete(statement.table, dbx.In(statement.column, list...)).Execute(); err != nil {
			return false, err
		}
	}
	_, err = txApp.DB().NewQuery("DELETE FROM knowledge_vectors WHERE source = {:source} AND piece NOT IN (SELECT key FROM knowledge_pieces WHERE source = {:source})").
		Bind(dbx.Params{"source": source}).Execute()

	return len(keys) == removeBatch, err
}

// RemoveLost takes out the pieces of a company whose sources are not there any more:
// those that were removed by plain SQL.
func RemoveLost(txApp core.App, company string) error {
	var sources []string
	err := txApp.DB().NewQuery("SELECT DISTINCT source FROM knowledge_pieces WHERE company = {:company} AND source NOT IN (SELECT id FROM knowledge)").
		Bind(dbx.Params{"company": company}).Column(&sources)
	if err != nil {
		return err
	}
	for _, source := range sources {
		if err := remove(txApp, source); err != nil {
			return err
		}
	}

	return nil
}

// remove takes out all pieces of a source.
func remove(txApp core.App, source string) error {
	for {
		more, err := removeOld(txApp, source, -1)
		if err != nil || !more {
			return err
		}
	}
}
