package reports

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda/slots"
)

// agendaTally is what is counted of appointments. Seconds.
type agendaTally struct {
	kept, came, noShows, cancelled int
	booked, open                   int64
	lead                           Spread
}

// AgendaFigures are the figures of the agendas. Appointments are those that were
// not cancelled; Came of them have arrived, NoShows have not. Booked and open are
// minutes: all that was not cancelled, and the opening hours as they are now
// without the times that are blocked.
// Overbooking and appointments outside the hours can make more booked than open.
// Lead is from the booking to the appointment.
type AgendaFigures struct {
	Appointments  int       `json:"appointments"`
	Came          int       `json:"came"`
	NoShows       int       `json:"noShows"`
	Cancelled     int       `json:"cancelled"`
	BookedMinutes int64     `json:"bookedMinutes"`
	OpenMinutes   int64     `json:"openMinutes"`
	Lead          Durations `json:"lead"`
}

func (t *agendaTally) figures() AgendaFigures {
	return AgendaFigures{
		Appointments: t.kept, Came: t.came, NoShows: t.noShows, Cancelled: t.cancelled,
		BookedMinutes: t.booked / 60, OpenMinutes: t.open / 60, Lead: t.lead.Durations(),
	}
}

// agenda is GET /api/recado/reports/agenda?from=&to=&agenda=&service=&member=. An
// appointment counts on the day it begins; its minutes on the days they lie in.
func (r *Room) agenda(e *core.RequestEvent) error {
	q, err := r.ask(e, "agenda", "service", "member")
	if err != nil {
		return err
	}
	agendas, err := q.agendas()
	if err != nil {
		return err
	}
	s := newSheet[agendaTally](q.period, 2)
	if err := q.appointments(s, agendas); err != nil {
		return err
	}
	countOpen(s, agendas)

	names := map[string]string{}
	for id, a := range agendas {
		names[id] = a.name
	}
	services, err := q.names(collections.Services)
	if err != nil {
		return err
	}
	report := sumUp(s, (*agendaTally).figures, group{"agenda", names}, group{"service", services})
	if q.csv {
		return writeCSV(e, q, "agenda", report, agendaHeadings, agendaCells)
	}

	return e.JSON(http.StatusOK, report.answer(q.period))
}

// openAgenda is an agenda of the report. One that takes no bookings any more is
// not open.
type openAgenda struct {
	name   string
	active bool
	hours  slots.Hours
	closed []slots.Interval // what was blocked in them, by its start
}

const agendasSQL = "SELECT id, name, timezone, active FROM agendas WHERE company = {:company}" +
	" AND ({:agenda} = '' OR id = {:agenda}) AND ({:member} = '' OR member = {:member})"

const closedTimesSQL = "SELECT blocked_start AS a, blocked_end AS b, resource AS c FROM occupancies" +
	" WHERE company = {:company} AND kind != 'appointment' AND blocked_start < {:to} AND blocked_end > {:from}" +
	" AND status != 'cancelled' AND expires_at = 0"

