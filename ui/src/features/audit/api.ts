import { infiniteQueryOptions } from '@tanstack/react-query'
import { pb } from '@/lib/pb'
import type { AuditRecord } from '@/lib/pb-types'

/** Lines of one page, unless somebody wants other ones. */
export const PAGE = 50

/** What the log is narrowed to; '' is all. */
export interface Narrowed {
  actor: string
  action: string
  collection: string
  /** A name, or an id of what was changed. */
  text: string
}

export const EVERYTHING: Narrowed = { actor: '', action: '', collection: '', text: '' }

/** The narrowing as a filter of the records API. */
export function filterOf({ actor, action, collection, text }: Narrowed, before = ''): string {
  const parts = [
    actor && pb.filter('actor = {:actor}', { actor }),
    action && pb.filter('action = {:action}', { action }),
    collection && pb.filter('collection = {:collection}', { collection }),
    text.trim() && pb.filter('(actor_name ~ {:text} || record = {:text} || data ~ {:text})', { text: text.trim() }),
    before && pb.filter('id < {:before}', { before }),
  ]
  return parts.filter(Boolean).join(' && ')
}

/** The log, the newest first, a page at a time. Ids follow the time of their commit. */
export const auditOptions = (company: string, narrowed: Narrowed, lines: number) =>
  infiniteQueryOptions({
    queryKey: ['audit', 'list', company, narrowed, lines],
    queryFn: ({ pageParam, signal }) =>
      pb.collection('audit').getList<AuditRecord>(1, lines, { filter: filterOf(narrowed, pageParam), sort: '-created,-id', skipTotal: true, signal }),
    initialPageParam: '',
    getNextPageParam: (last) => (last.items.length < lines ? undefined : last.items.at(-1)!.id),
  })

/** The narrowing as the export takes it. */
export function exportPath({ actor, action, collection }: Narrowed): string {
  const query = new URLSearchParams(Object.entries({ actor, action, collection }).filter(([, value]) => value))
  return `/api/recado/audit/export?${query}`
}

export interface Change {
  field: string
  before: string
  after: string
  /** The values are not told. */
  silent: boolean
}

const word = (value: unknown): string => (value === null || value === undefined || value === '' ? '–' : typeof value === 'string' ? value : JSON.stringify(value))

/** What a line says was changed, field by field. */
export function changesOf(data: unknown): Change[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return []
  return Object.entries(data).map(([field, value]) => {
    if (Array.isArray(value) && value.length === 2) return { field, before: word(value[0]), after: word(value[1]), silent: false }
    return value === true ? { field, before: '', after: '', silent: true } : { field, before: '', after: word(value), silent: false }
  })
}
