import { describe, expect, it } from 'vitest'
import type { ContactsRecord } from '@/lib/pb-types'
import { after, compare, EVERYONE, filtersToSearch, fits, listFilter, orderOf, parseFilters, searchWords, startOf } from './filters'

const SP = 'America/Sao_Paulo'
const contact = (values: Partial<ContactsRecord>): ContactsRecord => ({ id: 'a', name: '', created: '2026-03-02 12:00:00.000Z', deleted: '', lifecycle: 'lead', lead_status: '', owner: '', tags: [], source: '', category: '', search: '', ...values }) as ContactsRecord

describe('filters', () => {
  it('survive the address', () => {
    const filters = { ...EVERYONE, q: 'josé', sort: 'name' as const, owner: 'none', from: '2026-01-31', bin: true }
    expect(parseFilters(filtersToSearch(filters))).toEqual(filters)
    expect(filtersToSearch(EVERYONE)).toEqual(Object.fromEntries(Object.keys(EVERYONE).map((key) => [key, undefined])))
    expect(parseFilters({ sort: 'x', lifecycle: 'y', from: 'z' })).toEqual(EVERYONE)
  })

  it('look for words without accents, and for phones by their digits', () => {
    expect(searchWords('  José  Ávila ')).toEqual(['jose', 'avila'])
    expect(searchWords('(11) 98765')).toEqual(['1198765'])
    expect(searchWords('119')).toEqual(['119'])
    expect(searchWords('ana99@ex.com')).toEqual(['ana99@ex.com'])
  })

  it('ask the server in one expression', () => {
    expect(listFilter(EVERYONE, SP)).toBe("deleted = ''")
    expect(listFilter({ ...EVERYONE, bin: true, owner: 'none', tag: 't', q: "d'ana", from: '2026-03-01', to: '2026-03-01' }, SP)).toBe(
      `deleted != '' && owner = '' && tags ~ "t" && created >= "2026-03-01 03:00:00.000Z" && created < "2026-03-02 03:00:00.000Z" && search ~ "d'ana"`,
    )
    expect(listFilter({ ...EVERYONE, sort: 'name', from: '2026-03-01' }, SP)).toBe(`deleted = '' && created:lower >= "2026-03-01 03:00:00.000z"`)
    expect(listFilter(EVERYONE, SP, ['m', 'n'])).toBe(`deleted = '' && (owner = "m" || owner = "n")`)
    expect(listFilter({ ...EVERYONE, owner: 'n' }, SP, ['m', 'n'])).toBe(`deleted = '' && owner = "n"`)
    expect(after("deleted = ''", 'newest', { at: 'x', id: 'i' })).toBe(`deleted = '' && created <= "x" && (created < "x" || id < "i")`)
    expect(after("deleted = ''", 'name', { at: 'x', id: 'i' })).toBe(`deleted = '' && search >= "x" && (search > "x" || id > "i")`)
    expect(orderOf('nameDown')).toBe('-search,-id')
  })

  it('judge a record as the server does', () => {
    expect(fits(EVERYONE, SP)(contact({}))).toBe(true)
    expect(fits(EVERYONE, SP)(contact({ deleted: 'x' }))).toBe(false)
    expect(fits({ ...EVERYONE, owner: 'none' }, SP)(contact({ owner: 'm' }))).toBe(false)
    expect(fits({ ...EVERYONE, tag: 't' }, SP)(contact({ tags: ['t'] }))).toBe(true)
    expect(fits({ ...EVERYONE, from: '2026-03-02', to: '2026-03-02' }, SP)(contact({}))).toBe(true)
    expect(fits({ ...EVERYONE, to: '2026-03-01' }, SP)(contact({}))).toBe(false)
    expect(fits({ ...EVERYONE, q: 'Ana Lé' }, SP)(contact({ search: 'ana leao 55119' }))).toBe(true)
  })

  it('order as the server does', () => {
    const [a, b] = [contact({ id: 'a', search: 'ana' }), contact({ id: 'b', search: 'bia' })]
    expect([b, a].toSorted(compare('name'))).toEqual([a, b])
    expect([a, b].toSorted(compare('newest'))).toEqual([b, a])
  })

  it('begin a day where the zone does', () => {
    expect(startOf('2026-03-29', 'Europe/Berlin')).toBe('2026-03-28 23:00:00.000Z')
    expect(startOf('2026-03-29', 'Europe/Berlin', 1)).toBe('2026-03-29 22:00:00.000Z')
  })
})
