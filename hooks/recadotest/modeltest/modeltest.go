// Package modeltest is a server on a loopback port that speaks OpenAI's protocol as
// a test tells it to: in the dialects there are, and with their faults.
package modeltest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// Message is one the server was sent.
type Message struct {
	Role       string `json:"role"`
	Content    string `json:"content"`
	ToolCallID string `json:"tool_call_id"`
	ToolCalls  []struct {
		ID       string `json:"id"`
		Function struct {
			Name      string `json:"name"`
			Arguments string `json:"arguments"`
		} `json:"function"`
	} `json:"tool_calls"`
}

// Request is what the server was asked.
type Request struct {
	Path        string    `json:"-"`
	Key         string    `json:"-"`
	File        string    `json:"-"` // name of a recording
	Sound       []byte    `json:"-"`
	Model       string    `json:"model"`
	Messages    []Message `json:"messages"`
	Stream      bool      `json:"stream"`
	Temperature float64   `json:"temperature"`
	MaxTokens   int       `json:"max_tokens"`
	Tools       []struct {
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	} `json:"tools"`
}

// Last is the last message of a role, or the zero Message.
func (r Request) Last(role string) Message {
	for i := len(r.Messages) - 1; i >= 0; i-- {
		if r.Messages[i].Role == role {
			return r.Messages[i]
		}
	}

	return Message{}
}

// Call is a use of a tool.
type Call struct{ Name, Arguments string }

// Answer is what the server says, and how. The zero values are OpenAI's ways.
type Answer struct {
	Text  string
	Calls []Call

	Status     int    // 0: 200
	Error      string // the words of an error
	RetryAfter string
	Raw        string        // sent instead of everything else
	Hang       bool          // no answer until the client gives up
	Delay      time.Duration // before the answer
	Cut        bool          // the connection ends in the middle

	NoUsage   bool // Ollama and others count nothing
	NoIDs     bool // calls without ids
	NoIndex   bool // streamed calls without an index
	AsObject  bool // arguments as an object instead of its text
	OldCall   bool // function_call, the shape before tool_calls
	FinishAs  string
	InOnePart bool // a streamed call in one piece, as Groq sends it
	Waits     bool // comments in the stream before the answer, as OpenRouter sends them
}

// Say is an answer of words.
func Say(text string) Answer { return Answer{Text: text} }

// Use is an answer that calls a tool.
func Use(name, arguments string) Answer {
	return Answer{Calls: []Call{{Name: name, Arguments: arguments}}}
}

// Server is the endpoint; its address for Recado is URL.
type Server struct {
	URL    string
	Models []string // nil: the endpoint lists none

	// Embed says what a text means; nil: the endpoint does not offer it.
	Embed func(text string) []float32

	mu       sync.Mutex
	script   []Answer
	decide   func(Request) Answer
	requests []Request
}

// New starts a server that answers "ok" until it is told otherwise.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{Models: []string{"small", "large"}}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	s.URL = server.URL + "/v1"
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})

	return s
}

// Alone serves on a loopback port in a process of its own, whose work is not the
// test's: its URL is the line it writes, and it ends with what it reads.
func Alone(decide func(Request) Answer, in io.Reader, out io.Writer) {
	s := &Server{Models: []string{"small"}, decide: decide}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	fmt.Fprintln(out, server.URL+"/v1")
	_, _ = io.Copy(io.Discard, in)
}

// Script answers the next requests in this order, then as before.
func (s *Server) Script(answers ...Answer) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script = append(s.script, answers...)

	return s
}

// Decide answers what no script does.
func (s *Server) Decide(decide func(Request) Answer) *Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decide = decide

	return s
}

// Requests are those the server got so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()

	return append([]Request(nil), s.requests...)
}

func (s *Server) next(r Request) Answer {
	s.mu.Lock()
	s.requests = append(s.requests, r)
	if len(s.script) > 0 {
		answer := s.script[0]
		s.script = s.script[1:]
		s.mu.Unlock()

		return answer
	}
	decide := s.decide
	s.mu.Unlock()
	if decide != nil {
		return decide(r)
	}

	return Say("ok")
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if strings.HasSuffix(r.URL.Path, "/models") {
		s.listModels(w, r)

		return
	}
	if strings.HasSuffix(r.URL.Path, "/embeddings") {
		s.embed(w, r)

		return
	}
	var asked Request
	if strings.HasSuffix(r.URL.Path, "/audio/transcriptions") {
		file, header, err := r.FormFile("file")
		if err != nil {
			http.Error(w, "bad request", http.StatusBadRequest)

			return
		}
		sound, _ := io.ReadAll(file)
		asked.Model, asked.File, asked.Sound = r.FormValue("model"), header.Filename, sound
	} else if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)

		return
	}
	asked.Path, asked.Key = r.URL.Path, strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	a := s.next(asked)
	if a.Hang {
		<-r.Context().Done()

		return
	}
	if a.Delay > 0 {
		select {
		case <-time.After(a.Delay):
		case <-r.Context().Done():
			return
		}
	}
	if a.RetryAfter != "" {
		w.Header().Set("Retry-After", a.RetryAfter)
	}
	switch {
	case a.Raw != "":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(max(a.Status, 200))
		_, _ = io.WriteString(w, a.Raw)
	case a.Status >= 400:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(a.Status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": a.Error, "type": "invalid_request_error"}})
	case asked.File != "":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"text": a.Text})
	case asked.Stream:
		a.stream(w)
	default:
		a.whole(w)
	}
}

