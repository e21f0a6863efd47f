package agents

import (
	"errors"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/apierr"
	"recado/hooks/dialogue"
	"recado/hooks/inbox"
	"recado/hooks/texts"
)

// Nothing is booked, moved or cancelled but this way: the server asks the customer
// in its own words (ask), the customer says yes (consent), and the server does what
// it asked (perform). A model can start the first and has no part in the others.

// scene is a conversation and what surrounds it, inside a transaction.
type scene struct {
	room  *Room
	app   core.App
	turn  inbox.Turn
	agent *core.Record
	world dialogue.World
	tr    texts.Printer
	now   time.Time
	state *state
}

func (r *Room) scene(app core.App, turn inbox.Turn, agent *core.Record, s *state) scene {
	world, tr, now := r.deps.Dialogue.Desk(app, turn)
	var own map[string]map[string]string
	var settings struct {
		Texts map[string]map[string]string `json:"texts"`
	}
	_ = turn.Company.UnmarshalJSONField("settings", &settings)
	own = settings.Texts
	locale := languageOf(agent, tr, turn.Company)

	return scene{room: r, app: app, turn: turn, agent: agent, world: world, tr: texts.For(locale, own[locale]), now: now, state: s}
}

func (c scene) company() string { return c.turn.Company.Id }
func (c scene) contact() string { return c.turn.Contact.Id }

// hold keeps an offered time for the customer and remembers what is to be asked. A
// time that was lost meanwhile is the agenda's error.
func (c scene) hold(o offer, attendee, note string) error {
	c.dropHold()
	appointment, err := c.room.deps.Agenda.Book(c.app, agenda.Booking{
		Company: c.company(), Agenda: o.Agenda, Service: o.Service, Start: o.Start, Contact: c.contact(),
		Conversation: c.turn.Conversation.Id, Source: "agent", Attendee: attendee, Note: note, Hold: holdLasts,
	})
	if err != nil {
		return err
	}
	c.state.Proposal = &proposal{
		ID: randomName(), Do: toBook, Slot: o, Appointment: appointment.Id, Attendee: attendee, Note: note, Until: c.now.Add(holdLasts),
	}

	return nil
}

// dropHold frees what was kept for an earlier proposal.
func (c scene) dropHold() {
	p := c.state.Proposal
	c.state.Proposal = nil
	if p == nil || p.Do != toBook || p.Appointment == "" {
		return
	}
	held, err := c.app.FindRecordById(collections.Appointments, p.Appointment)
	if err != nil || held.GetString("status") != "held" || held.GetString("contact") != c.contact() {
		return
	}
	// That it fails is no harm: the hold ends by itself.
	_, _ = c.room.deps.Agenda.Cancel(c.app, agenda.Cancellation{
		Company: c.company(), Appointment: p.Appointment, Contact: c.contact(), By: agenda.BySystem, Reason: "The customer chose otherwise.",
	})
}

// ask is the server's own question for the proposal, with its buttons.
func (c scene) ask() (inbox.Answer, error) {
	p := c.state.Proposal
	text, err := c.question(p)
	if err != nil {
		return inbox.Answer{}, err
	}
	options := []dialogue.Option{
		{ID: payloadYes + p.ID, Label: c.tr.Get("agent.yes_" + p.Do)},
		{ID: payloadNo + p.ID, Label: c.tr.Get("agent.no_" + p.Do)},
	}

	return inbox.Answer{
		Replies: []inbox.Reply{c.room.deps.Dialogue.Carry(c.turn, c.tr, text, options)}, By: "agent",
	}, nil
}

func (c scene) question(p *proposal) (string, error) {
	switch p.Do {
	case toBook:
		name, err := c.serviceName(p.Slot.Service)

		return c.tr.Get("agent.ask_book", "service", name, "when", c.tr.When(p.Slot.Start, c.now)), err
	case toMove:
		a, ok, err := c.own(p.Appointment)
		if err != nil || !ok {
			return "", cmpErr(err, apierr.NotFound("appointment"))
		}

		return c.tr.Get("agent.ask_move", "service", a.ServiceName, "from", c.tr.When(a.Start, c.now), "when", c.tr.When(p.Slot.Start, c.now)), nil
	default:
		a, ok, err := c.own(p.Appointment)
		if err != nil || !ok {
			return "", cmpErr(err, apierr.NotFound("appointment"))
		}

		return c.tr.Get("agent.ask_cancel", "service", a.ServiceName, "when", c.tr.When(a.Start, c.now)), nil
	}
}

