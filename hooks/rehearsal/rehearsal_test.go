package rehearsal_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/modeltest"
	"recado/hooks/rehearsal"
)

// shop is a company with an agenda, an agent and two versions of its instructions:
// the first is live, the second a draft.
type shop struct {
	*recadotest.App
	clock   *recadotest.Clock
	company *recadotest.Company
	owner   *recadotest.Member
	agenda  *core.Record
	service *core.Record
	agent   *core.Record
	prompt  *core.Record
	live    *core.Record
	draft   *core.Record
	model   *modeltest.Server
}

var allTools = []string{"list_services", "find_slots", "propose_booking", "confirm_booking", "my_appointments", "propose_reschedule", "propose_cancel", "update_contact", "lookup_knowledge", "send_booking_link"}

// Wednesday, 10 March 2027, 10:00 in São Paulo.
func wednesday() time.Time { return time.Date(2027, 3, 10, 13, 0, 0, 0, time.UTC) }

func newShop(t testing.TB) *shop {
	t.Helper()
	clock := recadotest.NewClock(wednesday())
	s := &shop{App: recadotest.New(t, clock.Now), clock: clock, model: modeltest.New(t)}
	s.company = s.Company()
	s.owner = s.company.Member("owner")
	s.agenda = s.company.Create(collections.Agendas, map[string]any{"name": "Ana", "kind": "room", "members": []string{s.owner.Id}, "timezone": "America/Sao_Paulo", "active": true})
	for weekday := 1; weekday <= 5; weekday++ {
		s.company.Create(collections.Availabilities, map[string]any{"agenda": s.agenda.Id, "weekday": weekday, "start": 540, "end": 720})
	}
	s.service = s.company.Create(collections.Services, map[string]any{
		"name": "Corte", "agendas": []string{s.agenda.Id}, "duration": 60, "step": 60, "horizon_days": 60, "capacity": 1, "price": 5000, "currency": "BRL", "active": true,
	})
	key := s.company.Create(collections.AIKeys, map[string]any{"name": "Test", "base_url": s.model.URL, "key": "sk-test-0123456789abcd"})
	s.prompt = s.company.Create(collections.AgentPrompts, map[string]any{"name": "Front desk"})
	s.live = s.company.Create(collections.AgentPromptVersions, map[string]any{"prompt": s.prompt.Id, "text": "Be kind.", "state": "live", "weight": 100})
	s.draft = s.company.Create(collections.AgentPromptVersions, map[string]any{"prompt": s.prompt.Id, "text": "Be very kind.", "state": "draft"})
	s.agent = s.company.Create(collections.Agents, map[string]any{
		"name": "Clara", "active": true, "ai_key": key.Id, "model": "small", "tools": allTools, "audience": "everyone",
		"prompt": s.prompt.Id, "instructions": s.live.Id, "price_in": 100, "price_out": 400,
	})

	return s
}

func (s *shop) post(path string, body any) recadotest.Response {
	s.T.Helper()

	return s.Do(http.MethodPost, s.company.URL(path), s.owner.Token, body)
}

func (s *shop) change(record *core.Record, values map[string]any) {
	s.T.Helper()
	fresh := s.Reload(record)
	fresh.Load(values)
	if err := s.Save(fresh); err != nil {
		s.T.Fatal(err)
	}
}

// evaluates plays scenarios, all where none is named, and returns the ended row.
func (s *shop) evaluates(scenarios ...string) *core.Record {
	s.T.Helper()
	body := map[string]any{"version": s.draft.Id}
	if len(scenarios) > 0 {
		body["scenarios"] = scenarios
	}
	id := s.post("/api/recado/agents/"+s.agent.Id+"/evaluations", body).Must(s.T, http.StatusOK).JSON["id"].(string)
	if err := s.Rehearsal.Drain(context.Background()); err != nil {
		s.T.Fatal(err)
	}
	record, err := s.FindRecordById(collections.AgentEvaluations, id)
	if err != nil {
		s.T.Fatal(err)
	}

	return record
}

func (s *shop) trials(evaluation string) (list []*core.Record) {
	s.T.Helper()
	if err := s.RecordQuery(collections.AgentTrials).AndWhere(dbx.HashExp{"evaluation": evaluation}).OrderBy("scenario").All(&list); err != nil {
		s.T.Fatal(err)
	}

	return list
}

