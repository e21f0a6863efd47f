import type { QueryKey } from '@tanstack/react-query'
import { keys } from '@/lib/data'
import { onLive, type LiveEvent } from '@/lib/live'
import { pb } from '@/lib/pb'
import type { ContactsRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { fits, type Filters } from './filters'
import type { Conversation, Message } from './types'
import { cap, remove, upsert, type Window } from './window'

/*
 * The live feed into the inbox's own windows: the lists of conversations and the threads of messages. Events come in
 * batches; each batch changes each window once. What happens while a window is being fetched is kept and applied to
 * the answer, so an answer that is a moment old never wins over something newer.
 */

export const listKey = (filters: Filters, me: string) => ['conversations', 'inbox', filters, me] as const
export const searchKey = (filters: Filters) => ['conversations', 'search', filters] as const
export const threadKey = (conversation: string) => ['messages', 'thread', conversation] as const

/** Threads nobody looks at keep this much, to be shown at once when opened again. */
const THREAD_IDLE = 40
/** Most rows a list grows to by itself. */
const LIST_MOST = 3000

export const lastMessageAt = (conversation: Conversation): string => conversation.last_message_at
export const messageAt = (message: Message): string => message.at
const always = () => true

type Change = Pick<LiveEvent, 'collection' | 'id' | 'action' | 'record'>

const recorders = new Set<Change[]>()

/** Fetches, and hands over what the feed said meanwhile. */
export async function withEvents<T>(fetch: () => Promise<T>): Promise<{ answer: T; events: Change[] }> {
  const events: Change[] = []
  recorders.add(events)
  try {
    return { answer: await fetch(), events }
  } finally {
    recorders.delete(events)
  }
}

const isGone = (change: Change): boolean => change.action === 'delete' || change.action === 'gone'

/** Applies changes to a thread. */
export function changeThread(window: Window<Message>, conversation: string, changes: Change[]): Window<Message> {
  return changes.reduce((window, change) => {
    if (change.collection !== 'messages' || !change.id) return window
    if (isGone(change)) return remove(window, change.id)
    const message = change.record as unknown as Message | undefined
    return message?.conversation === conversation ? upsert(window, message, messageAt, always) : window
  }, window)
}

/** Applies changes to a list. `belongs` judges membership; a list that is a search result takes nobody in. */
export function changeList(window: Window<Conversation>, changes: Change[], belongs: (conversation: Conversation) => boolean, insert = true): Window<Conversation> {
  return changes.reduce((window, change) => {
    if (change.collection !== 'conversations' || !change.id) return window
    if (isGone(change)) return remove(window, change.id)
    return change.record ? upsert(window, change.record as unknown as Conversation, lastMessageAt, belongs, insert) : window
  }, window)
}

/** Puts what is newly known of contacts into the rows that show them. */
export function changeContacts(window: Window<Conversation>, contacts: Map<string, ContactsRecord>): Window<Conversation> {
  if (!window.items.some(({ contact }) => contacts.has(contact))) return window
  return { ...window, items: window.items.map((row) => withContact(row, contacts)) }
}

function withContact(row: Conversation, contacts: Map<string, ContactsRecord>): Conversation {
  const contact = contacts.get(row.contact)
  return contact ? { ...row, expand: { ...row.expand, contact } } : row
}

let waiting: Change[] = []

function take(change: Change): void {
  for (const recorder of recorders) recorder.push(change)
  if (waiting.push(change) === 1) queueMicrotask(flush)
}

function flush(): void {
  const changes = waiting
  waiting = []
  applyChanges(changes)
}

/** Applies changes to everything the inbox has in memory. */
export function applyChanges(changes: Change[]): void {
  const messages = changes.filter(({ collection }) => collection === 'messages')
  const touched = new Set(messages.map(({ record }) => record?.conversation))
  for (const query of queryClient.getQueryCache().findAll({ queryKey: ['messages', 'thread'] })) {
    const id = query.queryKey[2] as string
    // a message that is gone does not say where it was
    if (!touched.has(id) && !messages.some(isGone)) continue
    set<Message>(query.queryKey, (window) => {
      const next = changeThread(window, id, messages)
      return query.isActive() ? next : cap(next, THREAD_IDLE)
    })
  }

  const conversations = changes.filter(({ collection }) => collection === 'conversations')
  const contacts = new Map(changes.filter(({ collection, record }) => collection === 'contacts' && record).map(({ record }) => [record!.id, record as unknown as ContactsRecord]))
  if (conversations.length === 0 && contacts.size === 0) return

  for (const [key] of lists()) {
    set<Conversation>(key, (window) => {
      const listed = key[1] === 'inbox' ? changeList(window, conversations, fits(key[2] as Filters, key[3] as string)) : changeList(window, conversations, always, false)
      return cap(changeContacts(listed, contacts), LIST_MOST)
    })
  }
  showContacts([...contacts.values()])
  void nameStrangers()
}

const lists = (): [QueryKey, Window<Conversation> | undefined][] => [
  ...queryClient.getQueriesData<Window<Conversation>>({ queryKey: ['conversations', 'inbox'] }),
  ...queryClient.getQueriesData<Window<Conversation>>({ queryKey: ['conversations', 'search'] }),
]

function set<T>(key: QueryKey, change: (window: Window<T>) => Window<T>): void {
  queryClient.setQueryData<Window<T>>(key, (window) => window && change(window))
}

/** The open conversation carries its contact too. */
function showContacts(contacts: ContactsRecord[]): void {
  if (contacts.length === 0) return
  const known = new Map(contacts.map((contact) => [contact.id, contact]))
  for (const [key, row] of queryClient.getQueriesData<Conversation>({ queryKey: ['conversations', 'one'] })) {
    if (row && known.has(row.contact)) queryClient.setQueryData(key, withContact(row, known))
  }
}

let asking = false

/** Live rows come without their contact: asks for the missing ones, many at a time. */
async function nameStrangers(): Promise<void> {
  if (asking) return
  const rows = lists().flatMap(([, window]) => window?.items ?? [])
  const ids = [...new Set(rows.filter((row) => !row.expand?.contact).map((row) => row.contact))].slice(0, 50)
  if (ids.length === 0) return
  asking = true
  try {
    const filter = ids.map((id) => pb.filter('id = {:id}', { id })).join(' || ')
    const { items } = await pb.collection('contacts').getList<ContactsRecord>(1, 50, { filter, skipTotal: true })
    const found = new Map(items.map((contact) => [contact.id, contact]))
    for (const [key] of lists()) set<Conversation>(key, (window) => changeContacts(window, found))
    showContacts(items)
  } catch {
    // the rows stay without a name until the next event asks again
  } finally {
    asking = false
  }
}

/** The newest known state of a conversation, from wherever it is shown. */
export function knownConversation(id: string): Conversation | undefined {
  const one = queryClient.getQueryData<Conversation>(keys.one('conversations', id))
  if (one) return one
  for (const [, window] of lists()) {
    const row = window?.items.find((item) => item.id === id)
    if (row) return row
  }
  return undefined
}

/** Keeps the inbox true while it is open. What it holds counts as old afterwards. */
export function follow(): () => void {
  const stop = onLive('*', take)
  return () => {
    stop()
    for (const queryKey of [['conversations', 'inbox'], ['conversations', 'search'], ['messages', 'thread']]) void queryClient.invalidateQueries({ queryKey, refetchType: 'none' })
  }
}
