// Package agenda books time so that it can never be booked twice.
//
// In: requests for free slots, bookings, moves, cancellations and blocks of
// time, from members, from the dialogue with a customer and straight from the
// records API. Out: appointments, the occupancies derived from them in the same
// transaction, and a word to the customer when a person changed their
// appointment. When a slot is free is computed by the pure package slots; that
// no two occupy the same time is enforced by triggers in the database.
package agenda

import (
	"net/http"
	"sync"
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
)

// Notifier tells a customer something. textKey names the words
// (appointment.moved, appointment.cancelled); a time.Time among the params is to
// be written as a moment in the customer's language; it carries the zone of the
// agenda.
type Notifier interface {
	Tell(txApp core.App, company, contact, textKey string, params map[string]any) error
}

// Deps is what the room needs from outside.
type Deps struct {
	Now func() time.Time

	// Notifier may be nil where nobody is to be told.
	Notifier Notifier

	// Phone brings a phone number into its one form; timezone is the company's.
	Phone func(number, timezone string) (string, error)
}

// Room is the agenda room.
type Room struct {
	app  core.App
	deps Deps

	// zones caches loaded time zones by name: reading one from the embedded
	// database costs more than all slots of a month.
	zones sync.Map
}

// Open binds the hooks of the room and, when the app serves, its routes.
func Open(app core.App, deps Deps) *Room {
	r := &Room{app: app, deps: deps}

	r.bindAppointments(app)
	r.bindOccupancies(app)
	r.bindRequests(app)
	r.bindSettings(app)

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		r.routes(e)

		return e.Next()
	})

	return r
}

func (r *Room) routes(e *core.ServeEvent) {
	agendas := e.Router.Group("/api/recado/agendas/{id}")
	agendas.Bind(apis.RequireAuth())
	agendas.GET("/slots", r.listSlots)
	agendas.GET("/slots/explain", r.explainSlots)
	agendas.POST("/book", r.book)
	agendas.POST("/block", r.block)

	e.Router.GET("/api/recado/services/{id}/next", r.nextFree).Bind(apis.RequireAuth())

	appointments := e.Router.Group("/api/recado/appointments/{id}")
	appointments.Bind(apis.RequireAuth())
	appointments.POST("/reschedule", r.reschedule)
	appointments.POST("/cancel", r.cancel)
	for action, status := range map[string]string{
		"confirm": "confirmed", "arrived": "arrived", "done": "done", "no-show": "no_show",
	} {
		appointments.POST("/"+action, r.setStatus(status))
	}

	e.Router.DELETE("/api/recado/"+collections.Occupancies+"/{id}", r.unblock).Bind(apis.RequireAuth())
}

// answer writes an appointment or an occupancy as the records API shows it.
func answer(e *core.RequestEvent, record *core.Record) error {
	if err := apis.EnrichRecord(e, record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, record)
}

// zone loads a time zone by its IANA name.
func (r *Room) zone(name string) (*time.Location, error) {
	if known, ok := r.zones.Load(name); ok {
		return known.(*time.Location), nil
	}

	zone, err := loadZone(name)
	if err == nil {
		r.zones.Store(name, zone)
	}

	return zone, err
}
