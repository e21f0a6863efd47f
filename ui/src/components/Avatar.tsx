import c from './Avatar.module.css'

const HUES = ['red', 'pink', 'grape', 'violet', 'indigo', 'blue', 'cyan', 'teal', 'green', 'orange'] as const

/** Always the same hue for the same name. */
export function hueOf(name: string): (typeof HUES)[number] {
  let hash = 0
  for (const letter of name) hash = (hash * 31 + letter.codePointAt(0)!) | 0
  return HUES[Math.abs(hash) % HUES.length]!
}

/** First letters of the first and last word; a number or nothing gives one sign. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const first = [...(words[0] ?? '?')][0] ?? '?'
  const last = words.length > 1 ? [...words.at(-1)!][0] : ''
  return /\p{L}/u.test(first) ? (first + last).toLocaleUpperCase() : '#'
}

/** A person's initials on a hue of their own. Decorative: the name always stands beside it. */
export function Avatar({ name, size = 36, online }: { name: string; size?: number; online?: boolean | undefined }) {
  const hue = hueOf(name)
  return (
    <span
      aria-hidden
      translate="no"
      className={c.root}
      style={{
        width: size,
        height: size,
        fontSize: size * 0.38,
        background: `var(--mantine-color-${hue}-light)`,
        color: `var(--mantine-color-${hue}-light-color)`,
      }}
    >
      {initials(name)}
      {online && <span className={c.dot} />}
    </span>
  )
}
