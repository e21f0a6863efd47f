package dialogue

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda"
	"recado/hooks/channels"
	"recado/hooks/dialogue/phrases"
	"recado/hooks/hours"
	"recado/hooks/inbox"
	"recado/hooks/texts"
)

// Agenda is what the dialogue asks of the agenda room.
type Agenda interface {
	Free(app core.App, q agenda.FreeQuery) ([]agenda.FreeTime, error)
	Attendees(app core.App, company, contact string, n int) ([]string, error)
	Book(txApp core.App, b agenda.Booking) (*core.Record, error)
	Reschedule(txApp core.App, m agenda.Move) (*core.Record, error)
	Cancel(txApp core.App, c agenda.Cancellation) (*core.Record, error)
	Explain(txApp core.App, x agenda.Explanation) error
}

// Deps are what the room needs of others.
type Deps struct {
	Now    func() time.Time
	Agenda Agenda

	// Buttons says how many options a message on a channel of this kind can
	// carry; more of them are written into the text with their numbers. Nil: any
	// number.
	Buttons func(channelKind string) int
}

// Room answers conversations with the guided dialogue. It holds no state: where
// a dialogue stands is on the conversation's row.
type Room struct{ deps Deps }

// Open makes the room. It binds no hooks: the inbox asks it for answers.
func Open(_ core.App, deps Deps) *Room { return &Room{deps: deps} }

var _ inbox.Answerer = (*Room)(nil)

// Answer implements inbox.Answerer: what is booked, moved or cancelled, and what
// the customer is told of it, are one transaction.
func (r *Room) Answer(txApp core.App, in inbox.Turn) (inbox.Answer, error) {
	world, channel, tr := r.world(txApp, in)
	now := world.now
	var err error

	state := ParseState(in.State)
	answer := inbox.Answer{}
	for i, input := range inputs(in.Messages) {
		input.Now, input.Company, input.Name = now, in.Company.GetString("name"), in.Contact.GetString("name")
		input.Greet, input.Greeting = in.Greet && i == 0, channel.Greeting
		out, err := Step(state, input, world, tr)
		if err != nil {
			return inbox.Answer{}, err
		}
		if out.Name != "" {
			if err := rename(txApp, in.Contact, out.Name); err != nil {
				return inbox.Answer{}, err
			}
		}
		state = out.State
		for _, reply := range out.Replies {
			answer.Replies = append(answer.Replies, r.carry(reply, channel.kind, tr))
		}
		if out.Handoff {
			answer.Handoff, answer.Reason = true, out.Reason
			break // what came after is for the person
		}
	}
	answer.State, err = state.JSON()

	return answer, err
}

// world is what surrounds a conversation: what can be booked, how the channel is
// set, the language.
func (r *Room) world(txApp core.App, in inbox.Turn) (*desk, channelSettings, texts.Printer) {
	channel := channelSettings{kind: in.Channel.GetString("kind")}
	_ = in.Channel.UnmarshalJSONField("settings", &channel) // unreadable settings are default settings
	var company companySettings
	_ = in.Company.UnmarshalJSONField("settings", &company)

	zone, err := time.LoadLocation(in.Company.GetString("timezone"))
	if err != nil {
		zone = time.UTC
	}
	locale := texts.First(in.Conversation.GetString("locale"), in.Contact.GetString("locale"), channel.Locale, in.Company.GetString("locale"))
	if channel.kind == "webchat" {
		channel.Greeting = "" // the widget shows it before the customer writes
	}

	return &desk{app: txApp, agenda: r.deps.Agenda, turn: in, settings: company, now: r.deps.Now().In(zone)},
		channel, texts.For(locale, company.Texts[locale])
}

// Move answers a customer who wants another time for one of their appointments;
// text is what they wrote, which may name it.
func (r *Room) Move(txApp core.App, in inbox.Turn, appointment, text string) (inbox.Answer, error) {
	world, channel, tr := r.world(txApp, in)
	t := &turn{s: State{Version: version}, w: world, tr: tr, in: Input{
		Text: text, Now: world.now, Company: in.Company.GetString("name"), Name: in.Contact.GetString("name"),
	}}
	wish := t.wish(text, phrases.BareHour)
	if a, ok, err := t.own(appointment); err != nil {
		return inbox.Answer{}, err
	} else if ok && wish != nil {
		for i := range wish.Readings {
			if !wish.Readings[i].HasDay() { // a time alone is one of the same day
				wish.Readings[i].First = phrases.DateOf(a.Start)
				wish.Readings[i].Last = wish.Readings[i].First
			}
		}
	}
	if err := t.move(appointment, wish); err != nil {
		return inbox.Answer{}, err
	}

	var answer inbox.Answer
	for _, reply := range t.out.Replies {
		answer.Replies = append(answer.Replies, r.carry(reply, channel.kind, tr))
	}
	var err error
	answer.State, err = t.s.JSON()

	return answer, err
}

