import type { Window } from '@/lib/hours'
import type { AvailabilitiesRecord } from '@/lib/pb-types'

export interface HoursChange {
  update: { id: string; window: Window }[]
  create: Window[]
  remove: string[]
}

const same = (a: Window, b: Window): boolean => a.weekday === b.weekday && a.start === b.start && a.end === b.end

/** How the stored rows become the wanted windows, with as few writes as there can be. */
export function hoursChange(rows: Pick<AvailabilitiesRecord, 'id' | 'weekday' | 'start' | 'end'>[], wanted: Window[]): HoursChange {
  const left = [...rows]
  const missing = wanted.filter((window) => {
    const at = left.findIndex((row) => same(row, window))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return {
    update: missing.slice(0, left.length).map((window, index) => ({ id: left[index]!.id, window })),
    create: missing.slice(left.length),
    remove: left.slice(missing.length).map((row) => row.id),
  }
}

/** The days from the first to the last, as 'YYYY-MM-DD'; at most `most`. */
export function daysBetween(first: string, last: string, most = 92): string[] {
  const days: string[] = []
  for (let at = Date.parse(`${first}T00:00:00Z`); at <= Date.parse(`${last}T00:00:00Z`) && days.length < most; at += 86_400_000) days.push(new Date(at).toISOString().slice(0, 10))
  return days
}

/** A price as typed, in minor units of a currency with so many digits; NaN when it is no price. */
export function toMinor(text: string | number, digits: number): number {
  if (text === '') return 0
  const value = Number(text)
  return Number.isFinite(value) && value >= 0 ? Math.round(value * 10 ** digits) : Number.NaN
}

/** How many digits a currency has after the point. */
export function digitsOf(currency: string): number {
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

/** Minutes as the largest unit that holds them whole. */
export function unitOf(minutes: number): { count: number; unit: number } {
  const unit = [1440, 60].find((size) => minutes > 0 && minutes % size === 0) ?? 1
  return { count: minutes / unit, unit }
}
