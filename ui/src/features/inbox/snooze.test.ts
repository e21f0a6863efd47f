import { describe, expect, it } from 'vitest'
import { pickedInstant, snoozePresets } from './snooze'

const zone = 'America/Sao_Paulo'
const iso = (at: number): string => new Date(at).toISOString()
const presets = (now: string): string[] => snoozePresets(Date.parse(now), zone).map(({ preset, at }) => `${preset} ${iso(at)}`)

describe('snoozePresets', () => {
  it('are on the wall clock of the company', () => {
    expect(presets('2026-03-10T12:10:00Z')).toEqual(['later 2026-03-10T15:30:00.000Z', 'tomorrow 2026-03-11T12:00:00.000Z', 'nextWeek 2026-03-16T12:00:00.000Z'])
  })

  it('have no later today in the evening', () => {
    expect(presets('2026-03-10T20:01:00Z')).toEqual(['tomorrow 2026-03-11T12:00:00.000Z', 'nextWeek 2026-03-16T12:00:00.000Z'])
    expect(presets('2026-03-11T02:00:00Z')[0]).toBe('tomorrow 2026-03-11T12:00:00.000Z')
  })

  it('never offer the same time twice', () => {
    expect(presets('2026-03-15T12:00:00Z').slice(1)).toEqual(['tomorrow 2026-03-16T12:00:00.000Z', 'nextWeek 2026-03-23T12:00:00.000Z'])
    expect(presets('2026-03-16T12:00:00Z')[2]).toBe('nextWeek 2026-03-23T12:00:00.000Z')
  })
})

describe('pickedInstant', () => {
  it('reads the two fields', () => {
    expect(iso(pickedInstant('2026-03-10', '09:30', zone))).toBe('2026-03-10T12:30:00.000Z')
    expect(pickedInstant('', '09:30', zone)).toBeNaN()
    expect(pickedInstant('2026-03-10', '', zone)).toBeNaN()
  })
})
