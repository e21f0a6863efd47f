/** services.reminders with every part there: minutes before the start, ways in order, own words by language. */
export interface Reminders {
  offsets: number[]
  channels: ('chat' | 'email')[]
  texts: Record<string, string>
}

export const MOST_REMINDERS = 5
const [SOONEST, FARTHEST] = [60, 30 * 1440]

/** What the server does where a service says nothing. */
const DEFAULTS: Reminders = { offsets: [1440, 120], channels: ['chat', 'email'], texts: {} }

export function remindersOf(stored: unknown): Reminders {
  return { ...DEFAULTS, ...(stored as Partial<Reminders> | null) }
}

/** Whether the server would refuse these offsets. */
export function remindersFault(offsets: number[]): boolean {
  return offsets.length > MOST_REMINDERS || offsets.some((minutes) => !Number.isInteger(minutes) || minutes < SOONEST || minutes > FARTHEST)
}

/** As it is stored: each offset once, the earliest first; no empty words. */
export function remindersBody({ offsets, channels, texts }: Reminders): Reminders {
  return {
    offsets: [...new Set(offsets)].toSorted((a, b) => b - a),
    channels,
    texts: Object.fromEntries(Object.entries(texts).flatMap(([lang, text]) => (text.trim() ? [[lang, text.trim()]] : []))),
  }
}
