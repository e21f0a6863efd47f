package access_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"

	"recado/collections"
	"recado/hooks/recadotest"
)

// What a company says of itself, by the records API. Parity: LC-company.
func TestTheProfileOfACompany(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	owner, agent := company.Member("owner"), company.Member("agent")
	address := company.RecordURL(company.Record)
	set := func(body map[string]any) recadotest.Response {
		return app.Do(http.MethodPatch, address, owner.Token, body)
	}

	saved := set(map[string]any{
		"kind": "other", "kind_other": " Chimney sweep ", "size": "11-50", "website": " sol.example.com/pt ", "phone": "(11) 98765-4321",
	}).Must(t, http.StatusOK).JSON
	for field, want := range map[string]string{
		"kind": "other", "kind_other": "Chimney sweep", "size": "11-50", "website": "https://sol.example.com/pt", "phone": "+5511987654321",
	} {
		if saved[field] != want {
			t.Errorf("%s is %v, want %s", field, saved[field], want)
		}
	}
	set(map[string]any{"name": "Renamed"}).Must(t, http.StatusOK) // nothing of it is asked again

	for field, wrong := range map[string][]map[string]any{
		"kind_other": {{"kind": "other", "kind_other": " "}, {"kind": "salon", "kind_other": "Nails"}, {"kind_other": strings.Repeat("x", 101)}},
		"size":       {{"size": "5"}, {"size": "many"}},
		"website": {
			{"website": "javascript:alert(1)"}, {"website": "ftp://sol.example.com"}, {"website": "https://user:secret@sol.example.com"},
			{"website": "sol"}, {"website": "mailto:a@sol.example.com"}, {"website": "https://"}, {"website": `https://a.b"><script>`},
			{"website": "https://sol.example.com/" + strings.Repeat("x", 300)},
		},
		"phone": {{"phone": "call us"}, {"phone": "12"}},
	} {
		for _, body := range wrong {
			got := set(body)
			data, _ := got.JSON["data"].(map[string]any)
			if got.Status != http.StatusBadRequest || data["field"] != field && data[field] == nil {
				t.Errorf("%v: %d %s", body, got.Status, got.Raw)
			}
		}
	}

	// Of another kind it says no more which.
	if got := set(map[string]any{"kind": "clinic"}).Must(t, http.StatusOK).JSON; got["kind_other"] != "" {
		t.Errorf("a clinic is also %v", got["kind_other"])
	}
	if got := set(map[string]any{"kind": "other"}); got.Code() != "invalid" {
		t.Errorf("other, and not which: %s", got.Raw)
	}
	set(map[string]any{"size": "", "website": "", "phone": ""}).Must(t, http.StatusOK)
	for who, token := range map[string]string{"an agent": agent.Token, "another's owner": other.Member("owner").Token, "a guest": ""} {
		if got := app.Do(http.MethodPatch, address, token, map[string]any{"size": "501+"}); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d %s", who, got.Status, got.Raw)
		}
	}
}

// Parity: LC-company.
func TestTheProfileOfAPerson(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	agent := company.Member("agent")
	address := company.RecordURL(agent.User)
	saved := app.Do(http.MethodPatch, address, agent.Token, map[string]any{"phone": "11 98765-4321", "job_title": " Owner "}).Must(t, http.StatusOK).JSON
	if saved["phone"] != "+5511987654321" || saved["job_title"] != "Owner" {
		t.Errorf("saved: %v", saved)
	}
	for field, value := range map[string]string{"phone": "reception", "job_title": strings.Repeat("x", 101)} {
		if got := app.Do(http.MethodPatch, address, agent.Token, map[string]any{field: value}); got.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", field, got.Status, got.Raw)
		}
	}
	if got := app.Do(http.MethodPatch, address, company.Member("owner").Token, map[string]any{"job_title": "Boss"}); got.Status != http.StatusNotFound {
		t.Errorf("a colleague's: %d %s", got.Status, got.Raw)
	}
}

