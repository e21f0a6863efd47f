package slots

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// at reads "2025-03-09 10:30" as an instant of the zone.
func at(t testing.TB, z *time.Location, s string) int64 {
	t.Helper()
	parsed, err := time.ParseInLocation("2006-01-02 15:04:05", s+":00"[:max(0, 19-len(s))], z)
	if err != nil {
		t.Fatal(err)
	}

	return parsed.Unix()
}

func daily(windows ...Window) [7][]Window {
	return [7][]Window{windows, windows, windows, windows, windows, windows, windows}
}

func hm(h, m int) int { return h*60 + m }

// concrete is one row of the specification's table of cases.
type concrete struct {
	name     string
	zone     string
	from, to string // dates; the range is from 00:00 to 00:00
	weekly   [7][]Window
	closed   []string
	service  Service
	busy     [][2]string
	now      string
	label    string // layout of the expected labels; day and time by default
	want     string // labels, separated by blanks
}

const around = "02T15:04"

func cases() []concrete {
	full := daily(Window{0, MinutesPerDay})
	hour := Service{Duration: 60, Step: 60, HorizonDays: NoHorizon}
	fridayNight := [7][]Window{5: {{hm(22, 0), hm(26, 0)}}}
	londonNights := [7][]Window{
		1: {{hm(23, 0), hm(24, 0)}},
		2: {{0, 30}, {hm(23, 0), hm(24, 0)}},
		3: {{0, 30}, {hm(23, 0), hm(24, 0)}},
		4: {{0, 30}, {hm(23, 0), hm(24, 0)}},
		5: {{0, 30}, {hm(23, 0), hm(24, 0)}},
		6: {{0, 30}},
	}

	return []concrete{
		{name: "1 spring day has 23 hours", zone: "America/New_York", from: "2025-03-09", to: "2025-03-10", weekly: full, service: hour, label: "15:04",
			want: "00:00 01:00 03:00 04:00 05:00 06:00 07:00 08:00 09:00 10:00 11:00 12:00 13:00 14:00 15:00 16:00 17:00 18:00 19:00 20:00 21:00 22:00 23:00"},
		{name: "2 autumn day has 24 starts in 25 hours", zone: "America/New_York", from: "2025-11-02", to: "2025-11-03", weekly: full, service: hour, label: "15:04-07",
			want: "00:00-04 01:00-04 02:00-05 03:00-05 04:00-05 05:00-05 06:00-05 07:00-05 08:00-05 09:00-05 10:00-05 11:00-05 12:00-05 13:00-05 14:00-05 15:00-05 16:00-05 17:00-05 18:00-05 19:00-05 20:00-05 21:00-05 22:00-05 23:00-05"},
		{name: "3 a window inside the gap is empty", zone: "America/New_York", from: "2025-03-09", to: "2025-03-10",
			weekly: daily(Window{hm(2, 0), hm(2, 45)}), service: Service{Duration: 30, Step: 15, HorizonDays: NoHorizon}},
		{name: "4 a window that leaves the gap", zone: "America/New_York", from: "2025-03-09", to: "2025-03-10",
			weekly: daily(Window{hm(2, 30), hm(3, 30)}), service: Service{Duration: 30, Step: 30, HorizonDays: NoHorizon}, label: "15:04-07", want: "03:00-04"},
		{name: "8 windows merge across midnight", zone: "Europe/London", from: "2023-06-13", to: "2023-06-15",
			weekly: londonNights, service: Service{Duration: 90, Step: 60, HorizonDays: NoHorizon}, want: "13T23:00 14T23:00"},
		{name: "9 a midnight that does not exist", zone: "America/Santiago", from: "2025-09-07", to: "2025-09-08",
			weekly: daily(Window{0, hm(2, 0)}), service: hour, label: "15:04-07", want: "01:00-03"},
		{name: "11 a skipped day", zone: "Pacific/Apia", from: "2011-12-29", to: "2012-01-01",
			weekly: daily(Window{hm(9, 0), hm(17, 0)}), service: Service{Duration: 240, Step: 240, HorizonDays: NoHorizon}, label: "02T15:04-07",
			want: "29T09:00-10 29T13:00-10 31T09:00+14 31T13:00+14"},
		{name: "14 buffers of the old and of the new", zone: "UTC", from: "2025-06-02", to: "2025-06-03",
			weekly: daily(Window{hm(9, 0), hm(12, 0)}), service: Service{Duration: 30, Step: 30, BufferAfter: 10, HorizonDays: NoHorizon},
			busy: [][2]string{{"2025-06-02 10:00", "2025-06-02 10:40"}}, label: "15:04", want: "09:00 11:00 11:30"},
		{name: "15 touching is fine", zone: "UTC", from: "2025-06-02", to: "2025-06-03",
			weekly: daily(Window{hm(8, 0), hm(12, 0)}), service: hour,
			busy: [][2]string{{"2025-06-02 09:00", "2025-06-02 10:00"}}, label: "15:04", want: "08:00 10:00 11:00"},
		{name: "18 a closed Saturday stops Friday's spill", zone: "UTC", from: "2025-06-06", to: "2025-06-08",
			weekly: fridayNight, closed: []string{"2025-06-07"}, service: hour, want: "06T22:00 06T23:00"},
		{name: "18 without it the night goes on", zone: "UTC", from: "2025-06-06", to: "2025-06-08",
			weekly: fridayNight, service: hour, want: "06T22:00 06T23:00 07T00:00 07T01:00"},
		{name: "19 now is not rounded", zone: "UTC", from: "2025-06-02", to: "2025-06-03", weekly: full,
			service: Service{Duration: 60, Step: 60}, now: "2025-06-02 11:59:59", label: "15:04",
			want: "12:00 13:00 14:00 15:00 16:00 17:00 18:00 19:00 20:00 21:00 22:00 23:00"},
		{name: "21 window grid", zone: "Asia/Kolkata", from: "2025-06-02", to: "2025-06-03",
			weekly: daily(Window{hm(7, 30), hm(9, 30)}), service: hour, label: "15:04", want: "07:30 08:30"},
		{name: "21 clock grid", zone: "Asia/Kolkata", from: "2025-06-02", to: "2025-06-03",
			weekly: daily(Window{hm(7, 30), hm(9, 30)}), service: Service{Duration: 60, Step: 60, HorizonDays: NoHorizon, Grid: GridClock}, label: "15:04", want: "08:00"},
		{name: "22 odd minutes", zone: "UTC", from: "2025-06-02", to: "2025-06-03",
			weekly: daily(Window{hm(7, 22), hm(8, 0)}), service: Service{Duration: 8, Step: 8, HorizonDays: NoHorizon}, label: "15:04", want: "07:22 07:30 07:38 07:46"},
		{name: "26 longer than a day", zone: "UTC", from: "2025-06-02", to: "2025-06-03", weekly: full,
			service: Service{Duration: 26 * 60, Step: 12 * 60, HorizonDays: NoHorizon}, label: "15:04", want: "00:00 12:00"},
		{name: "pack offers the end of what is booked", zone: "UTC", from: "2025-06-02", to: "2025-06-03",
			weekly: daily(Window{hm(8, 0), hm(10, 0)}), service: Service{Duration: 30, Step: 60, HorizonDays: NoHorizon, Pack: true},
			busy: [][2]string{{"2025-06-02 08:00", "2025-06-02 08:20"}}, label: "15:04", want: "08:20 09:00"},
		{name: "horizon 0 is today", zone: "America/Sao_Paulo", from: "2025-06-02", to: "2025-06-05",
			weekly: daily(Window{hm(9, 0), hm(10, 0)}), service: Service{Duration: 60, Step: 60}, now: "2025-06-02 08:00", want: "02T09:00"},
	}
}

