package webchat

import "sync"

// perVisitor is how many streams (tabs) of one visitor are kept; the oldest is
// ended for a new one, because it is most likely a line that is dead already.
const perVisitor = 8

// hub knows the open streams. It carries no messages: a wake tells a stream that
// the database has something new, so a wake more or less changes nothing.
type hub struct {
	mu      sync.Mutex
	streams map[string][]*stream // by the visitor's public id, oldest first
}

// stream is one open connection. Its fields are written by the hub, read by the
// connection's own goroutine.
type stream struct {
	visitor *visitor
	woken   chan struct{} // holds one: there is something to read
	dots    chan bool     // holds one: the newest state of the team's typing
	ended   chan struct{}
	once    sync.Once
}

func newHub() *hub { return &hub{streams: map[string][]*stream{}} }

func (s *stream) end() { s.once.Do(func() { close(s.ended) }) }

// join opens a stream. It is woken from the start, so that it reads the backlog.
func (h *hub) join(v *visitor) *stream {
	s := &stream{visitor: v, woken: make(chan struct{}, 1), dots: make(chan bool, 1), ended: make(chan struct{})}
	s.woken <- struct{}{}

	h.mu.Lock()
	defer h.mu.Unlock()

	own := append(h.streams[v.Visitor], s)
	if len(own) > perVisitor {
		own[0].end()
		own = own[1:]
	}
	h.streams[v.Visitor] = own

	return s
}

func (h *hub) leave(s *stream) {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.drop(func(other *stream) bool { return other == s }, s.visitor.Visitor)
}

// drop forgets the streams of one visitor that match. The caller holds the lock.
func (h *hub) drop(match func(*stream) bool, visitor string) {
	var kept []*stream
	for _, s := range h.streams[visitor] {
		if match(s) {
			s.end()
		} else {
			kept = append(kept, s)
		}
	}
	if len(kept) == 0 {
		delete(h.streams, visitor)
	} else {
		h.streams[visitor] = kept
	}
}

// close ends all streams that match.
func (h *hub) close(match func(*stream) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()

	for visitor := range h.streams {
		h.drop(match, visitor)
	}
}

func (h *hub) closeAll() { h.close(func(*stream) bool { return true }) }

func (h *hub) empty() bool {
	h.mu.Lock()
	defer h.mu.Unlock()

	return len(h.streams) == 0
}

// wake tells a visitor's streams to read.
func (h *hub) wake(visitor string) {
	h.mu.Lock()
	defer h.mu.Unlock()

	for _, s := range h.streams[visitor] {
		select {
		case s.woken <- struct{}{}:
		default: // it will read anyway
		}
	}
}

// typing tells a visitor's streams that the team types, or no longer. Only the
// newest state matters: one that was not sent yet is replaced.
func (h *hub) typing(visitor string, on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()

	for _, s := range h.streams[visitor] {
		select {
		case <-s.dots:
		default:
		}
		s.dots <- on // only the hub writes, under its lock: there is room now
	}
}
