import type { Message, Option, Pending } from './types'

/*
 * A conversation as rows to draw: days, the line before what is new, what happened, and messages in groups.
 */

export type Row =
  | { type: 'day'; key: string; at: string }
  | { type: 'new'; key: string }
  | { type: 'event'; key: string; message: Message }
  | { type: 'message'; key: string; message: Message; first: boolean; last: boolean; chosen: string }
  | { type: 'pending'; key: string; pending: Pending; first: boolean; last: boolean }

const GROUP = 5 * 60_000

/** Who speaks, as one value: messages of the same voice close together are one group. */
export function voiceOf(message: Pick<Message, 'direction' | 'kind' | 'answered_by' | 'author'> & Partial<Pick<Message, 'data'>>): string {
  if (message.direction === 'in') return `in${participantOf(message)?.id ?? ''}`
  const by = message.kind === 'note' ? 'note' : message.answered_by || 'human'
  return `${by}:${message.author}`
}

/** Who wrote a message in a group; undefined elsewhere. */
export function participantOf(message: Partial<Pick<Message, 'data'>>): { id: string; name?: string; phone?: string } | undefined {
  return (message.data as { from?: { id: string; name?: string; phone?: string } } | null | undefined)?.from
}

export function optionsOf(message: Pick<Message, 'options'>): Option[] {
  return Array.isArray(message.options) ? (message.options as Option[]).filter((option) => option && typeof option.label === 'string') : []
}

const moment = (at: string): number => Date.parse(at.replace(' ', 'T'))

interface Draw {
  /** Oldest first. */
  messages: Message[]
  pending: Pending[]
  me: string
  /** The first message that is new to the reader; '' for none. */
  newFrom: string
  dayKey(at: string): string
}

/** Lays out a conversation, oldest first. A pending message goes last, until its record is here. */
export function layOut({ messages, pending, me, newFrom, dayKey }: Draw): Row[] {
  const rows: Row[] = []
  const chosen = choices(messages)
  let day = ''
  let voice = ''
  let spoken = 0

  const startDay = (at: string): void => {
    const key = dayKey(at)
    if (key === day) return
    day = key
    voice = ''
    rows.push({ type: 'day', key: `day-${key}`, at })
  }
  /** Whether this one opens a group; if not, the one before is no longer its group's last. */
  const opens = (nextVoice: string, at: string): boolean => {
    const time = moment(at)
    const first = nextVoice !== voice || time - spoken > GROUP
    const before = rows.at(-1)
    if (!first && before && (before.type === 'message' || before.type === 'pending')) before.last = false
    voice = nextVoice
    spoken = time
    return first
  }

  for (const message of messages) {
    startDay(message.at)
    if (message.id === newFrom) {
      rows.push({ type: 'new', key: 'new' })
      voice = ''
    }
    if (message.kind === 'system') {
      rows.push({ type: 'event', key: message.id, message })
      voice = ''
      continue
    }
    const first = opens(voiceOf(message), message.at)
    // a message keeps its key from the moment it is written, so its bubble is not drawn anew when the record comes
    rows.push({ type: 'message', key: message.client_id || message.id, message, first, last: true, chosen: chosen.get(message.id) ?? '' })
  }

  const arrived = new Set(messages.map((message) => message.client_id).filter(Boolean))
  for (const waiting of pending) {
    if (arrived.has(waiting.clientId)) continue
    startDay(waiting.at)
    const first = opens(waiting.kind === 'note' ? `note:${me}` : `human:${me}`, waiting.at)
    rows.push({ type: 'pending', key: waiting.clientId, pending: waiting, first, last: true })
  }
  return rows
}

/** Which of the offered buttons the customer pressed: option id by message id. */
function choices(messages: Message[]): Map<string, string> {
  const chosen = new Map<string, string>()
  let open: Message | undefined
  for (const message of messages) {
    if (message.direction === 'out' && optionsOf(message).length > 0) open = message
    else if (message.direction === 'in' && open) {
      const said = message.text.trim()
      const option = optionsOf(open).find(({ id, label }) => (message.payload ? message.payload === id : label === said))
      if (option) chosen.set(open.id, option.id)
      open = undefined
    }
  }
  return chosen
}

/** The first message the reader has not seen: the `unread`-th incoming one from the end. Newest first. '' when nothing is. */
export function firstUnread(newestFirst: Message[], unread: number): string {
  const incoming = newestFirst.filter((message) => message.direction === 'in')
  return unread > 0 ? (incoming[Math.min(unread, incoming.length) - 1]?.id ?? '') : ''
}

const LINK = /https?:\/\/[^\s<>"]+[^\s<>"'.,;:!?)\]}]/g

/** Text cut into words and web addresses. */
export function linkParts(text: string): { text: string; href?: string }[] {
  const parts: { text: string; href?: string }[] = []
  let from = 0
  for (const found of text.matchAll(LINK)) {
    if (found.index > from) parts.push({ text: text.slice(from, found.index) })
    parts.push({ text: found[0], href: found[0] })
    from = found.index + found[0].length
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}
