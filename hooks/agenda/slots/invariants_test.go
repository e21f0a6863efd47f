package slots

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func subset(t *testing.T, small, big []int64, why string) {
	t.Helper()
	for _, s := range small {
		if !slices.Contains(big, s) {
			t.Fatalf("%s: %d is new; had %v, got %v", why, s, big, small)
		}
	}
}

func equal(t *testing.T, got, want []int64, why string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %v, want %v", why, got, want)
	}
}

// TestInvariants proves, on the questions of the oracle test, what must hold
// whatever the answer is. The numbers are those of the specification.
func TestInvariants(t *testing.T) {
	eachQuestion(t, 30, func(t *testing.T, r *rand.Rand, q Question) {
		all := List(q)
		base := starts(all)

		// I3: something more in the way never adds a slot.
		more := q
		more.Busy = append(slices.Clone(q.Busy), randomBusy(r, q.From, q.To))
		subset(t, starts(List(more)), base, "I3 busy-monotone")

		// I4: two ranges that meet answer like the whole.
		left, right := q, q
		left.To = q.From + r.Int64N(q.To-q.From)
		right.From = left.To
		equal(t, append(starts(List(left)), starts(List(right))...), base, "I4 range-additive")

		// I5 and I17: strictly ascending, and one wall label names one slot.
		labels := map[string]bool{}
		for i, s := range base {
			if i > 0 && s <= base[i-1] {
				t.Fatalf("I5: %d follows %d", s, base[i-1])
			}
			label := time.Unix(s, 0).In(q.Hours.Zone).Format("2006-01-02 15:04")
			if labels[label] {
				t.Fatalf("I17: two slots are called %s", label)
			}
			labels[label] = true
		}

		// I7: later means fewer, inside the old horizon.
		later := q
		later.Now += r.Int64N(24 * 3600)
		for _, s := range starts(List(later)) {
			if s < q.horizon() && !slices.Contains(base, s) {
				t.Fatalf("I7: waiting made %d appear", s)
			}
		}

		// I8: booking removes the slot, cancelling brings everything back.
		if len(all) > 0 {
			picked := all[r.IntN(len(all))]
			booked := q
			booked.Busy = append(slices.Clone(q.Busy), Interval{
				picked.Start - int64(q.Service.BufferBefore)*minute,
				picked.End + int64(q.Service.BufferAfter)*minute,
			})
			if slices.Contains(starts(List(booked)), picked.Start) {
				t.Fatalf("I8: %d is booked and still listed", picked.Start)
			}
			booked.Busy = booked.Busy[:len(q.Busy)]
			equal(t, starts(List(booked)), base, "I8 book and cancel")
		}

		// I9: listed is bookable, and nothing else is.
		for s := q.From - 30*minute; s < q.To+30*minute; s += 5 * minute {
			if listed, bookable := slices.Contains(base, s), Bookable(q, s).Rule == Free; listed != bookable {
				t.Fatalf("I9: %d listed %v, bookable %v", s, listed, bookable)
			}
		}
		for _, s := range base {
			if v := Bookable(q, s); v.Rule != Free || v.Slot.Start != s {
				t.Fatalf("I9: listed %d is not bookable: %+v", s, v)
			}
		}

		// I10 and I11: longer appointments and longer buffers fit less often.
		longer := q
		longer.Service.Duration += 5 + r.IntN(60)
		subset(t, starts(List(longer)), base, "I10 longer duration")
		wider := q
		wider.Service.BufferBefore += r.IntN(30)
		wider.Service.BufferAfter += r.IntN(30)
		subset(t, starts(List(wider)), base, "I11 wider buffers")

		// I12: order, splits, touching pieces and empty intervals are nothing.
		shuffled := q
		shuffled.Busy = nil
		for _, b := range q.Busy {
			cut := b.Start + (b.End-b.Start)/2
			shuffled.Busy = append(shuffled.Busy, Interval{b.Start, cut}, Interval{cut, b.End}, Interval{cut, cut})
		}
		r.Shuffle(len(shuffled.Busy), func(i, j int) {
			shuffled.Busy[i], shuffled.Busy[j] = shuffled.Busy[j], shuffled.Busy[i]
		})
		for w, windows := range q.Hours.Weekly {
			shuffled.Hours.Weekly[w] = slices.Clone(windows)
			slices.Reverse(shuffled.Hours.Weekly[w])
		}
		equal(t, starts(List(shuffled)), base, "I12 permutation")

		// I15: seats stay within the capacity; the verdicts agree with the list.
		var free []int64
		for _, v := range Explain(q) {
			if v.Slot.SeatsLeft < 0 || v.Slot.SeatsLeft > 1 || (v.Rule == Free) != (v.Slot.SeatsLeft == 1) {
				t.Fatalf("I15: %+v", v)
			}
			if v.Rule == Free {
				free = append(free, v.Slot.Start)
			}
		}
		equal(t, free, base, "explain")

		insideHours(t, q, all)
	})
}

