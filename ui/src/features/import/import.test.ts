import { describe, expect, it } from 'vitest'
import { assign, knowsSomeone } from './api'

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
})
