package model

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// doer passes the library's requests to the client, remembers how they were
// answered, bounds the answer, and brings it into the one shape the library reads.
type doer struct {
	client *http.Client
	status int
	after  time.Duration
}

func (d *doer) Do(request *http.Request) (*http.Response, error) {
	response, err := d.client.Do(request)
	if err != nil {
		return nil, err
	}
	d.status, d.after = response.StatusCode, retryAfter(response.Header.Get("Retry-After"))

	bounded := struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, mostAnswer), response.Body}
	response.Body = bounded
	if strings.Contains(response.Header.Get("Content-Type"), "json") {
		raw, err := io.ReadAll(bounded)
		response.Body.Close()
		if err != nil {
			return nil, err
		}
		response.Body = io.NopCloser(bytes.NewReader(straighten(raw)))
	}

	return response, nil
}

// longestWait is how long an endpoint's wish to wait is believed.
const longestWait = time.Hour

func retryAfter(header string) time.Duration {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(header), 64)
	if err != nil || seconds <= 0 {
		return 0
	}

	return min(time.Duration(seconds*float64(time.Second)), longestWait)
}

// straighten turns arguments sent as an object, as some endpoints do, into the
// text of that object, and a content of parts into its text.
func straighten(raw []byte) []byte {
	var answer map[string]any
	if json.Unmarshal(raw, &answer) != nil {
		return raw
	}
	choices, _ := answer["choices"].([]any)
	changed := false
	for _, choice := range choices {
		c, _ := choice.(map[string]any)
		message, _ := c["message"].(map[string]any)
		if parts, ok := message["content"].([]any); ok {
			text := ""
			for _, part := range parts {
				p, _ := part.(map[string]any)
				s, _ := p["text"].(string)
				text += s
			}
			message["content"], changed = text, true
		}
		calls, _ := message["tool_calls"].([]any)
		for _, call := range calls {
			one, _ := call.(map[string]any)
			function, _ := one["function"].(map[string]any)
			switch arguments := function["arguments"].(type) {
			case nil, string:
			default:
				text, _ := json.Marshal(arguments)
				function["arguments"], changed = string(text), true
			}
		}
	}
	if !changed {
		return raw
	}
	straight, err := json.Marshal(answer)
	if err != nil {
		return raw
	}

	return straight
}
