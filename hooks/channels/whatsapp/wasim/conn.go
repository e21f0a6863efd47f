package wasim

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/types"
)

// goodbye is how long a client is given to read the last stanza before its
// connection is cut: it reads stanzas by way of a queue, and a cut overtakes them.
const goodbye = 150 * time.Millisecond

// conn is the connection of one client.
type conn struct {
	*session
	server *Server
	ws     *websocket.Conn
	buffer []byte // read, not yet used

	read, written uint32 // frames so far
	writing       sync.Mutex

	mu      sync.Mutex
	device  *Device // nil until it is linked and signed in
	answers map[string]chan *waBinary.Node
}

func (s *Server) serveChat(w http.ResponseWriter, r *http.Request) {
	if s.refused.Load() {
		http.Error(w, "unavailable", http.StatusServiceUnavailable)

		return
	}
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // whatever Origin
	if err != nil {
		return
	}
	defer ws.CloseNow()
	ws.SetReadLimit(1 << 24)
	s.dials.Add(1)

	c := &conn{server: s, ws: ws, answers: map[string]chan *waBinary.Node{}}
	ctx := context.Background()
	if err := c.open(ctx); err != nil || !s.enter(c) {
		return
	}
	defer s.leave(c)

	if c.payload.GetDevicePairingData() != nil {
		c.offerLink()
	} else if !c.signIn() {
		return
	}
	for {
		stanza, err := c.receive(ctx)
		if err != nil {
			return
		}
		s.trace("<-", stanza)
		c.handle(stanza)
	}
}

func (s *Server) enter(c *conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.conns[c] = struct{}{}

	return true
}

func (s *Server) leave(c *conn) {
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	if d := c.signedIn(); d != nil {
		d.disconnected(c)
	}
}

func (c *conn) signedIn() *Device {
	c.mu.Lock()
	defer c.mu.Unlock()

	return c.device
}

// cut ends the connection without a word.
func (c *conn) cut() { _ = c.ws.CloseNow() }

// cutLater cuts it when the client has read what was sent.
func (c *conn) cutLater() { time.AfterFunc(goodbye, c.cut) }

// --- frames: three bytes of length, then as much ---

func (c *conn) open(ctx context.Context) (err error) {
	header, err := c.take(ctx, len(socket.WAConnHeader))
	if err != nil {
		return err
	}
	if string(header) != string(socket.WAConnHeader) {
		return errors.New("not a client of this version")
	}
	c.session, err = handshake(header,
		func() ([]byte, error) { return c.readFrame(ctx) },
		func(frame []byte) error { return c.writeFrame(ctx, frame) })

	return err
}

func (c *conn) take(ctx context.Context, n int) ([]byte, error) {
	for len(c.buffer) < n {
		_, data, err := c.ws.Read(ctx)
		if err != nil {
			return nil, err
		}
		c.buffer = append(c.buffer, data...)
	}
	taken := append([]byte(nil), c.buffer[:n]...)
	c.buffer = append(c.buffer[:0], c.buffer[n:]...)

	return taken, nil
}

func (c *conn) readFrame(ctx context.Context) ([]byte, error) {
	head, err := c.take(ctx, 3)
	if err != nil {
		return nil, err
	}

	return c.take(ctx, int(binary.BigEndian.Uint32([]byte{0, head[0], head[1], head[2]})))
}

// writeFrame sends one frame in one WebSocket message: whatsmeow miscounts those
// that are spread over several.
func (c *conn) writeFrame(ctx context.Context, data []byte) error {
	frame := make([]byte, 4, 4+len(data))
	binary.BigEndian.PutUint32(frame, uint32(len(data)))

	return c.ws.Write(ctx, websocket.MessageBinary, append(frame, data...)[1:])
}

func (c *conn) receive(ctx context.Context) (*waBinary.Node, error) {
	sealed, err := c.readFrame(ctx)
	if err != nil {
		return nil, err
	}
	plain, err := c.in.Open(sealed[:0], nonce(c.read), sealed, nil)
	c.read++
	if err != nil {
		return nil, err
	}
	if plain, err = waBinary.Unpack(plain); err != nil {
		return nil, err
	}

	return parse(plain)
}

// parse reads a stanza. whatsmeow's reader believes what it reads, and panics where
// a list stands in the place of a word.
func parse(plain []byte) (stanza *waBinary.Node, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			stanza, err = nil, fmt.Errorf("not a stanza: %v", broken)
		}
	}()

	return waBinary.Unmarshal(plain)
}

// send writes a stanza; an error means that the client is gone.
func (c *conn) send(stanza node) error {
	c.server.trace("->", &stanza)
	plain, err := waBinary.Marshal(stanza)
	if err != nil {
		return err
	}

	c.writing.Lock()
	defer c.writing.Unlock()
	sealed := c.out.Seal(nil, nonce(c.written), plain, nil)
	c.written++
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()

	return c.writeFrame(ctx, sealed)
}

