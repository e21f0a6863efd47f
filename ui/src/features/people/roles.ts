import { closure, type Exceptions } from '@/lib/permissions'
import type { RolesRecord } from '@/lib/pb-types'

const SEEDED = ['owner', 'admin', 'manager', 'agent']

/** The four every company has, from the one that may most, then its own by name. */
export function orderedRoles(roles: RolesRecord[]): RolesRecord[] {
  const rank = (role: RolesRecord) => (SEEDED.includes(role.key) ? SEEDED.indexOf(role.key) : SEEDED.length)
  return roles.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
}

/** What tells a member from their role: held now, and what the role gives. */
export function exceptionsOf(role: string[], held: string[]): Exceptions {
  const given = closure(role)
  const now = closure(held)
  return { add: now.filter((one) => !given.includes(one)), remove: given.filter((one) => !now.includes(one)) }
}
