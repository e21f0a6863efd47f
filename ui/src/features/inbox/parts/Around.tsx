import { Button, Loader } from '@mantine/core'
import { IconArrowDown } from '@tabler/icons-react'
import { useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { useFormat } from '@/lib/format'
import { marks } from '@/lib/search'
import { useAround, useNames } from '../api'
import { layOut } from '../thread'
import type { Conversation } from '../types'
import type { Rights } from '../useRights'
import { nameOf } from '../words'
import { EventLine, MessageBubble } from './Bubble'
import { Gallery } from './Lightbox'
import { ThreadSkeleton } from './Skeletons'
import c from './Thread.module.css'

interface Props {
  conversation: Conversation
  /** The message that was found, and the words it was found by. */
  message: string
  words: string
  rights: Rights
  /** Back to the newest messages. */
  onLeave: () => void
}

/** A part of a conversation around one message that a search has found. */
export function Around({ conversation, message, words, rights, onLeave }: Props) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const names = useNames()
  const { query, extend } = useAround(conversation.id, message)
  const box = useRef<HTMLDivElement>(null)
  const shown = useRef(false)
  const dayKey = format.dayKey
  const items = query.data?.items
  const rows = useMemo(() => layOut({ messages: items?.toReversed() ?? [], pending: [], me: rights.me, newFrom: '', dayKey }), [items, rights.me, dayKey])

  // the hit in the middle, its words marked
  useLayoutEffect(() => {
    const hit = box.current?.querySelector<HTMLElement>('[data-hit]')
    if (!hit) return undefined
    if (!shown.current) hit.scrollIntoView({ block: 'center' })
    shown.current = true
    return highlight(hit, words)
  }, [rows, words])

  if (query.isPending) return <ThreadSkeleton />
  if (query.isError) {
    return (
      <div className={c.center}>
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </div>
    )
  }
  const who = nameOf(conversation.expand?.contact, conversation.contact, t)
  const more = (side: 'older' | 'newer') =>
    query.data[side] && (
      <div className={c.older}>
        {extend.isPending ? (
          <Loader size="sm" aria-label={t('loading')} />
        ) : (
          <Button variant="subtle" onClick={() => extend.mutate(side)}>
            {t(side === 'older' ? 'around.older' : 'around.newer')}
          </Button>
        )}
      </div>
    )

  return (
    <Gallery>
      <div className={c.root}>
        <div className={c.past} role="status">
          <span>{t('around.text')}</span>
          <Button variant="default" leftSection={<IconArrowDown size={14} />} onClick={onLeave}>
            {t('jump')}
          </Button>
        </div>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
        <div ref={box} className={c.scroll} role="log" aria-live="off" aria-label={t('log', { name: who })} tabIndex={0}>
          <div className={c.content}>
            {more('older')}
            {rows.map((row) => {
              if (row.type === 'day') {
                return (
                  <div key={row.key} className={c.day} role="separator">
                    <span>{format.day(row.at)}</span>
                  </div>
                )
              }
              if (row.type === 'event') return <EventLine key={row.key} message={row.message} names={names} format={format} />
              if (row.type !== 'message') return null
              const hit = row.message.id === message
              return (
                <div key={row.key} className={hit ? c.hit : undefined} data-hit={hit || undefined} aria-current={hit || undefined}>
                  <MessageBubble message={row.message} first={row.first} last={row.last} chosen={row.chosen} who={who} me={rights.me} canRetry={rights.reply} names={names} format={format} />
                </div>
              )
            })}
            {more('newer')}
          </div>
        </div>
      </div>
    </Gallery>
  )
}

/** Marks words within an element, where the browser can. Nothing in the page is changed, so nothing is drawn anew. */
function highlight(element: HTMLElement, words: string): (() => void) | undefined {
  if (typeof Highlight === 'undefined' || !('highlights' in CSS)) return undefined
  const found = new Highlight()
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const [from, to] of marks(node.nodeValue ?? '', words)) {
      const range = new Range()
      range.setStart(node, from)
      range.setEnd(node, to)
      found.add(range)
    }
  }
  CSS.highlights.set('found', found)
  return () => CSS.highlights.delete('found')
}
