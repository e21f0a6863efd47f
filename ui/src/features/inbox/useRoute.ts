import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { filtersToSearch, parseFilters, type Filters } from './filters'

const TO = '/c/$company/inbox/{-$conversation}'

/** Where the inbox is: the address holds the open conversation and what the list shows. */
export function useRoute() {
  const navigate = useNavigate()
  const { company = '', conversation = '' } = useParams({ strict: false })
  const { view, queue, channel, q } = parseFilters(useSearch({ strict: false }))
  const filters = useMemo(() => ({ view, queue, channel, q }), [view, queue, channel, q])

  // the columns scroll by themselves: what the router remembers of them is of another conversation
  const go = useCallback(
    (id: string, next: Filters, replace = false): void =>
      void navigate({ to: TO, params: { company, conversation: id || undefined }, search: filtersToSearch(next) as never, replace, resetScroll: false }),
    [navigate, company],
  )
  // the rows hold on to this one: it must not change with the open conversation, or all of them are drawn again
  const open = useCallback((id: string, replace = false) => go(id, filters, replace), [go, filters])
  const show = useCallback((changes: Partial<Filters>, replace = false) => go(conversation, { ...filters, ...changes }, replace), [go, filters, conversation])

  return { company, conversation, filters, open, show }
}

export type Route = ReturnType<typeof useRoute>

/** The address of a conversation, for opening it in a tab of its own. */
export const hrefOf = (company: string, conversation: string): string => `/c/${company}/inbox/${conversation}`
