package book

import (
	"testing"
	"testing/quick"
)

// Whatever colour a company has, its letters can be read.
func TestEveryColourIsReadable(t *testing.T) {
	readable := func(r, g, b uint8) bool {
		p := colors(rgb{r, g, b}.String())
		for _, pair := range [][2]string{{p.Ground, p.OnGround}, {p.Light, lightPaper.String()}, {p.Dark, darkPaper.String()}} {
			x, okX := parseColor(pair[0])
			y, okY := parseColor(pair[1])
			if !okX || !okY || contrast(x, y) < 4.5 {
				t.Logf("#%02x%02x%02x: %v is %.2f", r, g, b, pair, contrast(x, y))

				return false
			}
		}

		return true
	}
	if err := quick.Check(readable, &quick.Config{MaxCount: 5000}); err != nil {
		t.Error(err)
	}
	for _, c := range []rgb{{}, {255, 255, 255}, {255, 255, 0}, {119, 119, 119}, fallback} {
		if !readable(c[0], c[1], c[2]) {
			t.Errorf("%s", c)
		}
	}
}

func TestWhatIsNoColourIsOurs(t *testing.T) {
	for _, value := range []string{"", "red", "#fff", "#12345g", "#0b7450;}"} {
		if got := colors(value); got != colors(fallback.String()) {
			t.Errorf("%q: %v", value, got)
		}
	}
}
