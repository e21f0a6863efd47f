import { queryOptions } from '@tanstack/react-query'
import { api } from './pb'

interface Health {
  status: 'ok' | 'degraded' | 'failing'
  disk: { ok: boolean; low: boolean }
}

/** How the server is doing, asked often enough that a full disk and its end are news within half a minute. */
export const healthOptions = () =>
  queryOptions({
    queryKey: ['health'],
    queryFn: ({ signal }) => api<Health>('/api/recado/health', { query: { company: '' }, signal }),
    refetchInterval: 20_000,
    staleTime: 10_000,
    retry: false,
  })
