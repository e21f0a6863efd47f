package model

import (
	"context"
	"io"

	openai "github.com/sashabaranov/go-openai"
)

// Embed asks what texts mean: a vector for each, in their order.
func (e Endpoint) Embed(ctx context.Context, name string, texts []string) ([][]float32, error) {
	wire := &doer{client: e.Client}
	answer, err := e.client(wire).CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{Input: texts, Model: openai.EmbeddingModel(name)})
	if err != nil {
		return nil, explain(ctx, err, wire)
	}
	vectors := make([][]float32, len(texts))
	for _, one := range answer.Data {
		if one.Index >= 0 && one.Index < len(vectors) {
			vectors[one.Index] = one.Embedding
		}
	}
	for _, vector := range vectors {
		if len(vector) == 0 {
			return nil, explain(ctx, io.ErrUnexpectedEOF, wire)
		}
	}

	return vectors, nil
}
