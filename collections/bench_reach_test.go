package collections_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/recadotest"
)

// crowd is fifty companies of 4,000 contacts each.
func crowd(b *testing.B) *recadotest.App {
	b.Helper()

	return recadotest.Kept(b, "crowd-of-contacts", func(app *recadotest.App) {
		for range 50 {
			contactsOf(b, app, app.Company(), 4_000)
		}
		analyze(b, app)
	})
}

// BenchmarkReach lists thirty contacts of one who sees only their own, and of one who
// also sees those of their team of four, out of ten who share 4,000 of 200,000. The
// request names the owners, as the screen does. Beside it the same one where the rule is "".
func BenchmarkReach(b *testing.B) {
	app := crowd(b)
	company := app.First()
	var members []*recadotest.Member
	var ids []string
	for range 10 {
		one := company.Member("agent")
		members, ids = append(members, one), append(ids, one.Id)
	}
	own, boss := members[0], members[5]
	for reach, member := range map[string]*recadotest.Member{"own": own, "team": boss} {
		company.Permit(member.Record, "contacts.view_"+reach)
	}
	team := slices.Concat([]string{boss.Id}, ids[6:])
	for _, one := range members[6:] {
		fresh := app.Reload(one.Record)
		fresh.Set("manager", boss.Id)
		if err := app.Save(fresh); err != nil {
			b.Fatal(err)
		}
	}
	_, err := app.NonconcurrentDB().NewQuery(`UPDATE contacts SET owner = (SELECT value FROM json_each({:members}) WHERE key = contacts.rowid % 10) WHERE company = {:company}`).
		Bind(map[string]any{"members": `["` + strings.Join(ids, `","`) + `"]`, "company": company.Id}).Execute()
	if err != nil {
		b.Fatal(err)
	}
	analyze(b, app)

	address := func(owners ...string) string {
		return company.Records(collections.Contacts) + "&perPage=30&skipTotal=1&sort=" + url.QueryEscape("-created,-id") +
			"&filter=" + url.QueryEscape("company = '"+company.Id+"' && deleted = '' && "+ownedByAny(owners...))
	}
	measure := func(side string) {
		for _, c := range []struct{ name, address, token string }{{"own", address(own.Id), own.Token}, {"team", address(team...), boss.Token}} {
			b.Run(c.name+"/"+side, func(b *testing.B) {
				recadotest.CPU(b, func() {
					if got := app.Do(http.MethodGet, c.address, c.token, nil).Must(b, http.StatusOK); len(got.Items()) != 30 {
						b.Fatalf("%d rows", len(got.Items()))
					}
				})
			})
		}
	}
	measure("rule")
	contacts, err := app.FindCollectionByNameOrId(collections.Contacts)
	if err != nil {
		b.Fatal(err)
	}
	contacts.ListRule = types.Pointer("")
	if err := app.Save(contacts); err != nil {
		b.Fatal(err)
	}
	measure("open")
}

// ownedByAny is the filter of a list of what these members look after.
func ownedByAny(owners ...string) string {
	return "(owner = '" + strings.Join(owners, "' || owner = '") + "')"
}
