package agenda

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda/slots"
	"recado/hooks/apierr"
)

// offer is a service on an agenda: what can be booked there, and how.
type offer struct {
	Company, Agenda, Service string

	AgendaName, ServiceName string
	Member                  string // of the agenda; may be empty
	Zone                    *time.Location
	Terms                   slots.Service
	Price                   int
	Currency                string
	MaxOpen                 int // coming appointments one person may have; 0: any number

	// Open is whether it can be booked anew: both are active, and the service is
	// given on this agenda. What was booked can be moved even when not.
	Open bool
}

// offer loads a service on an agenda, both of the company.
func (r *Room) offer(app core.App, company, agenda, service string) (offer, error) {
	o := offer{Company: company, Agenda: agenda, Service: service}
	t := &o.Terms
	var timezone string

	err := app.ConcurrentDB().NewQuery(`SELECT a.name, a.member, a.timezone, s.name, s.price, s.currency,
		s.duration, s.step, s.buffer_before, s.buffer_after, s.min_notice, s.horizon_days, s.max_per_day, s.max_open,
		a.active AND s.active AND EXISTS (SELECT 1 FROM json_each(s.agendas) WHERE value = a.id)
		FROM agendas AS a JOIN services AS s ON s.company = a.company AND s.id = {:service}
		WHERE a.id = {:agenda} AND a.company = {:company}`).
		Bind(dbx.Params{"company": company, "agenda": agenda, "service": service}).
		Row(&o.AgendaName, &o.Member, &timezone, &o.ServiceName, &o.Price, &o.Currency,
			&t.Duration, &t.Step, &t.BufferBefore, &t.BufferAfter, &t.MinNotice, &t.HorizonDays, &t.MaxPerDay, &o.MaxOpen, &o.Open)
	if err != nil {
		return offer{}, notFound(err, "agenda or service")
	}

	// A number nobody set is 0: no step means one slot after the other, no
	// horizon means no end.
	t.Step = cmp.Or(t.Step, t.Duration)
	t.HorizonDays = cmp.Or(t.HorizonDays, slots.NoHorizon)
	o.Zone, err = r.zone(timezone)

	return o, err
}

// members who serve the appointments of the offer.
func (o offer) members() []string {
	if o.Member == "" {
		return []string{}
	}

	return []string{o.Member}
}

// end of an appointment that starts at start.
func (o offer) end(start time.Time) time.Time {
	return start.Add(time.Duration(o.Terms.Duration) * time.Minute)
}

// question gathers what decides about starts in [from, to). The appointment
// `exclude` counts as if it weren't there. Raw SQL over covering indexes: records
// would cost ten times as much.
func (r *Room) question(app core.App, o offer, from, to int64, exclude string) (slots.Question, error) {
	const day = 86400

	q := slots.Question{
		Hours:   slots.Hours{Zone: o.Zone},
		Service: o.Terms, Resource: o.Agenda,
		From: from, To: to, Now: r.deps.Now().Unix(),
	}
	first := from - int64(o.Terms.BufferBefore)*60
	last := to + int64(o.Terms.Duration+o.Terms.BufferAfter)*60

	params := dbx.Params{"agenda": o.Agenda, "service": o.Service, "exclude": exclude, "now": q.Now}
	params["firstDate"], params["lastDate"] = utcDate(first-3*day), utcDate(last+3*day)
	params["from"], params["to"] = first, last

	db := app.ConcurrentDB()
	if err := weekly(db, params, &q.Hours); err != nil {
		return q, err
	}
	if err := overrides(db, params, &q.Hours); err != nil {
		return q, err
	}
	if err := busy(db, params, &q); err != nil {
		return q, err
	}
	if o.Terms.MaxPerDay == 0 {
		return q, nil
	}

	params["fromTime"], params["toTime"] = dbTime(from-2*day), dbTime(to+2*day)

	return q, starts(db, params, &q)
}

func weekly(db dbx.Builder, params dbx.Params, h *slots.Hours) error {
	return each(db, "SELECT weekday, `start`, `end` FROM availabilities WHERE agenda = {:agenda}", params, func(scan scanner) error {
		var weekday int
		var w slots.Window
		if err := scan(&weekday, &w.Start, &w.End); err != nil {
			return err
		}
		h.Weekly[weekday%7] = append(h.Weekly[weekday%7], w)

		return nil
	})
}

func overrides(db dbx.Builder, params dbx.Params, h *slots.Hours) error {
	const query = "SELECT date, windows FROM availability_overrides WHERE agenda = {:agenda} AND date >= {:firstDate} AND date <= {:lastDate}"

	return each(db, query, params, func(scan scanner) error {
		var date, windows string
		if err := scan(&date, &windows); err != nil {
			return err
		}
		d, err := slots.ParseDate(date)
		if err != nil {
			return err
		}
		if h.Overrides == nil {
			h.Overrides = map[slots.Date][]slots.Window{}
		}
		h.Overrides[d], err = parseWindows([]byte(windows))

		return err
	})
}

// parseWindows reads [[start,end],…]; null is empty.
func parseWindows(raw []byte) ([]slots.Window, error) {
	var pairs [][2]int
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &pairs); err != nil {
			return nil, fmt.Errorf("windows must be a list of [start, end] in minutes: %w", err)
		}
	}

	windows := make([]slots.Window, len(pairs))
	for i, pair := range pairs {
		windows[i] = slots.Window{Start: pair[0], End: pair[1]}
	}

	return windows, nil
}

var busySQL = overlapSQL("o.blocked_start, o.blocked_end", "{:agenda}", "{:from}", "{:to}", "{:now}",
	" AND (o.appointment = '' OR o.appointment <> {:exclude})")

func busy(db dbx.Builder, params dbx.Params, q *slots.Question) error {
	return each(db, busySQL, params, func(scan scanner) error {
		var i slots.Interval
		err := scan(&i.Start, &i.End)
		q.Busy = append(q.Busy, i)

		return err
	})
}

// starts of the appointments that use up the day's number. What is done still
// counts, what was cancelled or missed does not.
func starts(db dbx.Builder, params dbx.Params, q *slots.Question) error {
	const query = "SELECT CAST(strftime('%s', `start`) AS INTEGER) FROM appointments WHERE agenda = {:agenda} AND service = {:service}" +
		" AND `start` >= {:fromTime} AND `start` < {:toTime} AND status NOT IN ('cancelled','no_show')" +
		" AND (status <> 'held' OR expires_at > {:now}) AND id <> {:exclude}"

	return each(db, query, params, func(scan scanner) error {
		var start int64
		err := scan(&start)
		q.Starts = append(q.Starts, start)

		return err
	})
}

type scanner func(columns ...any) error

// each calls fn for every row of a query.
func each(db dbx.Builder, query string, params dbx.Params, fn func(scanner) error) error {
	rows, err := db.NewQuery(query).Bind(params).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()

	for rows.Next() {
		if err := fn(rows.Scan); err != nil {
			return err
		}
	}

	return rows.Err()
}

func utcDate(at int64) string { return time.Unix(at, 0).UTC().Format(time.DateOnly) }

// dbTime writes an instant as PocketBase stores it.
func dbTime(at int64) string { return time.Unix(at, 0).UTC().Format("2006-01-02 15:04:05.000Z") }

func notFound(err error, noun string) error {
	if isNoRows(err) {
		return apierr.NotFound(noun)
	}

	return err
}
