import { fold } from '@/lib/fold'
import { beyond } from '@/lib/cursor'
import { pb } from '@/lib/pb'
import { tagIds } from '@/lib/tags'
import type { Conversation } from './types'

/*
 * What the list shows: as it stands in the address, as the server is asked, and as a live record is judged.
 */

export const VIEWS = ['all', 'mine', 'unassigned', 'snoozed', 'closed'] as const
/** 'mentions': what a colleague's note has called one to, and one has not looked at yet; whatever has become of it. */
export type View = (typeof VIEWS)[number] | 'mentions'

export interface Filters {
  view: View
  queue: string
  channel: string
  /** A tag the conversation carries; NO_TAG: none. */
  tag: string
  /** A lane of the board: conversations of this status only, whatever the view. */
  lane?: Conversation['status']
  /** What is searched for. A search looks through every conversation, whatever the view. */
  q: string
}

export const NO_TAG = 'none'

/** Reads the address. What is not understood counts as not there. */
export function parseFilters(search: Record<string, unknown>): Filters {
  const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')
  const view = ([...VIEWS, 'mentions'] as const).find((name) => name === search.view) ?? 'all'
  return { view, queue: text(search.queue), channel: text(search.channel), tag: text(search.tag), q: text(search.q) }
}

/** What to write into the address: only what differs from the usual. */
export function filtersToSearch(filters: Filters): Record<string, string | undefined> {
  return {
    view: filters.view === 'all' ? undefined : filters.view,
    queue: filters.queue || undefined,
    channel: filters.channel || undefined,
    tag: filters.tag || undefined,
    q: filters.q || undefined,
  }
}

/** Searched text as the `search` columns hold it: folded words; a phone number as its digits. */
export function searchTerm(q: string): string {
  const digits = q.replace(/\D/g, '')
  return digits.length >= 3 && !/\p{L}/u.test(q) ? digits : fold(q)
}

function narrow({ queue, channel, tag }: Filters): string[] {
  return [
    queue && pb.filter('queue = {:queue}', { queue }),
    channel && pb.filter('channel = {:channel}', { channel }),
    tag === NO_TAG ? 'tags:length = 0' : tag && pb.filter('tags ~ {:tag}', { tag }),
  ].filter(Boolean)
}

/** To be looked at now: neither over nor put off. */
const ACTIVE = "status != 'closed' && status != 'snoozed'"

/** The filter of the records API for a view. `me` is the member. */
export function listFilter(filters: Filters, me: string): string {
  const view = {
    all: ACTIVE,
    mine: `${pb.filter('assignee = {:me}', { me })} && ${ACTIVE}`,
    unassigned: `assignee = '' && ${ACTIVE}`,
    snoozed: "status = 'snoozed'",
    closed: "status = 'closed'",
    mentions: pb.filter('called = true && mentioned ~ {:me}', { me }),
  }[filters.view]
  return [filters.lane ? pb.filter('status = {:lane}', { lane: filters.lane }) : view, ...narrow(filters)].join(' && ')
}

/** The filter that finds conversations by name or phone. */
export function peopleFilter(filters: Filters): string {
  return [pb.filter('search ~ {:term}', { term: searchTerm(filters.q) }), ...narrow(filters)].join(' && ')
}

/** Whether a conversation belongs into a view: the same law as listFilter, for what the live feed brings. */
export function fits(filters: Filters, me: string): (conversation: Conversation) => boolean {
  return ({ status, assignee, queue, channel, tags, mentioned }) => {
    if (filters.queue && queue !== filters.queue) return false
    if (filters.channel && channel !== filters.channel) return false
    if (filters.tag === NO_TAG ? tagIds(tags).length > 0 : filters.tag && !tagIds(tags).includes(filters.tag)) return false
    if (filters.lane) return status === filters.lane
    if (filters.view === 'mentions') return mentioned.includes(me)
    if (filters.view === 'closed' || filters.view === 'snoozed') return status === filters.view
    if (status === 'closed' || status === 'snoozed') return false
    if (filters.view === 'mine') return assignee === me
    return filters.view === 'all' || assignee === ''
  }
}

/** Adds "older than this one" to a filter: the cursor of a window ordered by `column`, then id. */
export function before(filter: string, column: string, at: string, id: string): string {
  return beyond('<', filter, column, at, id)
}

/** Adds "newer than this one" to a filter. */
export function after(filter: string, column: string, at: string, id: string): string {
  return beyond('>', filter, column, at, id)
}
