package wasim

import (
	"strconv"
	"time"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// What clients send: messages, which are acknowledged and reach phones and other
// clients, and receipts.

// target is one device a message is encrypted for.
type target struct {
	device types.JID
	enc    node
}

func (c *conn) messageFromClient(d *Device, n *waBinary.Node) {
	to, id := jidOf(n, "to"), attr(n, "id")
	receiver := c.server.account(to)
	send, code, late := c.server.Faults.ack(d.phone, receiver)
	if send {
		ack := node{Tag: "ack", Attrs: attrs{"class": "message", "id": id, "from": to, "t": strconv.FormatInt(time.Now().Unix(), 10)}}
		if code != 0 {
			ack.Attrs["error"] = strconv.Itoa(code)
		}
		time.AfterFunc(late, func() { _ = c.send(ack) })
	}
	if code != 0 {
		return
	}

	if receiver != nil && receiver != d.phone {
		d.phone.mu.Lock()
		d.phone.wrote[receiver.PN.User] = true
		d.phone.mu.Unlock()
	}
	// What was sent before a cut is sent again as it was. An answer to someone who
	// could not read it has the same id, too, and is for one device.
	if _, fanout := n.GetOptionalChildByTag("participants"); fanout && !d.hears(id) {
		if c.server.group(to) == nil && receiver != nil && receiver.hasRead(id) {
			receiver.confirm(d.phone, id)

			return
		}
	}
	if group := c.server.group(to); group != nil {
		group.fromClient(d, n)

		return
	}
	for _, t := range targets(n, to) {
		c.handOver(d, n, to, t)
	}
}

func targets(n *waBinary.Node, to types.JID) []target {
	var list []target
	for _, child := range n.GetChildren() {
		switch child.Tag {
		case "enc":
			list = append(list, target{to, child})
		case "participants":
			for _, one := range child.GetChildren() {
				list = append(list, target{jidOf(&one, "jid"), one.GetChildByTag("enc")})
			}
		}
	}

	return list
}

// handOver gives a message to one device.
func (c *conn) handOver(d *Device, n *waBinary.Node, to types.JID, t target) {
	phone := c.server.account(t.device)
	if phone == nil {
		return
	}
	id, own := attr(n, "id"), phone == d.phone
	if t.device.Device != 0 {
		if other := phone.Device(t.device.Device); other != nil {
			other.push(forward(d, n, to, t.enc, own))
		}

		return
	}

	message, err := phone.keys.decrypt(d.JID, attr(&t.enc, "type"), bytesOf(t.enc))
	if own && err == nil && message.GetDeviceSentMessage().GetMessage() != nil {
		message = message.GetDeviceSentMessage().GetMessage()
	}
	phone.take(Received{From: d.JID, To: to, ID: id, Message: message, Own: own, Err: err})
	switch {
	case own:
	case err != nil:
		phone.askAgain(d, id)
	default:
		phone.confirm(d.phone, id)
	}
}

// confirm says that a message has reached the phone.
func (p *Phone) confirm(sender *Phone, id string) {
	p.mu.Lock()
	silent := p.silent
	p.mu.Unlock()
	if !silent {
		p.Acknowledge(sender, "", id)
	}
}

// askAgain tells a client that the phone could not read its message, with keys
// to begin anew.
func (p *Phone) askAgain(d *Device, id string) {
	key := p.keys.newOnetime()
	signed := publicKey{id: p.keys.signed.KeyID, key: p.keys.signed.Pub[:], signature: p.keys.signed.Signature[:]}
	content := bundleContent(p.keys.id, p.keys.identity.Pub[:], signed)
	registration, bundle := content[0], append(content[1:], publicKey{id: key.KeyID, key: key.Pub[:]}.node("key"))

	a := p.from(d.phone)
	delete(a, "addressing_mode")
	a["id"], a["t"], a["type"] = id, p.server.stamp(), "retry"
	d.push(node{Tag: "receipt", Attrs: a, Content: []node{
		{Tag: "retry", Attrs: attrs{"count": "1", "id": id, "t": p.server.stamp(), "v": "1"}},
		registration, {Tag: "keys", Content: bundle},
	}})
}

// forward is a client's message as another client gets it.
func forward(d *Device, n *waBinary.Node, to types.JID, enc node, own bool) node {
	a := attrs{
		"from": d.JID, "sender_lid": d.LID, "id": attr(n, "id"), "t": d.phone.server.stamp(),
		"type": n.Attrs["type"], "notify": d.phone.Name,
	}
	if to.Server == types.HiddenUserServer {
		a["from"], a["sender_pn"], a["addressing_mode"] = d.LID, d.JID, "lid"
		delete(a, "sender_lid")
	}
	if own { // the copy for another client of the same account
		a["recipient"] = to
	}

	return node{Tag: "message", Attrs: a, Content: []node{enc}}
}

func (c *conn) receiptFromClient(d *Device, n *waBinary.Node) {
	to, kind := jidOf(n, "to"), attr(n, "type")
	ids := []string{attr(n, "id")}
	list := n.GetChildByTag("list")
	for _, item := range list.GetChildren() {
		ids = append(ids, attr(&item, "id"))
	}
	_ = c.send(node{Tag: "ack", Attrs: attrs{"class": "receipt", "id": ids[0], "from": to, "type": kind, "t": c.server.stamp()}})
	d.settle(ids...)

	sender := to
	if participant := jidOf(n, "participant"); !participant.IsEmpty() {
		sender = participant
	}
	phone := c.server.account(sender)
	if phone == nil {
		return
	}
	if kind == "server-error" {
		phone.uploadAgain(d, n)

		return
	}
	phone.receipts.add(Receipt{From: d.JID, IDs: ids, Type: kind})
	if retry, ok := n.GetOptionalChildByTag("retry"); ok && to.Device == 0 {
		_, anew := n.GetOptionalChildByTag("keys")
		phone.again(d, ids[0], intOf(&retry, "count"), anew)
	}
	if phone == d.phone {
		return
	}
	for _, other := range phone.Devices() {
		if to.Device != 0 && to.Device != other.JID.Device {
			continue
		}
		from, beside, name := d.JID, d.LID, "sender_lid"
		if to.Server == types.HiddenUserServer {
			from, beside, name = beside, from, "sender_pn"
		}
		other.push(node{Tag: "receipt", Attrs: attrs{
			"from": from, name: beside, "id": ids[0], "t": c.server.stamp(), "type": kind,
		}, Content: n.Content})
	}
}
