// Package phrases reads what customers write: days and times in free text, and
// the few words that steer a conversation, in English, Brazilian Portuguese and
// Spanish.
//
// In: a locale, a text and the current moment in the time zone of whoever
// answers. Out: readings (which day or days, which time, which part of the day),
// more than one where a person would have to ask. It is a pure function over
// word tables: same text, same moment, same answer, and no text makes it fail.
package phrases

import (
	"time"
)

// Date is a day of the calendar, without a time zone. The zero Date is no day.
type Date struct {
	Year  int        `json:"y"`
	Month time.Month `json:"m"`
	Day   int        `json:"d"`
}

// DateOf is the calendar day of t in t's own zone.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()

	return Date{year, month, day}
}

// IsZero tells that no day was named.
func (d Date) IsZero() bool { return d == Date{} }

// Time is noon of the day in UTC: for arithmetic and for names of days, never
// an instant somebody has an appointment at.
func (d Date) Time() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// AddDays moves by whole days.
func (d Date) AddDays(n int) Date { return DateOf(d.Time().AddDate(0, 0, n)) }

// Before compares two days.
func (d Date) Before(other Date) bool { return d.Time().Before(other.Time()) }

// Weekday is the day's weekday.
func (d Date) Weekday() time.Weekday { return d.Time().Weekday() }

// String is the ISO form, 2027-03-15.
func (d Date) String() string { return d.Time().Format(time.DateOnly) }

// valid tells whether the calendar has this day.
func (d Date) valid() bool { return DateOf(d.Time()) == d }

// Part is a part of the day.
type Part int

// The parts a customer asks for.
const (
	AnyPart Part = iota
	Morning
	Afternoon
	Evening
)

// Includes tells whether a minute of the day (0..1439) lies in the part. The
// afternoon reaches into the evening, because a Spanish tarde does.
func (p Part) Includes(minute int) bool {
	switch p {
	case Morning:
		return minute < 12*60
	case Afternoon:
		return minute >= 12*60 && minute < 19*60
	case Evening:
		return minute >= 18*60
	default:
		return true
	}
}

// Bound says how a time limits what is wanted.
type Bound int

// At a time, from it on ("after 3"), before it, or from it until another.
const (
	At Bound = iota
	From
	Before
	Between
)

// NoTime is the Minute of a reading that names no time.
const NoTime = -1

// Reading is one way to understand a text.
type Reading struct {
	First  Date  `json:"first"`          // first wanted day; zero: no day was named
	Last   Date  `json:"last"`           // last wanted day, inclusive; equal to First for a single day
	Minute int   `json:"minute"`         // minute of the day, or NoTime
	Bound  Bound `json:"bound,omitzero"` // how Minute is meant
	End    int   `json:"end,omitzero"`   // with Between: the minute it ends at
	Part   Part  `json:"part,omitzero"`  // only where no time was named
}

// HasDay tells whether a day or a span of days was named.
func (r Reading) HasDay() bool { return !r.First.IsZero() }

// OneDay tells whether exactly one day was named.
func (r Reading) OneDay() bool { return r.HasDay() && r.First == r.Last }

// Fits tells whether a time of day (minute 0..1439) on the given day is what
// the reading asks for.
func (r Reading) Fits(day Date, minute int) bool {
	if r.HasDay() && (day.Before(r.First) || r.Last.Before(day)) {
		return false
	}
	if r.Minute == NoTime {
		return r.Part.Includes(minute)
	}
	switch r.Bound {
	case From:
		return minute >= r.Minute
	case Before:
		return minute < r.Minute
	case Between:
		return minute >= r.Minute && minute < r.End
	default:
		return minute == r.Minute
	}
}

// Moved says why the days of a result are not literally what was written.
type Moved int

// A day that was past, a time today that was past, a day the month lacks.
const (
	NotMoved Moved = iota
	Passed
	PassedTime
	NoSuchDay
)

// Result is all that was understood. No readings: the text names no day or
// time. Two to four: the customer has to say which. The likeliest comes first.
type Result struct {
	Readings []Reading
	Moved    Moved
}

// Bare says what a number standing alone means, which only the question that
// was asked can tell.
type Bare int

// A lone number is ignored, a day of the month, or an hour.
const (
	BareNothing Bare = iota
	BareDay
	BareHour
)

// maxReadings keeps a list of readings askable.
const maxReadings = 4

// Limits for texts nobody writes to name a day: a pasted page, a span of a
// thousand years. They keep reading linear.
const (
	maxRunes    = 1000
	maxMentions = 8
	maxDays     = 400
)

// Parse reads the days and times in text. now is the present moment in the time
// zone the answer will be given in; it decides what "tomorrow" is and what has
// passed.
func Parse(locale, text string, now time.Time, bare Bare) Result {
	p := parser{
		language: languageOf(locale),
		today:    DateOf(now),
		minute:   now.Hour()*60 + now.Minute(),
		bare:     bare,
	}
	p.tokens = p.language.lex(text)
	p.scan()

	return p.result()
}
