import { tagIds } from '@/lib/tags'
import { NO_TAG, type Filters } from './filters'
import type { Conversation } from './types'
import type { Board } from './useRoute'

/*
 * The lanes of the board: what each shows, and what a conversation becomes that is moved into one.
 */

export const STATUSES = ['pending', 'open', 'snoozed', 'closed'] as const

export interface Lane {
  /** A status, a tag's id, or NO_TAG. */
  id: string
  filters: Filters
}

export function lanesOf(board: Board, filters: Filters, tags: { id: string; archived: boolean }[]): Lane[] {
  const base: Filters = { ...filters, view: 'all', q: '' }
  if (board === 'status') return STATUSES.map((status) => ({ id: status, filters: { ...base, lane: status } }))
  const ids = [NO_TAG, ...tags.filter((tag) => !tag.archived).map((tag) => tag.id)]
  return ids.map((id) => ({ id, filters: { ...base, tag: id } }))
}

/** What changes of a conversation that goes from one lane to another. */
export function moved(board: Board, conversation: Pick<Conversation, 'tags'>, from: string, to: string): Partial<Pick<Conversation, 'status' | 'tags'>> {
  if (board === 'status') return { status: to as Conversation['status'] }
  const rest = tagIds(conversation.tags).filter((id) => id !== from && id !== to)
  return { tags: to === NO_TAG ? rest : [...rest, to] }
}
