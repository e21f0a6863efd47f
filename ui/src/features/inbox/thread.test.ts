import { describe, expect, it } from 'vitest'
import { firstUnread, layOut, linkParts, optionsOf } from './thread'
import type { Message, Pending } from './types'

const message = (id: string, at: string, rest: Partial<Message> = {}): Message =>
  ({ id, at: `2026-01-${at}.000Z`, direction: 'in', kind: 'text', text: id, author: '', answered_by: '', client_id: '', payload: '', options: null, data: null, ...rest }) as Message

const draw = (messages: Message[], more: Partial<Parameters<typeof layOut>[0]> = {}) => layOut({ messages, pending: [], me: 'me', newFrom: '', dayKey: (at) => at.slice(0, 10), ...more })
const shape = (rows: ReturnType<typeof draw>): string[] => rows.map((row) => ('first' in row ? `${row.key}${row.first ? '^' : ''}${row.last ? '$' : ''}` : row.type))

describe('layOut', () => {
  it('starts each day with its date', () => {
    expect(shape(draw([message('a', '01 10:00:00'), message('b', '02 10:00:00')]))).toEqual(['day', 'a^$', 'day', 'b^$'])
  })

  it('groups one voice within five minutes', () => {
    const rows = draw([message('a', '01 10:00:00'), message('b', '01 10:04:00'), message('c', '01 10:10:00'), message('d', '01 10:11:00', { direction: 'out', answered_by: 'bot' }), message('e', '01 10:12:00', { direction: 'out', answered_by: 'human', author: 'me' })])
    expect(shape(rows)).toEqual(['day', 'a^', 'b$', 'c^$', 'd^$', 'e^$'])
  })

  it('does not mix a note into what the customer reads', () => {
    const out = { direction: 'out', answered_by: 'human', author: 'me' } as const
    expect(shape(draw([message('a', '01 10:00:00', out), message('b', '01 10:00:10', { ...out, kind: 'note' }), message('c', '01 10:00:20', out)]))).toEqual(['day', 'a^$', 'b^$', 'c^$'])
  })

  it('draws events apart and the line before what is new', () => {
    const rows = draw([message('a', '01 10:00:00'), message('s', '01 10:00:10', { kind: 'system', direction: 'out' }), message('b', '01 10:00:20')], { newFrom: 'b' })
    expect(shape(rows)).toEqual(['day', 'a^$', 'event', 'new', 'b^$'])
  })

  it('shows a pending message last, until its record is here, under the same key', () => {
    const pending: Pending = { clientId: 'k', conversation: 'c', kind: 'text', text: 'hi', files: [], replyTo: '', mentions: [], at: '2026-01-01 10:01:00.000Z', state: 'sending' }
    const mine = { direction: 'out', answered_by: 'human', author: 'me' } as const
    expect(shape(draw([message('a', '01 10:00:00', mine)], { pending: [pending] }))).toEqual(['day', 'a^', 'k$'])
    const arrived = draw([message('a', '01 10:00:00', mine), message('r', '01 10:01:00', { ...mine, client_id: 'k' })], { pending: [pending] })
    expect(shape(arrived)).toEqual(['day', 'a^', 'k$'])
    expect(arrived.at(-1)!.type).toBe('message')
  })

  it('marks the option the customer pressed, by id or by its words', () => {
    const offer = { direction: 'out', answered_by: 'bot', options: [{ id: 'book', label: 'Book' }, { id: 'info', label: 'Information' }] } as const
    const pressed = draw([message('o', '01 10:00:00', offer), message('a', '01 10:01:00', { payload: 'info', text: 'Information' })])
    expect(pressed.find((row) => row.key === 'o')).toMatchObject({ chosen: 'info' })
    const typed = draw([message('o', '01 10:00:00', offer), message('a', '01 10:01:00', { text: 'Book' })])
    expect(typed.find((row) => row.key === 'o')).toMatchObject({ chosen: 'book' })
    const other = draw([message('o', '01 10:00:00', offer), message('a', '01 10:01:00', { text: 'hello' }), message('b', '01 10:02:00', { payload: 'info' })])
    expect(other.find((row) => row.key === 'o')).toMatchObject({ chosen: '' })
  })
})

describe('firstUnread', () => {
  const list = [message('d', '04 10:00:00'), message('c', '03 10:00:00', { direction: 'out' }), message('b', '02 10:00:00'), message('a', '01 10:00:00')]

  it('counts incoming messages from the end', () => {
    expect(firstUnread(list, 0)).toBe('')
    expect(firstUnread(list, 1)).toBe('d')
    expect(firstUnread(list, 2)).toBe('b')
    expect(firstUnread(list, 9)).toBe('a')
    expect(firstUnread([], 3)).toBe('')
  })
})

describe('linkParts', () => {
  it('finds addresses and leaves the full stop of the sentence outside', () => {
    expect(linkParts('see https://a.example/x?y=1, or (http://b.example).')).toEqual([
      { text: 'see ' },
      { text: 'https://a.example/x?y=1', href: 'https://a.example/x?y=1' },
      { text: ', or (' },
      { text: 'http://b.example', href: 'http://b.example' },
      { text: ').' },
    ])
  })

  it('makes no link of anything else', () => {
    expect(linkParts('javascript:alert(1) data:text/html,x')).toEqual([{ text: 'javascript:alert(1) data:text/html,x' }])
    expect(linkParts('')).toEqual([])
  })
})

describe('optionsOf', () => {
  it('takes nothing that is no option', () => {
    expect(optionsOf({ options: null })).toEqual([])
    expect(optionsOf({ options: [{ id: 'a', label: 'A' }, null, { id: 'b' }] })).toEqual([{ id: 'a', label: 'A' }])
  })
})
