import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { startTransition, useEffect, useMemo, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useMe } from '@/lib/company'
import { applyRecord, keys, listOptions, saveRecord } from '@/lib/data'
import { asPeople } from '@/lib/members'
import { fault } from '@/lib/errors'
import { api, pb } from '@/lib/pb'
import type { AgentRunsRecord, AppointmentsRecord, ContactsRecord, ConversationsRecord, MembersRecord, MessagesRecord, ServicesRecord } from '@/lib/pb-types'
import { usePageSize } from '@/lib/preferences'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import { applyChanges, changeList, changeThread, knownConversation, listKey, messageAt, searchKey, threadKey, withEvents } from './feed'
import { search, searchable, type Hit } from '@/lib/search'
import { after, before, fits, listFilter, peopleFilter, type Filters } from './filters'
import type { Conversation, Message } from './types'
import { append, refresh, type Window } from './window'

/*
 * What the inbox asks the server, as hooks. Lists and threads are windows: a fetch brings the newest part, `older` the next.
 */

const ROWS = 40
const MESSAGES = 30
const MOST_ROWS = 500
const MOST_MESSAGES = 200
/** Threads kept in memory. */
const THREADS = 30

const WITH_CONTACT = { expand: 'contact', fields: '*,expand.contact.id,expand.contact.name,expand.contact.phone,expand.contact.email,expand.contact.company' }

async function page<T>(collection: string, size: number, options: object): Promise<Window<T>> {
  const { items } = await pb.collection(collection).getList<T>(1, size, { ...options, skipTotal: true })
  return { items, more: items.length === size }
}

const between = (size: number, least: number, most: number): number => Math.min(most, Math.max(least, size))

function listQuery(filters: Filters, me: string, rows: number) {
  const queryKey = listKey(filters, me)
  return queryOptions({
    queryKey,
    enabled: me !== '',
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Window<Conversation>> => {
      const size = between(queryClient.getQueryData<Window<Conversation>>(queryKey)?.items.length ?? 0, rows, MOST_ROWS)
      const { answer, events } = await withEvents(() => page<Conversation>('conversations', size, { ...WITH_CONTACT, filter: listFilter(filters, me), sort: '-last_message_at,-id', signal }))
      return changeList(answer, events, fits(filters, me))
    },
  })
}

/** The conversations of a view, newest first, so many at a time. */
export function useConversations(filters: Filters, wanted?: number) {
  const own = usePageSize(ROWS)
  const rows = wanted ?? own
  const me = useMe().member?.id ?? ''
  const shown = { ...filters, q: '' }
  const query = useQuery({ ...listQuery(shown, me, rows), placeholderData: undefined })
  const older = useOlder(query.data, async (last) => {
    const filter = before(listFilter(shown, me), 'last_message_at', last.last_message_at, last.id)
    const next = await page<Conversation>('conversations', rows, { ...WITH_CONTACT, filter, sort: '-last_message_at,-id' })
    queryClient.setQueryData<Window<Conversation>>(listKey(shown, me), (window) => window && append(window, last.id, next))
  })
  return { query, ...older }
}

/** Asks for the next page of a window, one at a time. */
function useOlder<T extends { id: string }>(window: Window<T> | undefined, ask: (last: T) => Promise<void>) {
  const [state, setState] = useState<{ after: string; failed: boolean }>()
  const last = window?.items.at(-1)
  const asking = state !== undefined && !state.failed
  return {
    asking,
    failed: state?.failed === true,
    async older(): Promise<void> {
      if (!last || !window?.more || asking) return
      setState({ after: last.id, failed: false })
      try {
        await ask(last)
        setState(undefined)
      } catch {
        setState({ after: last.id, failed: true })
      }
    },
  }
}

export interface Found {
  people: Window<Conversation>
  /** Messages that have the words, newest first, with their conversations. */
  words: { conversation: Conversation; message: Hit }[]
}