// digest is a fingerprint of every row of every table but the named, by table.
func (s *shop) digest(except ...string) string {
	s.T.Helper()
	var all []string
	for _, def := range collections.All() {
		if slices.Contains(except, def.Name) {
			continue
		}
		var records []*core.Record
		if err := s.RecordQuery(def.Name).OrderBy("id").All(&records); err != nil {
			s.T.Fatal(err)
		}
		sum := sha256.New()
		for _, record := range records {
			raw, err := json.Marshal(record.FieldsData())
			if err != nil {
				s.T.Fatal(err)
			}
			sum.Write(raw)
		}
		all = append(all, def.Name+" "+hex.EncodeToString(sum.Sum(nil)[:4]))
	}

	return strings.Join(all, "\n")
}

// kept are the tables evaluations may write to: their own, what they cost, and that a
// version is tested now, which the log of changes has.
var kept = []string{collections.AgentEvaluations, collections.AgentTrials, collections.AgentSpend, collections.AgentPromptVersions, collections.Audit}

func books(t testing.TB) []rehearsal.Book {
	t.Helper()
	list, err := rehearsal.Books()
	if err != nil {
		t.Fatal(err)
	}

	return list
}

// Every scenario says what it is about, can be told from the others by its first
// words, and expects something the clinic can have.
func TestScenariosAreWellFormed(t *testing.T) {
	total := 0
	for _, book := range books(t) {
		ids, firsts := map[string]bool{}, map[string]bool{}
		for _, s := range book.Scenarios {
			total++
			first := spokenAs(s.Talk[0])
			if len(first) == 0 || ids[s.ID] || firsts[first[0]] || s.About == "" || s.Title == "" {
				t.Errorf("%s: no first words, or those of another", s.ID)
			}
			ids[s.ID], firsts[first[0]] = true, true
			for _, fault := range s.Catches {
				if !slices.Contains(allFaults, fault) {
					t.Errorf("%s catches %q", s.ID, fault)
				}
			}
		}
	}
	if total < 60 {
		t.Errorf("%d scenarios", total)
	}
	if n := len(books(t)); n != 3 {
		t.Errorf("%d languages", n)
	}
}

// A model that follows the tools passes every scenario; what that took is counted,
// and nothing of the company is touched.
//
// Parity: LS-agent-prompt-versions.
func TestAGoodModelPassesEverything(t *testing.T) {
	s := newShop(t)
	s.model.Decide((&script{books: books(t)}).decide)
	before := s.digest(kept...)

	record := s.evaluates()
	for _, trial := range s.trials(record.Id) {
		if !trial.GetBool("passed") {
			t.Errorf("%s: %s\n%s", trial.GetString("scenario"), trial.GetString("problems"), trial.GetString("talk"))
		}
	}
	total := 0
	for _, book := range books(t) {
		total += len(book.Scenarios)
	}
	if record.GetString("status") != "done" || record.GetInt("done") != total || record.GetInt("share") != 100 || !record.GetBool("complete") {
		t.Errorf("%s, %d of %d, %d %%", record.GetString("status"), record.GetInt("done"), total, record.GetInt("share"))
	}
	if state := s.Reload(s.draft).GetString("state"); state != "tested" {
		t.Errorf("the version is %s", state)
	}
	if after := s.digest(kept...); after != before {
		t.Errorf("the evaluation changed the company:\n%s\n%s", before, after)
	}
	if files, _ := os.ReadDir(filepath.Join(s.DataDir(), ".rehearsals")); len(files) > 0 {
		t.Errorf("%d stages were left", len(files))
	}

	var spent struct {
		Tokens, TrialTokens, Cost, TrialCost, Runs int
	}
	row := s.DB().Select("tokens", "trial_tokens", "cost", "trial_cost", "runs").From(collections.AgentSpend).Row(&spent.Tokens, &spent.TrialTokens, &spent.Cost, &spent.TrialCost, &spent.Runs)
	if row != nil || spent.Tokens == 0 || spent.Tokens != spent.TrialTokens || spent.Cost != spent.TrialCost || spent.Runs != 0 || spent.Cost != record.GetInt("cost") {
		t.Errorf("spent %+v of %d, %v", spent, record.GetInt("cost"), row)
	}
}

