package dialogue

import (
	"slices"
	"time"

	"recado/hooks/agenda/slots"
)

// hours are when people are at the desk, in the company's time zone. No weekly
// hours at all: always.
type hours struct {
	Weekly []Opening `json:"weekly"`
	Closed []string  `json:"closed"` // dates, YYYY-MM-DD
}

// next tells whether the desk is open at now and, if not, when it opens next: a
// zero time when it does not within the coming month.
func (h hours) next(now time.Time) (back time.Time, open bool) {
	if len(h.Weekly) == 0 {
		return time.Time{}, true
	}
	today := slots.DateOf(now)
	for day := today - 1; day <= today+31; day++ {
		if slices.Contains(h.Closed, day.String()) {
			continue
		}
		for _, o := range h.Weekly {
			if o.Weekday != day.Weekday() || o.End <= o.Start {
				continue
			}
			start, end := slots.Instant(now.Location(), day, o.Start), slots.Instant(now.Location(), day, o.End)
			if start <= now.Unix() && now.Unix() < end {
				return time.Time{}, true
			}
			if at := time.Unix(start, 0).In(now.Location()); at.After(now) && (back.IsZero() || at.Before(back)) {
				back = at
			}
		}
	}

	return back, false
}

// union merges stretches of each weekday that overlap or touch.
func union(openings []Opening) []Opening {
	sorted := slices.Clone(openings)
	slices.SortFunc(sorted, func(a, b Opening) int {
		if a.Weekday != b.Weekday {
			return int(a.Weekday - b.Weekday)
		}

		return a.Start - b.Start
	})
	var merged []Opening
	for _, o := range sorted {
		last := len(merged) - 1
		if last >= 0 && merged[last].Weekday == o.Weekday && o.Start <= merged[last].End {
			merged[last].End = max(merged[last].End, o.End)
			continue
		}
		merged = append(merged, o)
	}

	return merged
}
