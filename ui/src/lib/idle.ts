/** After how many minutes without a touch somebody can be signed out; 0 never. */
const IDLE_MINUTES = [0, 15, 30, 60, 240, 480]

/** These as choices, with the one that is set. */
export function idleChoices(now: number, never: string, minutes: (count: number) => string): { value: string; label: string }[] {
  return [...new Set([...IDLE_MINUTES, now])].sort((a, b) => (a || Infinity) - (b || Infinity)).map((count) => ({ value: String(count), label: count ? minutes(count) : never }))
}
