/** A window of a week: minutes since midnight; an end past 1440 is on the next day. weekday 0 is Sunday. */
export interface Window {
  weekday: number
  start: number
  end: number
}

/** Monday to Friday, nine to six. */
export const OFFICE_HOURS: Window[] = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: 9 * 60, end: 18 * 60 }))

/** Monday first, as opening hours are read. */
export const WEEK = [1, 2, 3, 4, 5, 6, 0]

export function windowsOf(hours: Window[], weekday: number): Window[] {
  return hours.filter((window) => window.weekday === weekday).sort((a, b) => a.start - b.start)
}

/** Replaces one day's windows. */
export function withDay(hours: Window[], weekday: number, windows: { start: number; end: number }[]): Window[] {
  return [...hours.filter((window) => window.weekday !== weekday), ...windows.map(({ start, end }) => ({ weekday, start, end }))]
}

/** Gives every day that is open the windows of one day. */
export function copyDay(hours: Window[], weekday: number): Window[] {
  const pattern = windowsOf(hours, weekday)
  const open = new Set(hours.map((window) => window.weekday))
  return WEEK.filter((day) => open.has(day)).flatMap((day) => pattern.map(({ start, end }) => ({ weekday: day, start, end })))
}

export type HoursFault = 'order' | 'overlap'

/** What is wrong with a day: a window that ends before it starts, or two that overlap. */
export function dayFault(windows: { start: number; end: number }[]): HoursFault | undefined {
  if (windows.some(({ start, end }) => !(start < end))) return 'order'
  const sorted = windows.toSorted((a, b) => a.start - b.start)
  return sorted.some((window, index) => index > 0 && window.start < sorted[index - 1]!.end) ? 'overlap' : undefined
}

export function hoursValid(hours: Window[]): boolean {
  return WEEK.every((weekday) => !dayFault(windowsOf(hours, weekday)))
}

/** A window from two clock times. An end at or before the start is on the next day, where that is meant; midnight as an end is the end of the day. */
export function fit(start: number, end: number, overnight: boolean): { start: number; end: number } {
  const clock = end % 1440
  if (clock === 0) return { start, end: 1440 }
  return { start, end: overnight && clock <= start ? clock + 1440 : clock }
}

/** A next window after the last of a day: an hour later, until six or for two hours. */
export function nextWindow(windows: { start: number; end: number }[]): { start: number; end: number } {
  const last = windows.reduce((latest, window) => Math.max(latest, window.end), 0)
  if (last === 0) return { start: 9 * 60, end: 18 * 60 }
  const start = Math.min(last + 60, 1380)
  return { start, end: Math.min(1440, Math.max(start + 60, 18 * 60)) }
}