/** Finds conversations by name, phone or words, in every view. */
export function useSearch(filters: Filters) {
  const people = useQuery({
    queryKey: searchKey(filters),
    enabled: filters.q !== '',
    gcTime: 60_000,
    queryFn: ({ signal }) => page<Conversation>('conversations', 30, { ...WITH_CONTACT, filter: peopleFilter(filters), sort: '-last_message_at,-id', signal }),
  })
  const words = useQuery({
    queryKey: ['messages', 'search', filters],
    enabled: searchable(filters.q),
    gcTime: 60_000,
    queryFn: async ({ signal }): Promise<Found['words']> => {
      const { messages } = await search(filters.q, signal)
      const ids = [...new Set(messages.map((message) => message.conversation))]
      if (ids.length === 0) return []
      const filter = ids.map((id) => pb.filter('id = {:id}', { id })).join(' || ')
      const { items } = await page<Conversation>('conversations', ids.length, { ...WITH_CONTACT, filter, signal })
      const known = new Map(items.map((conversation) => [conversation.id, conversation]))
      return messages.flatMap((message) => {
        const conversation = known.get(message.conversation)
        if (!conversation) return []
        if ((filters.queue && conversation.queue !== filters.queue) || (filters.channel && conversation.channel !== filters.channel)) return []
        return [{ conversation, message }]
      })
    },
  })
  return { people, words }
}

/** One conversation: from the list at once where it is known, else from the server. */
export function useConversation(id: string) {
  const queryKey = keys.one('conversations', id)
  return useQuery({
    queryKey,
    enabled: id !== '',
    gcTime: 60_000,
    staleTime: Infinity,
    initialData: () => knownConversation(id),
    queryFn: ({ signal }) => pb.collection('conversations').getOne<Conversation>(id, { ...WITH_CONTACT, signal }),
  })
}

function threadQuery(conversation: string) {
  const queryKey = threadKey(conversation)
  return queryOptions({
    queryKey,
    enabled: conversation !== '',
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<Window<Message>> => {
      const known = queryClient.getQueryData<Window<Message>>(queryKey)
      const size = between(known?.items.length ?? 0, MESSAGES, MOST_MESSAGES)
      const filter = pb.filter('conversation = {:conversation}', { conversation })
      const { answer, events } = await withEvents(() => page<Message>('messages', size, { filter, sort: '-at,-id', expand: 'attachments,reply_to', signal }))
      return changeThread(refresh(known, answer, messageAt), conversation, events)
    },
  })
}

const opened: string[] = []

/** Remembers which threads were opened last and lets go of the others. */
function keepThread(conversation: string): void {
  const at = opened.indexOf(conversation)
  if (at >= 0) opened.splice(at, 1)
  opened.push(conversation)
  for (const old of opened.splice(0, Math.max(0, opened.length - THREADS))) queryClient.removeQueries({ queryKey: threadKey(old) })
}

/** The messages of a conversation, newest first. */
export function useThread(conversation: string) {
  useEffect(() => {
    if (conversation) keepThread(conversation)
  }, [conversation])
  const query = useQuery(threadQuery(conversation))
  const older = useOlder(query.data, async (last) => {
    const filter = before(pb.filter('conversation = {:conversation}', { conversation }), 'at', last.at, last.id)
    const next = await page<Message>('messages', 50, { filter, sort: '-at,-id', expand: 'attachments,reply_to' })
    queryClient.setQueryData<Window<Message>>(threadKey(conversation), (window) => window && append(window, last.id, next))
  })
  return { query, ...older }
}

/** A part of a thread, newest first, and whether there is more on either side. */
interface Part {
  items: Message[]
  older: boolean
  newer: boolean
}

const AROUND = 25

