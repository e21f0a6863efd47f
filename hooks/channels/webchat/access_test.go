package webchat_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"recado/hooks/recadotest"
)

func (d *desk) feed() *recadotest.Feed { return d.Feed(d.url, d.company.Id, d.member.Token) }

// Parity: WT-cors.
func TestOnlyAllowedPagesGetIn(t *testing.T) {
	d := newDesk(t, nil)
	own := d.url
	d.change(d.channel, map[string]any{"origins": []string{"https://shop.example", "https://With-Slash.example/", "http://localhost:3000"}})
	b := d.visit()

	for origin, allowed := range map[string]bool{
		"": true, own: true, "https://shop.example": true, "https://with-slash.example": true, "http://localhost:3000": true,
		"https://evil.example": false, "http://shop.example": false, "https://shop.example.evil.example": false,
		"https://shop.example:8443": false, "null": false, "https://sub.shop.example": false,
	} {
		b.origin = origin
		for _, a := range []answer{
			b.do("GET", d.key+"/config", nil),
			b.do("POST", d.key+"/sessions", map[string]any{}),
			b.do("GET", "messages", nil),
			b.do("POST", "messages", map[string]any{"clientId": "from " + origin, "text": "hi"}),
			b.do("POST", "files", fileForm("a.png", "image/png", png)),
			b.do("POST", "typing", map[string]any{"on": true}),
			b.do("POST", "read", map[string]any{"upTo": ""}),
		} {
			if !allowed {
				a.refused(t, http.StatusForbidden, "origin_not_allowed")
			} else if a.Status >= 300 {
				t.Fatalf("%q is refused: %d %s", origin, a.Status, a.Raw)
			}
			if got := a.Header.Get("Access-Control-Allow-Origin"); got != origin || a.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Fatalf("%q may be read by %q", origin, got)
			}
			if !slices.Contains(a.Header.Values("Vary"), "Origin") {
				t.Fatal("caches are not told that the answer depends on Origin")
			}
		}
	}

	b.origin = "https://evil.example"
	response, err := b.request(t.Context(), "GET", "stream", nil)
	must(t, err)
	_ = response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Fatalf("the stream is open to other pages: %d", response.StatusCode)
	}
}

func TestWithoutAListOnlyTheOwnPageGetsIn(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	b.origin = "https://shop.example"
	b.do("GET", d.key+"/config", nil).refused(t, http.StatusForbidden, "origin_not_allowed")
	b.origin = d.url
	b.do("GET", d.key+"/config", nil).must(t, http.StatusOK)
}

// Parity: WT-cors.
func TestPreflightsAreAnsweredWithoutCredentials(t *testing.T) {
	d := newDesk(t, nil)
	b := newBrowser(t, d.url)
	b.origin = "https://anyone.example"
	for _, path := range []string{d.key + "/config", d.key + "/sessions", "messages", "files", "files/abc", "stream", "typing", "read"} {
		a := b.do("OPTIONS", path, nil).must(t, http.StatusNoContent)
		if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Credentials") != "" ||
			!strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "Authorization") {
			t.Fatalf("%s: %v", path, a.Header)
		}
	}
}

