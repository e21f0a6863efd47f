package rehearsal

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/channels"
)

// theatre is a stage on which scenarios are played one after the other. The company
// is the agent's by its id, so that what it costs is counted there; all else of it
// is the clinic of the scenario.
type theatre struct {
	*stage
	company string
	clinic  Clinic
	agenda  string            // id
	service map[string]string // ids, by name
	played  int
}

// theatre raises a stage for an agent and a version.
func (r *Room) theatre(agent, version *core.Record) (*theatre, error) {
	company := agent.GetString("company")
	rows := append([]rowsOf{{collections.Companies, "id = {:company}"}}, casting...)
	s, err := r.raise(r.deps.Now(), rows, dbx.Params{"company": company, "agent": agent.Id, "version": version.Id, "prompt": version.GetString("prompt")}, true)
	if err != nil {
		return nil, err
	}
	if err := s.cast(agent, version); err != nil {
		_ = s.close()

		return nil, err
	}

	return &theatre{stage: s, company: company}, nil
}

// scene are the tables a talk writes to, what refers to others first.
var scene = []string{
	collections.AgentRuns, collections.Occupancies, collections.Reminders, collections.Appointments, collections.Messages, collections.Conversations,
	collections.Identities, collections.ContactChanges, collections.Contacts,
}

// furniture is what a clinic is made of.
var furniture = []string{collections.Services, collections.AvailabilityOverrides, collections.Availabilities, collections.Agendas}

// set makes the clinic of a book, unless it stands already, and takes away what the
// last scenario left.
func (t *theatre) set(book Book) error {
	t.played++
	if err := t.clear(scene); err != nil {
		return err
	}
	if t.clinic.Name == book.Clinic.Name {
		return nil
	}
	if err := t.clear(furniture); err != nil {
		return err
	}

	return t.furnish(book)
}

func (t *theatre) clear(tables []string) error {
	return t.app.RunInTransaction(func(txApp core.App) error {
		for _, table := range tables {
			if _, err := txApp.NonconcurrentDB().NewQuery("DELETE FROM " + table).Execute(); err != nil {
				return err
			}
		}

		return nil
	})
}

func (t *theatre) furnish(book Book) error {
	c := book.Clinic
	t.clinic, t.service = c, map[string]string{}
	company, err := t.app.FindRecordById(collections.Companies, t.company)
	if err != nil {
		return err
	}
	pages := make([]map[string]any, len(c.Pages))
	for i, p := range c.Pages {
		pages[i] = map[string]any{"id": strconv.Itoa(i + 1), "title": p.Title, "text": p.Text}
	}
	company.Load(map[string]any{
		"name": c.Name, "timezone": c.Timezone, "currency": c.Currency, "locale": book.Locale, "phone": c.Phone, "active": true,
		"settings": map[string]any{"address": c.Address, "phone_text": c.Phone, "pages": pages},
	})
	if err := save(t.app, company); err != nil {
		return err
	}
	calendar, err := create(t.app, collections.Agendas, map[string]any{"company": t.company, "name": c.Agenda, "kind": "room", "timezone": c.Timezone, "active": true})
	if err != nil {
		return err
	}
	t.agenda = calendar.Id
	for _, o := range c.Open {
		from, err := minuteOf(o.From)
		if err != nil {
			return err
		}
		to, err := minuteOf(o.To)
		if err != nil {
			return err
		}
		for _, weekday := range o.Weekdays {
			if _, err := create(t.app, collections.Availabilities, map[string]any{"company": t.company, "agenda": t.agenda, "weekday": weekday, "start": from, "end": to}); err != nil {
				return err
			}
		}
	}
	for _, s := range c.Services {
		service, err := create(t.app, collections.Services, map[string]any{
			"company": t.company, "name": s.Name, "agendas": []string{t.agenda}, "duration": s.Minutes, "step": s.Minutes, "min_notice": s.Notice, "horizon_days": 60,
			"capacity": 1, "price": s.Price, "currency": c.Currency, "active": true,
		})
		if err != nil {
			return err
		}
		t.service[s.Name] = service.Id
	}

	return nil
}

func minuteOf(clock string) (int, error) {
	at, err := time.Parse("15:04", clock)

	return at.Hour()*60 + at.Minute(), err
}

// stranger is who has the appointments the customer must not hear of.
const stranger = "Sofia Prado"

// give books the appointments that stand before a scenario begins.
func (t *theatre) give(s Scenario, customer string) error {
	var other string
	for _, given := range s.Given {
		contact := customer
		text, foreign := strings.CutPrefix(given, "!")
		if foreign {
			if other == "" {
				record, err := create(t.app, collections.Contacts, map[string]any{"company": t.company, "name": stranger, "lifecycle": "customer"})
				if err != nil {
					return err
				}
				other = record.Id
			}
			contact = other
		}
		if err := t.book(text, contact); err != nil {
			return err
		}
	}

	return nil
}

