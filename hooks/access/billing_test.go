package access_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Whom the invoices of a company are for is read and written by those who may change
// its settings, and learned by nobody else: by no list, filter, sort, expand or feed.
// Parity: DC-accounts.
func TestBillingIsForThoseWhoManageTheCompany(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, admin := company.Member("owner"), company.Member("admin")
	manager, agent, stranger := company.Member("manager"), company.Member("agent"), other.Member("owner")
	address := company.RecordURL(company.Record)

	feed := app.Feed(app.Listen(), company.Id, agent.Token)

	sent := map[string]any{"legal_name": " Clínica Sol Ltda ", "tax_id": "12.345.678/0001-90", "address": "Rua A, 1\nSão Paulo", "email": "pay@sol.example.com"}
	saved := app.Do(http.MethodPatch, address, admin.Token, map[string]any{"billing": sent}).Must(t, http.StatusOK)
	if got, _ := saved.JSON["billing"].(map[string]any); got["legal_name"] != "Clínica Sol Ltda" || got["tax_id"] != sent["tax_id"] || got["email"] != sent["email"] {
		t.Errorf("saved: %s", saved.Raw)
	}
	const secret = "12.345.678"
	for who, token := range map[string]string{"owner": owner.Token, "admin": admin.Token, "superuser": app.Superuser()} {
		if got := app.Do(http.MethodGet, address, token, nil).Must(t, http.StatusOK); !strings.Contains(string(got.Raw), secret) {
			t.Errorf("%s does not read it: %s", who, got.Raw)
		}
	}
	// What somebody manages elsewhere they do not manage here.
	company.Join(stranger.User, "agent")

	addresses := []string{
		address, "/api/collections/companies/records/" + company.Id, "/api/collections/companies/records", company.Records(collections.Companies),
		company.Records(collections.Companies) + "&fields=billing", company.Records(collections.Members) + "&expand=company", company.URL("/api/recado/me"),
		other.URL("/api/collections/companies/records/" + company.Id),
	}
	for who, token := range map[string]string{"manager": manager.Token, "agent": agent.Token, "an owner of another": stranger.Token, "guest": ""} {
		for _, at := range addresses {
			if got := app.Do(http.MethodGet, at, token, nil); strings.Contains(string(got.Raw), secret) {
				t.Errorf("%s reads it at %s", who, at)
			}
		}
		for _, query := range []url.Values{{"filter": {`billing ~ "12.345"`}}, {"filter": {`billing.tax_id ~ "12.345"`}}, {"sort": {"billing"}}} {
			if got := app.Do(http.MethodGet, company.Records(collections.Companies)+"&"+query.Encode(), token, nil); slices.Contains(got.Items(), company.Id) {
				t.Errorf("%s learns of it by %v", who, query)
			}
		}
		if got := app.Do(http.MethodGet, company.Records(collections.Tags)+"&"+url.Values{"filter": {`company.billing ~ "12.345"`}}.Encode(), token, nil); got.Status == http.StatusOK && len(got.Items()) > 0 {
			t.Errorf("%s learns of it along a relation", who)
		}
		if got := app.Do(http.MethodPatch, address, token, map[string]any{"billing": map[string]any{"tax_id": "1"}}); got.Status != http.StatusNotFound {
			t.Errorf("%s writes it: %d %s", who, got.Status, got.Raw)
		}
	}
	if got := app.Do(http.MethodGet, company.Records(collections.Members)+"&expand=company", owner.Token, nil); strings.Contains(string(got.Raw), secret) {
		t.Error("it is shown expanded")
	}

	for name, wrong := range map[string]any{
		"an address that is none": map[string]any{"email": "pay"}, "an unknown name": map[string]any{"iban": "x"}, "text": "x",
		"too long": map[string]any{"tax_id": strings.Repeat("1", 41)}, "a list": []string{"x"}, "a number": map[string]any{"tax_id": 12},
	} {
		if got := app.Do(http.MethodPatch, address, owner.Token, map[string]any{"billing": wrong}); got.Code() != "invalid" {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}

	// The feed told that the company changed, and not this. What is written down says
	// who changed what.
	if told := feed.Expect("company.updated", company.Id); strings.Contains(told, secret) || strings.Contains(told, "billing") {
		t.Errorf("the feed tells it: %s", told)
	}
	log := app.Do(http.MethodGet, company.Records(collections.Audit)+"&filter="+url.QueryEscape(`collection = "companies"`), owner.Token, nil)
	if !strings.Contains(string(log.Raw), secret) || !strings.Contains(string(log.Raw), admin.User.Id) {
		t.Errorf("the log lacks it: %s", log.Raw)
	}
	app.Do(http.MethodPatch, address, owner.Token, map[string]any{"billing": nil}).Must(t, http.StatusOK)
	if got := app.Do(http.MethodGet, address, owner.Token, nil); strings.Contains(string(got.Raw), secret) {
		t.Error("it can't be taken away")
	}
}
