import type { ContactsRecord, ConversationsRecord, FilesRecord, MessagesRecord } from '@/lib/pb-types'

/** A conversation as the list shows it: with the contact's name and addresses where they are known. */
export type Conversation = ConversationsRecord & { expand?: { contact?: ContactsRecord } }

/** A message with its attachments where they are known; a live event brings their ids only. */
export type Message = MessagesRecord & { expand?: { attachments?: FilesRecord[]; reply_to?: MessagesRecord } }

export interface Option {
  id: string
  label: string
}

/** A message on its way from this browser to the server. */
export interface Pending {
  clientId: string
  conversation: string
  kind: Message['kind']
  text: string
  files: FilesRecord[]
  /** The message it answers, or ''. */
  replyTo: string
  /** The colleagues a note calls. */
  mentions: string[]
  /** When it was written, as a UTC datetime. */
  at: string
  state: 'sending' | 'failed'
  /** Why it failed, and whether trying again by itself may help (the line was cut). */
  error?: unknown
  offline?: boolean
}
