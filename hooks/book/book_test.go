package book_test

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// page is a company with a booking page, one agenda that is always open and a
// service of an hour. The clock stands on a Monday morning.
type page struct {
	*recadotest.App
	*recadotest.Clock
	t       testing.TB
	company *recadotest.Company
	agenda  *core.Record
	service *core.Record
}

func newPage(t testing.TB) *page {
	t.Helper()
	p := &page{t: t, Clock: recadotest.NewClock(time.Date(2040, 3, 5, 8, 0, 0, 0, time.UTC))}
	p.App = recadotest.New(t, p.Now)
	p.company = p.Company()
	p.set(p.company.Record, map[string]any{"settings": map[string]any{"booking": map[string]any{"on": true}, "address": "Rua das Flores, 12"}})
	p.agenda = p.company.Agenda()
	p.service = p.company.Service(p.agenda)

	return p
}

func (p *page) set(record *core.Record, values map[string]any) {
	p.t.Helper()
	fresh := p.Reload(record)
	fresh.Load(values)
	if err := p.Save(fresh); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) path(more string) string { return "/book/" + p.company.GetString("slug") + more }

// get opens a page. header are pairs.
func (p *page) get(path string, header ...string) recadotest.Response {
	p.t.Helper()
	request := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}

	return p.Send(request)
}

// fill is a form filled in by Ana.
func fill(at time.Time, more ...string) url.Values {
	form := url.Values{
		"key": {fmt.Sprintf("%032d", at.UnixNano())}, "at": {at.UTC().Format(time.RFC3339)},
		"name": {"Ana Lima"}, "phone": {"(11) 98765-4321"}, "email": {""}, "website": {""},
	}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}

	return form
}

// post sends the form.
func (p *page) post(form url.Values, header ...string) recadotest.Response {
	p.t.Helper()
	request := httptest.NewRequest(http.MethodPost, p.path("/"+p.service.Id), strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}

	return p.Send(request)
}

func (p *page) appointments() []*core.Record {
	p.t.Helper()
	list, err := p.FindRecordsByFilter(collections.Appointments, "company = {:company}", "start,id", 0, 0, dbx.Params{"company": p.company.Id})
	if err != nil {
		p.t.Fatal(err)
	}

	return list
}

// at is an hour of the day after the clock's, in São Paulo.
func at(hour int) time.Time { return time.Date(2040, 3, 6, hour+3, 0, 0, 0, time.UTC) }

func contains(t testing.TB, r recadotest.Response, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(string(r.Raw), want) && !strings.Contains(html.UnescapeString(string(r.Raw)), want) {
			t.Errorf("the page lacks %q:\n%s", want, r.Raw)
		}
	}
}

func lacks(t testing.TB, r recadotest.Response, unwanted ...string) {
	t.Helper()
	for _, bad := range unwanted {
		if strings.Contains(string(r.Raw), bad) {
			t.Errorf("the page has %q:\n%s", bad, r.Raw)
		}
	}
}

var hrefs = regexp.MustCompile(`href="(/book/[^"]+\?[^"]*at=[^"]+)"`)

func TestTheWayToAnAppointment(t *testing.T) {
	p := newPage(t)
	cut := p.company.Service(p.agenda)
	p.set(cut, map[string]any{"name": "Corte & Escova", "price": 5000})
	p.set(p.service, map[string]any{"name": "Avaliação", "description": "Com <calma>"})

	first := p.get(p.path("")).Must(t, http.StatusOK)
	contains(t, first, "O que você quer agendar?", "Avaliação", "Com &lt;calma&gt;", p.path("/avaliacao"), p.path("/corte-escova"), "R$ 50,00", "1 h")

	times := p.get(p.path("/avaliacao")).Must(t, http.StatusOK)
	contains(t, times, "Março de 2040", "Sao Paulo (GMT-3)", `datetime="2040-03-05T08:00:00Z" data-wall="2040-03-05T05:00">05:00<`)
	lacks(t, times, "2040-03-05T07:00:00Z") // over

	day := p.get(p.path("/avaliacao?month=2040-03&day=2040-03-06")).Must(t, http.StatusOK)
	links := hrefs.FindAllStringSubmatch(string(day.Raw), -1)
	if len(links) != 24 {
		t.Fatalf("%d times on an open day", len(links))
	}
	form := p.get(strings.ReplaceAll(links[9][1], "&amp;", "&")).Must(t, http.StatusOK)
	contains(t, form, "Seus dados", `value="2040-03-06T12:00:00Z"`, "terça-feira, 6 de março")
	key := regexp.MustCompile(`name="key" value="([0-9a-f]{32})"`).FindStringSubmatch(string(form.Raw))
	if key == nil {
		t.Fatal("the form has no key")
	}

	done := p.post(fill(at(9), "key", key[1], "note", "Trago os <exames>")).Must(t, http.StatusOK)
	contains(t, done, "Seu horário está marcado", "terça-feira, 6 de março", "09:00", "Ana Lima", "Rua das Flores, 12")
	all := p.appointments()
	if len(all) != 1 {
		t.Fatalf("%d appointments", len(all))
	}
	a := all[0]
	contact, err := p.FindRecordById(collections.Contacts, a.GetString("contact"))
	if err != nil {
		t.Fatal(err)
	}
	if a.GetString("source") != "page" || a.GetString("status") != "confirmed" || a.GetString("note") != "Trago os <exames>" || a.GetString("attendee") != "" ||
		!a.GetDateTime("start").Time().Equal(at(9)) || contact.GetString("phone") != "+5511987654321" || contact.GetString("source") != "page" || contact.GetString("locale") != "pt-BR" {
		t.Errorf("booked %v of %v", a, contact)
	}

	// sent again, by a nervous finger or a broken line, it is the same
	again := p.post(fill(at(9), "key", key[1])).Must(t, http.StatusOK)
	contains(t, again, "Seu horário está marcado")
	if n := len(p.appointments()); n != 1 {
		t.Errorf("%d appointments after sending twice", n)
	}
}

