import { ActionIcon, Button, Loader, NativeSelect, Popover, Stack } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconAt, IconInbox, IconLayoutKanban, IconMessagePlus, IconMessageSearch } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { forwardRef, lazy, memo, Suspense, useEffect, useImperativeHandle, useMemo, useRef, useState, type ReactNode, type RefObject } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { SearchBox } from '@/components/SearchBox'
import { useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import { around } from '@/lib/search'
import { useTags } from '@/lib/tags'
import { useConversations, useNames, useSearch, warmThread } from '../api'
import { parseFilters, VIEWS } from '../filters'
import type { Conversation } from '../types'
import type { Route, Showing } from '../useRoute'
import { useMinute } from '../useMinute'
import { ConversationRow, ROW, type RowContext } from './ConversationRow'
import { RowSkeletons } from './Skeletons'
import c from './ConversationList.module.css'

const NewConversation = lazy(() => import('../../whatsapp/NewConversation'))

export interface ListHandle {
  /** Opens the next (1) or previous (-1) conversation. */
  move(by: 1 | -1): void
  search(): void
}

/** The left column: views, filters, search, and the conversations they leave. */
export const ConversationList = forwardRef<ListHandle, { route: Route }>(function ConversationList({ route }, ref) {
  const { t } = useTranslation('inbox')
  const { filters } = route
  const box = useRef<HTMLInputElement>(null)
  const shown = useRef<Conversation[]>([])
  const place = useRef(0)
  const searching = filters.q !== ''

  useImperativeHandle(ref, () => ({
    search: () => box.current?.select(),
    move(by) {
      const rows = shown.current
      const here = rows.findIndex(({ id }) => id === route.conversation)
      // the open one may have left the list (closed, assigned): go on from where it was
      const from = here >= 0 ? here : by > 0 ? place.current - 1 : place.current
      const next = rows[Math.min(rows.length - 1, Math.max(0, route.conversation ? from + by : 0))]
      if (!next) return
      route.open(next.id, route.conversation !== '')
      const after = rows[rows.indexOf(next) + by]
      if (after) warmThread(after.id)
    },
  }))

  function keep(rows: Conversation[]): void {
    shown.current = rows
    const here = rows.findIndex(({ id }) => id === route.conversation)
    if (here >= 0) place.current = here
  }

  const { show, showBoard } = route
  const showing = useMemo(() => ({ filters, show, showBoard }), [filters, show, showBoard])
  return (
    <section className={c.root} aria-label={t('list')}>
      <Head box={box} route={showing} />
      {searching ? <Results route={route} onRows={keep} /> : <Listed key={`${filters.view} ${filters.queue} ${filters.channel} ${filters.tag}`} route={route} onRows={keep} />}
    </section>
  )
})

/** What is above the rows. It stays as it is while one goes from conversation to conversation. */
const Head = memo(function Head({ box, route }: { box: RefObject<HTMLInputElement | null>; route: Showing }) {
  const { t } = useTranslation('inbox')
  const { filters, show, showBoard } = route
  return (
    <header className={c.head}>
      <div className={c.title}>
        <h1>{t('title')}</h1>
        <Mentions route={route} />
        <ActionIcon data-hint={t('board.show')} size={30} aria-label={t('board.show')} onClick={() => showBoard('status')}>
          <IconLayoutKanban size={18} stroke={1.6} />
        </ActionIcon>
        <NewButton />
        <FilterMenu route={route} />
      </div>
      <SearchBox ref={box} q={filters.q} label={t('search.label')} placeholder={t('search.placeholder')} clear={t('search.clear')} onSearch={(q) => show({ q }, true)} />
      {filters.q !== '' ? (
        <p className={c.scope}>{t('search.scope')}</p>
      ) : (
        <nav className={c.views} aria-label={t('views')}>
          {VIEWS.map((view) => (
            <button key={view} type="button" className={c.view} aria-current={filters.view === view ? 'page' : undefined} onClick={() => show({ view })}>
              {t(`view.${view}`)}
            </button>
          ))}
        </nav>
      )}
    </header>
  )
})

/** Begins a conversation, where a WhatsApp number is linked. */
function NewButton() {
  const { t } = useTranslation('inbox')
  const { can } = useMe()
  const linked = useNames().channels.some(({ kind, active, number }) => kind === 'whatsapp' && active && number !== '')
  const [open, setOpen] = useState(false)
  if (!linked || !can('inbox.reply')) return null
  return (
    <>
      <ActionIcon data-hint={t('new.title')} size={30} aria-label={t('new.title')} onClick={() => setOpen(true)}>
        <IconMessagePlus size={18} stroke={1.6} />
      </ActionIcon>
      {open && (
        <Suspense>
          <NewConversation onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

/** The way to what colleagues have called one to in their notes, and how many of it wait. */
function Mentions({ route }: { route: Showing }) {
  const { t } = useTranslation('inbox')
  const { query } = useConversations(CALLS)
  const count = query.data?.items.length ?? 0
  const on = route.filters.view === 'mentions'
  const label = count > 0 ? t('mentions.some', { count }) : t('mentions.show')
  return (
    <ActionIcon data-hint={label} size={30} className={c.mentions} variant={on ? 'light' : 'subtle'} color={on ? 'brand' : 'gray'} aria-pressed={on} aria-label={label} onClick={() => route.show({ view: on ? 'all' : 'mentions', q: '' })}>
      <IconAt size={18} stroke={1.6} />
      {count > 0 && (
        <span className={c.calls} aria-hidden>
          {count > 9 ? '9+' : count}
        </span>
      )}
    </ActionIcon>
  )
}

const CALLS = parseFilters({ view: 'mentions' })

/** The room above and below the rows, in pixels. */
const EDGE = 6

/** What every row needs to draw itself, looked up once. */
function useRowContext(route: Route): RowContext {
  const { t } = useTranslation('inbox')
  return { t, format: useFormat(), names: useNames(), minute: useMinute(), company: route.company, me: useMe().member?.id ?? '', open: route.open }
}

function Listed({ route, onRows }: { route: Route; onRows: (rows: Conversation[]) => void }) {
  const { t } = useTranslation('inbox')
  const { query, older, asking, failed } = useConversations(route.filters)
  const context = useRowContext(route)
  const rows = query.data?.items ?? []
  useEffect(() => onRows(rows))

  if (query.isPending) return <RowSkeletons />
  if (query.isError && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (rows.length === 0) return <NothingListed route={route} />
  return (
    <Rows
      rows={rows}
      selected={route.conversation}
      context={context}
      onEnd={() => {
        if (!failed) void older()
      }}
      end={
        failed ? (
          <Button variant="subtle" onClick={() => void older()}>
            {t('loadMore')}
          </Button>
        ) : (
          (asking || query.data.more) && <Loader size="sm" aria-label={t('loading')} />
        )
      }
    />
  )
}

function Rows({ rows, selected, context, onEnd, end }: { rows: Conversation[]; selected: string; context: RowContext; onEnd: () => void; end: ReactNode }) {
  const { t } = useTranslation('inbox')
  const box = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({ count: rows.length + (end ? 1 : 0), getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 6, getItemKey: (index) => rows[index]?.id ?? 'end' })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? 0
  const near = last >= rows.length - 8

  // asked at every drawing: a page that came too late to fit is asked for again
  useEffect(() => {
    if (near) onEnd()
  })

  const at = rows.findIndex(({ id }) => id === selected)
  useEffect(() => {
    const element = box.current
    if (at < 0 || !element) return
    const [top, bottom] = [at * ROW, (at + 1) * ROW + 2 * EDGE]
    if (top < element.scrollTop) element.scrollTop = top
    else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight
    // oxlint-disable-next-line react/exhaustive-deps -- only when another one is opened: a list that jumps because something new came in is in the way
  }, [selected])

  return (
    <div ref={box} className={c.scroll} role="list" aria-label={t('conversations')}>
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const row = rows[item.index]
          return (
            <div key={item.key} role="listitem" className={c.slot} style={{ top: item.start, height: ROW }} aria-setsize={rows.length} aria-posinset={item.index + 1}>
              {row ? <ConversationRow conversation={row} selected={row.id === selected} {...context} /> : <div className={c.end}>{end}</div>}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function NothingListed({ route }: { route: Route }) {
  const { t } = useTranslation('inbox')
  const { filters } = route
  const narrowed = filters.queue !== '' || filters.channel !== '' || filters.tag !== ''
  if (narrowed) {
    return (
      <EmptyState icon={IconAdjustmentsHorizontal} title={t('empty.filtered')}>
        <Button variant="default" onClick={() => route.show({ queue: '', channel: '', tag: '' })}>
          {t('filter.clear')}
        </Button>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon={IconInbox} title={t(`empty.${filters.view}.title`)} text={t(`empty.${filters.view}.text`)}>
      {filters.view !== 'all' && (
        <Button variant="default" onClick={() => route.show({ view: 'all' })}>
          {t('empty.showAll')}
        </Button>
      )}
    </EmptyState>
  )
}

function Results({ route, onRows }: { route: Route; onRows: (rows: Conversation[]) => void }) {
  const { t } = useTranslation('inbox')
  const { people, words } = useSearch(route.filters)
  const context = useRowContext(route)
  const rows = people.data?.items ?? []
  const said = words.data ?? []
  useEffect(() => onRows([...rows, ...said.map(({ conversation }) => conversation).filter((one) => !rows.some(({ id }) => id === one.id))]))

  if (people.isPending && words.isPending) return <RowSkeletons />
  const error = people.error ?? words.error
  if (error) return <ErrorState error={error} onRetry={() => void Promise.all([people.refetch(), words.refetch()])} />
  if (people.isSuccess && !words.isFetching && rows.length === 0 && said.length === 0) {
    return (
      <EmptyState icon={IconMessageSearch} title={t('search.nothing')} text={t('search.hint')}>
        <Button variant="default" onClick={() => route.show({ q: '' }, true)}>
          {t('search.clear')}
        </Button>
      </EmptyState>
    )
  }
  return (
    <div className={c.scroll}>
      {rows.length > 0 && (
        <section aria-label={t('search.people')}>
          <h2 className={c.group}>{t('search.people')}</h2>
          {rows.map((row) => (
            <div key={row.id} className={c.found}>
              <ConversationRow conversation={row} selected={row.id === route.conversation} {...context} />
            </div>
          ))}
        </section>
      )}
      {said.length > 0 && (
        <section aria-label={t('search.words')}>
          <h2 className={c.group}>{t('search.words')}</h2>
          {said.map(({ conversation, message }) => (
            <div key={message.id} className={c.found}>
              <ConversationRow conversation={conversation} selected={message.id === route.message} quote={{ ...message, text: around(message.text, route.filters.q) }} {...context} />
            </div>
          ))}
        </section>
      )}
    </div>
  )
}

export function FilterMenu({ route }: { route: Showing }) {
  const { t } = useTranslation('inbox')
  const { queues, channels } = useNames()
  const tags = useTags().data?.items ?? []
  const { queue, channel, tag } = route.filters
  const active = queue !== '' || channel !== '' || tag !== ''
  const choices = (list: { id: string; name: string }[]) => [{ value: '', label: t('filter.any') }, ...list.map(({ id, name }) => ({ value: id, label: name }))]
  return (
    <Popover position="bottom-end" width={260} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon data-hint={t('filter.title')} size={30} variant={active ? 'light' : 'subtle'} color={active ? 'brand' : 'gray'} aria-label={active ? t('filter.active') : t('filter.title')}>
          <IconAdjustmentsHorizontal size={18} stroke={1.6} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <NativeSelect label={t('filter.queue')} data={choices(queues)} value={queue} onChange={(event) => route.show({ queue: event.currentTarget.value })} />
          <NativeSelect label={t('filter.channel')} data={choices(channels)} value={channel} onChange={(event) => route.show({ channel: event.currentTarget.value })} />
          {tags.length > 0 && <NativeSelect label={t('filter.tag')} data={choices(tags)} value={tag} onChange={(event) => route.show({ tag: event.currentTarget.value })} />}
          {active && (
            <Button variant="default" onClick={() => route.show({ queue: '', channel: '', tag: '' })}>
              {t('filter.clear')}
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

