package agents_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/channels"
	"recado/hooks/recadotest/modeltest"
)

// Parity: WT-ai.
func TestAnAgentBooksWithTheCustomersYes(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.good)

	s.sees(s.write("Oi!"), "Claro, como posso ajudar?")
	s.outcome("answered")
	s.sees(s.write("Quero marcar um corte amanhã"), "Posso marcar Corte para amanhã às 09:00?")
	s.booked("held 03-11 12:00")
	proposed := s.outcome("proposed")
	if proposed.GetInt("tokens_in") != 300 || proposed.GetInt("cost") != 300*100+60*400 || proposed.GetString("version") == "" {
		t.Errorf("the run keeps tokens %d, cost %d, version %q", proposed.GetInt("tokens_in"), proposed.GetInt("cost"), proposed.GetString("version"))
	}
	if !strings.Contains(proposed.GetString("prompt_text"), "Be kind to Maria.") {
		t.Errorf("the instructions are not in the prompt: %s", proposed.GetString("prompt_text"))
	}

	asked := len(s.model.Requests())
	s.sees(s.tap("Sim"), "Está marcado: Corte, amanhã às 09:00")
	s.booked("confirmed 03-11 12:00")
	if len(s.model.Requests()) != asked {
		t.Error("a tapped yes needs no model")
	}
	if a := s.all(collections.Appointments)[0]; a.GetString("source") != "agent" {
		t.Errorf("source %q", a.GetString("source"))
	}
}

func TestATypedYesAndNo(t *testing.T) {
	for text, want := range map[string]string{
		"sim": "confirmed", "Sim, por favor!": "confirmed", "1": "confirmed", "não": "cancelled", "não, obrigada": "cancelled",
		"sim, mas às 11h": "held", "talvez": "held", "sim?": "held", "pode ser outro dia": "held",
	} {
		s := newShop(t)
		s.model.Decide(s.good)
		s.write("quero marcar")
		s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Say("Entendi.") })
		s.write(text)
		if got := s.all(collections.Appointments)[0].GetString("status"); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// A no with more to it: nothing is kept for them, and the agent answers the rest.
func TestANoWithAnotherWish(t *testing.T) {
	for _, text := range []string{
		"não, pode ser às 16h?", "Não, melhor sexta", "não. quero às 11h", "não, prefiro com a Ana", "agora não, me explica o preço", "não\nquero na segunda",
	} {
		s := newShop(t)
		s.model.Decide(s.good)
		s.write("quero marcar")
		s.booked("held 03-11 12:00")
		s.model.Decide(func(r modeltest.Request) modeltest.Answer {
			if strings.Contains(r.Messages[len(r.Messages)-1].Content, "has asked the customer to confirm") {
				t.Errorf("%q: the model is told of a proposal that is off", text)
			}
			if r.Last("user").Content != text {
				t.Errorf("%q: the model reads %q", text, r.Last("user").Content)
			}

			return modeltest.Say("Entendi.")
		})
		s.sees(s.write(text), "Entendi.")
		s.booked("cancelled 03-11 12:00")
		s.outcome("answered")
	}

	// In two messages, of which the second comes while the first is read.
	s := newShop(t)
	s.model.Decide(s.good)
	s.write("quero marcar")
	s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Say("Vou ver.") })
	s.sees(s.write("não, melhor sexta"), "Vou ver.")
	s.sees(s.write("sim"), "Vou ver.")
	s.booked("cancelled 03-11 12:00")

	for _, text := range []string{"não, obrigada", "não, deixa pra lá", "não, tchau", "não! não quero"} {
		s := newShop(t)
		s.model.Decide(s.good)
		s.write("quero marcar")
		asked := len(s.model.Requests())
		s.write(text)
		s.booked("cancelled 03-11 12:00")
		s.outcome("kept")
		if len(s.model.Requests()) != asked {
			t.Errorf("%q is a plain no and needs no model", text)
		}
	}
}

