package wasim

import (
	"context"
	"slices"
	"sync"
)

// Record is what happened, in order. It can be read while it grows.
type Record[T any] struct {
	mu      sync.Mutex
	entries []T
	grown   chan struct{} // closed at the next entry
}

func (r *Record[T]) add(entry T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.entries = append(r.entries, entry)
	if r.grown != nil {
		close(r.grown)
		r.grown = nil
	}
}

// All returns the entries so far.
func (r *Record[T]) All() []T {
	r.mu.Lock()
	defer r.mu.Unlock()

	return slices.Clone(r.entries)
}

// Len is how many entries there are so far.
func (r *Record[T]) Len() int {
	r.mu.Lock()
	defer r.mu.Unlock()

	return len(r.entries)
}

// Wait returns the first entry that matches, which may be there already.
func (r *Record[T]) Wait(ctx context.Context, match func(T) bool) (T, error) {
	for from := 0; ; {
		r.mu.Lock()
		entries := r.entries
		if r.grown == nil {
			r.grown = make(chan struct{})
		}
		grown := r.grown
		r.mu.Unlock()

		for ; from < len(entries); from++ {
			if match(entries[from]) {
				return entries[from], nil
			}
		}
		select {
		case <-grown:
		case <-ctx.Done():
			var none T

			return none, ctx.Err()
		}
	}
}
