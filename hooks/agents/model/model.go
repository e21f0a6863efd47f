// Package model talks to language models over OpenAI's protocol, as OpenAI,
// Ollama, vLLM, Groq, OpenRouter and others speak it.
//
// In: an endpoint and a request. Out: a text and calls of tools in one shape,
// whatever the dialect, or an [Error] that says what is wrong. It knows nothing
// of conversations and stores nothing.
package model

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Message is one turn of what the model reads. Role: system, user, assistant or
// tool; Calls are an assistant's, CallID says which of them a tool's text answers.
type Message struct {
	Role, Text string
	Calls      []Call
	CallID     string
}

// Call is a model's wish to use a tool. Arguments are what it sent: often JSON.
type Call struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// Tool is what a model may call; Parameters is a JSON schema.
type Tool struct {
	Name, Description string
	Parameters        json.RawMessage
}

// Request is one question to a model.
type Request struct {
	Model       string
	Messages    []Message
	Tools       []Tool
	Temperature float64
	MaxTokens   int // of the answer; 0: the endpoint's own limit
}

// Reply is what the model said. Tokens are the endpoint's count, or estimated
// where it gives none.
type Reply struct {
	Text                string
	Calls               []Call
	TokensIn, TokensOut int
	Counted             bool
}

// Endpoint is an account at a server of models.
type Endpoint struct {
	BaseURL, Key string
	Stream       bool // read the answer as it is written
	Client       *http.Client
}

// Problem says in one word what is wrong with an endpoint.
type Problem string

// The problems there are.
const (
	Unreachable  Problem = "unreachable"   // no connection, no such host
	Refused      Problem = "refused"       // the key is not accepted
	UnknownModel Problem = "unknown_model" // no such model there
	NoTools      Problem = "no_tools"      // the model does not call tools
	RateLimited  Problem = "rate_limited"  // too many requests, or no credit left
	Slow         Problem = "slow"          // no answer in time
	Broken       Problem = "broken"        // an answer nobody can read
)

// Error is a failed question. After is how long the endpoint asks to wait. It
// holds nothing the endpoint said, which may repeat the key.
type Error struct {
	Problem Problem
	Status  int
	After   time.Duration
}

func (e *Error) Error() string {
	if e.Status == 0 {
		return "the model: " + string(e.Problem)
	}

	return fmt.Sprintf("the model: %s (HTTP %d)", e.Problem, e.Status)
}

// ProblemOf names what an error of this package is about.
func ProblemOf(err error) Problem {
	var known *Error
	if errors.As(err, &known) {
		return known.Problem
	}

	return Broken
}

const (
	mostAnswer = 4 << 20 // bytes of one answer
	mostText   = 40_000  // characters of a text that are kept
)

// Chat asks the model. The time it may take is the context's.
func (e Endpoint) Chat(ctx context.Context, request Request) (Reply, error) {
	wire := &doer{client: e.Client}
	client := e.client(wire)
	asked := toWire(request)

	var reply Reply
	var err error
	if e.Stream {
		reply, err = streamed(ctx, client, asked)
	} else {
		reply, err = whole(ctx, client, asked)
	}
	if err != nil {
		return Reply{}, explain(ctx, err, wire)
	}
	if reply.Text == "" && len(reply.Calls) == 0 {
		return Reply{}, &Error{Problem: Broken, Status: wire.status}
	}
	if !reply.Counted {
		reply.TokensIn, reply.TokensOut = Estimate(request), (len(reply.Text)+size(reply.Calls))/3+1
	}

	return reply, nil
}

// Transcribe writes down what is said in a recording; by its name the endpoint knows
// what it is.
func (e Endpoint) Transcribe(ctx context.Context, name, file string, recording io.Reader) (string, error) {
	wire := &doer{client: e.Client}
	answer, err := e.client(wire).CreateTranscription(ctx, openai.AudioRequest{Model: name, FilePath: file, Reader: recording})
	if err != nil {
		return "", explain(ctx, err, wire)
	}

	return plain(answer.Text), nil
}

// Models lists the models of an endpoint, sorted. Some list none.
func (e Endpoint) Models(ctx context.Context) ([]string, error) {
	wire := &doer{client: e.Client}
	list, err := e.client(wire).ListModels(ctx)
	if err != nil {
		return nil, explain(ctx, err, wire)
	}
	names := make([]string, 0, len(list.Models))
	for _, m := range list.Models {
		if m.ID != "" && len(m.ID) <= 200 {
			names = append(names, m.ID)
		}
	}
	slices.Sort(names)

	return names[:min(len(names), 500)], nil
}

