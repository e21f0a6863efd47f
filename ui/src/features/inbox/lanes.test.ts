import { describe, expect, it } from 'vitest'
import type { Filters } from './filters'
import { lanesOf, moved, STATUSES } from './lanes'

const filters: Filters = { view: 'mine', queue: 'q', channel: '', tag: 'x', q: 'ana' }

describe('the lanes of the board', () => {
  it('are the statuses, narrowed by what narrows the list', () => {
    expect(lanesOf('status', filters, []).map(({ id }) => id)).toEqual([...STATUSES])
    expect(lanesOf('status', filters, [])[2]?.filters).toEqual({ view: 'all', queue: 'q', channel: '', tag: 'x', q: '', lane: 'snoozed' })
  })

  it('or the tags in use, and what has none', () => {
    const lanes = lanesOf('tag', filters, [
      { id: 'a', archived: false },
      { id: 'b', archived: true },
    ])
    expect(lanes.map(({ id }) => id)).toEqual(['none', 'a'])
  })

  it('change what is moved between them', () => {
    expect(moved('status', { tags: [] }, 'open', 'closed')).toEqual({ status: 'closed' })
    expect(moved('tag', { tags: ['a', 'c'] }, 'a', 'b')).toEqual({ tags: ['c', 'b'] })
    expect(moved('tag', { tags: ['a', 'c'] }, 'a', 'none')).toEqual({ tags: ['c'] })
    expect(moved('tag', { tags: [] }, 'none', 'a')).toEqual({ tags: ['a'] })
    expect(moved('tag', { tags: ['a', 'b'] }, 'a', 'b')).toEqual({ tags: ['b'] })
  })
})
