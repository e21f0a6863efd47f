package agents_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest/modeltest"
)

const secret = "sk-very-secret-0123456789abWXYZ"

// Parity: LS-ai-keys.
func TestAKeyIsWrittenAndNeverShown(t *testing.T) {
	s := newShop(t)
	made := s.Do(http.MethodPost, s.company.Records(collections.AIKeys), s.owner.Token, map[string]any{
		"company": s.company.Id, "name": "Main", "base_url": s.model.URL, "key": secret, "sealed": "v1:mine", "last4": "0000", "problem": "none",
	}).Must(t, http.StatusOK)
	id, _ := made.JSON["id"].(string)
	address := s.company.URL("/api/collections/ai_keys/records/" + id)
	if made.JSON["last4"] != "WXYZ" || made.JSON["problem"] != "" {
		t.Errorf("made %s", made.Raw)
	}
	record, err := s.FindRecordById(collections.AIKeys, id)
	if err != nil {
		t.Fatal(err)
	}
	if sealed := record.GetString("sealed"); !strings.HasPrefix(sealed, "v1:") || strings.Contains(sealed, "secret") || sealed == "v1:mine" {
		t.Errorf("sealed as %q", sealed)
	}
	for _, response := range []struct{ name, raw string }{
		{"create", string(made.Raw)},
		{"view", string(s.Do(http.MethodGet, address, s.owner.Token, nil).Raw)},
		{"superuser's view", string(s.Do(http.MethodGet, address, s.Superuser(), nil).Raw)},
		{"update", string(s.Do(http.MethodPatch, address, s.owner.Token, map[string]any{"name": "Renamed"}).Must(t, http.StatusOK).Raw)},
	} {
		if strings.Contains(response.raw, secret) || strings.Contains(response.raw, `"key"`) {
			t.Errorf("%s shows the key: %s", response.name, response.raw)
		}
	}

	// The key goes to no other address than its own.
	if got := s.Do(http.MethodPatch, address, s.owner.Token, map[string]any{"base_url": "https://thief.example.com/v1"}); got.Code() != "invalid" {
		t.Errorf("moved: %s", got.Raw)
	}
	s.Do(http.MethodPatch, address, s.owner.Token, map[string]any{"base_url": "file:///etc/passwd"}).Must(t, http.StatusBadRequest)
	s.Do(http.MethodPatch, address, s.owner.Token, map[string]any{"key": "sk-another-0123456789QRST"}).Must(t, http.StatusOK)
	if got := s.Reload(record); got.GetString("last4") != "QRST" {
		t.Errorf("last4 %q", got.GetString("last4"))
	}

	// In use it stays.
	if got := s.Do(http.MethodDelete, s.company.RecordURL(s.key), s.owner.Token, nil); got.Code() != "key_in_use" || !strings.Contains(string(got.Raw), "Clara") {
		t.Errorf("deleted: %s", got.Raw)
	}
	s.Do(http.MethodDelete, address, s.owner.Token, nil).Must(t, http.StatusNoContent)
}

