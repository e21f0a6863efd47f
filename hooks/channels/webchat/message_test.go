package webchat_test

import (
	"fmt"
	"math/rand"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/hooks/recadotest"
)

func TestAVisitorAndTheTeamTalk(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit().listen()

	sent := b.send("c1", "Olá! Tem horário amanhã?").must(t, http.StatusCreated).Body
	if sent.Direction != "in" || sent.Status != "received" || sent.ClientID != "c1" || sent.Kind != "text" || sent.ID == "" {
		t.Fatalf("unexpected message %+v", sent)
	}
	if _, err := time.Parse(time.RFC3339, sent.At); err != nil {
		t.Fatalf("at is not RFC 3339: %v", err)
	}

	conversation := d.conversation()
	contact := d.Reload(conversation).GetString("contact")
	if contact == "" || conversation.GetString("locale") != "pt-BR" {
		t.Fatalf("unexpected conversation %v", conversation.PublicExport())
	}
	visitor, err := d.FindFirstRecordByData("webchat_visitors", "contact", contact)
	must(t, err)
	if visitor.GetString("page") != "https://shop.example/a" || len(visitor.GetString("token_hash")) != 64 {
		t.Fatal("the visitor was not kept as told")
	}

	reply := d.reply(conversation.Id, "Temos às 15h.", nil)
	b.until(func() bool { return len(b.seen) == 2 })
	if got := b.seen[1]; got.Direction != "out" || got.AuthorName != d.member.GetString("name") || got.ID != reply.JSON["id"] {
		t.Fatalf("unexpected reply %+v", got)
	}

	// The team has read by answering; the stream says so.
	b.until(func() bool {
		return slices.ContainsFunc(b.events, func(e streamEvent) bool { return e.Type == "read" && e.UpTo == sent.ID })
	})
	d.waitStatus(b.seen[1].ID, "delivered")
	b.do("POST", "read", map[string]any{"upTo": b.seen[1].ID}).must(t, http.StatusNoContent)
	d.waitStatus(b.seen[1].ID, "read")
	if d.Reload(conversation).GetDateTime("read_by_contact_at").IsZero() {
		t.Fatal("the conversation does not know that its contact has read")
	}

	if got := texts(b.list("")); !slices.Equal(got, b.transcript()) {
		t.Fatalf("list %q, stream %q", got, b.transcript())
	}
	if got := texts(b.list(sent.ID)); !slices.Equal(got, []string{"Temos às 15h."}) {
		t.Fatalf("after the first: %q", got)
	}
}

// waitStatus waits for a status to be reached; it must never go back.
func (d *desk) waitStatus(message, want string) {
	d.t.Helper()
	patience := time.After(20 * time.Second)
	for {
		record, err := d.FindRecordById("messages", message)
		must(d.t, err)
		if record.GetString("status") == want {
			return
		}
		select {
		case <-patience:
			d.t.Fatalf("status %s, want %s", record.GetString("status"), want)
		default:
		}
	}
}

func TestTheSameClientIDIsTheSameMessage(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.visit(), d.visit()

	first := a.send("same", "one").must(t, http.StatusCreated).Body.ID
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			if again := a.send("same", "one, again"); again.Status != http.StatusCreated || again.Body.ID != first || again.Body.Text != "one" {
				t.Errorf("a repeated message became another: %s", again.Raw)
			}
		})
	}
	wait.Wait()
	if other := b.send("same", "mine").must(t, http.StatusCreated).Body; other.ID == first || other.Text != "mine" {
		t.Fatal("a clientId leads into another visitor's transcript")
	}
	if n := len(a.list("")); n != 1 {
		t.Fatalf("%d messages, want 1", n)
	}
}

func TestFiftyFirstMessagesAtOnce(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()

	var wait sync.WaitGroup
	for i := range 50 {
		wait.Go(func() {
			if a := b.send(fmt.Sprintf("c%d", i), fmt.Sprintf("m%d", i)); a.Status != http.StatusCreated {
				t.Errorf("message %d: %s", i, a.Raw)
			}
		})
	}
	wait.Wait()

	d.conversation()
	for collection, want := range map[string]int64{"contacts": 1, "identities": 1, "messages": 50} {
		if n, err := d.CountRecords(collection, dbx.HashExp{"company": d.company.Id}); err != nil || n != want {
			t.Errorf("%d %s, want %d (%v)", n, collection, want, err)
		}
	}
	lines := b.list("")
	if len(lines) != 50 || !slices.IsSortedFunc(lines, func(x, y line) int { return strings.Compare(x.ID, y.ID) }) {
		t.Fatalf("%d messages, or not in order", len(lines))
	}
}