// Parity: WB-isolation.
func TestATokenOpensItsOwnTranscriptOnly(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.visit(), d.visit()
	a.send("c1", "a secret").must(t, http.StatusCreated)
	file := a.do("POST", "files", fileForm("a.png", "image/png", png)).must(t, http.StatusOK).Body.ID
	carried := a.do("POST", "files", fileForm("b.png", "image/png", png)).must(t, http.StatusOK).Body.ID
	a.do("POST", "messages", map[string]any{"clientId": "c2", "attachment": carried}).must(t, http.StatusCreated)

	b.send("c1", "hello").must(t, http.StatusCreated)
	if got := texts(b.list("")); !slices.Equal(got, []string{"hello"}) {
		t.Fatalf("b sees %q", got)
	}
	for _, id := range []string{file, carried} {
		b.do("GET", "files/"+id, nil).refused(t, http.StatusNotFound, "not_found")
		b.do("POST", "messages", map[string]any{"clientId": "steal " + id, "attachment": id}).refused(t, http.StatusBadRequest, "invalid")
		a.do("GET", "files/"+id, nil).must(t, http.StatusOK)
	}

	// The same person's e-mail or name opens nothing: anyone can type it.
	c := newBrowser(t, d.url)
	c.token = c.do("POST", d.key+"/sessions", map[string]any{"name": "Ana", "email": "ana@example.com"}).Body.Token
	c.send("c1", "I am Ana").must(t, http.StatusCreated)
	e := newBrowser(t, d.url)
	e.token = e.do("POST", d.key+"/sessions", map[string]any{"name": "Ana", "email": "ana@example.com"}).Body.Token
	e.send("c1", "so am I").must(t, http.StatusCreated)
	if got := texts(e.list("")); !slices.Equal(got, []string{"so am I"}) {
		t.Fatalf("an e-mail address opened %q", got)
	}

	// Elsewhere a visitor's token is nobody's.
	for _, path := range []string{
		d.company.Records("messages"), d.company.Records("contacts"), d.company.Records("webchat_visitors"), d.company.Records("files"),
	} {
		for _, token := range []string{a.token, "Bearer " + a.token} {
			if r := d.Do("GET", path, token, nil); r.Status == http.StatusOK && len(r.Items()) > 0 {
				t.Fatalf("%s is open to a visitor: %s", path, r.Raw)
			}
		}
	}
	if r := d.Do("GET", d.company.URL("/api/recado/live"), "Bearer "+a.token, nil); r.Status < 400 {
		t.Fatalf("the team's feed is open to a visitor: %d", r.Status)
	}
	if r := d.Do("GET", d.company.URL("/api/recado/files/"+carried), "Bearer "+a.token, nil); r.Status < 400 {
		t.Fatalf("the team's files are open to a visitor: %d", r.Status)
	}
}

func TestOtherTokensOpenNothing(t *testing.T) {
	d := newDesk(t, nil)
	real := d.visit()
	for name, token := range map[string]string{
		"none": "", "guess": strings.Repeat("x", 43), "a member's": d.member.Token, "cut": real.token[:42], "SQL": "' OR 1=1 --",
		"a superuser's": d.Superuser(),
	} {
		b := newBrowser(t, d.url)
		b.token = token
		for _, path := range []string{"messages", "stream", "files/abc"} {
			if a := b.do("GET", path, nil); a.Status != http.StatusUnauthorized || a.Body.Data.Code != "visitor_unknown" {
				t.Errorf("%s, %s: %d %s", name, path, a.Status, a.Raw)
			}
		}
	}
	newBrowser(t, d.url).do("GET", "nosuchkey/config", nil).refused(t, http.StatusNotFound, "not_found")
	newBrowser(t, d.url).do("GET", d.key+"/nothing", nil).refused(t, http.StatusNotFound, "not_found")
}

func TestTokensAreStoredHashedAndLeaveNoTrace(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	var found int
	must(t, d.DB().NewQuery("SELECT COUNT(*) FROM webchat_visitors WHERE token_hash LIKE {:t} OR visitor LIKE {:t}").
		Bind(map[string]any{"t": "%" + b.token + "%"}).Row(&found))
	if found != 0 || len(b.token) != 43 {
		t.Fatal("the token is stored, or not 32 bytes")
	}
	other := d.visit()
	if other.token == b.token {
		t.Fatal("two visitors have one token")
	}
}

func TestARevokedVisitorIsOutAtOnce(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit().listen()
	visitor, err := d.FindFirstRecordByData("webchat_visitors", "channel", d.channel.Id)
	must(t, err)
	must(t, d.Delete(visitor))
	b.done.Wait() // the stream ended and was not let in again
	b.do("GET", "messages", nil).refused(t, http.StatusUnauthorized, "visitor_unknown")
}