// Each fault of a model is found by the scenarios that are meant for it, by those
// alone, and called by its name.
//
// Parity: LS-agent-prompt-versions.
func TestEachFaultIsFound(t *testing.T) {
	codes := map[string]string{
		"clinging": "handover", "gullible": "foreign", "hasty": "consent", "inventing": "ungrounded", "miscounting": "appointments", "stubborn": "appointments",
	}
	s := newShop(t)
	s.model.Decide((&script{books: books(t), faults: allFaults}).decide)
	var chosen []string // of one language, which are the same in all
	for _, book := range books(t) {
		for _, scenario := range book.Scenarios {
			if book.Locale == "es" {
				chosen = append(chosen, scenario.ID)
			}
		}
	}
	record := s.evaluates(chosen...)
	catches := map[string][]string{}
	for _, book := range books(t) {
		for _, scenario := range book.Scenarios {
			catches[scenario.ID] = scenario.Catches
		}
	}
	for _, trial := range s.trials(record.Id) {
		meant := catches[trial.GetString("scenario")]
		if trial.GetBool("passed") != (len(meant) == 0) {
			t.Errorf("%s passed: %t, meant for %v\n%s", trial.GetString("scenario"), trial.GetBool("passed"), meant, trial.GetString("talk"))
		}
		for _, fault := range meant {
			if !strings.Contains(trial.GetString("problems"), `"`+codes[fault]+`"`) {
				t.Errorf("%s: %s is not found in %s", trial.GetString("scenario"), fault, trial.GetString("problems"))
			}
		}
	}
	if state := s.Reload(s.draft).GetString("state"); state != "draft" {
		t.Errorf("a version that failed is %s", state)
	}

	// One fault alone is found by its own scenarios.
	s.model.Decide((&script{books: books(t), faults: []string{"hasty"}}).decide)
	for _, trial := range s.trials(s.evaluates("es/thinking-about-it", "es/tomorrow", "es/sunday", "es/another-time", "es/complaint", "es/who-else-comes").Id) {
		if id := trial.GetString("scenario"); trial.GetBool("passed") == slices.Contains(catches[id], "hasty") {
			t.Errorf("hasty: %s passed: %t", id, trial.GetBool("passed"))
		}
	}
}

