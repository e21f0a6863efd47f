/*
 * How loud a voice note is along its length: 64 numbers from 0 to 100, as one text.
 */

export const BARS = 64

export function decodeWaveform(text: string): number[] {
  try {
    return Array.from(atob(text), (char) => Math.min(100, char.charCodeAt(0)))
  } catch {
    return []
  }
}

/** Levels from 0 to 1, as many as there are, as the text of 64. */
export function encodeWaveform(levels: readonly number[]): string {
  const peak = Math.max(...levels.map((level) => (level > 0 ? level : 0)), 0.01)
  return btoa(String.fromCharCode(...squeeze(levels, BARS).map((level) => Math.round((Math.min(peak, Math.max(0, level)) / peak) * 100))))
}

/** So many numbers that follow the loudest of the many, or the few. */
export function squeeze(levels: readonly number[], count: number): number[] {
  if (levels.length === 0) return Array.from({ length: count }, () => 0)
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * levels.length) / count)
    return Math.max(...levels.slice(from, Math.max(from + 1, Math.floor(((index + 1) * levels.length) / count))))
  })
}

/** 75 → 1:15 */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
