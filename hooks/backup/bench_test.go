package backup_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"recado/collections"
	"recado/hooks/backup"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// BenchmarkIngestMeanwhile lets in 50 messages a second, with nothing else to do
// and while a gigabyte is backed up by the same process: three quarters of it rows,
// the rest files. p95-ns is from when a message came to when it was stored.
func BenchmarkIngestMeanwhile(b *testing.B) {
	app := recadotest.New(b, nil)
	company := app.Company()
	channel := company.Create(collections.Channels, map[string]any{"kind": "whatsapp", "name": "Phone", "answerer": "none", "active": true}).Id
	gigabyte(b, app, company.Id)
	flow := &flow{app: app, company: company.Id, channel: channel}
	flow.during(b, func() { time.Sleep(2 * time.Second) }) // every customer is known

	b.Run("idle", func(b *testing.B) {
		b.ReportMetric(float64(flow.during(b, func() { time.Sleep(15 * time.Second) })), "p95-ns")
	})
	b.Run("copying", func(b *testing.B) {
		started := time.Now()
		b.ReportMetric(float64(flow.during(b, func() {
			_, err := backup.Create(b.Context(), app.DataDir(), filepath.Join(b.TempDir(), "backup.zip"), backup.Options{Version: "test", Now: time.Now()})
			if err != nil {
				b.Error(err)
			}
		})), "p95-ns")
		b.ReportMetric(time.Since(started).Seconds(), "s")
	})
}

// gigabyte fills the data folder.
func gigabyte(b *testing.B, app *recadotest.App, company string) {
	b.Helper()
	_, err := app.NonconcurrentDB().NewQuery(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 250000)
		INSERT INTO contacts (id, company, name, notes, created, updated)
		SELECT printf('bulk%011d', i), {:company}, 'Contact ' || i, hex(randomblob(1400)), '2030-01-01 00:00:00.000Z', '2030-01-01 00:00:00.000Z' FROM n`).
		Bind(dbx.Params{"company": company}).Execute()
	if err != nil {
		b.Fatal(err)
	}
	if _, err := app.NonconcurrentDB().NewQuery("PRAGMA wal_checkpoint(TRUNCATE)").Execute(); err != nil {
		b.Fatal(err)
	}
	folder := filepath.Join(app.DataDir(), "storage", "files0000000000", "bulk")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		b.Fatal(err)
	}
	content := make([]byte, 1<<20)
	for i := range 256 {
		_, _ = rand.Read(content)
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(i)), content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// flow is 50 messages a second from 50 customers.
type flow struct {
	app              *recadotest.App
	company, channel string
	sent             int
}

// during lets messages in while work is under way, and returns the 95th
// percentile of how long one took. None waits for the one before.
func (f *flow) during(b *testing.B, work func()) time.Duration {
	b.Helper()
	done := make(chan bool)
	go func() {
		defer close(done)
		work()
	}()

	var mu sync.Mutex
	var took []time.Duration
	var under sync.WaitGroup
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-ticks.C:
			f.sent++
			number := f.sent
			under.Go(func() {
				came := time.Now()
				_, err := f.app.Inbox.Ingest(context.Background(), channels.Inbound{
					Company: f.company, Channel: f.channel, IdentityKind: "visitor", IdentityValue: fmt.Sprint("v", number%50),
					ExternalID: fmt.Sprint("in-", number), Text: "Good morning, is there a free hour on Thursday afternoon?",
				})
				if err != nil {
					b.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				took = append(took, time.Since(came))
			})
		}
	}
	under.Wait()
	slices.Sort(took)

	return took[len(took)*95/100]
}
