import { QueryObserver } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { applyRecord, dropRecord, keys, type LiveList } from './data'
import type { BaseRecord } from './pb-types'
import { queryClient } from './query'

type Row = BaseRecord & { name: string; at: number; open: boolean }

const row = (id: string, at: number, more: Partial<Row> = {}): Row => ({ id, name: id, at, open: true, collectionId: '', collectionName: 'things', created: '', updated: '2026-01-01', ...more })
const page = (...items: Row[]) => ({ items, page: 1, perPage: 30, totalItems: -1, totalPages: -1 })
const ids = (data: unknown): string[] => (data as { items: Row[] }).items.map((one) => one.id)
const live: LiveList<Row> = { match: (one) => one.open, compare: (a, b) => b.at - a.at }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.runOnlyPendingTimers()
  queryClient.clear()
  vi.useRealTimers()
})

/** Puts a list into the cache as a screen would hold it, live or not. */
function hold(key: readonly unknown[], data: unknown, withLive = false) {
  const queryFn = vi.fn(() => Promise.resolve(data))
  const observer = new QueryObserver(queryClient, { queryKey: key, queryFn, initialData: data, staleTime: Infinity, ...(withLive ? { meta: { live: live as unknown as LiveList } } : {}) })
  observer.subscribe(() => undefined)
  return { queryFn, get: () => queryClient.getQueryData(key) }
}

describe('applyRecord', () => {
  it('moves, adds and removes rows of a live list', () => {
    const list = hold(keys.list('things'), page(row('b', 20), row('a', 10)), true)
    applyRecord('things', row('c', 15))
    expect(ids(list.get())).toEqual(['b', 'c', 'a'])
    applyRecord('things', row('a', 30))
    expect(ids(list.get())).toEqual(['a', 'b', 'c'])
    applyRecord('things', row('b', 20, { open: false }))
    expect(ids(list.get())).toEqual(['a', 'c'])
  })

  it('patches the pages of an infinite list without changing their borders', () => {
    const key = keys.list('things', { infinite: true })
    const list = hold(key, { pages: [page(row('d', 40), row('c', 30)), page(row('b', 20), row('a', 10))], pageParams: [1, 2] }, true)
    applyRecord('things', row('b', 50))
    const data = list.get() as { pages: { items: Row[] }[] }
    expect(data.pages.map((one) => one.items.map((item) => item.id))).toEqual([
      ['b', 'd'],
      ['c', 'a'],
    ])
  })

  it('patches a list it knows nothing about in place and asks it again, once, a second later', async () => {
    const list = hold(keys.list('things', { filter: 'x' }), page(row('a', 10)))
    applyRecord('things', row('a', 11, { name: 'new' }))
    applyRecord('things', row('z', 12))
    expect(ids(list.get())).toEqual(['a'])
    expect((list.get() as { items: Row[] }).items[0]!.name).toBe('new')
    expect(list.queryFn).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1000)
    expect(list.queryFn).toHaveBeenCalledTimes(1)
  })

  it('leaves a count alone but asks it again', async () => {
    const count = hold(keys.list('things', { unread: true }), 3)
    applyRecord('things', row('a', 1))
    dropRecord('things', 'a')
    expect(count.get()).toBe(3)
    await vi.advanceTimersByTimeAsync(1000)
    expect(count.queryFn).toHaveBeenCalledTimes(1)
  })

  it('keeps what is newer, and what was expanded', () => {
    const list = hold(keys.list('things'), page(row('a', 10, { name: 'newer', updated: '2026-02-02', expand: { contact: { name: 'Ana' } } })), true)
    applyRecord('things', row('a', 5, { name: 'older', updated: '2026-01-01' }))
    expect((list.get() as { items: Row[] }).items[0]).toMatchObject({ name: 'newer', at: 10 })
    applyRecord('things', row('a', 12, { name: 'newest', updated: '2026-03-03' }))
    expect((list.get() as { items: Row[] }).items[0]).toMatchObject({ name: 'newest', expand: { contact: { name: 'Ana' } } })
  })

  it('forgets what was expanded when the record points elsewhere', () => {
    const old = { ...row('a', 10, { expand: { contact: { id: 'ana' }, assignee: { id: 'me' } } }), contact: 'ana', assignee: 'me' }
    const list = hold(keys.list('things'), page(old), true)
    applyRecord('things', { ...row('a', 11), contact: 'ana', assignee: 'you' } as Row)
    expect((list.get() as { items: Row[] }).items[0]!.expand).toEqual({ contact: { id: 'ana' } })
  })

  it('updates the record itself only where it is shown', () => {
    hold(keys.one('things', 'a'), row('a', 10))
    applyRecord('things', row('a', 11))
    applyRecord('things', row('b', 11))
    expect(queryClient.getQueryData<Row>(keys.one('things', 'a'))?.at).toBe(11)
    expect(queryClient.getQueryData(keys.one('things', 'b'))).toBeUndefined()
  })
})

describe('dropRecord', () => {
  it('takes the record out everywhere', () => {
    const plain = hold(keys.list('things', { plain: 1 }), [row('a', 1), row('b', 2)])
    const paged = hold(keys.list('things'), page(row('a', 1)), true)
    dropRecord('things', 'a')
    expect((plain.get() as Row[]).map((one) => one.id)).toEqual(['b'])
    expect(ids(paged.get())).toEqual([])
  })
})
