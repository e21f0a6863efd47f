package access_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// logOf is what stands in the log of a company, the oldest first.
func logOf(t *testing.T, app *recadotest.App, company *recadotest.Company, where dbx.HashExp) []*core.Record {
	t.Helper()
	where["company"] = company.Id
	var rows []*core.Record
	if err := app.RecordQuery(collections.Audit).AndWhere(where).OrderBy("id").All(&rows); err != nil {
		t.Fatal(err)
	}

	return rows
}

// last is the last line that fits, with its changes.
func last(t *testing.T, app *recadotest.App, company *recadotest.Company, where dbx.HashExp) (*core.Record, map[string]any) {
	t.Helper()
	rows := logOf(t, app, company, where)
	if len(rows) == 0 {
		t.Fatalf("nothing is written down: %v", where)
	}
	row := rows[len(rows)-1]
	changes := map[string]any{}
	_ = json.Unmarshal([]byte(row.GetString("data")), &changes)

	return row, changes
}

// Parity: DC-activities, DC-admin, WT-auth.
func TestWhatPeopleAndKeysChangeIsWrittenDown(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	admin := company.Member("admin")
	queue := company.Queue()

	app.Do(http.MethodPatch, company.RecordURL(queue), admin.Token, map[string]any{"color": "teal"}).Must(t, http.StatusOK)
	row, changes := last(t, app, company, dbx.HashExp{"record": queue.Id, "action": "update"})
	if row.GetString("actor") != admin.User.Id || row.GetString("actor_kind") != "person" || row.GetString("actor_name") != admin.User.GetString("name") {
		t.Errorf("it is by %v", row.PublicExport())
	}
	if got := fmt.Sprint(changes); got != "map[color:[ teal]]" {
		t.Errorf("it changed %s", got)
	}

	made := app.Do(http.MethodPost, company.Records(collections.Tags), admin.Token, map[string]any{"company": company.Id, "name": "VIP"}).Must(t, http.StatusOK)
	id := made.JSON["id"].(string)
	if _, changes = last(t, app, company, dbx.HashExp{"record": id, "action": "create"}); fmt.Sprint(changes["name"]) != "[<nil> VIP]" {
		t.Errorf("making a tag: %v", changes)
	}
	app.Do(http.MethodDelete, company.RecordURL(queue), admin.Token, nil).Must(t, http.StatusNoContent)
	if _, changes = last(t, app, company, dbx.HashExp{"record": queue.Id, "action": "delete"}); fmt.Sprint(changes["color"]) != "[teal <nil>]" {
		t.Errorf("deleting a queue: %v", changes)
	}

	// A route of ours, and a key.
	app.Do(http.MethodPost, company.URL("/api/recado/away"), admin.Token, map[string]any{"on": true}).Must(t, http.StatusNoContent)
	if row, changes = last(t, app, company, dbx.HashExp{"record": admin.Id}); row.GetString("actor") != admin.User.Id || fmt.Sprint(changes["away"]) != "[false true]" {
		t.Errorf("away: %v by %v", changes, row.GetString("actor"))
	}
	key, _ := makeKey(t, company, app, admin.Token, map[string]any{"permissions": []string{"contacts.view_all", "contacts.edit_all"}})
	contact := company.Contact()
	app.Do(http.MethodPatch, company.RecordURL(contact), key, map[string]any{"name": "Secret Person", "lifecycle": "customer"}).Must(t, http.StatusOK)
	row, changes = last(t, app, company, dbx.HashExp{"record": contact.Id, "action": "update"})
	if row.GetString("actor_kind") != "key" || row.GetString("actor_name") != "Importer" || changes["name"] != true || fmt.Sprint(changes["lifecycle"]) != "[lead customer]" {
		t.Errorf("by a key: %v, %v", row.PublicExport(), changes)
	}

	// A superuser, and Recado itself.
	app.Do(http.MethodPatch, company.RecordURL(company.Record), app.Superuser(), map[string]any{"name": "Other Name"}).Must(t, http.StatusOK)
	if row, _ = last(t, app, company, dbx.HashExp{"record": company.Id}); row.GetString("actor_kind") != "superuser" || row.GetString("actor_name") == "" {
		t.Errorf("by a superuser: %v", row.PublicExport())
	}
	fresh := app.Reload(admin.Record)
	fresh.Set("away", false)
	if err := app.Save(fresh); err != nil {
		t.Fatal(err)
	}
	if row, _ = last(t, app, company, dbx.HashExp{"record": admin.Id}); row.GetString("actor_kind") != "system" {
		t.Errorf("by nobody: %v", row.PublicExport())
	}

	for _, row := range logOf(t, app, company, dbx.HashExp{}) {
		for _, secret := range []string{key, key[:20], "Secret Person", admin.User.TokenKey()} {
			if strings.Contains(row.GetString("data"), secret) {
				t.Errorf("the log tells a secret: %s", row.GetString("data"))
			}
		}
	}
	if rows := logOf(t, app, other, dbx.HashExp{"actor": admin.User.Id}); len(rows) > 0 {
		t.Errorf("another company's log has %d lines of it", len(rows))
	}
}

