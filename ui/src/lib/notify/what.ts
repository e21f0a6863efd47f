import type { AppointmentsRecord, ContactsRecord, ConversationsRecord, MessagesRecord } from '../pb-types'
import type { Happening } from '../preferences'

/*
 * What an event of the feed is to the person who looks at the screens.
 */

/** What a new message is to this person: theirs, nobody's, of somebody new unless they are known; undefined where it does not concern them, or they are looking at it. */
export function arrival(
  message: Pick<MessagesRecord, 'created'>,
  conversation: Pick<ConversationsRecord, 'assignee' | 'answerer'> & { expand?: { contact?: Pick<ContactsRecord, 'created'> } },
  me: string,
  lookingAtIt: boolean,
  withBot: boolean,
  known = false,
): Happening | undefined {
  if (lookingAtIt || (conversation.assignee && conversation.assignee !== me)) return undefined
  if (!conversation.assignee && !withBot && conversation.answerer !== 'waiting' && conversation.answerer !== 'human') return undefined
  const met = conversation.expand?.contact?.created
  if (met && !known && moment(message.created) - moment(met) < NEW) return 'new_leads'
  return conversation.assignee ? 'messages' : 'unassigned'
}

/** So long after they were first seen somebody is new. Milliseconds. */
const NEW = 60_000

const moment = (at: string): number => Date.parse(at.replace(' ', 'T'))

/** What became of an appointment that customers themselves booked or cancelled; undefined for what colleagues do. */
export function byCustomer(isNew: boolean, { source, status, cancelled_by }: Pick<AppointmentsRecord, 'source' | 'status' | 'cancelled_by'>): 'booked' | 'cancelled' | undefined {
  if (isNew) return ['bot', 'agent', 'page'].includes(source) && ['pending', 'confirmed'].includes(status) ? 'booked' : undefined
  return status === 'cancelled' && cancelled_by === 'contact' ? 'cancelled' : undefined
}

/** Whether a note calls a member; one's own doesn't. */
export function callsFor(message: Record<string, unknown>, me: string): boolean {
  return message.kind === 'note' && message.author !== me && Array.isArray(message.mentions) && message.mentions.includes(me)
}

/** Whether a line in a conversation says that someone else, or the clock, gave it to this person. */
export function isGivenTo(me: string, message: Pick<MessagesRecord, 'kind' | 'author' | 'data'>): boolean {
  const data = message.data as { event?: string; assignee?: string } | null
  return message.kind === 'system' && message.author !== me && data?.assignee === me && ['assigned', 'transferred', 'woken'].includes(data.event ?? '')
}
