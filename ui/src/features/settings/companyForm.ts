import type { CompaniesRecord } from '@/lib/pb-types'
import { openHours, type OpenHours } from './openHours'

/** A free page of information that customers can ask the dialogue for. */
export interface InfoPage {
  id: string
  title: string
  text: string
}

/** The hours of rest of the dialogue, unless a company says otherwise. */
export const HOURS_DEFAULTS = { human_hours: 12, reopen_hours: 24, greeting_hours: 12 }

/** How many open conversations a member is given at most, unless a company says otherwise. */
const CAPACITY_DEFAULT = 10

/** How many days raw events of channels are kept, unless a company says otherwise. */
const EVENT_DAYS = 30

/** After how many days of absence people sign in again; 0 is what the server has. */
export const SIGN_IN_DAYS = [0, 1, 7, 30]

/** How many days the log of changes is kept, unless a company says otherwise. */
const AUDIT_DAYS = 365

/** What can be chosen for how many days things are kept; 0 is for ever. */
export const KEEP_MESSAGES = [0, 90, 180, 365, 730, 1825]
export const KEEP_EVENTS = [1, 7, 14, 30]

/** companies.settings, as far as this screen knows it; what it does not know is kept. */
type Settings = Partial<typeof HOURS_DEFAULTS> & {
  rating_scale?: number
  rating_hours?: number
  address?: string
  phone_text?: string
  pages?: InfoPage[]
  hours?: Partial<OpenHours>
  capacity?: number
  session_idle_minutes?: number
  session_days?: number
  require_two_factor?: boolean
  work_hours_only?: boolean
  retention?: { messages_days?: number; events_days?: number; audit_days?: number }
}

const settingsOf = (company: CompaniesRecord): Settings => (company.settings as Settings | null) ?? {}

/** The record as the form's fields hold it. */
export function companyValues(company: CompaniesRecord) {
  const { name, kind, kind_other, size, phone, website, timezone, locale, currency } = company
  const settings = settingsOf(company)
  return {
    name, kind, kind_other, size, phone, website, timezone, locale, currency,
    address: settings.address ?? '',
    phone_text: settings.phone_text ?? '',
    pages: (settings.pages ?? []).map(({ id, title, text }) => ({ id, title, text })),
    human_hours: settings.human_hours ?? HOURS_DEFAULTS.human_hours,
    reopen_hours: settings.reopen_hours ?? HOURS_DEFAULTS.reopen_hours,
    greeting_hours: settings.greeting_hours ?? HOURS_DEFAULTS.greeting_hours,
    rating_scale: settings.rating_scale ?? 0,
    rating_hours: settings.rating_hours || 24,
    hours: openHours(settings.hours),
    capacity: settings.capacity ?? CAPACITY_DEFAULT,
    session_idle_minutes: String(settings.session_idle_minutes ?? 0),
    session_days: String(settings.session_days ?? 0),
    require_two_factor: settings.require_two_factor ?? false,
    work_hours_only: settings.work_hours_only ?? false,
    messages_days: String(settings.retention?.messages_days || 0),
    events_days: String(settings.retention?.events_days || EVENT_DAYS),
    audit_days: String(settings.retention?.audit_days ?? AUDIT_DAYS),
  }
}

/** The form's fields as the API takes them. */
export function companyBody(company: CompaniesRecord, values: ReturnType<typeof companyValues>): Partial<CompaniesRecord> {
  const { name, kind, kind_other, size, phone, website, timezone, locale, currency, messages_days, events_days, audit_days, session_idle_minutes, session_days, ...settings } = values
  return {
    name: name.trim(),
    kind,
    kind_other: kind === 'other' ? kind_other.trim() : '',
    size,
    phone: phone.trim(),
    website: website.trim(),
    timezone,
    locale,
    currency,
    settings: {
      ...settingsOf(company),
      ...settings,
      address: settings.address.trim(),
      phone_text: settings.phone_text.trim(),
      pages: settings.pages.map((page) => ({ ...page, title: page.title.trim(), text: page.text.trim() })),
      session_idle_minutes: Number(session_idle_minutes),
      session_days: Number(session_days),
      retention: { messages_days: Number(messages_days), events_days: Number(events_days), audit_days: Number(audit_days) },
    },
  }
}
