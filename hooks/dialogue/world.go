package dialogue

import (
	"errors"
	"time"

	"recado/hooks/hours"
)

// What the world may answer instead of doing as asked.
var (
	// ErrTaken: the slot can no longer be had.
	ErrTaken = errors.New("dialogue: the slot is taken")
	// ErrGone: the appointment is no longer the customer's to change.
	ErrGone = errors.New("dialogue: the appointment is gone")
	// ErrLimit: whoever comes has as many appointments coming as they may have.
	ErrLimit = errors.New("dialogue: too many coming appointments")
)

// World is all the dialogue knows of and does to what is around it, for one
// customer of one company.
type World interface {
	// Services lists what can be booked, in the order to show it.
	Services() ([]Service, error)

	// Slots lists the free slots of a service whose start lies in [from, to), in
	// order. Moving is the appointment that would leave its own time, or empty.
	Slots(service string, from, to time.Time, moving string) ([]Slot, error)

	// Appointments lists the customer's own coming appointments, in order.
	Appointments() ([]Appointment, error)

	// Attendees lists whom the customer has booked for before, the last first; ask
	// is whether it is asked who comes.
	Attendees() (names []string, ask bool, err error)

	// Book books a slot for the customer, or for the attendee they name; ErrTaken
	// when it cannot be had any more, ErrLimit when it may not.
	Book(slot Slot, attendee string) (Appointment, error)

	// Move takes the customer's appointment to a slot; ErrTaken or ErrGone.
	Move(appointment string, slot Slot) (Appointment, error)

	// Cancel cancels the customer's appointment; ErrGone.
	Cancel(appointment string) (Appointment, error)

	// Explain keeps why the customer cancelled an appointment; ErrGone.
	Explain(appointment, reason string) error

	// Info is what the company tells about itself.
	Info() (Info, error)

	// People tells who would take the conversation over.
	People() (People, error)
}

// People are those a conversation is handed over to.
type People struct {
	Here bool      // it is their working time
	Back time.Time // when it next is; zero where nobody knows

	// What the company wants to be said, or empty: when they are here, and when
	// they are not (instead of our own words; "{when}" stands for Back).
	Greeting, Away string
}

// Service is something that can be booked.
type Service struct {
	ID, Name string
	Minutes  int
	Price    int64 // minor units; 0: none is shown
	Currency string
}

// Slot is one free time. Start is in the time zone of its agenda.
type Slot struct {
	Service string    `json:"service"`
	Agenda  string    `json:"agenda"`
	Start   time.Time `json:"start"`
}

// Appointment is one of the customer's. Start is in the time zone of its agenda,
// whose name is empty where there is only one.
type Appointment struct {
	ID, Service, ServiceName, AgendaName string
	Start                                time.Time
}

// Info is what the company tells about itself; everything may be empty.
type Info struct {
	Address, Phone string
	Hours          []Opening
	Pages          []Page
}

// Opening is one stretch of opening hours.
type Opening = hours.Window

// Page is a free text the company wrote.
type Page struct{ ID, Title, Text string }
