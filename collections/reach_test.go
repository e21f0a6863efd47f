package collections_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/recadotest"
)

// Who sees only their own contacts, or those of their team, is shown the right ones
// whether they name the owners or not, and none is looked for twice: the index of the
// company is read once, from where the list begins to where the page is full.
//
// Parity: LC-subusers.
func TestANarrowReachReadsTheCompanyOnce(t *testing.T) {
	app := recadotest.New(t, nil)
	member := seedPlan(t, app, collections.Companies, collections.Members, collections.Contacts)
	_, err := app.NonconcurrentDB().Update(collections.Members, dbx.Params{"manager": member.record.Id}, dbx.In("id", planID(1, 4), planID(1, 5))).Execute()
	if err != nil {
		t.Fatal(err)
	}
	log := recordQueries(app)
	token := app.Token(member.user)

	for reach, owners := range map[string][]string{
		"own":  {member.record.Id},
		"team": {member.record.Id, planID(1, 4), planID(1, 5)},
	} {
		permissions := collections.Closure([]string{"contacts.view_" + reach})
		_, err := app.NonconcurrentDB().Update(collections.Members, dbx.Params{"permissions": `["` + strings.Join(permissions, `","`) + `"]`},
			dbx.HashExp{"id": member.record.Id}).Execute()
		if err != nil {
			t.Fatal(err)
		}
		for _, order := range []string{"-created,-id", "created,id", "search,id", "-search,-id"} {
			want := firstOf(t, app, owners, order)
			for name, filter := range map[string]string{"": "deleted = ''", " named": "deleted = '' && " + ownedByAny(owners...)} {
				t.Run(reach+name+" by "+order, func(t *testing.T) {
					log.reset()
					got := app.Do(http.MethodGet, "/api/collections/contacts/records?perPage=30&skipTotal=1&company="+planID(1, 0)+
						"&sort="+url.QueryEscape(order)+"&filter="+url.QueryEscape(filter), token, nil).Must(t, http.StatusOK)
					if !slices.Equal(got.Items(), want) {
						t.Errorf("it shows %v, want %v", got.Items(), want)
					}
					statements := log.selects(collections.Contacts)
					for _, problem := range problems(app, statements) {
						t.Error(problem)
					}
					if reads := readsOf(t, app, statements, collections.Contacts); len(reads) != 1 || !strings.Contains(reads[0], "(company=?") {
						t.Errorf("contacts are read by %q\n%s", reads, statements)
					}
				})
			}
		}
	}
}

// firstOf are the ids of the first thirty contacts of these owners.
func firstOf(t *testing.T, app *recadotest.App, owners []string, order string) (ids []string) {
	t.Helper()
	var columns []string
	for column := range strings.SplitSeq(order, ",") {
		name, down := strings.CutPrefix(column, "-")
		if down {
			name += " DESC"
		}
		columns = append(columns, name)
	}
	in := make([]any, len(owners))
	for i, owner := range owners {
		in[i] = owner
	}
	err := app.DB().Select("id").From(collections.Contacts).Where(dbx.And(dbx.HashExp{"company": planID(1, 0), "deleted": ""}, dbx.In("owner", in...))).
		OrderBy(columns...).Limit(30).Column(&ids)
	if err != nil || len(ids) != 30 {
		t.Fatalf("%d contacts, %v", len(ids), err)
	}

	return ids
}

// readsOf are the lines of the plans that read a table.
func readsOf(t *testing.T, app core.App, statements []string, table string) (reads []string) {
	t.Helper()
	for _, statement := range statements {
		var plan []struct {
			Detail string `db:"detail"`
		}
		if err := app.DB().NewQuery("EXPLAIN QUERY PLAN " + statement).All(&plan); err != nil {
			t.Fatal(err)
		}
		for _, line := range plan {
			if words := strings.Fields(line.Detail); len(words) > 1 && (words[0] == "SEARCH" || words[0] == "SCAN") && words[1] == table {
				reads = append(reads, line.Detail)
			}
		}
	}

	return reads
}
