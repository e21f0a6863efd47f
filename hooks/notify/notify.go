// Package notify tells customers of their appointments: that one is booked,
// moved, cancelled, and soon.
//
// In: what happens to appointments, whoever does it, and the clock. Out: mails
// with a calendar file and links, words in the customer's chat, reminders as
// rows that are planned with the appointment and sent when they are due; the
// page behind the links; what a customer's answer to a reminder means; and the
// list of those whom nothing reaches. The people who work here are mailed what
// they asked for (colleagues.go), their day (summary.go), and that a number is off
// (number_off.go).
package notify

import (
	"time"

	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"

	"recado/hooks/agenda"
	"recado/hooks/channels"
	"recado/hooks/inbox"
	"recado/hooks/mail"
)

// Agenda is what the room asks of the agenda room. Each change is the customer's
// own.
type Agenda interface {
	Slots(app core.App, q agenda.Query) (agenda.SlotList, error)
	Confirm(txApp core.App, c agenda.Confirmation) (*core.Record, error)
	Reschedule(txApp core.App, m agenda.Move) (*core.Record, error)
	Cancel(txApp core.App, c agenda.Cancellation) (*core.Record, error)
}

// Mail is what the room asks of the mail room.
type Mail interface {
	Write(txApp core.App, m mail.Mail) (*core.Record, error)
	Supersede(txApp core.App, appointment string) error
	Kept() string
	Sender() string
}

// Inbox is what the room asks of the inbox.
type Inbox interface {
	Say(txApp core.App, conversation *core.Record, said inbox.Said) (message *core.Record, err error)
	Event(txApp core.App, conversation *core.Record, name string, details map[string]any) error
	MaySee(app core.App, member, conversation *core.Record) (bool, error)
}

// Dialogue leads a customer to another time.
type Dialogue interface {
	Move(txApp core.App, turn inbox.Turn, appointment, text string) (inbox.Answer, error)
}

// Deps is what the room needs from outside.
type Deps struct {
	Now      func() time.Time
	Agenda   Agenda
	Mail     Mail
	Inbox    Inbox
	Dialogue Dialogue

	// Buttons says how many options a message on a channel of this kind carries.
	Buttons func(channelKind string) int

	// Key signs links. Base is the address they start with, without a slash at
	// the end.
	Key  func() ([]byte, error)
	Base func() string

	// Wants tells whether somebody who works here wants an e-mail of an event of a
	// company, and Zone where their day is; default always, and UTC.
	Wants func(user *core.Record, company, event string) bool
	Zone  func(user, company *core.Record) *time.Location
}

// Room is the open room.
type Room struct {
	app  core.App
	deps Deps

	// unheard is the id up to which nobody listened: whoever begins to is not told of
	// it. Only [Room.Colleagues] uses it.
	unheard string
}

var _ inbox.Listener = (*Room)(nil)

// Open binds the hooks of the room and, when the app serves, its routes. It has
// to come after the agenda room: its hooks run inside the agenda's.
func Open(app core.App, deps Deps) *Room {
	r := &Room{app: app, deps: deps}

	r.bindAppointments()
	r.bindOutcomes()
	r.bindServices()

	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		e.Router.GET("/api/recado/appointments/unreachable", r.unreachable).Bind(apis.RequireAuth())
		r.pages(e.Router)

		return e.Next()
	})

	return r
}

// fits tells whether a channel of this kind carries so many options.
func (r *Room) fits(channelKind string, options []channels.Option) bool {
	return r.deps.Buttons == nil || len(options) <= r.deps.Buttons(channelKind)
}