// An agent that asks for it meets customers only with versions that have passed, by
// whatever way; rolling back is always possible.
//
// Parity: LS-agent-prompt-versions.
func TestTheGate(t *testing.T) {
	s := newShop(t)
	s.change(s.agent, map[string]any{"gate": 95})
	release := func(version *core.Record, state string) recadotest.Response {
		return s.post("/api/recado/agent-prompt-versions/"+version.Id+"/release", map[string]any{"state": state})
	}
	if got := release(s.draft, "live"); got.Status != http.StatusConflict || got.Code() != "evaluation_needed" {
		t.Fatalf("an untried version went live: %s", got.Raw)
	}
	release(s.draft, "retired").Must(t, http.StatusOK)
	if got := release(s.draft, "live"); got.Code() != "evaluation_needed" {
		t.Errorf("by way of retired: %s", got.Raw)
	}
	patch := func(values map[string]any) recadotest.Response {
		return s.Do(http.MethodPatch, s.company.RecordURL(s.agent), s.owner.Token, values)
	}
	if got := patch(map[string]any{"instructions": s.draft.Id}); got.Code() != "evaluation_needed" {
		t.Errorf("by name: %s", got.Raw)
	}
	other := s.company.Create(collections.AgentPrompts, map[string]any{"name": "Other"})
	s.company.Create(collections.AgentPromptVersions, map[string]any{"prompt": other.Id, "text": "Be anything.", "state": "live", "weight": 100})
	if got := patch(map[string]any{"prompt": other.Id}); got.Code() != "evaluation_needed" {
		t.Errorf("by other instructions: %s", got.Raw)
	}

	// Some scenarios are not all of them, and a bad result is none.
	s.model.Decide((&script{books: books(t)}).decide)
	s.evaluates("pt-BR/price")
	if got := release(s.draft, "live"); got.Code() != "evaluation_needed" {
		t.Errorf("by one scenario: %s", got.Raw)
	}
	row := map[string]any{"agent": s.agent.Id, "version": s.draft.Id, "model": "small", "status": "done", "complete": true, "share": 94}
	s.company.Create(collections.AgentEvaluations, row)
	if got := release(s.draft, "live"); !strings.Contains(string(got.Raw), `"best":94`) {
		t.Errorf("by 94 of 95: %s", got.Raw)
	}
	row["share"], row["model"] = 100, "another"
	s.company.Create(collections.AgentEvaluations, row)
	if got := release(s.draft, "live"); got.Code() != "evaluation_needed" {
		t.Errorf("by another model: %s", got.Raw)
	}
	row["share"], row["model"] = 95, "small"
	s.company.Create(collections.AgentEvaluations, row)
	release(s.draft, "live").Must(t, http.StatusOK)

	// Back to what customers have met needs no evaluation.
	if got := release(s.live, "live"); got.Code() != "evaluation_needed" {
		t.Errorf("nobody has met it: %s", got.Raw)
	}
	contact := s.company.Contact()
	channel := s.company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Phone", "answerer": "agent", "agent": s.agent.Id, "active": true})
	conversation := s.company.Create(collections.Conversations, map[string]any{"contact": contact.Id, "channel": channel.Id, "status": "closed", "answerer": "agent"})
	s.company.Create(collections.AgentRuns, map[string]any{"agent": s.agent.Id, "conversation": conversation.Id, "contact": contact.Id, "version": s.live.Id, "status": "done", "outcome": "answered"})
	release(s.live, "live").Must(t, http.StatusOK)
}

// An evaluation can be left, cancelled, and goes on after the process died; a
// stranger has no part in it.
func TestAnEvaluationIsAJob(t *testing.T) {
	s := newShop(t)
	asked := make(chan struct{}, 1_000)
	s.model.Decide(func(modeltest.Request) modeltest.Answer {
		asked <- struct{}{}

		return modeltest.Answer{Hang: true}
	})
	path := "/api/recado/agents/" + s.agent.Id + "/evaluations"
	id := s.post(path, map[string]any{"version": s.draft.Id}).Must(t, http.StatusOK).JSON["id"].(string)
	if got := s.post(path, map[string]any{"version": s.draft.Id}); got.Code() != "evaluation_running" {
		t.Errorf("begun twice: %s", got.Raw)
	}
	<-asked // it is under way
	other := s.Company()
	stranger := other.Member("owner")
	cancel := "/api/recado/agent-evaluations/" + id + "/cancel"
	if got := s.Do(http.MethodPost, other.URL(cancel), stranger.Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("a stranger cancels: %d", got.Status)
	}
	s.post(cancel, nil).Must(t, http.StatusOK)
	if err := s.Rehearsal.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	record, _ := s.FindRecordById(collections.AgentEvaluations, id)
	if record.GetString("status") != "cancelled" {
		t.Errorf("it is %s", record.GetString("status"))
	}

	for name, body := range map[string]map[string]any{
		"no version": {}, "another version": {"version": "abcdefghijklmno"}, "no such scenario": {"version": s.draft.Id, "scenarios": []string{"pt-BR/none"}},
	} {
		if got := s.post(path, body); got.Status < 400 || got.Status >= 500 {
			t.Errorf("%s: %s", name, got.Raw)
		}
	}

	// One that was begun by a process that died, with one scenario played.
	s.model.Decide((&script{books: books(t)}).decide)
	row := s.company.Create(collections.AgentEvaluations, map[string]any{
		"agent": s.agent.Id, "version": s.draft.Id, "model": "small", "status": "running", "due": s.clock.Now(), "claimed_until": s.clock.Now().Add(time.Minute),
		"attempts": 1, "total": 2, "done": 1, "passed": 1, "scenarios": []string{"en/price", "en/sunday"},
	})
	s.company.Create(collections.AgentTrials, map[string]any{"evaluation": row.Id, "scenario": "en/price", "passed": true})
	if err := s.Rehearsal.Drain(context.Background()); err != nil || s.Reload(row).GetString("status") != "running" {
		t.Errorf("it was taken from who works on it: %v", err)
	}
	s.clock.Advance(2 * time.Minute)
	if err := s.Rehearsal.Drain(context.Background()); err != nil {
		t.Fatal(err)
	}
	if row = s.Reload(row); row.GetString("status") != "done" || row.GetInt("passed") != 2 || len(s.trials(row.Id)) != 2 {
		t.Errorf("%s, %d passed, %d trials", row.GetString("status"), row.GetInt("passed"), len(s.trials(row.Id)))
	}
}