func (s *Server) listModels(w http.ResponseWriter, r *http.Request) {
	if s.Models == nil {
		http.NotFound(w, r)

		return
	}
	list := []map[string]any{}
	for _, name := range s.Models {
		list = append(list, map[string]any{"id": name, "object": "model"})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": list})
}

func (s *Server) embed(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Input []string `json:"input"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || s.Embed == nil {
		http.NotFound(w, r)

		return
	}
	list := []map[string]any{}
	for i, text := range asked.Input {
		list = append(list, map[string]any{"object": "embedding", "index": i, "embedding": s.Embed(text)})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "data": list, "usage": map[string]any{"prompt_tokens": 1, "total_tokens": 1}})
}

func (a Answer) finish() string {
	switch {
	case a.FinishAs != "":
		return a.FinishAs
	case len(a.Calls) > 0 && a.OldCall:
		return "function_call"
	case len(a.Calls) > 0:
		return "tool_calls"
	default:
		return "stop"
	}
}

func (a Answer) call(i int) map[string]any {
	c := a.Calls[i]
	function := map[string]any{"name": c.Name, "arguments": c.Arguments}
	if a.AsObject {
		var value any
		if json.Unmarshal([]byte(c.Arguments), &value) == nil {
			function["arguments"] = value
		}
	}
	call := map[string]any{"type": "function", "function": function}
	if !a.NoIDs {
		call["id"] = fmt.Sprint("call-", i)
	}

	return call
}

func (a Answer) whole(w http.ResponseWriter) {
	message := map[string]any{"role": "assistant", "content": a.Text}
	if len(a.Calls) > 0 {
		var calls []map[string]any
		for i := range a.Calls {
			calls = append(calls, a.call(i))
		}
		if a.OldCall {
			message["function_call"] = calls[0]["function"]
		} else {
			message["tool_calls"] = calls
		}
		if a.Text == "" {
			message["content"] = nil
		}
	}
	body := map[string]any{"id": "x", "object": "chat.completion", "choices": []map[string]any{{"index": 0, "message": message, "finish_reason": a.finish()}}}
	if !a.NoUsage {
		body["usage"] = map[string]any{"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
	}
	raw, _ := json.Marshal(body)
	w.Header().Set("Content-Type", "application/json")
	if a.Cut {
		w.Header().Set("Content-Length", fmt.Sprint(len(raw)))
		_, _ = w.Write(raw[:len(raw)/2])

		return
	}
	_, _ = w.Write(raw)
}

func (a Answer) stream(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/event-stream")
	flusher, _ := w.(http.Flusher)
	send := func(value any) {
		raw, _ := json.Marshal(value)
		fmt.Fprintf(w, "data: %s\n\n", raw)
		if flusher != nil {
			flusher.Flush()
		}
	}
	piece := func(delta map[string]any, finish any) {
		send(map[string]any{"id": "x", "object": "chat.completion.chunk", "choices": []map[string]any{{"index": 0, "delta": delta, "finish_reason": finish}}})
	}
	if a.Waits {
		for range 5 {
			fmt.Fprint(w, ": OPENROUTER PROCESSING\n\n")
		}
	}
	piece(map[string]any{"role": "assistant", "content": ""}, nil)
	runes := []rune(a.Text)
	for len(runes) > 0 {
		n := min(5, len(runes))
		piece(map[string]any{"content": string(runes[:n])}, nil)
		runes = runes[n:]
		if a.Cut {
			return
		}
	}
	for i, c := range a.Calls {
		call := a.call(i)
		if !a.NoIndex {
			call["index"] = i
		}
		if a.OldCall {
			piece(map[string]any{"function_call": call["function"]}, nil)

			continue
		}
		if a.InOnePart || a.NoIndex && a.NoIDs {
			piece(map[string]any{"tool_calls": []any{call}}, nil)

			continue
		}
		call["function"] = map[string]any{"name": c.Name, "arguments": ""}
		piece(map[string]any{"tool_calls": []any{call}}, nil)
		half := len(c.Arguments) / 2
		for _, part := range []string{c.Arguments[:half], c.Arguments[half:]} {
			more := map[string]any{"function": map[string]any{"arguments": part}}
			if !a.NoIndex {
				more["index"] = i
			}
			piece(map[string]any{"tool_calls": []any{more}}, nil)
			if a.Cut {
				return
			}
		}
	}
	piece(map[string]any{}, a.finish())
	if !a.NoUsage {
		send(map[string]any{"id": "x", "choices": []any{}, "usage": map[string]any{"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}})
	}
	fmt.Fprint(w, "data: [DONE]\n\n")
}
