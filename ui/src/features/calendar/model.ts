import { COLORS } from '@/components/ColorField'
import type { AgendasRecord, AppointmentsRecord, ContactsRecord, MembersRecord, OccupanciesRecord, ServicesRecord } from '@/lib/pb-types'

export type Appointment = AppointmentsRecord & { expand?: { contact?: ContactsRecord } }
export type Status = AppointmentsRecord['status']

/** What is drawn on the calendar: an appointment with all that belongs to it, or blocked time. Instants in ms. */
export interface AppointmentEvent {
  kind: 'appointment'
  id: string
  agenda: string
  start: number
  end: number
  row: Appointment
  contact: ContactsRecord | undefined
  service: ServicesRecord | undefined
}

export interface BlockEvent {
  kind: 'block'
  id: string
  agenda: string
  start: number
  end: number
  row: OccupanciesRecord
}

export type CalendarEvent = AppointmentEvent | BlockEvent

/** The one-click steps of an appointment, as the server's routes call them. */
export const STEPS = { confirmed: 'confirm', arrived: 'arrived', done: 'done', no_show: 'no-show' } as const
export type Step = keyof typeof STEPS

/** Whether the appointment still takes up its time and may be moved. */
export function isOpen(status: Status): boolean {
  return status === 'held' || status === 'pending' || status === 'confirmed' || status === 'arrived'
}

/** The colour of an agenda: its own, else one by its place in the list. */
export function colorOf(agenda: Pick<AgendasRecord, 'color'> | undefined, index: number): string {
  return agenda?.color || COLORS[Math.max(0, index) % COLORS.length]!
}

interface Rights {
  can(permission: string): boolean
  me: string
  members: Pick<MembersRecord, 'id' | 'manager'>[]
}

/** Whether my scope of `verb` reaches an agenda: all, mine, or that of a member I manage. The server judges the same way. */
export function reaches(agenda: Pick<AgendasRecord, 'member'>, verb: 'view' | 'edit', { can, me, members }: Rights): boolean {
  if (can(`agenda.${verb}_all`)) return true
  if (!agenda.member) return false
  if (can(`agenda.${verb}_own`) && agenda.member === me) return true
  return can(`agenda.${verb}_team`) && members.some((member) => member.id === agenda.member && member.manager === me)
}

/** The services that can be booked on an agenda. */
export function servicesOn(services: ServicesRecord[], agenda: string): ServicesRecord[] {
  return services.filter((service) => service.active && service.agendas.includes(agenda))
}

/** Who comes: the contact, or the person they booked for with the contact beside. */
export function whoComes(event: AppointmentEvent, noName: string): string {
  const contact = event.contact?.name || event.contact?.phone || noName
  return event.row.attendee ? `${event.row.attendee} (${contact})` : contact
}
