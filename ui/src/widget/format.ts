/** How times, days and links look. */

const day = (at: string | number) => new Date(at).setHours(0, 0, 0, 0)

export const sameDay = (a: string | number, b: string | number) => day(a) === day(b)

export const time = (at: string | number, locale: string) =>
  new Date(at).toLocaleTimeString(locale, { timeStyle: 'short' })

/** Today, yesterday, else the date. */
export function dayName(at: string | number, now: number, locale: string): string {
  const ago = Math.round((day(now) - day(at)) / 864e5)
  const text =
    ago < 2
      ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-ago, 'day')
      : new Date(at).toLocaleDateString(locale, { dateStyle: 'long' })
  return text[0].toUpperCase() + text.slice(1)
}

/** At least 0.1 MB: nobody chooses by the byte. */
export const fileSize = (bytes: number, locale: string) =>
  Math.max(0.1, bytes / 1e6).toLocaleString(locale, { maximumFractionDigits: 1 }) + ' MB'

/** Splits a text into plain parts (even places) and http(s) links (odd places). */
export const splitLinks = (text: string) =>
  text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/i)