// The model can neither book by itself nor take a "no" for a "yes".
func TestNothingIsBookedWithoutAYes(t *testing.T) {
	s := newShop(t)
	confirm := func(r modeltest.Request) modeltest.Answer {
		if r.Last("tool").Content != "" {
			return modeltest.Say("Uma hora não sei dizer.")
		}
		for _, m := range r.Messages {
			if _, rest, ok := strings.Cut(m.Content, "proposal_id "); ok {
				return modeltest.Use("confirm_booking", `{"proposal_id":"`+rest[:10]+`"}`)
			}
		}

		return modeltest.Use("confirm_booking", `{"proposal_id":"guessed"}`)
	}
	s.model.Script(
		modeltest.Use("confirm_booking", `{"proposal_id":"x"}`),
		modeltest.Use("propose_booking", `{"slot_id":"2027-03-11T09:00"}`),
		modeltest.Use("book", `{"start":"2027-03-11T09:00:00Z"}`),
		modeltest.Say("Tudo bem."),
	)
	s.write("Oi")
	s.booked()

	s.model.Decide(s.good)
	s.write("quero marcar")
	s.model.Decide(confirm)
	s.write("quanto tempo demora?")
	s.booked("held 03-11 12:00")
	s.sees(s.lastRun(), "has not said yes")
}

// "yes, perfect, see you": neither a button nor a bare yes; the model reads it and
// the server agrees.
func TestAYesInOtherWords(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.good)
	s.write("quero marcar")
	s.model.Decide(func(r modeltest.Request) modeltest.Answer {
		_, rest, _ := strings.Cut(r.Last("system").Content, "proposal_id ")

		return modeltest.Use("confirm_booking", `{"proposal_id":"`+rest[:10]+`"}`)
	})
	s.sees(s.write("sim, perfeito, até lá"), "Está marcado")
	s.booked("confirmed 03-11 12:00")
	s.outcome("booked")
}

func TestASlotLostBetweenOfferAndYes(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.good)
	s.write("quero marcar")
	s.clock.Advance(9 * time.Minute)
	s.change(s.all(collections.Appointments)[0], map[string]any{"status": "cancelled"})
	s.company.Create(collections.Appointments, map[string]any{
		"agenda": s.agenda.Id, "service": s.service.Id, "contact": s.company.Contact().Id, "start": "2027-03-11 12:00:00.000Z", "status": "confirmed", "source": "member",
	})
	s.sees(s.tap("Sim"), "acabou de ser ocupado")
	s.sees(s.tap("Amanhã"), "Posso marcar Corte para amanhã às 10:00?")
	s.sees(s.tap("Sim"), "Está marcado: Corte, amanhã às 10:00")
}

func TestMoveAndCancel(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.good)
	s.write("quero marcar")
	s.tap("Sim")
	own := s.all(collections.Appointments)[0].Id
	s.model.Decide(func(r modeltest.Request) modeltest.Answer {
		if ids := slotsIn(r.Last("tool").Content); len(ids) > 0 {
			return modeltest.Use("propose_reschedule", `{"appointment_id":"`+own+`","slot_id":"`+ids[1]+`"}`)
		}

		return modeltest.Use("find_slots", `{"service_id":"`+s.service.Id+`","from_date":"2027-03-12"}`)
	})
	s.sees(s.write("pode mudar?"), "Posso mudar Corte de amanhã às 09:00 para sexta-feira, 12 de março, às 10:00?")
	s.sees(s.tap("Não"), "fica tudo como está")
	s.booked("confirmed 03-11 12:00")
	s.write("pode mudar sim")
	s.sees(s.tap("Sim"), "Novo horário: Corte, sexta-feira, 12 de março, às 10:00")
	s.booked("confirmed 03-12 13:00")

	s.model.Decide(func(modeltest.Request) modeltest.Answer {
		return modeltest.Use("propose_cancel", `{"appointment_id":"`+own+`","reason":"viagem"}`)
	})
	s.sees(s.write("quero cancelar o corte"), "Posso cancelar Corte")
	s.sees(s.tap("Sim"), "foi cancelado")
	s.booked("cancelled 03-12 13:00")
}

