package wasim

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"go.mau.fi/libsignal/keys/prekey"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// Phone is an account and its phone: that of a team or of a customer. The
// clients linked to it are its devices.
type Phone struct {
	PN, LID types.JID
	Name    string

	server *Server
	keys   *keyring
	apps   *appState

	received Record[Received]
	receipts Record[Receipt]
	signals  Record[Signal]

	mu      sync.Mutex
	devices map[uint16]*Device
	last    uint16              // number of the device linked last
	sent    map[string]sentItem // for those who could not read it
	read    map[string]bool     // ids that were decrypted
	wrote   map[string]bool     // numbers this account has written to
	by      addressing
	silent  bool
	ban     attrs
	secrets map[string][]byte // of polls, by message
	files   map[string]attachedFile
	photo   string // path of the picture
	photoID string
	cipher  int // how many of the next messages can't be read
}

type sentItem struct {
	to      *Phone
	message *waE2E.Message
	attrs   attrs
}

// addressing is how an account shows itself to others.
type addressing int

const (
	byNumber addressing = iota // by its phone number, the hidden id beside it
	byLID                      // by its hidden id, the number beside it
	hidden                     // by its hidden id alone
)

// Received is a message that reached a phone.
type Received struct {
	From    types.JID // the device that sent it
	To      types.JID // the chat it was sent to
	ID      string
	Message *waE2E.Message // what the sender's own phone gets is unwrapped
	Own     bool           // it is the copy that the sender's own phone gets
	Err     error          // it could not be decrypted
	At      time.Time
}

// Text is what the message says, wherever it says it.
func (r Received) Text() string { return text(r.Message) }

func text(m *waE2E.Message) string {
	switch {
	case m.GetConversation() != "":
		return m.GetConversation()
	case m.GetExtendedTextMessage() != nil:
		return m.GetExtendedTextMessage().GetText()
	case m.GetImageMessage() != nil:
		return m.GetImageMessage().GetCaption()
	case m.GetDocumentMessage() != nil:
		return m.GetDocumentMessage().GetCaption()
	case m.GetVideoMessage() != nil:
		return m.GetVideoMessage().GetCaption()
	case m.GetReactionMessage() != nil:
		return m.GetReactionMessage().GetText()
	case m.GetEditedMessage() != nil:
		return text(m.GetEditedMessage().GetMessage().GetProtocolMessage().GetEditedMessage())
	case m.GetProtocolMessage().GetEditedMessage() != nil:
		return text(m.GetProtocolMessage().GetEditedMessage())
	}

	return ""
}

// Receipt is what a client said about messages of a phone.
type Receipt struct {
	From types.JID
	IDs  []string
	Type string // "" delivered, "inactive" to nobody who looks, "read", "sender", "retry", …
}

// Signal is a presence or a typing state that a client of the account sent.
type Signal struct {
	Tag   string // presence or chatstate
	To    types.JID
	State string // available, composing, …
}

// NewPhone makes an account with the digits as its number.
func (s *Server) NewPhone(number, name string) *Phone {
	p := &Phone{
		PN: types.NewJID(number, types.DefaultUserServer), LID: types.NewJID("9"+number, types.HiddenUserServer),
		Name: name, server: s, keys: newKeyring(), apps: newAppState(),
		devices: map[uint16]*Device{}, sent: map[string]sentItem{}, read: map[string]bool{}, wrote: map[string]bool{},
		secrets: map[string][]byte{},
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers[number], s.lids[p.LID.User] = p, p

	return p
}

// Received are the messages that reached the phone. Receipts are those that
// clients gave for its messages, Signals what its own clients did.
func (p *Phone) Received() *Record[Received] { return &p.received }
func (p *Phone) Receipts() *Record[Receipt]  { return &p.receipts }
func (p *Phone) Signals() *Record[Signal]    { return &p.signals }

// ShowLID addresses what the phone sends by its hidden id, with the number beside it.
func (p *Phone) ShowLID() { p.address(byLID) }

// HideNumber addresses what the phone sends by its hidden id alone, as someone
// does who came by an advertisement or has a user name.
func (p *Phone) HideNumber() { p.address(hidden) }

// ShowNumber addresses what the phone sends by its number.
func (p *Phone) ShowNumber() { p.address(byNumber) }

func (p *Phone) address(how addressing) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.by = how
}

