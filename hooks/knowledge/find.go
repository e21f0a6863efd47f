package knowledge

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/knowledge/vector"
)

const (
	mostWords    = 12  // of a question
	mostQuestion = 500 // characters
	candidates   = 30  // of each way of finding
	mostHits     = 5   // of an answer
	mostOfOne    = 3   // of one source
	fusion       = 60  // how much a place in one list counts beside one in the other
)

// Passage is a part of a source that answers a question.
type Passage struct {
	Source  string `db:"source" json:"knowledge"`
	Kind    string `db:"kind" json:"kind"`
	Title   string `db:"title" json:"title"`
	URL     string `db:"url" json:"url"`
	Number  int    `db:"number" json:"number"` // of the piece, from 0
	Heading string `db:"heading" json:"heading"`
	Text    string `db:"text" json:"text"`

	// By is how it was found: words, meaning.
	By []string `db:"-" json:"by"`

	Key int64 `db:"key" json:"-"`
}

// Reach is what may be looked up in: all of a company's knowledge, or these sources.
type Reach struct {
	Company string
	Chosen  bool
	Sources []string
}

// ReachOf is what an agent may look up in.
func ReachOf(agent *core.Record) Reach {
	return Reach{agent.GetString("company"), agent.GetString("knowledge_reach") == "chosen", agent.GetStringSlice("knowledge")}
}

// list are the sources as JSON, for queries.
func (r Reach) list() string {
	raw, _ := json.Marshal(slices.Concat([]string{}, r.Sources))

	return string(raw)
}

// Find looks for the passages that answer a question, the likeliest first: by words
// and, where a key offers it, by meaning; both lists are fused by the places in them.
func (r *Room) Find(ctx context.Context, app core.App, reach Reach, question string) ([]Passage, error) {
	question = clip(strings.TrimSpace(question), mostQuestion)
	if question == "" || reach.Chosen && len(reach.Sources) == 0 {
		return []Passage{}, nil
	}
	byWords, err := r.byWords(app, reach, question)
	if err != nil {
		return nil, err
	}
	byMeaning, err := r.byMeaning(ctx, app, reach, question)
	if err != nil {
		return nil, err
	}

	return passages(app, reach, byWords, byMeaning)
}

// byWords are the pieces that have words of the question, the best first.
func (r *Room) byWords(app core.App, reach Reach, question string) (keys []int64, err error) {
	match := query(reach.Company, r.deps.Fold(question))
	if match == "" {
		return nil, nil
	}
	err = app.DB().NewQuery(`SELECT p.key FROM knowledge_words w
		CROSS JOIN knowledge_pieces p ON p.key = w.rowid
		CROSS JOIN knowledge k ON k.id = p.source AND k.generation = p.generation
		WHERE knowledge_words MATCH {:match} AND k.company = {:company}
			AND ({:all} OR k.id IN (SELECT value FROM json_each({:sources})))
		ORDER BY bm25(knowledge_words, 0.0, 3.0, 1.0), p.key LIMIT {:n}`).
		Bind(dbx.Params{"match": match, "company": reach.Company, "all": !reach.Chosen, "sources": reach.list(), "n": candidates}).Column(&keys)

	return keys, err
}

// query is the question for the index: of the company, any of the words; of those
// long enough also what begins with them, because prices are looked for as price. What
// a number begins is another number.
func query(company, folded string) string {
	var terms []string
	for _, word := range strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }) {
		if len(terms) == mostWords {
			break
		}
		if common[word] || len([]rune(word)) < 2 && !unicode.IsNumber(rune(word[0])) {
			continue
		}
		term := `"` + word + `"`
		if stem := strings.TrimSuffix(word, "s"); len(stem) >= 4 && !strings.ContainsAny(word, "0123456789") {
			term = `"` + stem + `" *`
		}
		if !slices.Contains(terms, term) {
			terms = append(terms, term)
		}
	}
	if len(terms) == 0 {
		return ""
	}

	return `company : "` + company + `" AND {title words} : (` + strings.Join(terms, " OR ") + `)`
}

// common are words that say nothing about what a question is about.
var common = setOf(`
	a an and are as at be by can do does for from has have how i in is it me my of on or our that the this to we what when where which who will with you your
	ao aos as com como da das de do dos e ela ele em esta este eu foi ha isso ja mais mas me meu minha muito na nas nao no nos o os ou para pela pelo por qual
	quais quando que quem se sem ser sua seu tem tenho um uma voce voces onde fica
	al como con cual cuales cuando cuanto de del donde el ella en es esta este hay la las le lo los mi mis muy nos para pero por puedo que quien se si sin son su sus tengo tiene un una usted y yo`)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(words) {
		set[word] = true
	}

	return set
}

