package knowledge_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/knowledge/extract"
	"recado/hooks/knowledge/extract/extracttest"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/modeltest"
)

// The test is the program that reads documents, too.
func TestMain(m *testing.M) {
	extract.Serve()
	os.Exit(m.Run())
}

type desk struct {
	*recadotest.App
	clock   *recadotest.Clock
	company *recadotest.Company
	owner   *recadotest.Member
}

func newDesk(t testing.TB, env ...string) *desk {
	t.Helper()
	clock := recadotest.NewClock(time.Date(2027, 3, 10, 13, 0, 0, 0, time.UTC))
	app := recadotest.New(t, clock.Now, append([]string{"RECADO_FETCH_NETWORKS=127.0.0.0/8"}, env...)...)
	app.Knowledge.Stop() // what is due is read when a test says so
	company := app.Company()

	return &desk{App: app, clock: clock, company: company, owner: company.Member("owner")}
}

func (d *desk) work() {
	d.T.Helper()
	if err := d.Knowledge.Work(d.T.Context()); err != nil {
		d.T.Fatal(err)
	}
}

func (d *desk) page(title, text string) *core.Record {
	d.T.Helper()

	return d.company.Create(collections.Knowledge, map[string]any{"kind": "page", "title": title, "text": text})
}

func (d *desk) address(url string) *core.Record {
	d.T.Helper()

	return d.company.Create(collections.Knowledge, map[string]any{"kind": "address", "url": url})
}

// upload makes a source of a file over HTTP, as the screen does.
func (d *desk) upload(name string, content []byte) recadotest.Response {
	d.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("company", d.company.Id)
	_ = form.WriteField("kind", "file")
	_ = form.WriteField("state", "ready") // not theirs to say
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err != nil {
		d.T.Fatal(err)
	}
	_ = form.Close()
	request := httptest.NewRequest(http.MethodPost, d.company.Records(collections.Knowledge), &body)
	request.Header.Set("Content-Type", form.FormDataContentType())
	request.Header.Set("Authorization", d.owner.Token)

	return d.Send(request)
}

// found are the titles of what is found for a question, with the way.
func (d *desk) found(question string) (list []string) {
	d.T.Helper()
	answer := d.Do(http.MethodGet, d.company.URL("/api/recado/knowledge/find?q="+url.QueryEscape(question)), d.owner.Token, nil).Must(d.T, http.StatusOK)
	for _, item := range answer.JSON["items"].([]any) {
		row := item.(map[string]any)
		list = append(list, fmt.Sprint(row["title"], " ", row["by"]))
	}

	return list
}

func (d *desk) finds(question, want string) {
	d.T.Helper()
	if got := strings.Join(d.found(question), "; "); got != want {
		d.T.Errorf("%q finds %q, want %q", question, got, want)
	}
}

// is compares state and problem of a source.
func (d *desk) is(record *core.Record, want string) *core.Record {
	d.T.Helper()
	fresh := d.Reload(record)
	if got := strings.TrimSpace(fresh.GetString("state") + " " + fresh.GetString("problem")); got != want {
		d.T.Errorf("%s is %q, want %q", fresh.GetString("title")+fresh.GetString("url"), got, want)
	}

	return fresh
}

func (d *desk) rows(table string) (n int) {
	d.T.Helper()
	if err := d.DB().Select("count(*)").From(table).Row(&n); err != nil {
		d.T.Fatal(err)
	}

	return n
}

