package agenda

import (
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// Booking is a wish for one slot. Company, Agenda, Service, Contact and Start
// are required.
type Booking struct {
	Company, Agenda, Service string
	Start                    time.Time
	Contact                  string
	Conversation             string
	Source                   string // bot, agent, member, page, api or calendar
	Note                     string

	// Attendee names who comes, where it isn't the contact.
	Attendee string

	// Member is who shall serve; empty is the member of the agenda.
	Member string

	// Overbook squeezes the appointment in, whatever the agenda says. The caller
	// has checked agenda.overbook.
	Overbook bool

	// Hold reserves the slot for that long instead of booking it; 0 books.
	Hold time.Duration
}

// Book makes the appointment, or returns a *router.ApiError with the code
// slot_taken (a lost race) or slot_unavailable (not to be had at all), both with
// `alternatives`, and leaves nothing behind. Inside a transaction pass its txApp.
func (r *Room) Book(txApp core.App, b Booking) (*core.Record, error) {
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.Appointments)
	if err != nil {
		return nil, err
	}

	appointment := core.NewRecord(collection)
	appointment.Load(map[string]any{
		"company": b.Company, "agenda": b.Agenda, "service": b.Service, "contact": b.Contact,
		"conversation": b.Conversation, "start": b.Start.UTC(), "status": "confirmed", "source": b.Source,
		"note": b.Note, "attendee": b.Attendee, "overbook": b.Overbook,
	})
	if b.Member != "" {
		appointment.Set("members", []string{b.Member})
	}
	if b.Hold > 0 {
		appointment.Set("status", "held")
		appointment.Set("expires_at", r.deps.Now().Add(b.Hold).Unix())
	}

	return appointment, txApp.Save(appointment)
}

// bookForm is the body of the route. Either contact or visitor; hold in seconds.
type bookForm struct {
	Service      string  `json:"service"`
	Start        string  `json:"start"`
	Contact      string  `json:"contact"`
	Visitor      Visitor `json:"visitor"`
	Conversation string  `json:"conversation"`
	Note         string  `json:"note"`
	Attendee     string  `json:"attendee"`
	Overbook     bool    `json:"overbook"`
	Hold         int     `json:"hold"`
}

// book is POST /api/recado/agendas/{id}/book.
func (r *Room) book(e *core.RequestEvent) error {
	agenda, who, err := r.agendaFor(e)
	if err != nil {
		return err
	}
	if err := who.mayEdit(agenda, "agenda.book"); err != nil {
		return err
	}
	var form bookForm
	if err := e.BindBody(&form); err != nil {
		return e.BadRequestError("The request could not be read.", err)
	}
	start, err := instant("start", form.Start)
	if err != nil {
		return err
	}
	if form.Overbook {
		if err := who.may("agenda.overbook"); err != nil {
			return err
		}
	}
	if form.Hold < 0 {
		return apierr.Invalid("hold", "Give hold in seconds, or leave it out.")
	}

	company := agenda.GetString("company")

	return r.once(e, company, []any{agenda.Id, form}, func(txApp core.App) (*core.Record, error) {
		contact, err := r.contact(txApp, who, company, form)
		if err != nil {
			return nil, err
		}

		return r.Book(txApp, Booking{
			Company: company, Agenda: agenda.Id, Service: form.Service, Start: start,
			Contact: contact, Conversation: form.Conversation, Note: form.Note, Attendee: form.Attendee, Overbook: form.Overbook,
			Source: who.source(), Hold: time.Duration(form.Hold) * time.Second,
		})
	})
}

// contact of a booking: the one named, or the visitor's.
func (r *Room) contact(txApp core.App, w who, company string, form bookForm) (string, error) {
	switch {
	case form.Contact != "" && form.Visitor != (Visitor{}):
		return "", apierr.New(http.StatusBadRequest, "invalid", "Give either a contact or a visitor.", map[string]any{"field": "visitor"})
	case form.Contact != "":
		return form.Contact, nil
	default:
		return r.VisitorContact(txApp, company, form.Visitor, "agenda", func() error { return w.may("contacts.add") })
	}
}
