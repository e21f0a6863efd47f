package slots

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Open is when the hours are open: the merged, ordered ranges that meet the
// dates first..last. Windows that touch, also across midnight, are one range.
func Open(h Hours, first, last Date) []Interval {
	return h.open(newClock(h.Zone, first-1, last+1), first, last)
}

// windows of a date: an override replaces the week, even when it is empty.
func (h Hours) windows(d Date) []Window {
	if windows, ok := h.Overrides[d]; ok {
		return windows
	}

	return h.Weekly[d.Weekday()]
}

// open needs a clock that covers first-1..last+1. It starts a date early,
// because a window may spill into the next date.
func (h Hours) open(c clock, first, last Date) []Interval {
	var ranges []Interval
	for d := first - 1; d <= last; d++ {
		_, nextOverridden := h.Overrides[d+1]

		for _, w := range h.windows(d) {
			if !w.Valid() {
				continue
			}
			if nextOverridden && w.End > MinutesPerDay {
				w.End = MinutesPerDay
			}
			ranges = append(ranges, Interval{c.instant(d, w.Start), c.instant(d, w.End)})
		}
	}

	return merge(ranges)
}

// merge orders the intervals, drops the empty ones and joins those that overlap
// or touch. It may reuse the slice it is given.
func merge(intervals []Interval) []Interval {
	intervals = slices.DeleteFunc(intervals, Interval.empty)
	byStart := func(a, b Interval) int { return cmp.Compare(a.Start, b.Start) }
	if !slices.IsSortedFunc(intervals, byStart) {
		slices.SortFunc(intervals, byStart)
	}

	merged := intervals[:0]
	for _, next := range intervals {
		if n := len(merged); n > 0 && next.Start <= merged[n-1].End {
			merged[n-1].End = max(merged[n-1].End, next.End)
			continue
		}
		merged = append(merged, next)
	}

	return merged
}

// covered reports whether one of the merged ranges contains all of x.
func covered(merged []Interval, x Interval) bool {
	i := sort.Search(len(merged), func(i int) bool { return merged[i].End > x.Start })

	return i < len(merged) && merged[i].Start <= x.Start && x.End <= merged[i].End
}

// blocker is the first of the merged ranges that shares an instant with x.
func blocker(merged []Interval, x Interval) (Interval, bool) {
	i := sort.Search(len(merged), func(i int) bool { return merged[i].End > x.Start })
	if i < len(merged) && merged[i].Start < x.End {
		return merged[i], true
	}

	return Interval{}, false
}

// lookAhead is how many dates NextOpen looks at before it gives up.
const lookAhead = 400

// NextOpen says when a desk with these weekly windows, closed on the given
// dates, is open: now, when it is open at this moment, else the next opening.
// False means that no opening is in sight.
func NextOpen(weekly [7][]Window, closed []Date, zone *time.Location, now time.Time) (time.Time, bool) {
	h := Hours{Zone: zone, Weekly: weekly, Overrides: make(map[Date][]Window, len(closed))}
	for _, d := range closed {
		h.Overrides[d] = nil
	}

	// A fortnight at a time: the answer is nearly always in the first one.
	const stretch = 14
	today := DateOf(now.In(zone))
	for d := today; d < today+lookAhead; d += stretch {
		for _, r := range Open(h, d, d+stretch) {
			if r.End > now.Unix() {
				return time.Unix(max(r.Start, now.Unix()), 0).In(zone), true
			}
		}
	}

	return time.Time{}, false
}