// What the page lists can be booked, and what it does not list can't.
func TestListedIsBookable(t *testing.T) {
	p := newPage(t)
	p.set(p.service, map[string]any{"min_notice": 120, "max_per_day": 3, "horizon_days": 2, "duration": 45, "step": 30, "buffer_after": 15})
	for try := range 8 {
		listed := map[string]bool{}
		for _, d := range []string{"05", "06", "07", "08"} {
			answer := p.get(p.path("/" + p.service.Id + "?month=2040-03&day=2040-03-" + d))
			for _, link := range hrefs.FindAllStringSubmatch(string(answer.Raw), -1) {
				u, _ := url.Parse(strings.ReplaceAll(link[1], "&amp;", "&"))
				listed[u.Query().Get("at")] = true
			}
		}
		start := p.Now().Add(time.Duration(try*337) * time.Minute).Truncate(30 * time.Minute)
		answer := p.post(fill(start), "X-Try", fmt.Sprint(try))
		if booked := answer.Status == http.StatusOK; booked != listed[start.UTC().Format(time.RFC3339)] {
			t.Errorf("%s: listed %v, answered %d", start, !booked, answer.Status)
		}
	}
}

func TestALostRaceApologises(t *testing.T) {
	p := newPage(t)
	p.post(fill(at(9))).Must(t, http.StatusOK)

	second := fill(at(9), "key", strings.Repeat("b", 32), "name", "Bruno Costa", "phone", "", "email", "Bruno@Example.com", "note", "Obrigado")
	lost := p.post(second).Must(t, http.StatusConflict)
	contains(t, lost, "acabou de ser ocupado", "Bruno Costa", "bruno@example.com", "Obrigado")
	lacks(t, lost, "Ana Lima")
	var offered []string
	for _, match := range regexp.MustCompile(`name="instead" value="([^"]+)"`).FindAllStringSubmatch(string(lost.Raw), -1) {
		offered = append(offered, match[1])
	}
	if want := []string{"2040-03-06T13:00:00Z", "2040-03-06T14:00:00Z", "2040-03-06T15:00:00Z"}; !slices.Equal(offered, want) {
		t.Fatalf("offered %v, want %v", offered, want)
	}
	second.Set("instead", offered[0])
	contains(t, p.post(second).Must(t, http.StatusOK), "10:00")

	// the same by a link that has become old
	early := p.get(p.path("/"+p.service.Id+"?at=2040-03-06T12:00:00Z")).Must(t, http.StatusConflict)
	contains(t, early, "acabou de ser ocupado", "2040-03-06T14:00:00Z")
}

func TestManyAtOnceBookOnce(t *testing.T) {
	p := newPage(t)
	var wg sync.WaitGroup
	statuses := make([]int, 20)
	for i := range statuses {
		wg.Go(func() {
			form := fill(at(9), "key", fmt.Sprintf("%032d", i), "phone", "", "email", fmt.Sprintf("a%d@example.com", i))
			request := httptest.NewRequest(http.MethodPost, p.path("/"+p.service.Id), strings.NewReader(form.Encode()))
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.RemoteAddr = fmt.Sprintf("10.0.0.%d:1", i)
			recorder := httptest.NewRecorder()
			p.Handler().ServeHTTP(recorder, request)
			statuses[i] = recorder.Code
		})
	}
	wg.Wait()
	slices.Sort(statuses)
	if statuses[0] != 200 || statuses[1] != 409 || statuses[19] != 409 || len(p.appointments()) != 1 {
		t.Errorf("%v, %d appointments", statuses, len(p.appointments()))
	}
}