/** The messages around one of them. `extend` fetches more of a side. */
export function useAround(conversation: string, message: string) {
  const queryKey = ['messages', 'around', conversation, message] as const
  const base = pb.filter('conversation = {:conversation}', { conversation })
  const side = async (from: Message, way: 'older' | 'newer', signal?: AbortSignal): Promise<Window<Message>> => {
    const filter = (way === 'older' ? before : after)(base, 'at', from.at, from.id)
    return page<Message>('messages', AROUND, { filter, sort: way === 'older' ? '-at,-id' : 'at,id', expand: 'attachments', signal })
  }
  const query = useQuery({
    queryKey,
    gcTime: 60_000,
    queryFn: async ({ signal }): Promise<Part> => {
      const hit = await pb.collection('messages').getOne<Message>(message, { expand: 'attachments', signal })
      const [older, newer] = await Promise.all([side(hit, 'older', signal), side(hit, 'newer', signal)])
      return { items: [...newer.items.toReversed(), hit, ...older.items], older: older.more, newer: newer.more }
    },
  })
  const extend = useMutation({
    mutationFn: async (way: 'older' | 'newer') => {
      const part = queryClient.getQueryData<Part>(queryKey)
      const from = way === 'older' ? part?.items.at(-1) : part?.items[0]
      if (!part || !from) return
      const next = await side(from, way)
      const items = way === 'older' ? [...part.items, ...next.items] : [...next.items.toReversed(), ...part.items]
      queryClient.setQueryData<Part>(queryKey, { ...part, items, [way]: next.more })
    },
    onError: (error) => toastError(error),
  })
  return { query, extend }
}

/** Fetches a thread that will probably be opened next. */
export function warmThread(conversation: string): void {
  void queryClient.prefetchQuery(threadQuery(conversation)).then(() => keepThread(conversation))
}

/** Shortens a thread to its newest part: nobody looks at the rest. */
export function trimThread(conversation: string, most: number): void {
  queryClient.setQueryData<Window<Message>>(threadKey(conversation), (window) => (window && window.items.length > most ? { items: window.items.slice(0, most), more: true } : window))
}

const ALL = { sort: 'name' }
const byName = { match: () => true, compare: (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name) }

/** Everyone of the company, by name, also those who have left: their names stand in old conversations. */
export const useMembers = () => useQuery({ ...listOptions('members', { ...ALL, fields: 'id,company,name,active,away,kind,updated,queues,user' }, byName), staleTime: Infinity, select: asPeople })
export const useQueues = () => useQuery({ ...listOptions('queues', ALL, byName), staleTime: Infinity })
export const useChannels = () => useQuery({ ...listOptions('channels', ALL, byName), staleTime: Infinity })

export type Names = ReturnType<typeof useNames>

/** Names by id, for the sentences of the inbox. The same object as long as nothing changes. */
export function useNames() {
  const { t } = useTranslation('inbox')
  const members = useMembers().data?.items
  const queues = useQueues().data?.items
  const channels = useChannels().data?.items
  return useMemo(() => {
    const of = (list: { id: string; name: string }[] | undefined, id: string): string => list?.find((one) => one.id === id)?.name ?? ''
    return {
      members: members ?? [],
      queues: queues ?? [],
      channels: channels ?? [],
      member: (id: string) => of(members, id) || t('someone'),
      queue: (id: string) => of(queues, id),
      channel: (id: string) => of(channels, id),
    }
  }, [t, members, queues, channels])
}

/** The whole contact, for the panel. */
export function useContact(id: string) {
  return useQuery({
    queryKey: keys.one('contacts', id),
    enabled: id !== '',
    gcTime: 60_000,
    queryFn: ({ signal }) => pb.collection('contacts').getOne<ContactsRecord>(id, { signal }),
  })
}

export type Appointment = AppointmentsRecord & { expand?: { service?: ServicesRecord; agenda?: { name: string } } }

/** The last twenty appointments of a contact, newest first. */
export function useAppointments(contact: string) {
  const options = listOptions('appointments', { filter: pb.filter('contact = {:contact}', { contact }), sort: '-start', expand: 'service,agenda', perPage: 20 })
  return useQuery({ ...options, enabled: contact !== '', gcTime: 60_000 })
}

/** The conversations of a contact, newest first. */
export function useHistory(contact: string) {
  const options = listOptions('conversations', { filter: pb.filter('contact = {:contact}', { contact }), sort: '-last_message_at,-id', perPage: 10 })
  return useQuery({ ...options, enabled: contact !== '', gcTime: 60_000 })
}