// Silence keeps the phone from saying that messages have reached it.
func (p *Phone) Silence(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = on
}

// Show gives the account a picture; an empty one takes it off.
func (p *Phone) Show(picture []byte) {
	id, path := p.server.nextID(), ""
	if len(picture) > 0 {
		path = p.server.store("photo-"+id, picture)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.photoID, p.photo = id, path
}

// Ban refuses the account's clients: 403 banned, 402 for a while, 405 for being
// outdated, 0 lets them in again. Those that are connected are cut.
func (p *Phone) Ban(reason int) {
	p.mu.Lock()
	switch reason {
	case 0:
		p.ban = nil
	case 402:
		p.ban = attrs{"reason": "402", "code": "101", "expire": "3600"}
	default:
		p.ban = attrs{"reason": strconv.Itoa(reason)}
	}
	p.mu.Unlock()
	if reason != 0 {
		for _, d := range p.Devices() {
			d.Cut()
		}
	}
}

func (p *Phone) refusal() attrs {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ban == nil {
		return nil
	}
	why := attrs{}
	for name, value := range p.ban {
		why[name] = value
	}

	return why
}

// Garble damages the next n messages of the phone on their way.
func (p *Phone) Garble(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cipher = n
}

// LoseAll makes the phone forget its messages and the keys they were read by, as one that
// was set up anew.
func (p *Phone) LoseAll() {
	p.keys.mu.Lock()
	clear(p.keys.sessions)
	p.keys.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.read)
}

// AskAgain asks all clients of an account for a message that the phone has not, or
// could not read.
func (p *Phone) AskAgain(of *Phone, id string) {
	for _, d := range of.Devices() {
		p.askAgain(d, id)
	}
}

// garbles says whether the next message is one of those.
func (p *Phone) garbles() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cipher > 0 {
		p.cipher--

		return true
	}

	return false
}

// Device returns the linked client with the number, or nil.
func (p *Phone) Device(number uint16) *Device {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.devices[number]
}

// Devices are the linked clients.
func (p *Phone) Devices() []*Device {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]*Device, 0, len(p.devices))
	for number := uint16(1); number <= p.last; number++ {
		if d := p.devices[number]; d != nil {
			list = append(list, d)
		}
	}

	return list
}

// Online waits until a linked client receives.
func (p *Phone) Online(ctx context.Context) error {
	return await(ctx, func() bool {
		for _, d := range p.Devices() {
			if d.Online() {
				return true
			}
		}

		return false
	})
}

// Settled waits until the linked clients have confirmed all that was sent to them.
func (p *Phone) Settled(ctx context.Context) error {
	return await(ctx, func() bool {
		for _, d := range p.Devices() {
			if d.Waiting() > 0 {
				return false
			}
		}

		return true
	})
}

// Unlink takes a client off, as its owner does on the phone.
func (p *Phone) Unlink(d *Device) {
	p.forget(d)
	if c := d.connection(); c != nil {
		_ = c.streamError("401", "device_removed")
		c.cutLater()
	}
}

// UnlinkAll takes all clients off.
func (p *Phone) UnlinkAll() {
	for _, d := range p.Devices() {
		p.Unlink(d)
	}
}

func (p *Phone) forget(d *Device) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.devices, d.JID.Device)
}

// from are the attributes by which the phone shows itself to another account.
func (p *Phone) from(to *Phone) attrs {
	p.mu.Lock()
	by := p.by
	p.mu.Unlock()

	switch {
	case by == byNumber || to == p:
		a := attrs{"from": p.PN, "addressing_mode": "pn"}
		if to != p {
			a["sender_lid"] = p.LID
		}

		return a
	case by == byLID:
		return attrs{"from": p.LID, "addressing_mode": "lid", "sender_pn": p.PN}
	default:
		return attrs{"from": p.LID, "addressing_mode": "lid"}
	}
}

