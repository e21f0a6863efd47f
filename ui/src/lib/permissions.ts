/** How far a permission reaches; '' is not at all. A wider one includes the narrower. */
export type Reach = '' | 'own' | 'team' | 'all'
type Verb = 'view' | 'edit'

/** What has reaches, in the order it is shown. */
export const NOUNS = ['contacts', 'inbox', 'agenda'] as const

/** The permissions without a reach, by what they are about. */
export const ACTIONS: Record<string, string[]> = {
  contacts: ['contacts.add', 'contacts.delete', 'contacts.export', 'contacts.import', 'contacts.manage'],
  inbox: ['inbox.reply', 'inbox.assign'],
  agenda: ['agenda.book', 'agenda.overbook', 'agenda.manage'],
  rest: ['agents.manage', 'channels.manage', 'members.manage', 'company.manage', 'reports.view', 'billing.manage'],
}

const REACHES = ['own', 'team', 'all'] as const

/** The widest reach that is held. */
export function reachOf(held: string[], noun: string, verb: Verb): Reach {
  return REACHES.findLast((reach) => held.includes(`${noun}.${verb}_${reach}`)) ?? ''
}

/** The permissions with another reach of one verb, and the narrower ones it includes. */
export function withReach(held: string[], noun: string, verb: Verb, reach: Reach): string[] {
  const rest = held.filter((permission) => !permission.startsWith(`${noun}.${verb}_`))
  return [...rest, ...REACHES.slice(0, reach ? REACHES.indexOf(reach) + 1 : 0).map((one) => `${noun}.${verb}_${one}`)]
}

/** Permissions with the narrower reaches that wider ones include, each once. */
export function closure(permissions: string[]): string[] {
  const all = permissions.flatMap((one) => {
    const wide = REACHES.findIndex((reach) => one.endsWith(`_${reach}`))
    return wide < 0 ? [one] : REACHES.slice(0, wide + 1).map((reach) => one.slice(0, -REACHES[wide]!.length) + reach)
  })
  return [...new Set(all)]
}

/** What one member may in spite of their role, and what they may not. */
export interface Exceptions {
  add: string[]
  remove: string[]
}

/** What a role gives, with the exceptions. Who may not have the narrower reach has none of the wider ones. */
export function withExceptions(role: string[], { add, remove }: Exceptions): string[] {
  return closure([...role, ...add]).filter((one) => !closure([one]).some((narrower) => remove.includes(narrower)))
}
