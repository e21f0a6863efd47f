package model_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"recado/hooks/agents/model"
	"recado/hooks/recadotest/modeltest"
)

var ping = []model.Tool{{Name: "ping", Description: "pings", Parameters: json.RawMessage(`{"type":"object","properties":{"word":{"type":"string"}}}`)}}

func ask(t *testing.T, server *modeltest.Server, stream bool) (model.Reply, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	endpoint := model.Endpoint{BaseURL: server.URL, Key: "sk-test-secret", Stream: stream, Client: http.DefaultClient}

	return endpoint.Chat(ctx, model.Request{Model: "small", Messages: []model.Message{{Role: "user", Text: "hi"}}, Tools: ping})
}

// Every dialect comes out the same, streamed or not.
//
// Parity: LS-ai-keys.
func TestDialects(t *testing.T) {
	two := []modeltest.Call{{Name: "ping", Arguments: `{"word":"a"}`}, {Name: "ping", Arguments: `{"word":"b"}`}}
	for name, answer := range map[string]modeltest.Answer{
		"OpenAI":                {Calls: two},
		"Groq, calls in a part": {Calls: two, InOnePart: true},
		"Ollama, no usage":      {Calls: two, NoUsage: true, FinishAs: "stop", InOnePart: true},
		"vLLM, no ids":          {Calls: two, NoIDs: true},
		"OpenRouter, comments":  {Calls: two, Waits: true, InOnePart: true},
		"no index":              {Calls: two, NoIndex: true},
		"neither index nor ids": {Calls: two, NoIndex: true, NoIDs: true},
	} {
		for _, stream := range []bool{false, true} {
			reply, err := ask(t, modeltest.New(t).Script(answer), stream)
			if err != nil {
				t.Errorf("%s, stream %v: %v", name, stream, err)

				continue
			}
			if len(reply.Calls) != 2 || reply.Calls[0].Arguments != `{"word":"a"}` || reply.Calls[1].Arguments != `{"word":"b"}` || reply.Calls[0].ID == reply.Calls[1].ID {
				t.Errorf("%s, stream %v: %+v", name, stream, reply.Calls)
			}
			if reply.TokensIn == 0 || reply.TokensOut == 0 || reply.Counted == answer.NoUsage {
				t.Errorf("%s, stream %v: tokens %d, %d, counted %v", name, stream, reply.TokensIn, reply.TokensOut, reply.Counted)
			}
		}
	}

	for name, answer := range map[string]modeltest.Answer{
		"arguments as an object": {Calls: two[:1], AsObject: true},
		"the old shape":          {Calls: two[:1], OldCall: true},
	} {
		reply, err := ask(t, modeltest.New(t).Script(answer), false)
		if err != nil || len(reply.Calls) != 1 || reply.Calls[0].Arguments != `{"word":"a"}` {
			t.Errorf("%s: %+v, %v", name, reply.Calls, err)
		}
	}

	for _, stream := range []bool{false, true} {
		reply, err := ask(t, modeltest.New(t).Script(modeltest.Say("<think>hm, what now</think>\nHello, olá ✓")), stream)
		if err != nil || reply.Text != "Hello, olá ✓" {
			t.Errorf("stream %v: %q, %v", stream, reply.Text, err)
		}
	}
}

// What is wrong is said in one word, and never in the endpoint's words.
func TestProblems(t *testing.T) {
	for name, test := range map[string]struct {
		answer modeltest.Answer
		want   model.Problem
	}{
		"refused":               {modeltest.Answer{Status: 401, Error: "Incorrect API key provided: sk-test-secret"}, model.Refused},
		"forbidden":             {modeltest.Answer{Status: 403, Error: "no"}, model.Refused},
		"unknown model":         {modeltest.Answer{Status: 404, Error: "The model `small` does not exist"}, model.UnknownModel},
		"unknown model, as 400": {modeltest.Answer{Status: 400, Error: "invalid model ID"}, model.UnknownModel},
		"no tools":              {modeltest.Answer{Status: 400, Error: "registry.ollama.ai/library/tiny does not support tools"}, model.NoTools},
		"too many":              {modeltest.Answer{Status: 429, Error: "slow down", RetryAfter: "7"}, model.RateLimited},
		"no credit":             {modeltest.Answer{Status: 402, Error: "pay"}, model.RateLimited},
		"down":                  {modeltest.Answer{Status: 503, Error: "overloaded"}, model.Broken},
		"a page":                {modeltest.Answer{Raw: "<html>hello</html>"}, model.Broken},
		"no choices":            {modeltest.Answer{Raw: `{"choices":[]}`}, model.Broken},
		"nothing at all":        {modeltest.Answer{}, model.Broken},
		"broken off, told so":   {modeltest.Answer{Text: "half an answer, then an error in its stead", FinishAs: "error"}, model.Broken},
		"half an answer":        {modeltest.Answer{Text: "a long answer that ends in the middle of", Cut: true}, model.Broken},
	} {
		for _, stream := range []bool{false, true} {
			_, err := ask(t, modeltest.New(t).Script(test.answer), stream)
			var known *model.Error
			if !errors.As(err, &known) || known.Problem != test.want {
				t.Errorf("%s, stream %v: %v, want %s", name, stream, err, test.want)

				continue
			}
			if test.answer.RetryAfter != "" && known.After != 7*time.Second {
				t.Errorf("%s: asks to wait %v", name, known.After)
			}
		}
	}

	closed := modeltest.New(t)
	closed.URL = "http://127.0.0.1:1/v1"
	if _, err := ask(t, closed, false); model.ProblemOf(err) != model.Unreachable {
		t.Errorf("a closed port: %v", err)
	}
	hanging := modeltest.New(t).Script(modeltest.Answer{Hang: true})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := model.Endpoint{BaseURL: hanging.URL, Client: http.DefaultClient}.Chat(ctx, model.Request{Model: "small"})
	if model.ProblemOf(err) != model.Slow {
		t.Errorf("no answer: %v", err)
	}
}

func TestTheTestOfAnEndpoint(t *testing.T) {
	server := modeltest.New(t)
	endpoint := model.Endpoint{BaseURL: server.URL, Client: http.DefaultClient}
	server.Script(modeltest.Use("ping", `{"word":"recado"}`))
	if err := endpoint.Test(t.Context(), "small"); err != nil {
		t.Error(err)
	}
	server.Script(modeltest.Say("recado"))
	if err := endpoint.Test(t.Context(), "small"); model.ProblemOf(err) != model.NoTools {
		t.Errorf("a model that calls no tools: %v", err)
	}
	models, err := endpoint.Models(t.Context())
	if err != nil || len(models) != 2 {
		t.Errorf("models: %v, %v", models, err)
	}
}
