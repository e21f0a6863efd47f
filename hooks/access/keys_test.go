package access_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// makeKey makes a key through the API and returns it with its row.
func makeKey(t *testing.T, company *recadotest.Company, app *recadotest.App, by string, body map[string]any) (key, row string) {
	t.Helper()
	body["name"] = "Importer"
	answer := app.Do(http.MethodPost, company.URL("/api/recado/keys"), by, body).Must(t, http.StatusOK)

	return answer.JSON["key"].(string), answer.JSON["record"].(map[string]any)["id"].(string)
}

// Parity: WT-auth, DC-permissions, LC-isolation.
func TestAKeyMayWhatItWasGiven(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	app := recadotest.New(t, clock.Now)
	company, other := app.Company(), app.Company()
	admin, agent := company.Member("admin"), company.Member("agent")
	mine, theirs := company.Contact(), other.Contact()

	key, id := makeKey(t, company, app, admin.Token, map[string]any{"permissions": []string{"contacts.view_all", "contacts.add"}})
	if strings.Contains(string(app.Do(http.MethodGet, company.Records(collections.APIKeys), admin.Token, nil).Raw), key) {
		t.Error("the list shows the key")
	}
	row, err := app.FindRecordById(collections.APIKeys, id)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(key, row.GetString("prefix")) || strings.Contains(fmt.Sprint(row.FieldsData()), key) {
		t.Errorf("the row is %v", row.FieldsData())
	}

	app.Do(http.MethodGet, company.RecordURL(mine), key, nil).Must(t, http.StatusOK)
	app.Do(http.MethodGet, company.RecordURL(mine), "Bearer "+key, nil).Must(t, http.StatusOK)
	app.Do(http.MethodPost, company.Records(collections.Contacts), key, map[string]any{"company": company.Id, "name": "Ana"}).Must(t, http.StatusOK)
	app.Do(http.MethodPatch, company.RecordURL(mine), key, map[string]any{"name": "Bia"}).Must(t, http.StatusNotFound)
	app.Do(http.MethodGet, company.URL("/api/recado/contacts/export?format=csv"), key, nil).Must(t, http.StatusForbidden)
	app.Do(http.MethodGet, other.RecordURL(theirs), key, nil).Must(t, http.StatusNotFound)
	if items := app.Do(http.MethodGet, company.Records(collections.Conversations), key, nil).Items(); len(items) > 0 {
		t.Errorf("it sees conversations: %v", items)
	}

	for body, status := range map[*map[string]any]int{
		{"name": "x", "permissions": []string{"billing.manage"}}:                                        http.StatusForbidden, // an admin does not hold it
		{"name": "x", "permissions": []string{}}:                                                        http.StatusBadRequest,
		{"name": "", "permissions": []string{"contacts.add"}}:                                           http.StatusBadRequest,
		{"name": "x", "permissions": []string{"contacts.add"}, "addresses": []string{"here"}}:           http.StatusBadRequest,
		{"name": "x", "permissions": []string{"contacts.add"}, "expires": time.Now().AddDate(-1, 0, 0)}: http.StatusBadRequest,
		{"name": "x", "permissions": []string{"contacts.add"}, "channel": other.Webchat().Id}:           http.StatusBadRequest,
	} {
		app.Do(http.MethodPost, company.URL("/api/recado/keys"), admin.Token, *body).Must(t, status)
	}
	app.Do(http.MethodPost, company.URL("/api/recado/keys"), agent.Token, map[string]any{"name": "x", "permissions": []string{"contacts.add"}}).Must(t, http.StatusForbidden)
	app.Do(http.MethodPost, other.URL("/api/recado/keys"), admin.Token, map[string]any{"name": "x", "permissions": []string{"contacts.add"}}).Must(t, http.StatusForbidden)

	// Its user has no other way in, and its membership is no person's.
	user, err := app.FindRecordById(collections.Users, row.GetString("user"))
	if err != nil {
		t.Fatal(err)
	}
	user.SetPassword(recadotest.Password)
	if err := app.Save(user); err != nil {
		t.Fatal(err)
	}
	app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": user.Email(), "password": recadotest.Password}).Must(t, http.StatusForbidden)
	app.Do(http.MethodPatch, company.URL("/api/collections/members/records/"+row.GetString("member")), admin.Token,
		map[string]any{"role": company.Roles["admin"].Id}).Must(t, http.StatusBadRequest)

	// When it was used is written by the minute.
	clock.Advance(time.Hour)
	app.Do(http.MethodGet, company.RecordURL(mine), key, nil).Must(t, http.StatusOK)
	if err := app.Access.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := app.Reload(row).GetDateTime("last_used").Time(); clock.Now().Sub(got) > time.Second {
		t.Errorf("last used %v, now %v", got, clock.Now())
	}
}

