package book

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda"
	"recado/hooks/texts"
)

const (
	dayLayout   = time.DateOnly
	monthLayout = "2006-01"

	// monthsAhead is how far the calendar can be turned.
	monthsAhead = 18
)

// moment is a time as the page shows it: in the agenda's zone, with all that the
// script needs to write the visitor's own time beside it.
type moment struct {
	At    string // RFC 3339, UTC
	Wall  string // date and minute on the agenda's wall
	Clock string
	URL   string
}

func (v *visit) moment(start time.Time) moment {
	return moment{At: start.UTC().Format(time.RFC3339), Wall: start.Format("2006-01-02T15:04"), Clock: v.Clock(start)}
}

// day is one square of the calendar. Number 0 is an empty one.
type day struct {
	Number   int
	Label    string
	URL      string // "" where nothing is free
	Selected bool
	Today    bool
}

// timesPage is the calendar of a month and the free times of one day of it.
type timesPage struct {
	Step    int
	Service *service
	Only    bool // there is no other service to choose
	With    []choice

	Month                string
	Weekdays             []weekday
	Weeks                [][]day
	Previous, Next, Soon string // addresses, or ""
	Day                  string
	Times                []moment
	Zone                 string
}

// choice is one of several links of which one is chosen.
type choice struct {
	Label, URL string
	Chosen     bool
}

type weekday struct{ Short, Long string }

// showTimes is the second step. Without a month and a day asked for it shows
// those of the first free time.
func (r *Room) showTimes(e *core.RequestEvent, v *visit, s *service, only bool) error {
	query := e.Request.URL.Query()
	with := withOf(s, query.Get("with"))
	q := agenda.FreeQuery{Company: v.Company.Id, Service: s.ID, Agenda: with, From: r.deps.Now()}

	this := monthOf(v.Now)
	month, asked := this, false
	if m, err := time.ParseInLocation(monthLayout, query.Get("month"), v.Zone); err == nil && !m.Before(this) && m.Before(this.AddDate(0, monthsAhead, 0)) {
		month, asked = m, true
	}
	if !asked {
		next, err := r.deps.Agenda.Next(e.App, q, 1)
		if err != nil {
			return err
		}
		if len(next) == 0 {
			return r.write(e, v, http.StatusOK, "full", map[string]any{"Service": s, "Only": only})
		}
		month = time.Date(next[0].Start.Year(), next[0].Start.Month(), 1, 0, 0, 0, 0, v.Zone)
	}
	free, err := r.freeIn(e.App, q, month)
	if err != nil {
		return err
	}

	p := &timesPage{Step: 2, Service: s, Only: only, Month: texts.Capital(v.monthName(month))}
	p.With = v.withChoices(s, with, query.Get("month"))
	p.Weekdays = v.weekdays()
	if month.After(this) {
		p.Previous = v.link(s.Address, "month", month.AddDate(0, -1, 0).Format(monthLayout), "with", with)
	}
	if next := month.AddDate(0, 1, 0); next.Before(this.AddDate(0, monthsAhead, 0)) {
		p.Next = v.link(s.Address, "month", next.Format(monthLayout), "with", with)
	}

	chosen := query.Get("day")
	if _, ok := free[chosen]; !ok {
		chosen = first(free)
	}
	p.Weeks = v.weeks(month, free, chosen, func(key string) string {
		return v.link(s.Address, "month", month.Format(monthLayout), "day", key, "with", with)
	})
	if chosen == "" {
		if q.From = month.AddDate(0, 1, 0); q.From.After(v.Now) {
			next, err := r.deps.Agenda.Next(e.App, q, 1)
			if err != nil {
				return err
			}
			if len(next) > 0 {
				p.Soon = v.link(s.Address, "month", next[0].Start.Format(monthLayout), "day", next[0].Start.Format(dayLayout), "with", with)
			}
		}

		return r.write(e, v, http.StatusOK, "times", p)
	}
	p.Day = v.Date(free[chosen][0].Start, v.Now)
	p.Zone = zoneName(free[chosen][0].Start)
	for _, f := range free[chosen] {
		m := v.moment(f.Start)
		m.URL = v.link(s.Address, "at", m.At, "with", with)
		p.Times = append(p.Times, m)
	}

	return r.write(e, v, http.StatusOK, "times", p)
}

