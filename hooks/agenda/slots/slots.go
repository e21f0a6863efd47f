// Package slots answers one question: when can this be booked?
//
// In: an agenda's opening hours in its own time zone, a service, the busy
// intervals, the range asked for and the present instant. Out: the bookable
// slots in order, or for every point of the grid the rule that refused it.
// Values in, values out: no clock, no database, no PocketBase.
//
// Instants are Unix seconds. Every interval is half-open: [Start, End). Wall
// clocks are minutes of a civil date and mean nothing without a zone; the one
// way from a wall clock to an instant is Instant.
package slots

import "time"

// Interval is the half-open span [Start, End) in Unix seconds. An interval
// that ends where it starts, or before, is empty and never in anyone's way.
type Interval struct{ Start, End int64 }

func (i Interval) empty() bool { return i.Start >= i.End }

// MinutesPerDay is the wall-clock length of a date; 24:00 is minute 1440.
const MinutesPerDay = 24 * 60

// Window is a stretch of wall clock on some date, in minutes from its
// midnight: Start in 0..1439, End in Start+1..Start+1440. An End over 1440 runs
// into the next date.
type Window struct{ Start, End int }

// Valid reports whether the window is within the bounds told above.
func (w Window) Valid() bool {
	return w.Start >= 0 && w.Start < MinutesPerDay && w.End > w.Start && w.End <= w.Start+MinutesPerDay
}

// Hours are the opening hours of an agenda (or of a desk).
type Hours struct {
	Zone *time.Location

	// Weekly holds the windows of each weekday, Sunday first.
	Weekly [7][]Window

	// Overrides replace the weekly windows of a date. A date that is present
	// without windows is closed. They also keep out what spills over from the
	// date before.
	Overrides map[Date][]Window
}

// Grid says where the candidates of a window stand.
type Grid int

const (
	// GridWindow counts steps from the window's declared start. What is booked
	// never moves it, so that a booking only ever removes slots.
	GridWindow Grid = iota
	// GridClock takes the wall minutes that are multiples of the step.
	GridClock
)

// Service is what is booked. All lengths are minutes of elapsed time.
type Service struct {
	Duration int
	Step     int

	// BufferBefore and BufferAfter are kept free around the appointment. They
	// need not lie inside the opening hours unless BufferInsideHours says so.
	BufferBefore, BufferAfter int
	BufferInsideHours         bool

	// MinNotice is how long before its start a slot can still be booked.
	MinNotice int

	// HorizonDays is how many local dates after today can be booked: 0 is today
	// only, NoHorizon any.
	HorizonDays int

	// MaxPerDay caps the appointments that start on one local date; 0 is no cap.
	MaxPerDay int

	Grid Grid

	// Pack also offers the instant at which each busy interval ends. It fills
	// gaps, but a booking may then add a slot.
	Pack bool
}

// NoHorizon as HorizonDays means that the future is open without end.
const NoHorizon = -1

// Question is everything an answer depends on.
type Question struct {
	Hours   Hours
	Service Service

	// Resource is the id of the one agenda asked about. Several resources
	// (round robin: the union of the answers; collective: their intersection)
	// are several questions whose answers are combined.
	Resource string

	// Busy are the intervals in which the resource is taken, each appointment
	// with the buffers of its own service. Order and overlaps don't matter.
	Busy []Interval

	// Starts are the starts of the active appointments that count towards
	// MaxPerDay.
	Starts []int64

	// From and To bound the start of a slot: From ≤ start < To.
	From, To int64

	// Now is the present instant.
	Now int64
}

// Slot is one answer: [Start, End), who would serve it, and how many seats are
// left (1, as long as a slot has a single seat).
type Slot struct {
	Start, End int64
	Resources  []string
	SeatsLeft  int
}

// Rule names what refused a candidate; Free is none. The numbers are those of
// the specification and are shown to people who ask why a time is missing.
type Rule int

// The rules, in the order in which they are tried.
const (
	Free     Rule = iota
	OffRange      // 1: outside the range asked for
	Notice        // 2: too soon
	Horizon       // 3: too far ahead
	Closed        // 4: not inside the opening hours
	Busy          // 5: something is there, or inside the buffers
	DayFull       // 6: the day has as many appointments as it may have
	OffGrid       // 7: no window's grid has this start
)

var ruleNames = [...]string{"free", "range", "notice", "horizon", "closed", "busy", "day_full", "off_grid"}

// String is the rule's name in the API.
func (r Rule) String() string { return ruleNames[r] }

// Verdict is the judgement on one candidate.
type Verdict struct {
	Slot Slot
	Rule Rule

	// Blocker is the busy stretch in the way, where Rule is Busy.
	Blocker Interval
}