// What an endpoint says may repeat the key: it is told by a word of ours.
//
// Parity: LS-ai-keys, DC-errors.
func TestTryingAKey(t *testing.T) {
	s := newShop(t)
	try := func(body map[string]any) (problem any) {
		t.Helper()
		response := s.Do(http.MethodPost, s.company.URL("/api/recado/ai-keys/"+s.key.Id+"/test"), s.owner.Token, body).Must(t, http.StatusOK)
		if strings.Contains(string(response.Raw), "sk-test") {
			t.Errorf("the key shows: %s", response.Raw)
		}

		return response.JSON["problem"]
	}
	s.model.Script(modeltest.Use("ping", `{"word":"recado"}`))
	if got := try(map[string]any{"model": "small"}); got != "" {
		t.Errorf("a good key: %v", got)
	}
	if got := s.Reload(s.key); got.GetString("models") != `["large","small"]` || got.GetDateTime("tested_at").IsZero() {
		t.Errorf("models %s", got.GetString("models"))
	}
	if r := s.model.Requests()[0]; r.Key != "sk-test-0123456789abcd" {
		t.Errorf("asked with %q", r.Key)
	}
	if got := try(nil); got != "" {
		t.Errorf("without a model: %v", got)
	}
	s.model.Script(modeltest.Answer{Status: 401, Error: "Incorrect API key provided: sk-test-0123456789abcd"}, modeltest.Answer{Status: 404, Error: "no such model"}, modeltest.Say("pong"))
	for _, want := range []string{"refused", "unknown_model", "no_tools"} {
		if got := try(map[string]any{"model": "small"}); got != want {
			t.Errorf("%v, want %s", got, want)
		}
	}
	s.change(s.key, map[string]any{"base_url": "http://127.0.0.1:1/v1", "key": "sk-test-0123456789abcd"})
	if got := try(map[string]any{"model": "small"}); got != "unreachable" {
		t.Errorf("a closed port: %v", got)
	}
	s.change(s.key, map[string]any{"base_url": "http://169.254.169.254/v1", "key": "sk-test-0123456789abcd"})
	if got := try(map[string]any{"model": "small"}); got != "unreachable" {
		t.Errorf("a cloud's own address: %v", got)
	}

	stranger := s.Company()
	path := "/api/recado/ai-keys/" + s.key.Id + "/test"
	s.Do(http.MethodPost, stranger.URL(path), stranger.Member("owner").Token, nil).Must(t, http.StatusNotFound)
	s.Do(http.MethodPost, s.company.URL(path), s.company.Member("agent").Token, nil).Must(t, http.StatusForbidden)
}

// Parity: LS-agent-config.
func TestAnAgentIsConfigured(t *testing.T) {
	s := newShop(t)
	make := func(values map[string]any) string {
		body := map[string]any{"company": s.company.Id, "name": "New"}
		for k, v := range values {
			body[k] = v
		}

		return s.Do(http.MethodPost, s.company.Records(collections.Agents), s.owner.Token, body).Code()
	}
	if got := make(map[string]any{"active": true}); got != "invalid" {
		t.Errorf("active without a key: %q", got)
	}
	if got := make(map[string]any{"tools": []string{"shell"}}); got != "invalid" {
		t.Errorf("an unknown tool: %q", got)
	}
	if got := make(map[string]any{"temperature": 0.3, "tools": []string{"find_slots"}, "audience": "new", "limits": map[string]any{"rounds": 3}}); got != "" {
		t.Errorf("a good one: %q", got)
	}
	if got := s.Do(http.MethodDelete, s.company.RecordURL(s.agent), s.owner.Token, nil); got.Code() != "agent_in_use" {
		t.Errorf("deleted in use: %s", got.Raw)
	}
	tools := s.Do(http.MethodGet, s.company.URL("/api/recado/agents/tools"), s.owner.Token, nil).Must(t, http.StatusOK)
	if !strings.Contains(string(tools.Raw), "propose_booking") {
		t.Errorf("tools: %s", tools.Raw)
	}

	// What an agent may not use it is not offered, and cannot use.
	s.change(s.agent, map[string]any{"tools": []string{}, "temperature": 0.5, "max_tokens": 700})
	s.model.Script(modeltest.Use("propose_booking", `{"slot_id":"x"}`), modeltest.Say("Certo."))
	s.write("Oi")
	if r := s.model.Requests()[0]; r.Model != "small" || r.Temperature != 0.5 || r.MaxTokens != 700 {
		t.Errorf("asked %q, temperature %v, at most %d tokens", r.Model, r.Temperature, r.MaxTokens)
	}
	for _, tool := range s.model.Requests()[0].Tools {
		if strings.HasPrefix(tool.Function.Name, "propose") || tool.Function.Name == "update_contact" {
			t.Errorf("offered %s", tool.Function.Name)
		}
	}
	s.sees(s.lastRun(), "There is no such tool")
	if got := s.Do(http.MethodDelete, s.company.RecordURL(s.agent), s.owner.Token, nil); got.Code() != "agent_in_use" {
		t.Errorf("deleted: %s", got.Raw)
	}
}