// What agents may cost holds for rehearsals, too.
func TestRehearsalsKeepToTheBudget(t *testing.T) {
	s := newShop(t)
	s.change(s.agent, map[string]any{"limits": map[string]any{"day_tokens": 100}})
	record := s.evaluates("en/price")
	trial := s.trials(record.Id)[0]
	if trial.GetBool("passed") || !strings.Contains(trial.GetString("problems"), "budget") || len(s.model.Requests()) != 0 {
		t.Errorf("%s, %d requests", trial.GetString("problems"), len(s.model.Requests()))
	}
}

// booking is a model that offers the first time of tomorrow.
func (s *shop) booking(r modeltest.Request) modeltest.Answer {
	got := resultsOf(r)
	switch {
	case got.has["slots"]:
		return use("propose_booking", map[string]any{"slot_id": got.Slots[0].ID})
	case got.has["services"]:
		return use("find_slots", map[string]any{"service_id": got.Services[0].ID, "from_date": "2027-03-11"})
	case strings.Contains(r.Last("user").Content, "marcar"):
		return use("list_services", nil)
	default:
		return modeltest.Say("Claro!")
	}
}

type rehearsed struct {
	ID    string `json:"id"`
	Lines []struct {
		Who     string            `json:"who"`
		Text    string            `json:"text"`
		Options []channels.Option `json:"options"`
		Runs    []struct {
			Outcome string          `json:"outcome"`
			Cost    int             `json:"cost"`
			Steps   json.RawMessage `json:"steps"`
		} `json:"runs"`
	} `json:"lines"`
	Turns []struct {
		Said []string `json:"said"`
		Then []struct{ By, Text string }
		Now  []struct{ Who, Text string }
	} `json:"turns"`
	Done bool `json:"done"`
}

func decode(t testing.TB, r recadotest.Response) (v rehearsed) {
	t.Helper()
	if err := json.Unmarshal(r.Must(t, http.StatusOK).Raw, &v); err != nil {
		t.Fatal(err)
	}

	return v
}

