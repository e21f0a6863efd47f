import { queryOptions, useQuery } from '@tanstack/react-query'
import { toDate } from '@/lib/format'
import { api, pb } from '@/lib/pb'
import type { MessagesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toastError } from '@/lib/toast'
import { applyChanges, threadKey } from './feed'
import { store, useStore } from './store'
import type { Message } from './types'
import type { Window } from './window'

/*
 * What is done to a message that is there: quoted, reacted to, forwarded, edited, deleted; and what its channel allows.
 */

interface Capabilities {
  quote: boolean
  react: boolean
  /** Seconds after sending: 0 is never, -1 always. */
  edit: number
  delete: number
}

const capabilities = queryOptions({
  queryKey: ['channels', 'capabilities'],
  staleTime: Infinity,
  queryFn: ({ signal }) => api<Record<string, Capabilities>>('/api/recado/channels/capabilities', { signal }),
})

export const useCapabilities = (): Record<string, Capabilities> | undefined => useQuery(capabilities).data

export interface Reaction {
  by: string
  emoji: string
}

export function reactionsOf(message: Pick<Message, 'reactions'>): Reaction[] {
  return Array.isArray(message.reactions) ? (message.reactions as Reaction[]).filter((one) => one && typeof one.emoji === 'string') : []
}

/** Reactions by emoji, in the order they came. */
export function groupReactions(reactions: Reaction[]): { emoji: string; by: string[] }[] {
  const groups = new Map<string, string[]>()
  for (const { emoji, by } of reactions) groups.set(emoji, [...(groups.get(emoji) ?? []), by])
  return [...groups].map(([emoji, by]) => ({ emoji, by }))
}

/** The first choice of reactions. */
export const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏']

interface Who {
  me: string
  /** May change what others wrote. */
  wide: boolean
}

/** What can be done to a message now. The server decides again. */
export function possible(message: Message, can: Capabilities | undefined, { me, wide }: Who, now = Date.now()): { reply: boolean; forward: boolean; edit: boolean; delete: boolean } {
  const alive = !message.deleted_at && message.kind !== 'system'
  const note = message.kind === 'note'
  const out = message.direction === 'out'
  const local = note || ['queued', 'failed', 'skipped'].includes(message.status)
  const within = (window: number | undefined): boolean => local || window === -1 || (window !== undefined && now - toDate(message.at).getTime() < window * 1000)
  const mine = message.author !== '' && message.author === me
  return {
    reply: alive,
    forward: alive && !note && (message.text !== '' || message.attachments?.length > 0),
    edit: alive && out && mine && message.text !== '' && within(can?.edit),
    delete: alive && out && (mine || wide) && within(can?.delete),
  }
}

const put = (record: MessagesRecord): void => applyChanges([{ collection: 'messages', id: record.id, action: 'update', record: record as never }])

/** Puts this person's emoji on a message, or takes it off: shown at once, put back when the server refuses. */
export async function react(message: Message, me: string, emoji: string): Promise<void> {
  const mine = reactionsOf(message).find(({ by }) => by === me)
  const next = mine?.emoji === emoji ? '' : emoji
  const others = reactionsOf(message).filter(({ by }) => by !== me)
  put({ ...message, reactions: next ? [...others, { by: me, emoji: next }] : others })
  try {
    put(await api<MessagesRecord>(`/api/recado/messages/${message.id}/react`, { body: { emoji: next } }))
  } catch (error) {
    put(message)
    toastError(error)
  }
}

export async function editMessage(message: Message, text: string): Promise<void> {
  put(await api<MessagesRecord>(`/api/recado/messages/${message.id}/edit`, { body: { text } }))
}

export async function deleteMessage(message: Message): Promise<void> {
  put(await api<MessagesRecord>(`/api/recado/messages/${message.id}/delete`, { body: {} }))
}

export async function forwardMessage(message: Message, conversations: string[]): Promise<void> {
  const { items } = await api<{ items: MessagesRecord[] }>(`/api/recado/messages/${message.id}/forward`, { body: { conversations } })
  applyChanges(items.map((record) => ({ collection: 'messages', id: record.id, action: 'create', record: record as never })))
}

/** The message another one answers: from the thread where it is loaded, else from the server. */
export function useQuoted(id: string, conversation: string, expanded?: MessagesRecord) {
  return useQuery({
    queryKey: ['messages', 'quoted', id],
    enabled: id !== '',
    staleTime: 60_000,
    gcTime: 60_000,
    initialData: () => queryClient.getQueryData<Window<Message>>(threadKey(conversation))?.items.find((message) => message.id === id) ?? expanded,
    queryFn: ({ signal }) => pb.collection('messages').getOne<MessagesRecord>(id, { signal }),
  }).data
}

/** The dialogue that is open about a message. */
export interface Dialog {
  kind: 'edit' | 'delete' | 'forward'
  message: Message
}

const dialog = store<Dialog | undefined>(undefined)
export const useDialog = (): Dialog | undefined => useStore(dialog, (one) => one)
export const openDialog = (next: Dialog | undefined): void => dialog.set(next)
