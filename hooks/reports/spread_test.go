package reports

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestMedianAndNineOfTen(t *testing.T) {
	for _, c := range []struct {
		seconds []int64
		want    Durations
	}{
		{nil, Durations{}},
		{[]int64{7}, Durations{1, 7, 7}},
		{[]int64{10, 2}, Durations{2, 6, 10}},
		{[]int64{3, 1, 2}, Durations{3, 2, 3}},
		{[]int64{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, Durations{10, 5, 9}},
		{[]int64{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, Durations{11, 6, 10}},
		{[]int64{-5, 4}, Durations{2, 2, 4}},
	} {
		var s Spread
		for _, n := range c.seconds {
			s.Add(n)
		}
		if got := s.Durations(); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.seconds, got, c.want)
		}
	}
}

// P90 is the least value that nine of ten don't pass.
func TestNineOfTenTakeNoLonger(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		var s Spread
		for range 1 + random.IntN(60) {
			s.Add(random.Int64N(20))
		}
		within := func(limit int64) (n int) {
			for _, one := range s.seconds {
				if one <= limit {
					n++
				}
			}

			return n
		}
		d := s.Durations()
		if within(d.P90)*10 < 9*d.Count || within(d.P90-1)*10 >= 9*d.Count {
			t.Fatalf("%v: p90 %d", s.seconds, d.P90)
		}
	}
}

func TestScoresByScale(t *testing.T) {
	var s Scores
	for _, one := range [][2]int{{5, 5}, {5, 4}, {10, 0}, {10, 9}, {10, 9}, {5, 6}, {0, 0}} {
		s.Add(one[0], one[1])
	}
	want := []Rating{
		{Scale: 10, Count: 3, Mean: 6, Scores: []int{1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0}},
		{Scale: 5, Count: 2, Mean: 4.5, Scores: []int{0, 0, 0, 0, 1, 1}},
	}
	if got := s.Ratings(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
