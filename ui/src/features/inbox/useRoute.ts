import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback, useMemo } from 'react'
import { filtersToSearch, parseFilters, type Filters } from './filters'

const TO = '/c/$company/inbox/{-$conversation}'

/** Where the inbox is: the address holds the open conversation and what the list shows. */
export function useRoute() {
  const navigate = useNavigate()
  const { company = '', conversation = '' } = useParams({ strict: false })
  const search = useSearch({ strict: false }) as Record<string, unknown>
  const { view, queue, channel, tag, q } = parseFilters(search)
  const filters = useMemo(() => ({ view, queue, channel, tag, q }), [view, queue, channel, tag, q])
  const board = parseBoard(search.board)
  const message = typeof search.message === 'string' ? search.message : ''

  // the columns scroll by themselves: what the router remembers of them is of another conversation
  const go = useCallback(
    (id: string | undefined, next: Filters, replace = false, lanes = board, hit = ''): void =>
      void navigate({ to: TO, params: (id === undefined ? true : { company, conversation: id || undefined }) as never, search: { ...filtersToSearch(next), board: lanes || undefined, message: hit || undefined } as never, replace, resetScroll: false }),
    [navigate, company, board],
  )
  // rows and filters hold on to these: they must not change with the open conversation, or all of them are drawn again
  const open = useCallback((id: string, replace = false, hit = '') => go(id, filters, replace, undefined, hit), [go, filters])
  const show = useCallback((changes: Partial<Filters>, replace = false) => go(undefined, { ...filters, ...changes }, replace), [go, filters])
  const showBoard = useCallback((lanes: Board) => go('', { ...filters, q: '' }, false, lanes), [go, filters])

  /** `message`: the message to open the conversation at. */
  return { company, conversation, message, filters, board, open, show, showBoard }
}

/** What the lanes of the board stand for; '' is the list. */
export type Board = '' | 'status' | 'tag'

const parseBoard = (value: unknown): Board => (value === 'status' || value === 'tag' ? value : '')

export type Route = ReturnType<typeof useRoute>
/** What the list shows, whatever is open. */
export type Showing = Pick<Route, 'filters' | 'show' | 'showBoard'>

/** The address of a conversation, for opening it in a tab of its own. */
export const hrefOf = (company: string, conversation: string, message = ''): string => `/c/${company}/inbox/${conversation}${message && `?message=${message}`}`