func cmpErr(err error, otherwise *router.ApiError) error {
	if err != nil {
		return err
	}

	return otherwise
}

func (c scene) serviceName(id string) (string, error) {
	service, err := c.app.FindRecordById(collections.Services, id)
	if err != nil || service.GetString("company") != c.company() {
		return "", apierr.NotFound("service")
	}

	return service.GetString("name"), nil
}

// own finds one of the customer's coming appointments.
func (c scene) own(id string) (dialogue.Appointment, bool, error) {
	all, err := c.world.Appointments()
	for _, a := range all {
		if a.ID == id {
			return a, true, err
		}
	}

	return dialogue.Appointment{}, false, err
}

// outcomes of what a yes does.
var done = map[string]string{toBook: "booked", toMove: "moved", toCancel: "cancelled"}

// perform does what the customer said yes to. by is the message that said it. The
// answer says what happened; what can't be done any more is answered with other
// times, and is no error.
func (c scene) perform(p *proposal, by *core.Record) (answer inbox.Answer, outcome string, err error) {
	c.state.Proposal = nil
	var record *core.Record
	switch p.Do {
	case toBook:
		record, err = c.book(p)
	case toMove:
		record, err = c.room.deps.Agenda.Reschedule(c.app, agenda.Move{
			Company: c.company(), Appointment: p.Appointment, Start: p.Slot.Start, Agenda: p.Slot.Agenda, Contact: c.contact(), By: agenda.ByContact,
		})
	default:
		record, err = c.room.deps.Agenda.Cancel(c.app, agenda.Cancellation{
			Company: c.company(), Appointment: p.Appointment, Contact: c.contact(), Reason: p.Reason, By: agenda.ByContact,
		})
	}
	if refusal(err) {
		answer, err := c.lost(p)

		return answer, "proposed", err
	}
	if err != nil {
		return inbox.Answer{}, "", err
	}

	c.state.Slots = nil // what was offered has been chosen from
	name, err := c.serviceName(record.GetString("service"))
	if err != nil {
		return inbox.Answer{}, "", err
	}
	start := record.GetDateTime("start").Time().In(c.zoneOf(record))
	if err := c.room.deps.Inbox.Event(c.app, c.turn.Conversation, "agent_"+done[p.Do], map[string]any{
		"appointment": record.Id, "proposal": p.ID, "message": by.Id, "said": clip(by.GetString("text"), 200),
	}); err != nil {
		return inbox.Answer{}, "", err
	}

	return reply(c.tr.Get("agent."+done[p.Do], "service", name, "when", c.tr.When(start, c.now)), *c.state), done[p.Do], nil
}

// book makes the held time an appointment; one whose hold ran out is booked anew
// if it is still free.
func (c scene) book(p *proposal) (*core.Record, error) {
	held, err := c.app.FindRecordById(collections.Appointments, p.Appointment)
	if err == nil && held.GetString("status") == "held" && int64(held.GetFloat("expires_at")) > c.now.Unix() {
		return c.room.deps.Agenda.Confirm(c.app, agenda.Confirmation{Company: c.company(), Appointment: p.Appointment, Contact: c.contact()})
	}

	return c.room.deps.Agenda.Book(c.app, agenda.Booking{
		Company: c.company(), Agenda: p.Slot.Agenda, Service: p.Slot.Service, Start: p.Slot.Start, Contact: c.contact(),
		Conversation: c.turn.Conversation.Id, Source: "agent", Attendee: p.Attendee, Note: p.Note,
	})
}

// lost says that a time is gone and offers the next ones.
func (c scene) lost(p *proposal) (inbox.Answer, error) {
	if p.Do == toCancel || p.Slot.Service == "" {
		return reply(c.tr.Get("agent.gone"), *c.state), nil
	}
	next, err := c.room.deps.Agenda.Next(c.app, agenda.FreeQuery{Company: c.company(), Service: p.Slot.Service, From: c.now}, 3)
	if err != nil {
		return inbox.Answer{}, err
	}
	if len(next) == 0 {
		return reply(c.tr.Get("agent.lost_none"), *c.state), nil
	}
	var options []dialogue.Option
	for _, f := range next {
		o := c.state.offer(offer{Service: p.Slot.Service, Agenda: f.Agenda, Start: f.Start, Until: c.now.Add(offerLasts)})
		label := c.tr.DayLabel(f.Start, c.now) + " " + c.tr.Clock(f.Start)
		options = append(options, dialogue.Option{ID: payloadSlot + o.ID, Label: label})
	}
	answer := inbox.Answer{By: "agent", State: c.state.raw()}
	answer.Replies = []inbox.Reply{c.room.deps.Dialogue.Carry(c.turn, c.tr, c.tr.Get("agent.lost"), options)}

	return answer, nil
}

