package inbox_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"recado/collections"
	"recado/config"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// benchDesk is fifty companies with twenty known customers each.
func benchDesk(b *testing.B) (*recadotest.App, func(i int) channels.Inbound) {
	b.Helper()

	app := recadotest.New(b, nil)
	type way struct{ company, channel string }
	ways := make([]way, 50)
	for i := range ways {
		company := app.Company()
		ways[i] = way{company.Id, company.Create(collections.Channels, map[string]any{
			"kind": "whatsapp", "name": "Phone", "answerer": "none", "active": true,
		}).Id}
	}
	inbound := func(i int) channels.Inbound {
		w := ways[i%len(ways)]

		return channels.Inbound{
			Company: w.company, Channel: w.channel, IdentityKind: "visitor", IdentityValue: fmt.Sprint("v", i/len(ways)%20),
			ExternalID: fmt.Sprint("in-", i), Text: "Good morning, is there a free hour on Thursday afternoon?",
		}
	}
	for i := range 50 * 20 {
		if _, err := app.Inbox.Ingest(context.Background(), inbound(-1-i+50*20*1000)); err != nil {
			b.Fatal(err)
		}
	}

	return app, inbound
}

// BenchmarkRawCommit is the denominator: one prepared insert of a message row a
// transaction, synchronous FULL.
func BenchmarkRawCommit(b *testing.B) {
	app, _ := benchDesk(b)
	row, err := app.FindFirstRecordByFilter(collections.Messages, "id != ''")
	if err != nil {
		b.Fatal(err)
	}
	db, err := config.DBConnect(filepath.Join(app.DataDir(), "data.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()

	statement, err := db.DB().Prepare(`INSERT INTO messages (id, company, conversation, contact, channel, direction, kind, text,
		options, data, attachments, status, at, external_id, created, updated)
		VALUES (?, ?, ?, ?, ?, 'in', 'text', ?, 'null', 'null', '[]', 'received', ?, ?, ?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	at := row.GetString("at")

	b.ResetTimer()
	for i := range b.N {
		_, err := statement.Exec(fmt.Sprintf("raw%012d", i), row.GetString("company"), row.GetString("conversation"),
			row.GetString("contact"), row.GetString("channel"), row.GetString("text"), at, fmt.Sprint("raw-", i), at, at)
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIngestOne waits for each message before it sends the next: one
// message a transaction.
func BenchmarkIngestOne(b *testing.B) {
	app, inbound := benchDesk(b)

	b.ResetTimer()
	for i := range b.N {
		if _, err := app.Inbox.Ingest(context.Background(), inbound(i)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIngestGroup lets 64 senders write at once, so that commits are shared.
func BenchmarkIngestGroup(b *testing.B) {
	app, inbound := benchDesk(b)

	var next atomic.Int64
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := app.Inbox.Ingest(context.Background(), inbound(int(next.Add(1)))); err != nil {
				b.Fatal(err)
			}
		}
	})
}
