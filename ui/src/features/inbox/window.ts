/*
 * A window: the newest part of a long ordered list that lives on the server, newest first. `more` says that the server
 * has older items than the last one here. Everything is a pure function; an unchanged window is the same object.
 */

export interface Window<T> {
  items: T[]
  more: boolean
}

interface Item {
  id: string
  updated: string
  expand?: object
}

/** The moment an item is ordered by. */
export type At<T> = (item: T) => string

/** Newest first; of two at the same moment the later id first. */
export function newestFirst<T extends Item>(at: At<T>): (a: T, b: T) => number {
  return (a, b) => {
    if (at(a) !== at(b)) return at(a) < at(b) ? 1 : -1
    return a.id === b.id ? 0 : a.id < b.id ? 1 : -1
  }
}

/** The newer of two states of one item. A live record has no expand: what was known stays. */
export function newer<T extends Item>(old: T, next: T): T {
  if (old.updated > next.updated) return old.expand || !next.expand ? old : { ...old, expand: next.expand }
  return old.expand && !next.expand ? { ...next, expand: old.expand } : next
}

/**
 * Puts an item where it belongs, or takes it out when it does not fit any more. An item older than everything here stays
 * out while the server has more: it will come with its page.
 */
export function upsert<T extends Item>(window: Window<T>, item: T, at: At<T>, fits: (item: T) => boolean, insert = true): Window<T> {
  const { items } = window
  const compare = newestFirst(at)
  const index = items.findIndex(({ id }) => id === item.id)
  const old = items[index]
  const next = old ? newer(old, item) : item
  if (old === next) return window

  if (!fits(next)) return old ? { ...window, items: items.toSpliced(index, 1) } : window
  if (!old && !insert) return window
  if (old && at(old) === at(next)) return { ...window, items: items.with(index, next) }

  const rest = old ? items.toSpliced(index, 1) : items
  const place = rest.findIndex((other) => compare(next, other) < 0)
  if (place >= 0) return { ...window, items: rest.toSpliced(place, 0, next) }
  if (!old && window.more) return window
  return { ...window, items: [...rest, next] }
}

export function remove<T extends Item>(window: Window<T>, id: string): Window<T> {
  return window.items.some((item) => item.id === id) ? { ...window, items: window.items.filter((item) => item.id !== id) } : window
}

/** Adds the page that follows `after`. If the end has moved since it was asked for, the page is thrown away: it would leave a hole. */
export function append<T extends Item>(window: Window<T>, after: string, page: Window<T>): Window<T> {
  if (window.items.at(-1)?.id !== after) return window
  const known = new Set(window.items.map(({ id }) => id))
  return { items: [...window.items, ...page.items.filter(({ id }) => !known.has(id))], more: page.more }
}

/** A fresh newest page over what was here: older items stay when the two overlap, so nobody who reads them is thrown back. */
export function refresh<T extends Item>(old: Window<T> | undefined, page: Window<T>, at: At<T>): Window<T> {
  const last = page.items.at(-1)
  if (!old || !last || !page.more || !old.items.some(({ id }) => id === last.id)) return page
  const compare = newestFirst(at)
  const older = old.items.filter((item) => compare(last, item) < 0)
  return older.length > 0 ? { items: [...page.items, ...older], more: old.more } : page
}

/** Keeps the newest `most` items; the rest can be asked for again. */
export function cap<T>(window: Window<T>, most: number): Window<T> {
  return window.items.length > most ? { items: window.items.slice(0, most), more: true } : window
}
