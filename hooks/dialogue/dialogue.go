// Package dialogue is the guided dialogue: it answers customers without a key,
// an account or a network.
//
// In: what a customer wrote or tapped, where the conversation stood (State, a
// JSON value on the conversation's row), and the World: services, free times,
// the customer's own appointments. Out: replies with options, the next State, or
// the hand-over to a person. [Step] is pure but for what it does through the
// World; [Open] joins it to the inbox and the agenda.
//
// A customer can only choose what was offered to them: every option is kept in
// the State under an id of its own, and an id that is not there means nothing.
package dialogue

import (
	"strings"
	"time"

	"recado/hooks/dialogue/phrases"
	"recado/hooks/texts"
)

// Input is one turn of the customer. Messages that came in a burst are one turn,
// their texts on lines of their own.
type Input struct {
	Text    string
	Payload string // id of the tapped option, or empty
	Media   bool   // something came that cannot be read: a picture, a voice

	Now      time.Time // in the company's time zone
	Company  string    // name of the company
	Name     string    // the customer's name, or empty when it is not known
	Greet    bool      // greet before anything else
	Greeting string    // the company's own greeting, or empty
}

// Option is one thing to choose, as a button or as a line with a number.
type Option struct{ ID, Label string }

// Reply is one message to the customer.
type Reply struct {
	Text    string
	Options []Option
}

// Outcome is what a turn leads to. There is always a reply.
type Outcome struct {
	State   State
	Replies []Reply

	// Handoff passes the conversation to a person; Reason says why.
	Handoff bool
	Reason  string

	// Name is what the customer answered when asked for their name, else empty.
	Name string
}

// Why a conversation is handed over.
const (
	ReasonAsked  = "asked"
	ReasonMisses = "misunderstood"
)

// maxMisses is how many messages in a row may go unread before a person comes.
const maxMisses = 3

// Step answers one turn. tr speaks the customer's language. An error is one of
// the world's (never [ErrTaken] or [ErrGone], which are answered) and means that
// the turn did not happen.
func Step(s State, in Input, w World, tr texts.Printer) (Outcome, error) {
	if s.Version != version {
		s = State{Version: version}
	}
	t := &turn{s: s, in: in, w: w, tr: tr}
	if in.Greet {
		t.greet()
	}
	if err := t.answer(); err != nil {
		return Outcome{}, err
	}
	t.out.State = t.s

	return t.out, nil
}

// turn is one Step under way.
type turn struct {
	s   State
	in  Input
	w   World
	tr  texts.Printer
	out Outcome

	said []string // sentences that go before the next question
}

func (t *turn) greet() {
	switch {
	case strings.TrimSpace(t.in.Greeting) != "":
		t.say(strings.TrimSpace(t.in.Greeting))
	case t.in.Name != "":
		t.say(t.tr.Get("greeting.hello_name", "name", firstName(t.in.Name), "company", t.in.Company))
	default:
		t.say(t.tr.Get("greeting.hello", "company", t.in.Company))
	}
}

// answer finds out what the customer wants and does it.
func (t *turn) answer() error {
	text := strings.TrimSpace(t.in.Text)
	switch {
	case t.in.Payload != "":
		offer, current, ok := t.s.find(t.in.Payload)
		if !ok {
			t.say(t.tr.Get("miss.stale"))

			return t.again()
		}
		t.s.Misses = 0

		return t.do(offer, current)
	case text == "" && t.in.Media:
		t.say(t.tr.Get("miss.media"))

		return t.again()
	case text == "":
		return t.again()
	}

	understood, err := t.read(text)
	if err != nil {
		return err
	}
	if !understood {
		// The last line of a burst is often the answer, and the rest talk.
		if i := strings.LastIndexByte(text, '\n'); i >= 0 {
			if understood, err = t.read(strings.TrimSpace(text[i+1:])); err != nil {
				return err
			}
		}
	}
	if !understood && t.in.Media { // what was meant may be in what can't be read
		t.say(t.tr.Get("miss.media"))

		return t.again()
	}
	if !understood {
		return t.miss()
	}
	t.s.Misses = 0

	return nil
}

// miss answers what was not understood. The first words of a conversation are
// never a misunderstanding: they are answered by the menu.
func (t *turn) miss() error {
	if t.s.Step == stepNone {
		return t.menu()
	}
	t.s.Misses++
	if t.s.Misses >= maxMisses {
		return t.handOver(ReasonMisses)
	}
	switch {
	case t.s.Step == stepName, t.s.Step == stepAttendee:
		t.say(t.tr.Get("book.name_again", "example", t.tr.Get("book.name_example")))
	case t.s.Misses == 1:
		t.say(t.tr.Get("miss.first"))
	default:
		t.say(t.tr.Get("miss.second"))
	}

	return t.again()
}

// handOver says that a person comes, and when where nobody is there.
func (t *turn) handOver(reason string) error {
	people, err := t.w.People()
	if err != nil {
		return err
	}
	key := "handoff."
	if reason == ReasonMisses {
		key = "handoff.misses_"
	}
	switch {
	case people.Here:
		t.say(t.tr.Get(key + "now"))
		if people.Greeting != "" {
			t.say(people.Greeting)
		}
	case people.Away != "":
		t.say(strings.ReplaceAll(people.Away, "{when}", t.returning(people)))
	default:
		t.say(t.tr.Get(key + "later"))
		if !people.Back.IsZero() {
			t.say(t.tr.Get("handoff.back", "when", t.tr.When(people.Back, t.in.Now)))
		}
	}
	t.reply("", nil)
	t.s = State{Version: version, Gen: t.s.Gen}
	t.out.Handoff, t.out.Reason = true, reason

	return nil
}

// returning says when someone is back, as well as it is known.
func (t *turn) returning(people People) string {
	if people.Back.IsZero() {
		return t.tr.Get("handoff.soon")
	}

	return t.tr.When(people.Back, t.in.Now)
}

// say puts a sentence before the next question.
func (t *turn) say(sentence string) { t.said = append(t.said, sentence) }

// reply sends what was said, then text, with the options under it.
func (t *turn) reply(text string, options []Option) {
	if text != "" {
		t.say(text)
	}
	t.out.Replies = append(t.out.Replies, Reply{Text: strings.Join(t.said, "\n\n"), Options: options})
	t.said = nil
}

// ask moves to a step and asks its question, offering the options.
func (t *turn) ask(step step, text string, offers []Offer) error {
	t.s.Step = step
	options := make([]Option, len(offers))
	for i, offer := range t.s.offer(offers) {
		options[i] = Option{ID: offer.ID, Label: offer.Label}
	}
	t.reply(text, options)

	return nil
}

// Numbered writes a reply as plain text, for a channel without buttons. The
// numbers are understood as the options themselves.
func Numbered(reply Reply, tr texts.Printer) string {
	if len(reply.Options) == 0 {
		return reply.Text
	}
	var out strings.Builder
	out.WriteString(reply.Text)
	out.WriteString("\n")
	for i, option := range reply.Options {
		out.WriteString("\n" + number(i+1) + option.Label)
	}
	out.WriteString("\n\n" + tr.Get("menu.numbers"))

	return out.String()
}

func (t *turn) says(text string, words ...phrases.Word) bool {
	for _, word := range words {
		if phrases.Said(t.tr.Locale(), text, word) {
			return true
		}
	}

	return false
}
