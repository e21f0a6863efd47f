package webchat_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/recadotest"
)

// desk is a running Recado with one company, its website channel and a member.
type desk struct {
	*recadotest.App
	t       *testing.T
	url     string
	company *recadotest.Company
	member  *recadotest.Member
	channel *core.Record
	key     string
}

// newDesk starts Recado; nobody answers but people.
func newDesk(t *testing.T, now func() time.Time) *desk {
	t.Helper()

	app := recadotest.New(t, now)
	d := &desk{App: app, t: t, url: app.Listen(), company: app.Company()}
	d.member = d.company.Member("owner")
	d.channel = d.company.Webchat()
	d.change(d.channel, map[string]any{"answerer": "none"})
	d.key = d.channel.GetString("public_key")
	t.Cleanup(func() { _ = app.Webchat.Stop(context.Background()) })

	return d
}

// change saves new values of a record.
func (d *desk) change(record *core.Record, values map[string]any) {
	d.t.Helper()
	fresh := d.Reload(record)
	fresh.Load(values)
	must(d.t, d.Save(fresh))
}

// reply writes to the conversation as the member, as the inbox screen does.
func (d *desk) reply(conversation, text string, more map[string]any) recadotest.Response {
	d.t.Helper()
	values := map[string]any{"company": d.company.Id, "conversation": conversation, "kind": "text", "text": text}
	for key, value := range more {
		values[key] = value
	}

	return d.Do("POST", d.company.Records("messages"), d.member.Token, values).Must(d.t, http.StatusOK)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// answer is what came back, decoded.
type answer struct {
	Status int
	Header http.Header
	Raw    []byte
	Body   struct {
		ID, Token, Visitor, Text, Direction, Status, ClientID, Kind, At, AnsweredBy, AuthorName, Name, Mime string
		Size                                                                                                int64
		Width, Height                                                                                       int
		Options                                                                                             []struct{ ID, Label string }
		Attachments                                                                                         []struct{ ID, Name, Mime string }
		Items                                                                                               []line
		Data                                                                                                struct{ Code string }
	}
}

// line is a message as the visitor sees it.
type line struct{ ID, Direction, Text, Status, ClientID, AuthorName, Kind, Quote string }

func (a answer) must(t testing.TB, status int) answer {
	t.Helper()
	if a.Status != status {
		t.Fatalf("status %d, want %d: %s", a.Status, status, a.Raw)
	}

	return a
}

func (a answer) refused(t testing.TB, status int, code string) answer {
	t.Helper()
	if a.must(t, status).Body.Data.Code != code {
		t.Fatalf("code %q, want %q: %s", a.Body.Data.Code, code, a.Raw)
	}

	return a
}

// browser does what the widget does: a token, messages sent until confirmed, a
// stream that comes back with its cursor.
type browser struct {
	t      *testing.T
	base   string // …/api/recado/webchat/
	token  string
	origin string
	http   *http.Client

	mu     sync.Mutex
	cursor string
	seen   []line         // in the order the stream brought them
	events []streamEvent  // typing and read
	change chan struct{}  // closed and replaced at every event
	opened int            // how often the stream was opened
	done   sync.WaitGroup // the stream's goroutine
	cancel context.CancelFunc
}

type streamEvent struct {
	Type    string
	Message line
	On      bool
	UpTo    string
}

func newBrowser(t *testing.T, url string) *browser {
	return &browser{
		t: t, base: url + "/api/recado/webchat/", change: make(chan struct{}),
		http: &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext}},
	}
}

// visit opens a session on the desk's channel.
func (d *desk) visit() *browser {
	d.t.Helper()
	b := newBrowser(d.t, d.url)
	b.token = b.do("POST", d.key+"/sessions", map[string]any{"locale": "pt-BR", "page": "https://shop.example/a"}).
		must(d.t, http.StatusOK).Body.Token

	return b
}

func (b *browser) request(ctx context.Context, method, path string, body any) (*http.Response, error) {
	var reader io.Reader
	kind := ""
	switch v := body.(type) {
	case nil:
	case string:
		reader, kind = strings.NewReader(v), "application/json"
	case *upload:
		reader, kind = bytes.NewReader(v.body), v.kind
	default:
		raw, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		reader, kind = bytes.NewReader(raw), "application/json"
	}
	request, err := http.NewRequestWithContext(ctx, method, b.base+path, reader)
	if err != nil {
		return nil, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if b.token != "" {
		request.Header.Set("Authorization", "Bearer "+b.token)
	}
	if b.origin != "" {
		request.Header.Set("Origin", b.origin)
	}

	return b.http.Do(request)
}

// try sends a request that may get lost on the way.
func (b *browser) try(method, path string, body any) (a answer, err error) {
	response, err := b.request(context.Background(), method, path, body)
	if err != nil {
		return a, err
	}
	defer response.Body.Close()
	a.Status, a.Header = response.StatusCode, response.Header
	if a.Raw, err = io.ReadAll(response.Body); err != nil {
		return a, err
	}
	_ = json.Unmarshal(a.Raw, &a.Body) // not every answer is an object

	return a, nil
}

func (b *browser) do(method, path string, body any) answer {
	b.t.Helper()
	a, err := b.try(method, path, body)
	must(b.t, err)

	return a
}

// send tries until the message is confirmed, as the widget does.
func (b *browser) send(clientID, text string) answer {
	for {
		a, err := b.try("POST", "messages", map[string]any{"clientId": clientID, "text": text})
		if err == nil && a.Status < 500 && a.Status != http.StatusTooManyRequests {
			return a
		}
	}
}

func (b *browser) list(after string) []line {
	b.t.Helper()

	return b.do("GET", "messages?after="+after, nil).must(b.t, http.StatusOK).Body.Items
}

// listen keeps a stream open until the test ends, coming back whenever it is cut.
func (b *browser) listen() *browser {
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	b.done.Add(1)
	go func() {
		defer b.done.Done()
		for ctx.Err() == nil {
			if gone := b.read(ctx); gone {
				return
			}
		}
	}()
	b.t.Cleanup(func() {
		cancel()
		b.done.Wait()
	})
	b.until(func() bool { return b.opened > 0 })

	return b
}

// read follows one connection to its end; true if the server refused it.
func (b *browser) read(ctx context.Context) (refused bool) {
	b.mu.Lock()
	after := b.cursor
	b.mu.Unlock()
	response, err := b.request(ctx, "GET", "stream?after="+after, nil)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests
	}

	reader := bufio.NewReader(response.Body)
	for {
		text, err := reader.ReadString('\n')
		if err != nil {
			return false
		}
		b.heard(strings.TrimSpace(text))
	}
}

