package agents_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/modeltest"
)

// shop is a company in São Paulo with one agenda, open from 9 to 12 on weekdays,
// one service, and an agent whose model is a script.
type shop struct {
	*recadotest.App
	clock    *recadotest.Clock
	company  *recadotest.Company
	channel  *core.Record
	service  *core.Record
	agenda   *core.Record
	agent    *core.Record
	key      *core.Record
	prompt   *core.Record
	owner    *recadotest.Member
	model    *modeltest.Server
	line     *line
	messages int
}

// line is a channel whose messages the test reads.
type line struct {
	sent []channels.Outgoing

	mu    sync.Mutex
	typed []bool // when an answer was begun, and ended
}

func (l *line) Typing(_ *core.Record, on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.typed = append(l.typed, on)
}

func (l *line) Start(context.Context) error { return nil }
func (l *line) Stop(context.Context) error  { return nil }
func (l *line) Capabilities() channels.Capabilities {
	return channels.Capabilities{Options: 10}
}

func (l *line) Send(_ context.Context, out channels.Outgoing) (string, error) {
	l.sent = append(l.sent, out)

	return out.ExternalID, nil
}

var allTools = []string{"list_services", "find_slots", "propose_booking", "confirm_booking", "my_appointments", "propose_reschedule", "propose_cancel", "update_contact", "lookup_knowledge", "send_booking_link"}

// Wednesday, 10 March 2027, 10:00 in São Paulo.
func wednesday() time.Time { return time.Date(2027, 3, 10, 13, 0, 0, 0, time.UTC) }

func newShop(t testing.TB) *shop {
	t.Helper()
	clock := recadotest.NewClock(wednesday())
	s := &shop{App: recadotest.New(t, clock.Now), clock: clock, line: &line{}, model: modeltest.New(t)}
	s.Channels.Add("whatsapp", s.line)
	s.company = s.Company()
	s.owner = s.company.Member("owner")
	s.agenda = s.company.Create(collections.Agendas, map[string]any{"name": "Ana", "kind": "room", "timezone": "America/Sao_Paulo", "active": true})
	for weekday := 1; weekday <= 5; weekday++ {
		s.company.Create(collections.Availabilities, map[string]any{"agenda": s.agenda.Id, "weekday": weekday, "start": 540, "end": 720})
	}
	s.service = s.company.Create(collections.Services, map[string]any{
		"name": "Corte", "agendas": []string{s.agenda.Id}, "duration": 60, "step": 60, "horizon_days": 60, "capacity": 1,
		"price": 5000, "currency": "BRL", "active": true,
	})
	s.key = s.company.Create(collections.AIKeys, map[string]any{"name": "Test", "base_url": s.model.URL, "key": "sk-test-0123456789abcd"})
	s.prompt = s.company.Create(collections.AgentPrompts, map[string]any{"name": "Front desk"})
	version := s.company.Create(collections.AgentPromptVersions, map[string]any{"prompt": s.prompt.Id, "text": "Be kind to {{contact.first_name}}.", "state": "live", "weight": 100})
	s.agent = s.company.Create(collections.Agents, map[string]any{
		"name": "Clara", "active": true, "ai_key": s.key.Id, "model": "small", "tools": allTools, "audience": "everyone",
		"prompt": s.prompt.Id, "instructions": version.Id, "price_in": 100, "price_out": 400,
	})
	s.channel = s.company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Phone", "answerer": "agent", "agent": s.agent.Id, "active": true})

	return s
}

// change saves fields of a record as it stands now.
func (s *shop) change(record *core.Record, values map[string]any) {
	s.T.Helper()
	fresh := s.Reload(record)
	fresh.Load(values)
	if err := s.Save(fresh); err != nil {
		s.T.Fatal(err)
	}
}

// hears lets a message in, without waiting for an answer.
func (s *shop) hears(who, text, payload string) {
	s.T.Helper()
	s.messages++
	_, err := s.Inbox.Ingest(context.Background(), channels.Inbound{
		Company: s.company.Id, Channel: s.channel.Id, IdentityKind: "visitor", IdentityValue: "customer " + who, Name: who,
		Locale: "pt-BR", ExternalID: fmt.Sprint("m", s.messages), Kind: "text", Text: text, Payload: payload,
	})
	if err != nil {
		s.T.Fatal(err)
	}
	s.settle()
}