// Parity: LS-agent-prompts, LS-agent-prompt-versions.
func TestInstructionsAreReleased(t *testing.T) {
	s := newShop(t)
	write := func(text string) string {
		t.Helper()
		response := s.Do(http.MethodPost, s.company.Records(collections.AgentPromptVersions), s.owner.Token, map[string]any{
			"company": s.company.Id, "prompt": s.prompt.Id, "text": text, "state": "live", "weight": 100, "number": 99,
		}).Must(t, http.StatusOK)
		if response.JSON["state"] != "draft" || response.JSON["author"] != s.owner.Id {
			t.Errorf("written as %s", response.Raw)
		}

		return response.JSON["id"].(string)
	}
	release := func(id string, body map[string]any) int {
		t.Helper()

		return s.Do(http.MethodPost, s.company.URL("/api/recado/agent-prompt-versions/"+id+"/release"), s.owner.Token, body).Status
	}
	promptOf := func(who string) string {
		t.Helper()
		s.writes(who, "Oi", "")
		runs := s.all(collections.AgentRuns)

		return runs[len(runs)-1].GetString("prompt_text")
	}

	second := write("Version two.")
	if v, _ := s.FindRecordById(collections.AgentPromptVersions, second); v.GetInt("number") != 2 || len(v.GetString("hash")) != 64 {
		t.Errorf("number %d, hash %q", v.GetInt("number"), v.GetString("hash"))
	}
	s.sees(promptOf("Maria"), "Be kind")
	if got := release(second, map[string]any{"state": "live"}); got != http.StatusOK {
		t.Fatal(got)
	}
	s.sees(promptOf("Maria"), "Version two.")
	first := s.all(collections.AgentPromptVersions)
	for _, v := range first {
		if v.Id != second && v.GetString("state") != "retired" {
			t.Errorf("the other one is %s", v.GetString("state"))
		}
	}
	if s.Reload(s.agent).GetString("instructions") != second {
		t.Error("the agent does not point at the live version")
	}

	// Half of the contacts each, always the same half.
	third := write("Version three.")
	release(third, map[string]any{"state": "live", "weight": 50})
	seen := map[string]int{}
	for i := range 12 {
		who := "Contact " + string(rune('A'+i))
		once := strings.Contains(promptOf(who), "Version three.")
		if again := strings.Contains(promptOf(who), "Version three."); again != once {
			t.Errorf("%s is not always answered by the same version", who)
		}
		seen[map[bool]string{true: "three", false: "two"}[once]]++
	}
	if seen["two"] == 0 || seen["three"] == 0 {
		t.Errorf("shared as %v", seen)
	}

	// Back, in one step.
	release(second, map[string]any{"state": "live"})
	s.sees(promptOf("Contact A"), "Version two.")

	for _, bad := range []map[string]any{{"state": "gone"}, {"state": "live", "weight": 101}, {}} {
		if got := release(second, bad); got != http.StatusBadRequest {
			t.Errorf("%v: %d", bad, got)
		}
	}
	v, _ := s.FindRecordById(collections.AgentPromptVersions, second)
	v.Set("text", "Something else.")
	if err := s.Save(v); err == nil {
		t.Error("a version was changed")
	}
	if got := s.Do(http.MethodDelete, s.company.RecordURL(s.prompt), s.owner.Token, nil); got.Code() != "prompt_in_use" || !strings.Contains(string(got.Raw), "Clara") {
		t.Errorf("deleted in use: %s", got.Raw)
	}
	stranger := s.Company()
	if got := s.Do(http.MethodPost, stranger.URL("/api/recado/agent-prompt-versions/"+second+"/release"), stranger.Member("owner").Token, map[string]any{"state": "live"}); got.Status != http.StatusNotFound {
		t.Errorf("a stranger releases: %d", got.Status)
	}
}
