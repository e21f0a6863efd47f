package access_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// tuesdays are hours of one day a week, from nine to six.
var tuesdays = map[string]any{"weekly": []map[string]int{{"weekday": 2, "start": 540, "end": 1080}}, "closed": []string{}}

// saoPaulo is a moment of March 2027 there. The ninth is a Tuesday.
func saoPaulo(day, hour, minute int) time.Time {
	return time.Date(2027, 3, day, hour+3, minute, 0, 0, time.UTC)
}

// bindHours lets the members of a company who have work hours come in only within
// them, as an owner does on the screen.
func bindHours(t *testing.T, app *recadotest.App, company *recadotest.Company, owner string, on bool) {
	t.Helper()
	app.Do(http.MethodPatch, company.RecordURL(company.Record), owner, map[string]any{"settings": map[string]any{"work_hours_only": on}}).Must(t, http.StatusOK)
}

func knock(app *recadotest.App, email, password string) recadotest.Response {
	return app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": email, "password": password})
}

func outOfHours(t *testing.T, what string, answer recadotest.Response, status int, next string) {
	t.Helper()
	data, _ := answer.JSON["data"].(map[string]any)
	if answer.Status != status || answer.Code() != "out_of_hours" || data["next"] != next {
		t.Errorf("%s: %d %s, want %d out_of_hours, next %q", what, answer.Status, answer.Raw, status, next)
	}
}

// Parity: WT-errors.
func TestOutsideTheirHoursNobodySignsIn(t *testing.T) {
	clock := recadotest.NewClock(saoPaulo(8, 22, 0))
	app := recadotest.New(t, clock.Now)
	company := app.Company()
	owner, admin := company.Member("owner"), company.Member("admin")
	agent, free := company.Member("agent"), company.Member("agent")
	signs := func(m *recadotest.Member) recadotest.Response { return knock(app, m.User.Email(), recadotest.Password) }
	set := func(m *recadotest.Member, body map[string]any) {
		t.Helper()
		app.Do(http.MethodPatch, company.RecordURL(m.Record), owner.Token, body).Must(t, http.StatusOK)
	}
	set(owner, map[string]any{"work_hours": tuesdays})
	set(agent, map[string]any{"work_hours": tuesdays})

	signs(agent).Must(t, http.StatusOK) // hours alone only say when a queue may give them something
	bindHours(t, app, company, owner.Token, true)

	const next = "2027-03-09T12:00:00Z"
	refused := signs(agent)
	outOfHours(t, "the evening before", refused, http.StatusUnauthorized, next)
	if data := refused.JSON["data"].(map[string]any); data["timezone"] != "America/Sao_Paulo" {
		t.Errorf("the zone is %v", data["timezone"])
	}
	for locale, words := range map[string]string{"": "amanhã às 09:00", "en": "tomorrow at 9:00 AM", "es": "mañana a las 9:00"} {
		agent.User.Set("locale", locale)
		if err := app.Save(agent.User); err != nil {
			t.Fatal(err)
		}
		if message := fmt.Sprint(signs(agent).JSON["message"]); !strings.Contains(message, words) {
			t.Errorf("in %q it says %q", locale, message)
		}
	}
	for range 12 { // the password is right: nobody is locked out by it
		outOfHours(t, "again and again", signs(agent), http.StatusUnauthorized, next)
	}
	wrong, nobody := knock(app, agent.User.Email(), "a guess"), knock(app, "nobody@example.com", "a guess")
	if wrong.Status != http.StatusBadRequest || wrong.Code() != "invalid_credentials" || !bytes.Equal(wrong.Raw, nobody.Raw) {
		t.Errorf("a guess is told %d %s, for nobody %d %s", wrong.Status, wrong.Raw, nobody.Status, nobody.Raw)
	}

	signs(owner).Must(t, http.StatusOK)
	signs(free).Must(t, http.StatusOK)
	key, _ := makeKey(t, company, app, admin.Token, map[string]any{"permissions": []string{"contacts.view_all"}})
	app.Do(http.MethodGet, company.Records(collections.Contacts), key, nil).Must(t, http.StatusOK)

	// Whoever runs the instance may look at any time.
	acting := app.Do(http.MethodPost, "/api/collections/users/impersonate/"+agent.User.Id, app.Superuser(), map[string]any{"duration": 600}).Must(t, http.StatusOK).JSON["token"].(string)
	app.Do(http.MethodGet, company.Records(collections.Contacts), acting, nil).Must(t, http.StatusOK)

	clock.Set(saoPaulo(9, 9, 0))
	signs(agent).Must(t, http.StatusOK)
	clock.Set(saoPaulo(9, 18, 0))
	outOfHours(t, "after hours", signs(agent), http.StatusUnauthorized, "2027-03-16T12:00:00Z")
	set(agent, map[string]any{"work_hours": map[string]any{"weekly": []map[string]int{{"weekday": 2, "start": 540, "end": 540}}}})
	outOfHours(t, "no hours to come", signs(agent), http.StatusUnauthorized, "")

	// Who becomes an owner is bound no more; nor is anybody once it is off.
	set(agent, map[string]any{"role": company.Roles["owner"].Id})
	signs(agent).Must(t, http.StatusOK)
	set(agent, map[string]any{"role": company.Roles["agent"].Id})
	outOfHours(t, "an agent again", signs(agent), http.StatusUnauthorized, "")
	bindHours(t, app, company, owner.Token, false)
	signs(agent).Must(t, http.StatusOK)
}

