import { useMe } from '@/lib/company'
import type { Conversation } from './types'

export interface Rights {
  /** Change the conversation: take, close, mark as read */
  edit: boolean
  reply: boolean
  /** Give it to others, or take it from a colleague */
  assign: boolean
  contact: boolean
  book: boolean
  me: string
}

/** What the signed-in person may do with a conversation. The server decides again. */
export function useRights(conversation: Pick<Conversation, 'assignee'> | undefined): Rights {
  const { member, can } = useMe()
  const me = member?.id ?? ''
  const mine = conversation?.assignee === '' || conversation?.assignee === me
  const edit = can('inbox.edit_all') || (mine && can('inbox.edit_own')) || (!mine && can('inbox.edit_team'))
  return { edit, reply: edit && can('inbox.reply'), assign: can('inbox.assign'), contact: can('contacts.edit_own'), book: can('agenda.book'), me }
}
