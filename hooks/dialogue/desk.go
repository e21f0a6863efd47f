package dialogue

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/apierr"
	"recado/hooks/hours"
	"recado/hooks/inbox"
)

// desk is the World of one conversation, inside the transaction of its answer.
// Who the customer is comes from the conversation, never from what they write.
type desk struct {
	app      core.App
	agenda   Agenda
	turn     inbox.Turn
	settings companySettings
	now      time.Time

	services []*core.Record // loaded once a turn
	agendas  []*core.Record
}

func (d *desk) company() string { return d.turn.Company.Id }

// load reads what can be booked.
func (d *desk) load() error {
	if d.agendas != nil || d.services != nil {
		return nil
	}
	err := d.app.RecordQuery(collections.Agendas).
		AndWhere(dbx.HashExp{"company": d.company()}).OrderBy("name", "id").All(&d.agendas)
	if err != nil {
		return err
	}

	return d.app.RecordQuery(collections.Services).
		AndWhere(dbx.HashExp{"company": d.company(), "active": true}).OrderBy("name", "id").All(&d.services)
}

// offering lists the active agendas that offer a service.
func (d *desk) offering(service *core.Record) []*core.Record {
	ids := service.GetStringSlice("agendas")

	return slices.DeleteFunc(slices.Clone(d.agendas), func(a *core.Record) bool {
		return !a.GetBool("active") || !slices.Contains(ids, a.Id)
	})
}

// several tells whether it says anything with whom an appointment is.
func (d *desk) several() bool {
	active := 0
	for _, a := range d.agendas {
		if a.GetBool("active") {
			active++
		}
	}

	return active > 1
}

// Services implements World.
func (d *desk) Services() ([]Service, error) {
	if err := d.load(); err != nil {
		return nil, err
	}
	var list []Service
	for _, s := range d.services {
		if s.GetBool("private") || len(d.offering(s)) == 0 {
			continue
		}
		currency := s.GetString("currency")
		if currency == "" {
			currency = d.turn.Company.GetString("currency")
		}
		list = append(list, Service{
			ID: s.Id, Name: s.GetString("name"), Minutes: s.GetInt("duration"), Price: int64(s.GetFloat("price")), Currency: currency,
		})
	}

	return list, nil
}

// Slots implements World: the union over all agendas that offer the service.
// Whoever moves an appointment stays with the same person where possible.
func (d *desk) Slots(service string, from, to time.Time, moving string) ([]Slot, error) {
	free, err := d.agenda.Free(d.app, agenda.FreeQuery{Company: d.company(), Service: service, From: from, To: to, Exclude: moving})
	list := make([]Slot, len(free))
	for i, f := range free {
		list[i] = Slot{Service: service, Agenda: f.Agenda, Start: f.Start}
	}

	return list, err
}

// Appointments implements World.
func (d *desk) Appointments() ([]Appointment, error) {
	var records []*core.Record
	err := d.app.RecordQuery(collections.Appointments).
		AndWhere(dbx.HashExp{"company": d.company(), "contact": d.turn.Contact.Id, "status": []any{"pending", "confirmed"}}).
		AndWhere(dbx.NewExp("[[start]] > {:now}", dbx.Params{"now": d.now.UTC().Format(types.DefaultDateLayout)})).
		OrderBy("start", "id").Limit(50).All(&records)
	if err != nil {
		return nil, err
	}
	list := make([]Appointment, len(records))
	for i, record := range records {
		if list[i], err = d.show(record); err != nil {
			return nil, err
		}
	}

	return list, nil
}

// show writes an appointment in the words and the zone of its agenda.
func (d *desk) show(record *core.Record) (Appointment, error) {
	if err := d.load(); err != nil {
		return Appointment{}, err
	}
	shown := Appointment{ID: record.Id, Service: record.GetString("service"), Start: record.GetDateTime("start").Time().In(d.now.Location())}
	for _, a := range d.agendas {
		if a.Id != record.GetString("agenda") {
			continue
		}
		if d.several() {
			shown.AgendaName = a.GetString("name")
		}
		if zone, err := time.LoadLocation(a.GetString("timezone")); err == nil {
			shown.Start = shown.Start.In(zone)
		}
	}
	for _, s := range d.services {
		if s.Id == shown.Service {
			shown.ServiceName = s.GetString("name")

			return shown, nil
		}
	}
	// No longer offered, and still booked.
	service, err := d.app.FindRecordById(collections.Services, shown.Service)
	if err == nil {
		shown.ServiceName = service.GetString("name")
	}

	return shown, err
}

