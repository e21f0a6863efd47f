package domains_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/domains/dnstest"
	"recado/hooks/recadotest"
)

// desk is a Recado that asks a name server of its own, with a company that has a
// booking page, a website channel and a domain that is not proven yet.
type desk struct {
	*recadotest.App
	*recadotest.Clock
	t       *testing.T
	dns     *dnstest.Server
	company *recadotest.Company
	owner   *recadotest.Member
}

const domain = "book.clinic.example"

func newDesk(t *testing.T, env ...string) *desk {
	t.Helper()
	d := &desk{t: t, Clock: recadotest.NewClock(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)), dns: dnstest.Start(t)}
	d.App = recadotest.New(t, d.Now, append(env, "RECADO_DNS="+d.dns.Address)...)
	d.company = d.bookable()
	d.owner = d.company.Member("owner")

	return d
}

// bookable is a company with a booking page.
func (d *desk) bookable() *recadotest.Company {
	d.t.Helper()
	company := d.Company()
	company.Set("settings", map[string]any{"booking": map[string]any{"on": true}})
	if err := d.Save(company.Record); err != nil {
		d.t.Fatal(err)
	}
	company.Service(company.Agenda())

	return company
}

// claim adds a domain over HTTP.
func (d *desk) claim(company *recadotest.Company, token, name string) recadotest.Response {
	d.t.Helper()

	return d.Do(http.MethodPost, company.Records(collections.CompanyDomains), token, map[string]any{"company": company.Id, "name": name})
}

func (d *desk) check(company *recadotest.Company, token string, row map[string]any) recadotest.Response {
	d.t.Helper()

	return d.Do(http.MethodPost, company.URL(fmt.Sprintf("/api/recado/domains/%s/check", row["id"])), token, nil)
}

// prove claims a domain and sets its record.
func (d *desk) prove(company *recadotest.Company, token, name string) map[string]any {
	d.t.Helper()
	row := d.claim(company, token, name).Must(d.t, http.StatusOK).JSON
	d.dns.Set("_recado."+row["name"].(string), row["txt"].(string))
	row = d.check(company, token, row).Must(d.t, http.StatusOK).JSON
	if row["state"] != "verified" || row["problem"] != "" {
		d.t.Fatalf("%v", row)
	}

	return row
}

// at asks by the name of a host.
func (d *desk) at(host, method, path, token string, body string) recadotest.Response {
	d.t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Host = host
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		request.Header.Set("Authorization", token)
	}

	return d.Send(request)
}

func (d *desk) get(host, path string) int {
	d.t.Helper()

	return d.at(host, http.MethodGet, path, "", "").Status
}

func (d *desk) book() string { return "/book/" + d.company.GetString("slug") }

