package wasim

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/keys/identity"
	"go.mau.fi/libsignal/keys/prekey"
	"go.mau.fi/libsignal/util/optional"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// Device is a linked whatsmeow client. What is sent to it waits in its queue
// until it says that it has it.
type Device struct {
	JID, LID types.JID

	phone *Phone
	noise []byte

	mu           sync.Mutex
	registration uint32
	identity     []byte
	signed       publicKey
	onetime      []publicKey
	conn         *conn
	active       bool // has asked for what it missed
	queue        []queued
	held         *waBinary.Node // goes after the next one
	heard        map[string]bool
}

// queued is a stanza that the client has not confirmed. One that answers a
// message it could not read is confirmed by a receipt only: the acknowledgement
// that is under way is for the first one.
type queued struct {
	waBinary.Node
	again bool
}

// publicKey is a key as a client uploaded it.
type publicKey struct {
	id             uint32
	key, signature []byte
}

// Online says whether the client is connected and receives.
func (d *Device) Online() bool {
	d.mu.Lock()
	defer d.mu.Unlock()

	return d.conn != nil && d.active
}

// Waiting is how many stanzas the client has not confirmed.
func (d *Device) Waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()

	return len(d.queue)
}

// Keys is how many one-time keys of the client are left.
func (d *Device) Keys() int {
	d.mu.Lock()
	defer d.mu.Unlock()

	return len(d.onetime)
}

// Cut ends the client's connection without a word.
func (d *Device) Cut() {
	if c := d.connection(); c != nil {
		c.cut()
	}
}

// StreamError ends the client's stream with a code, and a conflict where that
// is not empty.
func (d *Device) StreamError(code, conflict string) {
	if c := d.connection(); c != nil {
		_ = c.streamError(code, conflict)
		c.cutLater()
	}
}

func (d *Device) connection() *conn {
	d.mu.Lock()
	defer d.mu.Unlock()

	return d.conn
}

// connected notes a new connection and returns the one it takes the place of.
func (d *Device) connected(c *conn) (old *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	old, d.conn, d.active, d.held = d.conn, c, false, nil

	return old
}

func (d *Device) disconnected(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.conn == c {
		d.conn, d.active = nil, false
	}
}

// push queues a stanza and delivers it to a client that is there.
func (d *Device) push(stanza waBinary.Node) { d.enqueue(queued{Node: stanza}) }

func (d *Device) enqueue(q queued) {
	stanza := q.Node
	d.mu.Lock()
	defer d.mu.Unlock()
	d.queue = append(d.queue, q)
	if d.conn != nil && d.active {
		d.deliver(stanza)
	}
}

// deliver sends a stanza as the faults have it.
func (d *Device) deliver(stanza waBinary.Node) {
	c := d.conn
	fate := d.phone.server.Faults.fate()
	if fate.corrupt {
		stanza = corrupted(stanza)
	}
	switch {
	case fate.cut:
		c.cut()

		return
	case fate.drop:
		return
	case fate.behind && d.held == nil:
		d.held = &stanza
		time.AfterFunc(50*time.Millisecond, d.releaseHeld) // nothing may follow

		return
	case fate.late > 0:
		time.AfterFunc(fate.late, func() { _ = c.send(stanza) })
	default:
		_ = c.send(stanza)
		if fate.twice {
			_ = c.send(stanza)
		}
	}
	if d.held != nil {
		held := *d.held
		d.held = nil
		_ = c.send(held)
	}
}

// corrupted is the stanza with something unreadable in its encrypted parts.
func corrupted(stanza waBinary.Node) waBinary.Node {
	var content []node
	for _, child := range stanza.GetChildren() {
		if sealed, ok := child.Content.([]byte); ok && child.Tag == "enc" && len(sealed) > 0 {
			sealed = slices.Clone(sealed)
			sealed[len(sealed)-1] ^= 0xFF
			child.Content = sealed
		}
		content = append(content, child)
	}
	stanza.Content = content

	return stanza
}

func (d *Device) releaseHeld() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held != nil && d.conn != nil {
		held := *d.held
		d.held = nil
		_ = d.conn.send(held)
	}
}

// settle forgets what the client has confirmed by a receipt.
func (d *Device) settle(ids ...string) {
	d.drop(ids, func(queued) bool { return true })
}

// acknowledged forgets what the client has confirmed by an acknowledgement.
func (d *Device) acknowledged(id string) {
	d.drop([]string{id}, func(q queued) bool { return !q.again })
}

func (d *Device) drop(ids []string, which func(queued) bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, id := range ids {
		at := slices.IndexFunc(d.queue, func(q queued) bool { return q.Attrs["id"] == id && which(q) })
		if at >= 0 {
			d.queue = slices.Delete(d.queue, at, at+1)
		}
	}
}

