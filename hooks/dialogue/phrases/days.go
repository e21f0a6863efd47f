package phrases

import (
	"slices"
	"time"
)

// dayAt reads a mention of a day or of several days that starts at token i and
// returns how many tokens it takes; none: 0.
func (p *parser) dayAt(i int) (day, int) {
	switch t := p.at(i); t.kind {
	case number, ordinal:
		return p.numbered(i)
	case dayMark:
		return p.marked(i)
	case month:
		return p.monthAt(i)
	case relative:
		if t.value < 0 {
			return day{spans: []span{single(p.today)}, moved: Passed}, 1
		}

		return day{spans: []span{single(p.today.AddDays(t.value))}}, 1
	case next, this, last:
		if d, n := p.unit(i+1, t.kind); n > 0 {
			return d, n + 1
		}
	case weekday:
		return p.weekdayAt(i)
	case week, weekend, monthUnit:
		// The order of Portuguese and Spanish: "semana que vem".
		if j := p.skip(i + 1); p.is(j, next, this, last) {
			if d, n := p.unit(i, p.at(j).kind); n > 0 {
				return d, j + 1 - i
			}
		}
		if t.kind == weekend {
			return p.unit(i, this)
		}
	case in:
		return p.distance(i)
	case anyDay:
		const horizon = 60
		return day{spans: []span{{p.today, p.today.AddDays(horizon)}}, any: true}, 1
	case monthEnd:
		return p.endOfMonth(i)
	case shift:
		if d, n := p.dayAt(i + 1); n > 0 {
			for s := range d.spans {
				d.spans[s] = span{d.spans[s].first.AddDays(t.value), d.spans[s].last.AddDays(t.value)}
			}

			return day{spans: d.spans, moved: d.moved}, n + 1
		}
	}

	return day{}, 0
}

// unit reads the weekday, week, weekend or month that which (next, this, last)
// speaks of.
func (p *parser) unit(i int, which kind) (day, int) {
	t := p.at(i)
	monday := p.today.AddDays(-(int(p.today.Weekday()) + 6) % 7)
	switch t.kind {
	case weekday:
		return p.named(time.Weekday(t.value), which), 1
	case week:
		if which == this {
			return day{spans: []span{{p.today, monday.AddDays(6)}}}, 1
		}
		if which == last {
			return day{spans: []span{{p.today, monday.AddDays(6)}}, moved: Passed}, 1
		}

		return day{spans: []span{{monday.AddDays(7), monday.AddDays(13)}}}, 1
	case weekend:
		soon := span{monday.AddDays(5), monday.AddDays(6)}
		if soon.first.Before(p.today) {
			soon.first = p.today
		}
		later := span{monday.AddDays(12), monday.AddDays(13)}
		switch {
		case which == last:
			return day{spans: []span{soon}, moved: Passed}, 1
		case which == this:
			return day{spans: []span{soon}}, 1
		case p.today.Before(monday.AddDays(5)):
			// On a weekday "next weekend" is said of both.
			return day{spans: []span{soon, later}}, 1
		default:
			return day{spans: []span{later}}, 1
		}
	case monthUnit:
		first := Date{p.today.Year, p.today.Month, 1}
		if which == next {
			first = nextMonth(first)
		}
		s := wholeMonth(first)
		if s.first.Before(p.today) {
			s.first = p.today
		}
		moved := NotMoved
		if which == last {
			moved = Passed
		}

		return day{spans: []span{s}, moved: moved}, 1
	}

	return day{}, 0
}

// endOfMonth reads "end of the month", of the next one where that is said.
func (p *parser) endOfMonth(i int) (day, int) {
	first, n := Date{p.today.Year, p.today.Month, 1}, 1
	if p.is(i+1, next) {
		first, n = nextMonth(first), 2
	}
	last := wholeMonth(first).last
	s := span{last.AddDays(-9), last}
	if s.first.Before(p.today) {
		s.first = p.today
	}

	return day{spans: []span{s}}, n
}

// weekdayAt reads a weekday with what may follow it: "sexta que vem".
func (p *parser) weekdayAt(i int) (day, int) {
	t := p.at(i)
	// "Friday 12" is a date where the 12th is a Friday; else 12 is an hour.
	if n := p.at(i + 1); n.kind == number && n.width > 0 && n.value <= 31 && !p.is(i+2, hours, am, pm, part, and, less, month) && !p.sign(i+2, ":") && !p.sign(i+2, "/") && !p.sign(i+2, ".") {
		d := p.dayOfMonth(n.value)
		if len(d.spans) == 1 && int(d.spans[0].first.Weekday()) == t.value {
			return day{spans: d.spans, moved: d.moved}, 2
		}
	}
	if t.weak && len(p.tokens) > 1 && !p.is(i+1, number, at, clock, part, next, punct) && !p.is(i-1, next, this, dayMark) {
		return day{}, 0
	}
	which, n := unknown, 1
	if j := p.skip(i + 1); p.is(j, next, last, this) && !p.is(j+1, week, weekend, monthUnit, weekday) {
		which, n = p.at(j).kind, j+1-i
	}

	return p.named(time.Weekday(t.value), which), n
}

