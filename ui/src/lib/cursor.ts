import { pb } from './pb'

/**
 * Adds "beyond this row" to a filter of a list ordered by `column`, then id. Written as a range first: the database
 * then begins reading there, whereas of two ranges joined by "or" it reads everything before them too.
 */
export function beyond(sign: '<' | '>', filter: string, column: string, at: string, id: string): string {
  const cursor = pb.filter(`${column} ${sign}= {:at} && (${column} ${sign} {:at} || id ${sign} {:id})`, { at, id })
  return filter ? `${filter} && ${cursor}` : cursor
}