// agendas loads those of the report with their hours.
func (q question) agendas() (map[string]*openAgenda, error) {
	db := q.app.ConcurrentDB()
	var rows []struct {
		ID, Name, Timezone string
		Active             bool
	}
	err := db.NewQuery(agendasSQL).Bind(dbx.Params{"company": q.company, "agenda": q.values["agenda"], "member": q.values["member"]}).All(&rows)
	if err != nil {
		return nil, err
	}
	list := map[string]*openAgenda{}
	for _, row := range rows {
		zone, err := time.LoadLocation(row.Timezone)
		if err != nil {
			zone = q.period.zone
		}
		list[row.ID] = &openAgenda{name: row.Name, active: row.Active, hours: slots.Hours{Zone: zone, Overrides: map[slots.Date][]slots.Window{}}}
	}

	var weekly []struct {
		Agenda              string
		Weekday, Start, End int
	}
	if err := db.Select("agenda", "weekday", "start", "end").From(collections.Availabilities).Where(dbx.HashExp{"company": q.company}).All(&weekly); err != nil {
		return nil, err
	}
	for _, w := range weekly {
		if a := list[w.Agenda]; a != nil {
			a.hours.Weekly[w.Weekday%7] = append(a.hours.Weekly[w.Weekday%7], slots.Window{Start: w.Start, End: w.End})
		}
	}

	var overrides []struct{ Agenda, Date, Windows string }
	if err := db.Select("agenda", "date", "windows").From(collections.AvailabilityOverrides).Where(dbx.HashExp{"company": q.company}).All(&overrides); err != nil {
		return nil, err
	}
	for _, o := range overrides {
		date, err := slots.ParseDate(o.Date)
		a := list[o.Agenda]
		if err != nil || a == nil {
			continue
		}
		var pairs [][2]int
		_ = json.Unmarshal([]byte(o.Windows), &pairs) // null is closed, as an empty list is
		a.hours.Overrides[date] = nil
		for _, pair := range pairs {
			a.hours.Overrides[date] = append(a.hours.Overrides[date], slots.Window{Start: pair[0], End: pair[1]})
		}
	}

	var closed []struct {
		A, B int64
		C    string
	}
	err = db.NewQuery(closedTimesSQL + " ORDER BY blocked_start").Bind(dbx.Params{"company": q.company, "from": q.period.Before().Start(), "to": q.period.End()}).All(&closed)
	if err != nil {
		return nil, err
	}
	for _, x := range closed {
		if a := list[x.C]; a != nil {
			a.closed = append(a.closed, slots.Interval{Start: x.A, End: x.B})
		}
	}

	return list, nil
}

const appointmentsSQL = "SELECT start AS a, `end` AS b, created AS c, status AS d, agenda AS e, service AS f FROM appointments" +
	" WHERE company = {:company} AND start >= {:from} AND start < {:to} AND status != 'held'" +
	" AND ({:service} = '' OR service = {:service})"

// longestAppointment is how long before a period one may begin that reaches into it.
const longestAppointment = 7 * 24 * 3600

func (q question) appointments(s *sheet[agendaTally], agendas map[string]*openAgenda) error {
	params := dbx.Params{"service": q.values["service"]}

	return q.each(appointmentsSQL, 6, params, s.past.Start()-longestAppointment, q.period.End(), func(row []string) {
		start, status, agenda, service := moment(row[0]), row[3], row[4], row[5]
		if agendas[agenda] == nil {
			return // not asked for
		}
		if status == "cancelled" {
			s.at(start, func(t *agendaTally) { t.cancelled++ }, agenda, service)

			return
		}
		lead := start - moment(row[2])
		s.at(start, func(t *agendaTally) {
			t.kept++
			t.lead.Add(lead)
			switch status {
			case "arrived", "done":
				t.came++
			case "no_show":
				t.noShows++
			}
		}, agenda, service)
		x := slots.Interval{Start: start, End: moment(row[1])}
		s.past.Cut(x, func(_ int, n int64) { s.before.booked += n })
		s.period.Cut(x, func(day int, n int64) { s.on(day, func(t *agendaTally) { t.booked += n }, agenda, service) })
	})
}

// countOpen adds the opening hours. A service has none of its own.
func countOpen(s *sheet[agendaTally], agendas map[string]*openAgenda) {
	for id, a := range agendas {
		if !a.active {
			continue
		}
		s.before.open += sum(openOn(a.hours, a.closed, s.past))
		for day, n := range openOn(a.hours, a.closed, s.period) {
			if n > 0 {
				s.on(day, func(t *agendaTally) { t.open += n }, id, nowhere)
			}
		}
	}
}

var agendaHeadings = []string{
	"appointments", "came", "no_shows", "cancelled", "booked_minutes", "open_minutes", "lead_median_seconds", "lead_p90_seconds",
}

func agendaCells(f AgendaFigures) []string {
	return append(counts(f.Appointments, f.Came, f.NoShows, f.Cancelled, int(f.BookedMinutes), int(f.OpenMinutes)), spans(f.Lead)...)
}