func TestACutConnectionLosesNothing(t *testing.T) {
	const each = 200
	clock := recadotest.NewClock(time.Now())
	d := newDesk(t, clock.Now)

	chance := rand.New(rand.NewSource(7))
	cuts := make([]int, 20)
	for i := range cuts {
		cuts[i] = 1000 + chance.Intn(150_000)
	}
	slices.Sort(cuts)
	proxy := newCuttingProxy(t, d.url, cuts)
	direct := d.visit()
	b := newBrowser(t, "http://"+proxy.listener.Addr().String())
	b.token = direct.token
	b.send("hello", "hello").must(t, http.StatusCreated)
	b.listen()
	conversation := d.conversation().Id

	var wait sync.WaitGroup
	wait.Go(func() {
		for i := range each {
			clock.Advance(time.Second) // as often as a visitor may go on writing
			if a := b.send(fmt.Sprintf("in-%d", i), fmt.Sprintf("in %d", i)); a.Status != http.StatusCreated {
				t.Errorf("message %d: %s", i, a.Raw)
			}
		}
	})
	wait.Go(func() {
		for i := range each {
			d.reply(conversation, fmt.Sprintf("out %d", i), map[string]any{"client_id": fmt.Sprintf("out-%d", i)})
		}
	})
	wait.Wait()
	b.until(func() bool { return len(b.seen) == 2*each+1 })

	if proxy.made != len(cuts) {
		t.Fatalf("only %d of %d cuts were made", proxy.made, len(cuts))
	}
	// What the team sees, by time and id, is what the visitor saw, line by line.
	records, err := d.FindRecordsByFilter("messages", "conversation = {:c} && kind = 'text'", "at,id", 0, 0, dbx.Params{"c": conversation})
	must(t, err)
	team := make([]string, len(records))
	for i, record := range records {
		team[i] = record.GetString("text")
	}
	if !slices.Equal(team, b.transcript()) {
		t.Fatalf("the transcripts differ:\nteam    %q\nvisitor %q", team, b.transcript())
	}
	for _, way := range []string{"in", "out"} {
		var got []string
		for _, text := range team {
			if strings.HasPrefix(text, way+" ") {
				got = append(got, text)
			}
		}
		for i, text := range got {
			if text != fmt.Sprintf("%s %d", way, i) {
				t.Fatalf("%s message %d is %q", way, i, text)
			}
		}
		if len(got) != each {
			t.Fatalf("%d messages %s, want %d", len(got), way, each)
		}
	}
}

