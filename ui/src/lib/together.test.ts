import { expect, test } from 'vitest'
import { together } from './together'

function counted(most: number) {
  const calls: string[][] = []
  const ask = together(most, async (keys) => {
    calls.push(keys)
    return new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, key.toUpperCase()]))
  })
  return { ask, calls }
}

test('what is asked for in one turn is one request', async () => {
  const { ask, calls } = counted(10)
  expect(await Promise.all([ask('a'), ask('b'), ask('a'), ask('nobody')])).toEqual(['A', 'B', 'A', undefined])
  expect(calls).toEqual([['a', 'b', 'nobody']])
  expect(await ask('c')).toBe('C')
  expect(calls).toHaveLength(2)
})

test('no request asks for more than it may', async () => {
  const { ask, calls } = counted(2)
  expect(await Promise.all(['a', 'b', 'c', 'd', 'e'].map(ask))).toEqual(['A', 'B', 'C', 'D', 'E'])
  expect(calls).toEqual([['a', 'b'], ['c', 'd'], ['e']])
})

test('a failure reaches all who asked, and nobody after them', async () => {
  let fail = true
  const ask = together(10, async (keys) => {
    if (fail) throw new Error('offline')
    return new Map(keys.map((key) => [key, key]))
  })
  await expect(Promise.all([ask('a'), ask('b')])).rejects.toThrow('offline')
  fail = false
  expect(await ask('a')).toBe('a')
})