// --- stanzas ---

func (c *conn) handle(stanza *waBinary.Node) {
	d := c.signedIn()
	if stanza.Tag == "iq" {
		c.query(stanza)

		return
	}
	if d == nil {
		return
	}
	switch stanza.Tag {
	case "message":
		c.messageFromClient(d, stanza)
	case "receipt":
		c.receiptFromClient(d, stanza)
	case "ack":
		d.acknowledged(attr(stanza, "id"))
	case "presence", "chatstate":
		d.phone.signals.add(Signal{Tag: stanza.Tag, To: jidOf(stanza, "to"), State: state(stanza)})
	}
}

// state is what a presence or a chat state says: available, composing, …
func state(stanza *waBinary.Node) string {
	if stanza.Tag == "presence" {
		return attr(stanza, "type")
	}
	for _, child := range stanza.GetChildren() {
		return child.Tag
	}

	return ""
}

// ask sends an iq and waits for its answer.
func (c *conn) ask(ctx context.Context, query node) (*waBinary.Node, error) {
	id := strconv.FormatUint(c.server.serial.Add(1), 10)
	query.Tag = "iq"
	query.Attrs["id"], query.Attrs["from"] = id, types.ServerJID
	answer := make(chan *waBinary.Node, 1)
	c.mu.Lock()
	c.answers[id] = answer
	c.mu.Unlock()
	if err := c.send(query); err != nil {
		return nil, err
	}
	select {
	case got := <-answer:
		return got, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *conn) answered(stanza *waBinary.Node) {
	id := attr(stanza, "id")
	c.mu.Lock()
	answer := c.answers[id]
	delete(c.answers, id)
	c.mu.Unlock()
	if answer != nil {
		answer <- stanza
	}
}

// streamError ends a stream: 515 lets the client begin anew, 401 with
// device_removed unlinks it, conflict replaced sends it away.
func (c *conn) streamError(code, conflict string) error {
	stanza := node{Tag: "stream:error", Attrs: attrs{"code": code}}
	if conflict != "" {
		stanza.Content = []node{{Tag: "conflict", Attrs: attrs{"type": conflict}}}
	}

	return c.send(stanza)
}

// signIn lets a linked device in, and sends away the connection it had before.
func (c *conn) signIn() bool {
	jid := types.NewJID(strconv.FormatUint(c.payload.GetUsername(), 10), types.DefaultUserServer)
	phone := c.server.account(jid)
	var device *Device
	if phone != nil {
		device = phone.Device(uint16(c.payload.GetDevice()))
	}
	if device == nil || string(device.noise) != string(c.static) {
		return c.fail(attrs{"reason": "401"})
	}
	if refusal := phone.refusal(); refusal != nil {
		return c.fail(refusal)
	}

	if c.server.Faults.stalled().SignIn {
		return true
	}
	if old := device.connected(c); old != nil {
		_ = old.streamError("", "replaced")
		old.cutLater()
	}
	c.mu.Lock()
	c.device = device
	c.mu.Unlock()

	return c.send(node{Tag: "success", Attrs: attrs{
		"t": strconv.FormatInt(time.Now().Unix(), 10), "lid": device.LID, "location": "sim", "props": "1", "creation": "1700000000",
	}}) == nil
}

// fail refuses a sign-in and reports false.
func (c *conn) fail(why attrs) bool {
	why["location"] = "sim"
	_ = c.send(node{Tag: "failure", Attrs: why})
	time.Sleep(goodbye)

	return false
}

// --- small readers of stanzas ---

func attr(n *waBinary.Node, name string) string {
	switch v := n.Attrs[name].(type) {
	case string:
		return v
	case types.JID:
		return v.String()
	}

	return ""
}

func jidOf(n *waBinary.Node, name string) types.JID {
	jid, _ := n.Attrs[name].(types.JID)

	return jid
}

func intOf(n *waBinary.Node, name string) int {
	i, _ := strconv.Atoi(attr(n, name))

	return i
}

// bytesOf is the content of a node: short numbers and tokens come as text.
func bytesOf(n node) []byte {
	switch v := n.Content.(type) {
	case []byte:
		return v
	case string:
		return []byte(v)
	}

	return nil
}

// uint32Of is a number of four bytes; 0 for anything else.
func uint32Of(raw []byte) uint32 {
	if len(raw) != 4 {
		return 0
	}

	return binary.BigEndian.Uint32(raw)
}

func first(n *waBinary.Node) node {
	for _, child := range n.GetChildren() {
		return child
	}

	return node{}
}

// digits are those of "+5511…@c.us".
func digits(text string) string {
	return strings.TrimPrefix(strings.TrimSuffix(text, "@"+types.LegacyUserServer), "+")
}