func (c scene) zoneOf(appointment *core.Record) *time.Location {
	record, err := c.app.FindRecordById(collections.Agendas, appointment.GetString("agenda"))
	if err == nil {
		if zone, err := time.LoadLocation(record.GetString("timezone")); err == nil {
			return zone
		}
	}

	return zoneOf(c.turn.Company)
}

// refusal tells what the agenda refuses, which the customer is told of, from a failure.
func refusal(err error) bool {
	var api *router.ApiError

	return errors.As(err, &api) && api.Status < 500
}

// settle does what the customer just said yes to, without a model.
func (r *Room) settle(txApp core.App, turn inbox.Turn, agent, running *core.Record, s state, by *core.Record) (inbox.Answer, error) {
	p := s.Proposal
	answer, outcome, err := r.scene(txApp, turn, agent, &s).perform(p, by)
	if err != nil {
		return inbox.Answer{}, err
	}

	return answer, r.record(txApp, turn, agent, running, outcome, "", []step{{Kind: "consent", Name: p.Do, Text: by.GetString("text"), Output: map[string]any{"proposal": p.ID, "message": by.Id, "appointment": p.Appointment}}})
}

// decline drops what the customer said no to.
func (r *Room) decline(txApp core.App, turn inbox.Turn, agent, running *core.Record, s state, by *core.Record) (inbox.Answer, error) {
	key := "agent.dropped"
	if s.Proposal.Do != toBook {
		key = "agent.kept"
	}
	text := r.scene(txApp, turn, agent, &s).tr.Get(key)
	steps := r.refused(txApp, turn, agent, &s, by)

	return reply(text, s), r.record(txApp, turn, agent, running, "kept", "", steps)
}

// hearOn drops what the customer said no to, and lets the agent answer what they
// want instead.
func (r *Room) hearOn(txApp core.App, turn inbox.Turn, agent, running *core.Record, s state, by *core.Record) (inbox.Answer, error) {
	steps := r.refused(txApp, turn, agent, &s, by)
	later := inbox.Answer{Later: true, By: "agent", State: s.raw()}
	if err := r.record(txApp, turn, agent, nil, "kept", "", steps); err != nil {
		return later, err
	}

	return later, r.plan(txApp, turn, agent, running, turn.Messages[len(turn.Messages)-1])
}

// refused takes back what was proposed; the steps say at whose word.
func (r *Room) refused(txApp core.App, turn inbox.Turn, agent *core.Record, s *state, by *core.Record) []step {
	proposed := s.Proposal.ID
	r.scene(txApp, turn, agent, s).dropHold()

	return []step{{Kind: "consent", Name: "no", Text: by.GetString("text"), Output: map[string]any{"proposal": proposed, "message": by.Id}}}
}

// proposeTapped asks for a time the customer tapped.
func (r *Room) proposeTapped(txApp core.App, turn inbox.Turn, agent, running *core.Record, s state, slot offer) (inbox.Answer, error) {
	c := r.scene(txApp, turn, agent, &s)
	err := c.hold(slot, "", "")
	if refusal(err) {
		answer, err := c.lost(&proposal{Do: toBook, Slot: slot})

		return answer, errors.Join(err, r.record(txApp, turn, agent, running, "proposed", "", nil))
	}
	if err != nil {
		return inbox.Answer{}, err
	}
	answer, err := c.ask()
	s.Proposal.Asked, s.Proposal.Seen = true, turn.Messages[len(turn.Messages)-1].Id
	answer.State = s.raw()

	return answer, errors.Join(err, r.record(txApp, turn, agent, running, "proposed", "", nil))
}

func clip(text string, most int) string {
	runes := []rune(text)

	return string(runes[:min(len(runes), most)])
}