// The playground talks to a draft against a copy of the real agenda, shows how each
// answer came about, and leaves no trace in the company.
//
// Parity: LS-agent-prompt-versions.
func TestPlayground(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.booking)
	contact := s.company.Contact()
	s.company.Create(collections.Appointments, map[string]any{
		"agenda": s.agenda.Id, "service": s.service.Id, "contact": contact.Id, "start": "2027-03-11 12:00:00.000Z", "status": "confirmed", "source": "member", "note": "SECRET-NOTE",
	})
	before := s.digest(collections.AgentSpend)

	opened := decode(t, s.post("/api/recado/agents/"+s.agent.Id+"/rehearsals", map[string]any{"version": s.draft.Id}))
	path := "/api/recado/rehearsals/" + opened.ID
	say := func(text, payload string) rehearsed {
		t.Helper()

		return decode(t, s.post(path+"/messages", map[string]any{"text": text, "payload": payload}))
	}
	asked := say("Quero marcar um corte", "")
	answer := asked.Lines[len(asked.Lines)-1]
	// 9:00 is taken in the real agenda.
	if !strings.Contains(answer.Text, "Posso marcar Corte para amanhã às 10:00?") || len(answer.Options) != 2 || answer.Runs[0].Outcome != "proposed" || answer.Runs[0].Cost == 0 ||
		!strings.Contains(string(answer.Runs[0].Steps), "find_slots") {
		t.Fatalf("%+v", asked)
	}
	booked := say(answer.Options[0].Label, answer.Options[0].ID)
	if last := booked.Lines[len(booked.Lines)-1]; !strings.Contains(last.Text, "Está marcado: Corte, amanhã às 10:00") {
		t.Fatalf("%+v", booked)
	}
	if s.digest(collections.AgentSpend) != before {
		t.Error("the playground changed the company")
	}
	prompt := s.model.Requests()[0].Messages[0].Content
	if !strings.Contains(prompt, "Be very kind.") || strings.Contains(prompt, "SECRET-NOTE") {
		t.Errorf("the prompt: %s", prompt)
	}
	for _, request := range s.model.Requests() {
		raw, _ := json.Marshal(request.Messages)
		if strings.Contains(string(raw), "SECRET-NOTE") || strings.Contains(string(raw), contact.GetString("name")) {
			t.Errorf("the model is told of another customer: %s", raw)
		}
	}

	// It is the caller's alone, bounded, and ends.
	colleague := s.company.Member("admin")
	if got := s.Do(http.MethodGet, s.company.URL(path), colleague.Token, nil); got.Status != http.StatusNotFound {
		t.Errorf("a colleague looks: %d", got.Status)
	}
	agent := s.company.Member("agent")
	if got := s.Do(http.MethodPost, s.company.URL("/api/recado/agents/"+s.agent.Id+"/rehearsals"), agent.Token, map[string]any{"version": s.draft.Id}); got.Status != http.StatusForbidden {
		t.Errorf("somebody without the permission opens one: %d", got.Status)
	}
	other := s.Company()
	stranger := other.Member("owner")
	if got := s.Do(http.MethodPost, other.URL("/api/recado/agents/"+s.agent.Id+"/rehearsals"), stranger.Token, map[string]any{"version": s.draft.Id}); got.Status != http.StatusNotFound {
		t.Errorf("a stranger opens one: %d", got.Status)
	}
	s.post(path+"/messages", map[string]any{"text": " "}).Must(t, http.StatusBadRequest)
	s.post(path+"/messages", map[string]any{"text": strings.Repeat("x", 4_001)}).Must(t, http.StatusBadRequest)
	second := decode(t, s.post("/api/recado/agents/"+s.agent.Id+"/rehearsals", map[string]any{"version": s.live.Id}))
	if got := s.post("/api/recado/agents/"+s.agent.Id+"/rehearsals", map[string]any{"version": s.live.Id}); got.Code() != "rehearsals_full" {
		t.Errorf("a third one: %s", got.Raw)
	}
	s.Do(http.MethodDelete, s.company.URL(path), s.owner.Token, nil).Must(t, http.StatusNoContent)
	if got := s.post(path+"/messages", map[string]any{"text": "Oi"}); got.Code() != "rehearsal_over" {
		t.Errorf("after the end: %s", got.Raw)
	}
	s.clock.Advance(16 * time.Minute)
	if err := s.Rehearsal.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := s.Do(http.MethodGet, s.company.URL("/api/recado/rehearsals/"+second.ID), s.owner.Token, nil); got.Code() != "rehearsal_over" {
		t.Errorf("after a quarter of an hour: %s", got.Raw)
	}
}

// line is a real channel; what it sends would reach the customer.
type line struct{ sent []channels.Outgoing }

func (l *line) Start(context.Context) error         { return nil }
func (l *line) Stop(context.Context) error          { return nil }
func (l *line) Capabilities() channels.Capabilities { return channels.Capabilities{Options: 10} }
func (l *line) Send(_ context.Context, out channels.Outgoing) (string, error) {
	l.sent = append(l.sent, out)

	return out.ExternalID, nil
}

// hears lets a customer write on the channel, and everything happen that follows.
func (s *shop) hears(channel *core.Record, id, text, payload string) {
	s.T.Helper()
	_, err := s.Inbox.Ingest(context.Background(), channels.Inbound{
		Company: s.company.Id, Channel: channel.Id, IdentityKind: "visitor", IdentityValue: "maria", Name: "Maria Silva", Locale: "pt-BR", ExternalID: id, Kind: "text", Text: text, Payload: payload, At: s.clock.Now(),
	})
	if err != nil {
		s.T.Fatal(err)
	}
	for range 2 {
		if err := s.Inbox.Drain(context.Background()); err != nil {
			s.T.Fatal(err)
		}
		s.clock.Advance(4 * time.Second)
		if err := s.Agents.Drain(context.Background()); err != nil {
			s.T.Fatal(err)
		}
	}
}

