import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useMe } from '@/lib/company'
import { applyRecord, dropRecord, keys, listOptions, type Page } from '@/lib/data'
import { PEOPLE } from '@/lib/members'
import { fault } from '@/lib/errors'
import { toDate } from '@/lib/format'
import { fold } from '@/lib/fold'
import { useLive } from '@/lib/live'
import { api, pb } from '@/lib/pb'
import type { AgendasRecord, ContactsRecord, OccupanciesRecord, ServicesRecord } from '@/lib/pb-types'
import { reaches, STEPS, type Appointment, type AppointmentEvent, type BlockEvent, type CalendarEvent, type Step } from './model'

/*
 * What the calendar asks and does. Lists follow the live feed by themselves; what is done here is shown at once and
 * taken back when the server says no.
 */

const DAY = 86_400_000
/** No appointment is longer: how far back one may begin that reaches into the view. */
const LONGEST = 8 * DAY
/** More than fit on any screen; a view that has more says so. */
export const MOST = 500

const iso = (at: number): string => new Date(at).toISOString()
const dbTime = (at: number): string => iso(at).replace('T', ' ')
const byStart = (a: { start: string; id: string }, b: { start: string; id: string }): number => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.id < b.id ? -1 : 1)

export const agendasOptions = () => listOptions('agendas', { sort: 'name', perPage: MOST })
export const servicesOptions = () => listOptions('services', { sort: 'name', perPage: MOST })
const membersOptions = () => listOptions('members', { filter: `active = true && ${PEOPLE}`, perPage: MOST })
const weeklyOptions = () => listOptions('availabilities', { perPage: 1000 })

/** What an appointment's customer is told before it. */
export const remindersOptions = (appointment: string) =>
  listOptions('reminders', { filter: pb.filter('appointment = {:appointment}', { appointment }), sort: 'due', perPage: 20 }, { match: (row) => row.appointment === appointment, compare: (a, b) => (a.due < b.due ? -1 : 1) })

/** The agendas I may look at, active ones first asked for, and what I may do on them. */
export function useAgendas() {
  const { can, member } = useMe()
  const agendas = useQuery(agendasOptions())
  const members = useQuery({ ...membersOptions(), enabled: can('agenda.view_team') || can('agenda.edit_team') })
  return useMemo(() => {
    const rights = { can, me: member?.id ?? '', members: members.data?.items ?? [] }
    const visible = (agendas.data?.items ?? []).filter((agenda) => agenda.active && reaches(agenda, 'view', rights))
    const editable = new Set(can('agenda.book') ? visible.filter((agenda) => reaches(agenda, 'edit', rights)).map((agenda) => agenda.id) : [])
    return { visible, editable, all: agendas.data?.items ?? [], query: agendas }
    // oxlint-disable-next-line react/exhaustive-deps -- `can` follows member
  }, [agendas, members.data, member])
}

export function useServices(): ServicesRecord[] {
  return useQuery(servicesOptions()).data?.items ?? NONE
}
const NONE: never[] = []

/** Opening hours of all agendas, and what replaces them on the days from `first` to `last`. */
export function useHours(first: string, last: string) {
  const weekly = useQuery(weeklyOptions())
  const overrides = useQuery(listOptions('availability_overrides', { filter: pb.filter('date >= {:first} && date <= {:last}', { first, last }), sort: 'date', perPage: MOST }))
  return { weekly: weekly.data?.items, overrides: overrides.data?.items, loaded: weekly.isSuccess && overrides.isSuccess }
}

function appointmentsOptions(from: number, to: number) {
  const [start, end] = [dbTime(from), dbTime(to)]
  const filter = pb.filter('start >= {:far} && start < {:end} && end > {:start}', { far: dbTime(from - LONGEST), start, end })
  return listOptions('appointments', { filter, sort: 'start', expand: 'contact', perPage: MOST }, { match: (row) => row.start < end && row.end > start, compare: byStart })
}

function blocksOptions(from: number, to: number) {
  const [start, end] = [from / 1000, to / 1000]
  const filter = pb.filter("kind != 'appointment' && blocked_start < {:end} && blocked_end > {:start}", { start, end })
  return listOptions(
    'occupancies',
    { filter, sort: 'blocked_start', perPage: MOST },
    { match: (row) => row.kind !== 'appointment' && row.blocked_start < end && row.blocked_end > start, compare: (a, b) => a.blocked_start - b.blocked_start },
  )
}

/** Contacts that the feed has named but the list has not brought along. */
function missingOptions(ids: string[]) {
  const filter = ids.map((id) => pb.filter('id = {:id}', { id })).join(' || ')
  return { ...listOptions('contacts', { filter, perPage: MOST }), enabled: ids.length > 0 }
}