// insideHours is I18: the wall clock never shows a minute outside the windows
// while a slot runs, but for an hour the zone repeats.
func insideHours(t *testing.T, q Question, all []Slot) {
	t.Helper()
	inWindow := func(minutes int) bool {
		today := Date(floorDiv(int64(minutes), MinutesPerDay))
		for d := today - 1; d <= today; d++ {
			for _, w := range q.Hours.windows(d) {
				m := minutes - int(d)*MinutesPerDay
				if w.Start <= m && m < w.End {
					return true
				}
			}
		}

		return false
	}
	repeated := func(at int64) bool {
		now := wall(q.Hours.Zone, at)
		for shift := 15 * minute; shift <= 24*60*minute; shift += 15 * minute {
			if wall(q.Hours.Zone, at-shift) >= now {
				return true
			}
		}

		return false
	}

	for _, s := range all {
		for at := s.Start; at < s.End; at += minute {
			if !inWindow(wall(q.Hours.Zone, at)) && !repeated(at) {
				t.Fatalf("I18: slot %s covers %s", time.Unix(s.Start, 0).In(q.Hours.Zone), time.Unix(at, 0).In(q.Hours.Zone))
			}
		}
	}
}

// TestViewerZoneChangesNothing is I6: the answer holds no zone but the agenda's,
// so a viewer elsewhere sees the same instants.
func TestViewerZoneChangesNothing(t *testing.T) {
	eachQuestion(t, 2, func(t *testing.T, _ *rand.Rand, q Question) {
		for _, s := range List(q) {
			for _, viewer := range []string{"Asia/Tokyo", "America/Sao_Paulo"} {
				seen := time.Unix(s.Start, 0).In(zone(t, viewer))
				if Bookable(q, seen.Unix()).Rule != Free {
					t.Fatalf("%s cannot be booked from %s", seen, viewer)
				}
			}
		}
	})
}

// TestResourcesCombine is I13 for what several questions make together: the
// union for round robin, the intersection for collective.
func TestResourcesCombine(t *testing.T) {
	eachQuestion(t, 5, func(t *testing.T, r *rand.Rand, q Question) {
		other := q
		other.Busy = append(slices.Clone(q.Busy), randomBusy(r, q.From, q.To))
		both := q
		both.Busy = append(slices.Clone(q.Busy), other.Busy...)

		var collective []int64
		for _, s := range starts(List(q)) {
			if slices.Contains(starts(List(other)), s) {
				collective = append(collective, s)
			}
		}
		equal(t, starts(List(both)), collective, "I13 collective")
	})
}

// TestWeekShift is I14: in a zone of fixed offset a week later is the same.
func TestWeekShift(t *testing.T) {
	const week = 7 * day
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(14, seed))
		q := randomQuestion(t, r, moment{"Etc/GMT+5", "2025-06-01"})
		shifted := q
		shifted.From, shifted.To, shifted.Now = q.From+week, q.To+week, q.Now+week
		shifted.Busy, shifted.Starts = nil, nil
		for _, b := range q.Busy {
			shifted.Busy = append(shifted.Busy, Interval{b.Start + week, b.End + week})
		}
		for _, s := range q.Starts {
			shifted.Starts = append(shifted.Starts, s+week)
		}
		shifted.Hours.Overrides = map[Date][]Window{}
		for d, windows := range q.Hours.Overrides {
			shifted.Hours.Overrides[d+7] = windows
		}

		want := starts(List(q))
		for i := range want {
			want[i] += week
		}
		equal(t, starts(List(shifted)), want, "I14 week shift")
	}
}

// TestMidnightIsMidnight is I16: 24:00 of a date is 00:00 of the next.
func TestMidnightIsMidnight(t *testing.T) {
	for _, m := range moments {
		z, d := zone(t, m.zone), date(t, m.date)
		for shift := Date(-3); shift <= 3; shift++ {
			if a, b := Instant(z, d+shift, MinutesPerDay), Instant(z, d+shift+1, 0); a != b {
				t.Fatalf("I16: %s %s: 24:00 is %d, 00:00 is %d", m.zone, d+shift, a, b)
			}
		}
	}
}

// FuzzList drives the oracle with questions no seed was chosen for.
func FuzzList(f *testing.F) {
	f.Add(uint64(1), uint64(2), uint(0))
	f.Add(uint64(3), uint64(5), uint(8))
	f.Fuzz(func(t *testing.T, a, b uint64, at uint) {
		q := randomQuestion(t, rand.New(rand.NewPCG(a, b)), moments[at%uint(len(moments))])
		if got, want := starts(List(q)), newOracle(q).list(); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v, question %+v", got, want, q)
		}
	})
}
