import { describe, expect, it } from 'vitest'
import { groupReactions, possible, reactionsOf } from './changes'
import type { Message } from './types'

const now = Date.parse('2026-03-10T12:00:00Z')
const message = (changes: Partial<Message> = {}): Message =>
  ({ id: 'm', kind: 'text', direction: 'out', status: 'sent', text: 'hi', author: 'me', at: '2026-03-10 11:50:00.000Z', attachments: [], deleted_at: '', ...changes }) as Message
const can = (window: number) => ({ quote: true, react: true, edit: window, delete: window })
const me = { me: 'me', wide: false }

describe('possible', () => {
  it('follows the window of the channel', () => {
    expect(possible(message(), can(900), me, now)).toEqual({ reply: true, forward: true, edit: true, delete: true })
    expect(possible(message(), can(300), me, now)).toMatchObject({ edit: false, delete: false })
    expect(possible(message(), can(-1), me, now)).toMatchObject({ edit: true, delete: true })
    expect(possible(message(), undefined, me, now)).toMatchObject({ edit: false, delete: false })
  })
  it('lets change what has not left, and notes', () => {
    expect(possible(message({ status: 'failed' }), can(0), me, now)).toMatchObject({ edit: true, delete: true })
    expect(possible(message({ kind: 'note' }), can(0), me, now)).toEqual({ reply: true, forward: false, edit: true, delete: true })
  })
  it("leaves what others wrote, but for whoever may change everyone's", () => {
    expect(possible(message({ author: 'other' }), can(-1), me, now)).toMatchObject({ edit: false, delete: false })
    expect(possible(message({ author: 'other' }), can(-1), { me: 'me', wide: true }, now)).toMatchObject({ edit: false, delete: true })
    expect(possible(message({ direction: 'in', author: '' }), can(-1), { me: 'me', wide: true }, now)).toMatchObject({ edit: false, delete: false })
  })
  it('does nothing to what is deleted', () => {
    expect(possible(message({ deleted_at: '2026-03-10 11:55:00.000Z', text: '' }), can(-1), me, now)).toEqual({ reply: false, forward: false, edit: false, delete: false })
  })
})

it('groups reactions by emoji', () => {
  expect(groupReactions(reactionsOf({ reactions: [{ by: 'a', emoji: '👍' }, { by: 'b', emoji: '❤️' }, { by: 'c', emoji: '👍' }] }))).toEqual([
    { emoji: '👍', by: ['a', 'c'] },
    { emoji: '❤️', by: ['b'] },
  ])
  expect(reactionsOf({ reactions: null })).toEqual([])
})