// Another customer's appointment is none.
func TestAnAppointmentOfSomebodyElse(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.good)
	s.write("quero marcar")
	s.tap("Sim")
	other := s.all(collections.Appointments)[0].Id
	s.model.Decide(nil)
	s.model.Script(modeltest.Use("my_appointments", `{}`), modeltest.Use("propose_cancel", `{"appointment_id":"`+other+`"}`), modeltest.Say("Não encontrei."))
	s.sees(s.writes("João", "cancela o corte da Maria", ""), "Não encontrei.")
	if run := s.lastRun(); strings.Contains(run, "Maria") && strings.Contains(run, "amanhã") || !strings.Contains(run, "none of the customer") {
		t.Error(run)
	}
	s.booked("confirmed 03-11 12:00")
}

// A burst is one question; what is written while the model thinks makes it start
// again.
func TestBurstsAndSecondThoughts(t *testing.T) {
	s := newShop(t)
	s.hears("Maria Silva", "Oi", "")
	s.clock.Advance(2 * time.Second)
	s.hears("Maria Silva", "quero um corte", "")
	s.clock.Advance(2 * time.Second)
	if err := s.Agents.Drain(t.Context()); err != nil || len(s.model.Requests()) != 0 {
		t.Fatalf("asked before the customer was quiet: %v", err)
	}
	s.runs()
	requests := s.model.Requests()
	if len(requests) != 1 || !strings.Contains(requests[0].Last("user").Content, "Oi\nquero um corte") {
		t.Fatalf("%d requests, %+v", len(requests), requests)
	}
	if len(s.line.sent) != 1 {
		t.Fatalf("%d answers to a burst", len(s.line.sent))
	}

	s.model.Decide(func(r modeltest.Request) modeltest.Answer {
		if !strings.Contains(r.Last("user").Content, "espera") {
			s.hears("Maria Silva", "espera", "") // while the model thinks

			return modeltest.Say("resposta velha")
		}

		return modeltest.Say("resposta nova")
	})
	s.hears("Maria Silva", "e a barba", "")
	s.runs()
	s.clock.Advance(10 * time.Second)
	s.runs()
	if last := s.line.sent[len(s.line.sent)-1]; last.Text != "resposta nova" || len(s.line.sent) != 2 {
		t.Fatalf("sent %+v", s.line.sent)
	}
}

