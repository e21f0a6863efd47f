package slots

import (
	"iter"
	"slices"
)

// List is every slot that can be booked, strictly ascending.
func List(q Question) []Slot {
	var list []Slot
	for v := range q.verdicts() {
		if v.Rule == Free {
			list = append(list, v.Slot)
		}
	}

	return list
}

// Explain is every candidate of the range with the first rule that refuses it.
func Explain(q Question) []Verdict {
	return slices.Collect(q.verdicts())
}

// Bookable judges one start by asking the very question List answers: what is
// listed can be booked, what is not listed can't.
func Bookable(q Question, start int64) Verdict {
	slot := q.slot(start)
	if start < q.From || start >= q.To {
		return Verdict{Slot: slot, Rule: OffRange}
	}

	q.From, q.To = start, start+1
	for v := range q.verdicts() {
		return v
	}

	return Verdict{Slot: slot, Rule: OffGrid}
}

// Candidates are the starts the grid offers in [From, To), strictly ascending,
// whatever is booked, closed or too soon.
func Candidates(q Question) []int64 {
	if !q.sane() {
		return nil
	}
	first, last := q.dates()

	return q.candidates(newClock(q.Hours.Zone, first, last), nil)
}

// sane keeps out what has no answer: nothing is bookable then.
func (q Question) sane() bool {
	return q.From < q.To && q.Service.Duration > 0 && q.Service.Step > 0
}

// dates whose windows can matter: from the date before the first (windows spill)
// to the one after the end of the last possible slot.
func (q Question) dates() (first, last Date) {
	end := q.To + (int64(q.Service.Duration)+int64(q.Service.BufferAfter))*minute

	// A local date is at most one away from the UTC date.
	return Date(floorDiv(q.From-int64(q.Service.BufferBefore)*minute, day)) - 2, Date(floorDiv(end, day)) + 2
}

func (q Question) slot(start int64) Slot {
	return Slot{Start: start, End: start + int64(q.Service.Duration)*minute, Resources: []string{q.Resource}, SeatsLeft: 1}
}

// candidates walks the declared windows, never the free fragments between
// appointments, never the clock, never the range: a slot must not move because
// something else was booked or asked.
func (q Question) candidates(c clock, busy []Interval) []int64 {
	step := q.Service.Step
	first, last := Date(floorDiv(q.From, day))-2, Date(floorDiv(q.To, day))+1

	var starts []int64
	offer := func(t int64) {
		if q.From <= t && t < q.To {
			starts = append(starts, t)
		}
	}

	for d := first; d <= last; d++ {
		for _, w := range q.Hours.windows(d) {
			if !w.Valid() {
				continue
			}
			if q.Service.Grid == GridWindow {
				for m := w.Start; m < w.End; m += step {
					offer(c.instant(d, m))
				}
				continue
			}
			for m := 0; m < w.End; m++ {
				if m >= w.Start && m%MinutesPerDay%step == 0 {
					offer(c.instant(d, m))
				}
			}
		}
	}
	if q.Service.Pack {
		for _, b := range busy {
			offer(b.End + int64(q.Service.BufferBefore)*minute)
		}
	}

	if !slices.IsSorted(starts) {
		slices.Sort(starts)
	}

	// A gap maps several wall clocks to one instant.
	return slices.Compact(starts)
}

// verdicts judges every candidate in order.
func (q Question) verdicts() iter.Seq[Verdict] {
	return func(yield func(Verdict) bool) {
		if !q.sane() {
			return
		}

		s := q.Service
		first, last := q.dates()
		c := newClock(q.Hours.Zone, first-1, last+1)
		open := q.Hours.open(c, first, last)
		busy := merge(slices.Clone(q.Busy))

		earliest := q.Now + int64(s.MinNotice)*minute
		horizon := q.horizon()
		perDay := q.perDay(c)
		before, after := int64(s.BufferBefore)*minute, int64(s.BufferAfter)*minute
		resources := []string{q.Resource}

		for _, t := range q.candidates(c, busy) {
			v := Verdict{Slot: Slot{Start: t, End: t + int64(s.Duration)*minute, Resources: resources, SeatsLeft: 1}}
			taken := Interval{v.Slot.Start, v.Slot.End}
			blocked := Interval{taken.Start - before, taken.End + after}
			if s.BufferInsideHours {
				taken = blocked
			}

			switch at, hit := blocker(busy, blocked); {
			case t < earliest:
				v.Rule = Notice
			case t >= horizon:
				v.Rule = Horizon
			case !covered(open, taken):
				v.Rule = Closed
			case hit:
				v.Rule, v.Blocker = Busy, at
			case s.MaxPerDay > 0 && perDay[c.date(t)] >= s.MaxPerDay:
				v.Rule = DayFull
			}
			if v.Rule != Free {
				v.Slot.SeatsLeft = 0
			}

			if !yield(v) {
				return
			}
		}
	}
}

// horizon is the midnight after the last date that can be booked.
func (q Question) horizon() int64 {
	if q.Service.HorizonDays < 0 {
		return q.To
	}
	utcDate := Date(floorDiv(q.Now, day))
	today := newClock(q.Hours.Zone, utcDate, utcDate).date(q.Now)

	return Instant(q.Hours.Zone, today+Date(q.Service.HorizonDays)+1, 0)
}

// perDay counts the appointments by the local date of their start.
func (q Question) perDay(c clock) map[Date]int {
	if q.Service.MaxPerDay <= 0 {
		return nil
	}

	count := make(map[Date]int, len(q.Starts))
	for _, start := range q.Starts {
		count[c.date(start)]++
	}

	return count
}
