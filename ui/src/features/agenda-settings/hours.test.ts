import { describe, expect, it } from 'vitest'
import { dayFault, fit } from '@/lib/hours'
import { daysBetween, digitsOf, hoursChange, toMinor, unitOf } from './hours'

describe('hoursChange', () => {
  const rows = [
    { id: 'a', weekday: 1, start: 540, end: 720 },
    { id: 'b', weekday: 1, start: 780, end: 1080 },
    { id: 'c', weekday: 2, start: 540, end: 1080 },
  ]

  it('writes nothing where nothing changed', () => {
    expect(hoursChange(rows, rows)).toEqual({ update: [], create: [], remove: [] })
  })

  it('changes rows in place, makes what is more and removes what is less', () => {
    expect(hoursChange(rows, [rows[0]!, { weekday: 1, start: 800, end: 1080 }, { weekday: 2, start: 540, end: 1080 }, { weekday: 3, start: 0, end: 1440 }])).toEqual({
      update: [{ id: 'b', window: { weekday: 1, start: 800, end: 1080 } }],
      create: [{ weekday: 3, start: 0, end: 1440 }],
      remove: [],
    })
    expect(hoursChange(rows, [rows[1]!])).toEqual({ update: [], create: [], remove: ['a', 'c'] })
    expect(hoursChange([], [rows[0]!]).create).toEqual([rows[0]])
  })
})

describe('windows over midnight', () => {
  it('end on the next day where that is meant', () => {
    expect(fit(1320, 120, true)).toEqual({ start: 1320, end: 1560 })
    expect(fit(1320, 120, false)).toEqual({ start: 1320, end: 120 })
    expect(fit(600, 600, true)).toEqual({ start: 600, end: 2040 })
    expect(fit(600, 0, true)).toEqual({ start: 600, end: 1440 })
    expect(fit(60, 1560, true)).toEqual({ start: 60, end: 120 })
    expect(dayFault([fit(1320, 120, true)])).toBeUndefined()
    expect(dayFault([fit(1320, 120, false)])).toBe('order')
  })
})

describe('small things', () => {
  it('lists days, also over the end of a month', () => {
    expect(daysBetween('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01'])
    expect(daysBetween('2026-11-21', '2026-11-20')).toEqual([])
    expect(daysBetween('2026-01-01', '2030-01-01')).toHaveLength(92)
  })

  it('reads prices in the digits of the currency', () => {
    expect([digitsOf('BRL'), digitsOf('JPY'), digitsOf('?')]).toEqual([2, 0, 2])
    expect([toMinor('150.5', 2), toMinor(19.99, 2), toMinor('', 2), toMinor('1500', 0)]).toEqual([15050, 1999, 0, 1500])
    expect(toMinor('-1', 2)).toBeNaN()
  })

  it('names minutes by the largest whole unit', () => {
    expect([unitOf(2880), unitOf(90), unitOf(120), unitOf(0)]).toEqual([
      { count: 2, unit: 1440 },
      { count: 90, unit: 1 },
      { count: 2, unit: 60 },
      { count: 0, unit: 1 },
    ])
  })
})
