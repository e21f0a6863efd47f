// Package book is the public booking page: /book/{company}[/{service}].
//
// In: requests of strangers, who carry nothing: no account, no cookie, and
// script only if they like. Out: pages made of the company's services and free
// times, and appointments booked by them. What is shown as free comes from the
// function that books it. A visitor is shown what they typed, never what is
// known of whoever has that phone or address.
package book

import (
	"crypto/rand"
	"io"
	"net/http"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda"
	"recado/hooks/limits"
)

// Agenda is what the room asks of the agenda room.
type Agenda interface {
	Free(app core.App, q agenda.FreeQuery) ([]agenda.FreeTime, error)
	Next(app core.App, q agenda.FreeQuery, n int) ([]agenda.FreeTime, error)
	BookFree(txApp core.App, b agenda.Booking) (*core.Record, error)
	VisitorContact(txApp core.App, company string, v agenda.Visitor, source string, mayAdd func() error) (string, error)
}

// Links makes the signed address of one appointment: a page on which whoever
// holds it moves or cancels the appointment, with its calendar file under
// /calendar.ics.
type Links interface {
	Link(appointment string) (string, error)
}

// Deps are what the room needs of others.
type Deps struct {
	Now    func() time.Time
	Agenda Agenda

	// Phone brings a phone number into its one form; timezone is the company's.
	Phone func(number, timezone string) (string, error)

	// Links may be nil: then the confirmation has none.
	Links Links

	// PublicURL is the configured address of this server, or "".
	PublicURL string

	// Random is where keys and nonces come from; nil is the system's.
	Random io.Reader
}

// Room is the open room.
type Room struct {
	app    core.App
	deps   Deps
	limits *limits.Limits
}

// bodyLimit bounds the form: a note of 1,000 characters, escaped, and some.
const bodyLimit = 32 << 10

// Open binds the routes of the room.
func Open(app core.App, deps Deps) *Room {
	if deps.Random == nil {
		deps.Random = rand.Reader
	}
	r := &Room{app: app, deps: deps, limits: limits.New(deps.Now)}

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		pages := e.Router.Group("/book")
		pages.Bind(apis.Gzip(), apis.SkipSuccessActivityLog()) // who looked at which time is nobody's business
		pages.GET("/page.css", serveAsset(style))
		pages.GET("/page.js", serveAsset(script))
		pages.GET("/{company}/qr.svg", r.qr)
		pages.GET("/{company}", r.limited(r.services))
		pages.GET("/{company}/{service}", r.limited(r.times))
		pages.POST("/{company}/{service}", r.limited(r.book)).Bind(apis.BodyLimit(bodyLimit))

		return e.Next()
	})

	return r
}

// limited refuses who looks too often, and answers errors as pages.
func (r *Room) limited(handler func(e *core.RequestEvent, v *visit) error) func(e *core.RequestEvent) error {
	return func(e *core.RequestEvent) error {
		v, err := r.visit(e)
		if err != nil {
			return err
		}
		if wait, ok := r.limits.Take(limits.PageViews, e.RealIP()); !ok {
			return r.tooMany(e, v, wait)
		}
		if v.Company == nil {
			return r.write(e, v, http.StatusNotFound, "missing", nil)
		}

		return handler(e, v)
	}
}
