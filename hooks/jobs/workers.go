package jobs

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Workers are the goroutines a room keeps or starts: a sender, a pump, a task
// after a commit. They are recovered from panics, and waited for at the end.
type Workers struct {
	ctx    context.Context
	cancel context.CancelFunc
	logger func() *slog.Logger

	mu      sync.Mutex
	stopped bool
	running sync.WaitGroup
}

// NewWorkers makes an empty group; logger is asked when there is something to tell.
func NewWorkers(logger func() *slog.Logger) *Workers {
	ctx, cancel := context.WithCancel(context.Background())

	return &Workers{ctx: ctx, cancel: cancel, logger: logger}
}

// Go runs work in its own goroutine with a context that ends when Recado does.
// It reports false, and runs nothing, once the end has begun: whatever the work
// is about is a row and will be found due at the next start.
func (w *Workers) Go(name string, work func(ctx context.Context)) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return false
	}

	w.running.Go(func() {
		err := guarded(w.ctx, func(ctx context.Context) error {
			work(ctx)

			return nil
		})
		if err != nil {
			w.logger().Error("A worker failed.", slog.String("worker", name), slog.String("error", err.Error()))
		}
	})

	return true
}

// Drain ends the workers' context and waits for them, at most for the given
// time. It reports whether all of them came to their end.
func (w *Workers) Drain(most time.Duration) bool {
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	w.cancel()

	done := make(chan struct{})
	go func() {
		w.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-time.After(most):
		return false
	}
}