// Parity: LS-company-update.
func TestAClosedChannelTakesNothing(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit().listen()
	b.send("c1", "hi").must(t, http.StatusCreated)

	d.change(d.channel, map[string]any{"active": false})
	b.done.Wait()
	for _, a := range []answer{
		b.do("GET", d.key+"/config", nil), b.do("POST", d.key+"/sessions", map[string]any{}),
		b.do("POST", "messages", map[string]any{"clientId": "c2", "text": "still there?"}), b.do("GET", "messages", nil),
		b.do("POST", "files", fileForm("a.png", "image/png", png)),
	} {
		a.refused(t, http.StatusForbidden, "channel_closed")
	}

	d.change(d.channel, map[string]any{"active": true})
	b.send("c2", "again").must(t, http.StatusCreated)
	d.change(d.company.Record, map[string]any{"active": false})
	b.do("POST", "messages", map[string]any{"clientId": "c3", "text": "hi"}).refused(t, http.StatusForbidden, "channel_closed")
}

func TestTheOldestOfTooManyTabsEnds(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	var ends []chan struct{}
	for range 9 {
		response, err := b.request(t.Context(), "GET", "stream", nil)
		must(t, err)
		lines := bufio.NewScanner(response.Body)
		lines.Scan() // hello: the stream is open
		end := make(chan struct{})
		ends = append(ends, end)
		go func() {
			defer close(end)
			for lines.Scan() {
			}
		}()
		t.Cleanup(func() { _ = response.Body.Close() })
	}
	<-ends[0]
	select {
	case <-ends[8]:
		t.Fatal("the newest tab ended")
	default:
	}
}

func TestAStreamOutlivesTheServersTimeouts(t *testing.T) {
	d := newDesk(t, nil)
	server := httptest.NewUnstartedServer(d.Handler())
	server.Config.ReadTimeout, server.Config.WriteTimeout = 50*time.Millisecond, 50*time.Millisecond
	server.Start()
	t.Cleanup(server.Close)
	b := newBrowser(t, server.URL)
	direct := d.visit()
	b.token = direct.token
	b.listen()

	start, n := time.Now(), 0
	for time.Since(start) < 300*time.Millisecond {
		direct.send(fmt.Sprintf("c%d", n), "hi").must(t, http.StatusCreated)
		n++
	}
	b.until(func() bool { return len(b.seen) == n })
	if b.opened != 1 {
		t.Fatalf("the stream was opened %d times", b.opened)
	}
}

// Parity: DC-ops.
func TestLimitsLetFiftyThroughAndThenSayWhen(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	d := newDesk(t, clock.Now)
	b := d.visit()

	accepted, refused := 0, answer{}
	for i := range 300 {
		a := b.do("POST", "messages", map[string]any{"clientId": fmt.Sprintf("c%d", i), "text": "quick"})
		if a.Status == http.StatusTooManyRequests {
			refused = a

			break
		}
		a.must(t, http.StatusCreated)
		accepted++
	}
	if accepted < 50 || refused.Status == 0 {
		t.Fatalf("%d messages at once, and no limit after them", accepted)
	}
	refused.refused(t, http.StatusTooManyRequests, "too_many_requests")
	wait, err := strconv.Atoi(refused.Header.Get("Retry-After"))
	if err != nil || wait < 1 || refused.Header.Get("Access-Control-Expose-Headers") != "" {
		t.Fatalf("Retry-After %q", refused.Header.Get("Retry-After"))
	}

	d.visit().do("POST", "messages", map[string]any{"clientId": "other", "text": "someone else"}).must(t, http.StatusCreated)
	clock.Advance(time.Duration(wait) * time.Second)
	b.do("POST", "messages", map[string]any{"clientId": "later", "text": "after waiting"}).must(t, http.StatusCreated)
}

