package live

import (
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/core"
)

// stallAfter is how long a finished transaction may keep its outcome to itself
// while later ones wait. Only a panic inside a transaction comes this far:
// PocketBase then rolls back without telling.
const stallAfter = 5 * time.Second

// step is a piece of work of the dispatcher.
type step func()

// ledger puts events into the order of commits. SQLite has one writer, and a
// place is taken inside the write transaction, so places follow commits; but the
// news of a commit may overtake an earlier one's. A batch holds what one
// transaction announced; batches are released oldest first, once their outcome
// is known.
type ledger struct {
	stalled func()
	failed  func(cause any)
	grace   time.Duration

	mu      sync.Mutex
	rev     int64
	batches []*batch
	ready   []step
	running bool
	watch   *time.Timer
}

type batch struct {
	tx       *core.TxAppInfo // nil: not of a transaction
	steps    []step
	resolved bool
}

// newLedger starts counting revs above base. stalled is called when the oldest
// batch was dropped because its outcome never came; failed with what a step
// panicked with.
func newLedger(base int64, stalled func(), failed func(any)) *ledger {
	return &ledger{rev: base, stalled: stalled, failed: failed, grace: stallAfter}
}

// enter opens the batch of the running transaction. From now on whoever comes
// later waits for its outcome, even if it announces nothing: they could
// otherwise read the state before it and never hear of it.
func (l *ledger) enter(txApp core.App) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.batchOf(txApp)
}

// announce takes the next rev for a change made in the running transaction and
// keeps its step until the commit; a rollback drops it.
func (l *ledger) announce(txApp core.App, make func(rev int64) step) {
	l.mu.Lock()
	defer l.mu.Unlock()

	b := l.batchOf(txApp)
	l.rev++
	b.steps = append(b.steps, make(l.rev))
}

// batchOf is the running transaction's batch: the last one of a transaction, as
// there is one writer.
func (l *ledger) batchOf(txApp core.App) *batch {
	tx := txApp.TxInfo()
	for i := len(l.batches) - 1; i >= 0; i-- {
		if l.batches[i].tx == tx {
			return l.batches[i]
		}
		if l.batches[i].tx != nil {
			break
		}
	}

	b := &batch{tx: tx}
	l.batches = append(l.batches, b)
	tx.OnComplete(func(err error) error {
		l.resolve(b, err)

		return nil
	})

	return b
}

// then runs the step after everything announced so far.
func (l *ledger) then(s step) {
	l.mu.Lock()
	defer l.mu.Unlock()

	l.batches = append(l.batches, &batch{steps: []step{s}, resolved: true})
	l.release()
}

func (l *ledger) resolve(b *batch, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()

	b.resolved = true
	if err != nil {
		b.steps = nil
	}
	l.release()
}

// release hands the resolved batches at the head to the dispatcher, which lives
// only as long as there is work.
func (l *ledger) release() {
	for len(l.batches) > 0 && l.batches[0].resolved {
		l.ready = append(l.ready, l.batches[0].steps...)
		l.batches[0] = nil
		l.batches = l.batches[1:]
	}

	if len(l.ready) > 0 && !l.running {
		l.running = true
		go l.dispatch()
	}

	l.guardHead()
}

// guardHead watches a head that others wait for.
func (l *ledger) guardHead() {
	waiting := len(l.batches) > 1
	if !waiting {
		if l.watch != nil {
			l.watch.Stop()
			l.watch = nil
		}

		return
	}
	if l.watch != nil {
		return
	}

	head := l.batches[0]
	l.watch = time.AfterFunc(l.grace, func() { l.dropStalled(head) })
}

func (l *ledger) dropStalled(head *batch) {
	l.mu.Lock()
	l.watch = nil
	lost := len(l.batches) > 1 && l.batches[0] == head && !head.resolved && l.laterTransaction()
	if lost {
		l.resolveLocked(head)
	} else {
		l.guardHead()
	}
	l.mu.Unlock()

	if lost {
		l.stalled()
	}
}

// laterTransaction tells whether a transaction began after the head's: proof
// that the head's has ended, for there is one writer. A transaction that merely
// takes long is none of our business.
func (l *ledger) laterTransaction() bool {
	for _, b := range l.batches[1:] {
		if b.tx != nil {
			return true
		}
	}

	return false
}

func (l *ledger) resolveLocked(b *batch) {
	b.resolved, b.steps = true, nil
	l.release()
}

func (l *ledger) dispatch() {
	for {
		l.mu.Lock()
		steps := l.ready
		l.ready = nil
		if len(steps) == 0 {
			l.running = false
			l.mu.Unlock()

			return
		}
		l.mu.Unlock()

		for _, s := range steps {
			l.run(s)
		}
	}
}

func (l *ledger) run(s step) {
	defer func() {
		if cause := recover(); cause != nil {
			l.failed(cause)
		}
	}()

	s()
}
