package slots

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"
)

// The oracle knows no interval arithmetic and no zone table: it walks the
// minutes one by one and asks the standard library for the wall clock of each.

// oracle answers one question by brute force.
type oracle struct {
	q        Question
	instants map[[2]int]int64
}

func newOracle(q Question) *oracle { return &oracle{q: q, instants: map[[2]int]int64{}} }

// wall is the local wall clock at t, in minutes since 1970-01-01 00:00.
func wall(zone *time.Location, t int64) int {
	_, offset := time.Unix(t, 0).In(zone).Zone()

	return int(floorDiv(t+int64(offset), minute))
}

// instant searches linearly for the earliest minute whose wall clock is late enough.
func (o *oracle) instant(d Date, minutes int) int64 {
	key := [2]int{int(d), minutes}
	if t, ok := o.instants[key]; ok {
		return t
	}

	want := int(d)*MinutesPerDay + minutes
	t := int64(want)*minute - 27*60*minute
	for wall(o.q.Hours.Zone, t) < want {
		t += minute
	}
	o.instants[key] = t

	return t
}

func (o *oracle) windows(d Date) []Window {
	if w, ok := o.q.Hours.Overrides[d]; ok {
		return w
	}

	return o.q.Hours.Weekly[d.Weekday()]
}

func (o *oracle) date(t int64) Date {
	return Date(floorDiv(int64(wall(o.q.Hours.Zone, t)), MinutesPerDay))
}

// open reports whether the minute that starts at t is inside opening hours.
func (o *oracle) open(t int64) bool {
	today := o.date(t)
	for d := today - 2; d <= today+2; d++ {
		_, spillStops := o.q.Hours.Overrides[d+1]
		for _, w := range o.windows(d) {
			end := w.End
			if spillStops && end > MinutesPerDay {
				end = MinutesPerDay
			}
			if o.instant(d, w.Start) <= t && t < o.instant(d, end) {
				return true
			}
		}
	}

	return false
}

func (o *oracle) busy(t int64) bool {
	return slices.ContainsFunc(o.q.Busy, func(b Interval) bool { return b.Start <= t && t < b.End })
}

// grid is every instant at which some window has a step.
func (o *oracle) grid() map[int64]bool {
	grid := map[int64]bool{}
	for d := o.date(o.q.From) - 2; d <= o.date(o.q.To)+2; d++ {
		for _, w := range o.windows(d) {
			for m := w.Start; m < w.End; m++ {
				step := (m-w.Start)%o.q.Service.Step == 0
				if o.q.Service.Grid == GridClock {
					step = (m%MinutesPerDay)%o.q.Service.Step == 0
				}
				if step {
					grid[o.instant(d, m)] = true
				}
			}
		}
	}

	return grid
}

func (o *oracle) bookable(t int64) bool {
	s := o.q.Service
	if t < o.q.Now+int64(s.MinNotice)*minute {
		return false
	}
	if s.HorizonDays >= 0 && t >= o.instant(o.date(o.q.Now)+Date(s.HorizonDays)+1, 0) {
		return false
	}

	end := t + int64(s.Duration)*minute
	blockedStart, blockedEnd := t-int64(s.BufferBefore)*minute, end+int64(s.BufferAfter)*minute
	for m := blockedStart; m < blockedEnd; m += minute {
		mustBeOpen := s.BufferInsideHours || (t <= m && m < end)
		if o.busy(m) || mustBeOpen && !o.open(m) {
			return false
		}
	}

	if s.MaxPerDay > 0 {
		count := 0
		for _, start := range o.q.Starts {
			if o.date(start) == o.date(t) {
				count++
			}
		}
		if count >= s.MaxPerDay {
			return false
		}
	}

	return true
}

// list tries every minute of the range.
func (o *oracle) list() []int64 {
	var starts []int64
	grid := o.grid()
	for t := o.q.From; t < o.q.To; t += minute {
		if grid[t] && o.bookable(t) {
			starts = append(starts, t)
		}
	}

	return starts
}

// moment is a zone and a date at which something odd happens, or nothing.
type moment struct{ zone, date string }

var moments = []moment{
	{"America/New_York", "2025-03-09"}, {"America/New_York", "2025-11-02"},
	{"Europe/London", "2023-03-26"}, {"Europe/London", "2023-10-29"},
	{"America/Sao_Paulo", "2018-11-04"}, {"America/Sao_Paulo", "2019-02-17"},
	{"America/Santiago", "2025-09-07"}, {"America/Santiago", "2025-04-06"},
	{"Africa/Cairo", "2024-04-26"}, {"Africa/Cairo", "2024-11-01"},
	{"Asia/Beirut", "2024-03-31"}, {"Asia/Beirut", "2024-10-27"},
	{"Australia/Lord_Howe", "2025-10-05"}, {"Australia/Lord_Howe", "2025-04-06"},
	{"Pacific/Apia", "2011-12-30"}, {"Pacific/Kwajalein", "1993-08-21"},
	{"Antarctica/Troll", "2024-03-31"}, {"Antarctica/Troll", "2024-10-27"},
	{"America/Havana", "2025-03-09"}, {"Africa/Casablanca", "2025-02-23"},
	{"Asia/Kolkata", "2025-06-01"}, {"Asia/Kathmandu", "2025-06-01"},
	{"Etc/GMT+5", "2025-06-01"}, {"Pacific/Kiritimati", "2025-06-01"},
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}

	return z
}

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}

	return d
}

