import { IconArrowBackUp, IconAt, IconBrandWhatsapp, IconClock, IconMessageCircle, IconRobot, IconSparkles, IconUsers } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { memo, useRef } from 'react'
import { Avatar } from '@/components/Avatar'
import { ContactAvatar } from '@/components/ContactAvatar'
import { toDate, type Format } from '@/lib/format'
import { warmThread, type Names } from '../api'
import { useTyping } from '../presence'
import type { Conversation } from '../types'
import { hrefOf } from '../useRoute'
import { nameOf, previewOf } from '../words'
import c from './ConversationRow.module.css'

/** Heights of a row, in pixels. */
export const ROW = 66
export const LOW_ROW = 52

export interface RowContext {
  t: TFunction<'inbox'>
  format: Format
  names: Names
  /** The current minute: rows that say how long someone waits are drawn again as it passes. */
  minute: number
  company: string
  /** The member who looks at the list. */
  me: string
  open(id: string, replace?: boolean, message?: string): void
}

interface Props extends RowContext {
  conversation: Conversation
  selected: boolean
  /** A message to show in place of the last one: what a search has found. */
  quote?: { id: string; text: string; at: string }
}

/** One conversation of the list. */
export const ConversationRow = memo(
  function ConversationRow({ conversation, selected, quote, t, format, names, minute, company, me, open }: Props) {
    const hover = useRef<ReturnType<typeof setTimeout>>(undefined)
    const typing = useTyping(conversation.id).includes('contact')
    const contact = conversation.expand?.contact
    const name = nameOf(contact, conversation.contact, t)
    const channel = names.channels.find(({ id }) => id === conversation.channel)
    const at = quote?.at ?? conversation.last_message_at
    const waiting = !quote && waitingMinutes(conversation, minute)
    const unread = conversation.unread > 0
    /** People show themselves on WhatsApp alone. */
    const shows = !conversation.is_group && channel?.kind === 'whatsapp'

    return (
      <a
        href={hrefOf(company, conversation.id, quote?.id)}
        className={c.root}
        data-unread={unread || undefined}
        aria-current={selected ? 'true' : undefined}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey) return
          event.preventDefault()
          open(conversation.id, false, quote?.id)
        }}
        onPointerEnter={() => {
          hover.current = setTimeout(() => warmThread(conversation.id), 80)
        }}
        onPointerLeave={() => clearTimeout(hover.current)}
      >
        <span className={c.face}>
          <ContactAvatar contact={shows ? conversation.contact : ''} name={name} size={38} />
          <span className={c.channel} data-user-text title={channel?.name}>
            {conversation.is_group ? <IconUsers size={12} aria-label={t('group.label')} /> : channel?.kind.startsWith('whatsapp') ? <IconBrandWhatsapp size={12} /> : <IconMessageCircle size={12} />}
          </span>
        </span>
        <span className={c.body}>
          <span className={c.line}>
            <span className={c.name} data-user-text>{name}</span>
            {waiting !== false && waiting > 0 && (
              <span className={c.waiting} title={t('row.waiting', { time: format.duration(waiting) })}>
                <IconClock size={12} aria-hidden />
                <span className={c.hidden}>{t('row.waitingFor')}</span>
                {shortWait(waiting, format)}
              </span>
            )}
            {at && (
              <time className={c.time} dateTime={toDate(at).toISOString()}>
                {format.short(at)}
              </time>
            )}
          </span>
          <span className={c.line}>
            <span className={c.preview} data-user-text data-typing={typing || undefined}>
              {typing ? (
                t('typing.now')
              ) : quote ? (
                quote.text
              ) : (
                <>
                  {conversation.last_direction === 'out' && <IconArrowBackUp size={13} className={c.sent} role="img" aria-label={t('row.sent')} />}
                  {previewOf(conversation, t)}
                </>
              )}
            </span>
            {conversation.mentioned.includes(me) && <IconAt size={16} stroke={1.8} className={c.called} role="img" aria-label={t('row.mentioned')} />}
            <Answerer conversation={conversation} names={names} t={t} />
            {unread && (
              <span className={c.badge}>
                {conversation.unread > 99 ? '99+' : conversation.unread}
                <span className={c.hidden}> {t('row.unread')}</span>
              </span>
            )}
          </span>
        </span>
      </a>
    )
  },
  (old, now) =>
    old.conversation === now.conversation &&
    old.selected === now.selected &&
    old.quote === now.quote &&
    old.t === now.t &&
    old.format === now.format &&
    old.open === now.open &&
    old.minute === now.minute &&
    old.names.members === now.names.members &&
    old.names.channels === now.names.channels,
)

function Answerer({ conversation, names, t }: { conversation: Conversation } & Pick<RowContext, 'names' | 't'>) {
  const { answerer, assignee, status } = conversation
  if (status === 'closed') return null
  if (assignee) {
    const name = names.member(assignee)
    return (
      <span className={c.answerer} title={t('row.assignee', { name })}>
        <Avatar name={name} size={18} />
        <span className={c.hidden}>{t('row.assignee', { name })}</span>
      </span>
    )
  }
  if (answerer === 'bot') return <IconRobot size={16} stroke={1.6} className={c.answerer} role="img" aria-label={t('row.bot')} />
  if (answerer === 'agent') return <IconSparkles size={16} stroke={1.6} className={c.answerer} role="img" aria-label={t('row.agent')} />
  return null
}

/** How long a customer has been waiting for a person, in minutes; false when nobody waits. */
export function waitingMinutes(conversation: Pick<Conversation, 'waiting_since' | 'answerer' | 'status'>, now: number): number | false {
  const { waiting_since: since, answerer, status } = conversation
  if (!since || status === 'closed' || status === 'snoozed' || answerer === 'bot' || answerer === 'agent') return false
  return Math.max(0, Math.floor((now - toDate(since).getTime()) / 60_000))
}

/** 12 min, 3 h, 2 d: one unit is enough at a glance. */
function shortWait(minutes: number, format: Format): string {
  const [value, unit]: [number, string] = minutes < 60 ? [minutes, 'minute'] : minutes < 1440 ? [Math.floor(minutes / 60), 'hour'] : [Math.floor(minutes / 1440), 'day']
  return format.number(value, { style: 'unit', unit, unitDisplay: 'narrow' })
}
