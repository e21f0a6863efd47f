import { queryOptions } from '@tanstack/react-query'
import { api } from '@/lib/pb'
import { queryClient } from '@/lib/query'

export interface Advice {
  code: string
  job?: string
  message: string
}

export interface Job {
  name: string
  everySeconds: number
  lastRun: string
  nextRun: string
  milliseconds: number
  ok: boolean
  running: boolean
  failures: number
  error: string
}

export interface Queue {
  name: string
  waiting: number
  failed: number
  oldest: string
  rows: { id: string; company: string; error: string; updated: string }[]
}

/** How this Recado is doing, as GET /api/recado/system tells it. Sizes are bytes. */
export interface System {
  status: 'ok' | 'degraded' | 'failing'
  version: string
  advice: Advice[]
  jobs: Job[]
  queues: Queue[]
  storage: {
    databases: Record<string, number>
    files: number
    filesBytes: number
    backups: number
    backupsBytes: number
    asideBytes: number
    freeBytes: number
    totalBytes: number
    dayBytes: number
    at: string
  }
  backup: { every: 'daily' | 'weekly' | 'off'; name: string; made: string; size: number; late: boolean }
}

/** Asked again every few seconds while the screen is open: jobs come and go. */
export const systemOptions = () =>
  queryOptions({
    queryKey: ['system'],
    queryFn: ({ signal }) => api<System>('/api/recado/system', { signal }),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data?.jobs.some((job) => job.running) ? 2000 : 10_000),
  })

const refresh = () => queryClient.invalidateQueries({ queryKey: ['system'] })

export async function runJob(name: string): Promise<void> {
  await api(`/api/recado/system/jobs/${encodeURIComponent(name)}/run`, { method: 'POST' }).finally(refresh)
}

export async function retryRow(queue: string, id: string): Promise<void> {
  await api(`/api/recado/system/queues/${encodeURIComponent(queue)}/${id}/retry`, { method: 'POST' }).finally(refresh)
}
