package demo_test

import (
	"bytes"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks"
	"recado/hooks/recadotest"
)

// setUp makes a company as the wizard does.
func setUp(t *testing.T, now time.Time, locale, timezone string) (app *recadotest.App, company, token string) {
	t.Helper()
	app = recadotest.New(t, func() time.Time { return now })
	answer := app.Do(http.MethodPost, "/api/recado/setup", "", map[string]any{
		"owner":   map[string]any{"name": "Bia", "email": "bia@example.com", "password": "segredo123"},
		"company": map[string]any{"name": "Salão", "timezone": timezone, "locale": locale},
	}).Must(t, http.StatusOK).JSON

	return app, answer["company"].(map[string]any)["id"].(string), answer["token"].(string)
}

func count(t *testing.T, app core.App, query string, params ...dbx.Params) int {
	t.Helper()
	var n int
	q := app.DB().NewQuery("SELECT count(*) FROM " + query)
	for _, p := range params {
		q.Bind(p)
	}
	if err := q.Row(&n); err != nil {
		t.Fatalf("%v: %s", err, query)
	}

	return n
}

// tables counts the rows of every table there is, but those SQLite keeps for itself.
func tables(t *testing.T, app core.App) map[string]int {
	t.Helper()
	var names []string
	err := app.DB().NewQuery("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'search\\_messages\\_%' ESCAPE '\\' AND name NOT LIKE 'knowledge\\_words\\_%' ESCAPE '\\'").Column(&names)
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]int{}
	for _, name := range names {
		rows[name] = count(t, app, "{{"+name+"}}")
	}

	return rows
}

var noon = time.Date(2026, 6, 17, 15, 0, 0, 0, time.UTC)

