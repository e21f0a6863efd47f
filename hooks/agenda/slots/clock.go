package slots

import (
	"fmt"
	"math"
	"time"
)

const (
	minute = int64(60)
	day    = int64(86400)
)

// Date is a civil date, counted in days from 1970-01-01: dates are compared and
// stepped like the integers they are, and none of that needs a time zone.
type Date int

const dateLayout = "2006-01-02"

// ParseDate reads YYYY-MM-DD.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(dateLayout, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date of the form YYYY-MM-DD", s)
	}

	return Date(floorDiv(t.Unix(), day)), nil
}

// DateOf is the local date at the instant t.
func DateOf(t time.Time) Date {
	_, offset := t.Zone()

	return Date(floorDiv(t.Unix()+int64(offset), day))
}

// String writes YYYY-MM-DD.
func (d Date) String() string { return time.Unix(int64(d)*day, 0).UTC().Format(dateLayout) }

// Weekday of the date; 1970-01-01 was a Thursday.
func (d Date) Weekday() time.Weekday {
	w := (int(d) + int(time.Thursday)) % 7
	if w < 0 {
		w += 7
	}

	return time.Weekday(w)
}

// Instant is the one way from a wall clock to an instant: the earliest instant
// whose local wall clock is at or after the given minute of the date.
//
// It is total and monotone. In a spring gap it is the moment of the change, in
// the autumn overlap the first of the two. Missing midnights and skipped days
// need no special case. (time.Date is no help here: in a gap it does not promise
// which side it takes.)
func Instant(zone *time.Location, d Date, minutes int) int64 {
	return newClock(zone, d, d+2).instant(d, minutes)
}

// clock is a zone over a stretch of dates: the few spans of constant offset
// that cover it, so that the thousands of conversions of one answer don't each
// search the zone's table.
type clock struct{ spans []span }

type span struct{ start, end, offset int64 }

// newClock covers the dates first..last with two days to spare on either side,
// more than any offset from UTC.
func newClock(zone *time.Location, first, last Date) clock {
	from, to := int64(first-2)*day, int64(last+3)*day

	var spans []span
	for at := from; ; {
		t := time.Unix(at, 0).In(zone)
		_, offset := t.Zone()
		s := span{start: math.MinInt64, end: math.MaxInt64, offset: int64(offset)}

		start, end := t.ZoneBounds()
		if !start.IsZero() {
			s.start = start.Unix()
		}
		if !end.IsZero() {
			s.end = end.Unix()
		}
		// Where a zone goes on by rule, Go gives a leap year 365 days: its last
		// day lies behind the end of its own span.
		if s.end <= at {
			s.end = at + day
		}

		spans = append(spans, s)
		if s.end > to {
			return clock{spans}
		}
		at = s.end
	}
}

func (c clock) instant(d Date, minutes int) int64 {
	wall := int64(d)*day + int64(minutes)*minute

	for _, s := range c.spans {
		if t := max(s.start, wall-s.offset); t < s.end {
			return t
		}
	}

	// Only for a wall clock beyond the covered dates.
	return wall - c.spans[len(c.spans)-1].offset
}

// date is the local date at t.
func (c clock) date(t int64) Date {
	for _, s := range c.spans {
		if t < s.end {
			return Date(floorDiv(t+s.offset, day))
		}
	}

	return Date(floorDiv(t+c.spans[len(c.spans)-1].offset, day))
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}

	return q
}