/** Everything on the calendar between two instants. */
export function useEvents(from: number, to: number) {
  const client = useQueryClient()
  const appointments = useQuery(appointmentsOptions(from, to))
  const blocks = useQuery(blocksOptions(from, to))
  const services = useServices()

  // a contact that changes its name does so on its appointments too
  useLive('contact.updated', (event) => {
    const contact = event.record as unknown as ContactsRecord | undefined
    if (!contact) return
    for (const [key, page] of client.getQueriesData<Page<Appointment>>({ queryKey: ['appointments', 'list'] })) {
      if (!page?.items.some((row) => row.contact === contact.id)) continue
      client.setQueryData(key, { ...page, items: page.items.map((row) => (row.contact === contact.id ? { ...row, expand: { ...row.expand, contact } } : row)) })
    }
  })

  const rows = (appointments.data?.items ?? NONE) as Appointment[]
  const unknown = useMemo(() => [...new Set(rows.filter((row) => row.expand?.contact?.id !== row.contact).map((row) => row.contact))].sort(), [rows])
  const missing = useQuery(missingOptions(unknown))

  const events = useMemo(() => {
    const named = new Map((missing.data?.items ?? []).map((contact) => [contact.id, contact]))
    const booked = rows.map((row): AppointmentEvent => ({
      kind: 'appointment',
      id: row.id,
      agenda: row.agenda,
      start: toDate(row.start).getTime(),
      end: toDate(row.end).getTime(),
      row,
      contact: row.expand?.contact?.id === row.contact ? row.expand.contact : named.get(row.contact),
      service: services.find((service) => service.id === row.service),
    }))
    const blocked = (blocks.data?.items ?? []).map((row): BlockEvent => ({ kind: 'block', id: row.id, agenda: row.resource, start: row.blocked_start * 1000, end: row.blocked_end * 1000, row }))
    return [...booked, ...blocked] as CalendarEvent[]
  }, [rows, blocks.data, missing.data, services])

  return {
    events,
    loading: appointments.isPending || blocks.isPending,
    error: appointments.error ?? blocks.error,
    full: rows.length >= MOST,
    retry: () => void Promise.all([appointments.refetch(), blocks.refetch()]),
  }
}

export interface Slot {
  start: string
  end: string
  label: string
}

/** The free slots of a service on an agenda with a start in [from, to). `exclude`: an appointment that is to be moved. */
export function slotsOptions(agenda: string, service: string, from: number, to: number, exclude = '') {
  return queryOptions({
    queryKey: ['slots', agenda, service, from, to, exclude],
    queryFn: ({ signal }) =>
      api<{ slots: Slot[] }>(`/api/recado/agendas/${agenda}/slots`, { query: { service, from: iso(from), to: iso(to), ...(exclude ? { exclude } : {}) }, signal }).then((answer) => answer.slots.map((slot) => Date.parse(slot.start))),
    enabled: agenda !== '' && service !== '' && from < to,
    staleTime: 5_000,
  })
}

export interface FreeTime extends Slot {
  agenda: string
}

/** The next free times of a service from an instant (or now) on: over all its agendas, or on one. */
export function nextFreeOptions(service: string, agenda: string, from: number) {
  return queryOptions({
    queryKey: ['slots', 'next', service, agenda, from],
    queryFn: ({ signal }) => api<{ slots: FreeTime[] }>(`/api/recado/services/${service}/next`, { query: { n: '6', from: iso(from), ...(agenda ? { agenda } : {}) }, signal }).then((answer) => answer.slots),
    staleTime: 5_000,
  })
}

/** Whom a contact has booked for before. */
export function attendeesOptions(contact: string) {
  const filter = pb.filter("contact = {:contact} && attendee != ''", { contact })
  return queryOptions({
    queryKey: keys.list('appointments', { attendees: contact }),
    queryFn: ({ signal }) => pb.collection('appointments').getList<Pick<Appointment, 'attendee'>>(1, 30, { filter, sort: '-start', fields: 'attendee', skipTotal: true, signal }).then((page) => [...new Set(page.items.map((row) => row.attendee))]),
    enabled: contact !== '',
  })
}

/** Asks free slots again whenever something is booked, moved or blocked. For whoever shows them. */
export function useFreshSlots(): void {
  const client = useQueryClient()
  useLive('*', (event) => {
    if (event.collection === 'appointments' || event.collection === 'occupancies') void client.invalidateQueries({ queryKey: ['slots'] })
  })
}

