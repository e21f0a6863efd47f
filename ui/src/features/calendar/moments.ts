import type { Format, Moment } from '@/lib/format'

/** Tue, 24 Nov, 10:30: short enough for a button, clear enough for a promise. */
export function shortMoment(format: Format, at: Moment): string {
  return format.custom(at, { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })
}
