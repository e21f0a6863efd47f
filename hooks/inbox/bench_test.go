package inbox_test

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"recado/collections"
	"recado/config"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
	"recado/hooks/recadotest/readers"
)

// benchTown is fifty companies with twenty known customers each.
type benchTown struct {
	*recadotest.App
	companies []*recadotest.Company
	channels  []string
}

func newBenchTown(b *testing.B) *benchTown {
	b.Helper()

	town := &benchTown{App: recadotest.New(b, nil)}
	for range 50 {
		company := town.Company()
		town.companies = append(town.companies, company)
		town.channels = append(town.channels, company.Create(collections.Channels, map[string]any{
			"kind": "whatsapp", "name": "Phone", "answerer": "none", "active": true,
		}).Id)
	}
	for i := range 50 * 20 {
		town.ingest(b, i+1<<40)
	}
	if err := town.Inbox.Drain(b.Context()); err != nil { // who answers is settled before anything is measured
		b.Fatal(err)
	}

	return town
}

// ingest lets in message i, from each customer of each company in turn.
func (t *benchTown) ingest(b *testing.B, i int) {
	_, err := t.Inbox.Ingest(context.Background(), channels.Inbound{
		Company: t.companies[i%50].Id, Channel: t.channels[i%50], IdentityKind: "visitor", IdentityValue: fmt.Sprint("v", i/50%20),
		ExternalID: fmt.Sprint("in-", i), Text: "Good morning, is there a free hour on Thursday afternoon?",
	})
	if err != nil {
		b.Error(err)
	}
}

// BenchmarkRawCommit is the denominator: one prepared insert of a message row a
// transaction, synchronous FULL.
func BenchmarkRawCommit(b *testing.B) {
	app := newBenchTown(b)
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
	town := newBenchTown(b)

	b.ResetTimer()
	for i := range b.N {
		town.ingest(b, i)
	}
}

// BenchmarkIngestGroup lets 64 senders write at once, so that commits are shared.
func BenchmarkIngestGroup(b *testing.B) {
	town := newBenchTown(b)

	var next atomic.Int64
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			town.ingest(b, int(next.Add(1)))
		}
	})
}

// BenchmarkIngestIndexed is the same while the search index is fed without a
// pause, and until it has caught up.
func BenchmarkIngestIndexed(b *testing.B) {
	town := newBenchTown(b)
	feed := func() {
		if err := town.Search.Feed(context.Background()); err != nil {
			b.Error(err)
		}
	}
	feed()
	stop, stopped := make(chan struct{}), make(chan struct{})

	var next atomic.Int64
	b.SetParallelism(64 / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	go func() {
		defer close(stopped)
		for {
			select {
			case <-stop:
				return
			case <-time.After(50 * time.Millisecond):
				feed()
			}
		}
	}()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			town.ingest(b, int(next.Add(1)))
		}
	})
	close(stop)
	<-stopped
	feed()
}

// BenchmarkIngestLive writes one message a transaction, with nobody looking and
// with 1,000 live clients, twenty in each company, read by another process.
// µs-cpu/event is the server's CPU for each delivered event, beyond the ingest.
func BenchmarkIngestLive(b *testing.B) {
	var bare float64 // CPU of one ingest with nobody looking, µs
	b.Run("clients=0", func(b *testing.B) {
		bare = benchLive(b, 0, 0)
	})
	b.Run("clients=1000", func(b *testing.B) {
		benchLive(b, 20, bare)
	})
}

func benchLive(b *testing.B, perCompany int, bare float64) (cpuPerMessage float64) {
	town := newBenchTown(b)
	url := town.Listen()

	var streams []string
	for _, company := range town.companies {
		for i := range perCompany {
			if i%10 == 0 {
				// ten windows are as many as one person may have
				streams = append(streams, url+company.URL("/api/recado/live")+" "+company.Member("manager").Token)
			} else {
				streams = append(streams, streams[len(streams)-1])
			}
		}
	}
	events := func() int { return 0 }
	if len(streams) > 0 {
		all := readers.Elsewhere(b, streams)
		defer all.Stop()
		for all.Events() < len(streams) { // a greeting each
		}
		events = all.Events
	}

	before, cpu := events(), cpuTime()
	b.ResetTimer()
	for i := range b.N {
		town.ingest(b, i)
	}
	b.StopTimer()

	used := float64((cpuTime() - cpu).Microseconds())
	if delivered := events() - before; delivered > 0 {
		b.ReportMetric((used-bare*float64(b.N))/float64(delivered), "µs-cpu/event")
		b.ReportMetric(float64(delivered)/float64(b.N), "events/message")
	}

	return used / float64(b.N)
}

func cpuTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)

	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
