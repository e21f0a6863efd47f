package inbox

import (
	"context"
	"log/slog"
	"sync"

	"github.com/pocketbase/pocketbase/tools/routine"
)

// worker runs one function whenever it is woken, never twice at once. A wake
// while it runs makes it run once more, so nothing that was due is overlooked.
type worker struct {
	run func(ctx context.Context) error
	log *slog.Logger

	busy   sync.Mutex // held while run runs
	signal chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func newWorker(log *slog.Logger, run func(ctx context.Context) error) *worker {
	return &worker{run: run, log: log, signal: make(chan struct{}, 1)}
}

// wake asks for a run. It never blocks.
func (w *worker) wake() {
	select {
	case w.signal <- struct{}{}:
	default: // a run is already asked for
	}
}

func (w *worker) start() {
	if w.cancel != nil {
		return
	}

	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	w.done.Add(1)
	go func() {
		defer w.done.Done()
		for {
			select {
			case <-ctx.Done():
				return
			case <-w.signal:
				if err := w.runNow(ctx); err != nil {
					w.log.Error("Inbox worker failed; the work stays due", slog.Any("error", err))
				}
			}
		}
	}()
	w.wake()
}

// runNow runs in the caller's goroutine, after a run in hand.
func (w *worker) runNow(ctx context.Context) error {
	w.busy.Lock()
	defer w.busy.Unlock()

	return routine.SafeWrap(func() error { return w.run(ctx) })()
}

// stop waits for the run in hand.
func (w *worker) stop() {
	if w.cancel == nil {
		return
	}

	w.cancel()
	w.done.Wait()
	w.cancel = nil
}