/** Contacts whose name, phone or words hold the text; the latest where there is none. */
export function contactSearchOptions(text: string) {
  const words = fold(text).split(/\s+/).filter(Boolean)
  const filter = ["deleted = ''", ...words.map((word) => pb.filter('search ~ {:word}', { word: /^[\d+()-]+$/.test(word) ? word.replace(/\D/g, '') : word }))].join(' && ')
  return queryOptions({
    queryKey: keys.list('contacts', { calendar: filter }),
    queryFn: ({ signal }) => pb.collection('contacts').getList<ContactsRecord>(1, 5, { filter, sort: '-updated', skipTotal: true, signal }),
    placeholderData: (before) => before,
  })
}

export interface Booking {
  agenda: string
  service: string
  start: number
  contact?: string
  visitor?: { name: string; phone: string }
  conversation?: string
  note?: string
  attendee?: string
  overbook?: boolean
}

const EXPAND = { expand: 'contact' }

/** Books; one key for one press of the button, so that a repeat after a cut line books nothing twice. */
export async function book({ agenda, start, ...rest }: Booking, key: string): Promise<Appointment> {
  const made = await api<Appointment>(`/api/recado/agendas/${agenda}/book`, { body: { ...rest, start: iso(start) }, query: EXPAND, headers: { 'Idempotency-Key': key } })
  applyRecord('appointments', made)
  return made
}

export async function blockTime(agenda: string, start: number, end: number, title: string, key: string): Promise<OccupanciesRecord> {
  const made = await api<OccupanciesRecord>(`/api/recado/agendas/${agenda}/block`, { body: { start: iso(start), end: iso(end), title }, headers: { 'Idempotency-Key': key } })
  applyRecord('occupancies', made)
  return made
}

export async function unblock(id: string): Promise<void> {
  await api(`/api/recado/occupancies/${id}`, { method: 'DELETE' })
  dropRecord('occupancies', id)
}

export interface Move {
  start: number
  agenda: string
  overbook: boolean
}

/** Moves an appointment: on screen at once, back where it was if the server refuses. */
export async function move(row: Appointment, to: Move): Promise<Appointment> {
  const length = toDate(row.end).getTime() - toDate(row.start).getTime()
  const shown = { ...row, agenda: to.agenda, overbook: to.overbook, start: dbTime(to.start), end: dbTime(to.start + length) }
  return optimistic(row, shown, () => api<Appointment>(`/api/recado/appointments/${row.id}/reschedule`, { body: { start: iso(to.start), agenda: to.agenda, overbook: to.overbook }, query: EXPAND }))
}

export function step(row: Appointment, status: Step): Promise<Appointment> {
  return optimistic(row, { ...row, status }, () => api<Appointment>(`/api/recado/appointments/${row.id}/${STEPS[status]}`, { method: 'POST', query: EXPAND }))
}

export function cancel(row: Appointment, reason: string): Promise<Appointment> {
  return optimistic(row, { ...row, status: 'cancelled', cancelled_by: 'member', cancel_reason: reason }, () => api<Appointment>(`/api/recado/appointments/${row.id}/cancel`, { body: { reason }, query: EXPAND }))
}

export function saveNote(row: Appointment, note: string): Promise<Appointment> {
  return optimistic(row, { ...row, note }, () => pb.collection('appointments').update<Appointment>(row.id, { note }, EXPAND))
}

async function optimistic(row: Appointment, shown: Appointment, ask: () => Promise<Appointment>): Promise<Appointment> {
  applyRecord('appointments', shown)
  try {
    const saved = await ask()
    applyRecord('appointments', saved)
    return saved
  } catch (error) {
    applyRecord('appointments', row)
    throw error
  }
}

export interface Refusal {
  /** Why: taken meanwhile, or what of slot_unavailable's rules stands against it. */
  reason: 'taken' | 'notice' | 'horizon' | 'closed' | 'off_grid' | 'day_full'
  alternatives: number[]
}

/** What a refused booking or move says beside its message; undefined when something else went wrong. */
export function refusalOf(error: unknown): Refusal | undefined {
  const { code, data } = fault(error)
  if (code !== 'slot_taken' && code !== 'slot_unavailable') return undefined
  const alternatives = Array.isArray(data.alternatives) ? (data.alternatives as Slot[]).map((slot) => Date.parse(slot.start)) : []
  const rule = typeof data.rule === 'string' ? data.rule : ''
  const reason = (['notice', 'horizon', 'closed', 'off_grid', 'day_full'] as const).find((known) => known === rule) ?? 'taken'
  return { reason, alternatives }
}

/** The conversation to open for an appointment: the one it came from, else the contact's latest. */
export async function conversationOf(row: Appointment): Promise<string> {
  if (row.conversation) return row.conversation
  const found = await pb.collection('conversations').getList<{ id: string }>(1, 1, { filter: pb.filter('contact = {:contact}', { contact: row.contact }), sort: '-last_message_at', skipTotal: true, fields: 'id' })
  return found.items[0]?.id ?? ''
}

export type { AgendasRecord, ServicesRecord }
