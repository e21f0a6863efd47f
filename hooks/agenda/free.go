package agenda

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
)

// FreeQuery asks for the free times of a service on all agendas that give it,
// or on Agenda alone, whose start lies in [From, To), at most 92 days apart.
// Exclude is an appointment about to be moved: it counts as if it weren't there,
// and where several agendas are free its own comes first.
type FreeQuery struct {
	Company, Service, Agenda string
	From, To                 time.Time
	Exclude                  string
}

// FreeTime is a slot and the agenda it is on. Start is in the agenda's zone.
type FreeTime struct {
	Agenda, AgendaName string
	Start, End         time.Time
	Members            []string
}

// Free lists the free times of a service over its agendas, in order; where
// several are free at once each is listed, by name. What it lists can be booked.
func (r *Room) Free(app core.App, q FreeQuery) ([]FreeTime, error) {
	agendas, err := offering(app, q)
	if err != nil {
		return nil, err
	}

	var all []FreeTime
	for _, a := range agendas {
		list, err := r.Slots(app, Query{Company: q.Company, Agenda: a.ID, Service: q.Service, From: q.From, To: q.To, Exclude: q.Exclude})
		if err != nil {
			return nil, err
		}
		for _, s := range list.Slots {
			all = append(all, FreeTime{
				Agenda: a.ID, AgendaName: a.Name, Members: list.Members,
				Start: time.Unix(s.Start, 0).In(list.Zone), End: time.Unix(s.End, 0).In(list.Zone),
			})
		}
	}
	slices.SortStableFunc(all, func(a, b FreeTime) int { return cmp.Compare(a.Start.Unix(), b.Start.Unix()) })

	return all, nil
}

type offeringAgenda struct {
	ID   string `db:"id"`
	Name string `db:"name"`
}

// offering lists the agendas a service can be booked on, by name; the one of the
// excluded appointment first.
func offering(app core.App, q FreeQuery) ([]offeringAgenda, error) {
	var list []offeringAgenda
	err := app.ConcurrentDB().NewQuery(`SELECT a.id, a.name FROM services AS s JOIN json_each(s.agendas) AS j
		JOIN agendas AS a ON a.id = j.value AND a.company = s.company AND a.active
		WHERE s.id = {:service} AND s.company = {:company} AND s.active AND ({:agenda} = '' OR a.id = {:agenda})
		ORDER BY a.id = (SELECT agenda FROM appointments WHERE id = {:exclude} AND company = {:company}) DESC, a.name, a.id`).
		Bind(dbx.Params{"service": q.Service, "company": q.Company, "agenda": q.Agenda, "exclude": q.Exclude}).All(&list)

	return list, err
}

// searchAhead is how far ahead a next free time is looked for.
const searchAhead = 366 * 24 * time.Hour

// Next are the first n free times from q.From on, each moment once: of several
// free agendas the one whose name comes first. q.To may be zero. Most services
// are free within days, so little is read at first.
func (r *Room) Next(app core.App, q FreeQuery, n int) ([]FreeTime, error) {
	end := q.From.Add(searchAhead)
	if !q.To.IsZero() {
		end = q.To
	}

	var found []FreeTime
	for from, days := q.From, 4; from.Before(end) && len(found) < n; days = 31 {
		q.From, q.To = from, from.AddDate(0, 0, days)
		if q.To.After(end) {
			q.To = end
		}
		list, err := r.Free(app, q)
		if err != nil {
			return nil, err
		}
		found = append(found, Moments(list)...)
		from = q.To
	}

	return found[:min(n, len(found))], nil
}

// Moments keeps the first of the times that start together: which of two free
// agendas serves is not the customer's worry.
func Moments(list []FreeTime) []FreeTime {
	return slices.CompactFunc(slices.Clone(list), func(a, b FreeTime) bool { return a.Start.Equal(b.Start) })
}

// BookFree books a time on whichever agenda of the service is free then, or on
// b.Agenda if one is named. Of several it takes the one with the fewest
// appointments in the four weeks around. The error of a lost race is Book's, with
// alternatives over all of them.
func (r *Room) BookFree(txApp core.App, b Booking) (*core.Record, error) {
	q := FreeQuery{Company: b.Company, Service: b.Service, Agenda: b.Agenda, From: b.Start, To: b.Start.Add(time.Second)}
	if err := r.endHoldsOf(txApp, q); err != nil {
		return nil, err
	}
	free, err := r.Free(txApp, q)
	if err != nil {
		return nil, err
	}
	if err := leastBusyFirst(txApp, free); err != nil {
		return nil, err
	}

	for _, slot := range free {
		b.Agenda = slot.Agenda
		appointment, err := r.Book(txApp, b)
		if err == nil || !Lost(err) {
			return appointment, err
		}
	}

	next, err := r.alternativesAnywhere(txApp, q)
	if err != nil {
		return nil, err
	}

	return nil, apierr.New(http.StatusConflict, takenMark, "This time has just been taken.", map[string]any{"alternatives": next})
}