/** What a contact thought of their conversations, newest first. */
export function useRatings(contact: string) {
  const options = listOptions('ratings', { filter: pb.filter('contact = {:contact}', { contact }), sort: '-created', perPage: 10 })
  return useQuery({ ...options, enabled: contact !== '', gcTime: 60_000 })
}

/** A value once it has stayed the same for a moment: what is beside the point waits until a person stops moving on. */
export function useSettled<T>(value: T, after = 200): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => startTransition(() => setSettled(value)), after)
    return () => clearTimeout(timer)
  }, [value, after])
  return settled
}

/** Shows a state of a conversation everywhere. */
function show(conversation: ConversationsRecord): void {
  applyRecord('conversations', conversation)
  applyChanges([{ collection: 'conversations', id: conversation.id, action: 'update', record: conversation as never }])
}

type Changes = Partial<Pick<ConversationsRecord, 'status' | 'assignee' | 'queue' | 'answerer' | 'unread' | 'tags' | 'snoozed_until'>>

/** Changes a conversation: shown at once, put back when the server refuses. Answers whether it was done. */
export async function changeConversation(conversation: Conversation, changes: Changes, after: Changes = {}): Promise<boolean> {
  const shown = { ...conversation, ...changes, ...after }
  show(shown)
  try {
    const saved = await pb.collection('conversations').update<ConversationsRecord>(conversation.id, changes)
    show(saved)
    return true
  } catch (error) {
    show(conversation)
    // someone was faster: what is true now is asked for
    if (fault(error).status === 409 || fault(error).status === 404) void queryClient.invalidateQueries({ queryKey: keys.one('conversations', conversation.id) })
    toastError(error)
    return false
  }
}

/** What a person can do to a conversation, each with its word of confirmation and its way back. */
export function useActions() {
  const { t } = useTranslation('inbox')
  const me = useMe().member?.id ?? ''

  function undo(before: Conversation, changes: Changes) {
    return {
      label: t('undo'),
      run: () => {
        const now = knownConversation(before.id)
        if (now) void changeConversation(now, changes)
      },
    }
  }

  return {
    take: (conversation: Conversation) => changeConversation(conversation, { assignee: me, status: 'open' }, { answerer: 'human' }),
    async assign(conversation: Conversation, member: MembersRecord | undefined) {
      const done = await changeConversation(conversation, member ? { assignee: member.id, status: 'open' } : { assignee: '' }, member ? { answerer: 'human' } : { answerer: 'waiting', status: 'pending' })
      if (done && member?.id !== me) toast(member ? t('did.assigned', { name: member.name }) : t('did.released'), undo(conversation, { assignee: conversation.assignee }))
    },
    async queue(conversation: Conversation, queue: { id: string; name: string }) {
      if (await changeConversation(conversation, { queue: queue.id })) toast(t('did.queued', { name: queue.name }), undo(conversation, { queue: conversation.queue }))
    },
    async close(conversation: Conversation) {
      const done = await changeConversation(conversation, { status: 'closed' }, { unread: 0, waiting_since: '' } as Changes)
      if (done) toast(t('did.closed'), undo(conversation, { status: conversation.status === 'closed' ? 'open' : conversation.status }))
    },
    async snooze(conversation: Conversation, until: string) {
      const done = await changeConversation(conversation, { status: 'snoozed', snoozed_until: until }, { unread: 0 })
      if (done) toast(t('did.snoozed'), undo(conversation, { status: 'open' }))
    },
    wake: (conversation: Conversation) => changeConversation(conversation, { status: 'open' }, { snoozed_until: '' }),
    /** Hands a conversation on; throws what the server refuses. */
    async transfer(conversation: Conversation, to: { assignee?: string; queue?: string; note: string }, name: string) {
      const saved = await api<ConversationsRecord>(`/api/recado/conversations/${conversation.id}/transfer`, { method: 'POST', body: to })
      // who may not see it any more is told so by the feed
      if (knownConversation(conversation.id)) show(saved)
      toast(t('did.transferred', { name }))
    },
    reopen: (conversation: Conversation) => changeConversation(conversation, { status: 'open' }),
    async toBot(conversation: Conversation) {
      const done = await changeConversation(conversation, { answerer: 'bot' }, { assignee: '', status: 'pending' })
      if (done) toast(t('did.toBot'), conversation.assignee === me ? undo(conversation, { assignee: me, status: 'open' }) : undefined)
    },
  }
}