// seal encrypts a message for one client.
func (p *Phone) seal(d *Device, message *waE2E.Message, anew bool) (waBinary.Node, error) {
	var bundle *prekey.Bundle
	if anew || !p.keys.knows(d.JID) {
		var err error
		if bundle, err = d.bundle(); err != nil {
			return node{}, err
		}
	}
	kind, sealed, err := p.keys.encrypt(d.JID, bundle, message)
	if err != nil {
		return node{}, err
	}
	if p.garbles() {
		sealed[len(sealed)-1] ^= 0xFF // the signature of a msg, the message inside of a pkmsg
	}
	enc := node{Tag: "enc", Attrs: attrs{"v": "2", "type": kind}, Content: sealed}
	if media := mediaType(message); media != "" {
		enc.Attrs["mediatype"] = media
	}

	return enc, nil
}

var errNoDevice = errors.New("no client is linked to this number")

// Send sends a message to another account: to the clients linked to it, and to
// its phone. It returns the message's id.
func (p *Phone) Send(to *Phone, message *waE2E.Message) (id string, err error) {
	return p.SendAs(p.server.nextID(), to, message, nil)
}

// SendAs is Send under a given id, with further attributes of the stanza.
func (p *Phone) SendAs(id string, to *Phone, message *waE2E.Message, extra map[string]any) (string, error) {
	devices := to.Devices()
	if len(devices) == 0 && to != p {
		return "", fmt.Errorf("%s: %w", to.PN, errNoDevice)
	}
	item := sentItem{to: to, message: message, attrs: attrs{}}
	for name, value := range extra {
		item.attrs[name] = value
	}
	item.attrs["t"] = p.server.stamp()
	p.mu.Lock()
	p.sent[id] = item
	p.wrote[to.PN.User] = true
	p.mu.Unlock()

	for _, d := range devices {
		stanza, err := p.stanza(d, id, item, false)
		if err != nil {
			return "", err
		}
		d.push(stanza)
	}

	return id, nil
}

// stanza is one message for one client.
func (p *Phone) stanza(d *Device, id string, item sentItem, anew bool) (waBinary.Node, error) {
	enc, err := p.seal(d, item.message, anew)
	if err != nil {
		return node{}, err
	}
	a := p.from(d.phone)
	a["id"], a["type"], a["notify"] = id, stanzaType(item.message), p.Name
	for name, value := range item.attrs {
		a[name] = value
	}

	return node{Tag: "message", Attrs: a, Content: []node{enc}}, nil
}

// again answers a client that could not read a message.
func (p *Phone) again(d *Device, id string, count int, anew bool) {
	p.mu.Lock()
	item, ok := p.sent[id]
	p.mu.Unlock()
	if !ok {
		return
	}
	stanza, err := p.stanza(d, id, item, anew)
	if err != nil {
		return
	}
	content := stanza.Content.([]node)
	content[0].Attrs["count"] = strconv.Itoa(count)
	d.enqueue(queued{Node: stanza, again: true})
}

// TypeOn writes to another account by hand, as someone does who holds the team's
// phone: the linked clients get a copy of it.
func (p *Phone) TypeOn(to *Phone, message *waE2E.Message) (id string, err error) {
	id = p.server.nextID()
	p.mu.Lock()
	p.wrote[to.PN.User] = true
	p.mu.Unlock()
	destination := to.PN.String()
	copied := &waE2E.Message{DeviceSentMessage: &waE2E.DeviceSentMessage{DestinationJID: &destination, Message: message}}
	for _, d := range p.Devices() {
		enc, err := p.seal(d, copied, false)
		if err != nil {
			return "", err
		}
		d.push(node{Tag: "message", Attrs: attrs{
			"from": p.PN, "recipient": to.PN, "peer_recipient_lid": to.LID, "id": id, "t": p.server.stamp(), "type": stanzaType(message),
		}, Content: []node{enc}})
	}
	to.take(Received{From: p.PN, To: to.PN, ID: id, Message: message})

	return id, nil
}

