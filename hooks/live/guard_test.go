package live

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// listen opens PocketBase's own realtime and returns the client's id, or the
// status it was refused with. done is closed when the server ends it.
func (w *world) listen() (id string, status int, done <-chan struct{}) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.url+"/api/realtime", nil)
	must(w.t, err)
	response, err := http.DefaultTransport.RoundTrip(request)
	must(w.t, err)
	if response.StatusCode != http.StatusOK {
		response.Body.Close()

		return "", response.StatusCode, nil
	}

	reader := bufio.NewReader(response.Body)
	for id == "" {
		line, err := reader.ReadString('\n')
		must(w.t, err)
		id, _ = strings.CutPrefix(strings.TrimSpace(line), "id:")
		if !strings.HasPrefix(line, "id:") {
			id = ""
		}
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer response.Body.Close()
		_, _ = io.Copy(io.Discard, reader)
	}()

	return id, http.StatusOK, ended
}

func (w *world) subscribe(token, id string, topics ...string) (int, string) {
	w.t.Helper()
	body, err := json.Marshal(map[string]any{"clientId": id, "subscriptions": topics})
	must(w.t, err)
	request, err := http.NewRequest(http.MethodPost, w.url+"/api/realtime", bytes.NewReader(body))
	must(w.t, err)
	request.Header.Set("Authorization", token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultTransport.RoundTrip(request)
	must(w.t, err)
	defer response.Body.Close()
	var answer struct {
		Data struct {
			Code string `json:"code"`
		} `json:"data"`
	}
	_ = json.NewDecoder(response.Body).Decode(&answer)

	return response.StatusCode, answer.Data.Code
}

func topic(path, company string) string {
	return path + "?options=" + url.QueryEscape(fmt.Sprintf(`{"query":{"company":%q}}`, company))
}

// Parity: WT-realtime.
func TestGuardOfTheBuiltInRealtime(t *testing.T) {
	w := newWorld(t, Deps{})
	here, there := w.company(), w.company()
	p := w.person(here, "contacts.view_all")
	former := w.person(here, "contacts.view_all")
	former.member.Set("active", false)
	must(t, w.app.Save(former.member))
	superusers, err := w.app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	must(t, err)
	super := core.NewRecord(superusers)
	super.Load(map[string]any{"email": "root@example.com", "password": "correct horse"})
	must(t, w.app.Save(super))
	root, err := super.NewAuthToken()
	must(t, err)

	for name, try := range map[string]struct {
		token, topic string
		status       int
		code         string
	}{
		"member":                 {p.token, topic("contacts/*", here), 204, ""},
		"one record":             {p.token, topic("contacts/abc", here), 204, ""},
		"myself":                 {p.token, "users/" + p.user.Id, 204, ""},
		"guest":                  {"", topic("contacts/*", here), 401, "sign_in"},
		"other company":          {p.token, topic("contacts/*", there), 403, "not_a_member"},
		"no company":             {p.token, "contacts/*", 403, "not_a_member"},
		"broken options":         {p.token, "contacts/*?options=%7B", 403, "not_a_member"},
		"former member":          {former.token, topic("contacts/*", here), 403, "not_a_member"},
		"unknown topic":          {p.token, "anything", 400, "unknown_topic"},
		"nothing members see":    {p.token, topic("channel_events/*", here), 400, "unknown_topic"},
		"superuser":              {root, "contacts/*", 204, ""},
		"superuser, unknown one": {root, "anything/*", 400, "unknown_topic"},
	} {
		id, status, _ := w.listen()
		if status != http.StatusOK {
			t.Fatalf("%s: connect: status %d", name, status)
		}
		if status, code := w.subscribe(try.token, id, try.topic); status != try.status || code != try.code {
			t.Errorf("%s: %d %s, want %d %s", name, status, code, try.status, try.code)
		}
		w.app.SubscriptionsBroker().Unregister(id)
	}
}

func TestGuardCountsConnections(t *testing.T) {
	w := newWorld(t, Deps{Guard: GuardLimits{Connections: 8, PerAddress: 6, PerUser: 2}})
	p := w.person(w.company(), "contacts.view_all")

	for n := range 6 {
		id, status, _ := w.listen()
		if status != http.StatusOK {
			t.Fatalf("connection %d: status %d", n, status)
		}
		want := http.StatusNoContent
		if n >= 2 {
			want = http.StatusTooManyRequests
		}
		if status, _ := w.subscribe(p.token, id, topic("contacts/*", p.company)); status != want {
			t.Errorf("subscription %d of one account: status %d, want %d", n, status, want)
		}
		if status, _ := w.subscribe(p.token, id); n < 2 && status != http.StatusNoContent {
			t.Errorf("changing subscription %d: status %d", n, status)
		}
	}
	if _, status, _ := w.listen(); status != http.StatusTooManyRequests {
		t.Errorf("seventh of one address: status %d, want 429", status)
	}

	// From other addresses, as told by a trusted proxy.
	w.app.Settings().TrustedProxy.Headers = []string{"X-Real-Address"}
	for n := range 3 {
		request, err := http.NewRequest(http.MethodGet, w.url+"/api/realtime", nil)
		must(t, err)
		request.Header.Set("X-Real-Address", fmt.Sprintf("10.0.0.%d", n+1))
		response, err := http.DefaultTransport.RoundTrip(request)
		must(t, err)
		t.Cleanup(func() { response.Body.Close() })
		want := http.StatusOK
		if n >= 2 {
			want = http.StatusTooManyRequests
		}
		if response.StatusCode != want {
			t.Errorf("connection %d in all: status %d, want %d", n+7, response.StatusCode, want)
		}
	}
}

func TestGuardEndsWhatListensToNothing(t *testing.T) {
	w := newWorld(t, Deps{Guard: GuardLimits{Patience: 50 * time.Millisecond}})
	p := w.person(w.company(), "contacts.view_all")

	_, _, idle := w.listen()
	wait(t, idle)

	id, _, revoked := w.listen()
	if status, code := w.subscribe(p.token, id, topic(collections.Contacts+"/*", p.company)); status != http.StatusNoContent {
		t.Fatalf("status %d %s", status, code)
	}
	p.user.SetPassword("another horse")
	must(t, w.app.Save(p.user))
	wait(t, revoked)
}

func wait(t *testing.T, done <-chan struct{}) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("still open")
	}
}