func (c concrete) question(t *testing.T) Question {
	z := zone(t, c.zone)
	q := Question{Hours: Hours{Zone: z, Weekly: c.weekly, Overrides: map[Date][]Window{}}, Service: c.service, Resource: "a1"}
	q.From, q.To = Instant(z, date(t, c.from), 0), Instant(z, date(t, c.to), 0)
	q.Now = q.From
	if c.now != "" {
		q.Now = at(t, z, c.now)
	}
	for _, d := range c.closed {
		q.Hours.Overrides[date(t, d)] = nil
	}
	for _, b := range c.busy {
		q.Busy = append(q.Busy, Interval{at(t, z, b[0]), at(t, z, b[1])})
	}

	return q
}

func TestConcreteCases(t *testing.T) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			q := c.question(t)
			layout := c.label
			if layout == "" {
				layout = around
			}
			var got []string
			for _, s := range List(q) {
				got = append(got, time.Unix(s.Start, 0).In(q.Hours.Zone).Format(layout))
			}
			if strings.Join(got, " ") != c.want {
				t.Fatalf("got  %v\nwant %s", got, c.want)
			}
		})
	}
}

// TestRescheduleFreesItsOwnTime is case 30: moving 10:00 to 10:30 is judged
// without the appointment's own interval.
func TestRescheduleFreesItsOwnTime(t *testing.T) {
	q := Question{
		Hours:   Hours{Zone: time.UTC, Weekly: daily(Window{hm(9, 0), hm(12, 0)})},
		Service: Service{Duration: 60, Step: 30, HorizonDays: NoHorizon},
		From:    at(t, time.UTC, "2025-06-02 00:00"), To: at(t, time.UTC, "2025-06-03 00:00"),
	}
	own := Interval{at(t, time.UTC, "2025-06-02 10:00"), at(t, time.UTC, "2025-06-02 11:00")}
	half := at(t, time.UTC, "2025-06-02 10:30")

	q.Busy = []Interval{own}
	if v := Bookable(q, half); v.Rule != Busy || v.Blocker != own {
		t.Fatalf("beside itself: %+v", v)
	}
	q.Busy = nil
	if v := Bookable(q, half); v.Rule != Free {
		t.Fatalf("without itself: %+v", v)
	}
}