// Whatever people and companies call themselves, they may and see what they could
// before. Parity: LC-company.
func TestWordsOpenNothing(t *testing.T) {
	app := recadotest.New(t, nil)
	mine, theirs := app.Company(), app.Company()
	secret := theirs.Contact()
	words := map[string]any{"kind": "other"}
	for _, field := range []string{"name", "kind_other"} {
		words[field] = theirs.GetString("name")
	}
	theirs.Set("kind", "other")
	theirs.Set("kind_other", theirs.GetString("name"))
	if err := app.Save(theirs.Record); err != nil {
		t.Fatal(err)
	}
	owner, agent := mine.Member("owner"), mine.Member("agent")
	app.Do(http.MethodPatch, mine.RecordURL(mine.Record), owner.Token, words).Must(t, http.StatusOK)
	app.Do(http.MethodPatch, mine.RecordURL(agent.User), agent.Token, map[string]any{"job_title": "owner"}).Must(t, http.StatusOK)

	for who, token := range map[string]string{"its owner": owner.Token, "its agent": agent.Token} {
		for _, at := range []*recadotest.Company{mine, theirs} {
			if got := app.Do(http.MethodGet, at.RecordURL(secret), token, nil); got.Status != http.StatusNotFound {
				t.Errorf("%s sees a customer of a company of the same name: %d", who, got.Status)
			}
		}
		if got := app.Do(http.MethodGet, theirs.Records(collections.Contacts), token, nil); len(got.Items()) > 0 {
			t.Errorf("%s lists %s", who, got.Raw)
		}
	}
	if got := app.Do(http.MethodPatch, mine.RecordURL(mine.Record), agent.Token, map[string]any{"name": "Mine"}); got.Status != http.StatusNotFound {
		t.Errorf("who calls herself an owner changes the company: %d", got.Status)
	}
	if got := app.Do(http.MethodPost, mine.URL("/api/recado/exports"), agent.Token, nil); got.Status != http.StatusForbidden {
		t.Errorf("and takes its data: %d", got.Status)
	}
}

// Set-up, sign-up and another company take the profile along, or leave it out; a copy
// is of the same kind. Parity: LC-company.
func TestBeginningWithAProfile(t *testing.T) {
	profile := map[string]any{
		"kind": "other", "kind_other": "Chimney sweep", "size": "1-10", "website": "sweep.example.com", "phone": "912 345 678", "timezone": "Europe/Lisbon",
	}
	want := map[string]string{"kind_other": "Chimney sweep", "size": "1-10", "website": "https://sweep.example.com", "phone": "+351912345678"}
	person := map[string]any{"name": "Ana", "email": "ana@example.com", "password": recadotest.Password, "phone": "912 345 679", "job_title": "Founder"}
	named := func(name string, more map[string]any) map[string]any {
		body := map[string]any{"name": name}
		maps.Copy(body, profile)
		maps.Copy(body, more)

		return body
	}
	shown := func(t *testing.T, got any, want map[string]string) {
		t.Helper()
		row, _ := got.(map[string]any)
		for field, value := range want {
			if row[field] != value {
				t.Errorf("%s is %v, want %s", field, row[field], value)
			}
		}
	}

	app := recadotest.New(t, nil, "RECADO_SIGNUP=open")
	setup := map[string]any{"owner": person, "company": named("Sweep", map[string]any{"kind_other": ""})}
	if got := app.Do(http.MethodPost, "/api/recado/setup", "", setup); got.Code() != "invalid" {
		t.Errorf("other, and not which: %d %s", got.Status, got.Raw)
	}
	setup["company"] = named("Sweep", nil)
	done := app.Do(http.MethodPost, "/api/recado/setup", "", setup).Must(t, http.StatusOK).JSON
	shown(t, done["company"], want)
	shown(t, done["record"], map[string]string{"phone": "+351912345679", "job_title": "Founder"})

	token, _ := done["token"].(string)
	first, _ := done["company"].(map[string]any)
	copied := app.Do(http.MethodPost, "/api/recado/companies", token, map[string]any{"name": "Sweep two", "copy": first["id"]}).Must(t, http.StatusOK).JSON
	shown(t, copied["company"], map[string]string{"kind": "other", "kind_other": "Chimney sweep", "website": "", "phone": ""})
	another := app.Do(http.MethodPost, "/api/recado/companies", token, named("Sweep three", nil)).Must(t, http.StatusOK).JSON
	shown(t, another["company"], want)

	person["email"] = "bia@example.com"
	for field, wrong := range map[string]any{"website": "javascript:alert(1)", "phone": "x", "size": "huge", "kind_other": ""} {
		body := maps.Clone(person)
		body["company"] = named("Bia", map[string]any{field: wrong})
		got := app.Do(http.MethodPost, "/api/recado/signup", "", body)
		if data, _ := got.JSON["data"].(map[string]any); got.Status != http.StatusBadRequest || data["field"] != field {
			t.Errorf("%s: %d %s", field, got.Status, got.Raw)
		}
	}
	body := maps.Clone(person)
	body["company"] = map[string]any{"name": "Bia"} // nothing of it is needed
	delete(body, "phone")
	delete(body, "job_title")
	app.Do(http.MethodPost, "/api/recado/signup", "", body).Must(t, http.StatusOK)
}
