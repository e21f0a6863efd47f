import type { Window } from '@/lib/hours'

export interface OpenHours {
  weekly: Window[]
  closed: string[]
}

/** Hours as a queue, a company or a member stores them, in full. No windows at all: always. */
export function openHours(stored: unknown): OpenHours {
  const hours = stored as Partial<OpenHours> | null | undefined
  return { weekly: hours?.weekly ?? [], closed: hours?.closed ?? [] }
}
