package reports_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
	"recado/hooks/reports"
)

type answer[F any] struct {
	Total  F
	Before struct {
		From, To string
		Figures  F
	}
	Days []struct {
		Date    string
		Figures F
	}
	Members, Queues, Channels, Agendas, Services []struct {
		ID, Name string
		Figures  F
	}
}

func ask[F any](t *testing.T, app *recadotest.App, company *recadotest.Company, token, path string) answer[F] {
	t.Helper()
	raw := app.Do(http.MethodGet, company.URL("/api/recado/reports/"+path), token, nil).Must(t, http.StatusOK).Raw
	var got answer[F]
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}

	return got
}

// stamp writes a local wall clock of São Paulo as it is stored.
func stamp(t *testing.T, wall string) string {
	t.Helper()
	zone, err := time.LoadLocation("America/Sao_Paulo")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", wall, zone)
	if err != nil {
		t.Fatal(err)
	}

	return at.UTC().Format("2006-01-02 15:04:05.000Z")
}

func unix(t *testing.T, wall string) int64 {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05.000Z", stamp(t, wall))
	if err != nil {
		t.Fatal(err)
	}

	return at.Unix()
}

// set writes columns that no hook would let through.
func set(t *testing.T, app core.App, record *core.Record, values dbx.Params) {
	t.Helper()
	if _, err := app.DB().Update(record.Collection().Name, values, dbx.HashExp{"id": record.Id}).Execute(); err != nil {
		t.Fatal(err)
	}
}

// Parity: WT-reports.
func TestTheInboxIsCountedByItsLocalDays(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner, ana := company.Member("owner"), company.Member("agent")
	channel, queue := company.Webchat(), company.Queue()

	conversation := func(member, queue, opened, asked, answered, closed string) *core.Record {
		t.Helper()
		c := company.Conversation(channel)
		values := dbx.Params{"assignee": member, "queue": queue, "created": stamp(t, opened)}
		if answered != "" {
			values["asked_at"], values["answered_at"] = stamp(t, asked), stamp(t, answered)
		}
		if closed != "" {
			values["status"], values["closed_at"] = "closed", stamp(t, closed)
		}
		set(t, app, c, values)

		return c
	}
	// the 10th begins at 03:00 UTC
	first := conversation(ana.Id, queue.Id, "2026-03-10 00:00", "2026-03-10 00:00", "2026-03-10 00:05", "2026-03-11 00:00")
	conversation(ana.Id, queue.Id, "2026-03-10 23:59", "2026-03-10 23:59", "2026-03-11 00:09", "")
	conversation("", "", "2026-03-09 23:59", "", "", "2026-03-12 00:00")
	imported := conversation(ana.Id, queue.Id, "2026-03-10 10:00", "2026-03-10 10:00", "2026-03-10 10:01", "2026-03-10 11:00")
	set(t, app, imported, dbx.Params{"imported": true})

	other := app.Company()
	stranger := other.Conversation(other.Webchat())
	set(t, app, stranger, dbx.Params{"created": stamp(t, "2026-03-10 10:00")})

	say := func(at, direction, by, author, kind, status string) {
		t.Helper()
		company.Create(collections.Messages, map[string]any{
			"conversation": first.Id, "contact": first.GetString("contact"), "channel": channel.Id, "text": "x",
			"direction": direction, "kind": kind, "status": status, "at": stamp(t, at), "answered_by": by, "author": author,
		})
	}
	say("2026-03-09 23:59", "in", "", "", "text", "received")
	say("2026-03-10 00:00", "in", "", "", "text", "received")
	say("2026-03-10 00:01", "out", "bot", "", "text", "sent")
	say("2026-03-10 00:05", "out", "human", ana.Id, "text", "read")
	say("2026-03-10 00:06", "out", "human", ana.Id, "text", "failed")
	say("2026-03-10 00:07", "out", "", ana.Id, "note", "sent")
	say("2026-03-11 23:59", "in", "", "", "text", "received")
	say("2026-03-12 00:00", "in", "", "", "text", "received")
	// the messages have touched their conversation
	set(t, app, first, dbx.Params{"status": "closed", "closed_at": stamp(t, "2026-03-11 00:00"), "asked_at": stamp(t, "2026-03-10 00:00"), "answered_at": stamp(t, "2026-03-10 00:05"), "assignee": ana.Id})

	company.Create(collections.Ratings, map[string]any{
		"conversation": first.Id, "contact": first.GetString("contact"), "member": ana.Id, "score": 4, "scale": 5,
		"status": "answered", "answered_at": stamp(t, "2026-03-11 12:00"),
	})

	got := ask[reports.InboxFigures](t, app, company, owner.Token, "inbox?from=2026-03-10&to=2026-03-11")
	want := reports.InboxFigures{
		Opened: 2, Closed: 1, Received: 2, Sent: 1, ByBot: 1,
		FirstReply: reports.Durations{Count: 2, Median: 450, P90: 600},
		Resolution: reports.Durations{Count: 1, Median: 86_400, P90: 86_400},
		Ratings:    []reports.Rating{{Scale: 5, Count: 1, Mean: 4, Scores: []int{0, 0, 0, 0, 1, 0}}},
	}
	same(t, "total", got.Total, want)
	if len(got.Days) != 2 || got.Days[0].Date != "2026-03-10" || got.Days[0].Figures.Opened != 2 || got.Days[0].Figures.FirstReply.Count != 1 ||
		got.Days[1].Figures.Closed != 1 || got.Days[1].Figures.Received != 1 {
		t.Errorf("days %+v", got.Days)
	}
	if got.Before.From != "2026-03-08" || got.Before.To != "2026-03-09" || got.Before.Figures.Opened != 1 || got.Before.Figures.Received != 1 {
		t.Errorf("before %+v", got.Before)
	}
	if len(got.Members) != 1 || got.Members[0].ID != ana.Id || got.Members[0].Name != ana.GetString("name") || got.Members[0].Figures.Sent != 1 || got.Members[0].Figures.Opened != 2 {
		t.Errorf("members %+v", got.Members)
	}
	if len(got.Queues) != 1 || got.Queues[0].ID != queue.Id || len(got.Channels) != 1 || got.Channels[0].Figures.Received != 2 {
		t.Errorf("queues %+v, channels %+v", got.Queues, got.Channels)
	}

	narrowed := ask[reports.InboxFigures](t, app, company, owner.Token, "inbox?from=2026-03-10&to=2026-03-11&queue="+company.Queue().Id)
	same(t, "another queue", narrowed.Total, reports.InboxFigures{Ratings: []reports.Rating{}})
	narrowed = ask[reports.InboxFigures](t, app, company, owner.Token, "inbox?from=2026-03-10&to=2026-03-11&member="+ana.Id+"&queue="+queue.Id+"&channel="+channel.Id)
	same(t, "her own", narrowed.Total, want)
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(want)
	if string(g) != string(w) {
		t.Errorf("%s: %s\nwant %s", what, g, w)
	}
}

