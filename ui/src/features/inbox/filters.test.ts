import { describe, expect, it } from 'vitest'
import { before, filtersToSearch, fits, listFilter, parseFilters, peopleFilter, searchTerm, type Filters } from './filters'
import type { Conversation } from './types'

const filters = (changes: Partial<Filters> = {}): Filters => ({ view: 'all', queue: '', channel: '', tag: '', q: '', ...changes })
const conversation = (changes: Partial<Conversation>): Conversation => ({ status: 'open', assignee: '', queue: '', channel: 'c', tags: [], mentioned: [], ...changes }) as Conversation

describe('the address', () => {
  it('is read and written back', () => {
    const full = filters({ view: 'closed', queue: 'q', channel: 'c', tag: 't', q: 'joão' })
    expect(parseFilters(filtersToSearch(full))).toEqual(full)
    expect(filtersToSearch(filters())).toEqual({ view: undefined, queue: undefined, channel: undefined, tag: undefined, q: undefined })
  })

  it('may hold nonsense, or a number', () => {
    expect(parseFilters({ view: 'other', queue: { a: 1 }, q: 5511 })).toEqual(filters({ q: '5511' }))
  })
})

describe('searchTerm', () => {
  it('folds names and keeps the digits of phones', () => {
    expect(searchTerm('  João ÁVILA ')).toBe('joao avila')
    expect(searchTerm('+55 (11) 95312-5171')).toBe('5511953125171')
    expect(searchTerm('Ana 2')).toBe('ana 2')
    expect(searchTerm('12')).toBe('12')
  })
})

describe('filters of the records API', () => {
  it('say what each view shows', () => {
    expect(listFilter(filters({ view: 'mine', queue: 'q1' }), 'm')).toBe(`assignee = "m" && status != 'closed' && status != 'snoozed' && queue = "q1"`)
    expect(listFilter(filters({ view: 'closed' }), 'm')).toBe("status = 'closed'")
    expect(listFilter(filters({ view: 'mentions' }), 'm')).toBe('called = true && mentioned ~ "m"')
    expect(listFilter(filters({ view: 'unassigned', channel: 'c1' }), 'm')).toBe(`assignee = '' && status != 'closed' && status != 'snoozed' && channel = "c1"`)
  })

  it('say what each lane of the board shows', () => {
    expect(listFilter(filters({ lane: 'snoozed' }), 'm')).toBe('status = "snoozed"')
    expect(listFilter(filters({ tag: 't1' }), 'm')).toBe(`status != 'closed' && status != 'snoozed' && tags ~ "t1"`)
    expect(listFilter(filters({ tag: 'none' }), 'm')).toBe("status != 'closed' && status != 'snoozed' && tags:length = 0")
  })

  it('quote what a person types', () => {
    expect(peopleFilter(filters({ q: 'the "x"' }))).toBe(String.raw`search ~ "the \"x\""`)
  })

  it('go on after the last row by moment and id', () => {
    expect(before("status = 'closed'", 'at', '2026-01-01', 'x')).toBe(`status = 'closed' && at <= "2026-01-01" && (at < "2026-01-01" || id < "x")`)
  })
})

describe('fits', () => {
  it('judges a live record as the server would', () => {
    const mine = fits(filters({ view: 'mine' }), 'me')
    expect(mine(conversation({ assignee: 'me' }))).toBe(true)
    expect(mine(conversation({ assignee: 'me', status: 'closed' }))).toBe(false)
    expect(mine(conversation({ assignee: 'you' }))).toBe(false)
    expect(fits(filters({ view: 'unassigned' }), 'me')(conversation({ assignee: 'you' }))).toBe(false)
    expect(mine(conversation({ assignee: 'me', status: 'snoozed' }))).toBe(false)
    expect(fits(filters({ view: 'snoozed' }), 'me')(conversation({ status: 'snoozed', assignee: 'you' }))).toBe(true)
    expect(fits(filters({ view: 'snoozed' }), 'me')(conversation({}))).toBe(false)
    expect(fits(filters({ view: 'mentions' }), 'me')(conversation({ status: 'closed', assignee: 'you', mentioned: ['me', 'you'] }))).toBe(true)
    expect(fits(filters({ view: 'mentions' }), 'me')(conversation({ mentioned: ['you'] }))).toBe(false)
    expect(fits(filters({ view: 'closed' }), 'me')(conversation({ status: 'closed' }))).toBe(true)
    expect(fits(filters(), 'me')(conversation({ assignee: 'you' }))).toBe(true)
    expect(fits(filters({ queue: 'q' }), 'me')(conversation({ queue: 'other' }))).toBe(false)
    expect(fits(filters({ lane: 'closed' }), 'me')(conversation({ status: 'closed' }))).toBe(true)
    expect(fits(filters({ lane: 'pending' }), 'me')(conversation({}))).toBe(false)
    expect(fits(filters({ tag: 't' }), 'me')(conversation({ tags: ['t', 'u'] }))).toBe(true)
    expect(fits(filters({ tag: 't' }), 'me')(conversation({}))).toBe(false)
    expect(fits(filters({ tag: 'none' }), 'me')(conversation({ tags: ['t'] }))).toBe(false)
    expect(fits(filters({ channel: 'x' }), 'me')(conversation({}))).toBe(false)
  })
})