// book makes an appointment as a colleague at the desk would.
func (t *theatre) book(text, contact string) error {
	name, when, attendee, ok := t.clinic.appointment(text)
	service, known := t.service[name]
	if !ok || !known {
		return fmt.Errorf("scenario: there is no appointment %q", text)
	}
	start, err := t.clinic.wall(when)
	if err != nil {
		return err
	}
	_, err = t.Agenda.Book(t.app, agenda.Booking{
		Company: t.company, Agenda: t.agenda, Service: service, Start: start, Contact: contact, Source: "member", Attendee: attendee, Overbook: true,
	})

	return err
}

// play lets a customer talk as the scenario says, and returns how it went.
func (t *theatre) play(ctx context.Context, book Book, s Scenario) (end, error) {
	if err := t.set(book); err != nil {
		return end{}, err
	}
	begin := s.Now
	if begin == "" {
		begin = book.Clinic.Now
	}
	now, err := t.clinic.wall(begin)
	if err != nil {
		return end{}, err
	}
	t.clock.Set(now)

	identity := channels.Address{Kind: "visitor", Value: fmt.Sprint("customer ", t.played)}
	customer, err := t.customer(identity, book.Locale)
	if err != nil {
		return end{}, err
	}
	if err := t.give(s, customer); err != nil {
		return end{}, err
	}
	others, err := t.appointments(customer, false)
	if err != nil {
		return end{}, err
	}

	talk := &talk{stage: t.stage, company: t.company, identity: identity, locale: book.Locale}
	_, talk.seen = t.since(0)
	for _, turn := range s.Talk {
		if err := t.turn(ctx, talk, s, turn); err != nil {
			return end{}, err
		}
	}

	return t.end(talk, customer, others)
}

// customerName is who writes in scenarios.
const customerName = "Marina Lopes"

func (t *theatre) customer(identity channels.Address, locale string) (string, error) {
	contact, err := create(t.app, collections.Contacts, map[string]any{"company": t.company, "name": customerName, "locale": locale, "lifecycle": "lead"})
	if err != nil {
		return "", err
	}
	_, err = create(t.app, collections.Identities, map[string]any{"company": t.company, "contact": contact.Id, "kind": identity.Kind, "value": identity.Value})

	return contact.Id, err
}

// patience is how often a customer says again what they want when the question they
// wait for does not come.
const patience = 2

func (t *theatre) turn(ctx context.Context, k *talk, s Scenario, turn Turn) error {
	write := func(m ...said) error {
		_, err := k.write(ctx, m...)

		return err
	}
	switch {
	case len(turn.Say) > 0:
		messages := make([]said, len(turn.Say))
		for i, text := range turn.Say {
			messages[i] = said{text: text}
		}

		return write(messages...)
	case turn.Voice == "-":
		return write(said{kind: "audio"})
	case turn.Voice != "":
		return write(said{kind: "audio", text: turn.Voice})
	case turn.Yes != nil, turn.No != nil:
		for range patience {
			if k.asked() || s.Insist == "" {
				break
			}
			if err := write(said{text: s.Insist}); err != nil {
				return err
			}
		}
		prefix, words := "ai:yes:", turn.Yes
		if turn.No != nil {
			prefix, words = "ai:no:", turn.No
		}
		option, shown := k.button(prefix, "")
		switch {
		case *words != "":
			return write(said{text: *words})
		case shown:
			return write(said{text: option.Label, payload: option.ID})
		default:
			return nil // nothing was asked, and nobody answers
		}
	case turn.Pick:
		if option, shown := k.button("ai:slot:", ""); shown {
			return write(said{text: option.Label, payload: option.ID})
		}

		return nil
	case turn.Take != "":
		return t.take(turn.Take)
	case turn.Wait != "":
		d, err := time.ParseDuration(turn.Wait)
		if err != nil {
			return err
		}
		t.clock.Advance(d)

		return t.Agenda.Tick(ctx)
	}

	return nil
}

// take gives a time to somebody else, whoever it is kept for.
func (t *theatre) take(text string) error {
	_, when, _, _ := t.clinic.appointment(text)
	start, err := t.clinic.wall(when)
	if err != nil {
		return err
	}
	var held []*core.Record
	err = t.app.RecordQuery(collections.Appointments).AndWhere(dbx.HashExp{"status": "held", "start": stamp(start)}).All(&held)
	if err != nil {
		return err
	}
	for _, record := range held {
		record.Set("status", "cancelled")
		record.Set("cancelled_by", "system")
		if err := save(t.app, record); err != nil {
			return err
		}
	}
	other, err := create(t.app, collections.Contacts, map[string]any{"company": t.company, "name": stranger, "lifecycle": "customer"})
	if err != nil {
		return err
	}

	return t.book(text, other.Id)
}
