import { changeBetween, dayStart, addDays, offsetAt, wallMinutes } from './zone'

/*
 * The time axis that all columns of a view share. Its unit is the axis minute: the wall clock, except that an hour
 * the clock goes back over is there twice. So every instant of every day has one place, nothing is drawn on top of
 * what happened an hour before, and what a day does not have (the skipped hour, the second one on other days) is a hole.
 */

const MINUTE = 60_000

/** Axis minutes [from, to) are the instants from `at` on. */
interface Piece {
  from: number
  to: number
  at: number
}

export interface AxisDay {
  day: string
  /** First instant of the day, and of the next one. */
  start: number
  end: number
  pieces: Piece[]
  /** What this day does not have, in axis minutes. */
  holes: [from: number, to: number][]
}

/** A labelled line: `wall` minutes since midnight stand at axis minute `at`; `again` the second time round. */
interface AxisRow {
  at: number
  wall: number
  again: boolean
}

export interface Axis {
  zone: string
  days: AxisDay[]
  rows: AxisRow[]
  /** Axis minutes from top to bottom. */
  total: number
}

interface Run {
  wall: number
  length: number
  at: number
}

/** The axis of some days in a zone. */
export function makeAxis(zone: string, days: string[]): Axis {
  const known = days.map((day) => ({ day, start: dayStart(zone, day), end: dayStart(zone, addDays(day, 1)) }))
  const runs = known.map(({ day, start, end }) => runsOf(zone, day, start, end))
  const back = runs.map(repeated).find((found) => found !== undefined)
  const extra = back ? back.length : 0
  const fold = back ? back.wall : Number.POSITIVE_INFINITY
  const total = 1440 + extra

  return {
    zone,
    total,
    rows: rowsOf(fold, extra),
    days: known.map((day, index) => {
      const pieces = runs[index]!.flatMap((run, order) => place(run, order > 0 && repeated(runs[index]!) !== undefined, fold, extra))
      return { ...day, pieces, holes: holesOf(pieces, total) }
    }),
  }
}

/** A day as runs of one offset: one run, or two where the clock changes. */
function runsOf(zone: string, day: string, start: number, end: number): Run[] {
  const run = (from: number, to: number): Run => ({ wall: wallMinutes(zone, day, from), length: (to - from) / MINUTE, at: from })
  if (offsetAt(zone, start) === offsetAt(zone, end - 1)) return [run(start, end)]
  const change = changeBetween(zone, start, end - 1)
  return [run(start, change), run(change, end)]
}

/** Where the clock goes back: at which wall minute, and over how many. */
function repeated(runs: Run[]): { wall: number; length: number } | undefined {
  const [first, second] = runs
  if (!first || !second) return undefined
  const turn = first.wall + first.length
  return second.wall < turn ? { wall: turn, length: turn - second.wall } : undefined
}

/** Puts a run on the axis. After the fold everything is further down; `again` starts within it. */
function place(run: Run, again: boolean, fold: number, extra: number): Piece[] {
  const end = run.wall + run.length
  if (again) return [{ from: run.wall + extra, to: end + extra, at: run.at }]
  if (end <= fold) return [{ from: run.wall, to: end, at: run.at }]
  if (run.wall >= fold) return [{ from: run.wall + extra, to: end + extra, at: run.at }]
  return [
    { from: run.wall, to: fold, at: run.at },
    { from: fold + extra, to: end + extra, at: run.at + (fold - run.wall) * MINUTE },
  ]
}

function rowsOf(fold: number, extra: number): AxisRow[] {
  const rows: AxisRow[] = []
  for (let wall = 0; wall < 1440; wall += 60) rows.push({ at: wall < fold ? wall : wall + extra, wall, again: false })
  if (extra > 0) for (let wall = fold - extra; wall < fold; wall += 60) rows.push({ at: wall + extra, wall, again: true })
  return rows.sort((a, b) => a.at - b.at)
}

function holesOf(pieces: Piece[], total: number): [number, number][] {
  const holes: [number, number][] = []
  let reached = 0
  for (const { from, to } of pieces) {
    if (from > reached) holes.push([reached, from])
    reached = to
  }
  if (reached < total) holes.push([reached, total])
  return holes
}

/** Where an instant stands on a day's axis; before and after the day at its ends. `edge` says which side of a hole an instant beside it belongs to: where something starts, or where it ends. */
export function positionOf(day: AxisDay, at: number, edge: 'start' | 'end'): number {
  const piece =
    edge === 'start'
      ? day.pieces.findLast((piece) => piece.at <= at) ?? day.pieces[0]!
      : day.pieces.findLast((piece) => piece.at < at) ?? day.pieces[0]!
  return Math.min(piece.to, Math.max(piece.from, piece.from + (at - piece.at) / MINUTE))
}

/** The instant at an axis minute; in a hole the first one after it, past the end the end of the day. */
export function instantAt(day: AxisDay, minute: number): number {
  const piece = day.pieces.find((piece) => minute < piece.to)
  return piece ? piece.at + Math.max(0, minute - piece.from) * MINUTE : day.end
}

/** A span of instants on a day, in axis minutes; nothing where they do not meet. */
export function spanOn(day: AxisDay, start: number, end: number): { from: number; to: number } | undefined {
  if (start >= day.end || end <= day.start) return undefined
  return { from: positionOf(day, start, 'start'), to: positionOf(day, end, 'end') }
}
