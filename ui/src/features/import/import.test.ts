import { describe, expect, it } from 'vitest'
import { assign, cellOf, knowsSomeone } from './api'

describe('mapping', () => {
  it('gives a field to one column only', () => {
    expect(assign(['name', 'phone', ''], 2, 'phone')).toEqual(['name', '', 'phone'])
    expect(assign(['name', 'phone'], 1, '')).toEqual(['name', ''])
    expect(assign(['', ''], 0, '')).toEqual(['', ''])
  })

  it('needs a column that says who it is about', () => {
    expect(knowsSomeone(['notes', ''])).toBe(false)
    expect(knowsSomeone(['notes', 'email'])).toBe(true)
  })

  it('shows tags by their names and own fields by their values', () => {
    const row = { row: 2, outcome: 'create' as const, values: { name: 'Ana', tags: '["VIP","Ballet"]', custom: '{"children":2,"smokes":false}' } }
    expect(['name', 'tags', 'custom.children', 'custom.smokes', 'custom.other', 'phone'].map((target) => cellOf(row, target))).toEqual(['Ana', 'VIP, Ballet', '2', 'false', '', ''])
  })
})