// Parity: LS-agent-config.
func TestPagesAreFoundByTheirWords(t *testing.T) {
	d := newDesk(t)
	prices := d.page("Preços", "# Corte\n\nUm corte custa 50 reais.\n\n# Barba\n\nA barba custa 30 reais.")
	d.is(prices, "waiting")
	d.page("Estacionamento", "Há vagas atrás da casa, ao lado da padaria. Senha 12345.")
	d.work()
	ready := d.is(prices, "ready")
	if ready.GetInt("pieces") != 2 || ready.GetInt("letters") == 0 || ready.GetString("due") != "" || ready.GetInt("total") != 2 {
		t.Errorf("pieces %d of %d, letters %d, due %q", ready.GetInt("pieces"), ready.GetInt("total"), ready.GetInt("letters"), ready.GetString("due"))
	}

	d.finds("Onde fica a PADARIA?", "Estacionamento [words]")
	d.finds("qual o preco", "Preços [words]; Preços [words]")
	d.finds("quanto custa a barba", "Preços [words]; Preços [words]")
	d.finds("estacionamentos", "Estacionamento [words]")
	d.finds("de o a", "")
	d.finds(`" OR company : "x`, "")
	d.finds("zebra", "")
	d.finds("sala 12345", "Estacionamento [words]")
	d.finds("1234", "") // of another number
	answer := d.Do(http.MethodGet, d.company.URL("/api/recado/knowledge/find?q=barba"), d.owner.Token, nil).Must(t, http.StatusOK)
	first := answer.JSON["items"].([]any)[0].(map[string]any)
	if first["heading"] != "Barba" || first["text"] != "A barba custa 30 reais." || first["number"] != float64(1) {
		t.Errorf("%v", first)
	}

	// changed, renamed, deleted
	fresh := d.Reload(prices)
	fresh.Set("text", "Um corte custa 60 reais.")
	if err := d.Save(fresh); err != nil {
		t.Fatal(err)
	}
	d.is(prices, "waiting")
	d.finds("barba", "Preços [words]") // the old one, until the new one is read
	d.work()
	d.finds("barba", "")
	d.finds("60", "Preços [words]")
	if n := d.rows("knowledge_pieces"); n != 2 {
		t.Errorf("%d pieces", n)
	}
	d.Do(http.MethodDelete, d.company.RecordURL(prices), d.owner.Token, nil).Must(t, http.StatusNoContent)
	d.finds("60", "")
	if n, words := d.rows("knowledge_pieces"), d.rows("knowledge_words"); n != 1 || words != 1 {
		t.Errorf("%d pieces, %d of words", n, words)
	}
}

func TestFilesAreReadAsWhatTheyAre(t *testing.T) {
	d := newDesk(t)
	for name, content := range map[string][]byte{
		"precos.pdf":  extracttest.PDF("Tabela", "A depilacao custa 80 reais"),
		"normas.docx": extracttest.DOCX(`<w:p><w:r><w:t>Animais pequenos entram no colo.</w:t></w:r></w:p>`),
		"lista.csv":   []byte("Produto,Estoque\nXampu,12\n"),
		"notas.txt":   []byte("Wi-Fi: a senha \xe9 convidado"),
		"guia.md":     []byte("# Guia\n\nO elevador fica no fundo."),
	} {
		made := d.upload(name, content).Must(t, http.StatusOK)
		if made.JSON["state"] != "waiting" || made.JSON["name"] != name || made.JSON["size"] != float64(len(content)) {
			t.Errorf("made %s", made.Raw)
		}
	}
	d.work()
	for question, want := range map[string]string{
		"depilação": "Tabela [words]", "animais": "normas.docx [words]", "xampu": "lista.csv [words]", "senha": "notas.txt [words]", "elevador": "guia.md [words]",
	} {
		d.finds(question, want)
	}

	for name, c := range map[string]struct {
		content []byte
		problem string
	}{
		"foto.png": {[]byte("\x89PNG\r\n\x1a\n\x00"), "unreadable"}, "velho.doc": {[]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, "old"},
		"vazio.pdf": {extracttest.PDF("x"), "empty"}, "quebrado.pdf": {[]byte("%PDF-1.4\nnothing"), "unreadable"},
	} {
		id := d.upload(name, c.content).Must(t, http.StatusOK).JSON["id"].(string)
		d.work()
		record, err := d.FindRecordById(collections.Knowledge, id)
		if err != nil {
			t.Fatal(err)
		}
		d.is(record, "failed "+c.problem)
	}
}

