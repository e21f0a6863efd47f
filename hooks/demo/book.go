package demo

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda/slots"
)

// The agendas are open every day, so that there is something today whenever it is.
var (
	weekdays = []slots.Window{{Start: 8 * 60, End: 12 * 60}, {Start: 13 * 60, End: 18 * 60}}
	weekends = []slots.Window{{Start: 9 * 60, End: 13 * 60}}
)

func windows(day time.Weekday) []slots.Window {
	if day == time.Saturday || day == time.Sunday {
		return weekends
	}

	return weekdays
}

// book makes agendas, services and six weeks of appointments.
func (s *story) book() {
	long := s.at(-90, 9*60)
	var agendas, services []*core.Record
	var ids []string
	for i, name := range s.home.Agendas {
		values := map[string]any{"name": name, "kind": "member", "timezone": s.zone.String(), "color": [...]string{"#0b7450", "#1864ab", "#a61e4d"}[i%3], "active": true}
		if i < 2 {
			values["member"] = s.members[2*i].Id
		} else {
			values["kind"] = "room"
		}
		agenda := s.add(collections.Agendas, long, values)
		agendas, ids = append(agendas, agenda), append(ids, agenda.Id)
		for weekday := range 7 {
			for _, w := range windows(time.Weekday(weekday)) {
				s.add(collections.Availabilities, long, map[string]any{"agenda": agenda.Id, "weekday": weekday, "start": w.Start, "end": w.End})
			}
		}
	}
	s.add(collections.AvailabilityOverrides, long, map[string]any{
		"agenda": agendas[2].Id, "date": (s.today + 9).String(), "windows": []any{}, "reason": s.home.Reasons[2],
	})
	for _, service := range s.home.Services {
		services = append(services, s.add(collections.Services, long, map[string]any{
			"name": service.Name, "agendas": ids, "duration": service.Duration, "step": 15, "price": service.Price, "currency": s.company.GetString("currency"),
			"color": service.Color, "horizon_days": 60, "capacity": 1, "active": true,
		}))
	}

	d := diary{story: s, services: services, missed: map[string]int{}, open: 6}
	for day := -7 * weeksBefore; day < 7*weeksAfter; day++ {
		for i, agenda := range agendas {
			if i == 2 && day == 9 {
				continue // closed
			}
			d.day(agenda, day)
		}
	}
	s.noShows(d.missed)
}

// diary books day after day.
type diary struct {
	*story
	services []*core.Record
	missed   map[string]int
	open     int // how many coming appointments are still to be confirmed
	told     int
}

// day fills a day of an agenda: today nearly whole, the past well, the future less
// and less.
func (d *diary) day(agenda *core.Record, day int) {
	full := 62
	switch {
	case day == 0:
		full = 92
	case day > 0:
		full = 60 - 2*day
	}
	for _, w := range windows((d.today + slots.Date(day)).Weekday()) {
		for minute := w.Start; minute < w.End; {
			service := pick(d.story, d.services)
			if minute+service.GetInt("duration") > w.End {
				service = d.services[1] // the shortest
			}
			if !d.chance(full) {
				minute += 30

				continue
			}
			if minute+service.GetInt("duration") > w.End {
				break
			}
			d.appoint(agenda, service, day, minute)
			minute += service.GetInt("duration")
		}
	}
}

func (d *diary) appoint(agenda, service *core.Record, day, minute int) {
	contact := pick(d.story, d.contacts)
	start := d.at(day, minute)
	end := start.Add(time.Duration(service.GetInt("duration")) * time.Minute)
	booked := start.Add(-d.minutes(60, 60*24*18))
	if soon := d.now.Add(-d.minutes(20, 60*72)); booked.After(soon) {
		booked = soon
	}
	values := map[string]any{
		"agenda": agenda.Id, "service": service.Id, "contact": contact.Id, "start": start, "end": end,
		"price": service.GetInt("price"), "currency": service.GetString("currency"), "status": "confirmed",
		"source": pick(d.story, []string{"bot", "bot", "page", "member", "member"}),
	}
	if member := agenda.GetString("member"); member != "" {
		values["members"] = []string{member}
	}
	if d.chance(15) {
		values["note"] = pick(d.story, d.home.Visits)
	}

	cancelled := day != 0 && d.chance(8)
	switch {
	case cancelled:
		values["status"], values["cancelled_by"], values["cancel_reason"] = "cancelled", pick(d.story, []string{"contact", "contact", "member"}), pick(d.story, d.home.Reasons)
	case end.Before(d.now):
		values["status"] = "done"
		if d.chance(7) {
			values["status"] = "no_show"
			d.missed[contact.Id]++
		}
	case start.Before(d.now):
		values["status"] = "arrived"
	case d.open > 0 && day > 0:
		d.open--
		values["status"] = "pending"
	default:
		values["confirmed_at"] = booked.Add(10 * time.Minute)
	}

	appointment := d.add(collections.Appointments, booked, values)
	if cancelled {
		return
	}
	d.add(collections.Occupancies, booked, map[string]any{
		"appointment": appointment.Id, "kind": "appointment", "resource": agenda.Id, "status": values["status"],
		"blocked_start": start.Unix(), "blocked_end": end.Unix(),
	})
	if day < 0 && day > -8 {
		d.tell(appointment, contact, start)
	}
}

// tell leaves the traces of what a customer was told a day before: a reminder that
// is over, and now and then its mail.
func (d *diary) tell(appointment, contact *core.Record, start time.Time) {
	before := start.Add(-24 * time.Hour)
	values := map[string]any{
		"appointment": appointment.Id, "agenda": appointment.GetString("agenda"), "contact": contact.Id, "kind": "before", "offset": 1440,
		"due": before, "status": "sent", "channel": "chat", "sent_at": before.Add(4 * time.Second), "reply": "confirmed",
	}
	if address := contact.GetString("email"); address != "" && d.told < 24 {
		subject, kind := d.home.Mail.Reminder, "reminder"
		if d.told%3 == 0 {
			subject, kind = d.home.Mail.Confirmation, "confirmation"
		}
		d.told++
		text := strings.ReplaceAll(d.home.Mail.Text, "{name}", contact.GetString("name"))
		mail := d.add(collections.Mails, before, map[string]any{
			"to": address, "to_name": contact.GetString("name"), "subject": subject, "kind": kind, "contact": contact.Id, "appointment": appointment.Id,
			"locale": d.langs[0], "status": "sent", "sent_at": before.Add(4 * time.Second),
			"body": map[string]string{"text": text, "html": fmt.Sprintf("<h1>%s</h1><p>%s</p>", subject, text), "ics": ""},
		})
		values["channel"], values["mail"] = "email", mail.Id
	}
	d.add(collections.Reminders, before, values)
}
