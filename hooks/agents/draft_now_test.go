package agents_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/modeltest"
)

// Whoever answers, a person can ask the agent that is assigned for a draft at once.
func TestADraftIsAskedFor(t *testing.T) {
	s := newShop(t)
	asks := func(token string) recadotest.Response {
		conversation := s.all(collections.Conversations)[0]

		return s.Do(http.MethodPost, s.company.URL("/api/recado/agents/drafts"), token, map[string]any{"conversation": conversation.Id})
	}
	s.change(s.agent, map[string]any{"audience": "nobody"})
	if got := s.write("oi"); strings.Contains(got, "Claro") {
		t.Fatalf("an agent for nobody said %q", got)
	}
	s.hears("Maria Silva", "quero falar com um atendente", "")
	s.hears("Maria Silva", "quero marcar um corte amanhã", "")
	sent := len(s.line.sent)
	s.model.Decide(s.good)

	run := asks(s.owner.Token).Must(t, http.StatusOK)
	if run.JSON["status"] != "waiting" || run.JSON["requested_by"] != s.owner.Id {
		t.Errorf("asked: %s", run.Raw)
	}
	if again := asks(s.owner.Token).Must(t, http.StatusOK); again.JSON["id"] != run.JSON["id"] {
		t.Error("asked twice, it is written twice")
	}
	if err := s.Agents.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.settle()
	drafted := s.outcome("drafted")
	s.sees(drafted.GetString("draft"), "Posso marcar Corte para amanhã às 09:00?")
	conversation := s.all(collections.Conversations)[0]
	if len(s.line.sent) != sent || conversation.GetString("answerer") != "waiting" {
		t.Errorf("a draft sent %d messages, and %s answers", len(s.line.sent)-sent, conversation.GetString("answerer"))
	}
	s.booked()

	// It is taken to go on writing.
	path := s.company.URL("/api/recado/agent-runs/" + drafted.Id + "/draft")
	if taken := s.Do(http.MethodPost, path, s.owner.Token, map[string]any{"action": "take"}).Must(t, http.StatusOK); taken.JSON["outcome"] != "taken" {
		t.Errorf("taken: %s", taken.Raw)
	}

	// What would pass it to a person is no draft for one.
	s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Use("handoff", `{"reason":"complaint"}`) })
	asks(s.owner.Token).Must(t, http.StatusOK)
	if err := s.Agents.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if run := s.outcome("discarded"); run.GetString("reason") != "complaint" || run.GetString("draft") != "" {
		t.Errorf("%s: %q", run.GetString("reason"), run.GetString("draft"))
	}
	if s.all(collections.Conversations)[0].GetString("answerer") != "waiting" || len(s.line.sent) != sent {
		t.Error("the conversation was touched")
	}

	// Who may not, and where there is nothing to draft.
	reader := s.company.Member("agent")
	s.company.Permit(reader.Record, "inbox.view_all")
	if got := asks(reader.Token); got.Status != http.StatusForbidden {
		t.Errorf("a reader: %d", got.Status)
	}
	own := s.company.Member("agent")
	s.company.Permit(own.Record, "inbox.view_own", "inbox.reply")
	s.change(s.all(collections.Conversations)[0], map[string]any{"assignee": s.owner.Id})
	if got := asks(own.Token); got.Status != http.StatusNotFound {
		t.Errorf("somebody else's conversation: %d", got.Status)
	}
	other := s.Company()
	stranger := other.Member("owner")
	if got := s.Do(http.MethodPost, other.URL("/api/recado/agents/drafts"), stranger.Token, map[string]any{"conversation": conversation.Id}); got.Status != http.StatusNotFound {
		t.Errorf("another company: %d", got.Status)
	}
	empty := s.company.Conversation(s.channel)
	if got := s.Do(http.MethodPost, s.company.URL("/api/recado/agents/drafts"), s.owner.Token, map[string]any{"conversation": empty.Id}); got.Code() != "nothing_to_answer" {
		t.Errorf("nothing was written: %s", got.Raw)
	}
	s.change(s.agent, map[string]any{"active": false})
	if got := asks(s.owner.Token); got.Code() != "no_agent" {
		t.Errorf("no agent: %s", got.Raw)
	}
}

// An agent that answers itself needs nobody to ask it; and a draft that is on its way
// does not stand in the way of its answer.
func TestADraftIsNoAnswer(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.good)
	asks := func() recadotest.Response {
		return s.Do(http.MethodPost, s.company.URL("/api/recado/agents/drafts"), s.owner.Token, map[string]any{"conversation": s.all(collections.Conversations)[0].Id})
	}
	s.hears("Maria Silva", "oi", "")
	if got := asks(); got.Code() != "agent_answers" {
		t.Errorf("while it answers: %s", got.Raw)
	}
	s.runs()
	asks().Must(t, http.StatusOK)
	s.sees(s.write("tudo bem?"), "Claro, como posso ajudar?")
	s.outcome("answered")

	// In shadow mode it hurries a draft that waits for the customer to finish.
	s.change(s.agent, map[string]any{"shadow": true})
	s.hears("Maria Silva", "quero marcar,", "")
	asks().Must(t, http.StatusOK)
	if err := s.Agents.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.sees(s.outcome("drafted").GetString("draft"), "Posso marcar")
}
