import { describe, expect, it } from 'vitest'
import { contrast, palette, parse } from './color'
import { dayName, fileSize, splitLinks } from './format'
import { readEvents } from './sse'
import { languages, pickLocale } from './texts'

describe('palette', () => {
  it('reads on every colour a company may choose', () => {
    const steps = ['00', '33', '66', '99', 'cc', 'ff']
    for (const r of steps) for (const g of steps) for (const b of steps) {
      const p = palette('#' + r + g + b)
      const ratio = (x: string, y: string) => contrast(parse(x), parse(y))
      expect(ratio(p.accent, p['on-accent'].replace(/\w/g, '$&$&'))).toBeGreaterThanOrEqual(4.5)
      expect(ratio(p['accent-light'], '#ffffff')).toBeGreaterThanOrEqual(4.5)
      expect(ratio(p['accent-dark'], '#1b1e23')).toBeGreaterThanOrEqual(4.5)
    }
  })

  it('keeps the brand where it already reads, and has one for nonsense', () => {
    expect(palette('#0b7450').accent).toBe('#0b7450')
    expect(palette('abc(').accent).toBe('#0b7450')
    expect(palette('#ffffff')['on-accent']).toBe('#000')
  })
})

describe('texts', () => {
  it('has every word in every language', () => {
    const keys = Object.keys(languages.en).sort()
    for (const l of Object.values(languages)) {
      expect(Object.keys(l).sort()).toEqual(keys)
      for (const [key, text] of Object.entries(l)) {
        expect(text).not.toBe('')
        expect(text.includes('{n}')).toBe(languages.en[key as keyof typeof l].includes('{n}'))
      }
    }
  })

  it('speaks the first language it knows', () => {
    expect(pickLocale(null, '', 'pt-PT')).toBe('pt-BR')
    expect(pickLocale('fr', 'es-MX', 'en')).toBe('es')
    expect(pickLocale('de')).toBe('en')
  })
})

describe('format', () => {
  const now = new Date(2026, 10, 21, 9).getTime()
  it('names days', () => {
    expect(dayName(now, now, 'pt-BR')).toBe('Hoje')
    expect(dayName(new Date(2026, 10, 20, 23).getTime(), now, 'es')).toBe('Ayer')
    expect(dayName(new Date(2025, 0, 2).getTime(), now, 'en')).toBe('January 2, 2025')
  })

  it('finds links and leaves the sentence’s own marks outside', () => {
    expect(splitLinks('See https://a.example/b?c=1, (http://d.example).')).toEqual([
      'See ', 'https://a.example/b?c=1', ', (', 'http://d.example', ').',
    ])
    expect(splitLinks('javascript:alert(1)')).toHaveLength(1)
  })

  it('writes sizes', () => {
    expect(fileSize(2_345_678, 'en')).toBe('2.3 MB')
    expect(fileSize(12, 'en')).toBe('0.1 MB')
  })
})

describe('readEvents', () => {
  it('puts events together however the bytes were cut', async () => {
    const text = ': ping\n\ndata: {"a":"é😀"}\r\n\r\ndata: two\n\ndata: unfinished'
    const bytes = new TextEncoder().encode(text)
    for (const size of [1, 2, 3, 7, 1000]) {
      const got: string[] = []
      const body = new ReadableStream<Uint8Array>({
        start(c) {
          for (let i = 0; i < bytes.length; i += size) c.enqueue(bytes.slice(i, i + size))
          c.close()
        },
      })
      await readEvents(body, (d) => got.push(d), () => {})
      expect(got).toEqual(['{"a":"é😀"}', 'two'])
    }
  })
})
