import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { act, renderHook } from '@testing-library/react'
import { notePresence, noteTyping, TypingSignal, useTyping, useViewers } from './presence'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('who is typing', () => {
  it('is forgotten after six seconds of silence', () => {
    const { result } = renderHook(() => useTyping('c'))
    act(() => noteTyping('c', 'contact', true))
    expect(result.current).toEqual(['contact'])
    act(() => void vi.advanceTimersByTime(4000))
    act(() => noteTyping('c', 'contact', true))
    act(() => void vi.advanceTimersByTime(5000))
    expect(result.current).toEqual(['contact'])
    act(() => void vi.advanceTimersByTime(1500))
    expect(result.current).toEqual([])
  })

  it('stops when it is said, for that conversation only', () => {
    const { result } = renderHook(() => [useTyping('c'), useTyping('d')])
    act(() => {
      noteTyping('c', 'ana', true)
      noteTyping('d', 'ana', true)
      noteTyping('c', 'ana', false)
    })
    expect(result.current).toEqual([[], ['ana']])
  })
})

describe('who looks at a conversation', () => {
  it('names colleagues, not oneself', () => {
    const { result } = renderHook(() => useViewers('c', 'me'))
    act(() => {
      notePresence({ member: 'ana', online: true, viewing: 'c' })
      notePresence({ member: 'me', online: true, viewing: 'c' })
      notePresence({ member: 'beto', online: true, viewing: 'd' })
    })
    expect(result.current).toEqual(['ana'])
    act(() => notePresence({ member: 'ana', online: false }))
    expect(result.current).toEqual([])
  })
})

describe('TypingSignal', () => {
  function signal() {
    const told: string[] = []
    return { told, typing: new TypingSignal((conversation, on) => void told.push(`${conversation} ${on ? 'on' : 'off'}`)) }
  }

  it('is told once, again every three seconds, and ends six after the last key', () => {
    const { told, typing } = signal()
    for (let key = 0; key < 8; key++) {
      typing.key('c')
      vi.advanceTimersByTime(500)
    }
    expect(told).toEqual(['c on', 'c on'])
    vi.advanceTimersByTime(6000)
    expect(told).toEqual(['c on', 'c on', 'c off'])
  })

  it('ends at once when sent, and where one goes on writing elsewhere', () => {
    const { told, typing } = signal()
    typing.key('c')
    typing.stop()
    typing.stop()
    typing.key('c')
    typing.key('d')
    expect(told).toEqual(['c on', 'c off', 'c on', 'c off', 'd on'])
  })
})
