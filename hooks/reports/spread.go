package reports

import (
	"maps"
	"slices"
)

// Spread is a set of durations, in seconds.
type Spread struct{ seconds []int64 }

// Add takes in one; a negative one, of clocks that disagree, is none at all.
func (s *Spread) Add(seconds int64) { s.seconds = append(s.seconds, max(0, seconds)) }

// Durations sums a [Spread] up, in whole seconds. Median is the middle one, or
// halfway between the two in the middle; nine of ten took no longer than P90.
type Durations struct {
	Count  int   `json:"count"`
	Median int64 `json:"median"`
	P90    int64 `json:"p90"`
}

// Durations sorts the spread.
func (s *Spread) Durations() Durations {
	n := len(s.seconds)
	if n == 0 {
		return Durations{}
	}
	slices.Sort(s.seconds)

	return Durations{
		Count:  n,
		Median: (s.seconds[(n-1)/2] + s.seconds[n/2]) / 2,
		P90:    s.seconds[(9*n+9)/10-1],
	}
}

// Scores counts ratings by scale and score.
type Scores struct{ counts map[int][]int }

// Add takes in a score on the scale up to `scale`. What is not on it is not counted.
func (s *Scores) Add(scale, score int) {
	if scale < 1 || score < 0 || score > scale {
		return
	}
	if s.counts == nil {
		s.counts = map[int][]int{}
	}
	if s.counts[scale] == nil {
		s.counts[scale] = make([]int, scale+1)
	}
	s.counts[scale][score]++
}

// Rating sums up the scores on one scale. Scores has how often each was given,
// from 0 on.
type Rating struct {
	Scale  int     `json:"scale"`
	Count  int     `json:"count"`
	Mean   float64 `json:"mean"`
	Scores []int   `json:"scores"`
}

// Ratings lists the scales that were used, the most used one first.
func (s *Scores) Ratings() []Rating {
	list := []Rating{}
	for _, scale := range slices.Sorted(maps.Keys(s.counts)) {
		r, sum := Rating{Scale: scale, Scores: s.counts[scale]}, 0
		for score, n := range r.Scores {
			r.Count += n
			sum += score * n
		}
		r.Mean = float64(sum) / float64(r.Count)
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b Rating) int { return b.Count - a.Count })

	return list
}