// Test asks the model to call a tool, which is all that Recado needs of it.
func (e Endpoint) Test(ctx context.Context, name string) error {
	reply, err := e.Chat(ctx, Request{
		Model: name,
		Messages: []Message{
			{Role: "system", Text: "You test a connection. Call the tool ping once, with the word the user says. Write nothing else."},
			{Role: "user", Text: "recado"},
		},
		Tools:     []Tool{{Name: "ping", Description: "Answers with the same word.", Parameters: json.RawMessage(`{"type":"object","properties":{"word":{"type":"string"}},"required":["word"]}`)}},
		MaxTokens: 1000,
	})
	if err != nil {
		return err
	}
	if len(reply.Calls) == 0 {
		return &Error{Problem: NoTools}
	}

	return nil
}

// Estimate is about how many tokens a request has: rather too many than too few.
func Estimate(request Request) int {
	n := 0
	for _, m := range request.Messages {
		n += len(m.Text) + size(m.Calls) + 12
	}
	for _, t := range request.Tools {
		n += len(t.Name) + len(t.Description) + len(t.Parameters)
	}

	return n/3 + 1
}

func size(calls []Call) int {
	n := 0
	for _, c := range calls {
		n += len(c.Name) + len(c.Arguments)
	}

	return n
}

func (e Endpoint) client(wire *doer) *openai.Client {
	cfg := openai.DefaultConfig(e.Key)
	cfg.BaseURL = strings.TrimRight(e.BaseURL, "/")
	cfg.HTTPClient = wire

	return openai.NewClientWithConfig(cfg)
}

func toWire(request Request) openai.ChatCompletionRequest {
	wire := openai.ChatCompletionRequest{Model: request.Model, Temperature: float32(request.Temperature)}
	//lint:ignore SA1019 max_tokens is the one every dialect knows
	wire.MaxTokens = request.MaxTokens
	for _, m := range request.Messages {
		message := openai.ChatCompletionMessage{Role: m.Role, Content: m.Text, ToolCallID: m.CallID}
		for _, c := range m.Calls {
			message.ToolCalls = append(message.ToolCalls, openai.ToolCall{
				ID: c.ID, Type: openai.ToolTypeFunction, Function: openai.FunctionCall{Name: c.Name, Arguments: cmp.Or(c.Arguments, "{}")},
			})
		}
		wire.Messages = append(wire.Messages, message)
	}
	for _, t := range request.Tools {
		wire.Tools = append(wire.Tools, openai.Tool{Type: openai.ToolTypeFunction, Function: &openai.FunctionDefinition{
			Name: t.Name, Description: t.Description, Parameters: t.Parameters,
		}})
	}

	return wire
}

func whole(ctx context.Context, client *openai.Client, request openai.ChatCompletionRequest) (Reply, error) {
	answer, err := client.CreateChatCompletion(ctx, request)
	if err != nil {
		return Reply{}, err
	}
	if len(answer.Choices) == 0 {
		return Reply{}, io.ErrUnexpectedEOF
	}
	if answer.Choices[0].FinishReason == failed {
		return Reply{}, errFailed
	}
	message := answer.Choices[0].Message
	reply := Reply{Text: plain(message.Content), Calls: calls(message.ToolCalls)}
	if old := message.FunctionCall; old != nil && len(reply.Calls) == 0 { // the shape before tool_calls
		reply.Calls = calls([]openai.ToolCall{{Function: *old}})
	}
	reply.count(answer.Usage)

	return reply, nil
}

// failed is why an answer ends that OpenRouter's own endpoint broke off.
const failed = "error"

var errFailed = errors.New("the endpoint broke its answer off")