// byMeaning are the pieces whose meaning is nearest to the question's, the nearest
// first; none where no key says what texts mean, or it does not answer in time.
func (r *Room) byMeaning(ctx context.Context, app core.App, reach Reach, question string) ([]int64, error) {
	var there bool
	err := app.DB().NewQuery("SELECT EXISTS (SELECT 1 FROM knowledge_vectors WHERE company = {:company})").Bind(dbx.Params{"company": reach.Company}).Row(&there)
	if err != nil || !there {
		return nil, err
	}
	asking, cancel := context.WithTimeout(ctx, askTime)
	model, vectors, err := r.deps.Embed(asking, reach.Company, []string{question})
	cancel()
	if err != nil || model == "" {
		if err != nil && ctx.Err() == nil {
			app.Logger().Warn("A question was looked up by its words only", slog.String("company", reach.Company), slog.Any("error", err))
		}

		return nil, ctx.Err()
	}
	likeness := vector.To(vector.Pack(vectors[0]))

	rows, err := app.DB().NewQuery(`SELECT piece, vector FROM knowledge_vectors WHERE company = {:company} AND model = {:model}
		AND ({:all} OR source IN (SELECT value FROM json_each({:sources})))`).
		Bind(dbx.Params{"company": reach.Company, "model": model, "all": !reach.Chosen, "sources": reach.list()}).Rows()
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var best []near
	var packed sql.RawBytes // of one row, not kept
	for rows.Next() {
		var one near
		if err := rows.Scan(&one.key, &packed); err != nil {
			return nil, err
		}
		if one.likeness = likeness(packed); one.likeness > 0 {
			best = keepNearest(best, one)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	keys := make([]int64, len(best))
	for i, one := range best {
		keys[i] = one.key
	}

	return keys, nil
}

// near is a piece and how alike it is to what was asked.
type near struct {
	key      int64
	likeness float64
}

// keepNearest adds a piece to the candidates, the nearest first, if it is one of them.
func keepNearest(best []near, one near) []near {
	at, _ := slices.BinarySearchFunc(best, one, func(a, b near) int {
		return cmp.Or(cmp.Compare(b.likeness, a.likeness), cmp.Compare(a.key, b.key))
	})
	if at == candidates {
		return best
	}
	best = slices.Insert(best, at, one)

	return best[:min(len(best), candidates)]
}

// ranked is a piece with what speaks for it.
type ranked struct {
	key   int64
	score float64
	by    []string
}

// fuse makes one list of several: what is high in any of them is high, and what is in
// more than one is higher (reciprocal rank fusion).
func fuse(words, meaning []int64) []ranked {
	at := map[int64]int{}
	var all []ranked
	add := func(keys []int64, by string) {
		for place, key := range keys {
			i, known := at[key]
			if !known {
				i = len(all)
				at[key] = i
				all = append(all, ranked{key: key})
			}
			all[i].score += 1 / float64(fusion+place+1)
			all[i].by = append(all[i].by, by)
		}
	}
	add(words, "words")
	add(meaning, "meaning")
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.key, b.key)) })

	return all
}

// passages reads the pieces that are best, a few of each source.
func passages(app core.App, reach Reach, words, meaning []int64) ([]Passage, error) {
	best := fuse(words, meaning)
	keys := make([]int64, len(best))
	for i, one := range best {
		keys[i] = one.key
	}
	raw, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	var rows []Passage
	err = app.DB().NewQuery(`SELECT p.key, p.source, k.kind, k.title, k.url, p.number, p.heading, p.text FROM json_each({:keys}) j
		CROSS JOIN knowledge_pieces p ON p.key = j.value
		CROSS JOIN knowledge k ON k.id = p.source AND k.generation = p.generation AND k.company = {:company}
		WHERE {:all} OR k.id IN (SELECT value FROM json_each({:sources}))`).
		Bind(dbx.Params{"keys": string(raw), "company": reach.Company, "all": !reach.Chosen, "sources": reach.list()}).All(&rows)
	if err != nil {
		return nil, err
	}
	list := []Passage{}
	count := map[string]int{}
	for _, one := range best {
		at := slices.IndexFunc(rows, func(p Passage) bool { return p.Key == one.key })
		if at < 0 || count[rows[at].Source] == mostOfOne || slices.ContainsFunc(list, func(p Passage) bool { return p.Text == rows[at].Text }) {
			continue
		}
		count[rows[at].Source]++
		rows[at].By = one.by
		if list = append(list, rows[at]); len(list) == mostHits {
			break
		}
	}

	return list, nil
}

// find is GET /api/recado/knowledge/find?q=&agent=: what an agent would find for a
// question; without an agent, what one would that may look everywhere.
func (r *Room) find(e *core.RequestEvent) error {
	ask := e.Request.URL.Query()
	me, err := r.deps.Require(e, ask.Get("company"), "agents.manage")
	if err != nil {
		return err
	}
	if strings.TrimSpace(ask.Get("q")) == "" {
		return apierr.Invalid("q", "Write a question, as a customer would ask it.")
	}
	reach := Reach{Company: me.GetString("company")}
	if id := ask.Get("agent"); id != "" {
		agent, err := e.App.FindFirstRecordByFilter(collections.Agents, "id = {:id} && company = {:company}", dbx.Params{"id": id, "company": reach.Company})
		if err != nil {
			return apierr.NotFound("agent")
		}
		reach = ReachOf(agent)
	}
	list, err := r.Find(e.Request.Context(), e.App, reach, ask.Get("q"))
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"items": list})
}
