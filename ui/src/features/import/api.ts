import { queryOptions } from '@tanstack/react-query'
import { applyRecord } from '@/lib/data'
import { api } from '@/lib/pb'
import type { ImportsRecord } from '@/lib/pb-types'

/** What happens to someone who is there already. */
export const MODES = ['update', 'skip', 'create'] as const
export type Mode = (typeof MODES)[number]

/** What a column can become, in the order they are offered; the server has the same list. */
export const TARGETS = [
  'name',
  'first_name',
  'last_name',
  'phone',
  'email',
  'birthday',
  'notes',
  'tags',
  'owner',
  'lifecycle',
  'lead_status',
  'category',
  'source',
  'locale',
  'id',
] as const

/** Begins the targets that are the company's own fields. */
export const OWN = 'custom.'

/** What a preview says a row has for a target. */
export function cellOf(row: PreviewRow, target: string): string {
  if (target.startsWith(OWN)) {
    const own = JSON.parse(row.values?.custom ?? '{}') as Record<string, unknown>
    const value = own[target.slice(OWN.length)]
    return value === undefined ? '' : String(value)
  }
  const value = row.values?.[target] ?? ''
  return target === 'tags' && value ? (JSON.parse(value) as string[]).join(', ') : value
}

export interface PreviewRow {
  row: number
  outcome: 'create' | 'update' | 'skip' | 'error'
  values?: Record<string, string>
  /** of the contact that is there already */
  name?: string
  error?: { field: string; error: string }
}

export interface Plan {
  mapping: string[]
  mode: Mode
}

const path = (id: string, step: string): string => `/api/recado/contacts/import/${id}/${step}`

export async function upload(file: File): Promise<ImportsRecord> {
  const form = new FormData()
  form.set('file', file)
  const answer = await api<{ import: ImportsRecord }>('/api/recado/contacts/import', { body: form })
  applyRecord('imports', answer.import)
  return answer.import
}

export const previewOptions = (id: string, plan: Plan) =>
  queryOptions({
    queryKey: ['imports', 'preview', id, plan],
    queryFn: ({ signal }) => api<{ rows: PreviewRow[] }>(path(id, 'preview'), { body: plan, signal }),
    enabled: knowsSomeone(plan.mapping),
    retry: false,
    placeholderData: (previous) => previous,
  })

export async function move(id: string, step: 'start' | 'cancel' | 'undo', body: object = {}): Promise<void> {
  applyRecord('imports', await api<ImportsRecord>(path(id, step), { body }))
}

export const errorsPath = (id: string, locale: string): string => `${path(id, 'errors')}?locale=${locale}`

/** Whether a mapping says who a row is about. */
export function knowsSomeone(mapping: string[]): boolean {
  return ['name', 'first_name', 'last_name', 'phone', 'email', 'id'].some((target) => mapping.includes(target))
}

/** Gives a column its target and takes it from the column that had it. */
export function assign(mapping: string[], column: number, target: string): string[] {
  return mapping.map((old, at) => (at === column ? target : old === target ? '' : old))
}

export const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
