import { describe, expect, it } from 'vitest'
import { append, cap, newestFirst, refresh, remove, upsert, type Window } from './window'

interface Row {
  id: string
  at: string
  updated: string
  open?: boolean
  expand?: { name: string }
}

const at = (row: Row): string => row.at
const row = (id: string, when = id, rest: Partial<Row> = {}): Row => ({ id, at: when, updated: '1', ...rest })
const windowOf = (ids: string, more = false): Window<Row> => ({ items: [...ids].map((id) => row(id)), more })
const ids = (window: Window<Row>): string => window.items.map(({ id }) => id).join('')
const always = () => true

describe('upsert', () => {
  it('puts an item where it belongs, newest first, the later id first at the same moment', () => {
    expect(ids(upsert(windowOf('da'), row('c'), at, always))).toBe('dca')
    expect(ids(upsert({ items: [row('a', '5')], more: false }, row('b', '5'), at, always))).toBe('ba')
    expect(ids(upsert(windowOf('ba'), row('z'), at, always))).toBe('zba')
  })

  it('moves one whose moment has changed', () => {
    expect(ids(upsert(windowOf('cba'), row('a', 'z', { updated: '2' }), at, always))).toBe('acb')
  })

  it('keeps an item that is older than everything out while the server has more', () => {
    expect(ids(upsert(windowOf('cb', true), row('a'), at, always))).toBe('cb')
    expect(ids(upsert(windowOf('cb', false), row('a'), at, always))).toBe('cba')
  })

  it('never goes back to an older state, whatever order they come in', () => {
    const start = upsert(windowOf('a'), row('a', 'a', { updated: '3' }), at, always)
    expect(upsert(start, row('a', 'a', { updated: '2' }), at, always)).toBe(start)
  })

  it('keeps what was expanded when a live record comes without', () => {
    const start: Window<Row> = { items: [row('a', 'a', { expand: { name: 'Ana' } })], more: false }
    expect(upsert(start, row('a', 'a', { updated: '2' }), at, always).items[0]!.expand).toEqual({ name: 'Ana' })
    const late = upsert({ items: [row('a', 'a', { updated: '9' })], more: false }, row('a', 'a', { expand: { name: 'Ana' } }), at, always)
    expect(late.items[0]).toMatchObject({ updated: '9', expand: { name: 'Ana' } })
  })

  it('takes out what no longer fits and does not let in what never did', () => {
    const open = (item: Row): boolean => item.open !== false
    expect(ids(upsert(windowOf('cba'), row('b', 'b', { updated: '2', open: false }), at, open))).toBe('ca')
    const same = windowOf('ca')
    expect(upsert(same, row('b', 'b', { open: false }), at, open)).toBe(same)
  })

  it('only changes known items when asked not to insert', () => {
    const same = windowOf('ca')
    expect(upsert(same, row('b'), at, always, false)).toBe(same)
  })
})

describe('pages', () => {
  it('appends the next page without doubles', () => {
    expect(append(windowOf('dc', true), 'c', windowOf('cba'))).toEqual(windowOf('dcba'))
  })

  it('throws a page away when the end has moved meanwhile: it would leave a hole', () => {
    const moved = windowOf('dc', true)
    expect(append(moved, 'b', windowOf('a'))).toBe(moved)
  })

  it('refreshes the newest part and keeps older items that overlap', () => {
    expect(ids(refresh(windowOf('edcba'), windowOf('fed', true), at))).toBe('fedcba')
    expect(ids(refresh(windowOf('cba'), windowOf('zyx', true), at))).toBe('zyx')
    expect(ids(refresh(windowOf('cba'), windowOf('cb', false), at))).toBe('cb')
    expect(ids(refresh(undefined, windowOf('cb', true), at))).toBe('cb')
  })

  it('shortens and forgets', () => {
    expect(cap(windowOf('dcba'), 2)).toEqual(windowOf('dc', true))
    expect(ids(remove(windowOf('cba'), 'b'))).toBe('ca')
    const same = windowOf('cba')
    expect(remove(same, 'x')).toBe(same)
    expect(cap(same, 3)).toBe(same)
  })
})

describe('any order of events', () => {
  it('leads to the same window', () => {
    const states = [...'abcdefgh'].flatMap((id) => [row(id), row(id, `${id}x`, { updated: '2' })])
    const build = (list: Row[]): string[] => list.reduce((window, item) => upsert(window, item, at, always), windowOf('')).items.map((item) => item.at)
    const expected = [...states].filter((item) => item.updated === '2').sort(newestFirst(at)).map(at)
    let seed = 7
    for (let round = 0; round < 50; round++) {
      const shuffled = states.map((item) => ({ item, key: (seed = (seed * 16807) % 2147483647) })).sort((a, b) => a.key - b.key).map(({ item }) => item)
      expect(build(shuffled)).toEqual(expected)
    }
  })
})
