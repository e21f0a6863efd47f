package knowledge

import (
	"context"
	"log/slog"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/knowledge/vector"
)

const (
	embedBatch = 32               // pieces of one question to an endpoint
	embedTime  = time.Minute      // it may take
	embedPause = 10 * time.Minute // after one that failed
	askTime    = 3 * time.Second  // for the meaning of a question: words are there without
)

// understand gives a vector to each piece that has none, for companies with a key that
// offers it, and takes away those of another model. An endpoint that fails is asked
// again later; until then pieces are found by their words.
func (r *Room) understand(ctx context.Context) error {
	var companies []string
	err := r.app.DB().NewQuery("SELECT DISTINCT company FROM ai_keys WHERE embedding_model != '' UNION SELECT DISTINCT company FROM knowledge_vectors").Column(&companies)
	if err != nil {
		return err
	}
	for _, company := range companies {
		if r.deps.Now().Before(r.later[company]) {
			continue
		}
		if err := r.understandAll(ctx, company); err != nil {
			if ctx.Err() != nil {
				return err
			}
			r.later[company] = r.deps.Now().Add(embedPause)
			r.app.Logger().Warn("The meaning of knowledge could not be asked for", slog.String("company", company), slog.Any("error", err))
		}
	}

	return nil
}

// piece is one as it is stored.
type piece struct {
	Key     int64  `db:"key"`
	Source  string `db:"source"`
	Title   string `db:"title"`
	Heading string `db:"heading"`
	Text    string `db:"text"`
}

func (r *Room) understandAll(ctx context.Context, company string) error {
	model, _, err := r.deps.Embed(ctx, company, nil)
	if err != nil {
		return err
	}
	if err := r.forgetOthers(company, model); err != nil || model == "" {
		return err
	}
	for ctx.Err() == nil {
		var batch []piece
		err := r.app.DB().NewQuery(`SELECT p.key, p.source, k.title, p.heading, p.text FROM knowledge k
			JOIN knowledge_pieces p ON p.source = k.id AND p.generation = k.generation
			LEFT JOIN knowledge_vectors v ON v.company = {:company} AND v.model = {:model} AND v.source = k.id AND v.piece = p.key
			WHERE k.company = {:company} AND k.vectors < k.pieces AND v.piece IS NULL LIMIT {:n}`).
			Bind(dbx.Params{"company": company, "model": model, "n": embedBatch}).All(&batch)
		if err != nil || len(batch) == 0 {
			return err
		}
		texts := make([]string, len(batch))
		for i, p := range batch {
			texts[i] = p.Title + "\n" + p.Heading + "\n" + p.Text
		}
		asking, cancel := context.WithTimeout(ctx, embedTime)
		said, vectors, err := r.deps.Embed(asking, company, texts)
		cancel()
		if err != nil {
			return err
		}
		if said != model {
			return nil // the key was changed, which wakes us again
		}
		if err := r.keep(company, model, batch, vectors); err != nil {
			return err
		}
	}

	return ctx.Err()
}

// keep stores vectors. One without a direction is kept as none at all: it is like
// nothing, and not asked for again.
func (r *Room) keep(company, model string, batch []piece, vectors [][]float32) error {
	return r.app.RunInTransaction(func(txApp core.App) error {
		touched := map[string]bool{}
		for i, p := range batch {
			packed := vector.Pack(vectors[i])
			if packed == nil {
				packed = []byte{}
			}
			_, err := txApp.DB().NewQuery(`INSERT OR REPLACE INTO knowledge_vectors (company, model, source, piece, vector)
				SELECT {:company}, {:model}, {:source}, key, {:vector} FROM knowledge_pieces WHERE key = {:piece}`).
				Bind(dbx.Params{"company": company, "model": model, "source": p.Source, "piece": p.Key, "vector": packed}).Execute()
			if err != nil {
				return err
			}
			touched[p.Source] = true
		}
		for source := range touched {
			_, err := txApp.DB().NewQuery(`UPDATE knowledge SET vectors = (SELECT count(*) FROM knowledge_vectors v
				JOIN knowledge_pieces p ON p.key = v.piece AND p.generation = knowledge.generation
				WHERE v.company = {:company} AND v.model = {:model} AND v.source = knowledge.id), updated = {:now} WHERE id = {:source}`).
				Bind(dbx.Params{"company": company, "model": model, "source": source, "now": stamp(r.deps.Now())}).Execute()
			if err != nil {
				return err
			}
			if err := r.shown(txApp, source); err != nil {
				return err
			}
		}

		return nil
	})
}

// shown tells open screens of a source, if it is still there.
func (r *Room) shown(txApp core.App, source string) error {
	var there bool
	err := txApp.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM knowledge WHERE id = {:source})").Bind(dbx.Params{"source": source}).Row(&there)
	if err != nil || !there {
		return err
	}

	return r.deps.Live.Updated(txApp, collections.Knowledge, source)
}

// forgetOthers takes away the vectors of other models.
func (r *Room) forgetOthers(company, model string) error {
	var there bool
	params := dbx.Params{"company": company, "model": model}
	err := r.app.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM knowledge_vectors WHERE company = {:company} AND model != {:model})").Bind(params).Row(&there)
	if err != nil || !there {
		return err
	}

	return r.app.RunInTransaction(func(txApp core.App) error {
		var sources []string
		err := txApp.DB().NewQuery("SELECT DISTINCT source FROM knowledge_vectors WHERE company = {:company} AND model != {:model}").Bind(params).Column(&sources)
		if err != nil {
			return err
		}
		if _, err := txApp.DB().NewQuery("DELETE FROM knowledge_vectors WHERE company = {:company} AND model != {:model}").Bind(params).Execute(); err != nil {
			return err
		}
		for _, source := range sources {
			if _, err := txApp.DB().Update(collections.Knowledge, dbx.Params{"vectors": 0}, dbx.HashExp{"id": source}).Execute(); err != nil {
				return err
			}
			if err := r.shown(txApp, source); err != nil {
				return err
			}
		}

		return nil
	})
}