func TestWebAddresses(t *testing.T) {
	d := newDesk(t)
	var reads atomic.Int64
	var body atomic.Value
	body.Store("<title>Clínica</title><main><h1>Horários</h1><p>Aberto aos sábados.</p></main>")
	var status atomic.Int64
	status.Store(http.StatusOK)
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		case "/secret":
			w.WriteHeader(http.StatusForbidden)
		case "/gone":
			w.WriteHeader(http.StatusNotFound)
		case "/photo":
			w.Header().Set("Content-Type", "image/png")
			fmt.Fprint(w, "\x89PNG")
		case "/huge":
			_, _ = w.Write(make([]byte, 11<<20))
		case "/moved":
			http.Redirect(w, r, "/", http.StatusMovedPermanently)
		default:
			reads.Add(1)
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.WriteHeader(int(status.Load()))
			fmt.Fprint(w, body.Load())
		}
	}))
	defer site.Close()

	home := d.address(site.URL + "/moved#top")
	d.work()
	ready := d.is(home, "ready")
	if ready.GetString("title") != "Clínica" || ready.GetString("url") != site.URL+"/moved" {
		t.Errorf("title %q, url %q", ready.GetString("title"), ready.GetString("url"))
	}
	d.finds("sábado", "Clínica [words]")

	// again by itself, a day later; what has not changed stays as it is
	d.work()
	d.clock.Advance(25 * time.Hour)
	d.work()
	if n := reads.Load(); n != 2 {
		t.Errorf("read %d times", n)
	}
	if again := d.Reload(home); again.GetString("read_at") == ready.GetString("read_at") || again.GetInt("generation") != 1 {
		t.Errorf("read at %s, generation %d", again.GetString("read_at"), again.GetInt("generation"))
	}
	body.Store("<p>Aberto aos domingos.</p>")
	d.Do(http.MethodPost, d.company.URL("/api/recado/knowledge/"+home.Id+"/refresh"), d.owner.Token, nil).Must(t, http.StatusOK)
	d.work()
	d.finds("domingo", "Clínica [words]")
	d.finds("sábado", "")

	// a site that is down: what was read is found on, and it is tried again
	status.Store(http.StatusBadGateway)
	d.Do(http.MethodPost, d.company.URL("/api/recado/knowledge/"+home.Id+"/refresh"), d.owner.Token, nil).Must(t, http.StatusOK)
	d.work()
	if down := d.is(home, "failed server"); down.GetInt("pieces") != 1 {
		t.Errorf("%d pieces", down.GetInt("pieces"))
	}
	d.finds("domingo", "Clínica [words]")
	status.Store(http.StatusOK)
	d.clock.Advance(11 * time.Minute)
	d.work()
	d.is(home, "ready")

	closed := httptest.NewServer(nil)
	closed.Close()
	for address, want := range map[string]string{
		site.URL + "/inside": "failed forbidden", "http://169.254.169.254/": "failed forbidden", "http://10.0.0.1:1/": "failed forbidden", "http://[::1]:1/": "failed forbidden",
		site.URL + "/file": "failed forbidden", site.URL + "/round": "failed server", site.URL + "/secret": "failed refused",
		site.URL + "/gone": "failed gone", site.URL + "/photo": "failed not_text", site.URL + "/huge": "failed too_large", closed.URL: "failed unreachable",
	} {
		source := d.address(address)
		d.work()
		d.is(source, want)
	}
}

// Without a word of the administrator no address leads into the house.
func TestAddressesAreOfTheInternet(t *testing.T) {
	d := newDesk(t, "RECADO_FETCH_NETWORKS=none")
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was reached") }))
	defer site.Close()
	source := d.address(site.URL)
	d.work()
	d.is(source, "failed forbidden")
}

func TestWhatIsNoSource(t *testing.T) {
	d := newDesk(t, "RECADO_KNOWLEDGE_SOURCES=3", "RECADO_KNOWLEDGE_FILE_MB=1", "RECADO_KNOWLEDGE_MB=1")
	post := func(values map[string]any) recadotest.Response {
		values["company"] = d.company.Id

		return d.Do(http.MethodPost, d.company.Records(collections.Knowledge), d.owner.Token, values)
	}
	for field, values := range map[string]map[string]any{
		"title": {"kind": "page", "text": "x"}, "text": {"kind": "page", "title": "x", "text": " "}, "file": {"kind": "file"}, "url": {"kind": "address", "url": "ftp://x"},
	} {
		if got := post(values); got.Code() != "invalid" || !strings.Contains(string(got.Raw), `"field":"`+field+`"`) {
			t.Errorf("%v: %s", values, got.Raw)
		}
	}
	if got := post(map[string]any{"kind": "address", "url": "https://ana:secret@example.com"}); got.Code() != "invalid" {
		t.Errorf("a password in an address: %s", got.Raw)
	}
	if got := d.upload("big.txt", make([]byte, 1<<20+1)); got.Code() != "file_too_large" {
		t.Errorf("%s", got.Raw)
	}

	page := d.page("A", "one")
	if got := d.Do(http.MethodPatch, d.company.RecordURL(page), d.owner.Token, map[string]any{"kind": "file"}); got.Code() != "invalid" {
		t.Errorf("the kind changed: %s", got.Raw)
	}
	d.Do(http.MethodPatch, d.company.RecordURL(page), d.owner.Token, map[string]any{"state": "ready", "pieces": 9, "title": "B"}).Must(t, http.StatusOK)
	if fresh := d.is(page, "waiting"); fresh.GetInt("pieces") != 0 || fresh.GetString("title") != "B" {
		t.Errorf("pieces %d, title %q", fresh.GetInt("pieces"), fresh.GetString("title"))
	}

	// more than a company may have
	d.upload("a.txt", []byte(strings.Repeat("palavra ", 100_000))).Must(t, http.StatusOK)
	last := d.upload("b.txt", []byte(strings.Repeat("palavra ", 100_000))).Must(t, http.StatusOK)
	if got := post(map[string]any{"kind": "page", "title": "C", "text": "x"}); got.Code() != "knowledge_full" {
		t.Errorf("%s", got.Raw)
	}
	d.work()
	record, _ := d.FindRecordById(collections.Knowledge, last.JSON["id"].(string))
	d.is(record, "failed full")
}

