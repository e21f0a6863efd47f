import { isDay } from './time/zone'

export type View = 'day' | 'week' | 'month' | 'list'

/** What the address says of the calendar. Nothing of it is needed. */
export interface CalendarSearch {
  view?: View | undefined
  /** YYYY-MM-DD; today where it is missing */
  date?: string | undefined
  /** The agendas that are shown; those chosen last, else all */
  agendas?: string[] | undefined
  /** Whether a week has a column per agenda */
  split?: boolean | undefined
  /** Whether cancelled appointments are shown */
  cancelled?: boolean | undefined
  /** Whether the list shows what was squeezed in, of the whole month */
  squeezed?: boolean | undefined
  /** Book for this contact, out of this conversation */
  contact?: string | undefined
  conversation?: string | undefined
  /** The appointment whose details are open */
  appointment?: string | undefined
}

const ID = /^[a-z0-9]{15}$/

/** Reads the address; what is not understood is left out. */
export function readSearch(search: Record<string, unknown>): CalendarSearch {
  const read: CalendarSearch = {}
  const text = (key: string): string => (typeof search[key] === 'string' ? search[key] : '')

  if (['day', 'week', 'month', 'list'].includes(text('view'))) read.view = text('view') as View
  if (isDay(text('date'))) read.date = text('date')
  if (Array.isArray(search.agendas)) read.agendas = search.agendas.filter((id): id is string => typeof id === 'string' && ID.test(id))
  if (typeof search.split === 'boolean') read.split = search.split
  if (search.cancelled === true) read.cancelled = true
  if (search.squeezed === true) read.squeezed = true
  for (const key of ['contact', 'conversation', 'appointment'] as const) if (ID.test(text(key))) read[key] = text(key)
  return read
}
