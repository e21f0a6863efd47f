import { describe, expect, it } from 'vitest'
import { BARS, clock, decodeWaveform, encodeWaveform, squeeze } from './waveform'

describe('the picture of a voice note', () => {
  it('has as many bars as the phone draws, the loudest at the top', () => {
    const bars = decodeWaveform(encodeWaveform(Array.from({ length: 1000 }, (_, index) => index / 2000)))
    expect(bars).toHaveLength(BARS)
    expect(bars.at(-1)).toBe(100)
    expect(bars[0]).toBeLessThan(5)
  })
  it('follows short recordings, silence and nothing', () => {
    expect(squeeze([1, 0], 4)).toEqual([1, 1, 0, 0])
    expect(decodeWaveform(encodeWaveform([0, 0]))).toEqual(Array.from({ length: BARS }, () => 0))
    expect(decodeWaveform(encodeWaveform([]))).toHaveLength(BARS)
    expect(decodeWaveform(encodeWaveform([-1, Number.EPSILON]))).toHaveLength(BARS)
  })
  it('reads what others wrote', () => {
    expect(decodeWaveform('')).toEqual([])
    expect(decodeWaveform('%%%')).toEqual([])
    expect(Math.max(...decodeWaveform('/////w=='))).toBe(100)
  })
  it('tells the time as players do', () => {
    expect([clock(0), clock(9.6), clock(75), clock(-1)]).toEqual(['0:00', '0:10', '1:15', '0:00'])
  })
})
