import type { TFunction } from 'i18next'
import type { ContactsRecord } from '@/lib/pb-types'
import { showPhone } from '@/lib/phone'
import type { Conversation, Message } from './types'

/*
 * What the inbox says in sentences: names, previews, events, states.
 */

type T = TFunction<'inbox'>

/** What a contact is called: by name, else phone, else e-mail; someone unknown by the end of their id. */
export function nameOf(contact: Pick<ContactsRecord, 'id' | 'name' | 'phone' | 'email'> | undefined, id: string, t: T): string {
  return contact?.name || (contact?.phone && showPhone(contact.phone)) || contact?.email || t('visitor', { code: id.slice(-4).toUpperCase() })
}

/** The last line of a conversation; a message without words by what it is: "[image]" → Photo. */
export function previewOf(conversation: Pick<Conversation, 'preview'>, t: T): string {
  const kind = /^\[([a-z]+)\]$/.exec(conversation.preview)?.[1]
  return kind ? t(`kind.${kind}`, { defaultValue: t('kind.unsupported') }) : conversation.preview
}

interface Names {
  member(id: string): string
  queue(id: string): string
}

interface EventData {
  event?: string
  assignee?: string
  queue?: string
  reason?: string
  score?: number
  scale?: number
  until?: string
  distributed?: boolean
  text?: string
}

/** What happened, as a sentence. */
export function eventText(message: Pick<Message, 'data' | 'author' | 'text'>, names: Names, t: T, when: (at: string) => string): string {
  const data = (message.data ?? {}) as EventData
  const by = message.author ? names.member(message.author) : ''
  const said = (key: string, values: Record<string, string> = {}): string => t(by ? `event.${key}_by` : `event.${key}`, { by, ...values })

  switch (data.event) {
    case 'assigned':
      if (data.distributed) return t('event.distributed', { to: names.member(data.assignee ?? '') })
      return data.assignee === message.author ? t('event.taken', { by }) : said('assigned', { to: names.member(data.assignee ?? '') })
    case 'queued':
      return data.queue ? said('queued', { queue: names.queue(data.queue) }) : said('unqueued')
    case 'transferred':
      return data.assignee ? said('transferred', { to: names.member(data.assignee) }) : said('queued', { queue: names.queue(data.queue ?? '') })
    case 'snoozed':
      return data.until ? said('snoozed', { when: when(data.until) }) : said('snoozedReply')
    case 'handoff':
      return t(`event.handoff_${data.reason}`, { defaultValue: t('event.handoff') })
    case 'rated':
      return t('event.rated', { score: data.score ?? 0, scale: data.scale ?? 0 })
    case 'auto_closed':
      return t('event.auto_closed')
    case 'agent_summary':
      return t('event.agent_summary', { text: data.text ?? '' })
    case 'agent_booked':
    case 'agent_moved':
    case 'agent_cancelled':
    case 'appointment_confirmed':
    case 'appointment_cancelled':
      return t(`event.${data.event}`)
    case 'released':
    case 'closed':
    case 'reopened':
    case 'returned_to_bot':
    case 'woken':
      return said(data.event)
    default:
      return message.text || said('other')
  }
}

/** Who wrote an outgoing message. */
export function authorOf(message: Pick<Message, 'answered_by' | 'author'>, names: Names, t: T): string {
  if (message.answered_by === 'bot') return t('bot')
  if (message.answered_by === 'agent') return t('agent')
  return message.author ? names.member(message.author) : t('phone')
}