// Nobody finds what is another company's, nor an agent what it was not given.
//
// Parity: LC-isolation.
func TestWhoseKnowledgeItIs(t *testing.T) {
	d := newDesk(t)
	mine, other := d.page("Mine", "the secret word is zebra"), d.page("Other", "another zebra")
	stranger := d.Company()
	stranger.Create(collections.Knowledge, map[string]any{"kind": "page", "title": "Foreign", "text": "a foreign zebra"})
	d.work()
	d.finds("zebra", "Other [words]; Mine [words]")

	agent := d.company.Create(collections.Agents, map[string]any{"name": "Clara"})
	ask := func(token string) recadotest.Response {
		return d.Do(http.MethodGet, d.company.URL("/api/recado/knowledge/find?q=zebra&agent="+agent.Id), token, nil)
	}
	count := func() int { return len(ask(d.owner.Token).Must(t, http.StatusOK).JSON["items"].([]any)) }
	for _, c := range []struct {
		reach   string
		chosen  []string
		allowed int
	}{{"", nil, 2}, {"all", []string{mine.Id}, 2}, {"chosen", []string{mine.Id}, 1}, {"chosen", []string{mine.Id, other.Id}, 2}, {"chosen", nil, 0}} {
		fresh := d.Reload(agent)
		fresh.Load(map[string]any{"knowledge_reach": c.reach, "knowledge": c.chosen})
		if err := d.Save(fresh); err != nil {
			t.Fatal(err)
		}
		if got := count(); got != c.allowed {
			t.Errorf("%s %v: %d", c.reach, c.chosen, got)
		}
	}

	// what is deleted is chosen no longer, and opens nothing
	fresh := d.Reload(agent)
	fresh.Load(map[string]any{"knowledge_reach": "chosen", "knowledge": []string{mine.Id}})
	if err := d.Save(fresh); err != nil {
		t.Fatal(err)
	}
	if err := d.Delete(d.Reload(mine)); err != nil {
		t.Fatal(err)
	}
	if got := count(); got != 0 {
		t.Errorf("after its last source was deleted the agent finds %d", got)
	}

	if got := ask(stranger.Member("owner").Token); got.Code() != "not_a_member" {
		t.Errorf("%s", got.Raw)
	}
	if got := ask(d.company.Member("agent").Token); got.Code() != "forbidden" {
		t.Errorf("%s", got.Raw)
	}
	foreign := d.Do(http.MethodGet, stranger.URL("/api/recado/knowledge/find?q=zebra&agent="+agent.Id), stranger.Member("owner").Token, nil)
	if foreign.Status != http.StatusNotFound {
		t.Errorf("another company's agent: %s", foreign.Raw)
	}
	if got := d.Do(http.MethodPost, stranger.URL("/api/recado/knowledge/"+other.Id+"/refresh"), stranger.Member("owner").Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("refreshed: %s", got.Raw)
	}
	if got := d.Do(http.MethodGet, d.company.URL("/api/recado/knowledge/find?q=+"), d.owner.Token, nil); got.Code() != "invalid" {
		t.Errorf("%s", got.Raw)
	}
}

// meaning is a model for which a car is like a vehicle, and nothing like a haircut.
func meaning(text string) []float32 {
	v := make([]float32, 8)
	for word, at := range map[string]int{"carro": 0, "automóvel": 0, "estacion": 0, "corte": 1, "cabelo": 1, "barba": 2} {
		if strings.Contains(strings.ToLower(text), word) {
			v[at]++
		}
	}
	v[7] = 0.1

	return v
}