// Parity: WB-scripts.
func TestDemoComesWholeAndGoesWhole(t *testing.T) {
	app, company, token := setUp(t, noon, "pt-BR", "America/Sao_Paulo")
	if err := app.Search.Feed(t.Context()); err != nil {
		t.Fatal(err)
	}
	before := tables(t, app)
	url := "/api/recado/demo?company=" + company

	colleague := app.Feed(app.Listen(), company, token)
	started := time.Now()
	app.Do(http.MethodPost, url, token, nil).Must(t, http.StatusOK)
	if took := time.Since(started); took > 20*time.Second {
		t.Errorf("it took %s", took)
	}
	if event := colleague.Expect(`"name":"renewed"`); !strings.Contains(event, `"seq":2,`) {
		t.Errorf("no gap before it: %s", event)
	}
	for collection, want := range map[string]int{
		collections.Members: 5, collections.Agendas: 4, collections.Contacts: 300, collections.Conversations: 120, collections.Identities: 120, collections.QuickReplies: 6,
	} {
		if n := count(t, app, collection); n != want {
			t.Errorf("%d %s, want %d", n, collection, want)
		}
	}
	for what, least := range map[string]int{
		"messages": 400, "messages WHERE kind = 'note'": 10, "ratings": 20, "tags": 5, "queues": 3, "contact_fields": 3, "contact_changes": 5,
		"appointments": 250, "mails": 10, "imports": 1, "reminders": 10, "conversations WHERE status = 'snoozed'": 5,
		"conversations WHERE status = 'pending' AND assignee = ''": 10, "conversations WHERE locale = 'en'": 10, "conversations WHERE locale = 'es'": 10,
		"appointments WHERE status = 'no_show'": 5, "appointments WHERE status = 'cancelled'": 5, "contacts WHERE no_shows > 0": 3,
	} {
		if n := count(t, app, what); n < least {
			t.Errorf("%d %s, want at least %d", n, what, least)
		}
	}
	quiet(t, app)

	// every row as the collections would have it
	for _, def := range collections.OfCompany() {
		records, err := app.FindAllRecords(def.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, record := range records {
			if err := app.Validate(record); err != nil {
				t.Fatalf("%s %s: %v", def.Name, record.Id, err)
			}
		}
	}
	if n := count(t, app, "{{occupancies}} AS a JOIN {{occupancies}} AS b ON a.resource = b.resource AND a.id < b.id AND a.blocked_start < b.blocked_end AND b.blocked_start < a.blocked_end"); n > 0 {
		t.Errorf("%d appointments overlap", n)
	}

	if again := app.Do(http.MethodPost, url, token, nil).Must(t, http.StatusConflict); again.Code() != "demo_there" {
		t.Error(again.Code())
	}
	if err := app.Search.Feed(t.Context()); err != nil {
		t.Fatal(err)
	}

	if gone := app.Do(http.MethodDelete, url, token, nil).Must(t, http.StatusOK); gone.JSON["contacts"] != 300.0 || gone.JSON["kept"] != 0.0 {
		t.Errorf("%s", gone.Raw)
	}
	colleague.Expect(`"name":"renewed"`)
	if after := tables(t, app); !maps.Equal(before, after) {
		for name, n := range after {
			if n != before[name] {
				t.Errorf("%s has %d rows, had %d", name, n, before[name])
			}
		}
	}
	app.Do(http.MethodDelete, url, token, nil).Must(t, http.StatusOK) // nothing to do
	app.Do(http.MethodPost, url, token, nil).Must(t, http.StatusOK)   // and once more
}

// quiet fails if anything of the demo data is work for anyone.
func quiet(t *testing.T, app core.App) {
	t.Helper()
	for _, due := range []string{
		"conversations WHERE triage_due != ''", "messages WHERE status IN ('queued','sending') OR due != ''",
		"mails WHERE status = 'queued' OR due != ''", "reminders WHERE status = 'scheduled'", "imports WHERE due != ''",
	} {
		if n := count(t, app, due); n > 0 {
			t.Errorf("%d %s", n, due)
		}
	}
	if n := count(t, app, "contacts WHERE source != 'demo'"); n > 0 {
		t.Errorf("%d contacts could be mailed", n)
	}
}

// Time passes, jobs run, and nobody is told anything.
func TestDemoContactsAreToldNothing(t *testing.T) {
	clock := recadotest.NewClock(noon)
	app := recadotest.New(t, clock.Now)
	answer := app.Do(http.MethodPost, "/api/recado/setup", "", map[string]any{
		"owner":   map[string]any{"name": "Bia", "email": "bia@example.com", "password": "segredo123"},
		"company": map[string]any{"name": "Salon", "timezone": "Europe/Lisbon", "locale": "en"},
	}).Must(t, http.StatusOK).JSON
	company := answer["company"].(map[string]any)["id"].(string)
	if _, err := app.Demo.Fill(app, company); err != nil {
		t.Fatal(err)
	}
	const said = "messages WHERE kind != 'system'" // a line for the team says that a conversation woke
	messages, mails := count(t, app, said), count(t, app, "mails")

	// a person moves one, which plans reminders
	pending, err := app.FindFirstRecordByFilter(collections.Appointments, "status = 'pending'")
	if err != nil {
		t.Fatal(err)
	}
	pending.Set("status", "confirmed")
	if err := app.Save(pending); err != nil {
		t.Fatal(err)
	}
	for range 40 {
		clock.Advance(12 * time.Hour)
		for _, job := range app.Schedule() {
			if job.Name == "backup" || job.Name == "clean-up" || job.Name == "old mails" || job.Name == "storage" {
				continue
			}
			if err := job.Run(t.Context()); err != nil {
				t.Fatalf("%s: %v", job.Name, err)
			}
		}
		if err := app.Inbox.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(t, app, said); n != messages {
		t.Errorf("%d messages were written", n-messages)
	}
	if n := count(t, app, "mails"); n != mails {
		t.Errorf("%d mails were written", n-mails)
	}
}

// Whenever it is loaded, today is a full day.
func TestTodayIsFullAtAnyTime(t *testing.T) {
	for _, c := range []struct{ zone, now string }{
		{"America/Sao_Paulo", "2026-06-17T02:45:00Z"},  // a quarter to midnight
		{"Europe/Lisbon", "2026-10-25T00:10:00+01:00"}, // a Sunday of 25 hours, just begun
		{"Europe/Lisbon", "2026-03-29T22:50:00+01:00"}, // a Sunday of 23 hours, nearly over
		{"America/New_York", "2026-11-01T12:00:00Z"},
		{"Asia/Kathmandu", "2026-12-31T18:30:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		app, company, _ := setUp(t, now, "es", c.zone)
		if _, err := app.Demo.Fill(app, company); err != nil {
			t.Fatal(err)
		}
		zone, _ := time.LoadLocation(c.zone)
		var starts []string
		if err := app.DB().NewQuery("SELECT start FROM appointments WHERE status != 'cancelled'").Column(&starts); err != nil {
			t.Fatal(err)
		}
		today, days := 0, map[string]bool{}
		for _, text := range starts {
			start, err := time.Parse("2006-01-02 15:04:05.000Z", text)
			if err != nil {
				t.Fatal(err)
			}
			days[start.In(zone).Format(time.DateOnly)] = true
			if start.In(zone).Format(time.DateOnly) == now.In(zone).Format(time.DateOnly) {
				today++
			}
		}
		if today < 8 || len(days) < 40 {
			t.Errorf("%s in %s: %d appointments today, %d days", c.now, c.zone, today, len(days))
		}
		if n := count(t, app, "appointments WHERE created > {:now}", dbx.Params{"now": now.UTC().Format("2006-01-02 15:04:05.000Z")}); n > 0 {
			t.Errorf("%d were booked in the future", n)
		}
		if n := count(t, app, "messages WHERE at > {:now}", dbx.Params{"now": now.UTC().Format("2006-01-02 15:04:05.000Z")}); n > 0 {
			t.Errorf("%d messages are of the future", n)
		}
	}
}

// It is the same every time, but for ids.
func TestDemoIsTheSameEveryTime(t *testing.T) {
	var seen []string
	for range 2 {
		app, company, _ := setUp(t, noon, "en", "UTC")
		if _, err := app.Demo.Fill(app, company); err != nil {
			t.Fatal(err)
		}
		var names, texts, starts []string
		for query, into := range map[string]*[]string{
			"SELECT name || phone || email FROM contacts ORDER BY 1": &names, "SELECT at || text FROM messages ORDER BY 1": &texts, "SELECT start || status FROM appointments ORDER BY 1": &starts,
		} {
			if err := app.DB().NewQuery(query).Column(into); err != nil {
				t.Fatal(err)
			}
		}
		seen = append(seen, strings.Join(names, "\n")+strings.Join(texts, "\n")+strings.Join(starts, "\n"))
	}
	if seen[0] != seen[1] {
		t.Error("two fills differ")
	}
}

// What a person did with demo data goes with what it hangs on; what people have, and
// what of the demo data they use, stays.
func TestClearingTouchesNothingOfAPerson(t *testing.T) {
	app, company, token := setUp(t, noon, "en", "UTC")
	own := func(collection string, values map[string]any) *core.Record {
		t.Helper()
		values["company"] = company

		return app.Create(collection, values)
	}
	friend := own(collections.Contacts, map[string]any{"name": "A real one"})
	mine := own(collections.Tags, map[string]any{"name": "mine"})
	if _, err := app.Demo.Fill(app, company); err != nil {
		t.Fatal(err)
	}

	first := func(collection, filter string) *core.Record {
		t.Helper()
		record, err := app.FindFirstRecordByFilter(collection, filter)
		if err != nil {
			t.Fatalf("%s %s: %v", collection, filter, err)
		}

		return record
	}
	vip, ana := first(collections.Tags, "name = 'vip'"), first(collections.Members, "name = 'Emma Collins'")
	friend.Set("tags", []string{vip.Id, mine.Id})
	friend.Set("owner", ana.Id)
	if err := app.Save(friend); err != nil {
		t.Fatal(err)
	}
	room := first(collections.Agendas, "name = 'Room 2'")
	visit := own(collections.Appointments, map[string]any{
		"agenda": room.Id, "service": first(collections.Services, "name = 'Follow-up'").Id, "contact": friend.Id, "start": "2026-07-20 10:00:00.000Z",
	})
	talk := first(collections.Conversations, "status = 'open'")
	app.Do(http.MethodPost, "/api/collections/messages/records?company="+company, token, map[string]any{"company": company, "conversation": talk.Id, "kind": "text", "text": "from a person"}).Must(t, http.StatusOK)

	cleared, err := app.Demo.Clear(app, company)
	if err != nil || cleared.Contacts != 300 {
		t.Fatalf("%+v %v", cleared, err)
	}
	if got := app.Reload(friend).GetStringSlice("tags"); len(got) != 2 {
		t.Errorf("the contact has the tags %v", got)
	}
	app.Reload(visit)
	app.Reload(room)
	for what, want := range map[string]int{
		"contacts": 1, "conversations": 0, "messages": 0, "appointments": 1, "occupancies": 1, "tags": 2, "agendas": 2, "services": 2, "members": 2, "users": 2,
	} {
		if n := count(t, app, what); n != want {
			t.Errorf("%d %s are left, want %d", n, what, want)
		}
	}
	if cleared.Kept == 0 {
		t.Error("nothing was said to be kept")
	}
}

func TestWhoMayFill(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	for _, role := range []string{"manager", "agent"} {
		token := company.Member(role).Token
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodDelete} {
			app.Do(method, company.URL("/api/recado/demo"), token, nil).Must(t, http.StatusForbidden)
		}
	}
	app.Do(http.MethodPost, company.URL("/api/recado/demo"), app.Company().Member("owner").Token, nil).Must(t, http.StatusForbidden)
	owner := company.Member("owner").Token
	if state := app.Do(http.MethodGet, company.URL("/api/recado/demo"), owner, nil).Must(t, http.StatusOK); state.JSON["filled"] != false {
		t.Errorf("%s", state.Raw)
	}
	// two companies, one Recado
	for _, c := range []*recadotest.Company{company, app.Company()} {
		app.Do(http.MethodPost, c.URL("/api/recado/demo"), c.Member("owner").Token, nil).Must(t, http.StatusOK)
	}
	app.Do(http.MethodDelete, company.URL("/api/recado/demo"), owner, nil).Must(t, http.StatusOK)
	if n := count(t, app, "contacts"); n != 300 {
		t.Errorf("%d contacts are left of the other company", n)
	}
}

// Parity: WB-scripts.
func TestDemoCommand(t *testing.T) {
	app := recadotest.New(t, nil)
	run := func(args ...string) (string, error) {
		t.Helper()
		var out bytes.Buffer
		command := app.Demo.Command(hooks.Prepare)
		command.SetOut(&out)
		command.SetErr(&out)
		command.SetArgs(args)
		err := command.Execute()

		return out.String(), err
	}
	if _, err := run(); err == nil || !strings.Contains(err.Error(), "set Recado up first") {
		t.Errorf("without a company: %v", err)
	}
	app.Do(http.MethodPost, "/api/recado/setup", "", map[string]any{
		"owner":   map[string]any{"name": "Bia", "email": "bia@example.com", "password": "segredo123"},
		"company": map[string]any{"name": "Salão"},
	}).Must(t, http.StatusOK)
	for _, step := range []struct{ args, want string }{
		{"", "Made 300 demo contacts"}, {"", "Nothing was changed"}, {"--clear", "Removed 300 demo contacts"}, {"--clear", "Removed 0 demo contacts"},
	} {
		out, err := run(strings.Fields(step.args)...)
		if err != nil || !strings.Contains(out, step.want) {
			t.Errorf("demo %s: %v %s", step.args, err, out)
		}
	}
}
