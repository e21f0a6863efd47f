import { ClientResponseError } from 'pocketbase'
import { infiniteQueryOptions, keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { permissionsOf, useCompany, useMe } from '@/lib/company'
import { applyRecord, dropRecord, keys, listOptions, oneOptions, saveRecord } from '@/lib/data'
import { asPeople } from '@/lib/members'
import { api, currentCompany, pb } from '@/lib/pb'
import { reachOf } from '@/lib/permissions'
import type { AppointmentsRecord, ConsentsRecord, ContactChangesRecord, ContactMergesRecord, ContactsRecord, ConversationsRecord, IdentitiesRecord, MembersRecord, MessagesRecord } from '@/lib/pb-types'
import { usePageSize } from '@/lib/preferences'
import { queryClient } from '@/lib/query'
import { after, compare, cursorOf, EVERYONE, fits, listFilter, orderOf, type Cursor, type Filters } from './filters'

/*
 * What the contacts page asks the server, as hooks.
 */

/** Rows of one page of the list, unless somebody wants other ones. */
const ROWS = 100

const FIELDS = 'id,company,name,phone,email,lifecycle,lead_status,category,source,owner,tags,search,deleted,created,updated'

interface Page {
  items: ContactsRecord[]
  /** Where the next page begins: what the server said last, whatever the live feed puts beside it. */
  next: Cursor | undefined
}

/** A team of more than these is not named: the address of a request has its limits. */
const TEAM = 30

/** Whose contacts I see: none named is everybody's, undefined is not known yet. */
function useOwners(): string[] | undefined {
  const { member } = useMe()
  const reach = reachOf(permissionsOf(member), 'contacts', 'view')
  const manager = member?.id ?? ''
  const team = useQuery({
    ...listOptions('members', { filter: pb.filter('manager = {:manager}', { manager }), fields: 'id,company,name,manager,updated', sort: 'name' }, { ...byName, match: (one) => one.manager === manager }),
    enabled: reach === 'team',
    staleTime: Infinity,
  })
  return useMemo(() => {
    if (member === undefined || (reach === 'team' && team.isPending)) return undefined
    if (reach === 'own') return [manager]
    const all = team.data?.items ?? []
    return reach === 'team' && team.isSuccess && all.length <= TEAM ? [manager, ...all.map(({ id }) => id)] : []
  }, [member, reach, manager, team.isPending, team.isSuccess, team.data])
}

function listQuery(filters: Filters, timeZone: string, owners: string[] | undefined, rows: number) {
  const filter = listFilter(filters, timeZone, owners)
  return infiniteQueryOptions({
    queryKey: keys.list('contacts', { filter, sort: filters.sort }),
    enabled: timeZone !== '' && owners !== undefined,
    initialPageParam: undefined as Cursor | undefined,
    queryFn: async ({ pageParam, signal }): Promise<Page> => {
      const { items } = await pb
        .collection('contacts')
        .getList<ContactsRecord>(1, rows, { filter: pageParam ? after(filter, filters.sort, pageParam) : filter, sort: orderOf(filters.sort), fields: FIELDS, skipTotal: true, signal })
      return { items, next: items.length === rows ? cursorOf(items.at(-1)!, filters.sort) : undefined }
    },
    getNextPageParam: (page: Page) => page.next,
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 60_000,
    meta: { live: { match: fits(filters, timeZone), compare: compare(filters.sort) } },
  })
}

/** The contacts that filters leave, page by page as they are scrolled to. */
export function useContacts(filters: Filters) {
  const timeZone = useCompany()?.timezone ?? ''
  const query = useInfiniteQuery(listQuery(filters, timeZone, useOwners(), usePageSize(ROWS)))
  const rows = useMemo(() => {
    // a row the live feed has put at the end may come again with its page
    const seen = new Set<string>()
    return (query.data?.pages.flatMap((page) => page.items) ?? []).filter(({ id }) => !seen.has(id) && seen.add(id))
  }, [query.data])
  return { query, rows }
}

/** How many contacts the filters leave. */
export function useCount(filters: Filters) {
  const timeZone = useCompany()?.timezone ?? ''
  const owners = useOwners()
  const filter = listFilter(filters, timeZone || 'UTC', owners)
  return useQuery(
    queryOptions({
      // under 'list', so that it is asked again when contacts change
      queryKey: keys.list('contacts', { count: filter }),
      enabled: timeZone !== '' && owners !== undefined,
      queryFn: async ({ signal }) => (await api<{ count: number }>('/api/recado/contacts/count', { query: { filter }, signal })).count,
      placeholderData: keepPreviousData,
    }),
  )
}

export const useContact = (id: string) => useQuery(oneOptions('contacts', id))

const byName = { match: () => true, compare: (a: MembersRecord, b: MembersRecord) => a.name.localeCompare(b.name) }
/** Everyone of the company, by name; `active` are those a contact can be given to. */
export function useMembers() {
  const all = useQuery({ ...listOptions('members', { sort: 'name', fields: 'id,company,name,active,kind,updated' }, byName), staleTime: Infinity, select: asPeople }).data?.items ?? []
  return { all, active: all.filter((member) => member.active), name: (id: string) => all.find((member) => member.id === id)?.name ?? '' }
}

export const useIdentities = (contact: string) => useQuery(listOptions<'identities'>('identities', { filter: pb.filter('contact = {:contact}', { contact }), sort: 'created' })) as { data: { items: IdentitiesRecord[] } | undefined }

export const useConsents = (contact: string) => useQuery(listOptions<'consents'>('consents', { filter: pb.filter('contact = {:contact}', { contact }), sort: '-id' })) as { data: { items: ConsentsRecord[] } | undefined }

/** Saves details of a contact, shown at once and put back when the server refuses. */
export async function saveContact(contact: ContactsRecord, changes: Partial<ContactsRecord>): Promise<void> {
  applyRecord('contacts', { ...contact, ...changes })
  try {
    await saveRecord('contacts', contact.id, changes)
  } catch (error) {
    applyRecord('contacts', contact)
    throw error
  }
}

/** Takes someone down. A phone that is known already is asked back about, unless `confirmed`. */
export async function addContact(values: Partial<ContactsRecord>, confirmed: boolean): Promise<ContactsRecord> {
  const saved = await pb.collection('contacts').create<ContactsRecord>({ company: currentCompany(), ...values }, { query: confirmed ? { confirmed: 1 } : {} })
  applyRecord('contacts', saved)
  return saved
}

/** Puts a contact into the bin. With coming appointments the server asks back, unless `confirmed`. */
export async function deleteContact(id: string, confirmed = false): Promise<void> {
  const saved = await pb.collection('contacts').update<ContactsRecord>(id, { deleted: new Date().toISOString().replace('T', ' ') }, { query: confirmed ? { confirmed: 1 } : {} })
  applyRecord('contacts', saved)
}

/** Forgets a person, for good. With coming appointments the server asks back, unless `confirmed`. */
export async function eraseContact(id: string, confirmed: boolean): Promise<void> {
  await api(`/api/recado/contacts/${id}/erase`, { method: 'POST', query: confirmed ? { confirmed: 1 } : {} })
  dropRecord('contacts', id)
}

export async function restoreContact(id: string): Promise<void> {
  await saveRecord('contacts', id, { deleted: '' })
}

/** A contact that may be the same person, and why. */
export interface Duplicate {
  contact: ContactsRecord
  reasons: ('phone' | 'email' | 'name')[]
}

/** Who a contact may be twice, the likeliest first. */
export const useDuplicates = (contact: string, enabled = true) =>
  useQuery({ queryKey: ['duplicates', contact], enabled, staleTime: 30_000, queryFn: ({ signal }) => api<{ items: Duplicate[] }>(`/api/recado/contacts/${contact}/duplicates`, { signal }) })

/** The first contacts that words match; '' asks for none. */
export function useFound(words: string) {
  const filter = listFilter({ ...EVERYONE, q: words }, 'UTC')
  return useQuery({ ...listOptions('contacts', { filter, sort: 'search,id', fields: FIELDS, perPage: 10 }), enabled: words !== '' })
}

export interface MergePreview {
  /** Rows by collection. */
  moves: Record<string, number>
  /** Conversations that end. */
  closes: number
  /** Fields: before, after. */
  learns: Record<string, [unknown, unknown]>
}

export const useMergePreview = (contact: string, other: string) =>
  useQuery({ queryKey: ['merge', contact, other], gcTime: 0, queryFn: ({ signal }) => api<MergePreview>(`/api/recado/contacts/${contact}/merge`, { query: { with: other }, signal }) })

/** How long a merge can be taken back. Milliseconds. */
const UNDO = 30 * 86_400_000

/** Who became part of a contact and can still be taken apart. */
export const useMerges = (contact: string) =>
  useQuery({
    ...listOptions('contact_merges', { filter: pb.filter('contact = {:contact} && undone = ""', { contact }), sort: '-id', expand: 'merged' }),
    select: ({ items }) => ({ items: items.filter(({ created }) => Date.now() - Date.parse(created.replace(' ', 'T')) < UNDO) }),
  })

/** Makes one contact of two. The other one goes to the bin. */
export async function mergeContacts(contact: string, other: string): Promise<ContactMergesRecord> {
  const note = await api<ContactMergesRecord>(`/api/recado/contacts/${contact}/merge`, { method: 'POST', body: { with: other } })
  refreshPerson(contact)
  return note
}

export async function undoMerge({ id, contact }: ContactMergesRecord): Promise<void> {
  await api(`/api/recado/contacts/${contact}/merges/${id}/undo`, { method: 'POST' })
  refreshPerson(contact)
}

function refreshPerson(contact: string): void {
  for (const queryKey of [keys.all('contacts'), keys.all('contact_merges'), keys.all('identities'), ['duplicates']]) void queryClient.invalidateQueries({ queryKey })
  freshTimeline(contact)
}

export type TimelineItem =
  | { kind: 'conversation'; at: string; record: ConversationsRecord }
  | { kind: 'appointment'; at: string; record: AppointmentsRecord }
  | { kind: 'change'; at: string; record: ContactChangesRecord }
  | { kind: 'note'; at: string; record: MessagesRecord }

/** What happened with a contact, newest first, thirty at a time. */
export function useTimeline(contact: string) {
  return useInfiniteQuery({
    queryKey: ['timeline', contact],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => api<{ items: TimelineItem[]; next: string }>(`/api/recado/contacts/${contact}/timeline`, { query: pageParam ? { before: pageParam } : {}, signal }),
    getNextPageParam: (page) => page.next || undefined,
    gcTime: 60_000,
  })
}

/** Asks the timeline again: something of it has changed. */
export const freshTimeline = (contact: string): void => void queryClient.invalidateQueries({ queryKey: ['timeline', contact] })

export type Bulk = { action: 'tag' | 'untag'; tag: string } | { action: 'assign'; owner: string } | { action: 'delete' | 'restore'; confirmed?: boolean }
export type Targets = { ids: string[] } | { filter: string }

export interface Progress {
  total: number
  done: number
  changed?: Record<string, string[]>
  skipped: number
  appointments: number
  end?: boolean
}

/** Changes many contacts in one request. `onProgress` hears every line of the answer; the last one comes back, with all that was changed. */
export async function bulk(work: Bulk, targets: Targets, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Progress> {
  // not through the SDK: the answer is read while it comes
  const response = await fetch(`/api/recado/contacts/bulk?company=${currentCompany()}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: pb.authStore.token },
    body: JSON.stringify({ ...work, ...targets }),
    signal,
  })
  if (!response.ok || !response.body) throw await refusal(response)

  const changed: Record<string, string[]> = {}
  let last: Progress | undefined
  for await (const line of linesOf(response.body)) {
    last = JSON.parse(line) as Progress
    for (const [was, ids] of Object.entries(last.changed ?? {})) (changed[was] ??= []).push(...ids)
    onProgress(last)
  }
  void queryClient.invalidateQueries({ queryKey: keys.all('contacts') })
  if (!last?.end) throw new Error('the answer broke off')
  return { ...last, changed }
}

async function refusal(response: Response): Promise<Error> {
  return new ClientResponseError({ status: response.status, response: (await response.json().catch(() => ({}))) as Record<string, unknown> })
}

/** The lines of a stream, as they come. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream() as never).getReader() as ReadableStreamDefaultReader<string>
  let rest = ''
  for (;;) {
    const { value, done } = await reader.read()
    const lines = (rest + (value ?? '')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line) yield line
    if (done) {
      if (rest) yield rest
      return
    }
  }
}


/** The names of what appointments and conversations refer to. */
export function useNames() {
  const services = useQuery({ ...listOptions('services', { sort: 'name' }, { match: () => true, compare: (a, b) => a.name.localeCompare(b.name) }), staleTime: Infinity }).data?.items
  const channels = useQuery({ ...listOptions('channels', { sort: 'name' }, { match: () => true, compare: (a, b) => a.name.localeCompare(b.name) }), staleTime: Infinity }).data?.items
  return {
    service: (id: string) => services?.find((one) => one.id === id)?.name ?? '',
    channel: (id: string) => channels?.find((one) => one.id === id)?.name ?? '',
  }
}
