package reports

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"recado/hooks/agenda/slots"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}

	return z
}

func date(t *testing.T, text string) slots.Date {
	t.Helper()
	d, err := slots.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}

	return d
}

// around are stretches over a day of 23 hours, one of 25, and one that was skipped.
var around = []struct{ zone, first, last string }{
	{"America/New_York", "2026-03-06", "2026-03-10"},
	{"America/New_York", "2026-10-30", "2026-11-03"},
	{"Europe/Lisbon", "2026-03-27", "2026-03-31"},
	{"Europe/Lisbon", "2026-10-23", "2026-10-27"},
	{"America/Sao_Paulo", "2018-11-02", "2018-11-06"}, // midnight did not exist
	{"Pacific/Apia", "2011-12-28", "2012-01-01"},      // nor did the 30th
}

// TestDaysAreTheLocalDates walks the minutes of each stretch and reads the date
// off the zone's clocks.
func TestDaysAreTheLocalDates(t *testing.T) {
	for _, c := range around {
		z := zone(t, c.zone)
		p := NewPeriod(z, date(t, c.first), date(t, c.last))
		seen := make([]int64, p.Days())
		for at := p.Start() - 86_400; at < p.End()+86_400; at += 60 {
			want := int(date(t, time.Unix(at, 0).In(z).Format(time.DateOnly)) - date(t, c.first))
			if want < 0 || want >= p.Days() {
				want = -1
			} else {
				seen[want]++
			}
			if got := p.Day(at); got != want {
				t.Fatalf("%s: %s is on day %d, want %d", c.zone, time.Unix(at, 0).In(z), got, want)
			}
		}
		cut := make([]int64, p.Days())
		p.Cut(slots.Interval{Start: p.Start() - 1e6, End: p.End() + 1e6}, func(day int, seconds int64) { cut[day] += seconds / 60 })
		if !slices.Equal(cut, seen) {
			t.Errorf("%s: days of %v minutes, want %v", c.zone, cut, seen)
		}
		if p.Day(p.Start()-1) != -1 || p.Day(p.End()) != -1 || p.Day(p.End()-1) != p.Days()-1 {
			t.Errorf("%s: the ends are not half-open", c.zone)
		}
	}
}

func TestLongAndShortDays(t *testing.T) {
	for text, want := range map[string]int64{"2026-03-08": 23, "2026-11-01": 25, "2026-07-01": 24} {
		d := date(t, text)
		p := NewPeriod(zone(t, "America/New_York"), d, d)
		if hours := (p.End() - p.Start()) / 3600; hours != want {
			t.Errorf("%s has %d hours, want %d", text, hours, want)
		}
	}
}

func TestThePeriodBefore(t *testing.T) {
	p := NewPeriod(zone(t, "Europe/Lisbon"), date(t, "2026-03-25"), date(t, "2026-03-31"))
	b := p.Before()
	if b.End() != p.Start() || b.Days() != p.Days() || b.Date(0).String() != "2026-03-18" {
		t.Errorf("before is %s, %d days", b.Date(0), b.Days())
	}
}

// TestOpenMinutesAreThoseOnTheClock compares the open time of each day with a walk
// over its minutes: a window opens at the first minute whose wall clock has reached
// its start, and closes at the first that has reached its end.
func TestOpenMinutesAreThoseOnTheClock(t *testing.T) {
	random := rand.New(rand.NewPCG(16, 3))
	for _, c := range around {
		for round := range 6 {
			z := zone(t, c.zone)
			elsewhere := z
			if round%3 == 2 {
				elsewhere = zone(t, "Asia/Kolkata") // the agenda is not where the company is
			}
			p := NewPeriod(z, date(t, c.first), date(t, c.last))
			hours := slots.Hours{Zone: elsewhere, Overrides: map[slots.Date][]slots.Window{}}
			for weekday := range hours.Weekly {
				start := random.IntN(slots.MinutesPerDay)
				hours.Weekly[weekday] = []slots.Window{{Start: start, End: start + 1 + random.IntN(slots.MinutesPerDay)}}
			}
			if round == 0 {
				for weekday := range hours.Weekly {
					hours.Weekly[weekday] = []slots.Window{{Start: 0, End: slots.MinutesPerDay}} // a whole day, of 23 to 25 hours
				}
			}
			closed := p.Date(1 + round%3)
			if round%2 == 1 {
				hours.Overrides[closed] = nil
			}

			// what is blocked may overlap, reach over days and lie outside the hours
			var blocked []slots.Interval
			for range round {
				start := p.Start() + 60*int64(random.IntN(p.Days()*slots.MinutesPerDay)) - 7200
				blocked = append(blocked, slots.Interval{Start: start, End: start + 60*int64(1+random.IntN(2000))})
			}
			slices.SortFunc(blocked, func(a, b slots.Interval) int { return cmp.Compare(a.Start, b.Start) })
			free := func(at int64) bool {
				return !slices.ContainsFunc(blocked, func(x slots.Interval) bool { return x.Start <= at && at < x.End })
			}

			want := make([]int64, p.Days())
			open := walkOpen(hours, p)
			for at := p.Start(); at < p.End(); at += 60 {
				if open[at] && free(at) {
					want[p.Day(at)] += 60
				}
			}
			if got := openOn(hours, blocked, p); !slices.Equal(got, want) {
				t.Errorf("%s, round %d: open %v, want %v", c.zone, round, got, want)
			}
		}
	}
}

// walkOpen is the oracle: the minutes in which some window is open.
func walkOpen(hours slots.Hours, p Period) map[int64]bool {
	open := map[int64]bool{}
	first, last := p.Dates()
	from, to := p.Start()-5*86_400, p.End()+5*86_400
	reached := func(d slots.Date, minute int) int64 {
		d, minute = d+slots.Date(minute/slots.MinutesPerDay), minute%slots.MinutesPerDay
		for at := from; at < to; at += 60 {
			local := time.Unix(at, 0).In(hours.Zone)
			if on := slots.DateOf(local); on > d || on == d && local.Hour()*60+local.Minute() >= minute {
				return at
			}
		}

		return to
	}
	for d := first - 2; d <= last+2; d++ {
		windows, overridden := hours.Overrides[d]
		if !overridden {
			windows = hours.Weekly[d.Weekday()]
		}
		for _, w := range windows {
			if _, next := hours.Overrides[d+1]; next {
				w.End = min(w.End, slots.MinutesPerDay) // what replaces a day keeps out the night before it
			}
			end := reached(d, w.End)
			for at := reached(d, w.Start); at < end; at += 60 {
				open[at] = true
			}
		}
	}

	return open
}
