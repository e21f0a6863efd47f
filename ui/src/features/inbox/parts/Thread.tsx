import { ActionIcon, Button, Loader } from '@mantine/core'
import { IconArrowDown, IconMessage2 } from '@tabler/icons-react'
import { lazy, startTransition, Suspense, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { useFormat } from '@/lib/format'
import { markRead, markSeen, trimThread, useThread, type Names } from '../api'
import { useDialog } from '../changes'
import { usePending } from '../outbox'
import { firstUnread, layOut, type Row } from '../thread'
import type { Conversation } from '../types'
import { useAttention } from '../useAttention'
import type { Rights } from '../useRights'
import { nameOf } from '../words'
import { EventLine, MessageBubble, PendingBubble } from './Bubble'
import { Gallery } from './Lightbox'
import { ThreadSkeleton } from './Skeletons'
import { TypingLine } from './TypingLine'
import c from './Thread.module.css'

const MessageDialogs = lazy(() => import('./MessageDialogs'))

/** Nearer than this to its end, the conversation follows what comes in. Pixels. */
const NEAR = 80
/** A thread longer than this is shortened while nobody reads its past. */
const LONG = 150
const SHORT = 60
/** A row is not lower than this, on an average. Pixels. */
const LOW = 80
/** After so long the first ones are painted. Milliseconds. */
const PAINTED = 60
/** When to try again what failed for want of a line. Milliseconds. */
const AGAIN = 5000

/** The messages of one conversation. It follows the end, keeps its place while older ones come in, and marks what is new. */
export function Thread({ conversation, rights, names }: { conversation: Conversation; rights: Rights; names: Names }) {
  const { t } = useTranslation('inbox')
  const { id } = conversation
  const format = useFormat()
  const attention = useAttention()
  const { query, older, asking, failed } = useThread(id)
  const pending = usePending(id)

  const [dialogs, setDialogs] = useState(false)
  const dialog = useDialog()
  // fetched with the first one, and kept, so that it can close in its own time
  if (dialog && !dialogs) setDialogs(true)

  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const pinned = useRef(true)
  const height = useRef(0)
  const [away, setAway] = useState(false)
  const [newFrom, setNewFrom] = useState<string>()
  const [spoken, setSpoken] = useState('')
  /** The newest message the reader has had on the screen. */
  const seen = useRef('')

  const items = query.data?.items
  const loaded = items !== undefined
  const newest = items?.[0]

  // the line before what is new: where the unread ones start when it is opened, where the first comes in while nobody looks
  if (loaded && newFrom === undefined) setNewFrom(firstUnread(items, conversation.unread))
  const watching = attention && !away
  useEffect(() => {
    if (!newest) return
    if (seen.current && seen.current !== newest.id && newest.direction === 'in') {
      if (!watching) setNewFrom((from) => from || newest.id)
      setSpoken(`${nameOf(conversation.expand?.contact, conversation.contact, t)}: ${newest.text}`)
    }
    if (watching || !seen.current) seen.current = newest.id
    // oxlint-disable-next-line react/exhaustive-deps -- only when something came in, or the reader came back
  }, [newest?.id, watching])
  const mine = pending.length
  useEffect(() => {
    if (mine > 0) setNewFrom('')
  }, [mine])

  const dayKey = format.dayKey
  const rows = useMemo(
    () => layOut({ messages: items?.toReversed() ?? [], pending: [...pending], me: rights.me, newFrom: newFrom ?? '', dayKey }),
    [items, pending, rights.me, newFrom, dayKey],
  )
  const [whole, setWhole] = useState(false)
  useEffect(() => {
    if (!loaded || whole) return undefined
    const timer = setTimeout(() => startTransition(() => setWhole(true)), PAINTED)
    return () => clearTimeout(timer)
  }, [loaded, whole])
  const shown = whole ? rows : rows.slice(beginning(rows))
  const seenAt = items?.findIndex((message) => message.id === seen.current) ?? -1
  const fresh = away && seenAt > 0 ? items!.slice(0, seenAt).filter((message) => message.direction === 'in').length : 0

  const toEnd = (): void => {
    const element = box.current
    if (!element) return
    element.scrollTop = element.scrollHeight
    height.current = element.scrollHeight
  }

  // opened: at what is new, else at the end
  useLayoutEffect(() => {
    if (!loaded) return
    toEnd()
    const line = box.current?.querySelector('[data-new]')
    if (line && box.current && line.getBoundingClientRect().top < box.current.getBoundingClientRect().top) line.scrollIntoView({ block: 'start' })
  }, [loaded])

  // a change at the end is followed; a change above must not move what is being read
  const top = shown[0]?.key
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    if (pinned.current) toEnd()
    else element.scrollTop += element.scrollHeight - height.current
    height.current = element.scrollHeight
  }, [top])
  useLayoutEffect(() => {
    if (pinned.current || mine > 0) toEnd()
    height.current = box.current?.scrollHeight ?? 0
  }, [rows, mine])

  // pictures and panels change heights without a word
  useEffect(() => {
    const element = content.current
    if (!element || !loaded) return undefined
    const watcher = new ResizeObserver(() => {
      if (pinned.current) toEnd()
    })
    watcher.observe(element)
    if (box.current) watcher.observe(box.current)
    return () => watcher.disconnect()
  }, [loaded])

  // what was read counts as read, for whoever has the conversation
  const concerns = conversation.assignee === '' || conversation.assignee === rights.me
  const unread = conversation.unread > 0
  const [tries, setTries] = useState(0)
  const marked = useRef('')
  useEffect(() => {
    if (!unread || !watching || !loaded || !concerns || !rights.edit) return
    // once for each message and try: a refusal must not be answered by asking again at once
    const now = `${conversation.last_message_at} ${tries}`
    if (marked.current === now) return
    marked.current = now
    void markRead(conversation).then((again) => {
      if (again) setTimeout(() => setTries((count) => count + 1), AGAIN)
    })
  }, [unread, watching, loaded, concerns, rights.edit, tries, conversation])

  const called = conversation.mentioned.includes(rights.me) && watching && loaded
  useEffect(() => {
    if (called) void markSeen(conversation, rights.me)
    // oxlint-disable-next-line react/exhaustive-deps -- once for each call
  }, [called])

  const long = (items?.length ?? 0) > LONG
  useEffect(() => {
    if (long && !away) trimThread(id, SHORT)
  }, [long, away, id])
  useEffect(() => () => trimThread(id, SHORT), [id])

  const room = whole && query.data?.more && !asking && !failed
  function onScroll(): void {
    const element = box.current
    if (!element) return
    const below = element.scrollHeight - element.scrollTop - element.clientHeight
    pinned.current = below < NEAR
    height.current = element.scrollHeight
    setAway(below > NEAR * 3)
    if (room && element.scrollTop < 500) void older()
  }
  useEffect(() => {
    const element = box.current
    if (room && element && element.scrollHeight <= element.clientHeight + 200) void older()
  })

  if (query.isPending) return <ThreadSkeleton />
  if (query.isError && !items) {
    return (
      <div className={c.center}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </div>
    )
  }

  const who = nameOf(conversation.expand?.contact, conversation.contact, t)
  return (
    <Gallery>
      <div className={c.root}>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
        <div ref={box} className={c.scroll} onScroll={onScroll} role="log" aria-live="off" aria-label={t('log', { name: who })} tabIndex={0}>
          <div ref={content} className={c.content}>
            {whole && query.data?.more && (
              <div className={c.older}>
                {failed ? (
                  <Button variant="subtle" onClick={() => void older()}>
                    {t('loadMore')}
                  </Button>
                ) : (
                  <Loader size="sm" aria-label={t('loading')} />
                )}
              </div>
            )}
            {rows.length === 0 && <EmptyState icon={IconMessage2} title={t('empty.thread')} />}
            {shown.map((row) => {
              switch (row.type) {
                case 'day':
                  return (
                    <div key={row.key} className={c.day} role="separator">
                      <span>{format.day(row.at)}</span>
                    </div>
                  )
                case 'new':
                  return (
                    <div key={row.key} className={c.new} data-new role="separator">
                      <span>{t('newMessages')}</span>
                    </div>
                  )
                case 'event':
                  return <EventLine key={row.key} message={row.message} names={names} format={format} />
                case 'pending':
                  return <PendingBubble key={row.key} pending={row.pending} first={row.first} format={format} />
                default:
                  return (
                    <MessageBubble key={row.key} message={row.message} first={row.first} last={row.last} chosen={row.chosen} who={who} me={rights.me} canRetry={rights.reply} names={names} format={format} />
                  )
              }
            })}
          </div>
        </div>
        {away && (
          <ActionIcon className={c.jump} variant="default" radius="xl" size={40} aria-label={fresh > 0 ? t('jumpNew', { count: fresh }) : t('jump')} onClick={toEnd}>
            <IconArrowDown size={18} />
            {fresh > 0 && <span className={c.fresh}>{fresh}</span>}
          </ActionIcon>
        )}
        <div className={c.hidden} role="status" aria-live="polite">
          {spoken}
        </div>
        {dialogs && (
          <Suspense fallback={null}>
            <MessageDialogs />
          </Suspense>
        )}
        <TypingLine conversation={id} me={rights.me} who={who} names={names} />
      </div>
    </Gallery>
  )
}

/** Where to begin to draw a thread: with the rows that fill the screen, and with what is new. The others follow once these are painted. */
function beginning(rows: Row[]): number {
  const fresh = rows.findIndex(({ type }) => type === 'new')
  const last = Math.max(0, rows.length - Math.ceil(window.innerHeight / LOW))
  return fresh < 0 ? last : Math.min(fresh, last)
}