// freeIn are the free moments of a month by their day. Days are those of the
// agendas' own zones, so a wider range is read.
func (r *Room) freeIn(app core.App, q agenda.FreeQuery, month time.Time) (map[string][]agenda.FreeTime, error) {
	const widest = 26 * time.Hour // no two zones are further apart
	if from := month.Add(-widest); from.After(q.From) {
		q.From = from
	}
	q.To = month.AddDate(0, 1, 0).Add(widest)
	if !q.From.Before(q.To) {
		return nil, nil
	}
	list, err := r.deps.Agenda.Free(app, q)
	if err != nil {
		return nil, err
	}
	free := map[string][]agenda.FreeTime{}
	for _, f := range agenda.Moments(list) {
		if f.Start.Year() == month.Year() && f.Start.Month() == month.Month() {
			key := f.Start.Format(dayLayout)
			free[key] = append(free[key], f)
		}
	}

	return free, nil
}

// weeks lays the days of a month out in rows of seven.
func (v *visit) weeks(month time.Time, free map[string][]agenda.FreeTime, chosen string, link func(key string) string) [][]day {
	squares := make([]day, (7+int(month.Weekday())-int(v.firstWeekday()))%7)
	for d := month; d.Month() == month.Month(); d = d.AddDate(0, 0, 1) {
		key := d.Format(dayLayout)
		square := day{Number: d.Day(), Today: key == v.Now.Format(dayLayout), Selected: key == chosen}
		square.Label = v.Date(d.Add(12*time.Hour), v.Now) + ", " + v.T("none_free")
		if n := len(free[key]); n > 0 {
			square.URL, square.Label = link(key), v.Date(free[key][0].Start, v.Now)+", "+v.T("free", "count", n)
		}
		squares = append(squares, square)
	}
	for len(squares)%7 > 0 {
		squares = append(squares, day{})
	}

	return slices.Collect(slices.Chunk(squares, 7))
}

// firstWeekday is where a week begins for readers of the language.
func (v *visit) firstWeekday() time.Weekday {
	if v.Locale() == texts.Spanish {
		return time.Monday
	}

	return time.Sunday
}

func (v *visit) weekdays() []weekday {
	list := make([]weekday, 7)
	for i := range list {
		d := (v.firstWeekday() + time.Weekday(i)) % 7
		list[i] = weekday{Short: string([]rune(v.ShortWeekday(d))[:3]), Long: v.Weekday(d)}
	}

	return list
}

func (v *visit) monthName(month time.Time) string {
	return v.T("month", "month", texts.Month(v.Locale(), month.Month()), "year", month.Year())
}

// withChoices lets the visitor choose whose time they want, where it makes a
// difference.
func (v *visit) withChoices(s *service, chosen, month string) []choice {
	if len(s.Agendas) < 2 {
		return nil
	}
	list := []choice{{v.T("anyone"), v.link(s.Address, "month", month), chosen == ""}}
	for _, a := range s.Agendas {
		list = append(list, choice{a.Name, v.link(s.Address, "month", month, "with", a.ID), chosen == a.ID})
	}

	return list
}

// withOf takes the agenda asked for, if the service is given there.
func withOf(s *service, id string) string {
	if slices.ContainsFunc(s.Agendas, func(a agendaName) bool { return a.ID == id }) {
		return id
	}

	return ""
}

func monthOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, t.Location())
}

func first(free map[string][]agenda.FreeTime) string {
	lowest := ""
	for key := range free {
		if lowest == "" || key < lowest {
			lowest = key
		}
	}

	return lowest
}

// zoneName is the place and offset a time is told in: "Sao Paulo (GMT-3)".
func zoneName(t time.Time) string {
	name := t.Location().String()
	name = strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
	_, seconds := t.Zone()
	offset := "GMT"
	if seconds != 0 {
		sign := "+"
		if seconds < 0 {
			sign, seconds = "-", -seconds
		}
		offset += sign + time.Unix(int64(seconds), 0).UTC().Format("15:04")
		offset = strings.TrimSuffix(strings.Replace(offset, sign+"0", sign, 1), ":00")
	}

	return name + " (" + offset + ")"
}