// A person who writes while the model thinks has the conversation.
// The quiet that is waited for is a due time on the row: none after a button, more
// where more seems to follow, and never longer than the customer would wait.
func TestWhenAnAnswerIsDue(t *testing.T) {
	s := newShop(t)
	says := func(who string, in channels.Inbound) (wait time.Duration) {
		t.Helper()
		s.messages++
		in.Company, in.Channel, in.IdentityKind, in.IdentityValue, in.Name = s.company.Id, s.channel.Id, "visitor", "customer "+who, who
		in.ExternalID, in.Locale = fmt.Sprint("m", s.messages), "pt-BR"
		if _, err := s.Inbox.Ingest(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		s.settle()
		runs := s.all(collections.AgentRuns)

		return runs[len(runs)-1].GetDateTime("due").Time().Sub(s.clock.Now())
	}
	for name, test := range map[string]struct {
		in   channels.Inbound
		want time.Duration
	}{
		"a sentence":       {channels.Inbound{Kind: "text", Text: "quero marcar um corte"}, 3 * time.Second},
		"a comma":          {channels.Inbound{Kind: "text", Text: "oi, tudo bem,"}, 6 * time.Second},
		"a joining word":   {channels.Inbound{Kind: "text", Text: "quero um corte e"}, 6 * time.Second},
		"a picture":        {channels.Inbound{Kind: "image"}, 6 * time.Second},
		"a button tapped":  {channels.Inbound{Kind: "text", Text: "Amanhã", Payload: "x"}, 0},
		"dots that trail…": {channels.Inbound{Kind: "text", Text: "então..."}, 6 * time.Second},
	} {
		if got := says(name, test.in); got != test.want {
			t.Errorf("%s: due after %s, want %s", name, got, test.want)
		}
	}
	began := s.clock.Now()
	for range 10 {
		wait := says("writes on", channels.Inbound{Kind: "text", Text: "e mais,"})
		if due := s.clock.Now().Add(wait); due.Sub(began) > 20*time.Second || wait < 0 {
			t.Fatalf("due %s after the first word", due.Sub(began))
		}
		s.clock.Advance(2 * time.Second)
	}
}

// The customer sees that an answer is written, but not that a draft is.
func TestTypingIsShown(t *testing.T) {
	s := newShop(t)
	s.write("Oi")
	if got := fmt.Sprint(s.line.typed); got != "[true false]" {
		t.Errorf("typed %s", got)
	}
	s.change(s.agent, map[string]any{"shadow": true})
	s.write("tudo bem?")
	s.outcome("drafted")
	if got := fmt.Sprint(s.line.typed); got != "[true false]" {
		t.Errorf("a draft is typed: %s", got)
	}
}

func TestAPersonTakesOver(t *testing.T) {
	s := newShop(t)
	s.model.Decide(func(modeltest.Request) modeltest.Answer {
		c := s.all(collections.Conversations)[0]
		s.company.Create(collections.Messages, map[string]any{
			"conversation": c.Id, "contact": c.GetString("contact"), "channel": c.GetString("channel"), "direction": "out", "kind": "text",
			"text": "Aqui é a Ana", "status": "queued", "at": s.clock.Now(), "answered_by": "human", "author": s.owner.Id, "due": s.clock.Now(),
		})

		return modeltest.Use("propose_booking", `{}`)
	})
	if got := s.write("Oi"); got != "Aqui é a Ana" {
		t.Errorf("sent %q", got)
	}
	s.outcome("taken_over")
	s.write("Oi, Ana")
	if n := len(s.model.Requests()); n != 1 {
		t.Errorf("%d requests after a person took over", n)
	}
}

// A hand-over is always said, and says when someone is back.
func TestHandOver(t *testing.T) {
	s := newShop(t)
	queue := s.company.Create(collections.Queues, map[string]any{"name": "Desk", "hours": map[string]any{
		"weekly": []map[string]any{{"weekday": 4, "start": 540, "end": 1080}},
	}})
	s.change(s.channel, map[string]any{"queue": queue.Id})
	s.model.Script(modeltest.Use("handoff", `{"reason":"complaint","summary":"wants a refund"}`))
	s.sees(s.write("quero reclamar"), "amanhã às 09:00")
	s.outcome("handed_over")
	if c := s.all(collections.Conversations)[0]; c.GetString("answerer") != "waiting" || c.GetString("status") != "open" {
		t.Errorf("the conversation is %s, %s", c.GetString("answerer"), c.GetString("status"))
	}

	// Asked for in plain words it needs no model.
	s.sees(s.writes("João", "quero falar com um atendente", ""), "amanhã às 09:00")
	if n := len(s.model.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

// Whatever is wrong with the model, the customer gets a useful sentence.
func TestTheModelFails(t *testing.T) {
	for name, answer := range map[string]modeltest.Answer{
		"down": {Status: 503}, "refused": {Status: 401}, "nonsense": {Raw: "?"}, "empty": {}, "hangs": {Hang: true}, "limit": {Status: 429, RetryAfter: "900"},
	} {
		s := newShop(t)
		s.change(s.agent, map[string]any{"limits": map[string]any{"call_seconds": 0.05}})
		s.model.Decide(func(modeltest.Request) modeltest.Answer { return answer })
		if got := s.write("Oi"); !strings.Contains(got, "Como posso ajudar?") {
			t.Errorf("%s: %q", name, got)
		}
		s.outcome("fallback")
		if got := s.tap("Agendar"); !strings.Contains(got, "qual dia") {
			t.Errorf("%s: the dialogue does not go on: %q", name, got)
		}

		s.change(s.agent, map[string]any{"fallback": "person"})
		s.sees(s.writes("João", "Oi", ""), "não consigo verificar isso agora")
	}

	// Another key helps.
	s := newShop(t)
	other := modeltest.New(t)
	second := s.company.Create(collections.AIKeys, map[string]any{"name": "Other", "base_url": other.URL, "key": "sk-other-0123456789"})
	s.change(s.agent, map[string]any{"fallback_key": second.Id, "fallback_model": "large"})
	s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Answer{Status: 500} })
	other.Script(modeltest.Say("Olá!"))
	s.sees(s.write("Oi"), "Olá!")
	if r := other.Requests()[0]; r.Key != "sk-other-0123456789" || r.Model != "large" {
		t.Errorf("asked with %q, %q", r.Key, r.Model)
	}
}

// What the model makes up is not sent: once again, then a person.
func TestGrounding(t *testing.T) {
	s := newShop(t)
	s.model.Script(modeltest.Say("Temos amanhã às 15:00 por R$ 30."), modeltest.Say("Qual dia prefere?"))
	s.sees(s.write("tem horário?"), "Qual dia prefere?")
	s.sees(s.lastRun(), "ungrounded", "15:00", "r$ 30")

	s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Say("Amanhã às 15h está ótimo!") })
	s.sees(s.writes("João", "15h?", ""), "prefiro perguntar a um colega")
	s.outcome("handed_over")
}