func TestWhatIsMeantIsFoundToo(t *testing.T) {
	d := newDesk(t)
	server := modeltest.New(t)
	server.Embed = meaning
	parking := d.page("Vagas", "O carro fica atrás da casa, no estacionamento.")
	d.page("Corte", "Um corte de cabelo custa 50.")
	d.work()
	d.finds("automóvel", "")

	key := d.company.Create(collections.AIKeys, map[string]any{"name": "Key", "base_url": server.URL, "key": "sk-0123456789abcdef", "embedding_model": "small"})
	d.work()
	if got := d.Reload(parking); got.GetInt("vectors") != 1 {
		t.Errorf("%d vectors", got.GetInt("vectors"))
	}
	if got := d.found("automóvel"); len(got) == 0 || got[0] != "Vagas [meaning]" {
		t.Errorf("%q", got)
	}
	if got := d.found("corte"); len(got) == 0 || got[0] != "Corte [words meaning]" {
		t.Errorf("%q", got)
	}

	// an endpoint that fails leaves the words
	server.Embed = nil
	d.finds("corte", "Corte [words]")

	// another model begins anew; none takes all away
	server.Embed = meaning
	fresh := d.Reload(key)
	fresh.Set("embedding_model", "large")
	if err := d.Save(fresh); err != nil {
		t.Fatal(err)
	}
	d.work()
	if n := d.rows("knowledge_vectors"); n != 2 || d.Reload(parking).GetInt("vectors") != 1 {
		t.Errorf("%d vectors", n)
	}
	fresh = d.Reload(key)
	fresh.Set("embedding_model", "")
	if err := d.Save(fresh); err != nil {
		t.Fatal(err)
	}
	d.work()
	if n := d.rows("knowledge_vectors"); n != 0 || d.Reload(parking).GetInt("vectors") != 0 {
		t.Errorf("%d vectors", n)
	}
}

// A reading that was cut off leaves what was known, and is made up for.
func TestAReadingThatWasCutOff(t *testing.T) {
	d := newDesk(t)
	page := d.page("A", "first zebra")
	d.work()
	for _, statement := range []string{
		"INSERT INTO knowledge_pieces (company, source, generation, number, heading, text) SELECT company, source, 2, 0, '', 'half a zebra' FROM knowledge_pieces",
		"INSERT INTO knowledge_words (rowid, company, title, words) SELECT key, company, '', 'half a zebra' FROM knowledge_pieces WHERE generation = 2",
		"UPDATE knowledge SET state = 'reading', due = '2027-03-10 13:00:00.000Z', claimed_until = '2027-03-10 13:01:00.000Z', hash = ''",
	} {
		if _, err := d.NonconcurrentDB().NewQuery(statement).Execute(); err != nil {
			t.Fatal(err)
		}
	}
	d.work()
	d.is(page, "reading") // somebody else's
	d.finds("zebra", "A [words]")
	d.clock.Advance(2 * time.Minute)
	d.work()
	d.is(page, "ready")
	d.finds("zebra", "A [words]")
	if n, words := d.rows("knowledge_pieces"), d.rows("knowledge_words"); n != 1 || words != 1 {
		t.Errorf("%d pieces, %d of words", n, words)
	}
}

// Who changes a source just when its reading begins is not overruled by it.
func TestAChangeThatCrossesAReading(t *testing.T) {
	d := newDesk(t)
	page := d.page("A", "zebra")
	stale := d.Reload(page)
	_, err := d.NonconcurrentDB().NewQuery("UPDATE knowledge SET state = 'reading', claimed_until = '2027-03-10 13:01:00.000Z'").Execute()
	if err != nil {
		t.Fatal(err)
	}
	stale.Set("title", "B")
	if err := d.Save(stale); err != nil {
		t.Fatal(err)
	}
	if row := d.is(page, "waiting"); row.GetString("claimed_until") != "" {
		t.Error("the reading goes on")
	}
	d.work()
	d.is(page, "ready")
	d.finds("zebra", "B [words]")
}

// What is happening to a source is seen as it happens.
func TestProgressIsLive(t *testing.T) {
	d := newDesk(t)
	feed := d.Feed(d.Listen(), d.company.Id, d.owner.Token)
	d.upload("long.txt", []byte(strings.Repeat(strings.Repeat("uma frase de tamanho razoável. ", 40)+"\n\n", 450))).Must(t, http.StatusOK)
	d.work()
	for _, want := range []string{"waiting 0 0", "reading 0 0", "reading 200 450", "reading 400 450", "reading 450 450", "ready 450 450"} {
		var state string
		var done, total int
		_, _ = fmt.Sscan(want, &state, &done, &total)
		feed.Expect(`"collection":"knowledge"`, fmt.Sprintf(`"state":%q`, state), fmt.Sprintf(`"pieces":%d,`, done), fmt.Sprintf(`"total":%d,`, total))
	}
}