/** Marks a conversation as read, without a word. Answers whether it is worth trying again: the line was cut. */
export async function markRead(conversation: Conversation): Promise<boolean> {
  show({ ...conversation, unread: 0 })
  try {
    show(await pb.collection('conversations').update<ConversationsRecord>(conversation.id, { unread: 0 }))
    return false
  } catch (error) {
    show(conversation)
    return fault(error).status === 0
  }
}

/** Tells the server that one has looked at what one was called to. */
export async function markSeen(conversation: Conversation, me: string): Promise<void> {
  try {
    await api(`/api/recado/conversations/${conversation.id}/seen`, { method: 'POST' })
    const now = knownConversation(conversation.id)
    if (now) show({ ...now, mentioned: now.mentioned.filter((id) => id !== me) })
  } catch {
    // it stays among the mentions, and is tried again when it is opened the next time
  }
}

/** Asks the server to try again to get a message's file. */
export async function fetchAgain(message: Message): Promise<void> {
  try {
    await api(`/api/recado/messages/${message.id}/fetch`, { method: 'POST' })
  } catch (error) {
    toastError(error, () => void fetchAgain(message))
  }
}

/** Sends a message again that the channel could not deliver. */
export async function retryMessage(message: Message): Promise<void> {
  const put = (record: MessagesRecord): void => applyChanges([{ collection: 'messages', id: record.id, action: 'update', record: record as never }])
  put({ ...message, status: 'queued', error: '' })
  try {
    put(await pb.collection('messages').update<MessagesRecord>(message.id, { status: 'queued' }))
  } catch (error) {
    put(message)
    toastError(error, () => void retryMessage(message))
  }
}

/** Saves details of a contact, shown everywhere at once. */
export async function saveContact(contact: ContactsRecord, changes: Partial<ContactsRecord>): Promise<void> {
  const spread = (record: ContactsRecord): void => applyChanges([{ collection: 'contacts', id: record.id, action: 'update', record: record as never }])
  const optimistic = { ...contact, ...changes }
  applyRecord('contacts', optimistic)
  spread(optimistic)
  try {
    spread(await saveRecord('contacts', contact.id, changes))
  } catch (error) {
    applyRecord('contacts', contact)
    spread(contact)
    throw error
  }
}


/** What AI agents did in a conversation, the latest first. */
export function runsOptions(conversation: string) {
  return listOptions(
    'agent_runs',
    { filter: pb.filter('conversation = {:conversation}', { conversation }), sort: '-created,-id', perPage: 20 },
    { match: (run) => run.conversation === conversation, compare: (a, b) => (a.id > b.id ? -1 : 1) },
  )
}

/** Asks the agent of a conversation for a draft; its run is live when it is done. */
export async function askDraft(conversation: string): Promise<AgentRunsRecord> {
  const run = await api<AgentRunsRecord>('/api/recado/agents/drafts', { method: 'POST', body: { conversation } })
  applyRecord('agent_runs', run)
  return run
}

/** Sends what an agent drafted, as it was changed, takes it into the reply, or drops it. */
export async function settleDraft(id: string, action: 'send' | 'take' | 'drop', text = ''): Promise<void> {
  applyRecord('agent_runs', await api<AgentRunsRecord>(`/api/recado/agent-runs/${id}/draft`, { method: 'POST', body: { action, text } }))
}

export async function rateRun(id: string, feedback: '' | 'good' | 'bad', note: string): Promise<void> {
  applyRecord('agent_runs', await api<AgentRunsRecord>(`/api/recado/agent-runs/${id}/feedback`, { method: 'POST', body: { feedback, note } }))
}