func TestExplainNamesTheRule(t *testing.T) {
	z := time.UTC
	q := Question{
		Hours:   Hours{Zone: z, Weekly: daily(Window{hm(9, 0), hm(12, 0)})},
		Service: Service{Duration: 60, Step: 60, MinNotice: 60, HorizonDays: 1, MaxPerDay: 1},
		Busy:    []Interval{{at(t, z, "2025-06-02 11:00"), at(t, z, "2025-06-02 11:10")}},
		Starts:  []int64{at(t, z, "2025-06-03 09:00")},
		From:    at(t, z, "2025-06-02 00:00"), To: at(t, z, "2025-06-05 00:00"),
		Now: at(t, z, "2025-06-02 08:30"),
	}
	var got []string
	for _, v := range Explain(q) {
		got = append(got, v.Rule.String())
	}
	want := []string{"notice", "free", "busy", "day_full", "day_full", "day_full", "horizon", "horizon", "horizon"}
	if !slices.Equal(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}

	q.Service.Duration = 90
	if v := Bookable(q, at(t, z, "2025-06-02 11:00")); v.Rule != Closed {
		t.Fatalf("past closing time: %s", v.Rule)
	}
	if v := Bookable(q, at(t, z, "2025-06-02 10:10")); v.Rule != OffGrid {
		t.Fatalf("off the grid: %s", v.Rule)
	}
	if v := Bookable(q, q.To); v.Rule != OffRange {
		t.Fatalf("off the range: %s", v.Rule)
	}
}

// TestCandidatesIgnoreWhatIsBooked: the grid is the windows' alone.
func TestCandidatesIgnoreWhatIsBooked(t *testing.T) {
	for _, c := range cases() {
		q := c.question(t)
		if q.Service.Pack {
			continue
		}
		busy := q
		busy.Busy = append(busy.Busy, Interval{q.From + 17*minute, q.From + 7777*minute})
		if !slices.Equal(Candidates(q), Candidates(busy)) {
			t.Fatalf("%s: the grid moved", c.name)
		}
	}
}

func TestNonsenseHasNoSlots(t *testing.T) {
	good := Question{
		Hours:   Hours{Zone: time.UTC, Weekly: daily(Window{0, MinutesPerDay})},
		Service: Service{Duration: 30, Step: 30, HorizonDays: NoHorizon},
		From:    0, To: day,
	}
	if len(List(good)) != 48 {
		t.Fatal("the sane question must have an answer")
	}
	for name, spoil := range map[string]func(*Question){
		"no duration":   func(q *Question) { q.Service.Duration = 0 },
		"no step":       func(q *Question) { q.Service.Step = 0 },
		"empty range":   func(q *Question) { q.To = q.From },
		"late window":   func(q *Question) { q.Hours.Weekly = daily(Window{MinutesPerDay, MinutesPerDay + 60}) },
		"long window":   func(q *Question) { q.Hours.Weekly = daily(Window{0, MinutesPerDay + 1}) },
		"zero window":   func(q *Question) { q.Hours.Weekly = daily(Window{60, 60}) },
		"before it all": func(q *Question) { q.Hours.Weekly = daily(Window{-60, 60}) },
	} {
		q := good
		spoil(&q)
		if list := List(q); len(list) != 0 {
			t.Errorf("%s: %d slots", name, len(list))
		}
	}
}

