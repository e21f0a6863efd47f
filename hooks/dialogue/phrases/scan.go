package phrases

// parser walks once over the tokens and collects what belongs to a day, to a
// time and to a part of the day. What means nothing is passed over.
type parser struct {
	language *language
	tokens   []token
	today    Date
	minute   int // of the day, now
	bare     Bare
	ranging  bool // between a "between" and its "and"

	days  []day
	times []timeOfDay
	parts []Part
}

// span is one or more consecutive days, both ends included.
type span struct{ first, last Date }

func single(d Date) span { return span{d, d} }

// day is one mention of a day: its possible readings, likeliest first, and the
// condition it puts on another mention ("Friday" … "next week").
type day struct {
	spans   []span
	moved   Moved
	any     bool            // "any day": gives way to a day that is named
	matches func(Date) bool // nil unless the mention is only a weekday or a day of the month
}

// timeOfDay is one mention of a time. An hour on the twelve-hour clock without
// am or pm is not exact.
type timeOfDay struct {
	minute int
	exact  bool
	marked bool // written the way the 24-hour clock is: 9h, 9:30
	bound  Bound
	end    *timeOfDay // of a range
}

// at returns token i, or an unknown one beyond the ends.
func (p *parser) at(i int) token {
	if i < 0 || i >= len(p.tokens) {
		return token{}
	}

	return p.tokens[i]
}

// kinds tells whether token i has one of the kinds.
func (p *parser) is(i int, kinds ...kind) bool {
	if i < 0 || i >= len(p.tokens) {
		return false
	}
	for _, k := range kinds {
		if p.tokens[i].kind == k {
			return true
		}
	}

	return false
}

func (p *parser) sign(i int, sign string) bool { return p.is(i, punct) && p.tokens[i].text == sign }

// skip passes over words that may stand between the parts of one date.
func (p *parser) skip(i int) int {
	for p.is(i, noise) || p.sign(i, ",") {
		i++
	}

	return i
}

func (p *parser) scan() {
	lastDay := -1 // where the last mention of a day ended
	bound := At
	boundAt := -1
	for i := 0; i < len(p.tokens); {
		near := boundAt >= 0 && i-boundAt <= 3
		if t, n := p.rangeAt(i); n > 0 {
			p.times = append(p.times, t)
			i += n
			boundAt = -1

			continue
		}
		if d, n := p.dayAt(i); n > 0 {
			if near && bound != At && len(d.spans) > 0 {
				d = p.limit(d, bound)
				boundAt = -1
			}
			p.days = append(p.days, d)
			i += n
			lastDay = i

			continue
		}
		if t, n := p.timeAt(i, lastDay == i || p.sign(i-1, ",") && lastDay == i-1); n > 0 {
			if near {
				t.bound = bound
				boundAt = -1
			}
			p.times = append(p.times, t)
			i += n

			continue
		}
		switch {
		case p.is(i, part):
			p.parts = append(p.parts, Part(p.tokens[i].value))
		case p.is(i, after):
			bound, boundAt = From, i
		case p.is(i, until):
			bound, boundAt = Before, i
		}
		i++
	}
}

// limit turns "from Monday on" and "before Friday" into spans.
func (p *parser) limit(d day, bound Bound) day {
	const reach = 30 // days somebody who says "after the 10th" is thinking of
	first := d.spans[0]
	if bound == From {
		first.last = first.last.AddDays(reach)
	} else {
		first = span{p.today, first.first}
	}

	return day{spans: []span{first}, moved: d.moved}
}

// result puts the mentions together.
func (p *parser) result() Result {
	spans, moved := p.spans()
	minutes := p.minutes()
	var readings []Reading
	add := func(r Reading) {
		for _, known := range readings {
			if known == r {
				return
			}
		}
		readings = append(readings, r)
	}
	for _, s := range spans {
		for _, t := range minutes {
			add(Reading{First: s.first, Last: s.last, Minute: t.Minute, Bound: t.Bound, End: t.End, Part: t.Part})
		}
	}
	readings, late := p.future(readings)
	if late {
		moved = PassedTime
	}
	if len(readings) > maxReadings {
		readings = readings[:maxReadings]
	}
	if len(readings) == 0 {
		moved = NotMoved
	}

	return Result{Readings: readings, Moved: moved}
}

// minutes lists the possible times, or the parts of the day where no time was
// named; one empty reading where neither was, so that a day stands alone.
func (p *parser) minutes() []Reading {
	var all []Reading
	said := AnyPart
	if len(p.parts) > 0 {
		said = p.parts[0]
	}
	for _, t := range p.times {
		if t.end != nil {
			all = append(all, t.between(said, p.language.exactHours))

			continue
		}
		minutes := t.readings(said, p.language.exactHours)
		if t.bound != At {
			minutes = minutes[:1] // "after 3" is no question worth asking
		}
		for _, minute := range minutes {
			all = append(all, Reading{Minute: minute, Bound: t.bound})
		}
	}
	if len(all) > 0 {
		return all
	}
	for _, one := range p.parts {
		all = append(all, Reading{Minute: NoTime, Part: one})
	}
	if len(all) == 0 && len(p.days) > 0 {
		all = []Reading{{Minute: NoTime}}
	}

	return all
}

// future drops readings that are over today where another is left; where none
// is, it moves on to the next day the words allow, and says so.
func (p *parser) future(readings []Reading) (kept []Reading, moved bool) {
	for _, r := range readings {
		if !p.over(r) {
			kept = append(kept, r)
		}
	}
	if len(kept) > 0 || len(readings) == 0 {
		return kept, false
	}
	for _, r := range readings {
		r.First = p.today.AddDays(1)
		r.Last = r.First
		kept = append(kept, r)
	}

	return kept, true
}

// over tells that nothing of the reading lies ahead any more.
func (p *parser) over(r Reading) bool {
	if !r.OneDay() || r.First != p.today {
		return false
	}
	switch {
	case r.Minute == NoTime:
		return r.Part == Morning && p.minute >= 12*60 || r.Part == Afternoon && p.minute >= 19*60
	case r.Bound == From:
		return false
	case r.Bound == Between:
		return r.End <= p.minute
	default:
		return r.Minute <= p.minute
	}
}
