package wasim

import (
	"strconv"
	"strings"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/types"
)

// What clients ask. A question left unanswered holds a client up for more than a
// minute, so what the simulator does not know it answers with nothing.

func (c *conn) result(query *waBinary.Node, children ...node) {
	answer := node{Tag: "iq", Attrs: attrs{"id": query.Attrs["id"], "type": "result", "from": types.ServerJID}}
	if len(children) > 0 {
		answer.Content = children
	}
	_ = c.send(answer)
}

// QueryError is the answer to a query that failed, for [Server.OnQuery].
func QueryError(query *waBinary.Node, code int, text string) *waBinary.Node {
	return &node{
		Tag: "iq", Attrs: attrs{"id": query.Attrs["id"], "type": "error", "from": types.ServerJID},
		Content: []node{{Tag: "error", Attrs: attrs{"code": strconv.Itoa(code), "text": text}}},
	}
}

func (c *conn) query(n *waBinary.Node) {
	kind := attr(n, "type")
	if kind == "result" || kind == "error" {
		c.answered(n)

		return
	}
	c.server.mu.Lock()
	answer := c.server.queries
	c.server.mu.Unlock()
	if answer != nil {
		if given := answer(n); given != nil {
			_ = c.send(*given)

			return
		}
	}

	child, d := first(n), c.signedIn()
	question := attr(n, "xmlns") + " " + kind + " " + child.Tag
	if d == nil {
		if question == "md set link_code_companion_reg" {
			c.linkByCode(n, child)
		} else {
			c.result(n)
		}

		return
	}
	switch question {
	case "md set remove-companion-device":
		c.result(n)
		d.phone.forget(d)
	case "encrypt get count":
		c.result(n, node{Tag: "count", Attrs: attrs{"value": strconv.Itoa(d.Keys())}})
	case "encrypt set registration":
		d.upload(n)
		c.result(n)
	case "encrypt get key":
		var users []node
		for _, user := range child.GetChildrenByTag("user") {
			users = append(users, c.server.keysOf(jidOf(&user, "jid")))
		}
		c.result(n, node{Tag: "list", Content: users})
	case "passive set active":
		c.result(n)
		d.resume(c)
	case "usync get usync":
		c.lookUp(n, child)
	case "w:m set media_conn":
		c.result(n, node{
			Tag: "media_conn", Attrs: attrs{"auth": "sim", "auth_ttl": "300", "ttl": "300", "max_buckets": "12"},
			Content: []node{{Tag: "host", Attrs: attrs{"hostname": mediaHost}}},
		})
	case "w:sync:app:state set sync":
		c.result(n, node{Tag: "sync", Content: []node{d.phone.apps.collection(child.GetChildByTag("collection"))}})
	case "privacy get privacy":
		c.result(n, node{Tag: "privacy", Content: []node{
			{Tag: "category", Attrs: attrs{"name": "readreceipts", "value": "all"}},
			{Tag: "category", Attrs: attrs{"name": "last", "value": "all"}},
		}})
	case "w:profile:picture get picture":
		c.picture(n)
	case "blocklist get ", "blocklist set item":
		c.result(n, node{Tag: "list", Attrs: attrs{"dhash": "1"}})
	case "w:g2 get participating":
		c.result(n, node{Tag: "groups", Content: c.server.groupsOf(d.phone)})
	case "w:g2 get query":
		if group := c.server.group(jidOf(n, "to")); group != nil {
			c.result(n, group.node())
		} else {
			_ = c.send(*QueryError(n, 404, "item-not-found"))
		}
	default:
		c.result(n)
	}
}

// picture tells where the picture of an account is.
func (c *conn) picture(n *waBinary.Node) {
	p := c.server.account(jidOf(n, "target"))
	if p == nil {
		_ = c.send(*QueryError(n, 404, "item-not-found"))

		return
	}
	p.mu.Lock()
	id, path := p.photoID, p.photo
	p.mu.Unlock()
	asked := n.GetChildByTag("picture")
	switch {
	case path == "":
		_ = c.send(*QueryError(n, 404, "item-not-found"))
	case attr(&asked, "id") == id:
		c.result(n)
	default:
		c.result(n, node{Tag: "picture", Attrs: attrs{"id": id, "type": "preview", "url": "https://" + mediaHost + path, "direct_path": path}})
	}
}

