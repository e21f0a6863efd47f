import { matchLanguage, type Lang } from './i18n'

/*
 * What the browser gives away about a company that is being set up, so that most people only nod.
 */

const ZONES: Record<string, string> = {
  'Europe/Lisbon': 'PT', 'Europe/Madrid': 'ES', 'Europe/London': 'GB', 'Europe/Paris': 'FR', 'Europe/Berlin': 'DE', 'Europe/Rome': 'IT', 'Europe/Zurich': 'CH',
  'America/Mexico_City': 'MX', 'America/Monterrey': 'MX', 'America/Tijuana': 'MX', 'America/Bogota': 'CO', 'America/Lima': 'PE', 'America/Santiago': 'CL',
  'America/Montevideo': 'UY', 'America/Asuncion': 'PY', 'America/La_Paz': 'BO', 'America/Guayaquil': 'EC', 'America/Caracas': 'VE', 'America/Costa_Rica': 'CR',
  'America/Panama': 'PA', 'America/Guatemala': 'GT', 'America/Santo_Domingo': 'DO', 'America/New_York': 'US', 'America/Chicago': 'US', 'America/Denver': 'US',
  'America/Los_Angeles': 'US', 'America/Phoenix': 'US', 'America/Toronto': 'CA', 'America/Vancouver': 'CA', 'Asia/Tokyo': 'JP', 'Asia/Kolkata': 'IN',
  'Australia/Sydney': 'AU', 'Africa/Luanda': 'AO', 'Africa/Maputo': 'MZ', 'Africa/Johannesburg': 'ZA',
}
const BRAZIL = /^America\/(Sao_Paulo|Bahia|Fortaleza|Recife|Maceio|Belem|Manaus|Cuiaba|Campo_Grande|Porto_Velho|Rio_Branco|Boa_Vista|Araguaina|Santarem|Eirunepe|Noronha)$/
const ARGENTINA = /^America\/(Argentina\/|Buenos_Aires)/

const CURRENCIES: Record<string, string> = {
  BR: 'BRL', US: 'USD', GB: 'GBP', MX: 'MXN', AR: 'ARS', CL: 'CLP', CO: 'COP', PE: 'PEN', UY: 'UYU', PY: 'PYG', BO: 'BOB', EC: 'USD', VE: 'VES', CR: 'CRC',
  PA: 'PAB', GT: 'GTQ', DO: 'DOP', CA: 'CAD', AU: 'AUD', JP: 'JPY', IN: 'INR', CH: 'CHF', ZA: 'ZAR', AO: 'AOA', MZ: 'MZN',
  PT: 'EUR', ES: 'EUR', FR: 'EUR', DE: 'EUR', IT: 'EUR', IE: 'EUR', NL: 'EUR', BE: 'EUR', AT: 'EUR',
}

/** The country (ISO 3166) of a time zone, '' where one zone serves many. */
export function countryOf(timeZone: string): string {
  if (BRAZIL.test(timeZone)) return 'BR'
  if (ARGENTINA.test(timeZone)) return 'AR'
  return ZONES[timeZone] ?? ''
}

/** The currency people pay in there: by the clock on the wall, else by the region of the language. */
export function guessCurrency(timeZone: string, languages: readonly string[]): string {
  const regions = [countryOf(timeZone), ...languages.map((tag) => /-([A-Z]{2})\b/.exec(tag)?.[1] ?? '')]
  return regions.map((region) => CURRENCIES[region]).find(Boolean) ?? 'USD'
}

export function guessPlace(languages: readonly string[] = navigator.languages): { timezone: string; locale: Lang; currency: string } {
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return { timezone, locale: languages.map(matchLanguage).find(Boolean) ?? 'en', currency: guessCurrency(timezone, languages) }
}

/** Every time zone, with today's distance to UTC, for a list to choose from. */
export function timeZones(now = new Date()): { value: string; label: string }[] {
  return Intl.supportedValuesOf('timeZone').map((zone) => {
    const offset = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(now).find((part) => part.type === 'timeZoneName')?.value ?? ''
    return { value: zone, label: `${zone.replaceAll('_', ' ')} (${offset})` }
  })
}

/** The currencies of the world, the usual ones first, named in the given language. */
export function currencies(locale: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(locale, { type: 'currency' })
  const first = ['BRL', 'USD', 'EUR', 'GBP', 'MXN', 'ARS', 'CLP', 'COP', 'PEN', 'UYU']
  const all = [...first, ...Intl.supportedValuesOf('currency').filter((code) => !first.includes(code))]
  return all.map((code) => ({ value: code, label: `${code} · ${names.of(code) ?? code}` }))
}
