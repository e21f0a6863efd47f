package notify

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/inbox"
	"recado/hooks/mail"
	"recado/hooks/texts"
)

// visit is an appointment as it is told: in the customer's language and the
// agenda's time zone.
type visit struct {
	person
	appointment     *core.Record
	service, agenda *core.Record
	start, end      time.Time // in the agenda's zone
	words           texts.Printer
}

func (r *Room) visit(txApp core.App, a *core.Record, p person) (visit, error) {
	v := visit{person: p, appointment: a, words: p.words()}
	var err error
	if v.service, err = txApp.FindRecordById(collections.Services, a.GetString("service")); err != nil {
		return v, err
	}
	if v.agenda, err = txApp.FindRecordById(collections.Agendas, a.GetString("agenda")); err != nil {
		return v, err
	}
	zone, err := time.LoadLocation(v.agenda.GetString("timezone"))
	if err != nil {
		return v, err
	}
	v.start, v.end = a.GetDateTime("start").Time().In(zone), a.GetDateTime("end").Time().In(zone)

	return v, nil
}

// text says a sentence about the visit. now makes it "today" and "tomorrow";
// the zero time says the date, for what is read on any day.
func (v visit) text(key string, now time.Time) string { return v.words.Get(key, v.params(now)...) }

func (v visit) params(now time.Time) []any {
	when := texts.Moment(v.words.Locale(), v.start)
	if !now.IsZero() {
		when = v.words.When(v.start, now)
	}

	return []any{
		"service", v.service.GetString("name"), "when", when, "name", firstName(v.contact.GetString("name")),
		"company", v.company.GetString("name"), "agenda", v.agenda.GetString("name"),
	}
}

// own fills a company's own sentence.
func (v visit) own(sentence string, now time.Time) string {
	const key = "own"

	return texts.For(v.words.Locale(), map[string]string{key: sentence}).Get(key, v.params(now)...)
}

func firstName(name string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(name), " ")

	return first
}

func said(text string) inbox.Said { return inbox.Said{Text: text} }

// uid of the appointment in calendars; it never changes.
func (v visit) uid() string { return v.appointment.Id + "@recado" }

// event is the visit for a calendar; organizer is an address.
func (v visit) event(organizer, link string, now time.Time) event {
	return event{
		UID: v.uid(), Sequence: v.appointment.GetInt("sequence"), Start: v.start, End: v.end, Stamp: now,
		Summary:     fmt.Sprintf("%s – %s", v.service.GetString("name"), v.company.GetString("name")),
		Location:    settingsOf(v.company).Address,
		Description: link, URL: link,
		Organizer: organizer, OrganizerName: v.company.GetString("name"),
		Attendee: v.email(), AttendeeName: v.contact.GetString("name"),
	}
}

// write makes the mail of a kind: confirmation, moved, cancelled or reminder.
func (r *Room) write(txApp core.App, a *core.Record, p person, kind string) (*core.Record, error) {
	v, err := r.visit(txApp, a, p)
	if err != nil {
		return nil, err
	}
	link, err := r.Link(a.Id)
	if err != nil {
		return nil, err
	}

	now := r.deps.Now()
	letter := letterOf(v, kind, link)
	m := mail.Mail{
		Company: a.GetString("company"), Contact: p.contact.Id, Appointment: a.Id,
		To: p.email(), ToName: p.contact.GetString("name"), Kind: kind, Locale: v.words.Locale(),
		Subject: v.text("mail."+kind+".subject", time.Time{}), Text: letter.plain(),
	}
	if m.HTML, err = letter.html(); err != nil {
		return nil, err
	}
	switch kind {
	case "confirmation", "moved":
		m.ICS = v.event(r.deps.Mail.Sender(), link, now).ics(methodRequest)
	case "cancelled":
		m.ICS = v.event(r.deps.Mail.Sender(), "", now).ics(methodCancel)
	}

	return r.deps.Mail.Write(txApp, m)
}
