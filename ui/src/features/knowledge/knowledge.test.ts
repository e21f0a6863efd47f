import { describe, expect, it } from 'vitest'
import { label, named, progress } from './api'

const source = (title: string, name = '', url = '') => ({ title, name, url }) as never

describe('sources', () => {
  it('are called by what they are known by', () => {
    expect(label(source('Prices', 'a.pdf'))).toBe('Prices')
    expect(label(source('', 'a.pdf'))).toBe('a.pdf')
    expect(label(source('', '', 'https://example.com'))).toBe('https://example.com')
  })

  it('are found by parts of their names, without accents', () => {
    const list = [source('Preços'), source('Estacionamento', '', 'https://example.com/precos')]
    expect(named(list, 'precos')).toHaveLength(2)
    expect(named(list, 'precos estac')).toHaveLength(1)
    expect(named(list, '')).toHaveLength(2)
  })

  it('show progress only while they are read', () => {
    expect(progress({ state: 'reading', pieces: 50, total: 200 })).toBe(0.25)
    expect(progress({ state: 'reading', pieces: 50, total: 0 })).toBeUndefined()
    expect(progress({ state: 'ready', pieces: 50, total: 50 })).toBeUndefined()
  })
})