// named lists the days a weekday can mean. On a Monday "next Friday" is this
// week's for some and next week's for others; on a Friday "Friday" may be today.
func (p *parser) named(weekday time.Weekday, which kind) day {
	ahead := (int(weekday) - int(p.today.Weekday()) + 7) % 7
	d := day{}
	switch {
	case which == this:
		d.spans = []span{single(p.today.AddDays(ahead))}
	case which == last:
		if ahead == 0 {
			ahead = 7
		}
		d.spans, d.moved = []span{single(p.today.AddDays(ahead))}, Passed
	case which == next && ahead == 0:
		d.spans = []span{single(p.today.AddDays(7))}
	case which == next && ahead <= (7-int(p.today.Weekday()))%7, which == unknown && ahead == 0:
		d.spans = []span{single(p.today.AddDays(ahead)), single(p.today.AddDays(ahead + 7))}
	default:
		d.spans = []span{single(p.today.AddDays(ahead))}
	}
	if which == unknown {
		d.matches = func(other Date) bool { return other.Weekday() == weekday }
	}

	return d
}

// distance reads "in two days", "daqui a uma semana", "en media hora".
func (p *parser) distance(i int) (day, int) {
	if p.is(i+1, halfHour) {
		return p.later(30), 2
	}
	if !p.is(i+1, number) || p.at(i+1).value > 1000 || p.at(i+1).width > 3 {
		return day{}, 0
	}
	n := p.at(i + 1).value
	switch p.at(i + 2).kind {
	case dayUnit:
		return day{spans: []span{single(p.today.AddDays(n))}}, 3
	case dayMark: // "um dia"
		return day{spans: []span{single(p.today.AddDays(n))}}, 3
	case week:
		return day{spans: []span{single(p.today.AddDays(7 * n))}}, 3
	case monthUnit:
		first := Date{p.today.Year, p.today.Month, 1}
		for range n {
			first = nextMonth(first)
		}
		last := wholeMonth(first).last

		return day{spans: []span{single(Date{first.Year, first.Month, min(p.today.Day, last.Day)})}}, 3
	case hours, hourUnit:
		return p.later(60 * n), 3
	case minuteUnit:
		return p.later(n), 3
	}

	return day{}, 0
}

// later is a moment some minutes from now, as the earliest that will do.
func (p *parser) later(minutes int) day {
	total := p.minute + minutes
	p.times = append(p.times, timeOfDay{minute: total % (24 * 60), exact: true, bound: From})

	return day{spans: []span{single(p.today.AddDays(total / (24 * 60)))}}
}

// marked reads "dia 15", "el 15", "the 15th".
func (p *parser) marked(i int) (day, int) {
	j := i + 1
	t := p.at(j)
	if !p.is(j, number, ordinal) || t.weak {
		return day{}, 0
	}
	if d, n := p.numbered(j); n > 0 {
		return d, n + 1
	}
	// "the three" is no day, and neither is "the second one".
	if t.kind == number && p.language.monthFirst || t.kind == ordinal && t.width == 0 && p.is(j+1, unknown) {
		return day{}, 0
	}
	if t.width > 2 || p.sign(j+1, ":") {
		return day{}, 0
	}

	return p.dayOfMonth(t.value), 2
}

// numbered reads dates that start with a number: 2027-03-15, 15/03, 15 de
// março, 15th.
func (p *parser) numbered(i int) (day, int) {
	if p.is(i-1, at) {
		return day{}, 0
	}
	t := p.at(i)
	if p.is(i+2, fromNow) {
		d, n := p.distance(i - 1) // as if "in" stood before it

		return d, n
	}
	if t.kind == number && t.width > 0 && p.is(i+2, number) && p.is(i+1, punct) && p.at(i+2).width > 0 {
		if d, n := p.figures(i); n > 0 {
			return d, n
		}
	}
	j := p.skip(i + 1)
	if p.is(j, month) && !(t.weak && p.at(j).weak) && t.width <= 2 {
		year, n := p.year(j + 1)

		return p.explicit(year, p.at(j).value, t.value), j + 1 + n - i
	}
	if t.kind == ordinal && t.width > 0 {
		return p.dayOfMonth(t.value), validCount(t.value)
	}
	if p.bare == BareDay && t.kind == number && t.width > 0 && len(p.tokens) == 1 {
		return p.dayOfMonth(t.value), validCount(t.value)
	}

	return day{}, 0
}

// validCount takes the token only where it can be a day of a month.
func validCount(n int) int {
	if n >= 1 && n <= 31 {
		return 1
	}

	return 0
}

