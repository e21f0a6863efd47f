import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/pb'
import type { Narrowing, Stretch } from './period'

/** Seconds. */
export interface Durations {
  count: number
  median: number
  p90: number
}

export interface Rating {
  scale: number
  count: number
  mean: number
  /** How often each score was given, from 0 on */
  scores: number[]
}

export interface InboxFigures {
  opened: number
  closed: number
  received: number
  sent: number
  byBot: number
  firstReply: Durations
  resolution: Durations
  ratings: Rating[]
}

export interface AgendaFigures {
  appointments: number
  came: number
  noShows: number
  cancelled: number
  bookedMinutes: number
  openMinutes: number
  lead: Durations
}

export interface Row<F> {
  id: string
  name: string
  figures: F
}

interface Report<F> extends Stretch {
  timezone: string
  total: F
  before: Stretch & { figures: F }
  days: { date: string; figures: F }[]
}

export interface InboxReport extends Report<InboxFigures> {
  members: Row<InboxFigures>[]
  queues: Row<InboxFigures>[]
  channels: Row<InboxFigures>[]
}

export interface AgendaReport extends Report<AgendaFigures> {
  agendas: Row<AgendaFigures>[]
  services: Row<AgendaFigures>[]
}

interface Reports {
  inbox: InboxReport
  agenda: AgendaReport
}

/** A report as a query. While another stretch is fetched the last one stays. */
export const reportOptions = <K extends keyof Reports>(company: string, kind: K, { from, to }: Stretch, narrowing: Narrowing) =>
  queryOptions({
    queryKey: ['report', company, kind, from, to, narrowing],
    queryFn: ({ signal }) => api<Reports[K]>(`/api/recado/reports/${kind}`, { query: { from, to, ...narrowing }, signal }),
    placeholderData: keepPreviousData,
  })