// Anyone can type anyone's number: nothing of whom it belongs to is shown or
// changed, and the answer is as for a stranger.
func TestNobodyLearnsWhoIsKnown(t *testing.T) {
	p := newPage(t)
	known := p.company.Create(collections.Contacts, map[string]any{"name": "Secreta Silva", "phone": "+5511987654321", "email": "secreta@example.com"})

	shape := regexp.MustCompile(`\d\d:\d\d|\d{4}-\d\d-\d\dT[\d:]+Z?|nonce="[^"]+"|href="[^"]+"`)
	answer := p.post(fill(at(9))).Must(t, http.StatusOK)
	stranger := p.post(fill(at(10), "phone", "(11) 91234-5678")).Must(t, http.StatusOK)
	lacks(t, answer, "Secreta", "secreta")
	if a, b := shape.ReplaceAllString(string(answer.Raw), ""), shape.ReplaceAllString(string(stranger.Raw), ""); a != b {
		t.Errorf("the answers differ:\n%s\n%s", a, b)
	}
	p.post(fill(at(11), "phone", "", "email", "Secreta@example.com")).Must(t, http.StatusOK)

	fresh := p.Reload(known)
	if fresh.GetString("name") != "Secreta Silva" || fresh.GetString("email") != "secreta@example.com" {
		t.Errorf("the contact became %v", fresh)
	}
	all := p.appointments()
	if all[0].GetString("contact") != known.Id || all[0].GetString("attendee") != "Ana Lima" || all[1].GetString("contact") == known.Id || all[2].GetString("contact") != known.Id {
		t.Errorf("booked for %v", all)
	}
}

func TestWhatIsMissingIsSaidAtItsField(t *testing.T) {
	p := newPage(t)
	for _, example := range []struct{ field, value, words string }{
		{"name", " ", "Informe o seu nome."},
		{"name", strings.Repeat("a", 121), "longo demais"},
		{"phone", "", "Informe um telefone ou um e-mail."},
		{"phone", "12", "não parece um número de telefone"},
		{"email", "nobody", "não parece um endereço de e-mail"},
		{"email", "Ana <ana@example.com>", "não parece um endereço de e-mail"},
		{"note", strings.Repeat("a", 1001), "longo demais"},
		{"website", "http://spam.example", "Envie mais uma vez."},
	} {
		answer := p.post(fill(at(9), "note", "keep me", example.field, example.value)).Must(t, http.StatusUnprocessableEntity)
		contains(t, answer, example.words, `role="alert"`)
	}
	if n := len(p.appointments()); n != 0 {
		t.Errorf("%d appointments", n)
	}
	p.post(url.Values{}).Must(t, http.StatusOK) // nothing at all: the times again
	p.post(fill(at(9), "key", "short")).Must(t, http.StatusOK)
	if n := len(p.appointments()); n != 0 {
		t.Errorf("%d appointments", n)
	}
}

