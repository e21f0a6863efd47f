import { expect, it } from 'vitest'
import { remindersBody, remindersFault, remindersOf } from './reminders'

it('shows what the server does where a service says nothing', () => {
  expect(remindersOf(null)).toEqual({ offsets: [1440, 120], channels: ['chat', 'email'], texts: {} })
  expect(remindersOf({ offsets: [] })).toEqual({ offsets: [], channels: ['chat', 'email'], texts: {} })
})

it('stores each offset once, the earliest first, and no empty words', () => {
  expect(remindersBody({ offsets: [120, 1440, 120], channels: ['email'], texts: { en: ' Hi ', es: '  ' } })).toEqual({ offsets: [1440, 120], channels: ['email'], texts: { en: 'Hi' } })
})

it('knows what the server refuses', () => {
  expect(remindersFault([60, 43_200])).toBe(false)
  for (const offsets of [[59], [43_201], [Number.NaN], [60, 120, 180, 240, 300, 360]]) expect(remindersFault(offsets), String(offsets)).toBe(true)
})
