/**
 * What the widget knows, as plain values: a reducer without clock, network or DOM.
 *
 * Messages are keyed by id and ordered by id, because id order is the order in
 * which the server committed them. What the visitor wrote and the server has
 * not confirmed waits in `pending`, in the order it was written.
 */
import type { Attachment, Message } from './types'

export interface Pending {
  clientId: string
  text: string
  payload: string
  at: number
  /** Set once the file is on the server: a retry must not upload it again. */
  attachment?: Attachment
  /** The file itself; gone after a reload. */
  file?: File
  /** Why it can't be sent as it is; empty while it is on its way. */
  error: string
}

export interface State {
  messages: Message[]
  pending: Pending[]
  /**
   * The last id read from the stream or the list. Not the greatest id known:
   * the answer to a POST may overtake older messages, and a cursor taken from
   * it would skip them for ever.
   */
  cursor: string
  /** Up to here the team has read what the visitor wrote. */
  readUpTo: string
  /** Up to here the visitor has seen what the team wrote. */
  seenUpTo: string
  typing: boolean
  open: boolean
  /** The history has been read once; what comes later is new. */
  ready: boolean
  online: boolean
}

export const empty: State = {
  messages: [],
  pending: [],
  cursor: '',
  readUpTo: '',
  seenUpTo: '',
  typing: false,
  open: false,
  ready: false,
  online: true,
}

export type Action =
  | { do: 'received'; messages: Message[]; cursor?: boolean }
  | { do: 'queued'; pending: Pending }
  | { do: 'changed'; clientId: string; with: Partial<Pending> }
  | { do: 'discarded'; clientId: string }
  | { do: 'typing' | 'open' | 'ready' | 'online'; on: boolean }
  | { do: 'read' | 'seen'; upTo: string }
  | { do: 'forgotten' }

/** Adds and replaces by id, keeps the order of ids. The same input gives the same array back. */
export function merge(known: Message[], incoming: Message[]): Message[] {
  if (!incoming.length) return known
  const last = known[known.length - 1]
  if (incoming.length === 1 && (!last || incoming[0].id > last.id)) return [...known, incoming[0]]
  const byId = new Map(known.map((m) => [m.id, m]))
  for (const m of incoming) byId.set(m.id, m)
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

const later = (a: string, b: string) => (a > b ? a : b)

export function reduce(s: State, a: Action): State {
  switch (a.do) {
    case 'received': {
      const messages = merge(s.messages, a.messages)
      const confirmed = new Set(a.messages.map((m) => m.clientId))
      const pending = s.pending.filter((p) => !confirmed.has(p.clientId))
      const answered = a.messages.some((m) => m.direction === 'out')
      return {
        ...s,
        messages,
        pending: pending.length === s.pending.length ? s.pending : pending,
        cursor: a.cursor ? a.messages.reduce((c, m) => later(c, m.id), s.cursor) : s.cursor,
        typing: s.typing && !answered,
      }
    }
    case 'queued':
      return s.pending.some((p) => p.clientId === a.pending.clientId)
        ? s
        : { ...s, pending: [...s.pending, a.pending] }
    case 'changed':
      return {
        ...s,
        pending: s.pending.map((p) => (p.clientId === a.clientId ? { ...p, ...a.with } : p)),
      }
    case 'discarded':
      return { ...s, pending: s.pending.filter((p) => p.clientId !== a.clientId) }
    case 'typing':
    case 'open':
    case 'ready':
    case 'online':
      return s[a.do] === a.on ? s : { ...s, [a.do]: a.on }
    case 'read':
      return { ...s, readUpTo: later(s.readUpTo, a.upTo) }
    case 'seen':
      return { ...s, seenUpTo: later(s.seenUpTo, a.upTo) }
    case 'forgotten':
      return { ...empty, open: s.open, online: s.online, pending: s.pending }
  }
}

/** How many answers the visitor has not seen. */
export const unread = (s: State) =>
  s.messages.reduce((n, m) => n + (m.direction === 'out' && m.id > s.seenUpTo ? 1 : 0), 0)

/** The newest answer, or ''. */
export function lastAnswer(s: State): string {
  for (let i = s.messages.length - 1; i >= 0; i--) {
    if (s.messages[i].direction === 'out') return s.messages[i].id
  }
  return ''
}

/** Read: said so by the team, or proven by a later answer. */
export const isRead = (s: State, m: Message) => m.id <= s.readUpTo || m.id < lastAnswer(s)

/** Buttons are offered only while theirs is the last word. */
export function offered(s: State) {
  const last = s.messages[s.messages.length - 1]
  const answered = s.pending.some((p) => !p.error)
  return last && last.direction === 'out' && !answered ? last.options : []
}
