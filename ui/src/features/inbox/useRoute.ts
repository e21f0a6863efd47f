import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { filtersToSearch, parseFilters, type Filters } from './filters'

const TO = '/c/$company/inbox/{-$conversation}'

/** Where the inbox is: the address holds the open conversation and what the list shows. */
export function useRoute() {
  const navigate = useNavigate()
  const { company = '', conversation = '' } = useParams({ strict: false })
  const search = useSearch({ strict: false })
  const filters = useMemo(() => parseFilters(search), [search])

  return useMemo(() => {
    // the columns scroll by themselves: what the router remembers of them is of another conversation
    const go = (id: string, next: Filters, replace = false): void =>
      void navigate({ to: TO, params: { company, conversation: id || undefined }, search: filtersToSearch(next) as never, replace, resetScroll: false })
    return {
      company,
      conversation,
      filters,
      open: (id: string, replace = false) => go(id, filters, replace),
      show: (changes: Partial<Filters>, replace = false) => go(conversation, { ...filters, ...changes }, replace),
    }
  }, [navigate, company, conversation, filters])
}

export type Route = ReturnType<typeof useRoute>

/** The address of a conversation, for opening it in a tab of its own. */
export const hrefOf = (company: string, conversation: string): string => `/c/${company}/inbox/${conversation}`
