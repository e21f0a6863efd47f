package contacts_test

import (
	"net/http"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/contacts"
	"recado/hooks/recadotest"
)

func TestFieldCheck(t *testing.T) {
	for _, example := range []struct {
		kind  string
		value any
		ok    bool
	}{
		{"text", "anything", true}, {"text", 1.0, false}, {"text", strings.Repeat("x", 2001), false},
		{"number", 1.5, true}, {"number", "1.5", false},
		{"date", "2026-02-28", true}, {"date", "2026-02-30", false}, {"date", "28/02/2026", false}, {"date", true, false},
		{"choice", "gold", true}, {"choice", "Gold", false}, {"choice", []any{"gold"}, false},
		{"boolean", true, true}, {"boolean", "true", false},
		{"url", "https://example.com/a", true}, {"url", "javascript:alert(1)", false}, {"url", "https://", false},
		{"number", nil, true}, {"date", "", true},
	} {
		field := contacts.Field{Key: "k", Type: example.kind, Choices: []string{"gold", "silver"}}
		if problem := field.Check(example.value); (problem == "") != example.ok {
			t.Errorf("%s %v: %q", example.kind, example.value, problem)
		}
	}
}

// Parity: LC-leads.
func TestCustomFieldsAreChecked(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	manager := company.Member("manager")
	field := func(values map[string]any) recadotest.Response {
		values["company"] = company.Id

		return app.Do(http.MethodPost, company.Records(collections.ContactFields), manager.Token, values)
	}

	first := field(map[string]any{"label": "Convênio nº", "type": "choice", "choices": []string{"A", "B"}}).Must(t, http.StatusOK)
	if first.JSON["key"] != "convenio_no" && first.JSON["key"] != "convenio_n" {
		t.Errorf("the key is %v", first.JSON["key"])
	}
	key := first.JSON["key"].(string)
	if second := field(map[string]any{"label": "Convênio nº", "type": "text"}).Must(t, http.StatusOK); second.JSON["key"] != key+"_2" {
		t.Errorf("the second key is %v", second.JSON["key"])
	}
	if got := field(map[string]any{"label": "Empty", "type": "choice"}); got.Code() != "invalid" {
		t.Errorf("a choice without choices: %s", got.Raw)
	}
	url := company.URL("/api/collections/contact_fields/records/" + first.JSON["id"].(string))
	if got := app.Do(http.MethodPatch, url, manager.Token, map[string]any{"type": "text"}); got.Code() != "invalid" {
		t.Errorf("the type was changed: %s", got.Raw)
	}

	contact := company.Contact()
	patch := func(custom any) recadotest.Response {
		return app.Do(http.MethodPatch, company.RecordURL(contact), manager.Token, map[string]any{"custom": custom})
	}
	patch(map[string]any{key: "B"}).Must(t, http.StatusOK)
	for _, wrong := range []any{map[string]any{key: "C"}, map[string]any{"unknown": "x"}, "text"} {
		if got := patch(wrong); got.Status != http.StatusBadRequest {
			t.Errorf("%v was taken: %s", wrong, got.Raw)
		}
	}
	// What a deleted field left behind is in nobody's way.
	app.Do(http.MethodDelete, url, manager.Token, nil).Must(t, http.StatusNoContent)
	patch(map[string]any{key: "B", key + "_2": "text"}).Must(t, http.StatusOK)
	if got := app.Reload(contact).GetString("custom"); !strings.Contains(got, `"B"`) || !strings.Contains(got, `"text"`) {
		t.Errorf("custom is %s", got)
	}
}
