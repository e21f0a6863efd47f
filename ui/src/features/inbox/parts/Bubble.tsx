import { IconAlertCircle, IconCheck, IconChecks, IconClock, IconLock, IconNote, IconRobot, IconSparkles } from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { errorText } from '@/lib/errors'
import { toDate, type Format } from '@/lib/format'
import { retryMessage, type useNames } from '../api'
import { useAttachments } from '../files'
import { outbox } from '../outbox'
import { linkParts, optionsOf } from '../thread'
import type { Message, Pending } from '../types'
import { authorOf, eventText } from '../words'
import { Attachment } from './Attachment'
import c from './Bubble.module.css'

type Names = ReturnType<typeof useNames>

interface BubbleProps {
  message: Message
  first: boolean
  last: boolean
  /** The option the customer pressed, of those offered here. */
  chosen: string
  who: string
  me: string
  canRetry: boolean
  names: Names
  format: Format
}

const sameBubble = (old: BubbleProps, now: BubbleProps): boolean =>
  old.message === now.message &&
  old.first === now.first &&
  old.last === now.last &&
  old.chosen === now.chosen &&
  old.who === now.who &&
  old.canRetry === now.canRetry &&
  old.names.members === now.names.members &&
  old.format === now.format

/** One message, or a note between colleagues. */
export const MessageBubble = memo(function MessageBubble({ message, first, chosen, who, canRetry, names, format }: BubbleProps) {
  const { t } = useTranslation('inbox')
  const note = message.kind === 'note'
  const out = message.direction === 'out'
  const options = optionsOf(message)
  const side = note ? 'note' : out ? 'out' : 'in'
  const author = out ? authorOf(message, names, t) : who
  const at = format.time(message.at)

  return (
    <article className={c.row} data-side={side} data-first={first || undefined}>
      <div className={c.bubble}>
        {first && out ? (
          <div className={c.author}>
            {note ? <IconNote size={14} aria-hidden /> : message.answered_by === 'bot' ? <IconRobot size={14} aria-hidden /> : message.answered_by === 'agent' ? <IconSparkles size={14} aria-hidden /> : null}
            <span data-user-text>{author}</span>
            {note && <span className={c.private}>{t('note.private')}</span>}
          </div>
        ) : (
          <span className={c.hidden} data-user-text>
            {author}:{' '}
          </span>
        )}
        {message.attachments?.length > 0 && <Attachments message={message} />}
        <Body message={message} />
        <span className={c.meta}>
          <time dateTime={toDate(message.at).toISOString()} title={format.dateTime(message.at)}>
            {at}
          </time>
          {out && !note && <Ticks status={message.status} />}
        </span>
      </div>
      {options.length > 0 && (
        <ul className={c.options} aria-label={t('options')} data-user-text>
          {options.map((option) => (
            <li key={option.id} className={c.option} data-chosen={option.id === chosen || undefined}>
              {option.id === chosen && <IconCheck size={13} role="img" aria-label={t('chosen')} />}
              {option.label}
            </li>
          ))}
        </ul>
      )}
      {message.status === 'failed' && (
        <Failed text={message.error ? t('failed.because', { reason: message.error }) : t('failed.text')}>
          {canRetry && (
            <button type="button" className={c.link} onClick={() => void retryMessage(message)}>
              {t('failed.retry')}
            </button>
          )}
        </Failed>
      )}
      {message.status === 'skipped' && <Failed text={t('status.skipped')} />}
    </article>
  )
}, sameBubble)

/** A message on its way from this browser. */
export const PendingBubble = memo(function PendingBubble({ pending, first, format }: { pending: Pending; first: boolean; format: Format }) {
  const { t } = useTranslation('inbox')
  const note = pending.kind === 'note'
  const failed = pending.state === 'failed'
  return (
    <article className={c.row} data-side={note ? 'note' : 'out'} data-first={first || undefined}>
      <div className={c.bubble} data-pending>
        {first && note && (
          <div className={c.author}>
            <IconNote size={14} aria-hidden />
            <span>{t('you')}</span>
            <span className={c.private}>{t('note.private')}</span>
          </div>
        )}
        {pending.files.map((file) => (
          <Attachment key={file.id} file={file} />
        ))}
        <Text text={pending.text} />
        <span className={c.meta}>
          <time>{format.time(pending.at)}</time>
          {failed ? <IconAlertCircle size={14} className={c.bad} aria-hidden /> : <IconClock size={13} role="img" aria-label={t('status.queued')} />}
        </span>
      </div>
      {failed && (
        <Failed text={pending.offline ? t('failed.offline') : t('failed.because', { reason: errorText(pending.error) })}>
          <button type="button" className={c.link} onClick={() => outbox.retry(pending)}>
            {t('failed.retry')}
          </button>
          <button type="button" className={c.link} onClick={() => outbox.discard(pending)}>
            {t('failed.discard')}
          </button>
        </Failed>
      )}
    </article>
  )
})

function Failed({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className={c.failed} role="alert">
      <IconAlertCircle size={14} aria-hidden />
      <span>{text}</span>
      {children}
    </div>
  )
}

function Attachments({ message }: { message: Message }) {
  const files = useAttachments(message)
  return files.map((file) => <Attachment key={file.id} file={file} />)
}

function Body({ message }: { message: Message }) {
  const { t } = useTranslation('inbox')
  if (message.text) return <Text text={message.text} />
  if (message.attachments?.length > 0) return null
  return <em className={c.odd}>{t(`kind.${message.kind}`, { defaultValue: t('kind.unsupported') })}</em>
}

function Text({ text }: { text: string }) {
  if (!text) return null
  return (
    <span className={c.text} data-user-text>
      {linkParts(text).map((part, index) =>
        part.href ? (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </span>
  )
}

/** How far an outgoing message has come. */
export function Ticks({ status }: { status: Message['status'] }) {
  const { t } = useTranslation('inbox')
  const label = t(`status.${status}`)
  const props = { role: 'img', 'aria-label': label }
  switch (status) {
    case 'queued':
    case 'sending':
      return <IconClock size={13} {...props} />
    case 'sent':
      return <IconCheck size={15} {...props} />
    case 'delivered':
      return <IconChecks size={15} {...props} />
    case 'read':
      return <IconChecks size={15} className={c.read} {...props} />
    case 'failed':
      return <IconAlertCircle size={14} className={c.bad} {...props} />
    case 'skipped':
      return <IconLock size={13} {...props} />
    default:
      return null
  }
}

/** A line of what happened. */
export const EventLine = memo(
  function EventLine({ message, names, format }: { message: Message; names: Names; format: Format }) {
    const { t } = useTranslation('inbox')
    return (
      <p className={c.event}>
        {eventText(message, names, t, format.dateTime)} · <time dateTime={toDate(message.at).toISOString()}>{format.time(message.at)}</time>
      </p>
    )
  },
  (old, now) => old.message === now.message && old.format === now.format && old.names.members === now.names.members && old.names.queues === now.names.queues,
)
