import { describe, expect, it } from 'vitest'
import { beside, diff, limitsOf, listOf, quoted } from './api'

describe('what a version changes', () => {
  it('names lines that stayed, went and came', () => {
    expect(diff('a\nb\nc', 'a\nx\nc')).toEqual([
      { kind: 'same', text: 'a' },
      { kind: 'gone', text: 'b' },
      { kind: 'new', text: 'x' },
      { kind: 'same', text: 'c' },
    ])
    expect(diff('a', 'a')).toEqual([{ kind: 'same', text: 'a' }])
    expect(diff('', 'a').filter(({ kind }) => kind === 'new')).toEqual([{ kind: 'new', text: 'a' }])
  })
})

describe('versions side by side', () => {
  it('pairs what went with what came in its place', () => {
    expect(beside('a\nb\nc', 'a\nx\ny\nc')).toEqual([{ was: 'a', is: 'a' }, { was: 'b', is: 'x' }, { is: 'y' }, { was: 'c', is: 'c' }])
    expect(beside('a\nb\nc', 'c')).toEqual([{ was: 'a' }, { was: 'b' }, { was: 'c', is: 'c' }])
    expect(beside('a', 'b\na')).toEqual([{ is: 'b' }, { was: 'a', is: 'a' }])
  })
})

describe('stored values', () => {
  it('reads lists and limits whatever stands there', () => {
    expect(listOf(null)).toEqual([])
    expect(listOf(['a', 1])).toEqual(['a'])
    expect(limitsOf(undefined)).toEqual({})
    expect(limitsOf({ limits: { replies: 3 } } as never)).toEqual({ replies: 3 })
  })
})

describe('a cell of a CSV file', () => {
  it('keeps quotes, and is no formula', () => {
    expect(quoted('Ana "A" Prado')).toBe('"Ana ""A"" Prado"')
    expect(quoted('=1+1')).toBe(`"'=1+1"`)
    expect(quoted('2027-03-10')).toBe('"2027-03-10"')
  })
})
