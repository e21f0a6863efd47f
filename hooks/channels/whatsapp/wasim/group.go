package wasim

import (
	"slices"
	"strconv"
	"sync"

	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/types"
)

// Group is a chat of several accounts.
type Group struct {
	JID  types.JID
	Name string

	server  *Server
	mu      sync.Mutex
	members []*Phone
	told    map[string]bool // devices that have the sender's key
}

// NewGroup makes a group; the first member made it.
func (s *Server) NewGroup(name string, members ...*Phone) *Group {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &Group{
		JID: types.NewJID("12036300000"+strconv.Itoa(len(s.groups)+1), types.GroupServer), Name: name,
		server: s, members: members, told: map[string]bool{},
	}
	s.groups[g.JID.User] = g

	return g
}

func (s *Server) group(jid types.JID) *Group {
	if jid.Server != types.GroupServer {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()

	return s.groups[jid.User]
}

func (s *Server) groupsOf(p *Phone) []node {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []node
	for _, g := range s.groups {
		if slices.Contains(g.members, p) {
			list = append(list, g.node())
		}
	}

	return list
}

func (g *Group) node() node {
	g.mu.Lock()
	defer g.mu.Unlock()
	content := make([]node, len(g.members))
	for i, p := range g.members {
		content[i] = node{Tag: "participant", Attrs: attrs{"jid": p.PN, "lid": p.LID}}
	}

	return node{Tag: "group", Attrs: attrs{
		"id": g.JID.User, "subject": g.Name, "creator": g.members[0].PN, "creation": "1700000000", "s_t": "1700000000",
		"size": strconv.Itoa(len(g.members)), "addressing_mode": "pn",
	}, Content: content}
}

// Say lets a member write a text into the group.
func (g *Group) Say(author *Phone, words string) (id string, err error) {
	return g.Send(author, &waE2E.Message{Conversation: &words})
}

// Send lets a member write into the group.
func (g *Group) Send(author *Phone, message *waE2E.Message) (id string, err error) {
	id = g.server.nextID()
	sealed, err := author.keys.encryptGroupAfterKey(g.JID, author.PN, message)
	if err != nil {
		return "", err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, p := range g.members {
		for _, d := range p.Devices() {
			if p == author {
				continue
			}
			content := []node{}
			if name := author.PN.User + "→" + d.JID.String(); !g.told[name] {
				enc, err := author.seal(d, sealed.key, false)
				if err != nil {
					return "", err
				}
				content, g.told[name] = append(content, enc), true
			}
			content = append(content, node{Tag: "enc", Attrs: attrs{"v": "2", "type": "skmsg"}, Content: sealed.message})
			d.push(node{Tag: "message", Attrs: attrs{
				"from": g.JID, "participant": author.PN, "participant_lid": author.LID, "addressing_mode": "pn",
				"id": id, "t": g.server.stamp(), "type": stanzaType(message), "notify": author.Name,
			}, Content: content})
		}
	}

	return id, nil
}

type sealedForGroup struct {
	key     *waE2E.Message
	message []byte
}

// encryptGroupAfterKey seals a message and gives the key to read it by.
func (k *keyring) encryptGroupAfterKey(group, self types.JID, message *waE2E.Message) (sealedForGroup, error) {
	key, err := k.distribute(group, self)
	if err != nil {
		return sealedForGroup{}, err
	}
	sealed, err := k.encryptGroup(group, self, message)

	return sealedForGroup{key: key, message: sealed}, err
}

// Rename gives the group another name, and tells its members' clients.
func (g *Group) Rename(by *Phone, name string) {
	g.mu.Lock()
	g.Name = name
	members := slices.Clone(g.members)
	g.mu.Unlock()
	for _, p := range members {
		for _, d := range p.Devices() {
			d.push(node{Tag: "notification", Attrs: attrs{
				"from": g.JID, "participant": by.PN, "type": "w:gp2", "id": g.server.nextID(), "t": g.server.stamp(),
			}, Content: []node{{Tag: "subject", Attrs: attrs{"subject": name, "s_t": g.server.stamp(), "s_o": by.PN}}}})
		}
	}
}

// fromClient hands what a client wrote into the group to the phones of its members,
// who say that they have it.
func (g *Group) fromClient(d *Device, n *waBinary.Node) {
	g.mu.Lock()
	members := slices.Clone(g.members)
	g.mu.Unlock()
	id := attr(n, "id")
	keys := map[*Phone]target{}
	for _, t := range targets(n, g.JID) {
		if p := g.server.account(t.device); p != nil && t.device.Device == 0 && t.device != g.JID {
			keys[p] = t
		}
	}
	sealed := n.GetChildByTag("enc")
	for _, p := range members {
		if p == d.phone || p.hasRead(id) {
			continue
		}
		if t, ok := keys[p]; ok {
			if key, err := p.keys.decrypt(d.JID, attr(&t.enc, "type"), bytesOf(t.enc)); err == nil {
				_ = p.keys.learn(g.JID, d.JID, key)
			}
		}
		message, err := p.keys.decryptGroup(g.JID, d.JID, bytesOf(sealed))
		if !p.take(Received{From: d.JID, To: g.JID, ID: id, Message: message, Err: err}) || err != nil {
			continue
		}
		for _, own := range d.phone.Devices() {
			own.push(node{Tag: "receipt", Attrs: attrs{"from": g.JID, "participant": p.PN, "id": id, "t": g.server.stamp()}})
		}
	}
}