// streamed reads an answer piece by piece. One that ends without being finished
// is no answer.
func streamed(ctx context.Context, client *openai.Client, request openai.ChatCompletionRequest) (Reply, error) {
	request.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	stream, err := client.CreateChatCompletionStream(ctx, request)
	if err != nil {
		return Reply{}, err
	}
	defer stream.Close()

	var text strings.Builder
	var parts []openai.ToolCall
	var reply Reply
	finished := false
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Reply{}, err
		}
		if piece.Usage != nil {
			reply.count(*piece.Usage)
		}
		for _, choice := range piece.Choices {
			if text.Len() < mostText*4 {
				text.WriteString(choice.Delta.Content)
			}
			for _, part := range choice.Delta.ToolCalls {
				parts = join(parts, part)
			}
			if old := choice.Delta.FunctionCall; old != nil {
				parts = join(parts, openai.ToolCall{Function: *old})
			}
			if choice.FinishReason == failed {
				return Reply{}, errFailed
			}
			finished = finished || choice.FinishReason != ""
		}
	}
	if !finished {
		return Reply{}, io.ErrUnexpectedEOF
	}
	reply.Text, reply.Calls = plain(text.String()), calls(parts)

	return reply, nil
}

// join adds a piece of a call to the call it belongs to: by its index, by its id,
// else to the last one. A piece with another name or id begins a new call where the
// endpoint gives every call the index 0.
func join(parts []openai.ToolCall, part openai.ToolCall) []openai.ToolCall {
	at := len(parts) - 1
	for i, known := range parts {
		if part.Index != nil && known.Index != nil && *part.Index == *known.Index {
			at = i
		}
	}
	starts := at < 0 ||
		part.Index != nil && parts[at].Index != nil && *part.Index != *parts[at].Index ||
		part.ID != "" && parts[at].ID != "" && part.ID != parts[at].ID ||
		part.ID == "" && part.Function.Name != "" && json.Valid([]byte(parts[at].Function.Arguments))
	if starts {
		return append(parts, part)
	}
	parts[at].ID = cmp.Or(parts[at].ID, part.ID)
	if parts[at].Function.Name != part.Function.Name {
		parts[at].Function.Name += part.Function.Name
	}
	if len(parts[at].Function.Arguments) < mostText*4 {
		parts[at].Function.Arguments += part.Function.Arguments
	}

	return parts
}

// calls gives every call an id; some endpoints send none, or the same for all.
func calls(wire []openai.ToolCall) []Call {
	var list []Call
	seen := map[string]bool{}
	for i, c := range wire {
		if c.Function.Name == "" {
			continue
		}
		id := c.ID
		if id == "" || seen[id] || len(id) > 100 {
			id = fmt.Sprintf("call_%d", i)
		}
		seen[id] = true
		list = append(list, Call{ID: id, Name: c.Function.Name, Arguments: c.Function.Arguments})
	}

	return list
}

func (r *Reply) count(usage openai.Usage) {
	if usage.PromptTokens > 0 || usage.CompletionTokens > 0 {
		r.TokensIn, r.TokensOut, r.Counted = usage.PromptTokens, usage.CompletionTokens, true
	}
}

// thoughts are what some models write before they answer; it is not for customers.
var thoughts = regexp.MustCompile(`(?is)<think(?:ing)?>.*?(?:</think(?:ing)?>|$)`)

func plain(text string) string {
	text = strings.TrimSpace(thoughts.ReplaceAllString(strings.ToValidUTF8(text, "\uFFFD"), ""))
	if runes := []rune(text); len(runes) > mostText {
		return string(runes[:mostText])
	}

	return text
}

// explain makes an [Error] of whatever went wrong.
func explain(ctx context.Context, err error, wire *doer) error {
	status := wire.status
	result := &Error{Status: status, After: wire.after, Problem: Broken}
	var network *net.OpError
	var name *net.DNSError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return context.Canceled
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded):
		result.Problem = Slow
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		result.Problem = Refused
	case status == http.StatusTooManyRequests, status == http.StatusPaymentRequired:
		result.Problem = RateLimited
	case status >= 400 && status < 500 && mentions(err, "tool", "function call"):
		result.Problem = NoTools
	case status == http.StatusNotFound, status >= 400 && status < 500 && mentions(err, "model"):
		result.Problem = UnknownModel
	case status == 0 || errors.As(err, &network) || errors.As(err, &name):
		result.Problem = Unreachable
	case status >= 500:
		result.Problem = Broken
	}

	return result
}

// mentions looks for words in what the endpoint said of its refusal.
func mentions(err error, words ...string) bool {
	said := err.Error()
	var raw *openai.RequestError
	if errors.As(err, &raw) {
		said += string(raw.Body)
	}
	said = strings.ToLower(said)

	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(said, word) })
}
