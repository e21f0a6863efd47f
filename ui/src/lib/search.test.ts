import { describe, expect, it } from 'vitest'
import { around, marks, searchable, wordsOf } from './search'

const marked = (text: string, q: string): string[] => marks(text, q).map(([from, to]) => text.slice(from, to))

describe('marks', () => {
  it('finds words whatever their case and accents, in composed and decomposed text', () => {
    expect(marked('Amanhã às TRÊS é possível?', 'amanha tres')).toEqual(['Amanhã', 'TRÊS'])
    expect(marked('Nu\u0301n\u0303ez', 'nun')).toEqual(['Nu\u0301n\u0303'])
  })

  it('takes the last word as a beginning, the others whole', () => {
    expect(marked('depois de amanhã', 'depois aman')).toEqual(['depois', 'aman'])
    expect(marked('depois de amanhã', 'dep amanha')).toEqual(['amanhã'])
    expect(marked('nothing', '')).toEqual([])
  })
})

describe('around', () => {
  it('starts near the hit where it stands far inside', () => {
    const text = `${'word '.repeat(60)}needle at the end`
    expect(around(text, 'needle')).toMatch(/^….{0,40}needle/)
    expect(around('short needle', 'needle')).toBe('short needle')
  })
})

it('needs two letters or digits', () => {
  expect([searchable('á'), searchable('ab'), searchable('a b'), searchable('?!')]).toEqual([false, true, true, false])
  expect(wordsOf('Olá, Dra. Núñez!')).toEqual(['ola', 'dra', 'nunez'])
})