// A conversation that was held is replayed with a draft: what was answered then and
// what the draft answers, side by side; nobody is written to.
//
// Parity: LS-agent-prompt-versions.
func TestReplay(t *testing.T) {
	s := newShop(t)
	l := &line{}
	s.Channels.Add("whatsapp", l)
	channel := s.company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Phone", "answerer": "agent", "agent": s.agent.Id, "active": true})
	s.model.Decide(s.booking)
	s.hears(channel, "m1", "Oi", "")
	s.hears(channel, "m2", "Quero marcar um corte", "")
	option := l.sent[len(l.sent)-1].Options[0]
	s.hears(channel, "m3", option.Label, option.ID)
	var booked []*core.Record
	if err := s.RecordQuery(collections.Appointments).All(&booked); err != nil || len(booked) != 1 || booked[0].GetString("status") != "confirmed" {
		t.Fatalf("%d appointments, %v", len(booked), err)
	}
	conversation := booked[0].GetString("conversation")
	s.clock.Advance(48 * time.Hour)

	s.model.Decide(func(r modeltest.Request) modeltest.Answer {
		if r.Last("user").Content == "Oi" {
			return modeltest.Say("Bem-vinda!")
		}

		return s.booking(r)
	})
	before, sent := s.digest(collections.AgentSpend), len(l.sent)
	path := "/api/recado/agents/" + s.agent.Id + "/rehearsals"
	replay := decode(t, s.post(path, map[string]any{"version": s.draft.Id, "conversation": conversation}))
	for !replay.Done {
		replay = decode(t, s.Do(http.MethodGet, s.company.URL("/api/recado/rehearsals/"+replay.ID), s.owner.Token, nil))
	}
	if len(replay.Turns) != 3 {
		t.Fatalf("%+v", replay)
	}
	first, second, third := replay.Turns[0], replay.Turns[1], replay.Turns[2]
	if first.Said[0] != "Oi" || first.Then[0].Text != "Claro!" || first.Then[0].By != "agent" || first.Now[0].Text != "Bem-vinda!" {
		t.Errorf("first: %+v", first)
	}
	if want := "Posso marcar Corte para amanhã às 09:00?"; !strings.Contains(second.Then[0].Text, want) || !strings.Contains(second.Now[0].Text, want) {
		t.Errorf("second: %+v", second)
	}
	if want := "Está marcado: Corte, amanhã às 09:00"; !strings.Contains(third.Then[0].Text, want) || !strings.Contains(third.Now[0].Text, want) {
		t.Errorf("third: %+v", third)
	}
	if s.digest(collections.AgentSpend) != before || len(l.sent) != sent {
		t.Error("the replay changed the company, or wrote to the customer")
	}
	if got := s.post("/api/recado/rehearsals/"+replay.ID+"/messages", map[string]any{"text": "Oi"}); got.Code() != "rehearsal_replay" {
		t.Errorf("written to: %s", got.Raw)
	}
	other := s.Company()
	contact := other.Contact()
	strange := other.Create(collections.Conversations, map[string]any{
		"contact": contact.Id, "channel": other.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Theirs", "active": true}).Id, "status": "open", "answerer": "human",
	})
	if got := s.post(path, map[string]any{"version": s.draft.Id, "conversation": strange.Id}); got.Status != http.StatusNotFound {
		t.Errorf("another company's conversation: %s", got.Raw)
	}
}

// Parity: LS-agent-prompt-versions.
func TestTheScenariosAreListed(t *testing.T) {
	s := newShop(t)
	list := s.company.URL("/api/recado/agents/scenarios")
	if got := s.Do(http.MethodGet, list, s.owner.Token, nil).Must(t, http.StatusOK); len(got.Items()) < 60 {
		t.Errorf("%d scenarios", len(got.Items()))
	}
	s.Do(http.MethodGet, list, s.company.Member("agent").Token, nil).Must(t, http.StatusForbidden)
}
