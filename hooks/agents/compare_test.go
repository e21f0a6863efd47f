package agents_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest/modeltest"
)

// Versions stand beside each other by what came of them; costs are told by
// conversation, too.
//
// Parity: LS-agent-prompt-versions.
func TestVersionsBesideEachOther(t *testing.T) {
	s := newShop(t)
	s.model.Decide(s.good)
	s.write("quero marcar")
	s.tap("Sim")
	s.model.Decide(func(modeltest.Request) modeltest.Answer {
		return modeltest.Use("handoff", `{"reason":"complaint"}`)
	})
	s.writes("João", "o corte ficou torto", "")
	first := s.all(collections.AgentPromptVersions)[0]
	appointment := s.all(collections.Appointments)[0]

	second := s.company.Create(collections.AgentPromptVersions, map[string]any{"prompt": s.prompt.Id, "text": "Be brief."})
	s.Do(http.MethodPost, s.company.URL("/api/recado/agent-prompt-versions/"+second.Id+"/release"), s.owner.Token, map[string]any{"state": "live"}).Must(t, http.StatusOK)
	s.model.Decide(func(modeltest.Request) modeltest.Answer { return modeltest.Say("Claro.") })
	s.writes("Rita", "oi", "")
	s.change(appointment, map[string]any{"status": "no_show"})

	type row struct {
		Version                                    string
		Conversations, Booked, HandedOver, Answers int
		Tokens, Cost, Appointments, NoShows        int
	}
	ask := func(days string) (list []row) {
		t.Helper()
		got := s.Do(http.MethodGet, s.company.URL("/api/recado/agents/versions?prompt="+s.prompt.Id+days), s.owner.Token, nil).Must(t, http.StatusOK)
		var body struct{ Items []row }
		if err := json.Unmarshal(got.Raw, &body); err != nil {
			t.Fatal(err)
		}

		return body.Items
	}
	by := map[string]row{}
	const today = "&from=2027-03-10&to=2027-03-10" // by the house's clock
	for _, r := range ask(today) {
		by[r.Version] = r
	}
	// marcar: three questions, a proposal; a tapped yes; and a hand-over.
	if r := by[first.Id]; r.Conversations != 2 || r.Booked != 1 || r.HandedOver != 1 || r.Answers != 3 || r.Appointments != 1 || r.NoShows != 1 || r.Tokens != 4*120 {
		t.Errorf("first: %+v", r)
	}
	if r := by[second.Id]; r.Conversations != 1 || r.Booked != 0 || r.Answers != 1 || r.Tokens != 120 || r.Appointments != 0 {
		t.Errorf("second: %+v", r)
	}

	if list := ask("&from=2027-03-01&to=2027-03-09"); len(list) > 0 {
		t.Errorf("before there was any: %+v", list)
	}

	costs := s.Do(http.MethodGet, s.company.URL("/api/recado/agents/costs?by=conversation"+today), s.owner.Token, nil).Must(t, http.StatusOK)
	var body struct {
		Items []struct {
			Name, Agent  string
			Tokens, Runs int
		}
	}
	if err := json.Unmarshal(costs.Raw, &body); err != nil || len(body.Items) != 3 || body.Items[0].Name != "Maria Silva" || body.Items[0].Tokens != 360 || body.Items[0].Agent != "Clara" {
		t.Errorf("%v, %s", err, costs.Raw)
	}
	s.Do(http.MethodGet, s.company.URL("/api/recado/agents/costs?by=moon&from=2027-03-01&to=2027-03-31"), s.owner.Token, nil).Must(t, http.StatusBadRequest)
	s.Do(http.MethodGet, s.company.URL("/api/recado/agents/versions?prompt="+s.prompt.Id+"&from=x&to=2027-03-31"), s.owner.Token, nil).Must(t, http.StatusBadRequest)
	other := s.Company()
	stranger := other.Member("owner")
	if got := s.Do(http.MethodGet, other.URL("/api/recado/agents/versions?prompt="+s.prompt.Id+"&from=2027-03-01&to=2027-03-31"), stranger.Token, nil); got.Status != http.StatusNotFound || strings.Contains(string(got.Raw), first.Id) {
		t.Errorf("a stranger: %s", got.Raw)
	}
}
