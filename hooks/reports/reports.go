// Package reports counts what happened: how fast customers were answered, how
// well the agendas were used.
//
// In: a stretch of local dates in the company's time zone and filters. Out: the
// figures of the stretch, of each of its days, of each member, queue, channel,
// agenda and service, and of the stretch before it, as JSON or CSV. Everything is
// counted on the day it happened. It reads the rows themselves, by indexes that
// hold all it needs; there are no tables of sums that could be wrong.
//
// What a day, a median or an occupancy is stands in pure files: period.go,
// spread.go, occupancy.go.
package reports

import (
	"fmt"
	"strings"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"

	"recado/collections"
	"recado/hooks/agenda/slots"
	"recado/hooks/apierr"
	"recado/hooks/contacts/table"
)

// Deps are what the room needs of others.
type Deps struct {
	// Require returns the caller's active membership if it holds the permission.
	Require func(e *core.RequestEvent, company, permission string) (*core.Record, error)
}

// Room is the reports room.
type Room struct{ deps Deps }

// Open binds the routes.
func Open(app core.App, deps Deps) *Room {
	r := &Room{deps: deps}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/recado/reports/inbox", r.inbox)
		e.Router.GET("/api/recado/reports/agenda", r.agenda)

		return e.Next()
	})

	return r
}

// mostDays bounds what one request may ask for.
const mostDays = 366

// question is what a request asks.
type question struct {
	app     core.App
	company string
	period  Period
	values  map[string]string // what narrows it: member, queue, channel, agenda, service
	csv     bool
}

// ask reads a request of someone who may see reports. narrowing are the filters
// the report knows; an id of another company narrows it to nothing.
func (r *Room) ask(e *core.RequestEvent, narrowing ...string) (question, error) {
	query := e.Request.URL.Query()
	me, err := r.deps.Require(e, query.Get("company"), "reports.view")
	if err != nil {
		return question{}, err
	}
	q := question{app: e.App, company: me.GetString("company"), values: map[string]string{}}

	var days [2]slots.Date
	for i, field := range [2]string{"from", "to"} {
		if days[i], err = slots.ParseDate(query.Get(field)); err != nil {
			return q, apierr.Invalid(field, "Give "+field+" as a date, for example 2026-03-09.")
		}
	}
	if days[0] > days[1] || days[1]-days[0] >= mostDays {
		return q, apierr.New(400, "range_invalid", "The last day must not be before the first, and at most 366 days can be asked for.", map[string]any{"field": "to"})
	}
	switch query.Get("format") {
	case "", "json":
	case "csv":
		q.csv = true
	default:
		return q, apierr.Invalid("format", "The format is json or csv.")
	}
	for _, name := range narrowing {
		q.values[name] = query.Get(name)
	}

	company, err := e.App.FindRecordById(collections.Companies, q.company)
	if err != nil {
		return q, apierr.NotFound("company")
	}
	zone, err := time.LoadLocation(company.GetString("timezone"))
	if err != nil {
		zone = time.UTC
	}
	q.period = NewPeriod(zone, days[0], days[1])

	return q, nil
}

// stamp is a moment as PocketBase stores it, which sorts as text.
func stamp(at int64) string { return time.Unix(at, 0).UTC().Format(types.DefaultDateLayout) }

// moment reads what stamp wrote, "2006-01-02 15:04:05.000Z"; fractions of a second
// are cut off. A report reads very many: [time.Parse] would be half of its work.
func moment(text string) int64 {
	if len(text) < len("2006-01-02 15:04:05") {
		return 0
	}
	number := func(from, to int) (n int) {
		for _, digit := range []byte(text[from:to]) {
			n = 10*n + int(digit-'0')
		}

		return n
	}

	return time.Date(number(0, 4), time.Month(number(5, 7)), number(8, 10), number(11, 13), number(14, 16), number(17, 19), 0, time.UTC).Unix()
}

// packed is how many seconds of a stretch one query packs up: memory stays small.
const packed = 31 * 24 * 3600

// each runs a query on the rows between two instants, bound as {:from} and {:to},
// and calls fn with the n columns of each. The columns are called a, b, c and so on
// and hold no commas: SQLite packs them into one row, because handing them over one
// by one takes several times as long as finding them.
func (q question) each(query string, n int, params dbx.Params, from, to int64, fn func(row []string)) error {
	columns := ""
	for i := range n {
		columns += fmt.Sprintf(", coalesce(group_concat(%c), '')", 'a'+i)
	}
	row, rest, into := make([]string, n), make([]string, n), make([]any, n+1)
	count := 0
	into[0] = &count
	for i := range rest {
		into[i+1] = &rest[i]
	}
	params["company"] = q.company
	for ; from < to; from += packed {
		params["from"], params["to"] = stamp(from), stamp(min(to, from+packed))
		err := q.app.ConcurrentDB().NewQuery("SELECT count(*)" + columns + " FROM (" + query + ")").Bind(params).Row(into...)
		if err != nil {
			return err
		}
		for range count {
			for i := range rest {
				row[i], rest[i], _ = strings.Cut(rest[i], ",")
			}
			fn(row)
		}
	}

	return nil
}

// names of a collection's rows of the company, by id.
func (q question) names(collection string) (map[string]string, error) {
	var rows []struct{ ID, Name string }
	err := q.app.ConcurrentDB().Select("id", "name").From(collection).Where(dbx.HashExp{"company": q.company}).All(&rows)
	names := make(map[string]string, len(rows))
	for _, row := range rows {
		names[row.ID] = row.Name
	}

	return names, err
}

// writeCSV answers with one table: a line for the whole period, the one before,
// each day and each member of each group.
func writeCSV[T any](e *core.RequestEvent, q question, name string, r report[T], headings []string, cells func(T) []string) error {
	first, last := q.period.Dates()
	table.Attachment(e.Response, name+"-"+first.String()+"-"+last.String()+".csv", "text/csv; charset=utf-8")
	out, err := table.NewCSV(e.Response)
	if err != nil {
		return err
	}
	if err := out.Write(append([]string{"group", "name"}, headings...)); err != nil {
		return err
	}
	line := func(group, name string, figures T) error {
		return out.Write(append([]string{group, name}, cells(figures)...))
	}
	if err := line("period", first.String()+" – "+last.String(), r.Total); err != nil {
		return err
	}
	first, last = q.period.Before().Dates()
	if err := line("before", first.String()+" – "+last.String(), r.Before); err != nil {
		return err
	}
	for _, day := range r.Days {
		if err := line("day", day.Date, day.Figures); err != nil {
			return err
		}
	}
	for _, group := range r.Groups {
		for _, one := range group.Rows {
			if err := line(group.Name, one.Name, one.Figures); err != nil {
				return err
			}
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}

	return out.Close()
}