func randomWindows(r *rand.Rand) []Window {
	windows := make([]Window, 0, 3)
	for range r.IntN(4) {
		start := r.IntN(MinutesPerDay/5) * 5
		windows = append(windows, Window{start, start + 5 + r.IntN(MinutesPerDay/5)*5})
	}
	if r.IntN(4) == 0 {
		windows = append(windows, Window{0, MinutesPerDay})
	}

	return windows
}

func randomBusy(r *rand.Rand, from, to int64) Interval {
	start := from + r.Int64N((to-from)/minute)*minute

	return Interval{start, start + r.Int64N(150)*minute}
}

// randomQuestion is a question of about two days around the moment.
func randomQuestion(t testing.TB, r *rand.Rand, m moment) Question {
	d, z := date(t, m.date), zone(t, m.zone)
	from := int64(d)*day + r.Int64N(48*60)*minute - 24*60*minute
	q := Question{
		Hours:    Hours{Zone: z, Overrides: map[Date][]Window{}},
		Resource: "a1",
		From:     from, To: from + (1+r.Int64N(40*60))*minute,
		Service: Service{
			Duration:     []int{5, 15, 30, 45, 60, 90, 240, 1560}[r.IntN(8)],
			Step:         []int{5, 15, 20, 30, 60, 90}[r.IntN(6)],
			BufferBefore: r.IntN(3) * 10, BufferAfter: r.IntN(3) * 10,
			BufferInsideHours: r.IntN(5) == 0,
			MinNotice:         r.IntN(3) * 60,
			HorizonDays:       r.IntN(5) - 1,
			Grid:              Grid(r.IntN(6) / 5),
		},
	}
	q.Now = q.From - 24*60*minute + r.Int64N(2*24*60*60)
	for w := range q.Hours.Weekly {
		q.Hours.Weekly[w] = randomWindows(r)
	}
	for range r.IntN(3) {
		q.Hours.Overrides[d+Date(r.IntN(5)-2)] = randomWindows(r)
	}
	for range r.IntN(7) {
		q.Busy = append(q.Busy, randomBusy(r, q.From-120*minute, q.To+240*minute))
	}
	if r.IntN(3) == 0 {
		q.Service.MaxPerDay = 1 + r.IntN(3)
		for range r.IntN(5) {
			q.Starts = append(q.Starts, q.From+r.Int64N(q.To-q.From))
		}
	}

	return q
}

// eachQuestion runs check on n random questions of every moment; each has its
// own fixed seed, so that a failure names what repeats it.
func eachQuestion(t *testing.T, n int, check func(t *testing.T, r *rand.Rand, q Question)) {
	t.Helper()
	for i, m := range moments {
		for seed := range n {
			r := rand.New(rand.NewPCG(uint64(i), uint64(seed)))
			q := randomQuestion(t, r, m)
			t.Run(fmt.Sprintf("%s/%s/%d", m.zone, m.date, seed), func(t *testing.T) { check(t, r, q) })
		}
	}
}

func starts(list []Slot) []int64 {
	var out []int64
	for _, s := range list {
		out = append(out, s.Start)
	}

	return out
}

// TestInstantEqualsLinearSearch compares the zone table with a minute scan.
func TestInstantEqualsLinearSearch(t *testing.T) {
	for i, m := range moments {
		r := rand.New(rand.NewPCG(7, uint64(i)))
		z, d := zone(t, m.zone), date(t, m.date)
		o := newOracle(Question{Hours: Hours{Zone: z}})

		last := Instant(z, d-2, 0)
		for minutes := -2 * MinutesPerDay; minutes <= 2*MinutesPerDay; minutes += 1 + r.IntN(40) {
			got := Instant(z, d, minutes)
			if want := o.instant(d, minutes); got != want {
				t.Fatalf("%s %s minute %d: got %d, the scan says %d", m.zone, m.date, minutes, got, want)
			}
			if got < last {
				t.Fatalf("%s %s minute %d: not monotone", m.zone, m.date, minutes)
			}
			last = got
		}
	}
}

// TestListEqualsOracle is soundness and completeness at once (I1, I2).
func TestListEqualsOracle(t *testing.T) {
	found := 0
	eachQuestion(t, 12, func(t *testing.T, _ *rand.Rand, q Question) {
		got, want := starts(List(q)), newOracle(q).list()
		if !slices.Equal(got, want) {
			t.Fatalf("got %v\nwant %v\nquestion %+v", got, want, q)
		}
		found += len(got)
	})
	if found < 500 {
		t.Fatalf("only %d slots in all: the questions prove nothing", found)
	}
}
