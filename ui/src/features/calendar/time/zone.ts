/*
 * Civil days and wall clocks of a time zone. Days are 'YYYY-MM-DD', instants milliseconds since 1970. Pure: Intl
 * knows the zones, nothing here reads a clock.
 */

const MINUTE = 60_000
const DAY = 86_400_000

const readers = new Map<string, Intl.DateTimeFormat>()

/** Wall clock minus UTC at an instant, in milliseconds. */
export function offsetAt(zone: string, at: number): number {
  let reader = readers.get(zone)
  if (!reader) {
    reader = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
    readers.set(zone, reader)
  }
  const part: Record<string, number> = {}
  for (const { type, value } of reader.formatToParts(at)) part[type] = Number(value)
  const wall = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second)
  return wall - Math.floor(at / 1000) * 1000
}

/** The first instant in (from, to] at which the offset is that of `to`; there is one change in between. */
export function changeBetween(zone: string, from: number, to: number): number {
  const after = offsetAt(zone, to)
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(zone, middle) === after) high = middle
    else low = middle
  }
  return high
}

/**
 * The earliest instant whose wall clock is at or past `minutes` of the day: total and monotone, as the server has it.
 * A time that is skipped becomes the moment the clock jumps, one that comes twice its first occurrence.
 */
export function wallToInstant(zone: string, day: string, minutes: number): number {
  const wall = utcOf(day) + minutes * MINUTE
  const before = offsetAt(zone, wall - DAY)
  const after = offsetAt(zone, wall + DAY)
  const early = wall - before
  if (before === after || offsetAt(zone, early) === before) return early
  const late = wall - after
  return offsetAt(zone, late) === after ? late : changeBetween(zone, late, early)
}

/** Minutes since midnight of `day` that the wall shows at an instant; below 0 or over 1440 on its neighbours. */
export function wallMinutes(zone: string, day: string, at: number): number {
  return (at + offsetAt(zone, at) - utcOf(day)) / MINUTE
}

export function dayOf(zone: string, at: number): string {
  return keyOf(at + offsetAt(zone, at))
}

export function dayStart(zone: string, day: string): number {
  return wallToInstant(zone, day, 0)
}

export function addDays(day: string, days: number): string {
  return keyOf(utcOf(day) + days * DAY)
}

/** The same day of another month, or its last one where the month is shorter. */
export function addMonths(day: string, months: number): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate()
  return keyOf(Date.UTC(year, month - 1 + months, Math.min(date, last)))
}

/** 0 = Sunday */
export function weekdayOf(day: string): number {
  return new Date(utcOf(day)).getUTCDay()
}

/** The seven days of the week that holds `day`; `first` is the weekday it starts with. */
export function weekOf(day: string, first: number): string[] {
  const start = addDays(day, -((weekdayOf(day) - first + 7) % 7))
  return Array.from({ length: 7 }, (_, index) => addDays(start, index))
}

/** The weeks that hold the month of `day`, each of seven days. */
export function monthOf(day: string, first: number): string[][] {
  const weeks: string[][] = []
  for (let week = weekOf(`${day.slice(0, 7)}-01`, first); weeks.length === 0 || week[0]!.slice(0, 7) === day.slice(0, 7); week = weekOf(addDays(week[6]!, 1), first)) weeks.push(week)
  return weeks
}

/** The weekday calendars start with where the language is spoken. */
export function firstWeekday(locale: string): number {
  type WithWeek = Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } }
  const known = new Intl.Locale(locale) as WithWeek
  const info = known.getWeekInfo?.() ?? known.weekInfo
  return info ? info.firstDay % 7 : locale.startsWith('es') ? 1 : 0
}

/** Whether the text is a day there is. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(utcOf(text)) && keyOf(utcOf(text)) === text
}

/** The time zone of whoever looks at the screen. */
export function viewerZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Midnight UTC of a day: for formatting a civil day without a zone. */
export function utcOf(day: string): number {
  return Date.parse(`${day}T00:00:00Z`)
}

function keyOf(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10)
}