func TestTextsOfAllKinds(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	for name, tc := range map[string]struct {
		text, want string
		code       string
	}{
		"plain":           {text: " hi \n", want: "hi"},
		"lines":           {text: "a\r\nb\rc", want: "a\nb\nc"},
		"emoji":           {text: "👩‍👩‍👧‍👦 ok 🇧🇷", want: "👩‍👩‍👧‍👦 ok 🇧🇷"},
		"right to left":   {text: "مرحبا بالعالم שלום", want: "مرحبا بالعالم שלום"},
		"control":         {text: "a\x00b\x1b[31m\x07c", want: "ab[31mc"},
		"markup":          {text: `<script>alert("1")</script>`, want: `<script>alert("1")</script>`},
		"longest":         {text: strings.Repeat("é", 4000), want: strings.Repeat("é", 4000)},
		"longest, padded": {text: strings.Repeat("😀", 4000) + "   ", want: strings.Repeat("😀", 4000)},
		"too long":        {text: strings.Repeat("é", 4001), code: "text_too_long"},
		"empty":           {text: "", code: "invalid"},
		"blank":           {text: " \n\t ", code: "invalid"},
	} {
		a := b.send("text "+name, tc.text)
		if tc.code != "" {
			a.refused(t, http.StatusBadRequest, tc.code)
		} else if got := a.must(t, http.StatusCreated).Body.Text; got != tc.want {
			t.Errorf("%s: %q became %q", name, tc.text, got)
		}
	}

	b.do("POST", "messages", `{"clientId":"x","text":"`+strings.Repeat("a", 1<<20)+`"}`).refused(t, http.StatusBadRequest, "text_too_long")
	for name, body := range map[string]string{
		"no client id": `{"text":"a"}`, "long client id": `{"clientId":"` + strings.Repeat("x", 101) + `","text":"a"}`,
		"not an object": `["a"]`, "not JSON": `{"text":`, "wrong type": `{"clientId":7,"text":{}}`, "broken UTF-8": "{\"clientId\":\"u\",\"text\":\"\xff\xfe\"}",
		"long payload":     `{"clientId":"p","text":"a","payload":"` + strings.Repeat("x", 201) + `"}`,
		"file not its own": `{"clientId":"f","attachment":"abcdefghijklmno"}`,
	} {
		if a := b.do("POST", "messages", body); a.Status != http.StatusBadRequest || a.Body.Data.Code != "invalid" {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
	if a := b.do("POST", "messages", nil); a.Status != http.StatusBadRequest {
		t.Errorf("an empty body: %d", a.Status)
	}
}

func TestOptionsAndTheirAnswer(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	b.send("c1", "hi").must(t, http.StatusCreated)
	conversation := d.conversation()
	d.company.Create("messages", map[string]any{
		"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": d.channel.Id,
		"direction": "out", "kind": "text", "text": "What would you like?", "status": "sent", "answered_by": "bot",
		"options": []map[string]string{{"id": "book", "label": "Book a time"}},
	})

	a := b.do("GET", "messages", nil).must(t, http.StatusOK)
	if !strings.Contains(string(a.Raw), `"options":[{"id":"book","label":"Book a time"}]`) || !strings.Contains(string(a.Raw), `"answeredBy":"bot"`) {
		t.Fatalf("the options are missing: %s", a.Raw)
	}
	b.do("POST", "messages", map[string]any{"clientId": "c2", "text": "Book a time", "payload": "book"}).must(t, http.StatusCreated)
	chosen, err := d.FindFirstRecordByData("messages", "payload", "book")
	if err != nil || chosen.GetString("text") != "Book a time" {
		t.Fatalf("the choice was not kept: %v", err)
	}
}

func TestWhatIsNotForTheVisitorStaysInside(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit()
	b.send("c1", "hi").must(t, http.StatusCreated)
	conversation := d.conversation()
	d.reply(conversation.Id, "between us", map[string]any{"kind": "note"})
	for _, status := range []string{"failed", "skipped"} {
		d.company.Create("messages", map[string]any{
			"conversation": conversation.Id, "contact": conversation.GetString("contact"), "channel": d.channel.Id,
			"direction": "out", "kind": "text", "text": status, "status": status, "answered_by": "bot",
		})
	}
	d.Do("PATCH", d.company.RecordURL(conversation), d.member.Token, map[string]any{"assignee": d.member.Id, "status": "open"}).Must(t, http.StatusOK)

	if got := texts(b.list("")); !slices.Equal(got, []string{"hi"}) {
		t.Fatalf("the visitor sees %q", got)
	}
}

// Parity: WB-realtime.
func TestTypingBothWaysIsNotStored(t *testing.T) {
	d := newDesk(t, nil)
	b := d.visit().listen()
	b.do("POST", "typing", map[string]any{"on": true}).must(t, http.StatusNoContent) // nobody to tell yet
	b.send("c1", "hi").must(t, http.StatusCreated)
	conversation := d.conversation()

	for _, on := range []bool{true, false} {
		d.Do("POST", d.company.URL("/api/recado/conversations/"+conversation.Id+"/typing"), d.member.Token, map[string]any{"on": on}).
			Must(t, http.StatusNoContent)
		b.until(func() bool {
			return slices.ContainsFunc(b.events, func(e streamEvent) bool { return e.Type == "typing" && e.On == on })
		})
	}

	feed := d.feed()
	b.do("POST", "typing", map[string]any{"on": true}).must(t, http.StatusNoContent)
	feed.Expect(`"name":"typing"`, `"by":"contact"`, `"on":true`, conversation.Id)
	for _, collection := range []string{"messages", "channel_events"} {
		if n, err := d.CountRecords(collection); err != nil || n > 1 {
			t.Fatalf("typing was stored: %d %s (%v)", n, collection, err)
		}
	}
}
