import type { Window } from '@/lib/hours'
import type { QueuesRecord } from '@/lib/pb-types'

/** queues.hours in full: no windows at all = always open. */
export function hoursOf(queue: Pick<QueuesRecord, 'hours'>): { weekly: Window[]; closed: string[] } {
  const hours = queue.hours as { weekly?: Window[]; closed?: string[] } | null
  return { weekly: hours?.weekly ?? [], closed: hours?.closed ?? [] }
}