func TestDates(t *testing.T) {
	for s, weekday := range map[string]time.Weekday{"1970-01-01": time.Thursday, "1969-12-31": time.Wednesday, "1900-02-28": time.Wednesday, "2026-11-21": time.Saturday} {
		d := date(t, s)
		if d.String() != s || d.Weekday() != weekday {
			t.Errorf("%s reads back as %s, a %s", s, d, d.Weekday())
		}
	}
	for _, s := range []string{"", "2025-02-30", "2025-2-3", "yesterday"} {
		if _, err := ParseDate(s); err == nil {
			t.Errorf("%q passes for a date", s)
		}
	}
	tokyo := zone(t, "Asia/Tokyo")
	if d := DateOf(time.Date(2025, 6, 1, 23, 0, 0, 0, time.UTC).In(tokyo)); d.String() != "2025-06-02" {
		t.Errorf("Tokyo is at %s", d)
	}
}

func TestNextOpen(t *testing.T) {
	z := zone(t, "America/Sao_Paulo")
	weekdays := [7][]Window{}
	for w := time.Monday; w <= time.Friday; w++ {
		weekdays[w] = []Window{{hm(9, 0), hm(12, 0)}, {hm(13, 0), hm(18, 0)}}
	}
	holiday := []Date{date(t, "2025-06-09")}

	for _, c := range []struct {
		name, now, want string
		closed          []Date
	}{
		{"open now", "2025-06-02 09:30", "2025-06-02 09:30", nil},
		{"lunch", "2025-06-02 12:00", "2025-06-02 13:00", nil},
		{"evening", "2025-06-02 18:00", "2025-06-03 09:00", nil},
		{"weekend", "2025-06-06 18:00", "2025-06-09 09:00", nil},
		{"long weekend", "2025-06-06 18:00", "2025-06-10 09:00", holiday},
	} {
		got, ok := NextOpen(weekdays, c.closed, z, time.Unix(at(t, z, c.now), 0))
		if !ok || got.Format("2006-01-02 15:04") != c.want {
			t.Errorf("%s: %s %v, want %s", c.name, got, ok, c.want)
		}
	}

	if _, ok := NextOpen([7][]Window{}, nil, z, time.Unix(0, 0)); ok {
		t.Error("a desk without hours opens")
	}

	// Closed for three months: the answer is beyond the first fortnights.
	var summer []Date
	for d := date(t, "2025-06-01"); d < date(t, "2025-09-01"); d++ {
		summer = append(summer, d)
	}
	if got, ok := NextOpen(weekdays, summer, z, time.Unix(at(t, z, "2025-06-01 12:00"), 0)); !ok || got.Format("2006-01-02 15:04") != "2025-09-01 09:00" {
		t.Errorf("after the summer: %s %v", got, ok)
	}
}

// BenchmarkList31Days is one agenda of ten hours a day on a quarter-hour grid
// with 400 appointments in 31 days.
func BenchmarkList31Days(b *testing.B) {
	z := zone(b, "America/Sao_Paulo")
	first := date(b, "2025-06-01")
	q := Question{
		Hours:   Hours{Zone: z, Weekly: daily(Window{hm(8, 0), hm(18, 0)})},
		Service: Service{Duration: 30, Step: 15, HorizonDays: 60},
		From:    Instant(z, first, 0), To: Instant(z, first+31, 0), Now: Instant(z, first, 0),
	}
	for i := range 400 {
		start := Instant(z, first+Date(i%31), hm(8, 0)+i/31*45)
		q.Busy = append(q.Busy, Interval{start, start + 30*minute})
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(List(q)) == 0 {
			b.Fatal("no slots")
		}
	}
}

// Where a zone's table ends and its rule goes on, the last day of a leap year is
// a day like any other.
func TestTheLastDayOfALeapYear(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for day := 30; day <= 32; day++ {
		want := time.Date(2040, 12, day, 9, 0, 0, 0, zone)
		if got := Instant(zone, DateOf(want), 9*60); got != want.Unix() {
			t.Errorf("%v, want %v", time.Unix(got, 0).In(zone), want)
		}
	}
}
