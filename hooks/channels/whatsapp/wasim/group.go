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
	id = g.server.nextID()
	sealed, err := author.keys.encryptGroupAfterKey(g.JID, author.PN, &waE2E.Message{Conversation: &words})
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
				"id": id, "t": g.server.stamp(), "type": "text", "notify": author.Name,
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

// fromClient notes that a client wrote into the group; phones don't read it.
func (g *Group) fromClient(d *Device, n *waBinary.Node) {
	g.mu.Lock()
	members := slices.Clone(g.members)
	g.mu.Unlock()
	for _, p := range members {
		if p != d.phone {
			p.take(Received{From: d.JID, To: g.JID, ID: attr(n, "id"), Message: &waE2E.Message{}})
		}
	}
}
