/** What the address says of the reports. Nothing of it is needed. */
export interface ReportsSearch extends Narrowing {
  tab: Tab
  period: Preset
  /** YYYY-MM-DD, both included; used where the period is `custom` */
  from: string
  to: string
}

type Tab = 'inbox' | 'agenda'

/** What each report can be narrowed by. */
export const NARROWS = { inbox: ['member', 'queue', 'channel'], agenda: ['agenda', 'service', 'member'] } as const
export type Narrow = (typeof NARROWS)[Tab][number]

/** The record each of them is narrowed to. */
export type Narrowing = Partial<Record<Narrow, string>>

export const PRESETS = ['today', 'week', 'days', 'month', 'custom'] as const
export type Preset = (typeof PRESETS)[number]

export interface Stretch {
  from: string
  to: string
}

/** The server answers for at most so many days. */
const MOST_DAYS = 366

const DAY = 86_400_000

const isDay = (text: unknown): text is string => typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && new Date(text).toISOString().startsWith(text)

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)
}

/** Reads the address; what is not understood is left out. Days that are the wrong way round are turned, too many cut. */
export function readSearch(search: Record<string, unknown>, today: string): ReportsSearch {
  const period = PRESETS.find((preset) => preset === search.period) ?? 'days'
  const given = [search.from, search.to].filter(isDay).toSorted()
  const from = given[0] ?? addDays(today, -29)
  const last = given[1] ?? given[0] ?? today
  const most = addDays(from, MOST_DAYS - 1)
  const tab = search.tab === 'agenda' ? 'agenda' : 'inbox'
  return { tab, period, from, to: last > most ? most : last, ...narrowing(tab, search) }
}

/** The part of the address that narrows a report. */
export function narrowing(tab: Tab, search: Partial<Record<Narrow, unknown>>): Narrowing {
  const given = NARROWS[tab].map((narrow) => [narrow, search[narrow]] as const)
  return Object.fromEntries(given.filter(([, id]) => typeof id === 'string' && /^\w{15}$/.test(id)))
}

/** The days a period means today. */
export function stretchOf({ period, from, to }: Pick<ReportsSearch, 'period' | 'from' | 'to'>, today: string): Stretch {
  switch (period) {
    case 'today':
      return { from: today, to: today }
    case 'week':
      return { from: addDays(today, -6), to: today }
    case 'days':
      return { from: addDays(today, -29), to: today }
    case 'month': {
      const first = `${today.slice(0, 8)}01`
      return { from: first, to: addDays(`${addDays(first, 31).slice(0, 8)}01`, -1) }
    }
    case 'custom':
      return { from, to }
  }
}
