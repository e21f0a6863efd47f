package phrases

// timeAt reads a time that starts at token i and returns how many tokens it
// takes; none: 0. afterDay: a day was named just before, so a bare number may be
// its hour ("amanhã 15").
func (p *parser) timeAt(i int, afterDay bool) (timeOfDay, int) {
	j, said := i, false // said: a word like "at" promises a time
	for p.is(j, at, to) && j-i < 2 {
		j, said = j+1, true
	}
	if p.sign(j, ",") {
		j++
	}
	switch t := p.at(j); t.kind {
	case clock:
		minute, n := p.extra(j+1, true)

		return timeOfDay{minute: t.value + minute, exact: true}, j + 1 + n - i
	case half, quarter:
		if t, n := p.fraction(j); n > 0 {
			return t, j + n - i
		}
	case number:
		if t, n := p.minutesTo(j); n > 0 {
			return t, j + n - i
		}
		if t, n := p.hour(j, said, afterDay); n > 0 {
			return t, j + n - i
		}
	}

	return timeOfDay{}, 0
}

// rangeAt reads a range of times: "between 2 and 4", "das 14h às 16h", "2-4pm".
func (p *parser) rangeAt(i int) (timeOfDay, int) {
	j := i
	opened := p.is(j, between, after) || p.is(j, at) && p.at(j).opens
	if opened {
		j++
	}
	for p.is(j, at) {
		j++
	}
	if !p.is(j, number) || !opened && p.is(i-1, between, after, until) {
		return timeOfDay{}, 0
	}
	p.ranging = p.is(i, between)
	defer func() { p.ranging = false }()
	first, n := p.hour(j, true, false)
	if n == 0 {
		return timeOfDay{}, 0
	}
	// Without an opening word the first has to be a time by itself.
	if _, alone := p.hour(j, false, false); !opened && alone == 0 && !p.sign(j+n, "-") {
		return timeOfDay{}, 0
	}
	j += n
	switch {
	case p.is(i, between) && p.is(j, and), p.is(j, to, until), p.sign(j, "-"), p.is(j, at) && p.at(j).text != "@":
		j++
	case opened && p.at(j).text == "a":
		j++
	default:
		return timeOfDay{}, 0
	}
	for p.is(j, at) {
		j++
	}
	if !p.is(j, number) {
		return timeOfDay{}, 0
	}
	second, n := p.hour(j, true, false)
	// Two bare numbers with a dash are a score, a house number, anything.
	if n == 0 || !opened && !first.marked && !second.marked {
		return timeOfDay{}, 0
	}
	first.end, first.bound = &second, Between

	return first, j + n - i
}

// between resolves a range: its end as usual, its start at the hour before it.
func (t timeOfDay) between(said Part, exactHours bool) Reading {
	end := t.end.readings(said, exactHours)[0]
	starts := t.readings(said, exactHours)
	start := starts[0]
	for _, other := range starts {
		if start >= end || other < end && other > start {
			start = other
		}
	}
	if start >= end {
		return Reading{Minute: start, Bound: From}
	}

	return Reading{Minute: start, End: end, Bound: Between}
}

// twelve tells whether token i can be an hour of the twelve-hour clock.
func (p *parser) twelve(i int) bool {
	return p.is(i, number) && p.at(i).value >= 1 && p.at(i).value <= 12 && p.at(i).width <= 2
}

// fraction reads "half past three", "quarter to four", "half three", "cuarto
// para las cuatro".
func (p *parser) fraction(i int) (timeOfDay, int) {
	minutes := 30
	if p.is(i, quarter) {
		minutes = 15
	}
	switch {
	case p.is(i+1, past) && p.twelve(i+2):
		return p.meridiem(i+3, p.at(i+2).value*60+minutes, i)
	case p.is(i+1, to) && p.twelve(i+2):
		return p.meridiem(i+3, p.at(i+2).value*60-minutes, i)
	case p.is(i, half) && p.language.monthFirst && p.twelve(i+1):
		return p.meridiem(i+2, p.at(i+1).value*60+minutes, i)
	}

	return timeOfDay{}, 0
}

// minutesTo reads "ten to five", "five past six", "quinze para as três".
func (p *parser) minutesTo(i int) (timeOfDay, int) {
	minutes := p.at(i).value
	// "from 10 to 12" is a range.
	if minutes%5 != 0 || minutes < 5 || minutes > 25 || p.is(i-1, after) {
		return timeOfDay{}, 0
	}
	j := i + 1
	if p.is(j, minuteUnit) {
		j++
	}
	if !p.is(j, to, past) || !p.twelve(j+1) {
		return timeOfDay{}, 0
	}
	if p.is(j, to) {
		minutes = -minutes
	}

	return p.meridiem(j+2, p.at(j+1).value*60+minutes, i)
}