// Parity: DC-activities.
func TestSignInsAndRefusalsAreWrittenDown(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	agent := company.Member("agent")
	signIn(t, app, agent.User)
	if _, changes := last(t, app, company, dbx.HashExp{"action": "sign_in"}); changes["method"] != "password" {
		t.Errorf("a sign-in: %v", changes)
	}

	app.Do(http.MethodPost, "/api/collections/users/auth-with-password", "", map[string]any{"identity": agent.User.Email(), "password": "wrong one"}).Must(t, http.StatusBadRequest)
	app.Access.Drain()
	if row, _ := last(t, app, company, dbx.HashExp{"action": "sign_in_failed"}); row.GetString("actor") != agent.User.Id || strings.Contains(row.GetString("data"), "wrong one") {
		t.Errorf("a failed one: %v", row.PublicExport())
	}

	app.Do(http.MethodPost, company.URL("/api/recado/keys"), agent.Token, map[string]any{"name": "x", "permissions": []string{"contacts.add"}}).Must(t, http.StatusForbidden)
	if _, changes := last(t, app, company, dbx.HashExp{"action": "refused"}); changes["request"] != "POST /api/recado/keys" {
		t.Errorf("a refusal: %v", changes)
	}
	for range 50 {
		app.Do(http.MethodPost, company.URL("/api/recado/keys"), agent.Token, map[string]any{"name": "x", "permissions": []string{"contacts.add"}})
	}
	if rows := logOf(t, app, company, dbx.HashExp{"action": "refused"}); len(rows) > 10 {
		t.Errorf("whoever is refused fills the log: %d", len(rows))
	}
}

// Parity: DC-activities, DC-admin.
func TestTheLogStaysAsItWasWritten(t *testing.T) {
	app := recadotest.New(t, nil)
	company := app.Company()
	owner := company.Member("owner")
	row, _ := last(t, app, company, dbx.HashExp{})
	superuser := app.Superuser()
	count := len(logOf(t, app, company, dbx.HashExp{}))

	for name, token := range map[string]string{"an owner": owner.Token, "a superuser": superuser} {
		url := company.RecordURL(row)
		for method, got := range map[string]recadotest.Response{
			"changes": app.Do(http.MethodPatch, url, token, map[string]any{"action": "nothing"}),
			"deletes": app.Do(http.MethodDelete, url, token, nil),
			"adds":    app.Do(http.MethodPost, company.Records(collections.Audit), token, map[string]any{"company": company.Id, "action": "made up"}),
			"empties": app.Do(http.MethodDelete, "/api/collections/audit/truncate", token, nil),
			"drops":   app.Do(http.MethodDelete, "/api/collections/audit", token, nil),
		} {
			if got.Status < 400 {
				t.Errorf("%s %s the log: %d", name, method, got.Status)
			}
		}
	}
	if got := len(logOf(t, app, company, dbx.HashExp{"action": row.GetString("action")})); got == 0 || len(logOf(t, app, company, dbx.HashExp{})) < count {
		t.Error("the log is shorter than it was")
	}
}

// Parity: DC-activities, DC-patterns.
func TestTheLogAsATable(t *testing.T) {
	app := recadotest.New(t, nil)
	company, other := app.Company(), app.Company()
	admin, agent := company.Member("admin"), company.Member("agent")
	for range 3 {
		app.Do(http.MethodPost, company.Records(collections.Tags), admin.Token, map[string]any{"company": company.Id, "name": fmt.Sprint("=tag", time.Now().UnixNano())}).Must(t, http.StatusOK)
	}
	export := func(company *recadotest.Company, token, query string) recadotest.Response {
		return app.Do(http.MethodGet, company.URL("/api/recado/audit/export?"+query), token, nil)
	}

	rows, err := csv.NewReader(strings.NewReader(string(export(company, admin.Token, "collection=tags&action=create").Must(t, http.StatusOK).Raw))).ReadAll()
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if !slices.Contains(rows[1], admin.User.GetString("name")) {
		t.Errorf("the row is %v", rows[1])
	}
	export(company, agent.Token, "").Must(t, http.StatusForbidden)
	export(other, admin.Token, "").Must(t, http.StatusForbidden)
	export(company, admin.Token, "from=yesterday").Must(t, http.StatusBadRequest)
	if got := export(company, admin.Token, "to=2000-01-01T00:00:00Z").Must(t, http.StatusOK).Raw; strings.Count(string(got), "\n") != 1 {
		t.Errorf("nothing was so long ago: %s", got)
	}
}

// Parity: DC-activities.
func TestTheLogIsKeptAsLongAsWanted(t *testing.T) {
	clock := recadotest.NewClock(time.Now())
	app := recadotest.New(t, clock.Now)
	short, usual, ever := app.Company(), app.Company(), app.Company()
	for company, days := range map[*recadotest.Company]int{short: 30, ever: 0} {
		fresh := app.Reload(company.Record)
		fresh.Set("settings", map[string]any{"retention": map[string]any{"audit_days": days}})
		if err := app.Save(fresh); err != nil {
			t.Fatal(err)
		}
	}
	left := func() (counts [3]bool) {
		for i, company := range []*recadotest.Company{short, usual, ever} {
			counts[i] = len(logOf(t, app, company, dbx.HashExp{})) > 0
		}

		return counts
	}
	for _, step := range []struct {
		days int
		want [3]bool
	}{{29, [3]bool{true, true, true}}, {2, [3]bool{false, true, true}}, {335, [3]bool{false, false, true}}} {
		clock.Advance(time.Duration(step.days) * 24 * time.Hour)
		if err := app.Access.ForgetAudit(context.Background()); err != nil {
			t.Fatal(err)
		}
		if got := left(); got != step.want {
			t.Errorf("after %d more days: %v, want %v", step.days, got, step.want)
		}
	}
}
