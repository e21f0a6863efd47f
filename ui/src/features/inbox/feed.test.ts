import { afterEach, describe, expect, it } from 'vitest'
import type { ContactsRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { applyChanges, changeList, changeThread, knownConversation, listKey, threadKey, withEvents } from './feed'
import type { Filters } from './filters'
import type { Conversation, Message } from './types'
import type { Window } from './window'

const all: Filters = { view: 'all', queue: '', channel: '', tag: '', q: '' }
const mine: Filters = { ...all, view: 'mine' }
const conversation = (id: string, rest: Partial<Conversation> = {}): Conversation =>
  ({ id, contact: `of-${id}`, status: 'open', assignee: '', queue: '', channel: '', tags: [], last_message_at: id, updated: '1', expand: { contact: { id: `of-${id}`, name: id } as ContactsRecord }, ...rest }) as Conversation
const message = (id: string, rest: Partial<Message> = {}): Message => ({ id, conversation: 'c', at: id, updated: '1', ...rest }) as Message
const change = (collection: string, record: { id: string }, action = 'update') => ({ collection, id: record.id, action, record }) as never
const gone = (collection: string, id: string) => ({ collection, id, action: 'gone' }) as never
const ids = (window: Window<{ id: string }> | undefined): string => window?.items.map(({ id }) => id).join('') ?? ''

afterEach(() => queryClient.clear())

describe('a batch of events', () => {
  it('moves a conversation between the lists it fits', () => {
    queryClient.setQueryData(listKey(all, 'me'), { items: [conversation('b'), conversation('a')], more: false })
    queryClient.setQueryData(listKey(mine, 'me'), { items: [], more: false })
    applyChanges([change('conversations', conversation('a', { assignee: 'me', updated: '2', last_message_at: 'z' }))])
    expect(ids(queryClient.getQueryData(listKey(all, 'me')))).toBe('ab')
    expect(ids(queryClient.getQueryData(listKey(mine, 'me')))).toBe('a')
    applyChanges([change('conversations', conversation('a', { assignee: 'me', status: 'closed', updated: '3' })), gone('conversations', 'b')])
    expect(ids(queryClient.getQueryData(listKey(all, 'me')))).toBe('')
    expect(ids(queryClient.getQueryData(listKey(mine, 'me')))).toBe('')
  })

  it('only touches the thread a message belongs to', () => {
    queryClient.setQueryData(threadKey('c'), { items: [message('a')], more: false })
    queryClient.setQueryData(threadKey('d'), { items: [], more: false })
    applyChanges([change('messages', message('b'), 'create'), change('messages', message('b', { status: 'sent', updated: '2' }))])
    expect(ids(queryClient.getQueryData(threadKey('c')))).toBe('ba')
    expect(ids(queryClient.getQueryData(threadKey('d')))).toBe('')
    applyChanges([gone('messages', 'a')])
    expect(ids(queryClient.getQueryData(threadKey('c')))).toBe('b')
  })

  it('shows a contact by its new name wherever it stands', () => {
    queryClient.setQueryData(listKey(all, 'me'), { items: [conversation('a')], more: false })
    queryClient.setQueryData(['conversations', 'one', 'a'], conversation('a'))
    applyChanges([change('contacts', { id: 'of-a', name: 'Ana' } as ContactsRecord)])
    expect(queryClient.getQueryData<Window<Conversation>>(listKey(all, 'me'))!.items[0]!.expand!.contact!.name).toBe('Ana')
    expect(knownConversation('a')!.expand!.contact!.name).toBe('Ana')
  })

  it('keeps threads short that nobody looks at', () => {
    const many = Array.from({ length: 90 }, (_, index) => message(String(900 - index)))
    queryClient.setQueryData(threadKey('c'), { items: many, more: false })
    applyChanges([change('messages', message('901'), 'create')])
    const thread = queryClient.getQueryData<Window<Message>>(threadKey('c'))!
    expect(thread.items).toHaveLength(40)
    expect(thread.items[0]!.id).toBe('901')
    expect(thread.more).toBe(true)
  })
})

describe('withEvents', () => {
  it('hands over nothing when nothing happened, and lets errors through', async () => {
    expect(await withEvents(() => Promise.resolve(1))).toEqual({ answer: 1, events: [] })
    await expect(withEvents(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})

describe('changes to an answer', () => {
  it('win over an answer that is a moment older', () => {
    const answer: Window<Message> = { items: [message('a')], more: false }
    expect(ids(changeThread(answer, 'c', [change('messages', message('b')), change('messages', message('x', { conversation: 'other' }))]))).toBe('ba')
  })

  it('do not let strangers into a search result', () => {
    const found: Window<Conversation> = { items: [conversation('a')], more: false }
    expect(changeList(found, [change('conversations', conversation('b'))], () => true, false)).toBe(found)
  })
})