// meridiem finishes a time of the twelve-hour clock with what may follow it;
// start is where the whole phrase began.
func (p *parser) meridiem(i, minute, start int) (timeOfDay, int) {
	if p.is(i, hours) {
		i++
	}
	minute = (minute + 24*60) % (24 * 60)
	switch {
	case p.is(i, am):
		return timeOfDay{minute: minute % (12 * 60), exact: true, marked: true}, i + 1 - start
	case p.is(i, pm):
		return timeOfDay{minute: minute%(12*60) + 12*60, exact: true, marked: true}, i + 1 - start
	default:
		return timeOfDay{minute: minute, exact: minute == 0 || minute >= 12*60}, i - start
	}
}

// hour reads a time that starts with its hour.
func (p *parser) hour(i int, said, afterDay bool) (timeOfDay, int) {
	t := p.at(i)
	if t.width > 2 && p.is(i+1, am, pm) && t.value/100 >= 1 && t.value/100 <= 12 && t.value%100 < 60 {
		return p.meridiem(i+1, t.value/100*60+t.value%100, i) // 1030am
	}
	if t.value > 23 || t.width > 2 {
		return timeOfDay{}, 0
	}
	minute, marked, sure := 0, false, said
	j := i + 1
	switch {
	case p.is(j, punct) && (p.sign(j, ":") || p.sign(j, ".") && p.at(j).glued) && p.is(j+1, number) && p.at(j+1).glued && p.at(j+1).width == 2 && p.at(j+1).value < 60:
		minute, marked, sure = p.at(j+1).value, true, true
		j += 2
	case p.is(j, hours):
		marked, sure = true, true
		j++
		if p.is(j, number) && (p.at(j).glued && p.at(j).width == 2 || p.is(j+1, minuteUnit)) && p.at(j).value < 60 {
			minute = p.at(j).value
			if j++; p.is(j, minuteUnit) {
				j++
			}
		}
	case p.is(j, number) && p.at(j).value >= 10 && p.at(j).value < 60 && (said || t.width == 0 && p.at(j).width == 0) && !p.is(j+1, month, hours) && !p.sign(j+1, ":"):
		// three thirty, at 9 30
		minute, sure = p.at(j).value, true
		j++
	}
	if minute == 0 {
		more, n := p.extra(j, sure)
		if n > 0 {
			minute, sure = more, true
			j += n
		}
	}
	if p.is(j, hours) {
		marked, sure = true, true
		j++
	}
	if p.is(j, am, pm) && t.value <= 12 {
		return p.meridiem(j, t.value*60+minute, i)
	}
	total := (t.value*60 + minute + 24*60) % (24 * 60)
	switch {
	case sure, p.is(j, part):
	case p.is(i-1, after, until) && !p.is(j, unknown, dayUnit, week, monthUnit, hourUnit, minuteUnit):
	case t.weak:
		return timeOfDay{}, 0
	case afterDay && (j == len(p.tokens) || !p.is(j, unknown, dayUnit, week, monthUnit, hourUnit, minuteUnit)):
	case p.bare == BareHour && len(p.tokens) == 1:
	default:
		return timeOfDay{}, 0
	}

	return timeOfDay{
		minute: total,
		exact:  t.value == 0 || t.value >= 12 || t.width == 2 && t.value < 10,
		marked: marked,
	}, j - i
}

// extra reads what is added to an hour: "e meia", "y cuarto", "menos diez", "e
// quinze". sure: the hour is known to be one, so plain minutes may follow.
func (p *parser) extra(i int, sure bool) (minutes, n int) {
	if !p.is(i, and, less) {
		return 0, 0
	}
	sign := 1
	if p.is(i, less) {
		sign = -1
	}
	switch t := p.at(i + 1); {
	case p.is(i+1, half):
		return 30 * sign, 2
	case p.is(i+1, quarter):
		return 15 * sign, 2
	// "14h e 16h" are two times, and so are 2 and 4 in "between 2 and 4".
	case p.is(i+1, number) && !p.ranging && !t.weak && (sure || p.is(i, less) || p.is(i+2, part)) && t.value < 60 && !p.is(i+2, hours, month) && !p.sign(i+2, ":"):
		if p.is(i+2, minuteUnit) {
			return t.value * sign, 3
		}

		return t.value * sign, 2
	}

	return 0, 0
}

// readings lists the minutes of the day the time can mean, the one in usual
// opening hours first. A part of the day settles it.
func (t timeOfDay) readings(said Part, exactHours bool) []int {
	const noon = 12 * 60
	hour, other := t.minute/60, (t.minute+noon)%(24*60)
	if t.exact && !(said == Evening && hour == 12) {
		return []int{t.minute}
	}
	switch {
	case said == Morning:
		return []int{t.minute}
	case said == Afternoon && hour <= 8:
		return []int{other}
	case said == Evening && hour >= 4:
		return []int{other}
	case said != AnyPart:
		return []int{t.minute}
	case hour < 7:
		return []int{other, t.minute}
	case t.marked && exactHours:
		return []int{t.minute}
	default:
		return []int{t.minute, other}
	}
}