func TestBudgetsAndLimits(t *testing.T) {
	for name, limits := range map[string]map[string]any{
		"conversation": {"conversation_tokens": 100}, "day": {"day_tokens": 100}, "month": {"month_cost": 0, "month_tokens": 100},
	} {
		s := newShop(t)
		s.change(s.agent, map[string]any{"limits": limits})
		s.sees(s.write("Oi"), "Como posso ajudar?")
		if run := s.outcome("fallback"); run.GetString("reason") != "budget" || len(s.model.Requests()) != 0 {
			t.Errorf("%s: %q, %d requests", name, run.GetString("reason"), len(s.model.Requests()))
		}
	}

	s := newShop(t)
	s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Use("list_services", `{}`) })
	s.sees(s.write("Oi"), "prefiro perguntar")
	if n := len(s.model.Requests()); n != 4 {
		t.Errorf("%d requests of a model that goes round in circles", n)
	}
	spent := s.all(collections.AgentSpend)
	if len(spent) != 1 || spent[0].GetInt("tokens") != 4*120 || spent[0].GetInt("cost") != 4*(100*100+20*400) || spent[0].GetInt("runs") != 1 {
		t.Errorf("spent %d tokens, %d, in %d runs", spent[0].GetInt("tokens"), spent[0].GetInt("cost"), spent[0].GetInt("runs"))
	}
	costs := s.Do(http.MethodGet, s.company.URL("/api/recado/agents/costs?from=2027-03-01&to=2027-03-31"), s.owner.Token, nil).Must(t, http.StatusOK)
	if !strings.Contains(string(costs.Raw), `"tokens":480`) {
		t.Errorf("costs: %s", costs.Raw)
	}
	s.Do(http.MethodGet, s.company.URL("/api/recado/agents/costs?from=x&to=2027-03-31"), s.owner.Token, nil).Must(t, http.StatusBadRequest)
}

// A day is one of the house's clock.
func TestAnswersOfADay(t *testing.T) {
	s := newShop(t)
	s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Say("Claro.") })
	s.change(s.agent, map[string]any{"limits": map[string]any{"replies": 2}})
	s.sees(s.write("oi"), "Claro.")
	s.clock.Advance(23 * time.Hour)
	s.sees(s.write("tudo bem?"), "Claro.")
	s.write("e aí?")
	if run := s.outcome("handed_over"); run.GetString("reason") != "too many answers for a day" {
		t.Errorf("handed over for %q", run.GetString("reason"))
	}
	s.Do(http.MethodPatch, s.company.RecordURL(s.all(collections.Conversations)[0]), s.owner.Token, map[string]any{"answerer": "bot"}).Must(t, http.StatusOK)
	s.clock.Advance(2 * time.Hour)
	s.sees(s.write("posso falar agora?"), "Claro.")
	if run := s.outcome("answered"); !run.GetDateTime("created").Time().Equal(s.clock.Now().Add(-4 * time.Second)) {
		t.Errorf("made at %s, by a clock that says %s", run.GetString("created"), s.clock.Now())
	}
}

