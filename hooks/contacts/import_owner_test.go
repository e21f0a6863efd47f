package contacts_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/recadotest"
)

// untilAsked is a context that is over once it has been asked so often.
type untilAsked struct {
	context.Context
	left int
}

func (c *untilAsked) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}

	return c.Context.Err()
}

// Parity: LS-members, LC-subusers.
func TestWhoLeavesDuringAnImportIsGivenNothingMore(t *testing.T) {
	d := newDesk(t)
	d.app.Contacts.Stop() // only this test works it off
	owner := d.company.Member("owner")
	colleague, heir, last := d.company.Member("agent"), d.company.Member("agent"), d.company.Member("agent")
	d.company.Permit(d.manager.Record, "contacts.view_own", "contacts.edit_own", "contacts.import") // what they bring is theirs
	var file strings.Builder
	file.WriteString("name,owner\n")
	for i := range 1200 {
		fmt.Fprintf(&file, "Person %d,%s\n", i, []string{colleague.User.Email(), ""}[i%2])
	}
	draft := d.upload(d.manager.Token, "people.csv", []byte(file.String())).Must(t, http.StatusOK).JSON["import"].(map[string]any)
	d.step(draft["id"].(string), "start", map[string]any{"mapping": draft["mapping"], "mode": "skip"}).Must(t, http.StatusOK)
	if err := d.app.Contacts.RunImports(&untilAsked{t.Context(), 2}); err != nil { // before the first batch, and after it
		t.Fatal(err)
	}
	if got := d.load(draft["id"].(string)).GetInt("done"); got != 500 {
		t.Fatalf("%d rows are done, want a batch", got)
	}

	leave := func(member, to *recadotest.Member) {
		t.Helper()
		d.app.Do(http.MethodPost, d.company.URL("/api/recado/members/"+member.Id+"/deactivate"), owner.Token, map[string]any{"to": to.Id}).Must(t, http.StatusOK)
	}
	leave(colleague, heir)
	leave(heir, last) // who takes over leaves as well
	leave(d.manager, owner)
	d.drain()
	for member, want := range map[*recadotest.Member]int64{colleague: 0, heir: 0, d.manager: 0, last: 600, owner: 600} {
		if got, err := d.app.CountRecords(collections.Contacts, dbx.HashExp{"company": d.company.Id, "owner": member.Id}); err != nil || got != want {
			t.Errorf("%s has %d contacts, want %d, %v", member.GetString("name"), got, want, err)
		}
	}
}

// Somebody who left before is none that a row can name: who looks after a contact stays.
func TestARowThatNamesSomebodyWhoLeft(t *testing.T) {
	d := newDesk(t)
	former, keeper := d.company.Member("agent"), d.company.Member("agent")
	known := d.company.Create(collections.Contacts, map[string]any{"name": "Ana", "email": "ana@example.com", "owner": keeper.Id})
	fresh := d.app.Reload(former.Record)
	fresh.Set("active", false)
	if err := d.app.Save(fresh); err != nil {
		t.Fatal(err)
	}
	record := d.run("update", "name,email,owner\nAna Lima,ana@example.com,"+former.User.Email()+"\nBia,bia@example.com,"+former.User.Email()+"\n")
	if got, want := counts(record), "done 2 2 1 1 0 0"; got != want {
		t.Errorf("counted %s, want %s", got, want)
	}
	if got := d.app.Reload(known); got.GetString("owner") != keeper.Id || got.GetString("name") != "Ana Lima" {
		t.Errorf("she is %v", got.PublicExport())
	}
	bia, err := d.app.FindFirstRecordByData(collections.Contacts, "email", "bia@example.com")
	if err != nil || bia.GetString("owner") != "" {
		t.Errorf("the new one is %s's, %v", bia.GetString("owner"), err)
	}

	// Taking it back gives nothing to who left meanwhile.
	keeping := d.company.Member("agent")
	again := d.run("update", "email,owner\nana@example.com,"+keeping.User.Email()+"\n")
	fresh = d.app.Reload(keeper.Record)
	fresh.Set("active", false)
	if err := d.app.Save(fresh); err != nil {
		t.Fatal(err)
	}
	d.step(again.Id, "undo", nil).Must(t, http.StatusOK)
	d.drain()
	if got := d.app.Reload(known).GetString("owner"); got != "" {
		t.Errorf("taken back, she is %s's", got)
	}
}
