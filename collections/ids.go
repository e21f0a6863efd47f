package collections

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

const (
	idTimeDigits   = 9 // base 36 milliseconds: good until the year 5188
	idRandomDigits = 6
	idRandomSpan   = 36 * 36 * 36 * 36 * 36 * 36
	idMaxStep      = 1 << 20
)

// IDs makes ids that sort by time: 9 characters of milliseconds in base 36,
// then 6 random ones. They never go back, also where the clock does or several
// fall into one millisecond; there the random part counts up by a random step.
type IDs struct {
	now func() time.Time

	mu   sync.Mutex
	ms   int64
	tail int64
}

// NewIDs returns a generator over the given clock.
func NewIDs(now func() time.Time) *IDs {
	return &IDs{now: now}
}

// Next returns a new id, greater than every one before it.
func (g *IDs) Next() string {
	var noise [8]byte
	_, _ = rand.Read(noise[:]) // never fails since Go 1.24
	random := int64(binary.LittleEndian.Uint64(noise[:]) >> 1)

	g.mu.Lock()
	defer g.mu.Unlock()

	if ms := g.now().UnixMilli(); ms > g.ms {
		g.ms, g.tail = ms, random%idRandomSpan
	} else {
		g.tail += 1 + random%idMaxStep
		if g.tail >= idRandomSpan {
			g.ms, g.tail = g.ms+1, random%idMaxStep
		}
	}

	return digits(g.ms, idTimeDigits) + digits(g.tail, idRandomDigits)
}

// IDTime returns the moment in a time id, to the millisecond; ok is false for an
// id that was not made by [IDs].
func IDTime(id string) (t time.Time, ok bool) {
	if len(id) != idTimeDigits+idRandomDigits {
		return time.Time{}, false
	}

	ms, err := strconv.ParseInt(id[:idTimeDigits], 36, 64)
	if err != nil {
		return time.Time{}, false
	}

	return time.UnixMilli(ms).UTC(), true
}

// IDFrom is the least id of a moment: those of the moment and later are not smaller.
func IDFrom(t time.Time) string {
	return digits(t.UnixMilli(), idTimeDigits) + digits(0, idRandomDigits)
}

func digits(n int64, width int) string {
	s := strconv.FormatInt(n, 36)

	return strings.Repeat("0", max(0, width-len(s))) + s
}

// BindIDs gives new rows of the collections declared with TimeIDs their id.
// It is taken inside the write transaction, which it opens if there is none:
// SQLite has one writer, so the order of ids is the order of commits, and a
// reader that has seen an id can never be overtaken by a smaller one.
func BindIDs(app core.App, ids *IDs) {
	var names []string
	for _, def := range All() {
		if def.TimeIDs {
			names = append(names, def.Name)
		}
	}

	app.OnRecordCreate(names...).BindFunc(func(e *core.RecordEvent) error {
		return InTransaction(e, func() error {
			e.Record.Id = ids.Next()

			return e.Next()
		})
	})
}

// InTransaction runs the rest of a record hook inside a transaction: the
// running one, or a new one for the time of fn.
func InTransaction(e *core.RecordEvent, fn func() error) error {
	if e.App.IsTransactional() {
		return fn()
	}

	outer := e.App
	defer func() { e.App = outer }()

	return outer.RunInTransaction(func(txApp core.App) error {
		e.App = txApp

		return fn()
	})
}