func (s *shop) settle() {
	s.T.Helper()
	if err := s.Inbox.Drain(context.Background()); err != nil {
		s.T.Fatal(err)
	}
}

// runs lets the quiet time pass and what is due run.
func (s *shop) runs() {
	s.T.Helper()
	s.clock.Advance(4 * time.Second)
	if err := s.Agents.Drain(context.Background()); err != nil {
		s.T.Fatal(err)
	}
	s.settle()
}

// write is a message of Maria's and all that follows; it returns what she was sent.
func (s *shop) write(text string) string { s.T.Helper(); return s.writes("Maria Silva", text, "") }

func (s *shop) writes(who, text, payload string) string {
	s.T.Helper()
	before := len(s.line.sent)
	s.hears(who, text, payload)
	s.runs()
	var lines []string
	for _, out := range s.line.sent[before:] {
		lines = append(lines, out.Text)
	}

	return strings.Join(lines, "\n")
}

// tap presses a button of the last message.
func (s *shop) tap(label string) string {
	s.T.Helper()
	last := s.line.sent[len(s.line.sent)-1]
	for _, option := range last.Options {
		if strings.HasPrefix(option.Label, label) {
			return s.writes("Maria Silva", option.Label, option.ID)
		}
	}
	s.T.Fatalf("no button %q in %q %v", label, last.Text, last.Options)

	return ""
}

func (s *shop) sees(got string, wanted ...string) {
	s.T.Helper()
	for _, want := range wanted {
		if !strings.Contains(got, want) {
			s.T.Fatalf("%q is not in %q\nlast run: %s", want, got, s.lastRun())
		}
	}
}

func (s *shop) all(collection string) []*core.Record {
	s.T.Helper()
	var records []*core.Record
	if err := s.RecordQuery(collection).OrderBy("id").All(&records); err != nil {
		s.T.Fatal(err)
	}

	return records
}

func (s *shop) appointments() (list []string) {
	for _, a := range s.all(collections.Appointments) {
		list = append(list, a.GetString("status")+" "+a.GetDateTime("start").Time().Format("01-02 15:04"))
	}

	return list
}

func (s *shop) booked(want ...string) {
	s.T.Helper()
	if got := s.appointments(); strings.Join(got, "; ") != strings.Join(want, "; ") {
		s.T.Fatalf("appointments: %v, want %v\nlast run: %s", got, want, s.lastRun())
	}
}

func (s *shop) lastRun() string {
	runs := s.all(collections.AgentRuns)
	if len(runs) == 0 {
		return "none"
	}
	run := runs[len(runs)-1]

	return run.GetString("status") + " " + run.GetString("outcome") + " (" + run.GetString("reason") + ") " + run.GetString("steps")
}

func (s *shop) outcome(want string) *core.Record {
	s.T.Helper()
	runs := s.all(collections.AgentRuns)
	if len(runs) == 0 || runs[len(runs)-1].GetString("outcome") != want {
		s.T.Fatalf("the last run is %s, want %s", s.lastRun(), want)
	}

	return runs[len(runs)-1]
}

// good is a model that follows the tools: it finds the first time and proposes it,
// where the customer speaks of booking.
func (s *shop) good(r modeltest.Request) modeltest.Answer {
	switch last := r.Messages[len(r.Messages)-1]; {
	case last.Role != "tool" && strings.Contains(strings.ToLower(last.Content), "marcar"):
		return modeltest.Use("list_services", `{}`)
	case strings.Contains(last.Content, `"services"`):
		return modeltest.Use("find_slots", fmt.Sprintf(`{"service_id":%q,"from_date":"2027-03-11","to_date":"2027-03-12"}`, s.service.Id))
	case strings.Contains(last.Content, `"slots"`):
		return modeltest.Use("propose_booking", fmt.Sprintf(`{"slot_id":%q}`, slotsIn(last.Content)[0]))
	default:
		return modeltest.Say("Claro, como posso ajudar?")
	}
}

// slotsIn reads the slot ids of a tool's result.
func slotsIn(result string) (ids []string) {
	var list struct {
		Slots []struct {
			ID string `json:"slot_id"`
		} `json:"slots"`
	}
	_ = json.Unmarshal([]byte(result), &list)
	for _, slot := range list.Slots {
		ids = append(ids, slot.ID)
	}

	return ids
}
