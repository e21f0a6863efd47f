package agents

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/security"
	"github.com/pocketbase/pocketbase/tools/types"
)

// offerLasts is how long an offered time can be taken, holdLasts how long a
// proposed one is kept for the customer.
const (
	offerLasts = 15 * time.Minute
	holdLasts  = 10 * time.Minute
)

// state is where an agent stands in a conversation; it is kept on the
// conversation's row, as the dialogue's is, and goes when a person takes over.
type state struct {
	Agent    int       `json:"agent"` // tells it from the dialogue's
	Slots    []offer   `json:"slots,omitempty"`
	Proposal *proposal `json:"proposal,omitempty"`
}

const stateVersion = 1

// mostOffers bounds what is remembered, as much as a run finds in all its rounds; the
// oldest go.
const mostOffers = 6 * mostSlots

// offer is a free time under the only name the model knows it by.
type offer struct {
	ID      string    `json:"id"`
	Service string    `json:"service"`
	Agenda  string    `json:"agenda"`
	Start   time.Time `json:"start"` // in the zone of the agenda
	Zone    string    `json:"zone"`
	Until   time.Time `json:"until"`
}

// What a proposal would do.
const (
	toBook   = "book"
	toMove   = "move"
	toCancel = "cancel"
)

// proposal is what the customer was asked by the server, and what happens if they
// say yes: nothing else does.
type proposal struct {
	ID          string    `json:"id"`
	Do          string    `json:"do"`
	Slot        offer     `json:"slot,omitzero"`
	Appointment string    `json:"appointment,omitempty"` // the hold, or the one to change
	Attendee    string    `json:"attendee,omitempty"`
	Note        string    `json:"note,omitempty"`
	Reason      string    `json:"reason,omitempty"`
	Seen        string    `json:"seen"` // the last message before it: a yes comes after
	Asked       bool      `json:"asked,omitempty"`
	Until       time.Time `json:"until"`
}

// Payloads of the buttons under a proposal, and of an offered time.
const (
	payloadYes  = "ai:yes:"
	payloadNo   = "ai:no:"
	payloadSlot = "ai:slot:"
)

// stateOf reads the state of a conversation; own is false where what stands there
// is the dialogue's, or nothing.
func stateOf(conversation *core.Record) (s state, own bool) {
	raw := conversation.GetString("dialogue")
	if raw == "" || raw == "null" || json.Unmarshal([]byte(raw), &s) != nil || s.Agent != stateVersion {
		return state{Agent: stateVersion}, false
	}
	zones := map[string]*time.Location{} // looking one up reads a file
	for i, o := range s.Slots {
		zone, known := zones[o.Zone]
		if !known {
			zone = o.zone()
			zones[o.Zone] = zone
		}
		s.Slots[i].Start = o.Start.In(zone)
	}

	return s, true
}

// keep writes the state onto the row, to be saved by the caller.
func (s state) keep(conversation *core.Record) { conversation.Set("dialogue", types.JSONRaw(s.raw())) }

func (s state) raw() json.RawMessage {
	raw, err := json.Marshal(s)
	if err != nil {
		return nil
	}

	return raw
}

// offer remembers a free time and names it.
func (s *state) offer(o offer) offer {
	o.ID = randomName()
	o.Zone = o.Start.Location().String()
	s.Slots = append(s.Slots, o)
	if over := len(s.Slots) - mostOffers; over > 0 {
		s.Slots = s.Slots[over:]
	}

	return o
}

// merge adds offers of a run that are not there yet.
func (s *state) merge(offers []offer) {
	for _, o := range offers {
		if !slices.ContainsFunc(s.Slots, func(known offer) bool { return known.ID == o.ID }) {
			s.Slots = append(s.Slots, o)
		}
	}
	if over := len(s.Slots) - mostOffers; over > 0 {
		s.Slots = s.Slots[over:]
	}
}

// slot finds an offer that still stands.
func (s state) slot(id string, now time.Time) (offer, bool) {
	for _, o := range s.Slots {
		if o.ID == id && now.Before(o.Until) && o.Start.After(now) {
			return o, true
		}
	}

	return offer{}, false
}

// open is the proposal the customer can say yes to, or nil.
func (s state) open(now time.Time) *proposal {
	if p := s.Proposal; p != nil && p.Asked && now.Before(p.Until) {
		return p
	}

	return nil
}

// zone is the one of the agenda.
func (o offer) zone() *time.Location {
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return o.Start.Location()
	}

	return zone
}

// randomName names offers and proposals so that none can be guessed.
func randomName() string {
	return security.RandomStringWithAlphabet(10, "abcdefghijkmnpqrstuvwxyz23456789")
}

// payloadOf cuts the id out of a button's payload of the given kind.
func payloadOf(message *core.Record, kind string) (id string, ok bool) {
	return strings.CutPrefix(message.GetString("payload"), kind)
}
