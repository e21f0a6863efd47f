package search_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"recado/collections"
	"recado/hooks/recadotest"
)

// said is a company with 300,000 messages beside another one's 200,000: fifteen
// words each of a vocabulary of 3,000, the first of them in every message, and in
// one of 10,000 a word of its own. Filled as the feed would.
func saidMuch(b *testing.B) *recadotest.App {
	return recadotest.Kept(b, "messages", func(app *recadotest.App) {
		do := func(statement string, params map[string]any) {
			b.Helper()
			if _, err := app.NonconcurrentDB().NewQuery(statement).Bind(params).Execute(); err != nil {
				b.Fatal(err)
			}
		}
		company := app.Company()
		for n, messages := range []int{300_000, 200_000} {
			if n > 0 {
				company = app.Company()
			}
			channel := company.Webchat()
			var conversations string
			for range 200 {
				conversation := company.Conversation(channel)
				conversations += `,["` + conversation.Id + `","` + conversation.GetString("contact") + `"]`
			}
			do(`INSERT INTO messages (id, company, conversation, contact, channel, direction, kind, text, status, at, created, updated)
				WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM n WHERE k < {:last}),
					c(i, pair) AS MATERIALIZED (SELECT key, value FROM json_each({:conversations}))
				SELECT substr({:company}, 1, 6) || printf('%09d', k), {:company}, pair->>0, pair->>1, {:channel}, 'in', 'text',
					'bom dia palavra' || (k * 7 % 3000) || ' palavra' || (k * 11 % 2999) || ' palavra' || (k * 13 % 2998) || ' palavra' || (k * 17 % 2997)
					|| ' palavra' || (k * 19 % 2996) || ' palavra' || (k * 23 % 2995) || ' palavra' || (k * 29 % 2994) || ' palavra' || (k * 31 % 2993)
					|| CASE WHEN k % 10000 = 0 THEN ' agulha' || k ELSE '' END,
					'received', strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + k, 'unixepoch'), '', ''
				FROM n JOIN c ON c.i = n.k % 200`,
				map[string]any{"last": messages - 1, "conversations": "[" + conversations[1:] + "]", "company": company.Id, "channel": channel.Id})
		}
		do("INSERT INTO search_documents (message) SELECT id FROM messages ORDER BY id", nil)
		do("INSERT INTO search_messages (rowid, company, words) SELECT key, company, text FROM search_documents JOIN messages ON messages.id = message", nil)
		do("UPDATE search_state SET last = (SELECT max(id) FROM messages)", nil)
		do("ANALYZE", nil)
	})
}

// BenchmarkSearch searches 500,000 messages, as an agent, for words that many,
// few and no messages have, one and several at once, beside the newest thirty.
func BenchmarkSearch(b *testing.B) {
	app := saidMuch(b)
	company := app.First()
	if count, _ := app.CountRecords(collections.Messages); count != 500_000 {
		b.Fatalf("%d messages", count)
	}
	agent := company.Member("agent")
	get := func(address string) time.Duration {
		began := time.Now()
		app.Do(http.MethodGet, address, agent.Token, nil).Must(b, http.StatusOK)

		return time.Since(began)
	}
	report := func(b *testing.B, addresses []string) {
		var times []time.Duration
		for b.Loop() {
			for _, address := range addresses {
				times = append(times, get(address))
			}
		}
		slices.Sort(times)
		b.ReportMetric(float64(times[len(times)*95/100].Nanoseconds()), "p95-ns")
	}

	b.Run("list", func(b *testing.B) {
		report(b, []string{company.Records(collections.Messages) + "&perPage=30&skipTotal=1&sort=-at,-id"})
	})
	b.Run("words", func(b *testing.B) {
		var addresses []string
		for _, q := range []string{"bom", "bom dia", "palavra", "palavra1", "agulha", "agulha110000", "niemand", "palavra77 palavra121", "dia niemand", "bom dia palavra14"} {
			addresses = append(addresses, company.URL("/api/recado/search?q="+url.QueryEscape(q)))
		}
		for _, address := range addresses {
			b.Log(fmt.Sprint(address[len("/api/recado/search?q="):], " ", get(address)))
		}
		report(b, addresses)
	})
}
