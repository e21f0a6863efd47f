/** Something with a place on the axis. */
export interface Item {
  id: string
  from: number
  to: number
}

export interface Placed {
  /** Left edge and width as parts of the column, 0 to 1. */
  left: number
  width: number
}

/**
 * Lays what overlaps side by side: each takes the first lane that is free, and grows to the right as far as nothing
 * stands there. `shortest` is how many minutes the smallest card takes up on screen.
 */
export function layOut(items: Item[], shortest: number): Map<string, Placed> {
  const placed = new Map<string, Placed>()
  const sorted = items
    .map((item) => ({ ...item, to: Math.max(item.to, item.from + shortest), lane: 0 }))
    .sort((a, b) => a.from - b.from || b.to - a.to || (a.id < b.id ? -1 : 1))

  let group: typeof sorted = []
  let reached = Number.NEGATIVE_INFINITY
  const close = (): void => {
    const lanes = Math.max(0, ...group.map((item) => item.lane)) + 1
    for (const item of group) {
      let until = item.lane + 1
      while (until < lanes && !group.some((other) => other.lane === until && meet(other, item))) until += 1
      placed.set(item.id, { left: item.lane / lanes, width: (until - item.lane) / lanes })
    }
    group = []
  }

  for (const item of sorted) {
    if (item.from >= reached) close()
    while (group.some((other) => other.lane === item.lane && meet(other, item))) item.lane += 1
    group.push(item)
    reached = Math.max(reached, item.to)
  }
  close()
  return placed
}

function meet(a: Item, b: Item): boolean {
  return a.from < b.to && b.from < a.to
}
