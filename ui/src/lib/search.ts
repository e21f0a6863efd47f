import { api } from './pb'
import { fold } from './fold'

/** A message that has the words, as /api/recado/search answers it. */
export interface Hit {
  id: string
  conversation: string
  contact: string
  name: string
  text: string
  kind: string
  direction: string
  at: string
}

export interface Found {
  contacts: { id: string; name: string; phone: string; email: string }[]
  messages: Hit[]
  cursor: string
}

/** Whether there is enough to look for; the server asks for as much. */
export const searchable = (q: string): boolean => wordsOf(q).join('').length > 1

export const search = (q: string, signal: AbortSignal): Promise<Found> => api<Found>('/api/recado/search', { query: { q }, signal })

/** Text as words, the way the server cuts it. */
export function wordsOf(text: string): string[] {
  return fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
}

/** Where the words of a query stand in a text: [from, to) of each, as the text is written. The last word may be a beginning. */
export function marks(text: string, q: string): [number, number][] {
  const words = wordsOf(q)
  return [...text.matchAll(/[\p{L}\p{N}\p{M}]+/gu)].flatMap((found): [number, number][] => {
    const said = fold(found[0])
    if (words.includes(said)) return [[found.index, found.index + found[0].length]]
    const start = words.at(-1)
    if (!start || !said.startsWith(start)) return []
    // the letters that were typed, with the marks that belong to the last of them
    let length = 0
    while (length < found[0].length && fold(found[0].slice(0, length)).length < start.length) length++
    while (length < found[0].length && /\p{M}/u.test(found[0][length]!)) length++
    return [[found.index, found.index + length]]
  })
}

/** A text cut to what stands around the first hit. */
export function around(text: string, q: string, most = 120): string {
  const flat = text.replace(/\s+/g, ' ')
  const first = marks(flat, q)[0]?.[0] ?? 0
  if (flat.length <= most || first < most / 2) return flat
  return `…${flat.slice(flat.lastIndexOf(' ', first - 20) + 1)}`
}
