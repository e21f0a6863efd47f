package live

import (
	"encoding/json"
	"slices"
	"strings"
)

// company is what the dispatcher keeps about a company that someone watches.
// It is made with the first connection and dropped with the last, so nothing in
// it can be older than the connections it serves.
type company struct {
	id      string
	members map[string]member
	clients map[*client]struct{}

	online  map[string]int    // connections by member
	viewing map[string]string // conversation by member

	holders holders
}

// member is what decides the visibility of a member's connections.
type member struct {
	ID          string
	User        string
	Manager     string
	Active      bool
	Permissions []string
	Queues      []string
}

// presence is a member's state as events and hello show it.
type presence struct {
	Member  string `json:"member"`
	Online  bool   `json:"online"`
	Viewing string `json:"viewing,omitempty"`
}

func newCompany(id string, members []member) *company {
	co := &company{
		id:      id,
		members: make(map[string]member, len(members)),
		clients: map[*client]struct{}{},
		online:  map[string]int{},
		viewing: map[string]string{},
		holders: holders{},
	}
	for _, m := range members {
		co.members[m.ID] = m
	}

	return co
}

// visibility is what the member may see now.
func (co *company) visibility(memberID string) visibility {
	me := co.members[memberID]
	v := visibility{member: memberID, permissions: me.Permissions, queues: me.Queues}
	for _, m := range co.members {
		if m.Manager == memberID {
			v.team = append(v.team, m.ID)
		}
	}
	slices.Sort(v.team)

	return v
}

// setMember takes over a changed membership. Connections whose view changes are
// told to fetch anew; those of someone who is out are ended.
func (co *company) setMember(m member) {
	co.members[m.ID] = m

	for c := range co.clients {
		if !co.members[c.see.member].Active {
			c.close()

			continue
		}

		now := co.visibility(c.see.member)
		if !now.equal(c.see) {
			c.see = now
			c.skip()
		}
	}
}

// memberOf finds the active member of a user.
func (co *company) memberOf(user string) (member, bool) {
	for _, m := range co.members {
		if m.User == user && m.Active {
			return m, true
		}
	}

	return member{}, false
}

// enter adds a connection: it is greeted with who is there, then the others
// hear of a member who was not.
func (co *company) enter(c *client) {
	c.see = co.visibility(c.see.member)
	co.online[c.see.member]++
	arrived := co.online[c.see.member] == 1

	c.hello(co.greeting(c.see.member))
	if arrived {
		co.tell(c.see.member)
	}
	co.clients[c] = struct{}{}
}

// leave removes a connection and tells the others when it was the member's last.
// It answers whether the connection had been let in.
func (co *company) leave(c *client) bool {
	if _, ok := co.clients[c]; !ok {
		return false
	}
	delete(co.clients, c)

	co.online[c.see.member]--
	if co.online[c.see.member] == 0 {
		delete(co.online, c.see.member)
		delete(co.viewing, c.see.member)
		co.tell(c.see.member)
	}

	return true
}

// view notes what an online member looks at.
func (co *company) view(memberID, conversation string) {
	if co.online[memberID] == 0 || co.viewing[memberID] == conversation {
		return
	}

	if conversation == "" {
		delete(co.viewing, memberID)
	} else {
		co.viewing[memberID] = conversation
	}
	co.tell(memberID)
}

func (co *company) presence(memberID string) presence {
	return presence{Member: memberID, Online: co.online[memberID] > 0, Viewing: co.viewing[memberID]}
}

// tell announces the presence of a member to everyone connected.
func (co *company) tell(memberID string) {
	fields, _ := json.Marshal(co.presence(memberID)) // strings and a bool

	co.broadcast(customBody("presence", fields), func(*client) bool { return true })
}

func (co *company) greeting(memberID string) []byte {
	here := make([]presence, 0, len(co.online))
	for id := range co.online {
		here = append(here, co.presence(id))
	}
	slices.SortFunc(here, func(a, b presence) int { return strings.Compare(a.Member, b.Member) })

	fields, _ := json.Marshal(struct {
		Member   string     `json:"member"`
		Presence []presence `json:"presence"`
	}{memberID, here})

	return customBody("hello", fields)
}

// deliver sends a change to those who see the record, and as gone to those who
// only saw it before.
func (co *company) deliver(s scope, c change, was, is holder) {
	var body, gone []byte
	for cl := range co.clients {
		now := c.action != actionDelete && s.sees(&cl.see, is)
		before := c.action != actionCreate && s.sees(&cl.see, was)

		switch {
		case now, before && c.action == actionDelete:
			if body == nil {
				body = c.body()
			}
			cl.push(body)
		case before:
			if gone == nil {
				gone = c.goneBody()
			}
			cl.push(gone)
		}
	}
}

func (co *company) broadcast(body []byte, to func(*client) bool) {
	for c := range co.clients {
		if to(c) {
			c.push(body)
		}
	}
}

func (co *company) closeAll() {
	for c := range co.clients {
		c.close()
	}
}
