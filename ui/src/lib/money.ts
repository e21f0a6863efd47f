/** How many digits a currency has after the point: 2 for most, 0 for CLP or JPY. */
export function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
}

/** "1.234,50", "1,234.50" or "80" to minor units; undefined when it is no price. */
export function toMinor(text: string, currency: string): number | undefined {
  const clean = text.replace(/[^\d.,]/g, '')
  if (!/\d/.test(clean)) return undefined
  const digits = digitsOf(currency)
  // the last point or comma is the decimal one if no more digits follow than the currency has
  const parts = new RegExp(`^(.*)[.,](\\d{1,${Math.max(digits, 1)}})$`).exec(clean)
  const [whole, fraction] = parts && digits > 0 ? [parts[1]!, parts[2]!] : [clean, '']
  return Number(whole.replace(/\D/g, '') || 0) * 10 ** digits + Number(fraction.padEnd(digits, '0') || 0)
}

/** Minor units as a person would type them into a field. */
export function fromMinor(minor: number, currency: string, locale: string): string {
  const digits = digitsOf(currency)
  return new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false }).format(minor / 10 ** digits)
}
