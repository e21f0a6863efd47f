import { describe, expect, it } from 'vitest'
import { amountOf, linesOf, percent, stepsOf, usedBy } from './api'

describe('what a rehearsal used', () => {
  it('adds up the runs of all answers', () => {
    const run = { outcome: 'answered', tokens_in: 100, tokens_out: 20, cost: 18_000, ms: 5 }
    expect(usedBy([{ who: 'customer', text: 'Oi' }, { who: 'agent', runs: [run, run] }, { who: 'event', runs: [run] }])).toEqual({ tokens: 360, cost: 54_000 })
    expect(usedBy([])).toEqual({ tokens: 0, cost: 0 })
  })
  it('reads amounts of less than a cent', () => {
    expect(amountOf(18_000, 'BRL')).toBeCloseTo(0.00018)
    expect(amountOf(2_000_000, 'JPY')).toBe(2)
  })
})

describe('shares', () => {
  it('has none of nothing', () => {
    expect(percent(1, 3)).toBe(33)
    expect(percent(0, 0)).toBeUndefined()
  })
})

describe('stored values', () => {
  it('reads lines and steps whatever stands there', () => {
    expect(linesOf(null)).toEqual([])
    expect(stepsOf({ outcome: '', tokens_in: 0, tokens_out: 0, cost: 0, ms: 0, steps: 'x' })).toEqual([])
  })
})