func TestLanguageOfThePage(t *testing.T) {
	p := newPage(t)
	for _, example := range []struct{ query, header, want string }{
		{"", "", "pt-BR"}, {"", "fr-CH, es;q=0.9, en;q=0.8", "es"}, {"?lang=en", "es", "en"}, {"?lang=xx", "de", "pt-BR"}, {"?lang=es-AR", "", "es"},
	} {
		answer := p.get(p.path(example.query), "Accept-Language", example.header).Must(t, http.StatusOK)
		contains(t, answer, `<html lang="`+example.want+`">`)
		if got := answer.Header.Get("Content-Language"); got != example.want {
			t.Errorf("%v is in %s", example, got)
		}
	}
	// a chosen language stays chosen, a page in all three has no hole
	english := p.get(p.path("/"+p.service.Id+"?lang=en"), "Accept-Language", "es").Must(t, http.StatusOK)
	contains(t, english, "lang=en", "When would you like to come?", "March 2040", "5:00 AM")
	for _, lang := range []string{"en", "pt-BR", "es"} {
		for _, path := range []string{"", "/" + p.service.Id, "/" + p.service.Id + "?at=2040-03-06T12:00:00Z", "/nothing"} {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			lacks(t, p.get(p.path(path+sep+"lang="+lang)), "booking.", "{count}", "{company}", "{zone} ")
		}
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	p := newPage(t)
	private := p.company.Service(p.agenda)
	p.set(private, map[string]any{"private": true})
	inactive := p.company.Service(p.agenda)
	p.set(inactive, map[string]any{"active": false})
	other := p.Company()
	elsewhere := other.Service(other.Agenda())

	for _, path := range []string{"/book/nobody", "/book/nobody/x", "/book/" + other.GetString("slug"), p.path("/nothing"), p.path("/" + private.Id), p.path("/" + inactive.Id), p.path("/" + elsewhere.Id)} {
		contains(t, p.get(path).Must(t, http.StatusNotFound), "<h1")
	}
	lacks(t, p.get(p.path("")), private.GetString("name"), inactive.GetString("name"))

	p.set(p.company.Record, map[string]any{"active": false})
	p.get(p.path("")).Must(t, http.StatusNotFound)
	p.post(fill(at(9))).Must(t, http.StatusNotFound)
}

func TestStrangersAreLimited(t *testing.T) {
	p := newPage(t)
	refused := 0
	for i := range 12 {
		answer := p.post(fill(at(i), "phone", fmt.Sprintf("(11) 98765-%04d", i)))
		if answer.Status == http.StatusTooManyRequests {
			refused++
			contains(t, answer, "Tente de novo em alguns minutos", "Ana Lima")
			if answer.Header.Get("Retry-After") == "" {
				t.Error("it does not say when")
			}
		}
	}
	if refused != 2 || len(p.appointments()) != 10 {
		t.Errorf("%d refused, %d booked", refused, len(p.appointments()))
	}
	p.Advance(2 * time.Minute)
	p.post(fill(at(13))).Must(t, http.StatusOK)

	for range 200 {
		p.get(p.path(""))
	}
	contains(t, p.get(p.path("")).Must(t, http.StatusTooManyRequests), "Um momento, por favor")
}

// Many addresses together don't flood one company.
func TestACompanyIsNotFlooded(t *testing.T) {
	p := newPage(t)
	p.set(p.service, map[string]any{"duration": 5, "step": 5})
	booked := 0
	for i := range 70 {
		form := fill(at(0).Add(time.Duration(i)*5*time.Minute), "phone", "", "email", fmt.Sprintf("a%d@example.com", i))
		request := httptest.NewRequest(http.MethodPost, p.path("/"+p.service.Id), strings.NewReader(form.Encode()))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.RemoteAddr = fmt.Sprintf("10.0.%d.1:1", i)
		if answer := p.Send(request); answer.Status == http.StatusOK {
			booked++
		}
	}
	if booked != 60 {
		t.Errorf("%d booked within a moment", booked)
	}
}

func TestThePageKeepsToItself(t *testing.T) {
	p := newPage(t)
	answer := p.get(p.path(""))
	policy := answer.Header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self';", "frame-ancestors 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("the policy %q lacks %s", policy, part)
		}
	}
	if answer.Header.Get("Set-Cookie") != "" || answer.Header.Get("Cache-Control") != "no-store" || strings.Contains(policy, "unsafe") {
		t.Errorf("%v", answer.Header)
	}
	p.set(p.company.Record, map[string]any{"name": `<script>alert(1)</script>`, "settings": map[string]any{"booking": map[string]any{"on": true, "color": "red;}</style><script>", "intro": "<b>hi"}}})
	lacks(t, p.get(p.path("")), "<script>alert", "<b>hi", "</style><script>")

	code := p.get(p.path("/qr.svg")).Must(t, http.StatusOK)
	contains(t, code, "<svg", "<path")
	if code.Header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("%v", code.Header)
	}
	for _, file := range []string{"/book/page.css", "/book/page.js"} {
		if answer := p.get(file, "Accept-Encoding", "gzip").Must(t, http.StatusOK); answer.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s: %v", file, answer.Header)
		}
	}
}

// Together with its style and script the first page is small, and so is the script alone.
func TestTheWholeFlowIsSmall(t *testing.T) {
	p := newPage(t)
	total := 0
	for _, path := range []string{p.path(""), "/book/page.css", "/book/page.js"} {
		answer := p.get(path, "Accept-Encoding", "gzip").Must(t, http.StatusOK)
		total += len(answer.Raw)
		if path == "/book/page.js" {
			if raw := p.get(path); len(raw.Raw) > 10<<10 {
				t.Errorf("the script is %d bytes", len(raw.Raw))
			}
		}
	}
	if total > 40<<10 {
		t.Errorf("%d bytes over the wire", total)
	}
	t.Logf("%d bytes over the wire", total)
}

