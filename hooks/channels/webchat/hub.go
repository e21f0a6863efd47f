package webchat

import "sync"

// perVisitor is how many streams (tabs) of one visitor are kept; the oldest is
// ended for a new one, because it is most likely a line that is dead already.
const perVisitor = 8

// perAddress is how many streams one address may hold: a whole mobile network
// may stand behind it, but not the whole server.
const perAddress = 1000

// editsKept is how many changes of messages wait for a slow stream. More are seen
// when the page is loaded again.
const editsKept = 16

// hub knows the open streams. It carries no messages: a wake tells a stream that
// the database has something new, so a wake more or less changes nothing.
type hub struct {
	mu      sync.Mutex
	streams map[string][]*stream // by the visitor's public id, oldest first
	from    map[string]int       // open streams by address
}

// stream is one open connection. Its fields are written by the hub, read by the
// connection's own goroutine.
type stream struct {
	visitor *visitor
	address string
	woken   chan struct{} // holds one: there is something to read
	dots    chan bool     // holds one: the newest state of the team's typing
	edits   chan string   // ids of messages that were changed
	ended   chan struct{}
	once    sync.Once
}

func newHub() *hub { return &hub{streams: map[string][]*stream{}, from: map[string]int{}} }

func (s *stream) end() { s.once.Do(func() { close(s.ended) }) }

// join opens a stream; nil if its address has too many. It is woken from the
// start, so that it reads the backlog.
func (h *hub) join(v *visitor, address string) *stream {
	s := &stream{visitor: v, address: address, woken: make(chan struct{}, 1), dots: make(chan bool, 1), edits: make(chan string, editsKept), ended: make(chan struct{})}
	s.woken <- struct{}{}

	h.mu.Lock()
	defer h.mu.Unlock()

	if own := h.streams[v.Visitor]; len(own) >= perVisitor {
		h.drop(func(other *stream) bool { return other == own[0] }, v.Visitor)
	}
	if h.from[address] >= perAddress {
		return nil
	}
	h.from[address]++
	h.streams[v.Visitor] = append(h.streams[v.Visitor], s)

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
			if h.from[s.address]--; h.from[s.address] == 0 {
				delete(h.from, s.address)
			}
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

// changed tells a visitor's streams that a message reads differently now.
func (h *hub) changed(visitor, message string) {
	h.mu.Lock()
	defer h.mu.Unlock()

	for _, s := range h.streams[visitor] {
		select {
		case s.edits <- message:
		default:
		}
	}
}