// Parity: WT-errors.
func TestTheEndOfTheHoursEndsSignIns(t *testing.T) {
	clock := recadotest.NewClock(saoPaulo(9, 17, 0))
	app := recadotest.New(t, clock.Now)
	base := app.Listen()
	company := app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	app.Do(http.MethodPatch, company.RecordURL(agent.Record), owner.Token, map[string]any{"work_hours": tuesdays}).Must(t, http.StatusOK)
	bindHours(t, app, company, owner.Token, true)

	d := signIn(t, app, agent.User)
	d.me().Must(t, http.StatusOK)
	feed, realtime := feedOf(t, base, company, d.token), realtimeOf(t, base, company, d.token)
	stays := feedOf(t, base, company, owner.Token)

	const next = "2027-03-16T12:00:00Z"
	clock.Set(saoPaulo(9, 18, 0))
	outOfHours(t, "the next request", d.me(), http.StatusUnauthorized, next)
	outOfHours(t, "a renewal", d.renew(), http.StatusUnauthorized, next)
	if err := app.Access.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	ends(t, "the feed", feed)
	ends(t, "PocketBase's realtime", realtime)
	if rows := sessionsOf(t, app, agent.User); len(rows) > 0 {
		t.Errorf("%d sign-ins are left", len(rows))
	}
	outOfHours(t, "later", d.me(), http.StatusUnauthorized, next)
	goesOn(t, "the owner's feed", stays)

	clock.Set(saoPaulo(16, 9, 0))
	if got := d.me(); got.Status != http.StatusUnauthorized || got.Code() != "session_expired" {
		t.Errorf("the ended sign-in, in the hours: %d %s", got.Status, got.Raw)
	}
	signIn(t, app, agent.User).me().Must(t, http.StatusOK)
}

// Who works elsewhere too is kept out of the company that has them in its hours only.
//
// Parity: WT-errors, DC-users.
func TestTheHoursOfOneCompanyCloseNoOther(t *testing.T) {
	clock := recadotest.NewClock(saoPaulo(9, 17, 0))
	app := recadotest.New(t, clock.Now)
	app.Settings().Batch.Enabled, app.Settings().Batch.MaxRequests = true, 10
	if err := app.Save(app.Settings()); err != nil {
		t.Fatal(err)
	}
	base := app.Listen()
	here, there := app.Company(), app.Company()
	owner, m := here.Member("owner"), here.Member("admin")
	elsewhere := there.Join(m.User, "agent")
	app.Do(http.MethodPatch, here.RecordURL(m.Record), owner.Token, map[string]any{"work_hours": tuesdays}).Must(t, http.StatusOK)
	bindHours(t, app, here, owner.Token, true)
	d := signIn(t, app, m.User)
	mine, realtime, other := feedOf(t, base, here, d.token), realtimeOf(t, base, here, d.token), feedOf(t, base, there, d.token)
	contact, path := here.Contact(), attach(t, app, here, d.token)
	file := app.Do(http.MethodPost, "/api/files/token", d.token, nil).Must(t, http.StatusOK).JSON["token"].(string)
	app.Do(http.MethodGet, here.URL(path)+"&token="+file, "", nil).Must(t, http.StatusOK)

	clock.Set(saoPaulo(9, 18, 0))
	const next = "2027-03-16T12:00:00Z"
	create := map[string]any{"method": "POST", "url": here.Records(collections.Contacts), "body": map[string]any{"company": here.Id, "name": "Ana"}}
	for what, answer := range map[string]recadotest.Response{
		"list":    app.Do(http.MethodGet, here.Records(collections.Contacts), d.token, nil),
		"view":    app.Do(http.MethodGet, here.RecordURL(contact), d.token, nil),
		"update":  app.Do(http.MethodPatch, here.RecordURL(contact), d.token, map[string]any{"name": "Bia"}),
		"feed":    app.Do(http.MethodGet, here.URL("/api/recado/live"), d.token, nil),
		"export":  app.Do(http.MethodGet, here.URL("/api/recado/contacts/export?format=csv"), d.token, nil),
		"batch":   app.Do(http.MethodPost, "/api/batch", d.token, map[string]any{"requests": []any{create}}),
		"by path": app.Do(http.MethodPost, "/api/recado/companies/"+here.Id+"/invite-code", d.token, map[string]any{}),
		"file":    app.Do(http.MethodGet, here.URL(path)+"&token="+file, "", nil),
	} {
		outOfHours(t, what, answer, http.StatusForbidden, next)
	}
	app.Do(http.MethodGet, there.Records(collections.Contacts), d.token, nil).Must(t, http.StatusOK)
	d.me().Must(t, http.StatusOK)
	knock(app, m.User.Email(), recadotest.Password).Must(t, http.StatusOK)

	if err := app.Access.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	ends(t, "the feed", mine)
	ends(t, "PocketBase's realtime", realtime)
	hello, _ := stream(t, base+"/api/realtime", "")
	if status, code := subscribe(t, base, hello, here, d.token); status != http.StatusForbidden || code != "out_of_hours" {
		t.Errorf("a subscription: %d %s", status, code)
	}
	goesOn(t, "the other company's feed", other)
	d.me().Must(t, http.StatusOK)

	// Let go there, the hours here are all that counts.
	app.Do(http.MethodPost, there.URL("/api/recado/members/"+elsewhere.Id+"/deactivate"), d.token, map[string]any{}).Must(t, http.StatusOK)
	outOfHours(t, "the only company left", d.me(), http.StatusUnauthorized, next)
}