// A domain is claimed, shown with what to set, and proven by that. Parity: DC-accounts.
func TestADomainIsProvenByTheDNS(t *testing.T) {
	d := newDesk(t)
	row := d.claim(d.company, d.owner.Token, " HTTPS://Book.Clinic.Example/ ").Must(t, http.StatusOK).JSON
	txt, _ := row["txt"].(string)
	if row["name"] != domain || row["state"] != "pending" || len(txt) < 30 || row["checked"] != "" {
		t.Fatalf("claimed: %v", row)
	}
	for _, step := range []struct {
		records []string
		broken  bool
		state   string
		problem string
	}{
		{nil, false, "pending", "missing"},
		{[]string{"v=spf1 -all"}, false, "pending", "different"},
		{nil, true, "pending", "unreachable"},
		{[]string{"v=spf1 -all", txt}, false, "verified", ""},
	} {
		d.dns.Set("_recado."+domain, step.records...)
		d.dns.Break(step.broken)
		got := d.check(d.company, d.owner.Token, row).Must(t, http.StatusOK).JSON
		if got["state"] != step.state || got["problem"] != step.problem || got["checked"] == "" || (got["verified"] != "") != (step.state == "verified") {
			t.Errorf("with %v: %v", step.records, got)
		}
		if want := map[string]int{"verified": http.StatusOK, "pending": http.StatusNotFound}[step.state]; d.get("desk.local", "/api/recado/domains/ask?domain="+domain) != want {
			t.Errorf("a proxy is told otherwise while it is %s", step.state)
		}
	}
	log := d.Do(http.MethodGet, d.company.Records(collections.Audit)+"&filter="+url.QueryEscape(`collection = "company_domains"`), d.owner.Token, nil)
	if len(log.Items()) < 2 || !strings.Contains(string(log.Raw), "verified") || !strings.Contains(string(log.Raw), d.owner.User.Id) {
		t.Errorf("the log of changes: %s", log.Raw)
	}
	for range 20 {
		if got := d.check(d.company, d.owner.Token, row); got.Status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("the DNS is asked without end")
}

// Parity: DC-accounts.
func TestWhatCanBeClaimed(t *testing.T) {
	d := newDesk(t, "RECADO_URL=https://desk.example.com", "RECADO_DOMAIN=desk.example.com,second.example.com")
	d.Settings().Meta.AppURL = "https://third.example.com"
	claim := func(name string) recadotest.Response { return d.claim(d.company, d.owner.Token, name) }
	for _, wrong := range []string{
		"", "clinic", "127.0.0.1", "[::1]", "::1", "localhost", "a.localhost", "recado.local", "a b.example", "book.clinic.example:8080", "book.clinic.example/x", "-a.example",
		"a..example", ".example", "*.example.com", "_recado.example.com", "user@example.com", strings.Repeat("a", 64) + ".example", strings.Repeat("a.", 124) + "example", "1.2.3",
	} {
		if got := claim(wrong); got.Status != http.StatusBadRequest {
			t.Errorf("%q: %d %s", wrong, got.Status, got.Raw)
		}
	}
	for _, own := range []string{"desk.example.com", "DESK.example.com.", "www.desk.example.com", "second.example.com", "third.example.com"} {
		if got := claim(own); got.Code() != "domain_own" {
			t.Errorf("%s: %d %s", own, got.Status, got.Raw)
		}
	}
	if got := claim("Clínica.Example").Must(t, http.StatusOK).JSON; got["name"] != "xn--clnica-4va.example" {
		t.Errorf("it is written %v", got["name"])
	}
	if got := claim("xn--clnica-4va.example"); got.Status != http.StatusBadRequest {
		t.Errorf("the same again: %d %s", got.Status, got.Raw)
	}

	// What a row says of itself is the server's to say.
	forged := d.Do(http.MethodPost, d.company.Records(collections.CompanyDomains), d.owner.Token, map[string]any{
		"company": d.company.Id, "name": domain, "state": "verified", "verified": "2026-01-01 00:00:00.000Z", "txt": "mine", "problem": "taken",
	}).Must(t, http.StatusOK).JSON
	if forged["state"] != "pending" || forged["verified"] != "" || forged["txt"] == "mine" || forged["problem"] != "" {
		t.Errorf("forged: %v", forged)
	}
	if got := d.Do(http.MethodPatch, d.company.URL(fmt.Sprintf("/api/collections/company_domains/records/%s", forged["id"])), d.owner.Token, map[string]any{"state": "verified"}); got.Status < 400 {
		t.Errorf("changed: %s", got.Raw)
	}

	for i := range 3 { // beside the two above
		claim(fmt.Sprintf("book%d.clinic.example", i)).Must(t, http.StatusOK)
	}
	if got := claim("sixth.clinic.example"); got.Code() != "limit_reached" {
		t.Errorf("a sixth: %d %s", got.Status, got.Raw)
	}
}

// Parity: DC-accounts.
func TestWhoKeepsDomains(t *testing.T) {
	d := newDesk(t)
	other := d.bookable()
	row := d.claim(d.company, d.company.Member("admin").Token, domain).Must(t, http.StatusOK).JSON
	address := fmt.Sprintf("/api/collections/company_domains/records/%s", row["id"])
	for who, token := range map[string]string{
		"a manager": d.company.Member("manager").Token, "an agent": d.company.Member("agent").Token, "another's owner": other.Member("owner").Token, "a guest": "",
	} {
		if got := d.claim(d.company, token, "x.clinic.example"); got.Status < 400 {
			t.Errorf("%s claims: %s", who, got.Raw)
		}
		if got := d.check(d.company, token, row); got.Status != 401 && got.Status != 403 {
			t.Errorf("%s checks: %d %s", who, got.Status, got.Raw)
		}
		for _, at := range []*recadotest.Company{d.company, other} {
			if got := d.Do(http.MethodGet, at.Records(collections.CompanyDomains), token, nil); slices.Contains(got.Items(), row["id"].(string)) {
				t.Errorf("%s lists it", who)
			}
			if got := d.Do(http.MethodDelete, at.URL(address), token, nil); got.Status != http.StatusNotFound {
				t.Errorf("%s removes it: %d %s", who, got.Status, got.Raw)
			}
		}
	}
	if got := d.check(other, other.Member("owner").Token, row); got.Status != http.StatusNotFound {
		t.Errorf("another company's: %d %s", got.Status, got.Raw)
	}
}

// On its domain there is a company's booking page and its widget, and nothing else.
// Parity: DC-accounts.
func TestADomainServesItsCompanyAlone(t *testing.T) {
	d := newDesk(t)
	other := d.bookable()
	site, foreign := d.company.Webchat(), other.Webchat()
	d.prove(d.company, d.owner.Token, domain)

	for _, host := range []string{domain, "BOOK.Clinic.Example", domain + ":8443", domain + "."} {
		if got := d.at(host, http.MethodGet, "/", "", ""); got.Status != http.StatusFound || got.Header.Get("Location") != d.book() {
			t.Errorf("/ at %s: %d %s", host, got.Status, got.Header.Get("Location"))
		}
		if got := d.at(host, http.MethodGet, d.book(), "", ""); got.Status != http.StatusOK || !strings.Contains(string(got.Raw), d.company.GetString("name")) {
			t.Errorf("the booking page at %s: %d", host, got.Status)
		}
	}
	key := site.GetString("public_key")
	for path, want := range map[string]int{
		"/book/page.css": 200, "/book/page.js": 200, d.book() + "/qr.svg": 200, d.book() + "?lang=es": 200, "/api/recado/webchat/" + key + "/config": 200,
		"/book/" + other.GetString("slug"): 404, "/book/nobody": 404, "/book": 404, "/book/" + d.company.GetString("slug") + "%2f..%2f" + other.GetString("slug"): 404,
		"/api/recado/webchat/" + foreign.GetString("public_key") + "/config": 404, "/api/recado/webchat/nothing/config": 404,
		"/login": 404, "/index.html": 404, "/assets/x.js": 404, "/c/" + d.company.Id + "/inbox": 404, "/_/": 404, "/_": 404, "/status": 404, "/demo": 404, "/a/token": 404,
		"/api/health": 404, "/api/recado/health": 404, "/api/recado/me": 404, "/api/recado/setup": 404, "/api/realtime": 404, "/api/settings": 404,
		"/api/recado/domains/ask?domain=" + domain: 404, "/api/openapi.json": 404, "/api/collections/companies/records": 404,
	} {
		if got := d.get(domain, path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
		if want == 404 && !strings.HasPrefix(path, "/api/recado/webchat/") {
			if got := d.at(domain, http.MethodGet, path, d.Superuser(), ""); got.Status != 404 {
				t.Errorf("%s for a superuser: %d", path, got.Status)
			}
		}
	}
	for _, path := range []string{"/", "/login", "/api/collections/users/auth-with-password", "/api/recado/setup", "/widget.js"} {
		if got := d.at(domain, http.MethodPost, path, "", `{}`); got.Status != http.StatusNotFound {
			t.Errorf("POST %s: %d %s", path, got.Status, got.Raw)
		}
	}

	// A visitor of the company's widget is served, one of another company's is unknown.
	session := func(host, key string) recadotest.Response {
		return d.at(host, http.MethodPost, "/api/recado/webchat/"+key+"/sessions", "", `{"page":"https://`+domain+`/"}`)
	}
	token := func(got recadotest.Response) string {
		text, _ := got.Must(t, http.StatusOK).JSON["token"].(string)

		return "Bearer " + text
	}
	mine, theirs := token(session(domain, key)), token(session("example.com", foreign.GetString("public_key")))
	if got := session(domain, foreign.GetString("public_key")); got.Status != http.StatusNotFound {
		t.Errorf("another's widget: %d %s", got.Status, got.Raw)
	}
	if got := d.at(domain, http.MethodGet, "/api/recado/webchat/messages", mine, ""); got.Status != http.StatusOK {
		t.Errorf("its visitor: %d %s", got.Status, got.Raw)
	}
	if got := d.at(domain, http.MethodGet, "/api/recado/webchat/messages", theirs, ""); got.Code() != "visitor_unknown" {
		t.Errorf("another's visitor: %d %s", got.Status, got.Raw)
	}

	// At its own address Recado is what it was.
	for _, path := range []string{"/login", "/book/" + other.GetString("slug"), "/api/health"} {
		if got := d.get("desk.local", path); got != http.StatusOK {
			t.Errorf("%s at another name: %d", path, got)
		}
	}
}

// What ends a domain ends what is served on it. Parity: DC-accounts.
func TestADomainStops(t *testing.T) {
	d := newDesk(t)
	row := d.prove(d.company, d.owner.Token, domain)
	served := func(why string, want bool) {
		t.Helper()
		status := http.StatusNotFound
		if want {
			status = http.StatusOK
		}
		for _, path := range []string{d.book(), "/api/recado/webchat/" + d.key() + "/config"} {
			if got := d.get(domain, path); got != status {
				t.Errorf("%s: %s is %d", why, path, got)
			}
		}
		if got := d.get(domain, "/login"); got != http.StatusNotFound {
			t.Errorf("%s: the app is %d", why, got)
		}
		if got := d.get("desk.local", "/api/recado/domains/ask?domain="+domain); got != status {
			t.Errorf("%s: a proxy is told %d", why, got)
		}
	}
	company := func(fields map[string]any) {
		t.Helper()
		d.Do(http.MethodPatch, d.company.RecordURL(d.company.Record), d.owner.Token, fields).Must(t, http.StatusOK)
	}
	served("proven", true)
	company(map[string]any{"active": false})
	served("inactive", false)
	company(map[string]any{"active": true})
	served("active again", true)
	company(map[string]any{"slug": "another-name"})
	d.company.Record = d.Reload(d.company.Record)
	served("under another address", true)

	address := fmt.Sprintf("/api/collections/company_domains/records/%s", row["id"])
	d.Do(http.MethodDelete, d.company.URL(address), d.owner.Token, nil).Must(t, http.StatusNoContent)
	served("removed", false)
	d.prove(d.company, d.owner.Token, domain)
	served("there again", true)
}

func (d *desk) key() string {
	site, err := d.FindFirstRecordByData(collections.Channels, "company", d.company.Id)
	if err != nil {
		site = d.company.Webchat()
	}

	return site.GetString("public_key")
}

// Of two companies that claim a domain the one that proves it has it; a claim alone
// is in nobody's way. Parity: DC-accounts.
func TestTwoClaimOneDomain(t *testing.T) {
	d := newDesk(t)
	other := d.bookable()
	rival := other.Member("owner")
	claimed := d.claim(other, rival.Token, domain).Must(t, http.StatusOK).JSON
	if got := d.get(domain, "/login"); got != http.StatusOK {
		t.Errorf("a claim alone changes what is served: %d", got)
	}
	mine := d.prove(d.company, d.owner.Token, domain)
	d.dns.Set("_recado."+domain, mine["txt"].(string), claimed["txt"].(string))
	if got := d.check(other, rival.Token, claimed).Must(t, http.StatusOK).JSON; got["state"] != "pending" || got["problem"] != "taken" {
		t.Errorf("the second: %v", got)
	}
	if got := d.at(domain, http.MethodGet, "/", "", ""); got.Header.Get("Location") != d.book() {
		t.Errorf("it leads to %s", got.Header.Get("Location"))
	}
	d.Do(http.MethodDelete, d.company.URL(fmt.Sprintf("/api/collections/company_domains/records/%s", mine["id"])), d.owner.Token, nil).Must(t, http.StatusNoContent)
	if got := d.check(other, rival.Token, claimed).Must(t, http.StatusOK).JSON; got["state"] != "verified" {
		t.Errorf("after the first let go: %v", got)
	}
	if got := d.at(domain, http.MethodGet, "/", "", ""); got.Header.Get("Location") != "/book/"+other.GetString("slug") {
		t.Errorf("it leads to %s", got.Header.Get("Location"))
	}
}

// A job asks again: those that wait become proven by themselves, and those whose record
// is gone for three days are no more. A DNS that fails takes nothing away.
// Parity: DC-accounts.
func TestDomainsAreAskedAboutAgain(t *testing.T) {
	d := newDesk(t)
	row := d.claim(d.company, d.owner.Token, domain).Must(t, http.StatusOK).JSON
	after := func(span time.Duration, state, problem string) {
		t.Helper()
		d.Advance(span)
		if err := d.Domains.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		now, err := d.FindRecordById(collections.CompanyDomains, row["id"].(string))
		if err != nil || now.GetString("state") != state || now.GetString("problem") != problem {
			t.Errorf("after %s it is %s, %s, %v", span, now.GetString("state"), now.GetString("problem"), err)
		}
	}
	after(time.Minute, "pending", "")
	if d.dns.Asked() > 0 {
		t.Error("it was asked about before it was due")
	}
	after(time.Hour, "pending", "missing")
	d.dns.Set("_recado."+domain, row["txt"].(string))
	after(time.Hour, "verified", "")
	asked := d.dns.Asked()
	after(time.Hour, "verified", "")
	if d.dns.Asked() != asked {
		t.Error("a proven one is asked about too often")
	}
	d.dns.Break(true)
	after(24*time.Hour, "verified", "unreachable")
	after(96*time.Hour, "verified", "unreachable")
	d.dns.Break(false)
	d.dns.Set("_recado." + domain)
	after(time.Hour, "verified", "missing")
	after(71*time.Hour, "verified", "missing")
	d.dns.Set("_recado."+domain, row["txt"].(string))
	after(time.Hour, "verified", "")
	d.dns.Set("_recado." + domain)
	after(24*time.Hour, "verified", "missing")
	after(72*time.Hour, "pending", "missing")
	if got := d.get(domain, d.book()); got != http.StatusNotFound {
		t.Errorf("a lapsed one serves: %d", got)
	}
}
