import type { Page } from './data'
import type { MembersRecord } from './pb-types'

/** The members who are people: keys of programs have a row too. */
export const PEOPLE = "kind != 'key'"

/** A list of members in which keys have a name, for what they wrote, but can't be chosen. */
export function asPeople(page: Page<MembersRecord>): Page<MembersRecord> {
  return { ...page, items: page.items.map((member) => (member.kind === 'key' ? { ...member, active: false } : member)) }
}