func TestSessionsAreLimitedByAddress(t *testing.T) {
	start := time.Now()
	d := newDesk(t, func() time.Time { return start })
	b := newBrowser(t, d.url)
	for i := range 1000 {
		if b.do("POST", d.key+"/sessions", map[string]any{}).Status == http.StatusTooManyRequests {
			if i < 50 {
				t.Fatalf("only %d sessions", i)
			}

			return
		}
	}
	t.Fatal("sessions have no limit")
}

func TestWhatAVisitorSaysOfThemselvesIsTidied(t *testing.T) {
	d := newDesk(t, nil)
	b := newBrowser(t, d.url)
	b.do("POST", d.key+"/sessions", map[string]any{
		"name": "  Ana\n\x00 " + strings.Repeat("x", 300), "email": "not an address", "locale": strings.Repeat("pt", 50), "page": "javascript:alert(1)",
	}).must(t, http.StatusOK)
	visitor, err := d.FindFirstRecordByData("webchat_visitors", "channel", d.channel.Id)
	must(t, err)
	if name := visitor.GetString("name"); !strings.HasPrefix(name, "Ana xxx") || len(name) != 200 {
		t.Errorf("name %q", name)
	}
	if visitor.GetString("email") != "" || visitor.GetString("page") != "" || len(visitor.GetString("locale")) != 20 {
		t.Errorf("kept as sent: %v", visitor.PublicExport())
	}
	b.do("POST", d.key+"/sessions", nil).must(t, http.StatusOK)
	b.do("POST", d.key+"/sessions", `{"name":7}`).refused(t, http.StatusBadRequest, "invalid")
}

func TestTheConfigShowsTheChannelAndNothingElse(t *testing.T) {
	d := newDesk(t, nil)
	d.change(d.channel, map[string]any{"settings": map[string]any{
		"title": "Clínica", "greeting": "Olá!", "color": "#7c3aed", "locale": "pt-BR", "privacy_url": "https://c.example/privacy", "secret": "x",
	}})
	raw := string(newBrowser(t, d.url).do("GET", d.key+"/config", nil).must(t, http.StatusOK).Raw)
	for _, part := range []string{`"title":"Clínica"`, `"color":"#7c3aed"`, `"privacyUrl":"https://c.example/privacy"`, `"company":"` + d.company.GetString("name") + `"`} {
		if !strings.Contains(raw, part) {
			t.Errorf("%s lacks %s", raw, part)
		}
	}
	if strings.Contains(raw, "secret") || strings.Contains(raw, d.company.Id) {
		t.Errorf("the config tells too much: %s", raw)
	}

	d.change(d.channel, map[string]any{"settings": map[string]any{"privacy_url": "javascript:alert(1)"}})
	if raw := string(newBrowser(t, d.url).do("GET", d.key+"/config", nil).Raw); strings.Contains(raw, "javascript") {
		t.Errorf("a link that runs: %s", raw)
	}
}

func TestTheDemoPage(t *testing.T) {
	d := newDesk(t, nil)
	page := d.Do("GET", "/demo", "", nil).Must(t, http.StatusOK)
	for _, part := range []string{`<script src="/widget.js" data-channel="` + d.key + `"`, `lang="pt-BR"`, "Experimente o chat"} {
		if !strings.Contains(string(page.Raw), part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	if policy := page.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self'") {
		t.Errorf("policy %q", policy)
	}

	page = d.Do("GET", `/demo?channel=nosuch&title="><script>alert(1)</script>`, "", nil).Must(t, http.StatusOK)
	if strings.Contains(string(page.Raw), "<script") || !strings.Contains(string(page.Raw), "There is no active website chat yet") {
		t.Errorf("an unknown channel: %s", page.Raw)
	}
	page = d.Do("GET", "/demo?channel="+d.key+"&locale=es&color=%23ff0000&title=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&open", "", nil)
	if got := string(page.Raw); strings.Count(got, "<script") != 1 || !strings.Contains(got, `data-color="#ff0000"`) || !strings.Contains(got, " data-open ") || !strings.Contains(got, "Prueba el chat") {
		t.Errorf("a preview: %s", got)
	}
}
