import type { TFunction } from 'i18next'

const SEEDED = new Set(['owner', 'admin', 'manager', 'agent'])

/** The name of a role: translated for the four that every company has, its own words otherwise. */
export function roleName(role: { name: string; key?: string } | undefined, t: TFunction): string {
  if (!role) return ''
  const key = role.key || role.name.toLowerCase()
  return SEEDED.has(key) ? t(`app:role.${key}`) : role.name
}
