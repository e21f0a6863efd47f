package dialogue

import (
	"encoding/json"
	"strconv"
	"time"

	"recado/hooks/dialogue/phrases"
)

// version of the State. A state of another version is forgotten: the customer
// sees the menu, and nothing else is lost.
const version = 1

// maxOffers is how many options are remembered: those on screen and those
// before, so that an old button still works. It bounds the row.
const maxOffers = 40

// step is the question the customer was asked last.
type step string

const (
	stepNone        step = ""
	stepMenu        step = "menu"
	stepService     step = "service"
	stepDay         step = "day"
	stepTime        step = "time"
	stepChoice      step = "choice" // several times or days that may be meant
	stepConfirm     step = "confirm"
	stepName        step = "name"
	stepFor         step = "for"      // for the customer or for someone else
	stepAttendee    step = "attendee" // the name of someone else
	stepDone        step = "done"
	stepMine        step = "mine"
	stepAppointment step = "appointment"
	stepCancel      step = "cancel"
	stepReason      step = "reason" // why it was cancelled; need not be answered
	stepInfo        step = "info"
)

// State is where a dialogue stands, kept as JSON on the conversation's row. The
// zero State is a dialogue that has not begun.
type State struct {
	Version int     `json:"v"`
	Step    step    `json:"step,omitzero"`
	Gen     int     `json:"gen,omitzero"`    // how many questions were asked: makes option ids unique
	Misses  int     `json:"misses,omitzero"` // messages in a row that were not understood
	Offers  []Offer `json:"offers,omitzero"` // what can be chosen, oldest first

	Service     string          `json:"service,omitzero"`     // what is being booked or moved
	Day         phrases.Date    `json:"day,omitzero"`         // the chosen day
	Part        phrases.Part    `json:"part,omitzero"`        // the part of the day asked for
	From        phrases.Date    `json:"from,omitzero"`        // first day of the list on screen
	Page        int             `json:"page,omitzero"`        // page of services, times or appointments on screen
	Moving      string          `json:"moving,omitzero"`      // the appointment being moved
	Appointment string          `json:"appointment,omitzero"` // the appointment being looked at
	Chosen      *Slot           `json:"chosen,omitzero"`      // the slot being confirmed or named
	Wish        *phrases.Result `json:"wish,omitzero"`        // a day or time said before its turn
}

// action is what choosing an option does.
type action string

const (
	doMenu        action = "menu"
	doBook        action = "book"
	doMine        action = "mine"
	doInfo        action = "info"
	doHuman       action = "human"
	doService     action = "service"
	doServices    action = "services" // another page
	doDay         action = "day"
	doDays        action = "days"
	doTimes       action = "times"
	doSlot        action = "slot"
	doAppointment action = "appointment"
	doMinePage    action = "mine_page"
	doMove        action = "move"
	doAskCancel   action = "ask_cancel"
	doCancel      action = "cancel"
	doReason      action = "reason"
	doKeep        action = "keep"
	doTopic       action = "topic"
	doFor         action = "for"
	doForOther    action = "for_other"
)

// Offer is one option as the server remembers it: what the id stands for is
// decided here, never by who sends the id.
type Offer struct {
	ID    string       `json:"id"`
	Label string       `json:"label"`
	Do    action       `json:"do"`
	Ref   string       `json:"ref,omitzero"` // a service, an appointment, a topic
	Day   phrases.Date `json:"day,omitzero"`
	Page  int          `json:"page,omitzero"`

	// A slot carries all that booking it needs, and the appointment it is for
	// where one is being moved.
	Slot   *Slot  `json:"slot,omitzero"`
	Moving string `json:"moving,omitzero"`

	Attendee string `json:"attendee,omitzero"` // who comes; empty: the customer
}

// offer puts new options on screen and returns them with their ids.
func (s *State) offer(offers []Offer) []Offer {
	s.Gen++
	fresh := make([]Offer, len(offers))
	for i, offer := range offers {
		offer.ID = strconv.Itoa(s.Gen) + "." + strconv.Itoa(i+1)
		fresh[i] = offer
	}
	s.Offers = append(s.Offers, fresh...)
	if extra := len(s.Offers) - maxOffers; extra > 0 {
		s.Offers = append([]Offer(nil), s.Offers[extra:]...)
	}

	return fresh
}

// onScreen lists the options of the last question.
func (s *State) onScreen() []Offer {
	prefix := strconv.Itoa(s.Gen) + "."
	for i := range s.Offers {
		if len(s.Offers[i].ID) > len(prefix) && s.Offers[i].ID[:len(prefix)] == prefix {
			return s.Offers[i:]
		}
	}

	return nil
}

// find looks an option up. current: it belongs to the last question.
func (s *State) find(id string) (offer Offer, current, ok bool) {
	screen := len(s.Offers) - len(s.onScreen())
	for i, offer := range s.Offers {
		if offer.ID == id {
			return offer, i >= screen, true
		}
	}

	return Offer{}, false, false
}

// leave forgets what was being booked, moved or looked at.
func (s *State) leave() {
	s.Service, s.Moving, s.Appointment, s.Chosen, s.Wish = "", "", "", nil, nil
	s.Day, s.From, s.Part, s.Page = phrases.Date{}, phrases.Date{}, phrases.AnyPart, 0
}

// ParseState reads a stored state. What is empty, broken or of another version
// is a dialogue that has not begun.
func ParseState(raw []byte) State {
	var s State
	if json.Unmarshal(raw, &s) != nil || s.Version != version {
		return State{Version: version}
	}

	return s
}

// JSON is the state as it is stored.
func (s State) JSON() (json.RawMessage, error) { return json.Marshal(s) }

// local is the calendar day and the minute of the day of a slot, where it is.
func local(t time.Time) (phrases.Date, int) {
	return phrases.DateOf(t), t.Hour()*60 + t.Minute()
}

func number(n int) string { return strconv.Itoa(n) + ". " }