func TestOfSeveralFreeTheLeastBusyServes(t *testing.T) {
	p := newPage(t)
	second := p.company.Agenda()
	p.set(p.service, map[string]any{"agendas": []string{p.agenda.Id, second.Id}})

	busy := p.get(p.path("/"+p.service.Id+"?month=2040-03&day=2040-03-06")).Must(t, http.StatusOK)
	contains(t, busy, "Qualquer pessoa", p.agenda.GetString("name"), second.GetString("name"))
	if n := len(hrefs.FindAllString(string(busy.Raw), -1)); n != 24 {
		t.Errorf("%d times: each moment once", n)
	}
	for i, hour := range []int{9, 9, 10, 10} {
		p.post(fill(at(hour), "key", fmt.Sprintf("%032d", i), "phone", fmt.Sprintf("(11) 98765-%04d", i))).Must(t, http.StatusOK)
	}
	count := map[string]int{}
	for _, a := range p.appointments() {
		count[a.GetString("agenda")]++
	}
	if count[p.agenda.Id] != 2 || count[second.Id] != 2 {
		t.Errorf("%v", count)
	}
	p.post(fill(at(9), "key", strings.Repeat("c", 32))).Must(t, http.StatusConflict)
	p.post(fill(at(11), "key", strings.Repeat("d", 32), "with", second.Id)).Must(t, http.StatusOK)
	if all := p.appointments(); all[len(all)-1].GetString("agenda") != second.Id {
		t.Error("not with whom was asked for")
	}
}

func TestForSomeoneElse(t *testing.T) {
	p := newPage(t)
	p.post(fill(at(8), "for", "other", "attendee", "Léo")).Must(t, http.StatusOK)
	if a := p.appointments()[0]; a.GetString("attendee") != "" {
		t.Errorf("booked for %s where nobody was asked", a.GetString("attendee"))
	}

	p.set(p.company.Record, map[string]any{"settings": map[string]any{"attendees": true, "booking": map[string]any{"on": true}}})
	p.set(p.service, map[string]any{"max_open": 1})
	contains(t, p.get(p.path("/"+p.service.Id+"?at=2040-03-06T12:00:00Z")), "Para quem é o horário?")
	contains(t, p.post(fill(at(9), "for", "other", "attendee", " ")).Must(t, http.StatusUnprocessableEntity), "Informe o nome de quem vem.")
	contains(t, p.post(fill(at(9), "for", "other", "attendee", "Léo  Lima")).Must(t, http.StatusOK), "Léo Lima")
	if a := p.appointments()[1]; a.GetString("attendee") != "Léo Lima" {
		t.Errorf("booked for %s", a.GetString("attendee"))
	}
	contains(t, p.post(fill(at(10), "for", "other", "attendee", "léo lima")).Must(t, http.StatusConflict), "quantos uma pessoa pode ter")
	p.post(fill(at(10), "for", "other", "attendee", "Bia Lima")).Must(t, http.StatusOK)
	p.post(fill(at(11))).Must(t, http.StatusConflict) // Ana has one herself
}

// The month is the agenda's, also where the company is elsewhere and the clocks change.
func TestTheCalendarIsTheAgendas(t *testing.T) {
	p := newPage(t)
	p.set(p.agenda, map[string]any{"timezone": "Europe/Berlin"})
	day := p.get(p.path("/"+p.service.Id+"?month=2040-03&day=2040-03-25&lang=en")).Must(t, http.StatusOK)
	if n := len(hrefs.FindAllString(string(day.Raw), -1)); n != 23 {
		t.Errorf("%d hours on the day the clocks go forward", n)
	}
	contains(t, day, "Berlin (GMT+1)", `data-wall="2040-03-25T00:00"`, `data-wall="2040-03-25T23:00"`)
	lacks(t, day, `data-wall="2040-03-25T02:00"`)
}

func TestAFullCalendarLeadsOn(t *testing.T) {
	p := newPage(t)
	p.company.Create(collections.Occupancies, map[string]any{"kind": "block", "status": "confirmed", "resource": p.agenda.Id,
		"blocked_start": p.Now().Unix(), "blocked_end": time.Date(2040, 4, 10, 3, 0, 0, 0, time.UTC).Unix()})
	contains(t, p.get(p.path("/"+p.service.Id)).Must(t, http.StatusOK), "Abril de 2040", `data-wall="2040-04-10T00:00"`)
	contains(t, p.get(p.path("/"+p.service.Id+"?month=2040-03")).Must(t, http.StatusOK), "Março de 2040 não tem horários livres", "day=2040-04-10")
	p.set(p.service, map[string]any{"horizon_days": 1})
	contains(t, p.get(p.path("/"+p.service.Id)).Must(t, http.StatusOK), "No momento não há horários livres")
}