// Parity: WT-auth.
func TestAKeyEnds(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	app := recadotest.New(t, clock.Now)
	company := app.Company()
	admin := company.Member("admin")
	ask := func(key, from string) recadotest.Response {
		request := httptest.NewRequest(http.MethodGet, "/api/recado/me", nil)
		request.Header.Set("Authorization", key)
		request.RemoteAddr = from + ":1234"

		return app.Send(request)
	}
	permissions := []string{"contacts.view_all"}

	t.Run("by its date", func(t *testing.T) {
		key, _ := makeKey(t, company, app, admin.Token, map[string]any{"permissions": permissions, "expires": clock.Now().Add(time.Hour)})
		ask(key, "192.0.2.1").Must(t, http.StatusOK)
		clock.Advance(time.Hour)
		if got := ask(key, "192.0.2.1"); got.Status != http.StatusUnauthorized || got.Code() != "key_refused" {
			t.Errorf("%d %s", got.Status, got.Raw)
		}
	})
	t.Run("at the wrong address", func(t *testing.T) {
		key, _ := makeKey(t, company, app, admin.Token, map[string]any{"permissions": permissions, "addresses": []string{"203.0.113.0/24", "2001:db8::1"}})
		ask(key, "203.0.113.9").Must(t, http.StatusOK)
		ask(key, "203.0.114.9").Must(t, http.StatusUnauthorized)
	})
	t.Run("when it is revoked, for good", func(t *testing.T) {
		key, id := makeKey(t, company, app, admin.Token, map[string]any{"permissions": permissions})
		ask(key, "192.0.2.1").Must(t, http.StatusOK)
		url := company.URL("/api/collections/api_keys/records/" + id)
		app.Do(http.MethodPatch, url, admin.Token, map[string]any{"permissions": []string{"company.manage"}, "key_hash": "x", "name": "Other"}).Must(t, http.StatusOK)
		ask(key, "192.0.2.1").Must(t, http.StatusOK)
		app.Do(http.MethodPatch, url, admin.Token, map[string]any{"revoked": true}).Must(t, http.StatusOK)
		ask(key, "192.0.2.1").Must(t, http.StatusUnauthorized)
		app.Do(http.MethodPatch, url, admin.Token, map[string]any{"revoked": false}).Must(t, http.StatusOK)
		ask(key, "192.0.2.1").Must(t, http.StatusUnauthorized)
	})
	for _, guess := range []string{"rk_", "rk_guess", "rk_" + strings.Repeat("a", 40)} {
		ask(guess, "192.0.2.1").Must(t, http.StatusUnauthorized)
	}
}

// Parity: WT-auth.
func TestAKeyOfOneChannelWritesOnItOnly(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	own, another := company.Webchat(), company.Webchat()
	key, _ := makeKey(t, company, app, company.Member("admin").Token, map[string]any{
		"permissions": []string{"inbox.view_all", "inbox.edit_all", "inbox.reply"}, "channel": own.Id,
	})
	write := func(conversation string) recadotest.Response {
		return app.Do(http.MethodPost, company.Records(collections.Messages), key, map[string]any{
			"company": company.Id, "conversation": conversation, "kind": "text", "text": "hi",
		})
	}
	write(company.Conversation(own).Id).Must(t, http.StatusOK)
	if got := write(company.Conversation(another).Id); got.Status != http.StatusForbidden || got.Code() != "key_channel" {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
}

// Parity: DC-ops, WT-auth.
func TestAKeyAsksSixHundredTimesAMinute(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	app := recadotest.New(t, clock.Now)
	company := app.Company()
	admin := company.Member("admin")
	key, _ := makeKey(t, company, app, admin.Token, map[string]any{"permissions": []string{"contacts.view_all"}})
	other, _ := makeKey(t, company, app, admin.Token, map[string]any{"permissions": []string{"contacts.view_all"}})
	ask := func(key string) recadotest.Response {
		return app.Do(http.MethodGet, "/api/recado/me", key, nil)
	}

	for range 600 {
		ask(key).Must(t, http.StatusOK)
	}
	if got := ask(key); got.Status != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Fatalf("%d %s", got.Status, got.Raw)
	}
	ask(other).Must(t, http.StatusOK)
	clock.Advance(time.Second)
	ask(key).Must(t, http.StatusOK)
}

// Parity: LS-roles, LC-subusers, DC-permissions.
func TestAMembersExceptions(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	admin, agent, owner := company.Member("admin"), company.Member("agent"), company.Member("owner")
	put := func(who *recadotest.Member, by string, exceptions any) recadotest.Response {
		return app.Do(http.MethodPatch, company.RecordURL(who.Record), by, map[string]any{"exceptions": exceptions})
	}
	held := func(who *recadotest.Member) []string { return app.Reload(who.Record).GetStringSlice("permissions") }

	put(agent, admin.Token, map[string]any{"add": []string{"contacts.export"}, "remove": []string{"contacts.edit_team", "inbox.reply"}}).Must(t, http.StatusOK)
	got := held(agent)
	for permission, want := range map[string]bool{
		"contacts.export": true, "contacts.edit_own": true, "contacts.edit_team": false, "contacts.edit_all": false, "inbox.reply": false, "contacts.view_all": true,
	} {
		if slices.Contains(got, permission) != want {
			t.Errorf("%s: %v, want %v", permission, !want, want)
		}
	}
	// It follows the role, and counts with the next request.
	app.Do(http.MethodGet, company.URL("/api/recado/contacts/export?format=csv"), agent.Token, nil).Must(t, http.StatusOK)

	put(agent, agent.Token, map[string]any{"add": []string{"company.manage"}}).Must(t, http.StatusNotFound)
	put(agent, admin.Token, map[string]any{"add": []string{"billing.manage"}}).Must(t, http.StatusForbidden)
	put(agent, admin.Token, map[string]any{"add": "all"}).Must(t, http.StatusBadRequest)
	put(owner, owner.Token, map[string]any{"remove": []string{"company.manage"}}).Must(t, http.StatusOK)
	if !slices.Contains(held(owner), "company.manage") {
		t.Error("an owner may not do everything")
	}
}
