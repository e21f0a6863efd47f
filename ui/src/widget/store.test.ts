import { describe, expect, it } from 'vitest'
import { empty, isRead, merge, offered, reduce, unread, type Pending } from './store'
import type { Message } from './types'

const message = (id: string, over: Partial<Message> = {}): Message => ({
  id, direction: 'out', kind: 'text', text: id, options: [], attachments: [], at: '', status: 'sent',
  clientId: '', answeredBy: '', authorName: '', quote: '', ...over,
})
const pending = (clientId: string, over: Partial<Pending> = {}): Pending => ({
  clientId, text: clientId, payload: '', at: 0, error: '', ...over,
})
const ids = (list: { id: string }[]) => list.map((m) => m.id).join('')

describe('merge', () => {
  it('orders by id whatever the order of arrival, each id once', () => {
    let list: Message[] = []
    for (const id of ['b', 'd', 'a', 'b', 'c', 'd']) list = merge(list, [message(id)])
    expect(ids(list)).toBe('abcd')
  })

  it('takes the newer version of a message', () => {
    const list = merge([message('a'), message('b')], [message('a', { status: 'read' })])
    expect(list[0].status).toBe('read')
    expect(ids(list)).toBe('ab')
  })

  it('gives the same array back for nothing', () => {
    const list = [message('a')]
    expect(merge(list, [])).toBe(list)
  })
})

describe('state', () => {
  it('drops the pending message its confirmation names, from whichever side it comes', () => {
    let s = reduce(empty, { do: 'queued', pending: pending('x') })
    s = reduce(s, { do: 'queued', pending: pending('y') })
    s = reduce(s, { do: 'received', messages: [message('a', { direction: 'in', clientId: 'x' })] })
    expect(s.pending.map((p) => p.clientId)).toEqual(['y'])
    expect(s.cursor).toBe('')
  })

  it('moves the cursor forward only, and only for what was read in order', () => {
    let s = reduce(empty, { do: 'received', messages: [message('c')], cursor: true })
    s = reduce(s, { do: 'received', messages: [message('b')], cursor: true })
    s = reduce(s, { do: 'received', messages: [message('z')] })
    expect(s.cursor).toBe('c')
  })

  it('counts unseen answers, not the visitor’s own words', () => {
    let s = reduce(empty, { do: 'received', messages: [message('a'), message('b', { direction: 'in' }), message('c')] })
    expect(unread(s)).toBe(2)
    s = reduce(s, { do: 'seen', upTo: 'a' })
    expect(unread(s)).toBe(1)
    expect(unread(reduce(s, { do: 'seen', upTo: 'c' }))).toBe(0)
  })

  it('takes a message as read when the team said so or answered', () => {
    const own = message('b', { direction: 'in' })
    let s = reduce(empty, { do: 'received', messages: [message('a'), own] })
    expect(isRead(s, own)).toBe(false)
    expect(isRead(reduce(s, { do: 'read', upTo: 'b' }), own)).toBe(true)
    s = reduce(s, { do: 'received', messages: [message('c')] })
    expect(isRead(s, own)).toBe(true)
  })

  it('offers buttons only as the last word', () => {
    const options = [{ id: '1', label: 'Book' }]
    let s = reduce(empty, { do: 'received', messages: [message('a', { options })] })
    expect(offered(s)).toEqual(options)
    s = reduce(s, { do: 'queued', pending: pending('x') })
    expect(offered(s)).toEqual([])
    s = reduce(s, { do: 'changed', clientId: 'x', with: { error: 'refused' } })
    expect(offered(s)).toEqual(options)
    s = reduce(s, { do: 'received', messages: [message('b', { direction: 'in' })] })
    expect(offered(s)).toEqual([])
  })

  it('ends the dots with the answer', () => {
    let s = reduce(empty, { do: 'typing', on: true })
    s = reduce(s, { do: 'received', messages: [message('a', { direction: 'in' })] })
    expect(s.typing).toBe(true)
    expect(reduce(s, { do: 'received', messages: [message('b')] }).typing).toBe(false)
  })
})