// endHoldsOf ends what ran out on the agendas in question, as admit does for one.
func (r *Room) endHoldsOf(txApp core.App, q FreeQuery) error {
	agendas, err := offering(txApp, q)
	for _, a := range agendas {
		if err := r.endHolds(txApp, a.ID); err != nil {
			return err
		}
	}

	return err
}

// leastBusyFirst sorts agendas that are free at the same time.
func leastBusyFirst(app core.App, free []FreeTime) error {
	if len(free) < 2 {
		return nil
	}
	load := map[string]int{}
	for _, slot := range free {
		var n int
		err := app.ConcurrentDB().NewQuery("SELECT count(*) FROM appointments WHERE agenda = {:agenda} AND `start` >= {:from} AND `start` < {:to}" +
			" AND status NOT IN ('cancelled','no_show')").
			Bind(dbx.Params{"agenda": slot.Agenda, "from": dbTime(slot.Start.AddDate(0, 0, -14).Unix()), "to": dbTime(slot.Start.AddDate(0, 0, 14).Unix())}).
			Row(&n)
		if err != nil {
			return err
		}
		load[slot.Agenda] = n
	}
	slices.SortStableFunc(free, func(a, b FreeTime) int { return cmp.Compare(load[a.Agenda], load[b.Agenda]) })

	return nil
}

// alternativesAnywhere are the next times after the lost one; where there are too
// few, the last before it.
func (r *Room) alternativesAnywhere(txApp core.App, q FreeQuery) ([]shownFree, error) {
	asked := q.From
	if now := r.deps.Now(); asked.Before(now) {
		asked = now
	}
	q.From, q.To = asked, asked.AddDate(0, 0, 92)
	found, err := r.Next(txApp, q, manyAlternatives)
	if err != nil {
		return nil, err
	}
	if missing := manyAlternatives - len(found); missing > 0 {
		q.From, q.To = asked.AddDate(0, 0, -31), asked
		earlier, err := r.Free(txApp, q)
		if err != nil {
			return nil, err
		}
		earlier = Moments(earlier)
		found = append(earlier[max(0, len(earlier)-missing):], found...)
	}

	return showFree(found, nil), nil
}

// shownFree is a free time as the API writes it.
type shownFree struct {
	shownSlot
	Agenda   string `json:"agenda"`
	Timezone string `json:"timezone"`
}

// showFree labels the times in the viewer's zone; nil is each agenda's own.
func showFree(list []FreeTime, zone *time.Location) []shownFree {
	shown := make([]shownFree, len(list))
	for i, f := range list {
		in := zone
		if in == nil {
			in = f.Start.Location()
		}
		shown[i] = shownFree{Agenda: f.Agenda, Timezone: f.Start.Location().String(), shownSlot: shownSlot{
			Start: rfc3339(f.Start.Unix()), End: rfc3339(f.End.Unix()), Label: f.Start.In(in).Format(labelLayout), Members: f.Members, SeatsLeft: 1,
		}}
	}

	return shown
}

// mostNext bounds how many times one request may ask for.
const mostNext = 50

// nextFree is GET /api/recado/services/{id}/next?n=&from=&tz=&agenda=: the next
// free times of a service over all its agendas.
func (r *Room) nextFree(e *core.RequestEvent) error {
	service, err := e.App.FindRecordById(collections.Services, e.Request.PathValue("id"))
	if err != nil {
		return apierr.NotFound("service")
	}
	company := service.GetString("company")
	if _, err := r.who(e, company, "service"); err != nil {
		return err
	}

	values := e.Request.URL.Query()
	q := FreeQuery{Company: company, Service: service.Id, Agenda: values.Get("agenda"), Exclude: values.Get("exclude"), From: r.deps.Now()}
	if from := values.Get("from"); from != "" {
		if q.From, err = instant("from", from); err != nil {
			return err
		}
	}
	n := 5
	if asked := values.Get("n"); asked != "" {
		if n, err = strconv.Atoi(asked); err != nil || n < 1 || n > mostNext {
			return apierr.Invalid("n", "Give n as a number from 1 to 50.")
		}
	}
	var zone *time.Location
	if name := values.Get("tz"); name != "" {
		if zone, err = r.zone(name); err != nil {
			return apierr.Invalid("tz", err.Error())
		}
	}
	found, err := r.Next(e.App, q, n)
	if err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"slots": showFree(found, zone)})
}
