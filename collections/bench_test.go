package collections_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/recadotest"
)

// contactsOf fills a company with so many contacts.
func contactsOf(b *testing.B, app *recadotest.App, company *recadotest.Company, count int) {
	b.Helper()

	_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO contacts (id, company, name, email, phone, lifecycle, search, created, updated)
		WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM n WHERE k < {:last})
		SELECT substr({:company}, 1, 6) || printf('%09d', k), {:company}, 'Contact ' || k, 'c' || k || '@example.com', '', 'lead', 'contact ' || k || ' c' || k || '@example.com',
			strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + k * 60, 'unixepoch'), strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + k * 60, 'unixepoch') FROM n`).
		Bind(map[string]any{"company": company.Id, "last": count - 1}).Execute()
	if err != nil {
		b.Fatal(err)
	}
}

// million is fifty companies of 20,000 contacts each.
func million(b *testing.B) *recadotest.App {
	b.Helper()

	return recadotest.Kept(b, "million-contacts", func(app *recadotest.App) {
		for range 50 {
			contactsOf(b, app, app.Company(), 20_000)
		}
		analyze(b, app)
	})
}

// analyze lets SQLite choose its indexes by what is there.
func analyze(b *testing.B, app *recadotest.App) {
	b.Helper()

	if _, err := app.NonconcurrentDB().NewQuery("ANALYZE").Execute(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkList compares a list through the company rule with the same request
// where the rule is "" (everyone), same filter, same token.
func BenchmarkList(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	member := company.Member("agent")
	for range 20 {
		contactsOf(b, app, app.Company(), 2_000)
	}
	contactsOf(b, app, company, 20_000)
	if _, err := app.NonconcurrentDB().NewQuery("ANALYZE").Execute(); err != nil {
		b.Fatal(err)
	}

	address := company.Records(collections.Contacts) + "&perPage=30&skipTotal=1&sort=-created&filter=company='" + company.Id + "'"
	list := func() { app.Do(http.MethodGet, address, member.Token, nil).Must(b, http.StatusOK) }

	b.Run("rule", func(b *testing.B) { recadotest.CPU(b, list) })

	contacts, err := app.FindCollectionByNameOrId(collections.Contacts)
	if err != nil {
		b.Fatal(err)
	}
	contacts.ListRule = types.Pointer("")
	if err := app.Save(contacts); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) { recadotest.CPU(b, list) })
}

// BenchmarkListConversations compares the inbox's list, as an agent of one of
// four queues sees it, with the same rows through the rule "".
func BenchmarkListConversations(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	member := company.Member("agent")
	queues := []string{""}
	for range 4 {
		queues = append(queues, company.Queue().Id)
	}
	member.Set("queues", queues[1:2])
	if err := app.Save(member.Record); err != nil {
		b.Fatal(err)
	}
	channel := company.Create(collections.Channels, map[string]any{"kind": "webchat", "name": "Site", "active": true})
	contactsOf(b, app, company, 20_000)
	_, err := app.NonconcurrentDB().NewQuery(`INSERT INTO conversations
			(id, company, contact, channel, queue, assignee, status, answerer, last_message_at, created, updated)
		SELECT id, company, id, {:channel}, (SELECT value FROM json_each({:queues}) WHERE key = contacts.rowid % 5),
			CASE WHEN contacts.rowid % 2 = 0 THEN {:member} ELSE '' END, 'open', 'waiting', created, created, created
		FROM contacts WHERE company = {:company}`).Bind(map[string]any{
		"company": company.Id, "channel": channel.Id, "member": member.Id,
		"queues": `["` + strings.Join(queues, `","`) + `"]`,
	}).Execute()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := app.NonconcurrentDB().NewQuery("ANALYZE").Execute(); err != nil {
		b.Fatal(err)
	}

	address := company.Records(collections.Conversations) + "&perPage=30&skipTotal=1&sort=-last_message_at,-id&filter=company='" + company.Id + "'"
	list := func() {
		if got := app.Do(http.MethodGet, address, member.Token, nil).Must(b, http.StatusOK); len(got.Items()) != 30 {
			b.Fatalf("%d rows", len(got.Items()))
		}
	}
	b.Run("rule", func(b *testing.B) { recadotest.CPU(b, list) })

	conversations, err := app.FindCollectionByNameOrId(collections.Conversations)
	if err != nil {
		b.Fatal(err)
	}
	conversations.ListRule = types.Pointer("")
	if err := app.Save(conversations); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) { recadotest.CPU(b, list) })
}

// BenchmarkNeighbour lists a company of ten contacts: alone, and beside a
// million of fifty other companies.
func BenchmarkNeighbour(b *testing.B) {
	for name, open := range map[string]func(*testing.B) *recadotest.App{
		"alone":   func(b *testing.B) *recadotest.App { return recadotest.New(b, nil) },
		"crowded": million,
	} {
		b.Run(name, func(b *testing.B) {
			app := open(b)
			small := app.Company()
			member := small.Member("agent")
			contactsOf(b, app, small, 10)
			analyze(b, app)

			address := small.Records(collections.Contacts) + "&perPage=30&skipTotal=1&sort=-created"
			recadotest.CPU(b, func() {
				if got := app.Do(http.MethodGet, address, member.Token, nil).Must(b, http.StatusOK); len(got.Items()) != 10 {
					b.Fatalf("%d rows", len(got.Items()))
				}
			})
		})
	}
}
