package notify

import (
	_ "embed"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/agenda"
	"recado/hooks/apierr"
	"recado/hooks/texts"
)

// The page of an appointment, for its customer. A GET only shows, with one
// button, because mail scanners open every link; the POST behind it acts.
//
//	GET  /a/{token}                the appointment and what can be done
//	GET  /a/{token}/confirm        POST does it
//	GET  /a/{token}/cancel         POST does it
//	GET  /a/{token}/move?day=      free times; POST start= takes one
//	GET  /a/{token}/calendar.ics   for a calendar
func (r *Room) pages(root *router.Router[*core.RequestEvent]) {
	page := root.Group("/a/{token}")
	page.GET("", r.page(r.home))
	page.GET("/confirm", r.page(r.askConfirm))
	page.POST("/confirm", r.page(r.doConfirm))
	page.GET("/cancel", r.page(r.askCancel))
	page.POST("/cancel", r.page(r.doCancel))
	page.GET("/move", r.page(r.askMove))
	page.POST("/move", r.page(r.doMove))
	page.GET("/calendar.ics", r.page(r.calendar))
}

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// view is what the template shows.
type view struct {
	Locale, Company, Title, Text string
	Note                         string // something went wrong, or is done
	Facts                        []fact
	Links                        []action

	Submit string // the one button; empty: none
	Danger bool
	Days   []choice
	Times  []choice
	DayAsk string
	TimeAs string
	More   *action
}

type choice struct {
	Label, Value string
	Chosen       bool
}

// opened is a page somebody opened.
type opened struct {
	visit
	request *core.RequestEvent
	path    string // /a/TOKEN
}

func (o opened) get(key string) string { return o.text(key, time.Time{}) }

// page opens the appointment of the token, or says that there is none.
func (r *Room) page(show func(o opened) error) func(e *core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		guard(e)
		token := e.Request.PathValue("token")
		o, err := r.open(e, token)
		if err != nil {
			return err
		}
		if o == nil {
			words := texts.For(texts.First(languages(e)...), nil)

			return render(e, http.StatusNotFound, view{Locale: words.Locale(), Company: "Recado", Title: words.Get("page.unknown.title"), Text: words.Get("page.unknown.text")})
		}

		return show(*o)
	}
}

// guard: the address is a key, so it must not travel or be kept.
func guard(e *core.RequestEvent) {
	header := e.Response.Header()
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex")
	header.Set("X-Frame-Options", "DENY")
}

// languages a browser asks for, best first.
func languages(e *core.RequestEvent) []string {
	var list []string
	for part := range strings.SplitSeq(e.Request.Header.Get("Accept-Language"), ",") {
		tag, _, _ := strings.Cut(part, ";")
		list = append(list, tag)
	}

	return list
}

func (r *Room) open(e *core.RequestEvent, token string) (*opened, error) {
	key, err := r.deps.Key()
	if err != nil {
		return nil, err
	}
	id, ok := read(key, token)
	if !ok {
		return nil, nil
	}
	a, err := e.App.FindRecordById(collections.Appointments, id)
	if err != nil {
		return nil, ignoreMissing(err)
	}
	p, err := r.person(e.App, a.GetString("company"), a.GetString("contact"))
	if err != nil {
		return nil, err
	}
	if !p.company.GetBool("active") {
		return nil, nil
	}
	v, err := r.visit(e.App, a, p)

	return &opened{visit: v, request: e, path: "/a/" + token}, err
}

func render(e *core.RequestEvent, status int, v view) error {
	var out strings.Builder
	if err := pageTemplate.Execute(&out, v); err != nil {
		return err
	}

	return e.HTML(status, out.String())
}

func (o opened) show(status int, v view) error {
	v.Locale, v.Company = o.words.Locale(), o.company.GetString("name")
	if v.Facts == nil {
		v.Facts = facts(o.visit)
	}

	return render(o.request, status, v)
}

func (o opened) back() *action { return &action{Label: o.get("page.back"), URL: o.path} }

// changeable tells whether the customer can still do something.
func (r *Room) changeable(o opened) bool {
	return stands(o.appointment) && o.start.After(r.deps.Now())
}

// home is GET /a/{token}: the appointment as it stands.
func (r *Room) home(o opened) error {
	v := view{Title: o.get("page.title")}
	switch status := o.appointment.GetString("status"); {
	case status == "cancelled":
		v.Title, v.Text = o.get("page.cancelled.title"), o.get("page.cancelled.text")
	case !r.changeable(o):
		v.Title, v.Text = o.get("page.over.title"), o.get("page.over.text")
	case o.appointment.GetString("confirmed_at") != "":
		v.Note = o.get("page.confirmed")
	default:
		v.Links = append(v.Links, action{Label: o.get("mail.confirm"), URL: o.path + "/confirm", Main: true})
	}
	if r.changeable(o) {
		v.Links = append(v.Links,
			action{Label: o.get("mail.move"), URL: o.path + "/move"},
			action{Label: o.get("mail.cancel"), URL: o.path + "/cancel"},
			action{Label: o.get("page.calendar"), URL: o.path + "/calendar.ics"})
	}

	return o.show(http.StatusOK, v)
}

