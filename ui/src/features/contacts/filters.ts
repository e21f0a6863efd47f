import { beyond } from '@/lib/cursor'
import { fold } from '@/lib/fold'
import { pb } from '@/lib/pb'
import type { ContactsRecord } from '@/lib/pb-types'
import { tagIds } from '@/lib/tags'

/*
 * What the list of contacts shows: as it stands in the address, as the server is asked, and as a live record is judged.
 */

export const SORTS = ['newest', 'oldest', 'name', 'nameDown'] as const
export type Sort = (typeof SORTS)[number]
export const LIFECYCLES = ['lead', 'customer', 'other'] as const

export interface Filters {
  q: string
  sort: Sort
  lifecycle: string
  lead_status: string
  /** A member's id, or `none`. */
  owner: string
  tag: string
  source: string
  category: string
  /** Civil dates, both included. */
  from: string
  to: string
  /** What was deleted instead of what is there. */
  bin: boolean
}

/** What narrows the list besides search and bin. */
export const NARROWING = ['lifecycle', 'lead_status', 'owner', 'tag', 'source', 'category', 'from', 'to'] as const

export const EVERYONE: Filters = { q: '', sort: 'newest', lifecycle: '', lead_status: '', owner: '', tag: '', source: '', category: '', from: '', to: '', bin: false }

/** Reads the address. What is not understood counts as not there. */
export function parseFilters(search: Record<string, unknown>): Filters {
  const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
  const date = (value: unknown): string => (/^\d{4}-\d{2}-\d{2}$/.test(text(value)) ? text(value) : '')
  return {
    q: text(search.q),
    sort: SORTS.find((name) => name === search.sort) ?? 'newest',
    lifecycle: LIFECYCLES.find((name) => name === search.lifecycle) ?? '',
    lead_status: text(search.lead_status),
    owner: text(search.owner),
    tag: text(search.tag),
    source: text(search.source),
    category: text(search.category),
    from: date(search.from),
    to: date(search.to),
    bin: search.bin === true || search.bin === 'true',
  }
}

/** What to write into the address: only what differs from the usual. */
export function filtersToSearch(filters: Filters): Record<string, string | boolean | undefined> {
  return Object.fromEntries(Object.entries(filters).map(([key, value]) => [key, value === EVERYONE[key as keyof Filters] ? undefined : value]))
}

/** Searched text as the words the `search` column holds: folded; what looks like part of a phone as its digits. */
export function searchWords(q: string): string[] {
  const digits = q.replace(/\D/g, '')
  if (digits.length >= 4 && !/[\p{L}@]/u.test(q)) return [digits]
  return fold(q).split(/\s+/).filter(Boolean)
}

/** The first moment of a civil date in a zone, as the server writes moments; `days` later where asked. */
export function startOf(date: string, timeZone: string, days = 0): string {
  const noon = new Date(`${date}T12:00:00Z`)
  noon.setUTCDate(noon.getUTCDate() + days)
  const day = noon.toISOString().slice(0, 10)
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  // midnight as UTC, put right by what a clock in the zone shows then; twice, for days on which clocks change
  let at = Date.parse(`${day}T00:00:00Z`)
  for (let round = 0; round < 2; round++) {
    const shown = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]))
    at += Date.parse(`${day}T00:00:00Z`) - Date.parse(`${shown.year}-${shown.month}-${shown.day}T${shown.hour}:${shown.minute}:00Z`)
  }
  return new Date(at).toISOString().replace('T', ' ')
}

const COLUMN = { newest: ['created', -1], oldest: ['created', 1], name: ['search', 1], nameDown: ['search', -1] } as const

/**
 * The filter of the records API. `owners` are those whose contacts are within reach, where that is not everybody's: the server
 * keeps to them anyway, but finds the rows sooner when they are named.
 */
export function listFilter(filters: Filters, timeZone: string, owners: string[] = []): string {
  const { lifecycle, lead_status, owner, tag, source, category, from, to, bin, q, sort } = filters
  // in the order of names the server's database would read a stretch of days by another index and sort it: :lower keeps it from that
  const byName = COLUMN[sort][0] === 'search'
  const created = (sign: string, at: string): string => (byName ? pb.filter(`created:lower ${sign} {:at}`, { at: at.toLowerCase() }) : pb.filter(`created ${sign} {:at}`, { at }))
  return [
    bin ? "deleted != ''" : "deleted = ''",
    lifecycle && pb.filter('lifecycle = {:lifecycle}', { lifecycle }),
    lead_status && pb.filter('lead_status = {:lead_status}', { lead_status }),
    owner === 'none' ? "owner = ''" : owner && pb.filter('owner = {:owner}', { owner }),
    !owner && owners.length > 0 && `(${owners.map((one) => pb.filter('owner = {:one}', { one })).join(' || ')})`,
    tag && pb.filter('tags ~ {:tag}', { tag }),
    source && pb.filter('source = {:source}', { source }),
    category && pb.filter('category = {:category}', { category }),
    from && created('>=', startOf(from, timeZone)),
    to && created('<', startOf(to, timeZone, 1)),
    ...searchWords(q).map((word) => pb.filter('search ~ {:word}', { word })),
  ]
    .filter(Boolean)
    .join(' && ')
}

/** Whether a contact belongs into the list: the same law as listFilter, for what the live feed brings. */
export function fits(filters: Filters, timeZone: string): (contact: ContactsRecord) => boolean {
  const { lifecycle, lead_status, owner, tag, source, category, from, to, bin } = filters
  const words = searchWords(filters.q)
  const [after, before] = [from && startOf(from, timeZone), to && startOf(to, timeZone, 1)]
  return (contact) =>
    (contact.deleted !== '') === bin &&
    (!lifecycle || contact.lifecycle === lifecycle) &&
    (!lead_status || contact.lead_status === lead_status) &&
    (!owner || contact.owner === (owner === 'none' ? '' : owner)) &&
    (!tag || tagIds(contact.tags).includes(tag)) &&
    (!source || contact.source === source) &&
    (!category || contact.category === category) &&
    (!after || contact.created >= after) &&
    (!before || contact.created < before) &&
    words.every((word) => contact.search.includes(word))
}

/** The order of the records API: a column, then the id. */
export function orderOf(sort: Sort): string {
  const [column, way] = COLUMN[sort]
  return way < 0 ? `-${column},-id` : `${column},id`
}

export function compare(sort: Sort): (a: ContactsRecord, b: ContactsRecord) => number {
  const [column, way] = COLUMN[sort]
  return (a, b) => {
    if (a[column] !== b[column]) return a[column] < b[column] ? -way : way
    return a.id === b.id ? 0 : a.id < b.id ? -way : way
  }
}

export interface Cursor {
  at: string
  id: string
}

export const cursorOf = (contact: ContactsRecord, sort: Sort): Cursor => ({ at: contact[COLUMN[sort][0]], id: contact.id })

/** Adds "after this one" to a filter. */
export function after(filter: string, sort: Sort, { at, id }: Cursor): string {
  const [column, way] = COLUMN[sort]
  return beyond(way < 0 ? '<' : '>', filter, column, at, id)
}
