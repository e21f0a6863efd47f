import type { TFunction } from 'i18next'
import { describe, expect, it } from 'vitest'
import { pictureSize } from './parts/Attachment'
import { waitingMinutes } from './parts/ConversationRow'
import { showPhone } from '@/lib/phone'
import { authorOf, eventText, nameOf, previewOf } from './words'

const t = ((key: string, values: Record<string, string> = {}) => [key, ...Object.entries(values).filter(([name]) => name !== 'defaultValue').map(([, value]) => value)].join(' ').trim()) as unknown as TFunction<'inbox'>
const names = { member: (id: string) => ({ a: 'Ana', b: 'Beto' })[id] ?? '?', queue: (id: string) => (id === 'q' ? 'Sales' : '') }
const event = (data: object, author = 'a') => eventText({ data, author, text: '' }, names, t, (at) => at)

describe('words', () => {
  it('call a contact by the best that is known', () => {
    expect(nameOf({ id: 'x', name: 'Ana', phone: '+5511953125171', email: '' }, 'x', t)).toBe('Ana')
    expect(nameOf({ id: 'x', name: '', phone: '+5511953125171', email: 'a@b.c' }, 'x', t)).toBe('+55 11 95312-5171')
    expect(nameOf({ id: 'x', name: '', phone: '', email: 'a@b.c' }, 'x', t)).toBe('a@b.c')
    expect(nameOf(undefined, 'abcdefghijk1234', t)).toBe('visitor 1234')
  })

  it('say what a message without words is', () => {
    expect(previewOf({ preview: '[image]' }, t)).toBe('kind.image')
    expect(previewOf({ preview: 'hello [image]' }, t)).toBe('hello [image]')
  })

  it('tell what happened, and who did it', () => {
    expect(event({ event: 'assigned', assignee: 'a' })).toBe('event.taken Ana')
    expect(event({ event: 'assigned', assignee: 'b' })).toBe('event.assigned_by Ana Beto')
    expect(event({ event: 'assigned', assignee: 'b' }, '')).toBe('event.assigned  Beto')
    expect(event({ event: 'queued', queue: 'q' })).toBe('event.queued_by Ana Sales')
    expect(event({ event: 'queued', queue: '' })).toBe('event.unqueued_by Ana')
    expect(event({ event: 'assigned', assignee: 'b', distributed: true }, '')).toBe('event.distributed Beto')
    expect(event({ event: 'transferred', assignee: 'b', queue: 'q' })).toBe('event.transferred_by Ana Beto')
    expect(event({ event: 'transferred', assignee: '', queue: 'q' })).toBe('event.queued_by Ana Sales')
    expect(event({ event: 'snoozed', until: '9:00' })).toBe('event.snoozed_by Ana 9:00')
    expect(event({ event: 'snoozed', until: '' })).toBe('event.snoozedReply_by Ana')
    expect(event({ event: 'woken', assignee: 'a' }, '')).toBe('event.woken')
    expect(event({ event: 'closed' })).toBe('event.closed_by Ana')
    expect(event({ event: 'returned_to_bot' }, '')).toBe('event.returned_to_bot')
    expect(event({ event: 'handoff', reason: 'asked' }, '')).toBe('event.handoff_asked')
    expect(event({ event: 'something_new' })).toBe('event.other_by Ana')
  })

  it('name who answered', () => {
    expect(authorOf({ answered_by: 'bot', author: '' }, names, t)).toBe('bot')
    expect(authorOf({ answered_by: 'agent', author: '' }, names, t)).toBe('agent')
    expect(authorOf({ answered_by: 'human', author: 'b' }, names, t)).toBe('Beto')
    expect(authorOf({ answered_by: 'human', author: '' }, names, t)).toBe('phone')
  })

  it('show phones as they are written where they are from', () => {
    expect(showPhone('+551133334444')).toBe('+55 11 3333-4444')
    expect(showPhone('+14155550100')).toBe('+1 415 555-0100')
    expect(showPhone('+4930123456')).toBe('+4930123456')
    expect(showPhone('')).toBe('')
  })
})

describe('waitingMinutes', () => {
  const now = Date.parse('2026-01-01T10:30:00Z')
  const since = { waiting_since: '2026-01-01 10:00:00.000Z', answerer: 'waiting', status: 'open' } as const

  it('counts for people, not while the assistant answers', () => {
    expect(waitingMinutes(since, now)).toBe(30)
    expect(waitingMinutes({ ...since, answerer: 'human' }, now)).toBe(30)
    expect(waitingMinutes({ ...since, answerer: 'bot' }, now)).toBe(false)
    expect(waitingMinutes({ ...since, status: 'closed' }, now)).toBe(false)
    expect(waitingMinutes({ ...since, status: 'snoozed' }, now)).toBe(false)
    expect(waitingMinutes({ ...since, waiting_since: '' }, now)).toBe(false)
  })
})

describe('pictureSize', () => {
  it('keeps the shape within its bounds, and some room where it is unknown', () => {
    expect(pictureSize(3000, 1500)).toEqual({ width: 300, height: 150 })
    expect(pictureSize(100, 3200)).toEqual({ width: 60, height: 320 })
    expect(pictureSize(120, 80)).toEqual({ width: 120, height: 80 })
    expect(pictureSize(0, 0)).toEqual({ width: 240, height: 180 })
  })
})