// Attendees implements World.
func (d *desk) Attendees() ([]string, bool, error) {
	if !d.settings.Attendees {
		return nil, false, nil
	}
	names, err := d.agenda.Attendees(d.app, d.company(), d.turn.Contact.Id, attendeeButtons)

	return names, true, err
}

// Book implements World.
func (d *desk) Book(slot Slot, attendee string) (Appointment, error) {
	record, err := d.agenda.Book(d.app, agenda.Booking{
		Company: d.company(), Agenda: slot.Agenda, Service: slot.Service, Start: slot.Start,
		Contact: d.turn.Contact.Id, Conversation: d.turn.Conversation.Id, Source: "bot",
		Attendee: attendee,
	})
	if err != nil {
		return Appointment{}, refused(err)
	}

	return d.show(record)
}

// Move implements World.
func (d *desk) Move(appointment string, slot Slot) (Appointment, error) {
	record, err := d.agenda.Reschedule(d.app, agenda.Move{
		Company: d.company(), Appointment: appointment, Start: slot.Start, Agenda: slot.Agenda,
		Contact: d.turn.Contact.Id, By: agenda.ByContact,
	})
	if err != nil {
		return Appointment{}, refused(err)
	}

	return d.show(record)
}

// Cancel implements World.
func (d *desk) Cancel(appointment string) (Appointment, error) {
	record, err := d.agenda.Cancel(d.app, agenda.Cancellation{
		Company: d.company(), Appointment: appointment, Contact: d.turn.Contact.Id, By: agenda.ByContact,
	})
	if err != nil {
		return Appointment{}, refused(err)
	}

	return d.show(record)
}

// Explain implements World.
func (d *desk) Explain(appointment, reason string) error {
	err := d.agenda.Explain(d.app, agenda.Explanation{
		Company: d.company(), Appointment: appointment, Contact: d.turn.Contact.Id, Reason: reason,
	})
	if err != nil {
		return refused(err)
	}

	return nil
}

// refused tells a refusal, which the customer is told of, from a failure.
func refused(err error) error {
	switch apierr.Code(err) {
	case "not_found", "appointment_closed":
		return ErrGone
	case "attendee_limit":
		return ErrLimit
	case "slot_taken", "slot_unavailable", "service_not_offered":
		return ErrTaken
	default:
		var api *router.ApiError
		if errors.As(err, &api) && api.Status < 500 {
			return ErrTaken
		}

		return err
	}
}

// Info implements World. The opening hours are those of all active agendas
// together; without any, those of the desk.
func (d *desk) Info() (Info, error) {
	info := Info{Address: d.settings.Address, Phone: d.settings.Phone}
	if info.Phone == "" {
		info.Phone = d.turn.Company.GetString("phone")
	}
	for _, page := range d.settings.Pages {
		info.Pages = append(info.Pages, Page{ID: strings.Trim(string(page.ID), `"`), Title: page.Title, Text: page.Text})
	}
	var windows []Opening
	err := d.app.DB().NewQuery("SELECT DISTINCT v.weekday, v.start, v.end FROM availabilities v JOIN agendas a ON a.id = v.agenda" +
		" WHERE v.company = {:company} AND a.active").Bind(dbx.Params{"company": d.company()}).All(&windows)
	if err != nil {
		return info, err
	}
	info.Hours = hours.Union(windows)
	if len(info.Hours) == 0 {
		open, _, err := d.queue()
		if err != nil {
			return info, err
		}
		info.Hours = hours.Union(open.Weekly)
	}

	return info, nil
}

// People implements World.
func (d *desk) People() (People, error) {
	open, queue, err := d.queue()
	if err != nil {
		return People{}, err
	}
	people := People{}
	if people.Here, people.Back = open.At(d.now); people.Here {
		people.Back = time.Time{}
	}
	if queue != nil {
		people.Greeting = strings.TrimSpace(queue.GetString("greeting"))
		people.Away = strings.TrimSpace(queue.GetString("out_of_hours"))
	}

	return people, nil
}

// queue is the one the conversation waits in, with the hours that hold in it; it
// may have none, then the company's hold.
func (d *desk) queue() (h hours.Hours, queue *core.Record, err error) {
	company := d.settings.Hours

	id := d.turn.Conversation.GetString("queue")
	if id == "" {
		id = d.turn.Channel.GetString("queue")
	}
	if id == "" {
		return company, nil, nil
	}
	if queue, err = d.app.FindRecordById(collections.Queues, id); err != nil {
		return h, nil, err
	}

	return hours.OfQueue(company, hours.Parse(queue.GetString("hours"))), queue, nil
}
