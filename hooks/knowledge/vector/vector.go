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

// To is the cosine between a packed vector and others: 1 for the same direction, 0 for
// none in common. Vectors of different lengths have nothing in common.
func To(asked []byte) func(other []byte) float64 {
	var length int32 // a vector of the most numbers is far from too long for it
	for _, v := range asked {
		length += int32(int8(v)) * int32(int8(v))
	}

	return func(other []byte) float64 {
		if len(other) != len(asked) {
			return 0
		}
		var dot, others int32
		for i, v := range other {
			x := int32(int8(v))
			dot += x * int32(int8(asked[i]))
			others += x * x
		}
		if length == 0 || others == 0 {
			return 0
		}

		return float64(dot) / math.Sqrt(float64(length)*float64(others))
	}
}
