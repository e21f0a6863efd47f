import type { AgendasRecord, AvailabilitiesRecord, AvailabilityOverridesRecord } from '@/lib/pb-types'
import { addDays, dayOf, wallToInstant, weekdayOf } from './zone'

export interface Span {
  start: number
  end: number
}

/** Windows of an override; what cannot be read counts as none, which is closed. */
export function windowsOf(override: Pick<AvailabilityOverridesRecord, 'windows'>): [start: number, end: number][] {
  const { windows } = override
  return Array.isArray(windows) ? windows.filter((window): window is [number, number] => Array.isArray(window) && window.length === 2 && window.every(Number.isFinite)) : []
}

/**
 * When an agenda is open between two instants, as spans in order. Its windows are in its own time zone and may run
 * past midnight; an override replaces what starts on its date.
 */
export function openSpans(
  agenda: Pick<AgendasRecord, 'id' | 'timezone'>,
  weekly: Pick<AvailabilitiesRecord, 'agenda' | 'weekday' | 'start' | 'end'>[],
  overrides: Pick<AvailabilityOverridesRecord, 'agenda' | 'date' | 'windows'>[],
  from: number,
  to: number,
): Span[] {
  const zone = agenda.timezone
  const spans: Span[] = []
  const last = dayOf(zone, to)
  for (let day = addDays(dayOf(zone, from), -1); day <= last; day = addDays(day, 1)) {
    const override = overrides.find((row) => row.agenda === agenda.id && row.date === day)
    const windows = override ? windowsOf(override) : weekly.filter((row) => row.agenda === agenda.id && row.weekday === weekdayOf(day)).map((row): [number, number] => [row.start, row.end])
    for (const [start, end] of windows) spans.push({ start: wallToInstant(zone, day, start), end: wallToInstant(zone, day, end) })
  }
  return merge(spans.filter((span) => span.start < to && span.end > from).map((span) => ({ start: Math.max(span.start, from), end: Math.min(span.end, to) })))
}

/** Overlapping and touching spans made one, in order. */
export function merge(spans: Span[]): Span[] {
  const merged: Span[] = []
  for (const span of spans.filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else merged.push({ ...span })
  }
  return merged
}

/** What lies between the spans, from `from` to `to`. */
export function gaps(spans: Span[], from: number, to: number): Span[] {
  const found: Span[] = []
  let reached = from
  for (const span of spans) {
    if (span.start > reached) found.push({ start: reached, end: span.start })
    reached = Math.max(reached, span.end)
  }
  if (reached < to) found.push({ start: reached, end: to })
  return found
}
