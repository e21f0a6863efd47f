package model

import (
	"context"
	"io"

	openai "github.com/sashabaranov/go-openai"
)

// Embed asks what texts mean: a vector for each, in their order. tokens are the
// endpoint's count, or estimated where it gives none.
func (e Endpoint) Embed(ctx context.Context, name string, texts []string) (vectors [][]float32, tokens int, err error) {
	wire := &doer{client: e.Client}
	answer, err := e.client(wire).CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{Input: texts, Model: openai.EmbeddingModel(name)})
	if err != nil {
		return nil, 0, explain(ctx, err, wire)
	}
	vectors = make([][]float32, len(texts))
	for _, one := range answer.Data {
		if one.Index >= 0 && one.Index < len(vectors) {
			vectors[one.Index] = one.Embedding
		}
	}
	for _, vector := range vectors {
		if len(vector) == 0 {
			return nil, 0, explain(ctx, io.ErrUnexpectedEOF, wire)
		}
	}

	if tokens = answer.Usage.PromptTokens; tokens == 0 {
		tokens = EstimateTexts(texts)
	}

	return vectors, tokens, nil
}

// EstimateTexts is about how many tokens texts have: rather too many than too few.
func EstimateTexts(texts []string) int {
	n := 0
	for _, text := range texts {
		n += len(text)/3 + 1
	}

	return n
}
