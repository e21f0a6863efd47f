import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { filtersToSearch, parseFilters, type Filters } from './filters'

const TO = '/c/$company/contacts/{-$contact}'

/** Where the contacts page is: the address holds the open contact and what the list shows. */
export function useRoute() {
  const navigate = useNavigate()
  const { company = '', contact = '' } = useParams({ strict: false }) as { company?: string; contact?: string }
  const search = useSearch({ strict: false })
  const key = JSON.stringify(search)
  // oxlint-disable-next-line react/exhaustive-deps -- the same address gives the same object
  const filters = useMemo(() => parseFilters(search), [key])

  const go = useCallback(
    (id: string, next: Filters, replace = false): void =>
      void navigate({ to: TO, params: { company, contact: id || undefined }, search: filtersToSearch(next) as never, replace, resetScroll: false }),
    [navigate, company],
  )
  const open = useCallback((id: string, replace = false) => go(id, filters, replace), [go, filters])
  const show = useCallback((changes: Partial<Filters>, replace = false) => go(contact, { ...filters, ...changes }, replace), [go, filters, contact])

  return { company, contact, filters, open, show }
}

export type Route = ReturnType<typeof useRoute>
