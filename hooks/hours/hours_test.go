package hours

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	location, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}

	return location
}

// Parity: WT-queues.
func TestAt(t *testing.T) {
	newYork := zone(t, "America/New_York")
	h := Parse(`{"weekly":[{"weekday":1,"start":540,"end":720},{"weekday":1,"start":780,"end":1080},{"weekday":5,"start":1200,"end":1560},
		{"weekday":0,"start":150,"end":600}],"closed":["2027-03-15"]}`)
	at := func(month, day, hour, minute int) time.Time {
		return time.Date(2027, time.Month(month), day, hour, minute, 0, 0, newYork)
	}
	tests := []struct {
		name  string
		now   time.Time
		open  bool
		until time.Time
	}{
		{"open", at(3, 8, 9, 0), true, at(3, 8, 12, 0)},
		{"lunch", at(3, 8, 12, 0), false, at(3, 8, 13, 0)},
		{"before", at(3, 8, 8, 59), false, at(3, 8, 9, 0)},
		{"after, next is Friday night", at(3, 8, 18, 0), false, at(3, 12, 20, 0)},
		{"past midnight of Friday", at(3, 13, 1, 59), true, at(3, 13, 2, 0)},
		{"opens in the hour the clocks skip", at(3, 13, 2, 0), false, at(3, 14, 3, 0)},
		{"a closed date is passed over", at(3, 14, 11, 0), false, at(3, 19, 20, 0)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			open, until := h.At(test.now)
			if !until.Equal(test.until) || open != test.open {
				t.Errorf("got %v %v, want %v %v", open, until, test.open, test.until)
			}
		})
	}
	if open, until := (Hours{}).At(at(3, 8, 3, 0)); !open || !until.IsZero() {
		t.Error("a desk without hours is always open")
	}
	never := Hours{Weekly: []Window{{Weekday: 1, Start: 540, End: 540}}}
	if open, until := never.At(at(3, 8, 9, 0)); open || !until.IsZero() {
		t.Error("an empty window opens nothing")
	}
	holiday := Hours{Closed: []string{"2027-03-08"}}
	if open, until := holiday.At(at(3, 8, 9, 0)); open || !until.Equal(at(3, 9, 0, 0)) {
		t.Errorf("always open but on a holiday: got %v %v", open, until)
	}
	if open, until := holiday.At(at(3, 5, 9, 0)); !open || !until.Equal(at(3, 8, 0, 0)) {
		t.Errorf("before the holiday: got %v %v", open, until)
	}
	if open, until := Parse("broken").At(at(3, 8, 9, 0)); !open || !until.IsZero() {
		t.Error("unreadable hours are none")
	}
}

// An hour that comes twice opens at its first coming, and lasts through both.
func TestAtWhereAnHourComesTwice(t *testing.T) {
	newYork := zone(t, "America/New_York")
	h := Hours{Weekly: []Window{{Weekday: 0, Start: 90, End: 150}}} // 1:30 to 2:30
	first := time.Date(2027, 11, 7, 5, 30, 0, 0, time.UTC)          // 1:30 before the clocks go back
	end := first.Add(2 * time.Hour)
	for _, test := range []struct {
		now   time.Time
		open  bool
		until time.Time
	}{
		{first.Add(-time.Hour), false, first},
		{first, true, end},
		{first.Add(45 * time.Minute), true, end}, // 1:15 again
		{first.Add(time.Hour), true, end},        // 1:30 again
		{end, false, first.AddDate(0, 0, 7).Add(time.Hour)},
	} {
		if open, until := h.At(test.now.In(newYork)); open != test.open || !until.Equal(test.until) {
			t.Errorf("at %v: %v until %v, want %v until %v", test.now.In(newYork), open, until.In(newYork), test.open, test.until.In(newYork))
		}
	}
}

func TestOfQueue(t *testing.T) {
	company := Hours{Weekly: []Window{{1, 540, 1080}}, Closed: []string{"2027-12-25"}}
	own := Hours{Weekly: []Window{{2, 600, 660}}, Closed: []string{"2027-01-02"}}
	if got := OfQueue(company, own); !slices.Equal(got.Weekly, own.Weekly) || !slices.Equal(got.Closed, []string{"2027-12-25", "2027-01-02"}) {
		t.Errorf("got %v", got)
	}
	if got := OfQueue(company, Hours{Closed: []string{"2027-01-02"}}); !slices.Equal(got.Weekly, company.Weekly) || len(got.Closed) != 2 {
		t.Errorf("without hours of its own: got %v", got)
	}
}

// TestAtAgreesWithTheClock compares At, for random weeks, with a look at any
// moment before and at the change it names.
func TestAtAgreesWithTheClock(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"America/Sao_Paulo", "Europe/Lisbon", "Asia/Kathmandu", "Australia/Lord_Howe"} {
		location := zone(t, name)
		for range 5 {
			var h Hours
			for range 1 + random.IntN(6) {
				start := random.IntN(96) * 15
				h.Weekly = append(h.Weekly, Window{time.Weekday(random.IntN(7)), start, start + 15 + random.IntN(90)*15})
			}
			from := time.Date(2027, 3, 24, 0, 0, 0, 0, location) // a change of the clocks is near
			h.Closed = []string{from.AddDate(0, 0, random.IntN(5)).Format(time.DateOnly)}

			for step := range 24 * 4 {
				now := from.Add(time.Duration(step) * time.Hour)
				open, until := h.At(now)
				if until.IsZero() {
					continue
				}
				between := now.Add(time.Duration(random.Int64N(int64(until.Sub(now)))))
				if again, same := h.At(between); again != open || !same.Equal(until) {
					t.Fatalf("%s %v: %v at %v should last until %v, but not at %v", name, h, open, now, until, between)
				}
				if again, _ := h.At(until); again == open {
					t.Fatalf("%s %v: nothing changes at %v", name, h, until)
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"weekly":[{"weekday":9,"start":-5,"end":99999}],"closed":["x"]}`)
	now := time.Date(2027, 3, 8, 9, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, raw string) {
		if open, until := Parse(raw).At(now); !until.IsZero() && !until.After(now) {
			t.Errorf("%v until %v is not after now", open, until)
		}
	})
}

func TestUnion(t *testing.T) {
	got := Union([]Window{{1, 780, 1080}, {1, 540, 720}, {1, 700, 780}, {2, 540, 600}, {2, 610, 620}})
	want := []Window{{1, 540, 1080}, {2, 540, 600}, {2, 610, 620}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
