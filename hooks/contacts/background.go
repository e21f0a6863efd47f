package contacts

import (
	"context"
	"sync"

	"github.com/pocketbase/pocketbase/tools/routine"
)

// background runs the room's jobs away from requests: whenever it is woken,
// never twice at once. What it works off are rows, so a lost wake costs only the
// time until the next tick.
type background struct {
	run func(ctx context.Context) error

	signal chan struct{}
	cancel context.CancelFunc
	done   sync.WaitGroup
}

func (b *background) start() {
	if b.cancel != nil {
		return
	}
	b.signal = make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	b.done.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-b.signal:
				// What went wrong stands in the row, which is due again.
				_ = routine.SafeWrap(func() error { return b.run(ctx) })()
			}
		}
	})
}

// wake asks for a run. It never blocks.
func (b *background) wake() {
	select {
	case b.signal <- struct{}{}:
	default: // a run is already asked for, or nothing runs
	}
}

// stop waits for the batch in hand.
func (b *background) stop() {
	if b.cancel == nil {
		return
	}
	b.cancel()
	b.done.Wait()
	b.cancel = nil
}

// Tick does what is due, for the schedule.
func (r *Room) Tick(context.Context) error {
	r.imports.wake()

	return nil
}

// Stop ends the room's jobs after the batch in hand; they are rows and go on later.
func (r *Room) Stop() { r.imports.stop() }
