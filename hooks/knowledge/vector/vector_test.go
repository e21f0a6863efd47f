package vector_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"recado/hooks/knowledge/vector"
)

// What packing loses is small: the cosine is off by less than one in a hundred.
func TestLikenessSurvivesPacking(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		a, b := make([]float32, 768), make([]float32, 768)
		var dot, aa, bb float64
		for i := range a {
			a[i] = float32(random.NormFloat64())
			b[i] = a[i]*0.5 + float32(random.NormFloat64())
			dot += float64(a[i]) * float64(b[i])
			aa += float64(a[i]) * float64(a[i])
			bb += float64(b[i]) * float64(b[i])
		}
		want := dot / math.Sqrt(aa*bb)
		if got := vector.To(vector.Pack(a))(vector.Pack(b)); math.Abs(got-want) > 0.01 {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

func TestWhatIsNoDirection(t *testing.T) {
	for _, values := range [][]float32{nil, {0, 0}, {float32(math.NaN())}, {float32(math.Inf(1)), 1}, make([]float32, vector.Most+1)} {
		if vector.Pack(values) != nil {
			t.Errorf("%v was packed", values[:min(len(values), 3)])
		}
	}
	one := vector.Pack([]float32{1, 2})
	if vector.To(one)(vector.Pack([]float32{1, 2, 3})) != 0 || vector.To(nil)(nil) != 0 || vector.To(one)(one) < 0.999 {
		t.Error("likeness of what is not alike")
	}
}