// ended answers what can't be done any more.
func (o opened) ended() error {
	key := "page.over"
	if o.appointment.GetString("status") == "cancelled" {
		key = "page.cancelled"
	}

	return o.show(http.StatusGone, view{Title: o.get(key + ".title"), Text: o.get(key + ".text")})
}

func (r *Room) askConfirm(o opened) error {
	if !r.changeable(o) {
		return o.ended()
	}

	return o.show(http.StatusOK, view{Title: o.get("page.confirm.title"), Submit: o.get("mail.confirm"), More: o.back()})
}

func (r *Room) askCancel(o opened) error {
	if !r.changeable(o) {
		return o.ended()
	}

	return o.show(http.StatusOK, view{Title: o.get("page.cancel.title"), Submit: o.get("page.cancel.do"), Danger: true, More: o.back()})
}

func (r *Room) doConfirm(o opened) error {
	if !r.changeable(o) {
		return o.ended()
	}
	_, err := r.deps.Agenda.Confirm(o.request.App, agenda.Confirmation{
		Company: o.company.Id, Appointment: o.appointment.Id, Contact: o.contact.Id,
	})

	return o.then(err)
}

func (r *Room) doCancel(o opened) error {
	if !r.changeable(o) {
		return o.ended()
	}
	_, err := r.deps.Agenda.Cancel(o.request.App, agenda.Cancellation{
		Company: o.company.Id, Appointment: o.appointment.Id, Contact: o.contact.Id, By: agenda.ByContact,
	})

	return o.then(err)
}

// then shows what came of it under an address that does nothing when it is
// loaded again.
func (o opened) then(err error) error {
	if apierr.Code(err) == "appointment_closed" {
		return o.ended()
	}
	if err != nil {
		return err
	}

	return o.request.Redirect(http.StatusSeeOther, o.path)
}

// How far ahead a customer looks for another time, and how many days are shown.
const (
	lookAhead = 60 // days
	shownDays = 14
)

func (r *Room) askMove(o opened) error {
	if !r.changeable(o) {
		return o.ended()
	}

	return r.showTimes(o, http.StatusOK, "")
}

// showTimes shows the days that have free times, and the times of one of them.
func (r *Room) showTimes(o opened, status int, note string) error {
	now := r.deps.Now()
	list, err := r.deps.Agenda.Slots(o.request.App, agenda.Query{
		Company: o.company.Id, Agenda: o.agenda.Id, Service: o.service.Id,
		From: now, To: now.AddDate(0, 0, lookAhead), Exclude: o.appointment.Id,
	})
	if err != nil {
		return err
	}

	v := view{Title: o.get("page.move.title"), Note: note, More: o.back(), DayAsk: o.get("page.move.day"), TimeAs: o.get("page.move.time")}
	wanted := o.request.Request.URL.Query().Get("day")
	var days []time.Time
	times := map[string][]choice{}
	for _, slot := range list.Slots {
		at := time.Unix(slot.Start, 0).In(list.Zone)
		if at.Equal(o.start) {
			continue
		}
		day := at.Format(time.DateOnly)
		if times[day] == nil {
			if len(days) == shownDays {
				break
			}
			days = append(days, at)
		}
		times[day] = append(times[day], choice{Label: o.words.Clock(at), Value: at.UTC().Format(time.RFC3339)})
	}
	if len(days) == 0 {
		v.Text = o.get("page.move.none")

		return o.show(status, v)
	}
	if times[wanted] == nil {
		wanted = days[0].Format(time.DateOnly)
	}
	for _, day := range days {
		key := day.Format(time.DateOnly)
		v.Days = append(v.Days, choice{Label: o.words.DayLabel(day, now), Value: key, Chosen: key == wanted})
	}
	v.Times, v.Submit = times[wanted], o.get("page.move.do")

	return o.show(status, v)
}

func (r *Room) doMove(o opened) error {
	if !r.changeable(o) {
		return o.ended()
	}
	start, err := time.Parse(time.RFC3339, o.request.Request.PostFormValue("start"))
	if err != nil {
		return r.showTimes(o, http.StatusBadRequest, o.get("page.move.choose"))
	}
	_, err = r.deps.Agenda.Reschedule(o.request.App, agenda.Move{
		Company: o.company.Id, Appointment: o.appointment.Id, Contact: o.contact.Id, Start: start, By: agenda.ByContact,
	})
	if agenda.Lost(err) {
		return r.showTimes(o, http.StatusConflict, o.get("page.move.taken"))
	}

	return o.then(err)
}

// calendar is GET /a/{token}/calendar.ics.
func (r *Room) calendar(o opened) error {
	method, link := methodPublish, r.deps.Base()+o.path
	if o.appointment.GetString("status") == "cancelled" {
		method, link = methodCancel, ""
	}
	event := o.event(r.deps.Mail.Sender(), link, r.deps.Now())
	event.Attendee, event.AttendeeName = "", "" // who has the link may be somebody else
	header := o.request.Response.Header()
	header.Set("Content-Disposition", `attachment; filename="appointment.ics"`)

	return o.request.Blob(http.StatusOK, "text/calendar; charset=utf-8", []byte(event.ics(method)))
}
