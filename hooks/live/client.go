package live

import (
	"strconv"
	"sync"
)

// queueSize is how many events a connection may lag behind before it loses them:
// a busy company's tenth of a second, a quiet one's minutes.
const queueSize = 1024

// client is one open connection.
type client struct {
	user, company string
	session       string // "" where the token has none
	tokenKey      string
	see           visibility // dispatcher only

	mu    sync.Mutex
	seq   uint64
	queue []frame

	wake chan struct{} // there is something in the queue
	done chan struct{} // closed when the room ends the connection
	once sync.Once
}

// frame is one event of one connection: its number and the shared body.
type frame struct {
	seq  uint64
	body []byte
}

func newClient(user, company, session, tokenKey string) *client {
	return &client{
		user:     user,
		company:  company,
		session:  session,
		tokenKey: tokenKey,
		wake:     make(chan struct{}, 1),
		done:     make(chan struct{}),
	}
}

// hello is the first event, number 0.
func (c *client) hello(body []byte) {
	c.mu.Lock()
	c.queue = append(c.queue, frame{0, body})
	c.mu.Unlock()
	c.signal()
}

// push appends an event and never waits. A connection that lags too far loses
// what it has not read: the numbers then jump, and the client fetches anew.
func (c *client) push(body []byte) {
	c.mu.Lock()
	if len(c.queue) >= queueSize {
		clear(c.queue)
		c.queue = c.queue[:0]
	}
	c.seq++
	c.queue = append(c.queue, frame{c.seq, body})
	c.mu.Unlock()
	c.signal()
}

// skip leaves a gap in the numbers, which tells the client to fetch anew.
func (c *client) skip() {
	c.mu.Lock()
	c.seq++
	c.mu.Unlock()
}

func (c *client) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take appends all waiting events to out, as they go over the wire, and says how
// many they are.
func (c *client) take(out []byte, epoch string) ([]byte, int) {
	c.mu.Lock()
	defer c.mu.Unlock()

	events := len(c.queue)

	for _, f := range c.queue {
		out = append(out, `data: {"epoch":"`...)
		out = append(out, epoch...)
		out = append(out, `","seq":`...)
		out = strconv.AppendUint(out, f.seq, 10)
		out = append(out, ',')
		out = append(out, f.body...)
		out = append(out, "\n\n"...)
	}
	clear(c.queue)
	c.queue = c.queue[:0]

	return out, events
}

// close ends the connection. It may be called more than once.
func (c *client) close() {
	c.once.Do(func() { close(c.done) })
}