// In shadow mode a person sends, changes or drops what the agent would say.
func TestShadow(t *testing.T) {
	s := newShop(t)
	s.change(s.agent, map[string]any{"shadow": true})
	s.model.Decide(s.good)
	if got := s.write("quero marcar"); got != "" {
		t.Errorf("sent %q", got)
	}
	s.booked()
	run := s.outcome("drafted")
	s.sees(run.GetString("draft"), "Posso marcar Corte para amanhã às 09:00?")
	path := s.company.URL("/api/recado/agent-runs/" + run.Id + "/draft")
	s.Do(http.MethodPost, path, s.owner.Token, map[string]any{"action": "maybe"}).Must(t, http.StatusBadRequest)
	stranger := s.Company().Member("owner")
	if got := s.Do(http.MethodPost, path, stranger.Token, map[string]any{"action": "send"}); got.Status < 400 {
		t.Errorf("a stranger sends: %d", got.Status)
	}
	s.Do(http.MethodPost, path, s.owner.Token, map[string]any{"action": "send", "text": "Amanhã às 9?"}).Must(t, http.StatusOK)
	if got := s.Do(http.MethodPost, path, s.owner.Token, map[string]any{"action": "drop"}); got.Code() != "draft_settled" {
		t.Errorf("settled twice: %s", got.Raw)
	}
	s.settle()
	if last := s.line.sent[len(s.line.sent)-1]; last.Text != "Amanhã às 9?" {
		t.Errorf("sent %q", last.Text)
	}

	s.Do(http.MethodPost, s.company.URL("/api/recado/agent-runs/"+run.Id+"/feedback"), s.owner.Token, map[string]any{"feedback": "bad", "note": "too short"}).Must(t, http.StatusOK)
	s.Do(http.MethodPost, s.company.URL("/api/recado/agent-runs/"+run.Id+"/feedback"), s.owner.Token, map[string]any{"feedback": "so so"}).Must(t, http.StatusBadRequest)
}

// Who is not meant, or not now, is answered by the guided dialogue.
func TestWhoseAgentItIs(t *testing.T) {
	for name, values := range map[string]map[string]any{
		"nobody": {"audience": "nobody"}, "inactive": {"active": false},
		"closed": {"hours": map[string]any{"weekly": []map[string]any{{"weekday": 0, "start": 0, "end": 60}}}},
	} {
		s := newShop(t)
		s.change(s.agent, values)
		if got := s.write("Oi"); !strings.Contains(got, "Como posso ajudar?") || len(s.model.Requests()) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}

	// A queue's agent comes before the channel's.
	q := newShop(t)
	other := q.company.Create(collections.Agents, map[string]any{"name": "Bruno", "active": true, "ai_key": q.key.Id, "model": "large", "audience": "everyone"})
	queue := q.company.Create(collections.Queues, map[string]any{"name": "Sales", "agent": other.Id})
	q.sees(q.write("Oi"), "ok")
	q.change(q.all(collections.Conversations)[0], map[string]any{"queue": queue.Id})
	q.sees(q.write("Oi de novo"), "ok")
	if requests := q.model.Requests(); len(requests) != 2 || requests[0].Model != "small" || requests[1].Model != "large" {
		t.Errorf("asked %v", requests)
	}
	if got := q.Do(http.MethodDelete, q.company.RecordURL(other), q.owner.Token, nil); got.Code() != "agent_in_use" {
		t.Errorf("a queue's agent was deleted: %s", got.Raw)
	}

	s := newShop(t)
	s.change(s.agent, map[string]any{"audience": "new"})
	s.sees(s.write("Oi"), "ok")
	s.company.Create(collections.Appointments, map[string]any{
		"agenda": s.agenda.Id, "service": s.service.Id, "contact": s.all(collections.Contacts)[0].Id, "start": "2027-03-09 12:00:00.000Z", "status": "done", "source": "member", "overbook": true,
	})
	s.sees(s.write("Oi"), "Como posso ajudar?")
}
