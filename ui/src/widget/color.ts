/** Colours with proven contrast: WCAG 2.2 AA asks 4.5:1 for text. */

type RGB = number[]

export const parse = (hex: string): RGB => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16))

const toHex = (c: RGB) => '#' + c.map((v) => Math.round(v).toString(16).padStart(2, '0')).join('')

function luminance(c: RGB): number {
  const [r, g, b] = c.map((v) => (v > 10 ? ((v / 255 + 0.055) / 1.055) ** 2.4 : v / 3295))
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

export function contrast(a: RGB, b: RGB): number {
  const [x, y] = [luminance(a) + 0.05, luminance(b) + 0.05]
  return x > y ? x / y : y / x
}

const white = [255, 255, 255]
const black = [0, 0, 0]

/** The colour moved towards `goal` in small steps until it reads on `background`. */
function readable(c: RGB, background: RGB, goal: RGB): string {
  for (let step = 0; ; step++) {
    const mixed = c.map((v, i) => v + ((goal[i] - v) * step) / 20)
    if (contrast(mixed, background) >= 4.5 || step === 20) return toHex(mixed)
  }
}

/**
 * From the channel's colour: the fill, the text on it (on every colour white or
 * black reads), and the same hue as text on the light and on the dark panel.
 */
export function palette(color: string) {
  const accent = /^#[0-9a-f]{6}$/i.test(color) ? color : '#0b7450'
  const base = parse(accent)
  return {
    accent,
    'on-accent': contrast(base, white) >= 4.5 ? '#fff' : '#000',
    'accent-light': readable(base, [243, 244, 246], black),
    'accent-dark': readable(base, [38, 41, 47], white),
  }
}