// insert stores an appointment as it would stand after its day.
func insert(t *testing.T, app *recadotest.App, company *recadotest.Company, agenda, service *core.Record, created, start, end, status string) {
	t.Helper()
	definition, err := app.FindCachedCollectionByNameOrId(collections.Appointments)
	if err != nil {
		t.Fatal(err)
	}
	_, err = app.DB().Insert(definition.Name, dbx.Params{
		"id": core.GenerateDefaultRandomId(), "company": company.Id, "agenda": agenda.Id, "service": service.Id, "contact": company.Contact().Id,
		"start": stamp(t, start), "end": stamp(t, end), "created": stamp(t, created), "updated": stamp(t, created), "status": status, "members": "[]",
	}).Execute()
	if err != nil {
		t.Fatal(err)
	}
}

// Parity: WT-reports.
func TestTheAgendasAreCounted(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	agenda := company.Create(collections.Agendas, map[string]any{"name": "=Room", "kind": "room", "timezone": "America/Sao_Paulo", "active": true})
	for weekday := range 7 {
		company.Create(collections.Availabilities, map[string]any{"agenda": agenda.Id, "weekday": weekday, "start": 540, "end": 1020})
	}
	company.Create(collections.AvailabilityOverrides, map[string]any{"agenda": agenda.Id, "date": "2026-03-11", "windows": []any{}})
	service, other := company.Service(agenda), company.Service(agenda)
	for from, to := range map[string]string{"2026-03-10 08:00": "2026-03-10 10:00", "2026-03-10 16:30": "2026-03-11 12:00"} {
		company.Create(collections.Occupancies, map[string]any{
			"kind": "block", "status": "confirmed", "resource": agenda.Id, "title": "Course",
			"blocked_start": unix(t, from), "blocked_end": unix(t, to),
		})
	}

	insert(t, app, company, agenda, service, "2026-03-09 10:00", "2026-03-10 09:00", "2026-03-10 10:00", "done")
	insert(t, app, company, agenda, service, "2026-03-10 08:00", "2026-03-10 10:00", "2026-03-10 11:00", "no_show")
	insert(t, app, company, agenda, other, "2026-03-08 10:00", "2026-03-10 11:00", "2026-03-10 11:30", "confirmed")
	insert(t, app, company, agenda, other, "2026-03-08 10:00", "2026-03-10 12:00", "2026-03-10 13:00", "cancelled")
	insert(t, app, company, agenda, other, "2026-03-08 10:00", "2026-03-10 13:00", "2026-03-10 14:00", "held")
	insert(t, app, company, agenda, other, "2026-03-08 10:00", "2026-03-09 23:30", "2026-03-10 00:30", "done") // began the day before

	got := ask[reports.AgendaFigures](t, app, company, owner.Token, "agenda?from=2026-03-10&to=2026-03-11")
	want := reports.AgendaFigures{
		Appointments: 3, Came: 1, NoShows: 1, Cancelled: 1, BookedMinutes: 180, OpenMinutes: 390,
		Lead: reports.Durations{Count: 3, Median: 23 * 3600, P90: 49 * 3600},
	}
	same(t, "total", got.Total, want)
	if got.Days[1].Figures.OpenMinutes != 0 || got.Days[0].Figures.OpenMinutes != 390 {
		t.Errorf("days %+v", got.Days)
	}
	if got.Before.Figures.Appointments != 1 || got.Before.Figures.BookedMinutes != 30 || got.Before.Figures.OpenMinutes != 960 {
		t.Errorf("before %+v", got.Before)
	}
	if len(got.Agendas) != 1 || got.Agendas[0].Figures != want || len(got.Services) != 2 {
		t.Errorf("agendas %+v services %+v", got.Agendas, got.Services)
	}
	if one := ask[reports.AgendaFigures](t, app, company, owner.Token, "agenda?from=2026-03-10&to=2026-03-10&service="+service.Id); one.Total.Appointments != 2 || one.Total.BookedMinutes != 120 {
		t.Errorf("one service: %+v", one.Total)
	}
	if none := ask[reports.AgendaFigures](t, app, company, owner.Token, "agenda?from=2026-03-10&to=2026-03-10&member="+owner.Id); none.Total.Appointments != 0 || none.Total.OpenMinutes != 0 {
		t.Errorf("of a member without agenda: %+v", none.Total)
	}

	// the same as a table, in which no name is a formula
	response := app.Do(http.MethodGet, company.URL("/api/recado/reports/agenda?format=csv&from=2026-03-10&to=2026-03-11"), owner.Token, nil).Must(t, http.StatusOK)
	if got := response.Header.Get("Content-Disposition"); got != `attachment; filename="agenda-2026-03-10-2026-03-11.csv"` {
		t.Error(got)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(response.Raw), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 1+2+2+1+2 {
		t.Fatalf("%v: %v", err, rows)
	}
	if line := strings.Join(rows[5], ","); line != "agenda,'=Room,3,1,1,1,180,390,82800,176400" {
		t.Error(line)
	}
}

func TestWhoMaySeeReportsAndWhatTheyMayAsk(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	manager, agent, stranger := company.Member("manager"), company.Member("agent"), app.Company().Member("owner")

	for _, report := range []string{"inbox", "agenda"} {
		path := "/api/recado/reports/" + report + "?from=2026-03-10&to="
		app.Do(http.MethodGet, company.URL(path+"2027-03-10"), manager.Token, nil).Must(t, http.StatusOK)
		for token, want := range map[string]int{"": 401, agent.Token: 403, stranger.Token: 403} {
			app.Do(http.MethodGet, company.URL(path+"2026-03-10"), token, nil).Must(t, want)
		}
		for to, code := range map[string]string{"2027-03-11": "range_invalid", "2026-03-09": "range_invalid", "soon": "invalid", "2026-03-10&format=pdf": "invalid"} {
			if got := app.Do(http.MethodGet, company.URL(path+to), manager.Token, nil).Must(t, http.StatusBadRequest); got.Code() != code {
				t.Errorf("%s to %s: %s", report, to, got.Raw)
			}
		}
	}
}