// Parity: WT-errors, DC-permissions.
func TestWhoseEveryCompanyIsSuspendedIsToldSo(t *testing.T) {
	app := recadotest.New(t, nil)
	one, two := app.Company(), app.Company()
	m := one.Member("agent")
	two.Join(m.User, "agent")
	root := app.Superuser()
	suspend := func(company *recadotest.Company, is bool) {
		app.Do(http.MethodPatch, company.RecordURL(company.Record), root, map[string]any{"suspended": is}).Must(t, http.StatusOK)
	}
	suspend(one, true)
	knock(app, m.User.Email(), recadotest.Password).Must(t, http.StatusOK)
	suspend(two, true)
	if got := knock(app, m.User.Email(), recadotest.Password); got.Status != http.StatusUnauthorized || got.Code() != "system_invalid" {
		t.Errorf("every company is suspended: %d %s", got.Status, got.Raw)
	}
	suspend(one, false)
	knock(app, m.User.Email(), recadotest.Password).Must(t, http.StatusOK)
}

// attach makes a quick reply with a file, and returns where the file is.
func attach(t *testing.T, app *recadotest.App, company *recadotest.Company, token string) string {
	t.Helper()
	reply := company.Create(collections.QuickReplies, map[string]any{"shortcut": "hi", "text": "Hi"})
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("files", "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("Hello"))
	form.Close()
	sent := request(t, http.MethodPatch, company.RecordURL(reply), token, &body)
	sent.Header.Set("Content-Type", form.FormDataContentType())
	answer := app.Send(sent).Must(t, http.StatusOK)

	return fmt.Sprintf("/api/files/%s/%s/%s", collections.QuickReplies, reply.Id, answer.JSON["files"].([]any)[0])
}

// feedOf opens the live feed of a company, and returns what is closed when the server
// ends it.
func feedOf(t *testing.T, base string, company *recadotest.Company, token string) <-chan struct{} {
	t.Helper()
	_, ended := stream(t, base+company.URL("/api/recado/live"), token)

	return ended
}

// realtimeOf does so with the contacts of a company and PocketBase's realtime.
func realtimeOf(t *testing.T, base string, company *recadotest.Company, token string) <-chan struct{} {
	t.Helper()
	hello, ended := stream(t, base+"/api/realtime", "")
	if status, code := subscribe(t, base, hello, company, token); status != http.StatusNoContent {
		t.Fatalf("a subscription: %d %s", status, code)
	}

	return ended
}

// stream opens a stream, and returns the first event of it.
func stream(t *testing.T, address, token string) (first string, ended <-chan struct{}) {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(request(t, http.MethodGet, address, token, nil).WithContext(t.Context()))
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %v, %v", address, response, err)
	}
	t.Cleanup(func() { response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data:") {
	}
	first = strings.TrimPrefix(lines.Text(), "data:")
	over := make(chan struct{})
	go func() {
		for lines.Scan() {
		}
		close(over)
	}()

	return first, over
}

func subscribe(t *testing.T, base, hello string, company *recadotest.Company, token string) (status int, code string) {
	t.Helper()
	var client struct {
		ID string `json:"clientId"`
	}
	if err := json.Unmarshal([]byte(hello), &client); err != nil {
		t.Fatal(err)
	}
	topic := "contacts/*?options=" + url.QueryEscape(fmt.Sprintf(`{"query":{"company":%q}}`, company.Id))
	body, _ := json.Marshal(map[string]any{"clientId": client.ID, "subscriptions": []string{topic}})
	sent := request(t, http.MethodPost, base+"/api/realtime", token, bytes.NewReader(body))
	sent.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultTransport.RoundTrip(sent)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer := recadotest.Response{Status: response.StatusCode}
	if answer.Raw, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(answer.Raw, &answer.JSON)

	return answer.Status, answer.Code()
}

func ends(t *testing.T, what string, ended <-chan struct{}) {
	t.Helper()
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("%s goes on", what)
	}
}

func goesOn(t *testing.T, what string, ended <-chan struct{}) {
	t.Helper()
	select {
	case <-ended:
		t.Errorf("%s ended", what)
	default:
	}
}

func request(t *testing.T, method, address, token string, body io.Reader) *http.Request {
	t.Helper()
	made, err := http.NewRequest(method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		made.Header.Set("Authorization", token)
	}

	return made
}
