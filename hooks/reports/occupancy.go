package reports

import "recado/hooks/agenda/slots"

// openOn is for how many seconds of each day of a period an agenda is open, by
// the opening hours it has. They are wall clocks of the agenda's own zone, the
// days those of the period's.
func openOn(hours slots.Hours, p Period) []int64 {
	seconds := make([]int64, p.Days())
	first, last := p.Dates()
	for _, open := range slots.Open(hours, first-2, last+2) { // a date begins elsewhere up to a day earlier or later
		p.Cut(open, func(day int, n int64) { seconds[day] += n })
	}

	return seconds
}

// sum adds up.
func sum(seconds []int64) (total int64) {
	for _, n := range seconds {
		total += n
	}

	return total
}
