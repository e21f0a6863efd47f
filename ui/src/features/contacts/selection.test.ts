import { describe, expect, it } from 'vitest'
import { isEmpty, isSelected, NOTHING, toggle, toggleLoaded } from './selection'

const ORDER = ['a', 'b', 'c', 'd']
const ids = (selection: ReturnType<typeof toggle>): string[] => (selection.all ? ['*'] : [...selection.ids].toSorted())

describe('a selection', () => {
  it('takes rows one by one and in ranges, both ways', () => {
    const first = toggle(NOTHING, ORDER, 'b', false)
    expect(ids(first)).toEqual(['b'])
    expect(ids(toggle(first, ORDER, 'd', true))).toEqual(['b', 'c', 'd'])
    expect(ids(toggle(first, ORDER, 'a', true))).toEqual(['a', 'b'])
    const three = toggle(first, ORDER, 'd', true)
    expect(ids(toggle({ ...three, anchor: 'b' } as never, ORDER, 'c', true))).toEqual(['d'])
    expect(isEmpty(toggle(first, ORDER, 'b', false))).toBe(true)
  })

  it('of everything one can be taken out', () => {
    expect(isSelected({ all: true }, 'x')).toBe(true)
    expect(ids(toggle({ all: true }, ORDER, 'b', false))).toEqual(['a', 'c', 'd'])
  })

  it('takes all that is loaded, and lets go of it', () => {
    const loaded = toggleLoaded(NOTHING, ORDER)
    expect(ids(loaded)).toEqual(ORDER)
    expect(toggleLoaded(loaded, ORDER)).toBe(NOTHING)
    expect(toggleLoaded({ all: true }, ORDER)).toBe(NOTHING)
    expect(isEmpty(toggleLoaded(NOTHING, []))).toBe(true)
  })
})
