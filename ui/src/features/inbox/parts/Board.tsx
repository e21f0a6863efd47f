import { ActionIcon, Button, Menu, SegmentedControl, Skeleton } from '@mantine/core'
import { IconArrowsExchange, IconList } from '@tabler/icons-react'
import { useId, useState, type DragEvent, type KeyboardEvent } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { ErrorState } from '@/components/ErrorState'
import { PageHeader } from '@/components/PageHeader'
import { Tag, TagList } from '@/components/Tag'
import { toDate, useFormat } from '@/lib/format'
import { tagIds, useTags } from '@/lib/tags'
import { changeConversation, useConversations, useNames } from '../api'
import { NO_TAG } from '../filters'
import { lanesOf, moved, type Lane } from '../lanes'
import type { Conversation } from '../types'
import { hrefOf, type Route } from '../useRoute'
import { useRights } from '../useRights'
import { nameOf, previewOf } from '../words'
import { FilterMenu } from './ConversationList'
import c from './Board.module.css'

/** Cards a lane asks for at a time. */
const CARDS = 20

/** A card that is held, by mouse or keyboard: where it came from and over which lane it is. */
interface Held {
  conversation: Conversation
  from: string
  over: string
}

/** The conversations as cards in lanes, by status or tag. A card is moved by mouse, by keyboard (space, arrows, space) or by its menu. */
export default function Board({ route }: { route: Route }) {
  const { t } = useTranslation('inbox')
  const { board } = route
  const tags = useTags().data?.items ?? []
  const help = useId()
  const [held, setHeld] = useState<Held>()
  const [said, setSaid] = useState('')
  const lanes = lanesOf(board, route.filters, tags)
  const titleOf = (id: string): string => (board === 'status' ? t(`board.lane.${id}`) : id === NO_TAG ? t('board.noTag') : (tags.find((tag) => tag.id === id)?.name ?? ''))

  async function move(conversation: Conversation, from: string, to: string): Promise<void> {
    setHeld(undefined)
    if (from === to) return
    const name = nameOf(conversation.expand?.contact, conversation.contact, t)
    const done = await changeConversation(conversation, moved(board, conversation, from, to))
    setSaid(done ? t('board.moved', { name, lane: titleOf(to) }) : t('board.notMoved', { name }))
  }

  /** Space takes a card and puts it down, arrows choose the lane, Esc leaves it where it was. */
  function onKey(event: KeyboardEvent, conversation: Conversation, lane: string): void {
    const name = nameOf(conversation.expand?.contact, conversation.contact, t)
    if (event.key === ' ') {
      event.preventDefault()
      if (held) void move(held.conversation, held.from, held.over)
      else {
        setHeld({ conversation, from: lane, over: lane })
        setSaid(t('board.taken', { name, lane: titleOf(lane) }))
      }
    } else if (held && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
      event.preventDefault()
      const at = lanes.findIndex(({ id }) => id === held.over)
      const over = lanes[Math.min(lanes.length - 1, Math.max(0, at + (event.key === 'ArrowRight' ? 1 : -1)))]!.id
      setHeld({ ...held, over })
      setSaid(t('board.over', { lane: titleOf(over) }))
      document.getElementById(`${help}-${over}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    } else if (held && (event.key === 'Escape' || event.key === 'Tab')) {
      if (event.key === 'Escape') event.stopPropagation()
      setHeld(undefined)
      setSaid(t('board.left', { name }))
    }
  }

  return (
    <div className={c.root}>
      <PageHeader title={t('title')}>
        <SegmentedControl
          size="xs"
          aria-label={t('board.by')}
          value={board}
          data={[
            { value: 'status', label: t('board.byStatus') },
            { value: 'tag', label: t('board.byTag') },
          ]}
          onChange={(kind) => route.showBoard(kind)}
        />
        <FilterMenu route={route} />
        <ActionIcon data-hint={t('board.list')} size={30} aria-label={t('board.list')} onClick={() => route.showBoard('')}>
          <IconList size={18} stroke={1.6} />
        </ActionIcon>
      </PageHeader>
      <p id={help} className={c.hidden}>
        {t('board.help')}
      </p>
      <div className={c.hidden} role="status" aria-live="assertive">
        {said}
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.lanes} tabIndex={0} role="region" aria-label={t('board.title')}>
        {lanes.map((lane) => (
          <LaneColumn
            key={`${board} ${lane.id}`}
            id={`${help}-${lane.id}`}
            lane={lane}
            title={titleOf(lane.id)}
            tag={board === 'tag' ? tags.find((tag) => tag.id === lane.id) : undefined}
            targets={lanes.filter(({ id }) => id !== lane.id).map(({ id }) => ({ id, title: titleOf(id) }))}
            route={route}
            held={held}
            help={help}
            onHold={(conversation) => setHeld({ conversation, from: lane.id, over: lane.id })}
            onOver={() => {
              if (held && held.over !== lane.id) setHeld({ ...held, over: lane.id })
            }}
            onDrop={() => held && void move(held.conversation, held.from, lane.id)}
            onLeave={() => setHeld(undefined)}
            onMove={(conversation, to) => void move(conversation, lane.id, to)}
            onKey={(event, conversation) => onKey(event, conversation, lane.id)}
          />
        ))}
      </div>
    </div>
  )
}

interface LaneProps {
  id: string
  lane: Lane
  title: string
  tag: { name: string; color: string; archived: boolean } | undefined
  targets: { id: string; title: string }[]
  route: Route
  held: Held | undefined
  help: string
  onHold: (conversation: Conversation) => void
  onOver: () => void
  onDrop: () => void
  onLeave: () => void
  onMove: (conversation: Conversation, to: string) => void
  onKey: (event: KeyboardEvent, conversation: Conversation) => void
}

function LaneColumn({ id, lane, title, tag, targets, route, held, help, onHold, onOver, onDrop, onLeave, onMove, onKey }: LaneProps) {
  const { t } = useTranslation('inbox')
  const { query, older, asking } = useConversations(lane.filters, CARDS)
  const cards = query.data?.items ?? []
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- what the mouse drops here the keyboard and the card's menu move as well
    <section
      id={id}
      className={c.lane}
      aria-label={title}
      data-over={(held && held.over === lane.id && held.from !== lane.id) || undefined}
      onDragOver={(event: DragEvent) => {
        event.preventDefault()
        onOver()
      }}
      onDrop={(event: DragEvent) => {
        event.preventDefault()
        onDrop()
      }}
    >
      <h2 className={c.title}>
        {tag ? <Tag tag={tag} /> : title}
        <span className={`${c.count} tnum`}>{query.data?.more ? `${cards.length}+` : cards.length}</span>
      </h2>
      {query.isError && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div className={c.cards} aria-busy="true">
          <Skeleton h={84} radius="md" />
          <Skeleton h={84} radius="md" />
        </div>
      ) : (
        <div className={c.cards} role={cards.length > 0 ? 'list' : undefined} aria-label={cards.length > 0 ? title : undefined}>
          {cards.map((conversation) => (
            <Card
              key={conversation.id}
              conversation={conversation}
              targets={targets}
              route={route}
              held={held?.conversation.id === conversation.id && held.from === lane.id}
              help={help}
              onHold={() => onHold(conversation)}
              onLeave={onLeave}
              onMove={(to) => onMove(conversation, to)}
              onKey={(event) => onKey(event, conversation)}
            />
          ))}
          {cards.length === 0 && <p className={c.none}>{t('board.empty')}</p>}
          {query.data.more && (
            <div role="listitem" className={c.none}>
              <Button variant="subtle" loading={asking} onClick={() => void older()}>
                {t('loadMore')}
              </Button>
            </div>
          )}
        </div>
      )}
    </section>
  )
}

interface CardProps {
  conversation: Conversation
  targets: { id: string; title: string }[]
  route: Route
  held: boolean
  help: string
  onHold: () => void
  onLeave: () => void
  onMove: (to: string) => void
  onKey: (event: KeyboardEvent) => void
}

function Card({ conversation, targets, route, held, help, onHold, onLeave, onMove, onKey }: CardProps) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const names = useNames()
  const { edit } = useRights(conversation)
  const name = nameOf(conversation.expand?.contact, conversation.contact, t)
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dragging is one of three ways: keyboard, menu
    <div
      role="listitem"
      className={c.card}
      data-held={held || undefined}
      draggable={edit}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = 'move'
        event.dataTransfer.setData('text/plain', name)
        onHold()
      }}
      onDragEnd={onLeave}
    >
      <a
        href={hrefOf(route.company, conversation.id)}
        className={c.open}
        draggable={false}
        aria-describedby={edit ? help : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return
          event.preventDefault()
          route.open(conversation.id)
        }}
        onKeyDown={edit ? onKey : undefined}
      >
        <span className={c.line}>
          <Avatar name={name} size={24} />
          <span className={`${c.name} line`} data-user-text>{name}</span>
          {conversation.unread > 0 && (
            <span className={c.badge}>
              {conversation.unread > 99 ? '99+' : conversation.unread}
              <span className={c.hidden}> {t('row.unread')}</span>
            </span>
          )}
        </span>
        <span className={`${c.preview} line`} data-user-text>{previewOf(conversation, t)}</span>
        <TagList ids={tagIds(conversation.tags)} most={3} />
      </a>
      <div className={c.foot}>
        <span className="line">{conversation.assignee ? names.member(conversation.assignee) : t('assign.nobody')}</span>
        {conversation.last_message_at && <time dateTime={toDate(conversation.last_message_at).toISOString()}>{format.short(conversation.last_message_at)}</time>}
        {edit && (
          <Menu position="bottom-end" width={200}>
            <Menu.Target>
              <ActionIcon size={26} aria-label={t('board.move', { name })}>
                <IconArrowsExchange size={15} stroke={1.6} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown className={c.menu}>
              <Menu.Label>{t('board.moveTo')}</Menu.Label>
              {targets.map((target) => (
                <Menu.Item key={target.id} data-user-text onClick={() => onMove(target.id)}>
                  {target.title}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </div>
  )
}