// figures reads a date written in figures alone.
func (p *parser) figures(i int) (day, int) {
	first, second, sign := p.at(i), p.at(i+2), p.at(i+1).text
	third, n := 0, 3
	if p.sign(i+3, sign) && p.is(i+4, number) && p.at(i+4).glued {
		third, n = p.at(i+4).value, 5
	}
	if first.width == 4 && n == 5 && p.at(i+4).width <= 2 {
		return p.explicit(first.value, second.value, third), p.ifDate(second.value, third, 5)
	}
	glued := p.at(i+1).glued && second.glued
	if first.width > 2 || second.width > 2 || sign != "/" && (!glued || sign != "-" && sign != ".") {
		return day{}, 0
	}
	// 10.30 and 2-4 before "am" or "h" are times.
	if sign != "/" && n == 3 && p.is(i+3, am, pm, hours, part) {
		return day{}, 0
	}
	year := 0
	if n == 5 {
		if year = third; p.at(i+4).width <= 2 {
			year += 2000
		}
	}
	d, m := first.value, second.value
	if p.language.monthFirst {
		d, m = m, d
	}
	switch {
	case p.ifDate(m, d, n) == 0 && p.ifDate(d, m, n) == 0:
		return day{}, 0
	case p.ifDate(m, d, n) == 0:
		return p.explicit(year, d, m), n
	case p.language.monthFirst && p.ifDate(d, m, n) > 0 && d != m:
		// Half of the English-speaking world writes the day first.
		one, other := p.explicit(year, m, d), p.explicit(year, d, m)
		one.spans = append(one.spans, other.spans...)
		one.moved = max(one.moved, other.moved)

		return one, n
	default:
		return p.explicit(year, m, d), n
	}
}

// ifDate is n where month and day can be one, else 0.
func (p *parser) ifDate(month, day, n int) int {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return 0
	}

	return n
}

// year reads a year after a date, and how many tokens it takes.
func (p *parser) year(i int) (year, n int) {
	j := p.skip(i)
	if p.is(j, number) && p.at(j).width == 4 && p.at(j).value >= 1900 && p.at(j).value <= 2200 {
		return p.at(j).value, j + 1 - i
	}

	return 0, 0
}

// monthAt reads "March 15th, 2027", "março de 2027" and a month alone.
func (p *parser) monthAt(i int) (day, int) {
	t := p.at(i)
	j := i + 1
	if p.is(j, dayMark, noise) {
		j++
	}
	if n := p.at(j); p.is(j, number, ordinal) && !n.weak && n.width <= 2 && n.value >= 1 && n.value <= 31 && !p.sign(j+1, ":") && !p.is(j+1, hours, am, pm) {
		year, used := p.year(j + 1)

		return p.explicit(year, t.value, n.value), j + 1 + used - i
	}
	year, used := p.year(i + 1)
	if t.weak && used == 0 {
		return day{}, 0
	}
	first := Date{p.today.Year, time.Month(t.value), 1}
	if used > 0 {
		first.Year = year
	} else if first.Month < p.today.Month {
		first.Year++
	}
	s := wholeMonth(first)
	moved := NotMoved
	if s.last.Before(p.today) {
		s, moved = wholeMonth(Date{p.today.Year + 1, first.Month, 1}), Passed
	}
	if s.first.Before(p.today) {
		s.first = p.today
	}

	return day{spans: []span{s}, moved: moved}, 1 + used
}

// explicit is a day of a named month; year 0 means the next time it comes.
func (p *parser) explicit(year, month, dayOfMonth int) day {
	if dayOfMonth < 1 || dayOfMonth > 31 || month < 1 || month > 12 {
		return day{}
	}
	d := Date{year, time.Month(month), dayOfMonth}
	if year == 0 {
		d.Year = p.today.Year
	}
	moved := NotMoved
	if year < 0 || wholeMonth(Date{d.Year, d.Month, 1}).last.Before(p.today) || d.valid() && d.Before(p.today) {
		d.Year, moved = p.today.Year, Passed
		if !d.Time().After(p.today.AddDays(-1).Time()) {
			d.Year++
		}
	}
	if d.valid() {
		return day{spans: []span{single(d)}, moved: moved}
	}
	// 31 April: its last day or the day after, whichever is meant.
	last := wholeMonth(Date{d.Year, d.Month, 1}).last
	spans := []span{single(last), single(last.AddDays(1))}
	spans = slices.DeleteFunc(spans, func(s span) bool { return s.first.Before(p.today) })

	return day{spans: spans, moved: NoSuchDay}
}

// dayOfMonth is the next day with this number.
func (p *parser) dayOfMonth(n int) day {
	if n < 1 || n > 31 {
		return day{}
	}
	moved := NotMoved
	first := Date{p.today.Year, p.today.Month, 1}
	if n < p.today.Day {
		first, moved = nextMonth(first), Passed
	}
	for wholeMonth(first).last.Day < n {
		first, moved = nextMonth(first), NoSuchDay
	}

	return day{
		spans:   []span{single(Date{first.Year, first.Month, n})},
		moved:   moved,
		matches: func(other Date) bool { return other.Day == n },
	}
}

func nextMonth(first Date) Date { return wholeMonth(first).last.AddDays(1) }

func wholeMonth(first Date) span {
	first.Day = 1
	return span{first, DateOf(time.Date(first.Year, first.Month+1, 0, 12, 0, 0, 0, time.UTC))}
}
