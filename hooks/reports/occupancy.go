package reports

import "recado/hooks/agenda/slots"

// openOn is for how many seconds of each day of a period an agenda is open: by
// the opening hours it has, without what was closed, which is sorted by its start.
// Hours are wall clocks of the agenda's own zone, the days those of the period's.
func openOn(hours slots.Hours, closed []slots.Interval, p Period) []int64 {
	seconds := make([]int64, p.Days())
	first, last := p.Dates()
	for _, open := range slots.Open(hours, first-2, last+2) { // a date begins elsewhere up to a day earlier or later
		for _, part := range without(open, closed) {
			p.Cut(part, func(day int, n int64) { seconds[day] += n })
		}
	}

	return seconds
}

// without is what is left of an interval where others, sorted by their start and
// maybe overlapping, are taken out of it.
func without(x slots.Interval, closed []slots.Interval) (left []slots.Interval) {
	for _, c := range closed {
		if c.Start >= x.End {
			break
		}
		if c.Start > x.Start {
			left = append(left, slots.Interval{Start: x.Start, End: c.Start})
		}
		x.Start = max(x.Start, c.End)
		if x.Start >= x.End {
			return left
		}
	}

	return append(left, x)
}

// sum adds up.
func sum(seconds []int64) (total int64) {
	for _, n := range seconds {
		total += n
	}

	return total
}
