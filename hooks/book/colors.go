package book

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// palette is the company's colour in the shades that can be read: as the ground
// of a button, as letters on the light page and on the dark one. CSS values.
type palette struct {
	Ground, OnGround string
	Light, Dark      string
}

// The page's own colours that letters in the company's stand on; page.css has the same.
var (
	lightPaper = rgb{0xff, 0xff, 0xff}
	darkPaper  = rgb{0x1f, 0x22, 0x26}
	ink        = rgb{0x11, 0x13, 0x16}
)

// fallback is Recado's own colour.
var fallback = rgb{0x0b, 0x74, 0x50}

// enough is the contrast letters need (WCAG AA), with a little to spare for rounding.
const enough = 4.6

// colors makes a palette of a colour "#rrggbb"; anything else is Recado's own.
func colors(value string) palette {
	c, ok := parseColor(value)
	if !ok {
		c = fallback
	}
	on := lightPaper
	if contrast(c, ink) > contrast(c, on) {
		on = ink
	}
	ground := toward(c, on.opposite(), on)

	return palette{
		Ground: ground.String(), OnGround: on.String(),
		Light: toward(c, ink, lightPaper).String(), Dark: toward(c, rgb{255, 255, 255}, darkPaper).String(),
	}
}

type rgb [3]uint8

func (c rgb) String() string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// opposite is white for dark colours and black for light ones.
func (c rgb) opposite() rgb {
	if luminance(c) > 0.5 {
		return rgb{}
	}

	return rgb{255, 255, 255}
}

func parseColor(value string) (rgb, bool) {
	digits, found := strings.CutPrefix(value, "#")
	n, err := strconv.ParseUint(digits, 16, 32)

	return rgb{uint8(n >> 16), uint8(n >> 8), uint8(n)}, found && len(digits) == 6 && err == nil
}

// toward moves a colour to a pole until it stands out from a ground.
func toward(c, pole, ground rgb) rgb {
	for step := 0.0; step <= 1; step += 0.02 {
		if mixed := mix(c, pole, step); contrast(mixed, ground) >= enough {
			return mixed
		}
	}

	return pole
}

func mix(a, b rgb, share float64) (c rgb) {
	for i := range c {
		c[i] = uint8(math.Round(float64(a[i])*(1-share) + float64(b[i])*share))
	}

	return c
}

// contrast is WCAG's ratio of two colours, 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := luminance(a), luminance(b)

	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c rgb) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}

		return math.Pow((s+0.055)/1.055, 2.4)
	}

	return 0.2126*linear(c[0]) + 0.7152*linear(c[1]) + 0.0722*linear(c[2])
}
