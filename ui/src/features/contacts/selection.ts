/*
 * Which rows are selected: some by name, or everything the filters match. Pure; the same selection is the same object.
 */

export type Selection = { all: false; ids: ReadonlySet<string>; anchor: string } | { all: true }

export const NOTHING: Selection = { all: false, ids: new Set(), anchor: '' }

export const isSelected = (selection: Selection, id: string): boolean => selection.all || selection.ids.has(id)
export const isEmpty = (selection: Selection): boolean => !selection.all && selection.ids.size === 0

/** Turns one row on or off; with `range` everything between it and the row touched before follows it. */
export function toggle(selection: Selection, order: string[], id: string, range: boolean): Selection {
  // of everything one is taken out: what is on the screen stays selected
  const ids = new Set(selection.all ? order : selection.ids)
  const on = !ids.has(id)
  const from = range && !selection.all ? order.indexOf(selection.anchor) : -1
  const to = order.indexOf(id)
  const touched = from < 0 || to < 0 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1)
  for (const one of touched) {
    if (on) ids.add(one)
    else ids.delete(one)
  }
  return { all: false, ids, anchor: id }
}

/** Everything that is loaded, or nothing where that is what is selected. */
export function toggleLoaded(selection: Selection, order: string[]): Selection {
  if (selection.all || (order.length > 0 && order.every((id) => selection.ids.has(id)))) return NOTHING
  return { all: false, ids: new Set(order), anchor: '' }
}
