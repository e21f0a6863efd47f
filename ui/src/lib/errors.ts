import { ClientResponseError } from 'pocketbase'
import { i18n, intlLocale } from './i18n'

interface Fault {
  status: number
  code: string
  message: string
  /** What the server said beside the code: alternatives, counts, … */
  data: Record<string, unknown>
}

/** What went wrong, from whatever was thrown. status 0 = the server could not be reached. */
export function fault(error: unknown): Fault {
  if (error instanceof ClientResponseError) {
    const body = error.response as { message?: string; data?: Record<string, unknown> }
    const data = body.data ?? {}
    return { status: error.status, code: typeof data.code === 'string' ? data.code : '', message: body.message ?? '', data }
  }
  return { status: -1, code: '', message: error instanceof Error ? error.message : String(error), data: {} }
}

/** What a code means, with what came beside it; undefined where it has no words of its own. */
export function codeText(code: string, data: Record<string, unknown>): string | undefined {
  if (!code || !i18n.exists(`app:error.${code}`)) return undefined
  if (code !== 'out_of_hours') return i18n.t(`app:error.${code}`, data)
  if (!data.next) return i18n.t('app:error.out_of_hours_never')
  const when = new Intl.DateTimeFormat(intlLocale(), { weekday: 'long', day: 'numeric', month: 'long', hour: 'numeric', minute: '2-digit', timeZone: String(data.timezone) })
  return i18n.t('app:error.out_of_hours', { when: when.format(new Date(String(data.next))) })
}

/** One sentence for a person: translated by code, then by status, else the server's own words. */
export function errorText(error: unknown): string {
  const { status, code, message, data } = fault(error)
  const known = codeText(code, data)
  if (known) return known
  // the server names the field that is wrong, by its path: owner.email
  if (code === 'invalid') {
    const key = `app:error.invalid_${String(data.field).split('.').at(-1)}`
    return i18n.exists(key) ? i18n.t(key) : message
  }
  // PocketBase's own: { field: { code, message } }
  const field = Object.values(data).find((value): value is { code: string; message: string } => typeof (value as { message?: unknown })?.message === 'string')
  if (status === 400 && field) return field.code === 'validation_not_unique' ? i18n.t('app:error.taken') : field.message
  if (i18n.exists(`app:error.status_${status}`)) return i18n.t(`app:error.status_${status}`)
  return message || i18n.t('app:error.unknown')
}
