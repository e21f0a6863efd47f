/** The end of an axis that the greatest value fits under, and its ticks: 0, 1, 2 · 0, 5, 10 · 0, 50, 100 … */
export function axis(most: number, units: readonly number[] = [1, 2, 5]): { top: number; ticks: number[] } {
  const rough = Math.max(most, 1) / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [...units, 10].map((unit) => unit * power).find((size) => size >= rough) ?? 10 * power)
  const count = Math.max(1, Math.ceil(most / step))
  return { top: count * step, ticks: Array.from({ length: count + 1 }, (_, index) => index * step) }
}

/** Which of so many days are written under the axis: the first, and others as far apart as room for `fit` asks. */
export function labelled(days: number, fit: number): number[] {
  const step = Math.max(1, Math.ceil(days / Math.max(1, fit)))
  return Array.from({ length: days }, (_, index) => index).filter((index) => index % step === 0)
}

/** How much more or less, as a share of what was before; undefined where there was nothing. */
export function change(now: number, before: number): number | undefined {
  return before > 0 ? (now - before) / before : undefined
}
