package book

import (
	"database/sql"
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/apierr"
	"recado/hooks/limits"
)

// book is POST /book/{company}/{service}.
func (r *Room) book(e *core.RequestEvent, v *visit) error {
	s, _, err := r.service(e, v)
	if err != nil {
		return err
	}
	if s == nil {
		return r.write(e, v, http.StatusNotFound, "missing", nil)
	}
	if err := e.Request.ParseForm(); err != nil {
		return r.write(e, v, http.StatusBadRequest, "missing", nil)
	}
	f := readForm(e.Request.PostForm, s)
	start, err := time.Parse(time.RFC3339, f.At)
	if err != nil || len(f.Key) < 16 || len(f.Key) > 64 {
		return r.showTimes(e, v, s, false)
	}
	start = start.In(r.zoneOf(e.App, v, s, f.With))

	page := r.formPage(v, s, f, start)
	// Only machines fill in what nobody sees. A person whose browser did gets an
	// emptied field back.
	if e.Request.PostForm.Get("website") != "" {
		page.Alert = v.T("trap")

		return r.write(e, v, http.StatusUnprocessableEntity, "details", page)
	}
	if page.Errors = r.check(v, f); len(page.Errors) > 0 {
		page.Alert = v.T("fix")

		return r.write(e, v, http.StatusUnprocessableEntity, "details", page)
	}
	for _, limit := range []struct {
		allowance limits.Allowance
		who       string
	}{{limits.PageBookings, e.RealIP()}, {limits.PageBookingsCompany, v.Company.Id}} {
		if wait, ok := r.limits.Take(limit.allowance, limit.who); !ok {
			retryAfter(e, wait)
			page.Alert = v.T("too_many")

			return r.write(e, v, http.StatusTooManyRequests, "details", page)
		}
	}

	appointment, err := r.confirm(e.App, v, s, f, start)
	switch {
	case agenda.Lost(err):
		return r.lost(e, v, s, f, start)
	case apierr.Code(err) == "attendee_limit":
		page.Alert = v.T("limit", "company", v.CompanyName())

		return r.write(e, v, http.StatusConflict, "details", page)
	case err != nil:
		return err
	}

	return r.confirmed(e, v, s, f, appointment)
}

// confirm books once per key, whatever happens to the answer.
func (r *Room) confirm(app core.App, v *visit, s *service, f form, start time.Time) (appointment *core.Record, err error) {
	company := v.Company.Id
	err = app.RunInTransaction(func(txApp core.App) error {
		if appointment, err = booked(txApp, company, f.Key); appointment != nil || err != nil {
			return err
		}
		contact, err := r.deps.Agenda.VisitorContact(txApp, company,
			agenda.Visitor{Name: f.Name, Phone: f.Phone, Email: f.Email, Locale: v.Locale()}, "page", nil)
		if err != nil {
			return err
		}
		attendee := f.Name // the phone may be known by another name
		if v.Settings.Attendees && f.For == "other" {
			attendee = f.Attendee
		}
		appointment, err = r.deps.Agenda.BookFree(txApp, agenda.Booking{
			Company: company, Agenda: f.With, Service: s.ID, Start: start, Contact: contact, Attendee: attendee, Note: f.Note, Source: "page",
		})
		if err != nil {
			return err
		}

		return keep(txApp, company, f.Key, appointment.Id)
	})

	return appointment, err
}

// booked is the appointment a form has made already, or nil.
func booked(txApp core.App, company, key string) (*core.Record, error) {
	kept := &core.Record{}
	err := txApp.RecordQuery(collections.IdempotencyKeys).AndWhere(dbx.HashExp{"company": company, "key": keyOf(key)}).Limit(1).One(kept)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var id string
	if err := kept.UnmarshalJSONField("response", &id); err != nil {
		return nil, err
	}

	return txApp.FindRecordById(collections.Appointments, id)
}

func keep(txApp core.App, company, key, appointment string) error {
	collection, err := txApp.FindCachedCollectionByNameOrId(collections.IdempotencyKeys)
	if err != nil {
		return err
	}
	kept := core.NewRecord(collection)
	kept.Load(map[string]any{"company": company, "key": keyOf(key), "body_hash": "page", "response": strconv.Quote(appointment)})

	return txApp.Save(kept)
}

func keyOf(key string) string { return "page:" + key }

// lost apologises and offers the three closest times, to be taken with what has
// been filled in.
func (r *Room) lost(e *core.RequestEvent, v *visit, s *service, f form, start time.Time) error {
	others, err := r.deps.Agenda.Next(e.App, agenda.FreeQuery{Company: v.Company.Id, Service: s.ID, Agenda: f.With, From: latest(start, r.deps.Now())}, 3)
	if err != nil {
		return err
	}
	page := r.formPage(v, s, f, start.In(r.zoneOf(e.App, v, s, f.With)))
	page.Alert = v.T("lost")
	if len(others) == 0 {
		page.Alert = v.T("lost_all", "company", v.CompanyName())
	}
	for _, o := range others {
		m := v.moment(o.Start)
		m.URL = v.link(s.Address, "at", m.At, "with", f.With)
		page.Others = append(page.Others, otherTime{m, v.When(o.Start, v.Now)})
	}
	name := "lost"
	if f.Name == "" {
		name = "lost_early" // nothing to keep yet: links lead on
	}

	return r.write(e, v, http.StatusConflict, name, page)
}

// donePage is the last step.
type donePage struct {
	Step           int
	Service        *service
	Slot           moment
	When, Zone     string
	Who, Attendee  string
	Place          string
	Page, Calendar string
	Again          string
}

// confirmed shows what was booked: what the visitor typed, and what is the
// company's.
func (r *Room) confirmed(e *core.RequestEvent, v *visit, s *service, f form, appointment *core.Record) error {
	start := appointment.GetDateTime("start").Time().In(r.zoneOf(e.App, v, s, appointment.GetString("agenda")))
	p := &donePage{
		Step: 4, Service: s, Slot: v.moment(start), When: v.Date(start, v.Now), Zone: zoneName(start),
		Attendee: f.Name, Place: v.Settings.Address, Again: v.Home(),
	}
	if v.Settings.Attendees && f.For == "other" {
		p.Attendee = f.Attendee
	}
	if len(s.Agendas) > 1 {
		for _, a := range s.Agendas {
			if a.ID == appointment.GetString("agenda") {
				p.Who = a.Name
			}
		}
	}
	if r.deps.Links != nil {
		link, err := r.deps.Links.Link(appointment.Id)
		if err != nil {
			return err
		}
		// The visitor is on this server already, under whatever name.
		address, err := url.Parse(link)
		if err != nil {
			return err
		}
		p.Page, p.Calendar = address.Path, address.Path+"/calendar.ics"
	}

	return r.write(e, v, http.StatusOK, "done", p)
}

// zoneOf is the time zone of an agenda, or of the first that gives the service.
func (r *Room) zoneOf(app core.App, v *visit, s *service, id string) *time.Location {
	if id == "" && len(s.Agendas) > 0 {
		id = s.Agendas[0].ID
	}
	if a, err := app.FindRecordById(collections.Agendas, id); err == nil {
		if zone, err := time.LoadLocation(a.GetString("timezone")); err == nil {
			return zone
		}
	}

	return v.Zone
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}

	return b
}

func retryAfter(e *core.RequestEvent, wait time.Duration) {
	e.Response.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}
