// Package hours says when people are there: "open at t?", "until when?", "when
// next?". It is pure: values in, values out, no clock and no database. Who asks
// brings the moment, in the time zone the hours are meant in.
package hours

import (
	"encoding/json"
	"slices"
	"time"

	"recado/hooks/agenda/slots"
)

// Window is one stretch of a week: minutes of the day, End up to 2880 where it
// ends on the next.
type Window struct {
	Weekday time.Weekday `json:"weekday" db:"weekday"`
	Start   int          `json:"start" db:"start"`
	End     int          `json:"end" db:"end"`
}

// Hours are the hours of a company, a queue or a member. No weekly windows at
// all: always.
type Hours struct {
	Weekly []Window `json:"weekly"`
	Closed []string `json:"closed"` // dates, YYYY-MM-DD, on which no window begins
}

// Parse reads hours as they are stored. Unreadable ones are none: always.
func Parse(raw string) Hours {
	var h Hours
	if json.Unmarshal([]byte(raw), &h) != nil {
		return Hours{}
	}

	return h
}

// OfQueue are the hours that hold in a queue: its own week or, where it has none,
// the company's; the closed days of both.
func OfQueue(company, queue Hours) Hours {
	weekly := queue.Weekly
	if len(weekly) == 0 {
		weekly = company.Weekly
	}

	return Hours{Weekly: weekly, Closed: slices.Concat(company.Closed, queue.Closed)}
}

// horizon is how many days ahead anyone is told of.
const horizon = 31

// At tells whether it is open at now and when that changes: when it closes, or
// when it opens next. The zero time means not within the coming month.
func (h Hours) At(now time.Time) (open bool, until time.Time) {
	if len(h.Weekly) == 0 && len(h.Closed) == 0 {
		return true, time.Time{}
	}

	zone, last := now.Location(), int64(0)
	for _, s := range h.spans(now) {
		switch {
		case open && s.start > last: // the end of what is open now
			return true, time.Unix(last, 0).In(zone)
		case open:
			last = max(last, s.end)
		case now.Unix() >= s.end:
		case now.Unix() >= s.start:
			open, last = true, s.end
		default:
			return false, time.Unix(s.start, 0).In(zone)
		}
	}
	if open && last <= slots.Instant(zone, slots.DateOf(now)+horizon, 0) {
		return true, time.Unix(last, 0).In(zone)
	}

	return open, time.Time{}
}

// span is [start, end) in Unix seconds.
type span struct{ start, end int64 }

// spans are the windows from yesterday to a month ahead, by their start.
func (h Hours) spans(now time.Time) []span {
	weekly := h.Weekly
	if len(weekly) == 0 {
		for day := time.Sunday; day <= time.Saturday; day++ {
			weekly = append(weekly, Window{Weekday: day, End: 24 * 60})
		}
	}

	var list []span
	today := slots.DateOf(now)
	for day := today - 1; day <= today+horizon; day++ {
		if slices.Contains(h.Closed, day.String()) {
			continue
		}
		for _, w := range weekly {
			if w.Weekday != day.Weekday() {
				continue
			}
			s := span{slots.Instant(now.Location(), day, w.Start), slots.Instant(now.Location(), day, w.End)}
			if s.start < s.end {
				list = append(list, s)
			}
		}
	}
	slices.SortFunc(list, func(a, b span) int { return int(a.start - b.start) })

	return list
}

// Union merges the windows of each weekday that overlap or touch.
func Union(windows []Window) []Window {
	sorted := slices.Clone(windows)
	slices.SortFunc(sorted, func(a, b Window) int {
		if a.Weekday != b.Weekday {
			return int(a.Weekday - b.Weekday)
		}

		return a.Start - b.Start
	})
	var merged []Window
	for _, w := range sorted {
		last := len(merged) - 1
		if last >= 0 && merged[last].Weekday == w.Weekday && w.Start <= merged[last].End {
			merged[last].End = max(merged[last].End, w.End)
			continue
		}
		merged = append(merged, w)
	}

	return merged
}
