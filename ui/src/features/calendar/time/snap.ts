import { instantAt, positionOf, type AxisDay } from './axis'

/** What a pointer is set down on when no slot is near, in minutes. */
export const STEP = 15

/** How near a slot has to be to be meant, in minutes. */
const REACH = 20

const MINUTE = 60_000

/** An axis minute on the grid, within the day. */
export function toGrid(minute: number, how: 'floor' | 'round', step = STEP): number {
  return Math[how](minute / step) * step
}

/**
 * The start a dragged card is dropped on: the nearest bookable slot if one is near, else the grid. `slots` are instants
 * in order; undefined while they are not known, when anything may be one.
 */
export function dropStart(day: AxisDay, minute: number, slots: number[] | undefined): { start: number; free: boolean } {
  const asked = instantAt(day, Math.max(day.pieces[0]!.from, Math.min(minute, day.pieces.at(-1)!.to - STEP)))
  const near = slots && nearest(slots, asked)
  if (near !== undefined && near >= day.start && near < day.end && Math.abs(near - asked) <= REACH * MINUTE) return { start: near, free: true }
  return { start: instantAt(day, toGrid(positionOf(day, asked, 'start'), 'round')), free: slots === undefined }
}

/** The element nearest to a value; undefined where there is none. */
export function nearest(sorted: number[], value: number): number | undefined {
  let best: number | undefined
  for (const candidate of sorted) if (best === undefined || Math.abs(candidate - value) < Math.abs(best - value)) best = candidate
  return best
}

/** The span between where a drag began and where it is, at least one step, in axis minutes. */
export function dragSpan(begun: number, now: number, total: number): { from: number; to: number } {
  const [low, high] = begun <= now ? [begun, now] : [now, begun]
  const from = Math.max(0, toGrid(low, 'floor'))
  const to = Math.min(total, Math.max(from + STEP, toGrid(high, 'round')))
  return { from: Math.min(from, to - STEP), to }
}
