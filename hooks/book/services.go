package book

import (
	"net/http"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/texts"
)

// service is one that strangers can book.
type service struct {
	ID, Name, Description string
	Address               string // its part of the page's address
	Length, Price         string // in words; Price may be empty
	Agendas               []agendaName
}

type agendaName struct{ ID, Name string }

// services lists what can be booked here, by name.
func (r *Room) bookable(app core.App, v *visit) ([]service, error) {
	var rows []struct {
		ID          string `db:"id"`
		Name        string `db:"name"`
		Description string `db:"description"`
		Duration    int    `db:"duration"`
		Price       int64  `db:"price"`
		Currency    string `db:"currency"`
		Agenda      string `db:"agenda"`
		AgendaName  string `db:"agenda_name"`
	}
	err := app.ConcurrentDB().NewQuery(`SELECT s.id, s.name, s.description, s.duration, s.price, s.currency, a.id AS agenda, a.name AS agenda_name
		FROM services AS s JOIN json_each(s.agendas) AS j JOIN agendas AS a ON a.id = j.value AND a.company = s.company AND a.active
		WHERE s.company = {:company} AND s.active AND NOT s.private ORDER BY s.name, s.id, a.name, a.id`).
		Bind(dbx.Params{"company": v.Company.Id}).All(&rows)
	if err != nil {
		return nil, err
	}

	var list []service
	named := map[string]int{}
	for _, row := range rows {
		if len(list) == 0 || list[len(list)-1].ID != row.ID {
			s := service{ID: row.ID, Name: row.Name, Description: row.Description, Address: texts.Slug(row.Name), Length: texts.Duration(row.Duration)}
			if row.Price > 0 {
				s.Price = v.Price(row.Price, row.Currency)
			}
			list = append(list, s)
			named[s.Address]++
		}
		last := &list[len(list)-1]
		last.Agendas = append(last.Agendas, agendaName{row.Agenda, row.AgendaName})
	}
	// A name that two share names neither.
	for i := range list {
		if list[i].Address == "" || named[list[i].Address] > 1 {
			list[i].Address = list[i].ID
		}
	}

	return list, nil
}

// service finds one by its address: its name or its id.
func (r *Room) service(e *core.RequestEvent, v *visit) (*service, bool, error) {
	all, err := r.bookable(e.App, v)
	asked := e.Request.PathValue("service")
	for i, s := range all {
		if s.ID == asked || s.Address == asked {
			return &all[i], len(all) == 1, err
		}
	}

	return nil, len(all) == 1, err
}

// shownService is a service as a line to choose.
type shownService struct {
	service
	URL string
}

// services is GET /book/{company}. Where there is but one, it is chosen.
func (r *Room) services(e *core.RequestEvent, v *visit) error {
	all, err := r.bookable(e.App, v)
	if err != nil {
		return err
	}
	if len(all) == 1 {
		return r.showTimes(e, v, &all[0], true)
	}
	shown := make([]shownService, len(all))
	for i, s := range all {
		shown[i] = shownService{s, v.link(s.Address)}
	}

	return r.write(e, v, http.StatusOK, "services", map[string]any{"Services": shown, "Step": 1})
}

// times is GET /book/{company}/{service}: the days and times, or, with ?at=, the
// form for a chosen one.
func (r *Room) times(e *core.RequestEvent, v *visit) error {
	s, only, err := r.service(e, v)
	if err != nil {
		return err
	}
	if s == nil {
		return r.write(e, v, http.StatusNotFound, "missing", nil)
	}
	if e.Request.URL.Query().Has("at") {
		return r.details(e, v, s)
	}

	return r.showTimes(e, v, s, only)
}