// resume delivers what the client missed.
func (d *Device) resume(c *conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.active = true
	total := strconv.Itoa(len(d.queue))
	_ = c.send(node{Tag: "ib", Attrs: attrs{"from": types.ServerJID}, Content: []node{{Tag: "offline_preview", Attrs: attrs{
		"count": total, "message": total, "receipt": "0", "notification": "0", "appdata": "0",
	}}}})
	if d.phone.server.Faults.stalled().Offline {
		d.active = false

		return
	}
	for _, q := range d.queue {
		offline := q.Node
		offline.Attrs = attrs{"offline": "0"}
		for name, value := range q.Attrs {
			offline.Attrs[name] = value
		}
		d.deliver(offline)
	}
	_ = c.send(node{Tag: "ib", Attrs: attrs{"from": types.ServerJID}, Content: []node{{Tag: "offline", Attrs: attrs{"count": total}}}})
}

// hears says whether the client sent this id for the first time.
func (d *Device) hears(id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.heard == nil {
		d.heard = map[string]bool{}
	}
	again := d.heard[id]
	d.heard[id] = true

	return !again
}

// --- keys ---

func parseKey(n node) publicKey {
	id := append([]byte{0}, bytesOf(n.GetChildByTag("id"))...)
	if len(id) != 4 {
		return publicKey{}
	}

	return publicKey{id: binary.BigEndian.Uint32(id), key: bytesOf(n.GetChildByTag("value")), signature: bytesOf(n.GetChildByTag("signature"))}
}

func (k publicKey) node(tag string) node {
	var id [4]byte
	binary.BigEndian.PutUint32(id[:], k.id)
	content := []node{{Tag: "id", Content: id[1:]}, {Tag: "value", Content: k.key}}
	if k.signature != nil {
		content = append(content, node{Tag: "signature", Content: k.signature})
	}

	return node{Tag: tag, Content: content}
}

// upload keeps the keys with which others begin to write to the client.
func (d *Device) upload(n *waBinary.Node) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.registration = uint32Of(bytesOf(n.GetChildByTag("registration")))
	d.identity = bytesOf(n.GetChildByTag("identity"))
	d.signed = parseKey(n.GetChildByTag("skey"))
	list := n.GetChildByTag("list")
	for _, child := range list.GetChildren() {
		key := parseKey(child)
		if !slices.ContainsFunc(d.onetime, func(k publicKey) bool { return k.id == key.id }) {
			d.onetime = append(d.onetime, key)
		}
	}
}

// fewKeys is when the server asks a client for more.
const fewKeys = 10

// takeKey gives away a one-time key; nil where none is left. d.mu is held.
func (d *Device) takeKey() *publicKey {
	if len(d.onetime) == 0 {
		return nil
	}
	key := d.onetime[0]
	d.onetime = d.onetime[1:]
	if left := len(d.onetime); left == fewKeys && d.conn != nil {
		go d.conn.send(node{Tag: "notification", Attrs: attrs{
			"from": types.ServerJID, "id": d.phone.server.nextID(), "t": d.phone.server.stamp(), "type": "encrypt",
		}, Content: []node{{Tag: "count", Attrs: attrs{"value": strconv.Itoa(left)}}}})
	}

	return &key
}

// bundle begins a session with the client.
func (d *Device) bundle() (*prekey.Bundle, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.signed.key) != 32 || len(d.signed.signature) != 64 || len(d.identity) != 32 {
		return nil, fmt.Errorf("%s has not uploaded its keys", d.JID)
	}
	id, key := optional.NewEmptyUint32(), ecc.ECPublicKeyable(nil)
	if k := d.takeKey(); k != nil {
		if len(k.key) != 32 {
			return nil, errors.New("an uploaded key is broken")
		}
		id, key = optional.NewOptionalUint32(k.id), ecc.NewDjbECPublicKey([32]byte(k.key))
	}

	return prekey.NewBundle(d.registration, uint32(d.JID.Device), id, d.signed.id, key,
		ecc.NewDjbECPublicKey([32]byte(d.signed.key)), [64]byte(d.signed.signature),
		identity.NewKey(ecc.NewDjbECPublicKey([32]byte(d.identity)))), nil
}

// bundleNode is the same for another client, or nil.
func (d *Device) bundleNode() []node {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.signed.key == nil {
		return nil
	}
	content := bundleContent(d.registration, d.identity, d.signed)
	if k := d.takeKey(); k != nil {
		content = append(content, k.node("key"))
	}

	return content
}

func bundleContent(registration uint32, identity []byte, signed publicKey) []node {
	var id [4]byte
	binary.BigEndian.PutUint32(id[:], registration)

	return []node{
		{Tag: "registration", Content: id[:]}, {Tag: "type", Content: []byte{ecc.DjbType}},
		{Tag: "identity", Content: identity}, signed.node("skey"),
	}
}
