import { describe, expect, it } from 'vitest'
import { addDays, readSearch, stretchOf } from './period'
import { axis, change, labelled } from './scale'

const today = '2026-03-09'

describe('the stretch of a period', () => {
  it.each([
    ['today', '2026-03-09', '2026-03-09'],
    ['week', '2026-03-03', '2026-03-09'],
    ['days', '2026-02-08', '2026-03-09'],
    ['month', '2026-03-01', '2026-03-31'],
    ['custom', '2025-12-01', '2025-12-24'],
  ] as const)('%s', (period, from, to) => {
    expect(stretchOf({ period, from: '2025-12-01', to: '2025-12-24' }, today)).toEqual({ from, to })
  })
  it('ends a leap February on the 29th', () => expect(stretchOf({ period: 'month', from: '', to: '' }, '2028-02-11').to).toBe('2028-02-29'))
})

describe('the address', () => {
  it('means thirty days of the inbox when it says nothing', () => expect(readSearch({}, today)).toEqual({ tab: 'inbox', period: 'days', from: '2026-02-08', to: today }))
  it('leaves out what it does not understand', () => expect(readSearch({ tab: 'x', period: 'year', from: '2026-02-30', to: 7 }, today)).toEqual(readSearch({}, today)))
  it('turns days round', () => expect(readSearch({ tab: 'agenda', period: 'custom', from: '2026-03-02', to: '2026-03-01' }, today)).toMatchObject({ tab: 'agenda', from: '2026-03-01', to: '2026-03-02' }))
  it('narrows a report only by what it knows', () => {
    const member = 'm'.repeat(15)
    expect(readSearch({ tab: 'agenda', member, queue: 'q'.repeat(15), agenda: 'all', service: 7 }, today)).toEqual({ ...readSearch({ tab: 'agenda' }, today), member })
  })
  it('asks for no more than the server answers', () => expect(readSearch({ from: '2020-01-01', to: '2026-01-01' }, today).to).toBe(addDays('2020-01-01', 365)))
})

describe('an axis', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 5, 10]],
    [42, [0, 20, 40, 60]],
    [100, [0, 50, 100]],
  ])('for %d', (most, ticks) => expect(axis(most)).toEqual({ top: ticks.at(-1), ticks }))
  it('holds whatever there is', () => {
    for (let most = 0; most < 5000; most += 7) expect(axis(most).top).toBeGreaterThanOrEqual(most)
  })
  it('labels as many days as fit', () => {
    expect(labelled(7, 7)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(labelled(30, 5)).toEqual([0, 6, 12, 18, 24])
    expect(labelled(1, 0)).toEqual([0])
  })
})

it('compares only with what was there', () => {
  expect(change(15, 10)).toBe(0.5)
  expect(change(5, 0)).toBeUndefined()
})
