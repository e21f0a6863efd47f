//go:build bench

package bench

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"recado/collections"
	"recado/config"
	"recado/hooks/channels"
	"recado/hooks/recadotest"
)

// town is fifty companies with a channel and twenty known customers each.
type town struct {
	*recadotest.App
	companies []*recadotest.Company
	channels  []string
	serial    int
	mu        sync.Mutex
}

func newTown(t *testing.T) *town {
	t.Helper()

	town := &town{App: recadotest.New(t, nil)}
	for range 50 {
		company := town.Company()
		town.companies = append(town.companies, company)
		town.channels = append(town.channels, company.Create(collections.Channels, map[string]any{
			"kind": "whatsapp", "name": "Phone", "answerer": "none", "active": true,
		}).Id)
	}
	for range 50 * 20 {
		town.ingest(t)
	}

	return town
}

// ingest lets the next customer write one message.
func (w *town) ingest(t *testing.T) {
	w.mu.Lock()
	i := w.serial
	w.serial++
	w.mu.Unlock()

	_, err := w.Inbox.Ingest(context.Background(), channels.Inbound{
		Company: w.companies[i%50].Id, Channel: w.channels[i%50], IdentityKind: "visitor",
		IdentityValue: fmt.Sprint("v", i/50%20), ExternalID: fmt.Sprint("in-", i),
		Text: "Good morning, is there a free hour on Thursday afternoon?",
	})
	if err != nil {
		t.Error(err)
	}
}

// rawInsert is the denominator: a prepared insert of one message row a
// transaction, synchronous FULL, on the same table of the same file.
func (w *town) rawInsert(t *testing.T) func(i int) {
	t.Helper()

	row, err := w.FindFirstRecordByFilter(collections.Messages, "id != ''")
	if err != nil {
		t.Fatal(err)
	}
	connection, err := config.DBConnect(filepath.Join(w.DataDir(), "data.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })

	var statement *sql.Stmt
	statement, err = connection.DB().Prepare(`INSERT INTO messages (id, company, conversation, contact, channel, direction, kind, text,
		options, data, attachments, status, at, external_id, created, updated)
		VALUES (?, ?, ?, ?, ?, 'in', 'text', ?, 'null', 'null', '[]', 'received', ?, ?, ?, ?)`)
	if err != nil {
		t.Fatal(err)
	}
	at := row.GetString("at")
	serial := 0

	return func(int) {
		serial++
		_, err := statement.Exec(fmt.Sprintf("raw%012d", serial), row.GetString("company"), row.GetString("conversation"),
			row.GetString("contact"), row.GetString("channel"), row.GetString("text"), at, fmt.Sprint("raw-", serial), at, at)
		if err != nil {
			t.Error(err)
		}
	}
}

func TestIngest(t *testing.T) {
	town := newTown(t)
	raw := town.rawInsert(t)

	one, base := compare(2000, func(int) { town.ingest(t) }, raw)
	atLeast(t, "ingest, one message a transaction, rate", micro(one.wall), micro(base.wall), 0.2, "µs wall")

	group, base := compare(40, func(int) {
		var wait sync.WaitGroup
		for range 64 {
			wait.Go(func() { town.ingest(t) })
		}
		wait.Wait()
	}, func(i int) {
		for range 64 {
			raw(i)
		}
	})
	atLeast(t, "ingest, group commit (64 senders), rate", micro(group.wall)/64, micro(base.wall)/64, 0.5, "µs wall")
}
