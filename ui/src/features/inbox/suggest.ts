import { fold } from '@/lib/fold'

/*
 * What the composer offers while one types: quick replies after a slash, colleagues after an @.
 */

export interface Token {
  /** Where the mark stands in the text. */
  from: number
  /** What has been typed after it. */
  query: string
}

/** The word being typed after a mark: at the start of the text or after a space, up to the caret. */
export function tokenAt(text: string, caret: number, mark: '/' | '@'): Token | undefined {
  const before = text.slice(0, caret)
  const found = /(?:^|\s)([/@])([\p{L}\p{N}_-]*)$/u.exec(before)
  if (!found || found[1] !== mark) return undefined
  return { from: before.length - found[2]!.length - 1, query: found[2]! }
}

/** The text with a token replaced, and where the caret goes. */
export function replaceToken(text: string, token: Token, insert: string): { text: string; caret: number } {
  const end = token.from + 1 + token.query.length
  return { text: text.slice(0, token.from) + insert + text.slice(end), caret: token.from + insert.length }
}

/** Quick replies that fit what was typed: by the start of their shortcut first, then by their words. */
export function fittingReplies<T extends { shortcut: string; text: string }>(replies: readonly T[], query: string): T[] {
  const wanted = fold(query)
  const rank = ({ shortcut, text }: T): number => {
    const name = fold(shortcut)
    if (name.startsWith(wanted)) return 0
    if (name.includes(wanted)) return 1
    return fold(text).includes(wanted) ? 2 : 3
  }
  return replies
    .map((reply) => ({ reply, at: rank(reply) }))
    .filter(({ at }) => at < 3)
    .sort((a, b) => a.at - b.at)
    .map(({ reply }) => reply)
}

/** Colleagues whose name has a word that begins with what was typed. */
export function fittingPeople<T extends { name: string }>(people: readonly T[], query: string): T[] {
  const wanted = fold(query)
  return people.filter(({ name }) => fold(name).split(/\s+/).some((word) => word.startsWith(wanted)))
}

/** Where a text calls people by @name, in order. A longer name goes before a shorter one it begins with. */
export function mentionsIn<T extends { id: string; name: string }>(text: string, people: readonly T[]): { from: number; to: number; person: T }[] {
  const longestFirst = people.filter(({ name }) => name !== '').toSorted((a, b) => b.name.length - a.name.length)
  const found: { from: number; to: number; person: T }[] = []
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const person = longestFirst.find(({ name }) => text.startsWith(name, at + 1) && !/[\p{L}\p{N}]/u.test(text.charAt(at + 1 + name.length)))
    if (person && !(at > 0 && /[\p{L}\p{N}]/u.test(text.charAt(at - 1)))) found.push({ from: at, to: at + 1 + person.name.length, person })
  }
  return found
}
