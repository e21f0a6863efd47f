package contacts_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/contacts/table"
	"recado/hooks/recadotest"
)

func (d *desk) export(token, query string) recadotest.Response {
	d.app.T.Helper()

	return d.app.Do(http.MethodGet, d.company.URL("/api/recado/contacts/export?"+query), token, nil)
}

// names are the second column of an exported CSV, without the heading.
func names(t *testing.T, content []byte) []string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatalf("%v: %s", err, content)
	}
	var list []string
	for _, row := range rows[1:] {
		list = append(list, row[1])
	}
	slices.Sort(list) // those made within one millisecond come in any order

	return list
}

// Parity: LC-export, LC-isolation, WB-contacts.
func TestExportIsWhatTheListShows(t *testing.T) {
	d := newDesk(t)
	d.company.Create(collections.Contacts, map[string]any{"name": "=cmd|' /C calc'!A0", "notes": "-1+1", "owner": d.manager.Id})
	d.company.Create(collections.Contacts, map[string]any{"name": "Ana", "lifecycle": "customer"})
	d.company.Create(collections.Contacts, map[string]any{"name": "Gone", "deleted": "2026-01-01 00:00:00.000Z"})
	other := d.app.Company()
	other.Contact()

	answer := d.export(d.manager.Token, "").Must(t, http.StatusOK)
	if got := names(t, answer.Raw); !slices.Equal(got, []string{"'=cmd|' /C calc'!A0", "Ana"}) || !strings.Contains(string(answer.Raw), "'-1+1") {
		t.Errorf("exported %q: %s", got, answer.Raw)
	}
	if kind := answer.Header.Get("Content-Disposition"); !strings.HasPrefix(kind, "attachment") {
		t.Errorf("it comes as %q", kind)
	}
	filter := url.Values{"filter": {"lifecycle = 'customer'"}}.Encode()
	if got := names(t, d.export(d.manager.Token, filter).Must(t, http.StatusOK).Raw); !slices.Equal(got, []string{"Ana"}) {
		t.Errorf("customers are %q", got)
	}
	for _, wrong := range []string{"filter=nothing+%3D", "filter=%40collection.users.id+%3D+1", "format=pdf"} {
		if got := d.export(d.manager.Token, wrong); got.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, got.Status, got.Raw)
		}
	}
	if got := d.export(d.company.Member("agent").Token, ""); got.Code() != "forbidden" {
		t.Errorf("an agent exported: %s", got.Raw)
	}
	if got := d.export(other.Member("owner").Token, ""); got.Code() != "not_a_member" {
		t.Errorf("another company's owner exported: %s", got.Raw)
	}

	d.company.Permit(d.manager.Record, "contacts.view_own", "contacts.export")
	if got := names(t, d.export(d.manager.Token, "").Must(t, http.StatusOK).Raw); len(got) != 1 {
		t.Errorf("who sees their own exports %q", got)
	}
}

// Whatever contacts hold, what was exported changes nothing when it is imported.
//
// Parity: LC-import, LC-export.
func TestExportedAndImportedAgainNothingChanges(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"João", "=1+1", "'quoted", "\"", ";", ",", "\n", "\r\n", "\t", "+55", "-", "@x", "ß", "  ", "😀", "0012", "1e5", "''=a", "|"}
	text := func() string {
		var out strings.Builder
		for range random.IntN(6) {
			out.WriteString(pieces[random.IntN(len(pieces))])
		}

		return out.String()
	}
	d := newDesk(t)
	var tags []string
	for _, name := range []string{"VIP", "a, b", "Às vezes"} {
		tags = append(tags, d.company.Create(collections.Tags, map[string]any{"name": name}).Id)
	}
	for i, kind := range []string{"text", "number", "boolean", "date", "choice"} {
		d.company.Create(collections.ContactFields, map[string]any{"label": "Own " + kind, "key": kind, "type": kind, "choices": []string{"=A", "b;c"}, "position": i})
	}
	for i := range 300 {
		row := map[string]any{"name": text(), "notes": text(), "lead_status": text(), "category": text(), "owner": []string{"", d.manager.Id}[i%2]}
		if i%3 == 0 {
			row["phone"] = fmt.Sprintf("+5511%09d", 900000000+random.IntN(100))
		}
		if i%4 == 0 {
			row["email"] = fmt.Sprintf("p%d@example.com", random.IntN(50))
		}
		if i%5 == 0 {
			row["tags"] = []string{tags[i%3], tags[(i+1)%3]}
		}
		if i%6 == 0 {
			row["custom"] = map[string]any{"text": text(), "number": float64(random.IntN(1e6)) / 8, "boolean": i%4 == 0, "date": "2020-02-29", "choice": []string{"=A", "b;c"}[i%2]}
		}
		d.company.Create(collections.Contacts, row)
	}
	dump := func() string {
		var rows []dbx.NullStringMap
		if err := d.app.DB().NewQuery("SELECT * FROM contacts ORDER BY id").All(&rows); err != nil {
			t.Fatal(err)
		}

		return fmt.Sprint(rows)
	}
	before := dump()

	for _, format := range []string{"csv", "xlsx"} {
		file := d.export(d.manager.Token, "format="+format).Must(t, http.StatusOK).Raw
		if table.Format(file) != format {
			t.Fatalf("%s looks like %q", format, table.Format(file))
		}
		record := d.run("update", string(file))
		if got, want := counts(record), "done 300 300 0 0 300 0"; got != want || dump() != before {
			t.Errorf("%s: counted %s, want %s; changed: %v", format, got, want, dump() != before)
		}
	}
}
