// Package vector keeps directions in which texts of like meaning lie near each other,
// in a byte for each of their numbers.
//
// In: numbers as a model gives them. Out: bytes, and how alike two of them are. It is
// pure.
package vector

import "math"

// Most is the longest vector that is kept.
const Most = 4_096

// Pack writes a vector as its direction, 127 steps a side; nil for one that has none.
// What is lost is far below the differences that count.
func Pack(values []float32) []byte {
	if len(values) > Most {
		return nil
	}
	largest := 0.0
	for _, v := range values {
		if f := math.Abs(float64(v)); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil
		} else if f > largest {
			largest = f
		}
	}
	if largest == 0 {
		return nil
	}
	packed := make([]byte, len(values))
	for i, v := range values {
		packed[i] = byte(int8(math.Round(float64(v) / largest * 127)))
	}

	return packed
}

// Likeness is the cosine between two packed vectors: 1 for the same direction, 0 for
// none in common. Vectors of different lengths have nothing in common.
func Likeness(a, b []byte) float64 {
	if len(a) != len(b) {
		return 0
	}
	var dot, aa, bb int64
	for i := range a {
		x, y := int64(int8(a[i])), int64(int8(b[i]))
		dot += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 || bb == 0 {
		return 0
	}

	return float64(dot) / math.Sqrt(float64(aa)*float64(bb))
}