// lookUp says who has an account and which devices it has. A number is found by
// the variants that WhatsApp knows of it, under the one that is right.
func (c *conn) lookUp(n *waBinary.Node, usync node) {
	query, list := usync.GetChildByTag("query"), usync.GetChildByTag("list")
	var users []node
	for _, user := range list.GetChildren() {
		jid := jidOf(&user, "jid")
		contact, typed := user.GetOptionalChildByTag("contact")
		if typed {
			jid = types.NewJID(digits(string(bytesOf(contact))), types.DefaultUserServer)
		}
		phone := c.server.account(jid)
		if phone == nil && jid.Server == types.DefaultUserServer {
			phone = c.server.variant(jid.User)
		}
		a := attrs{"jid": jid}
		if typed && phone != nil {
			a["jid"] = phone.PN
			if asked := query.GetChildByTag("contact"); attr(&asked, "addressing_mode") == "lid" {
				a["jid"], a["pn_jid"] = phone.LID, phone.PN
			}
		}
		users = append(users, node{Tag: "user", Attrs: a, Content: known(phone, query, contact)})
	}
	c.result(n, node{
		Tag: "usync", Attrs: attrs{"sid": usync.Attrs["sid"], "mode": usync.Attrs["mode"]},
		Content: []node{{Tag: "list", Content: users}},
	})
}

func known(p *Phone, query, contact node) []node {
	var answers []node
	for _, asked := range query.GetChildren() {
		switch {
		case asked.Tag == "contact":
			in := "out"
			if p != nil {
				in = "in"
			}
			answers = append(answers, node{Tag: "contact", Attrs: attrs{"type": in}, Content: bytesOf(contact)})
		case p == nil:
		case asked.Tag == "devices":
			devices := []node{{Tag: "device", Attrs: attrs{"id": "0"}}}
			for _, d := range p.Devices() {
				id := strconv.Itoa(int(d.JID.Device))
				devices = append(devices, node{Tag: "device", Attrs: attrs{"id": id, "key-index": id}})
			}
			answers = append(answers, node{Tag: "devices", Content: []node{{Tag: "device-list", Content: devices}}})
		case asked.Tag == "lid":
			answers = append(answers, node{Tag: "lid", Attrs: attrs{"val": p.LID}})
		}
	}

	return answers
}

// variant finds the account of a number written in another of its forms: with
// or without Brazil's ninth digit, Mexico's 1 and Argentina's 9.
func (s *Server) variant(number string) *Phone {
	var other string
	switch {
	case strings.HasPrefix(number, "55") && len(number) == 13 && number[4] == '9':
		other = number[:4] + number[5:]
	case strings.HasPrefix(number, "55") && len(number) == 12:
		other = number[:4] + "9" + number[4:]
	case strings.HasPrefix(number, "521") && len(number) == 13:
		other = "52" + number[3:]
	case strings.HasPrefix(number, "52") && len(number) == 12:
		other = "521" + number[2:]
	case strings.HasPrefix(number, "549") && len(number) == 13:
		other = "54" + number[3:]
	case strings.HasPrefix(number, "54") && len(number) == 12:
		other = "549" + number[2:]
	default:
		return nil
	}

	return s.Phone(other)
}

// keysOf are the keys to begin a session with a device.
func (s *Server) keysOf(jid types.JID) node {
	missing := node{
		Tag: "user", Attrs: attrs{"jid": jid},
		Content: []node{{Tag: "error", Attrs: attrs{"code": "404", "text": "item-not-found"}}},
	}
	p := s.account(jid)
	if p == nil {
		return missing
	}
	var content []node
	if jid.Device == 0 {
		key := p.keys.newOnetime()
		signed := publicKey{id: p.keys.signed.KeyID, key: p.keys.signed.Pub[:], signature: p.keys.signed.Signature[:]}
		content = append(bundleContent(p.keys.id, p.keys.identity.Pub[:], signed),
			publicKey{id: key.KeyID, key: key.Pub[:]}.node("key"))
	} else if d := p.Device(jid.Device); d != nil {
		content = d.bundleNode()
	}
	if content == nil {
		return missing
	}

	return node{Tag: "user", Attrs: attrs{"jid": jid, "t": s.stamp()}, Content: content}
}
