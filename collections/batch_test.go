package collections_test

import (
	"net/http"
	"testing"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/recadotest"
)

// A batch is all or nothing, and each of its requests is held against the rule of its
// own row and company.
//
// Parity: DC-patterns.
func TestABatchIsAllOrNothing(t *testing.T) {
	app := recadotest.New(t, nil)
	app.Settings().Batch.Enabled, app.Settings().Batch.MaxRequests = true, 10
	if err := app.Save(app.Settings()); err != nil {
		t.Fatal(err)
	}
	here, there := app.Company(), app.Company()
	agent := here.Member("agent")
	app.T = t
	here.Permit(agent.Record, "contacts.view_own", "contacts.edit_own", "contacts.add")
	mine := here.Create(collections.Contacts, map[string]any{"name": "Mine", "owner": agent.Id})
	colleagues := here.Create(collections.Contacts, map[string]any{"name": "A colleague's", "owner": here.Member("agent").Id})
	theirs := there.Contact()

	create := func(company *recadotest.Company) map[string]any {
		return map[string]any{"method": "POST", "url": company.Records(collections.Contacts), "body": map[string]any{"company": company.Id, "name": "New", "owner": agent.Id}}
	}
	patch := func(url string) map[string]any {
		return map[string]any{"method": "PATCH", "url": url, "body": map[string]any{"notes": "by a batch"}}
	}
	send := func(token string, requests ...map[string]any) recadotest.Response {
		return app.Do(http.MethodPost, "/api/batch", token, map[string]any{"requests": requests})
	}
	written := func() (n int) {
		t.Helper()
		err := app.DB().Select("count(*)").From(collections.Contacts).Where(dbx.NewExp("name = 'New' OR notes = 'by a batch'")).Row(&n)
		if err != nil {
			t.Fatal(err)
		}

		return n
	}

	good := []map[string]any{create(here), patch(here.RecordURL(mine))}
	for what, wrong := range map[string]map[string]any{
		"a colleague's contact":           patch(here.RecordURL(colleagues)),
		"another company's":               patch(there.RecordURL(theirs)),
		"another company's, as if ours":   patch(here.URL("/api/collections/contacts/records/" + theirs.Id)),
		"a contact for another company":   create(there),
		"without a company":               patch("/api/collections/contacts/records/" + mine.Id),
		"a delete that is not allowed":    {"method": "DELETE", "url": here.RecordURL(mine)},
		"a contact without what it needs": {"method": "POST", "url": here.Records(collections.Contacts), "body": map[string]any{"company": here.Id, "lifecycle": "nonsense"}},
	} {
		if got := send(agent.Token, append(good[:2:2], wrong)...); got.Status < 400 || got.Status > 404 {
			t.Errorf("%s: %d %s", what, got.Status, got.Raw)
		}
		if got := send(agent.Token, append([]map[string]any{wrong}, good...)...); got.Status < 400 || got.Status > 404 {
			t.Errorf("%s, first: %d %s", what, got.Status, got.Raw)
		}
		if n := written(); n != 0 {
			t.Fatalf("%s: %d rows were written by batches that failed", what, n)
		}
	}
	if got := send("", good...); got.Status < 400 {
		t.Errorf("a guest: %d %s", got.Status, got.Raw)
	}

	send(agent.Token, good...).Must(t, http.StatusOK)
	if n := written(); n != 2 {
		t.Errorf("%d rows are written, want 2", n)
	}
}
