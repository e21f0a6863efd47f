package agents

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agents/model"
	"recado/hooks/knowledge"
)

// Knowledge finds what an agent may know.
type Knowledge interface {
	Find(ctx context.Context, app core.App, reach knowledge.Reach, question string) ([]knowledge.Passage, error)
}

// cited is a passage that an answer says it is from, as it is kept with the run.
type cited struct {
	Knowledge string `json:"knowledge"`
	Title     string `json:"title"`
	Heading   string `json:"heading"`
	URL       string `json:"url"`
}

// lookUp asks the knowledge for the run's agent. Each passage gets a name by which the
// model can say that it used it; the same passage keeps its own.
func (x *run) lookUp(c *Call, question string) ([]map[string]any, error) {
	list := []map[string]any{}
	if x.room.deps.Knowledge == nil {
		return list, nil
	}
	found, err := x.room.deps.Knowledge.Find(x.room.ctx, c.app, knowledge.ReachOf(x.agent), question)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		at := slices.IndexFunc(x.passages, func(known knowledge.Passage) bool { return known.Key == p.Key })
		if at < 0 {
			at = len(x.passages)
			x.passages = append(x.passages, p)
		}
		row := map[string]any{"ref": fmt.Sprintf("k%d", at+1), "title": p.Title, "text": p.Text}
		if p.Heading != "" {
			row["heading"] = p.Heading
		}
		if p.Kind == "address" {
			row["link"] = p.URL
		}
		list = append(list, row)
	}

	return list, nil
}

// marks are what a model puts behind what it took from a passage: [k1], (k1, k2).
var marks = regexp.MustCompile(`\s*[\[(【]\s*k\d+(?:\s*[,;]\s*k\d+)*\s*[\])】]`)

var mark = regexp.MustCompile(`k(\d+)`)

// cite takes the marks out of an answer, and says which passages they name, each once.
func cite(text string, passages []knowledge.Passage) (plain string, list []cited) {
	list = []cited{}
	plain = marks.ReplaceAllStringFunc(text, func(found string) string {
		for _, m := range mark.FindAllStringSubmatch(found, -1) {
			for i, p := range passages {
				one := cited{p.Source, p.Title, p.Heading, p.URL}
				if m[1] == fmt.Sprint(i+1) && !slices.Contains(list, one) {
					list = append(list, one)
				}
			}
		}

		return ""
	})

	return strings.TrimSpace(plain), list
}

// Embed says what texts mean, by the company's first key that has a model for it; its
// name is empty where none has. Without texts nobody is asked. What it costs is booked
// before and put right after, as a question of an agent is.
func (r *Room) Embed(ctx context.Context, company string, texts []string) (name string, vectors [][]float32, err error) {
	var keys []*core.Record
	err = r.app.RecordQuery(collections.AIKeys).AndWhere(dbx.HashExp{"company": company}).
		AndWhere(dbx.NewExp("embedding_model != ''")).OrderBy("created", "id").Limit(1).All(&keys)
	if err != nil || len(keys) == 0 {
		return "", nil, err
	}
	key := keys[0]
	name = key.Id + " " + key.GetString("embedding_model")
	if len(texts) == 0 {
		return name, nil, nil
	}
	endpoint, err := r.endpoint(key)
	if err != nil {
		return "", nil, err
	}
	cost := key.GetInt("embedding_price")
	estimate := model.EstimateTexts(texts)
	day, err := r.reserveMeaning(company, estimate, estimate*cost)
	if err != nil {
		return "", nil, err
	}
	vectors, tokens, err := endpoint.Embed(ctx, key.GetString("embedding_model"), texts)
	if p := model.ProblemOf(err); err != nil && (p == model.Slow || p == model.Broken) {
		tokens = estimate // it may have cost something all the same
	}
	tokens -= estimate

	return name, vectors, errors.Join(err, r.book(r.deps.Ledger.App, company, "", day, tokens, tokens*cost, false))
}