func (b *browser) heard(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() {
		close(b.change)
		b.change = make(chan struct{})
	}()

	if strings.HasPrefix(text, ": hello") {
		b.opened++
	}
	data, ok := strings.CutPrefix(text, "data: ")
	if !ok {
		return
	}
	var ev streamEvent
	if err := json.Unmarshal([]byte(data), &ev); err != nil {
		b.t.Errorf("unreadable event %q", data)
	}
	if ev.Type != "message" {
		b.events = append(b.events, ev)

		return
	}
	known := func(l line) bool { return l.ID == ev.Message.ID }
	if at := slices.IndexFunc(b.seen, known); at >= 0 && b.seen[at].Text != ev.Message.Text {
		b.seen[at] = ev.Message // it was changed
		return
	}
	if ev.Message.ID <= b.cursor {
		b.t.Errorf("message %s (%q) came after %s", ev.Message.ID, ev.Message.Text, b.cursor)
	}
	b.cursor = ev.Message.ID
	b.seen = append(b.seen, ev.Message)
}

// until waits for what the stream brings.
func (b *browser) until(holds func() bool) {
	b.t.Helper()
	patience := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		ok, change := holds(), b.change
		b.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-change:
		case <-patience:
			b.t.Fatalf("the stream did not bring what was expected; it brought %d messages and %v", len(b.seen), b.events)
		}
	}
}

// transcript is what the stream brought, text by text.
func (b *browser) transcript() []string {
	b.mu.Lock()
	defer b.mu.Unlock()

	return texts(b.seen)
}

func texts(lines []line) []string {
	list := make([]string, len(lines))
	for i, l := range lines {
		list[i] = l.Text
	}

	return list
}

// conversation is the only conversation there is.
func (d *desk) conversation() *core.Record {
	d.t.Helper()
	all, err := d.FindAllRecords("conversations")
	must(d.t, err)
	if len(all) != 1 {
		d.t.Fatalf("%d conversations, want 1", len(all))
	}

	return all[0]
}

// upload is a multipart form with one file.
type upload struct {
	body []byte
	kind string
}

func fileForm(name, claimed string, content []byte) *upload {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	header := map[string][]string{
		"Content-Disposition": {`form-data; name="file"; filename=` + strconv.Quote(name)},
		"Content-Type":        {claimed},
	}
	part, _ := form.CreatePart(header)
	_, _ = part.Write(content)
	_ = form.Close()

	return &upload{body: body.Bytes(), kind: form.FormDataContentType()}
}

// cuttingProxy stands between browser and server and cuts every connection each
// time a given number of bytes has come back.
type cuttingProxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	conns map[net.Conn]bool
	cuts  []int // ascending
	bytes int
	made  int
}

func newCuttingProxy(t *testing.T, target string, cuts []int) *cuttingProxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &cuttingProxy{listener: listener, target: strings.TrimPrefix(target, "http://"), conns: map[net.Conn]bool{}, cuts: cuts}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	t.Cleanup(func() {
		_ = listener.Close()
		p.mu.Lock()
		defer p.mu.Unlock()
		p.cutAll()
	})

	return p
}

func (p *cuttingProxy) serve(client net.Conn) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		_ = client.Close()

		return
	}
	p.mu.Lock()
	p.conns[client], p.conns[server] = true, true
	p.mu.Unlock()
	go func() { _, _ = io.Copy(server, client) }()

	buffer := make([]byte, 512) // small, so that events are cut in the middle too
	for {
		n, err := server.Read(buffer)
		if err != nil || !p.pass(client, buffer[:n]) {
			break
		}
	}
	_, _ = client.Close(), server.Close()
}

// pass hands bytes to the browser, or cuts everything if their moment has come.
func (p *cuttingProxy) pass(client net.Conn, data []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.bytes += len(data)
	if p.made < len(p.cuts) && p.bytes >= p.cuts[p.made] {
		_, _ = client.Write(data[:len(data)/2])
		p.made++
		p.cutAll()

		return false
	}
	_, err := client.Write(data)

	return !errors.Is(err, net.ErrClosed)
}

func (p *cuttingProxy) cutAll() {
	for conn := range p.conns {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // a reset, not a goodbye
		}
		_ = conn.Close()
		delete(p.conns, conn)
	}
}
