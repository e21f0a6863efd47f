import { useTranslation } from '@/lib/useTranslation'
import { useCompany } from './company'
import { intlLocale } from './i18n'

/** Anything that is a moment: a Date, milliseconds, an ISO string, or PocketBase's `2026-01-31 12:00:00.000Z`. */
export type Moment = Date | number | string

export function toDate(moment: Moment): Date {
  if (moment instanceof Date) return moment
  return new Date(typeof moment === 'string' ? moment.replace(' ', 'T') : moment)
}

export interface Format {
  locale: string
  timeZone: string
  /** 14:05 */
  time(moment: Moment): string
  /** 31 Jan, with the year when it is not this one */
  date(moment: Moment, now?: Date): string
  /** Saturday, 31 January 2026 */
  longDate(moment: Moment): string
  /** 31 Jan, 14:05 */
  dateTime(moment: Moment): string
  /** Any other Intl shape, in the same language and zone */
  custom(moment: Moment, options: Intl.DateTimeFormatOptions): string
  /** 14:05–15:00, or with dates when they differ */
  range(from: Moment, to: Moment, options?: Intl.DateTimeFormatOptions): string
  /** Today, Yesterday, Tomorrow in words; otherwise a date with its weekday */
  day(moment: Moment, now?: Date): string
  /** A time today, a weekday within the last week, else a date: for lists */
  short(moment: Moment, now?: Date): string
  /** 5 minutes ago, in 3 hours */
  relative(moment: Moment, now?: Date): string
  number(value: number, options?: Intl.NumberFormatOptions): string
  /** Minor units (cents) to a price */
  money(minor: number, currency?: string): string
  /** 1 h 30 min */
  duration(minutes: number): string
  /** 9:00 from minutes since midnight */
  minutes(minutes: number): string
  /** 1.4 MB */
  bytes(size: number): string
  /** 0 = Sunday */
  weekday(day: number, width?: 'long' | 'short' | 'narrow'): string
  /** 2026-01-31: the civil date in the zone; sortable and comparable */
  dayKey(moment: Moment): string
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** Builds the formatters of one language, time zone and currency. Intl only, so each language's own order and words hold. */
export function makeFormat(locale: string, timeZone: string, currency = 'USD'): Format {
  const cache = new Map<string, Intl.DateTimeFormat>()
  const dates = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
    const key = JSON.stringify(options)
    let made = cache.get(key)
    if (!made) {
      made = new Intl.DateTimeFormat(locale, { timeZone, ...options })
      cache.set(key, made)
    }
    return made
  }
  // 9:30 AM, but 09:30 where the day has 24 hours
  const hour = dates({ hour: 'numeric' }).resolvedOptions().hour12 ? 'numeric' : '2-digit'
  const iso = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const relatives = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const dayKey = (moment: Moment): string => iso.format(toDate(moment))
  const daysApart = (moment: Moment, now: Date): number => Math.round((Date.parse(dayKey(moment)) - Date.parse(dayKey(now))) / 86_400_000)
  const sentence = (text: string): string => text.charAt(0).toLocaleUpperCase(locale) + text.slice(1)

  const format: Format = {
    locale,
    timeZone,
    dayKey,
    custom: (moment, options) => dates(options).format(toDate(moment)),
    time: (moment) => dates({ hour, minute: '2-digit' }).format(toDate(moment)),
    date(moment, now = new Date()) {
      const sameYear = dayKey(moment).slice(0, 4) === dayKey(now).slice(0, 4)
      return dates({ day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) }).format(toDate(moment))
    },
    longDate: (moment) => sentence(dates({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(toDate(moment))),
    dateTime: (moment) => dates({ day: 'numeric', month: 'short', hour, minute: '2-digit' }).format(toDate(moment)),
    range: (from, to, options = { hour, minute: '2-digit' }) => dates(options).formatRange(toDate(from), toDate(to)),
    day(moment, now = new Date()) {
      const apart = daysApart(moment, now)
      if (Math.abs(apart) <= 1) return sentence(relatives.format(apart, 'day'))
      const sameYear = dayKey(moment).slice(0, 4) === dayKey(now).slice(0, 4)
      return sentence(dates({ weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).format(toDate(moment)))
    },
    short(moment, now = new Date()) {
      const apart = daysApart(moment, now)
      if (apart === 0) return format.time(moment)
      if (apart === -1) return sentence(relatives.format(-1, 'day'))
      if (apart < 0 && apart > -7) return sentence(dates({ weekday: 'short' }).format(toDate(moment)))
      return format.date(moment, now)
    },
    relative(moment, now = new Date()) {
      const gap = toDate(moment).getTime() - now.getTime()
      const [unit, size] = UNITS.find(([, size]) => Math.abs(gap) >= size) ?? ['minute', 60_000]
      return relatives.format(Math.trunc(gap / size), unit)
    },
    number: (value, options) => new Intl.NumberFormat(locale, options).format(value),
    money(minor, unit = currency) {
      const style = new Intl.NumberFormat(locale, { style: 'currency', currency: unit || currency })
      return style.format(minor / 10 ** (style.resolvedOptions().maximumFractionDigits ?? 2))
    },
    duration(minutes) {
      const parts: [number, string][] = [[Math.floor(minutes / 60), 'hour'], [minutes % 60, 'minute']]
      const shown = parts.filter(([count]) => count > 0)
      return (shown.length > 0 ? shown : parts.slice(1)).map(([count, unit]) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count)).join(' ')
    },
    minutes: (minutes) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', hour, minute: '2-digit' }).format(minutes * 60_000),
    bytes(size) {
      const unit = size >= 1e9 ? 'gigabyte' : size >= 1e6 ? 'megabyte' : size >= 1e3 ? 'kilobyte' : 'byte'
      const value = size / { gigabyte: 1e9, megabyte: 1e6, kilobyte: 1e3, byte: 1 }[unit]
      return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 }).format(value)
    },
    // 1 February 1970 was a Sunday
    weekday: (day, width = 'long') => sentence(new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: width }).format(Date.UTC(1970, 1, 1 + day))),
  }
  return format
}

const formats = new Map<string, Format>()

/** One for all components: what Intl makes is costly. */
function formatOf(locale: string, timeZone: string, currency: string): Format {
  const key = [locale, timeZone, currency].join(' ')
  let made = formats.get(key)
  if (!made) formats.set(key, (made = makeFormat(locale, timeZone, currency)))
  return made
}

/** The formatters of the screen: the person's language, the company's time zone and currency. */
export function useFormat(): Format {
  useTranslation() // drawn anew in another language
  const company = useCompany()
  const zone = company?.timezone || new Intl.DateTimeFormat().resolvedOptions().timeZone
  return formatOf(intlLocale(), zone, company?.currency || 'USD')
}

/** Minutes since midnight from "09:30"; NaN when it is no time. */
export function parseClock(text: string): number {
  const parts = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  const minutes = parts ? Number(parts[1]) * 60 + Number(parts[2]) : Number.NaN
  return minutes <= 1440 && Number(parts?.[2]) < 60 ? minutes : Number.NaN
}

/** "09:30" from minutes since midnight: the form that <input type="time"> speaks. */
export function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
