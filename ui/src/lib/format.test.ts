import { describe, expect, it } from 'vitest'
import { clock, makeFormat, parseClock, toDate } from './format'

const now = new Date('2026-03-10T15:00:00Z') // a Tuesday, noon in São Paulo
const pt = makeFormat('pt-BR', 'America/Sao_Paulo', 'BRL')
const en = makeFormat('en', 'America/New_York', 'USD')
const plain = (text: string): string => text.replaceAll(/\s/gu, ' ')

describe('format', () => {
  it('reads what PocketBase writes', () => {
    expect(toDate('2026-03-10 15:00:00.000Z').toISOString()).toBe('2026-03-10T15:00:00.000Z')
  })

  it('tells times in the zone of the company, not of the browser', () => {
    expect(pt.time('2026-03-10 15:00:00.000Z')).toBe('12:00')
    expect(plain(en.time('2026-03-10 15:00:00.000Z'))).toBe('11:00 AM')
    expect(pt.dayKey('2026-03-10 02:00:00.000Z')).toBe('2026-03-09')
  })

  it('names days as people do', () => {
    expect(pt.day('2026-03-10T23:00:00Z', now)).toBe('Hoje')
    expect(pt.day('2026-03-11T03:00:00Z', now)).toBe('Amanhã')
    expect(en.day('2026-03-09T12:00:00Z', now)).toBe('Yesterday')
    expect(en.day('2026-03-20T12:00:00Z', now)).toBe('Friday, March 20')
    expect(en.day('2025-03-20T12:00:00Z', now)).toBe('Thursday, March 20, 2025')
  })

  it('keeps lists short', () => {
    expect(pt.short('2026-03-10T12:30:00Z', now)).toBe('09:30')
    expect(pt.short('2026-03-09T12:30:00Z', now)).toBe('Ontem')
    expect(pt.short('2026-03-06T12:30:00Z', now)).toBe('Sex.')
    expect(en.short('2026-02-01T12:30:00Z', now)).toBe('Feb 1')
    expect(en.short('2025-02-01T12:30:00Z', now)).toBe('Feb 1, 2025')
  })

  it('says how long ago and how long', () => {
    expect(en.relative('2026-03-10T14:55:00Z', now)).toBe('5 minutes ago')
    expect(en.relative('2026-03-10T14:59:30Z', now)).toBe('this minute')
    expect(pt.relative('2026-03-17T15:00:00Z', now)).toBe('em 7 dias')
    expect(plain(en.duration(90))).toBe('1 hr 30 min')
    expect(plain(en.duration(0))).toBe('0 min')
  })

  it('writes money from minor units, whatever the currency has', () => {
    expect(plain(pt.money(12_990))).toBe('R$ 129,90')
    expect(plain(en.money(5000, 'CLP'))).toBe('CLP 5,000')
  })

  it('counts weekdays from Sunday', () => {
    expect([0, 1, 6].map((day) => en.weekday(day))).toEqual(['Sunday', 'Monday', 'Saturday'])
    expect(pt.weekday(1)).toBe('Segunda-feira')
  })
})

describe('clock', () => {
  it.each([
    ['09:30', 570],
    ['9:05', 545],
    ['24:00', 1440],
    ['24:01', Number.NaN],
    ['9:60', Number.NaN],
    ['', Number.NaN],
    ['noon', Number.NaN],
  ])('%s → %d', (text, minutes) => expect(parseClock(text)).toBe(minutes))

  it('writes what it reads', () => {
    for (let minutes = 0; minutes < 1440; minutes += 7) expect(parseClock(clock(minutes))).toBe(minutes)
  })
})