// take notes a message that came; one that came before is none.
func (p *Phone) take(r Received) (fresh bool) {
	p.mu.Lock()
	if r.Err == nil {
		fresh = !p.read[r.ID]
		p.read[r.ID] = true
	} else {
		fresh = true
	}
	p.mu.Unlock()
	if fresh {
		r.At = p.server.options.Now()
		p.received.add(r)
	}

	return fresh
}

// hasRead says whether the phone decrypted a message with the id before.
func (p *Phone) hasRead(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.read[id]
}

// HasWrittenTo says whether the account has ever written to the other: one that
// has not is cold.
func (p *Phone) HasWrittenTo(other *Phone) bool {
	p.mu.Lock()
	defer p.mu.Unlock()

	return p.wrote[other.PN.User]
}

// Read says to the sender's clients that the phone's owner has read the messages.
func (p *Phone) Read(sender *Phone, ids ...string) { p.Acknowledge(sender, "read", ids...) }

// Acknowledge sends a receipt: "" for delivered, "read", "played".
func (p *Phone) Acknowledge(sender *Phone, kind string, ids ...string) {
	a := p.from(sender)
	delete(a, "addressing_mode")
	p.acknowledge(sender, a, kind, ids)
}

// ReadHere says to the account's own clients that its owner has read a chat on
// the phone.
func (p *Phone) ReadHere(chat *Phone, ids ...string) {
	p.acknowledge(p, attrs{"from": p.PN, "recipient": chat.PN}, "read-self", ids)
}

func (p *Phone) acknowledge(to *Phone, a attrs, kind string, ids []string) {
	a["id"], a["t"], a["type"] = ids[0], p.server.stamp(), kind
	receipt := node{Tag: "receipt", Attrs: a}
	if len(ids) > 1 {
		items := make([]node, len(ids)-1)
		for i, id := range ids[1:] {
			items[i] = node{Tag: "item", Attrs: attrs{"id": id}}
		}
		receipt.Content = []node{{Tag: "list", Content: items}}
	}
	for _, d := range to.Devices() {
		d.push(receipt)
	}
}

// Typing shows that the phone's owner writes to another account, or stopped.
func (p *Phone) Typing(to *Phone, on bool) {
	state := "paused"
	if on {
		state = "composing"
	}
	for _, d := range to.Devices() {
		if c := d.connection(); c != nil {
			_ = c.send(node{Tag: "chatstate", Attrs: p.from(to), Content: []node{{Tag: state}}})
		}
	}
}

// Call rings at another account and gives up again.
func (p *Phone) Call(to *Phone) (id string) { return p.call(to, "timeout") }

// CallTaken rings at another account, which takes the call on the phone.
func (p *Phone) CallTaken(to *Phone) (id string) { return p.call(to, "accepted_elsewhere") }

func (p *Phone) call(to *Phone, end string) (id string) {
	id = p.server.nextID()
	for _, d := range to.Devices() {
		for _, step := range []node{
			{Tag: "offer", Attrs: attrs{"call-id": id, "call-creator": p.PN}},
			{Tag: "terminate", Attrs: attrs{"call-id": id, "call-creator": p.PN, "reason": end}},
		} {
			d.push(node{Tag: "call", Attrs: attrs{
				"from": p.PN, "id": p.server.nextID(), "t": p.server.stamp(), "platform": "android", "version": "2.26.1",
			}, Content: []node{step}})
		}
	}

	return id
}

// peer sends a message of the phone's own to one of its clients.
func (p *Phone) peer(d *Device, content *waE2E.ProtocolMessage) error {
	enc, err := p.seal(d, &waE2E.Message{ProtocolMessage: content}, false)
	if err != nil {
		return err
	}
	d.push(node{Tag: "message", Attrs: attrs{
		"from": p.PN, "id": p.server.nextID(), "t": p.server.stamp(), "type": "text", "category": "peer",
	}, Content: []node{enc}})

	return nil
}
