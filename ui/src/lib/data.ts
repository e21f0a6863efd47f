import { queryOptions, type InfiniteData, type Query, type QueryKey } from '@tanstack/react-query'
import { currentCompany, pb } from './pb'
import type { BaseRecord, Collections } from './pb-types'
import { queryClient } from './query'

/** Cache keys: [collection,'list',params] and [collection,'one',id]. */
export const keys = {
  all: (collection: string) => [collection] as const,
  list: (collection: string, params: object = {}) => [collection, 'list', params] as const,
  one: (collection: string, id: string) => [collection, 'one', id] as const,
}

export interface ListParams {
  filter?: string
  sort?: string
  expand?: string
  fields?: string
  page?: number
  perPage?: number
}

export interface Page<T> {
  items: T[]
  page: number
  perPage: number
  totalItems: number
  totalPages: number
}

/**
 * How the live feed keeps a list true by itself. With `match` and `compare` rows enter, leave and move at once;
 * without them a known row is patched in place and the list asked again a second later.
 */
export interface LiveList<T = never> {
  match(record: T): boolean
  compare(a: T, b: T): number
}

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: { live?: LiveList }
  }
}

/** A list of records as a query. `live` makes it follow the feed without asking again; see LiveList. */
export function listOptions<C extends keyof Collections>(collection: C, params: ListParams = {}, live?: LiveList<Collections[C]>) {
  const { page = 1, perPage = 200, ...rest } = params
  return queryOptions({
    queryKey: keys.list(collection, params),
    queryFn: ({ signal }) => pb.collection(collection).getList<Collections[C]>(page, perPage, { ...rest, skipTotal: true, signal }),
    ...(live ? { meta: { live } } : {}),
  })
}

/** One record as a query. */
export function oneOptions<C extends keyof Collections>(collection: C, id: string, params: { expand?: string } = {}) {
  return queryOptions({
    queryKey: keys.one(collection, id),
    queryFn: ({ signal }) => pb.collection(collection).getOne<Collections[C]>(id, { ...params, signal }),
    enabled: id !== '',
  })
}

type Rows = Page<BaseRecord> | BaseRecord[] | InfiniteData<Page<BaseRecord>> | number

/** Changes the rows of a cached list, whatever its shape: a page, an array, pages of an infinite query. */
function mapRows(data: Rows, change: (rows: BaseRecord[]) => BaseRecord[]): Rows {
  if (Array.isArray(data)) return change(data)
  // a count has no rows
  if (typeof data !== 'object') return data
  if ('items' in data) {
    const items = change(data.items)
    return items === data.items ? data : { ...data, items }
  }
  // over several pages the rows are changed as one list and cut again where the pages were; the last takes what is over
  const all = data.pages.flatMap((page) => page.items)
  const changed = change(all)
  if (changed === all) return data
  let from = 0
  const pages = data.pages.map((page, index) => {
    const last = index === data.pages.length - 1
    const items = changed.slice(from, last ? undefined : from + page.items.length)
    from += items.length
    return { ...page, items }
  })
  return { ...data, pages }
}

/** What was expanded, without what the record no longer points at. */
function stillLinked(expand: Record<string, unknown>, record: object): Record<string, unknown> {
  const links = record as Record<string, unknown>
  return Object.fromEntries(Object.entries(expand).filter(([field, linked]) => typeof links[field] !== 'string' || links[field] === (linked as { id?: string }).id))
}

function merge(old: BaseRecord, record: BaseRecord): BaseRecord {
  if (old.updated && record.updated && old.updated > record.updated) return old
  return { ...old, ...record, ...(old.expand && !record.expand ? { expand: stillLinked(old.expand, record) } : {}) }
}

function place(rows: BaseRecord[], record: BaseRecord, live: LiveList<BaseRecord>): BaseRecord[] {
  const old = rows.find((row) => row.id === record.id)
  const next = old ? merge(old, record) : record
  const rest = old ? rows.filter((row) => row.id !== record.id) : rows
  if (!live.match(next)) return old ? rest : rows
  const at = rest.findIndex((row) => live.compare(next, row) < 0)
  return at < 0 ? [...rest, next] : [...rest.slice(0, at), next, ...rest.slice(at)]
}

const stale = new Set<string>()
let asking: ReturnType<typeof setTimeout> | undefined

/** Asks the lists of a collection again a little later, once for any number of changes. */
function askLater(collection: string): void {
  stale.add(collection)
  asking ??= setTimeout(() => {
    asking = undefined
    const names = new Set(stale)
    stale.clear()
    void queryClient.invalidateQueries({ predicate: (query) => isList(query, names) && (!query.meta?.live || bulk(query, names)) })
  }, 1000)
}

/** An import writes contacts by the hundred and announces itself only: lists that follow single contacts ask again too. */
function bulk(query: Query, names: Set<string>): boolean {
  return names.has('imports') && query.queryKey[0] === 'contacts'
}

function isList(query: Query, names: Set<string>): boolean {
  const [collection, shape] = query.queryKey as QueryKey & [string, string]
  return shape === 'list' && names.has(collection)
}

/** Puts a record that was created or changed into every cached list and record it belongs to. */
export function applyRecord(collection: string, record: BaseRecord): void {
  queryClient.setQueryData<BaseRecord>(keys.one(collection, record.id), (old) => (old ? merge(old, record) : undefined))

  for (const query of queryClient.getQueryCache().findAll({ queryKey: [collection, 'list'] })) {
    const data = query.state.data as Rows | undefined
    if (!data) continue
    const live = query.meta?.live
    const next = mapRows(data, (rows) => {
      if (live) return place(rows, record, live)
      const at = rows.findIndex((row) => row.id === record.id)
      return at < 0 ? rows : rows.with(at, merge(rows[at]!, record))
    })
    if (next !== data) queryClient.setQueryData(query.queryKey, next)
  }
  askLater(collection)
  if (collection === 'imports') askLater('contacts')
}

/** Takes a record out of every cached list. */
export function dropRecord(collection: string, id: string): void {
  queryClient.removeQueries({ queryKey: keys.one(collection, id) })
  for (const [key, data] of queryClient.getQueriesData<Rows>({ queryKey: [collection, 'list'] })) {
    if (!data) continue
    const next = mapRows(data, (rows) => (rows.some((row) => row.id === id) ? rows.filter((row) => row.id !== id) : rows))
    if (next !== data) queryClient.setQueryData(key, next)
  }
  askLater(collection)
}

/** Saves a record and shows the answer everywhere at once. With `id` it changes the record, without it makes one in the open company. */
export async function saveRecord<C extends keyof Collections>(collection: C, id: string | undefined, body: Partial<Collections[C]> | FormData): Promise<Collections[C]> {
  const service = pb.collection(collection)
  const saved = id ? await service.update<Collections[C]>(id, body) : await service.create<Collections[C]>(body instanceof FormData ? body : { company: currentCompany(), ...body })
  applyRecord(collection, saved)
  return saved
}

export async function removeRecord(collection: keyof Collections, id: string): Promise<void> {
  await pb.collection(collection).delete(id)
  dropRecord(collection, id)
}
