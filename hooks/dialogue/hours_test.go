package dialogue

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

func TestNextOpening(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	var h hours
	err = json.Unmarshal([]byte(`{"weekly":[{"weekday":1,"start":540,"end":720},{"weekday":1,"start":780,"end":1080},{"weekday":5,"start":1200,"end":1560},
		{"weekday":0,"start":150,"end":600}],"closed":["2027-03-15"]}`), &h)
	if err != nil {
		t.Fatal(err)
	}
	at := func(month, day, hour, minute int) time.Time {
		return time.Date(2027, time.Month(month), day, hour, minute, 0, 0, zone)
	}
	tests := []struct {
		name string
		now  time.Time
		back time.Time
		open bool
	}{
		{"open", at(3, 8, 9, 0), time.Time{}, true},
		{"lunch", at(3, 8, 12, 0), at(3, 8, 13, 0), false},
		{"before", at(3, 8, 8, 59), at(3, 8, 9, 0), false},
		{"after, next is Friday night", at(3, 8, 18, 0), at(3, 12, 20, 0), false},
		{"past midnight of Friday", at(3, 13, 1, 59), time.Time{}, true},
		{"opens in the hour the clocks skip", at(3, 13, 2, 0), at(3, 14, 3, 0), false},
		{"a closed date is passed over", at(3, 14, 11, 0), at(3, 19, 20, 0), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			back, open := h.next(test.now)
			if !back.Equal(test.back) || open != test.open {
				t.Errorf("got %v %v, want %v %v", back, open, test.back, test.open)
			}
		})
	}
	if back, open := (hours{}).next(at(3, 8, 3, 0)); !open || !back.IsZero() {
		t.Error("a desk without hours is always open")
	}
	never := hours{Weekly: []Opening{{Weekday: 1, Start: 540, End: 540}}}
	if back, open := never.next(at(3, 8, 9, 0)); open || !back.IsZero() {
		t.Error("an empty window opens nothing")
	}
}

func TestUnion(t *testing.T) {
	got := union([]Opening{{1, 780, 1080}, {1, 540, 720}, {1, 700, 780}, {2, 540, 600}, {2, 610, 620}})
	want := []Opening{{1, 540, 1080}, {2, 540, 600}, {2, 610, 620}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
