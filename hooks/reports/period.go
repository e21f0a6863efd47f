package reports

import (
	"slices"
	"time"

	"recado/hooks/agenda/slots"
)

// Period is a stretch of local dates. A day begins at the earliest instant at
// which the zone's clocks show its date and ends where the next one begins: 23 or
// 25 hours where they are put forward or back, none where a date was skipped.
type Period struct {
	zone        *time.Location
	first, last slots.Date
	bounds      []int64 // the start of each day in Unix seconds, and the end of the last
}

// NewPeriod is first to last, both included.
func NewPeriod(zone *time.Location, first, last slots.Date) Period {
	p := Period{zone: zone, first: first, last: last}
	for d := first; d <= last+1; d++ {
		p.bounds = append(p.bounds, slots.Instant(zone, d, 0))
	}

	return p
}

// Dates are the first and the last day.
func (p Period) Dates() (first, last slots.Date) { return p.first, p.last }

// Days is how many there are.
func (p Period) Days() int { return len(p.bounds) - 1 }

// Date of day i.
func (p Period) Date(i int) slots.Date { return p.first + slots.Date(i) }

// Start is where the first day begins, End where the last one has ended.
func (p Period) Start() int64 { return p.bounds[0] }

// End is not in the period any more.
func (p Period) End() int64 { return p.bounds[p.Days()] }

// Before is the stretch of as many days right before this one.
func (p Period) Before() Period {
	return NewPeriod(p.zone, p.first-slots.Date(p.Days()), p.first-1)
}

// Day is the number of the day an instant lies in, from 0; -1 if it is outside.
func (p Period) Day(at int64) int {
	if at < p.Start() || at >= p.End() {
		return -1
	}
	// of a skipped date and the one after, which begin together, it is the latter
	i, found := slices.BinarySearch(p.bounds, at)
	if !found {
		return i - 1
	}
	for i+1 < len(p.bounds) && p.bounds[i+1] == at {
		i++
	}

	return i
}

// Cut tells how many seconds of an interval lie in which day.
func (p Period) Cut(x slots.Interval, tell func(day int, seconds int64)) {
	start, end := max(x.Start, p.Start()), min(x.End, p.End())
	if start >= end {
		return
	}
	for day := p.Day(start); day < p.Days() && p.bounds[day] < end; day++ {
		if seconds := min(end, p.bounds[day+1]) - max(start, p.bounds[day]); seconds > 0 {
			tell(day, seconds)
		}
	}
}
