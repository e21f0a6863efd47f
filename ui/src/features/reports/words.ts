import type { Format } from '@/lib/format'

/** A length of time as people say it: 40 sec, 12 min, 3 hr 20 min, 4.5 days. */
export function lasting(format: Format, seconds: number): string {
  if (seconds < 60) return format.number(seconds, { style: 'unit', unit: 'second', unitDisplay: 'short' })
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return format.duration(minutes)
  return format.number(minutes / 1440, { style: 'unit', unit: 'day', unitDisplay: 'long', maximumFractionDigits: 1 })
}

export const percent = (format: Format, share: number): string => format.number(share, { style: 'percent', maximumFractionDigits: 0 })

/** A day of a report, which is a date of the company's zone and no moment. */
export const dayText = (day: string, locale: string): string => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(Date.parse(day))

export const daysText = ({ from, to }: { from: string; to: string }, locale: string): string =>
  new Intl.DateTimeFormat(locale, { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' }).formatRange(Date.parse(from), Date.parse(to))
