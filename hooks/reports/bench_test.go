package reports_test

import (
	"net/http"
	"syscall"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/hooks/recadotest"
)

// BenchmarkInbox is what a look at the inbox's report costs where a company has
// 100,000 conversations of a year with 300,000 messages, beside the first thirty
// of its list.
func BenchmarkInbox(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	owner := company.Member("owner")
	channel, contact := company.Webchat(), company.Contact()
	for _, query := range []string{
		`WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM n WHERE k < 99999)
		INSERT INTO conversations (id, company, contact, channel, status, answerer, assignee, created, updated, last_message_at, asked_at, answered_at, closed_at, tags)
		SELECT printf('%015d', k), {:company}, {:contact}, {:channel}, 'closed', 'bot', printf('%015d', k % 8), strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + (k) * 315 + 0, 'unixepoch'), strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + (k) * 315 + 0, 'unixepoch'), strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + (k) * 315 + 900, 'unixepoch'), strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + (k) * 315 + 0, 'unixepoch'), strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + (k) * 315 + 60 + k % 3600, 'unixepoch'), strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + (k) * 315 + 7200, 'unixepoch'), '[]' FROM n`,
		`WITH RECURSIVE n(k) AS (SELECT 0 UNION ALL SELECT k+1 FROM n WHERE k < 299999)
		INSERT INTO messages (id, company, conversation, contact, channel, direction, kind, text, status, at, author, answered_by, created, updated)
		SELECT printf('%015d', k), {:company}, printf('%015d', k / 3), {:contact}, {:channel}, iif(k % 3 = 0, 'in', 'out'), 'text', 'how are you', 'sent', strftime('%Y-%m-%d %H:%M:%fZ', 1767225600 + (k / 3) * 315 + 60 * (k % 3), 'unixepoch'), printf('%015d', k % 8), 'human', '', '' FROM n`,
		"ANALYZE",
	} {
		bind := dbx.Params{"company": company.Id, "contact": contact.Id, "channel": channel.Id}
		if _, err := app.NonconcurrentDB().NewQuery(query).Bind(bind).Execute(); err != nil {
			b.Fatal(err)
		}
	}

	for name, path := range map[string]string{
		"list":  company.Records("conversations") + "&perPage=30&skipTotal=1&sort=-last_message_at,-id",
		"month": company.URL("/api/recado/reports/inbox?from=2026-06-01&to=2026-06-30"),
		"year":  company.URL("/api/recado/reports/inbox?from=2026-01-01&to=2026-12-31"),
	} {
		b.Run(name, func(b *testing.B) {
			cpu(b, func() { app.Do(http.MethodGet, path, owner.Token, nil).Must(b, http.StatusOK) })
		})
	}
}

// cpu runs fn b.N times and reports the processor time of one.
func cpu(b *testing.B, fn func()) {
	used := func() time.Duration {
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			b.Fatal(err)
		}

		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	b.ResetTimer()
	before, runs := used(), 0
	for b.Loop() {
		fn()
		runs++
	}
	b.ReportMetric(float64(used()-before)/float64(runs), "cpu-ns/op")
}
