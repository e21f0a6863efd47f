package phrases

import "slices"

// spans joins the mentions of days: two that fit each other are one ("Friday …
// the 20th", "Friday … next week"), two that do not are two readings.
func (p *parser) spans() ([]span, Moved) {
	if len(p.days) == 0 {
		return []span{{}}, NotMoved
	}
	days := p.days
	// "Any time next week" is next week.
	if named := slices.DeleteFunc(slices.Clone(days), func(d day) bool { return d.any }); len(named) > 0 {
		days = named
	}
	joined := days[0]
	for _, d := range days[1:min(len(days), maxMentions)] {
		joined = p.join(joined, d)
	}
	if len(joined.spans) == 0 {
		return []span{{}}, NotMoved
	}

	return joined.spans, joined.moved
}

func (p *parser) join(a, b day) day {
	if len(a.spans) == 0 {
		return b
	}
	if len(b.spans) == 0 {
		return a
	}
	for _, pair := range [][2]day{{a, b}, {b, a}} {
		if days := matching(pair[0], pair[1]); len(days) > 0 {
			return day{spans: days, moved: pair[0].moved}
		}
	}
	both := day{spans: slices.Clone(a.spans), moved: max(a.moved, b.moved)}
	for _, s := range b.spans {
		if !slices.Contains(both.spans, s) {
			both.spans = append(both.spans, s)
		}
	}

	return both
}

// matching lists the days of one mention that meet the condition of the other,
// or that both name. A span of a month holds a weekday several times: the first
// two are offered.
func matching(whole, condition day) []span {
	var found []span
	for _, s := range whole.spans {
		last := s.last
		if limit := s.first.AddDays(maxDays); limit.Before(last) {
			last = limit
		}
		for d := s.first; !last.Before(d) && len(found) < 2; d = d.AddDays(1) {
			meets := condition.matches != nil && condition.matches(d)
			for _, other := range condition.spans {
				meets = meets || condition.matches == nil && other == single(d)
			}
			if meets {
				found = append(found, single(d))
			}
		}
	}

	return found
}