// carry brings a reply into the form its channel can carry.
func (r *Room) carry(reply Reply, channelKind string, tr texts.Printer) inbox.Reply {
	if r.deps.Buttons != nil && len(reply.Options) > r.deps.Buttons(channelKind) {
		return inbox.Reply{Text: Numbered(reply, tr)}
	}
	options := make([]channels.Option, len(reply.Options))
	for i, option := range reply.Options {
		options[i] = channels.Option(option)
	}

	return inbox.Reply{Text: reply.Text, Options: options}
}

// inputs cuts the messages into turns. What was written in a burst is one turn;
// a tapped option is one of its own, and tapping it twice is tapping it once.
func inputs(messages []*core.Record) []Input {
	var all []Input
	for _, message := range messages {
		text, payload := strings.TrimSpace(message.GetString("text")), message.GetString("payload")
		media := message.GetString("kind") != "text" || len(message.GetStringSlice("attachments")) > 0
		last := len(all) - 1
		switch {
		case payload != "" && last >= 0 && all[last].Payload == payload:
		case payload != "":
			all = append(all, Input{Text: text, Payload: payload})
		case last >= 0 && all[last].Payload == "":
			all[last].Text = strings.TrimSpace(all[last].Text + "\n" + text)
			all[last].Media = all[last].Media || media
		default:
			all = append(all, Input{Text: text, Media: media})
		}
	}

	return all
}

// rename keeps the name the customer gave.
func rename(txApp core.App, contact *core.Record, name string) error {
	contact.Set("name", name)
	contact.IgnoreUnchangedFields(true)

	return txApp.Save(contact)
}

// channelSettings are the settings of a channel the dialogue reads.
type channelSettings struct {
	Greeting string `json:"greeting"`
	Locale   string `json:"locale"`

	kind string
}

// companySettings are the settings of a company the dialogue reads.
type companySettings struct {
	Address string      `json:"address"`
	Phone   string      `json:"phone_text"`
	Hours   hours.Hours `json:"hours"`

	// Attendees: ask whether the appointment is for the customer or for someone else.
	Attendees bool `json:"attendees"`

	Texts map[string]map[string]string `json:"texts"`
	Pages []struct {
		ID    json.RawMessage `json:"id"` // text or number
		Title string          `json:"title"`
		Text  string          `json:"text"`
	} `json:"pages"`
}

// Desk is what surrounds a conversation for another answerer of the same
// company: what can be booked, the customer's own appointments, who would take
// over, and the language it is held in.
func (r *Room) Desk(app core.App, in inbox.Turn) (World, texts.Printer, time.Time) {
	world, _, tr := r.world(app, in)

	return world, tr, world.now
}

// HandOver passes a conversation to a person: it says so, and when someone is
// back where nobody is there. first, if not empty, is said before.
func (r *Room) HandOver(txApp core.App, in inbox.Turn, first, reason string) (inbox.Answer, error) {
	world, channel, tr := r.world(txApp, in)
	t := &turn{s: State{Version: version}, w: world, tr: tr, in: Input{Now: world.now, Company: in.Company.GetString("name")}}
	if first != "" {
		t.say(first)
	}
	if err := t.handOver(ReasonAsked); err != nil {
		return inbox.Answer{}, err
	}
	answer := inbox.Answer{Handoff: true, Reason: reason}
	for _, reply := range t.out.Replies {
		answer.Replies = append(answer.Replies, r.carry(reply, channel.kind, tr))
	}

	return answer, nil
}

// Carry brings a text with options into the form the conversation's channel can
// carry: as buttons, or numbered in the text.
func (r *Room) Carry(in inbox.Turn, tr texts.Printer, text string, options []Option) inbox.Reply {
	return r.carry(Reply{Text: text, Options: options}, in.Channel.GetString("kind"), tr)
}
