import { IconAlertCircle, IconArrowForwardUp, IconCheck, IconChecks, IconClock, IconLock, IconNote, IconRobot, IconSparkles, IconStarFilled, IconTrash } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { lazy, memo, Suspense, useState, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { errorText } from '@/lib/errors'
import { toDate, type Format } from '@/lib/format'
import { showPhone } from '@/lib/phone'
import { fetchAgain, retryMessage, type Names } from '../api'
import { groupReactions, react, reactionsOf, useQuoted } from '../changes'
import { useAttachments } from '../files'
import { outbox } from '../outbox'
import { mentionsIn } from '../suggest'
import { linkParts, optionsOf, participantOf } from '../thread'
import type { Message, Pending } from '../types'
import { authorOf, eventText } from '../words'
import { Attachment } from './Attachment'
import c from './Bubble.module.css'

const MessageMenu = lazy(() => import('./MessageMenu'))

/** Handed down: a thread has many bubbles, and asking for it in each part of them takes its time. */
type T = TFunction<'inbox'>

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
export const MessageBubble = memo(function MessageBubble({ message, first, chosen, who, me, canRetry, names, format }: BubbleProps) {
  const { t } = useTranslation('inbox')
  const note = message.kind === 'note'
  const out = message.direction === 'out'
  const options = optionsOf(message)
  const side = note ? 'note' : out ? 'out' : 'in'
  const from = out ? undefined : participantOf(message)
  const author = out ? authorOf(message, names, t) : (from && (from.name || (from.phone && showPhone(from.phone)))) || who
  const at = format.time(message.at)
  const deleted = message.deleted_at !== ''
  const data = message.data as { rating?: number; file?: string; transcript?: string } | null
  const rating = data?.rating
  const reactions = groupReactions(reactionsOf(message))

  return (
    <article id={`message-${message.id}`} className={c.row} data-side={side} data-first={first || undefined} tabIndex={-1}>
      <div className={c.bubble}>
        {canRetry && !deleted && <Actions message={message} who={who} me={me} t={t} />}
        {first && (out || from) ? (
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
        {message.forwarded && (
          <div className={c.forwarded}>
            <IconArrowForwardUp size={13} aria-hidden />
            {t('forward.done')}
          </div>
        )}
        {message.reply_to && !deleted && <Quote message={message} who={who} names={names} />}
        {message.attachments?.length > 0 && <Attachments message={message} />}
        <Body message={message} names={names} t={t} />
        {data?.transcript && !deleted && (
          <p className={c.transcript} data-user-text>
            <b>{t('voice.transcript')}</b> {data.transcript}
          </p>
        )}
        {data?.file && !deleted && <Missing message={message} state={data.file} canFetch={canRetry} />}
        {rating !== undefined && (
          <span className={c.rating}>
            <IconStarFilled size={12} aria-hidden />
            {t('rating.given')}
          </span>
        )}
        <span className={c.meta}>
          {message.edited_at && !deleted && <span title={format.dateTime(message.edited_at)}>{t('edit.done')}</span>}
          <time dateTime={toDate(message.at).toISOString()} title={format.dateTime(message.at)}>
            {at}
          </time>
          {out && !note && <Ticks status={message.status} t={t} />}
        </span>
      </div>
      {reactions.length > 0 && (
        <div className={c.reactions} role="group" aria-label={t('react.title')}>
          {reactions.map(({ emoji, by }) => (
            <button
              key={emoji}
              type="button"
              className={c.reaction}
              aria-pressed={by.includes(me)}
              disabled={!canRetry}
              title={by.map((one) => (one === 'contact' ? who : names.member(one))).join(', ')}
              aria-label={t('react.by', { emoji, names: by.map((one) => (one === 'contact' ? who : names.member(one))).join(', ') })}
              onClick={() => void react(message, me, emoji)}
            >
              {emoji} {by.length > 1 && by.length}
            </button>
          ))}
        </div>
      )}
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
      {message.status === 'queued' && message.error && (
        <p className={c.waits}>
          {message.error === 'cold_budget' && message.due ? t('waits.until', { when: format.dateTime(message.due), reason: t('waits.cold_budget') }) : t('waits.because', { reason: t(`waits.${message.error}`, { defaultValue: t('waits.number_offline') }) })}
        </p>
      )}
      {message.status === 'failed' && (
        <Failed text={message.error ? t('failed.because', { reason: t(`failed.why.${message.error}`, message.error) }) : t('failed.text')}>
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

/** Why a message has no file yet, and what can be done about it. */
function Missing({ message, state, canFetch }: { message: Message; state: string; canFetch: boolean }) {
  const { t } = useTranslation('inbox')
  return (
    <p className={c.missing} role="status">
      {t(`file.missing.${state}`, { defaultValue: t('file.missing.gone') })}
      {canFetch && (state === 'gone' || state === 'asked' || state === 'earlier') && (
        <button type="button" className={c.link} onClick={() => void fetchAgain(message)}>
          {t(state === 'earlier' ? 'file.load' : 'failed.retry')}
        </button>
      )}
    </p>
  )
}

/** The button for what can be done to a message. The menu is fetched and drawn with the first press. */
function Actions({ message, who, me, t }: { message: Message; who: string; me: string; t: T }) {
  const [used, setUsed] = useState(false)
  const button = (
    <button type="button" className={c.actions} aria-label={t('actions')} aria-haspopup="menu" onClick={() => setUsed(true)} />
  )
  if (!used) return button
  return (
    <Suspense fallback={button}>
      <MessageMenu message={message} who={who} me={me} className={c.actions!} />
    </Suspense>
  )
}

/** The message this one answers; a press goes there. */
function Quote({ message, who, names }: { message: Message; who: string; names: Names }) {
  const { t } = useTranslation('inbox')
  const quoted = useQuoted(message.reply_to, message.conversation, message.expand?.reply_to)
  if (!quoted) return null
  const author = quoted.direction === 'in' ? who : authorOf(quoted, names, t)
  return (
    <button
      type="button"
      className={c.quote}
      aria-label={t('quote.show', { name: author })}
      onClick={() => {
        const element = document.getElementById(`message-${quoted.id}`)
        element?.scrollIntoView({ block: 'center' })
        element?.focus({ preventScroll: true })
      }}
    >
      <b data-user-text>{author}</b>
      <span data-user-text>{quoted.deleted_at ? t('kind.deleted') : quoted.text || t(`kind.${quoted.kind}`, { defaultValue: t('kind.unsupported') })}</span>
    </button>
  )
}

function Body({ message, names, t }: { message: Message; names: Names; t: T }) {
  if (message.deleted_at) {
    return (
      <em className={c.odd}>
        <IconTrash size={13} aria-hidden className={c.bin} />
        {t('kind.deleted')}
      </em>
    )
  }
  if (message.text) return <Text text={message.text} people={message.mentions?.length > 0 ? names.members.filter(({ id }) => message.mentions.includes(id)) : undefined} />
  if (message.attachments?.length > 0) return null
  return <em className={c.odd}>{t(`kind.${message.kind}`, { defaultValue: t('kind.unsupported') })}</em>
}

function Text({ text, people }: { text: string; people?: { id: string; name: string }[] | undefined }) {
  if (!text) return null
  const called = people ? mentionsIn(text, people) : []
  return (
    <span className={c.text} data-user-text>
      {called.length > 0 ? [...called.flatMap(({ from, to }, index) => [<Words key={from} text={text.slice(called[index - 1]?.to ?? 0, from)} />, <mark key={to}>{text.slice(from, to)}</mark>]), <Words key="rest" text={text.slice(called.at(-1)!.to)} />] : <Words text={text} />}
    </span>
  )
}

function Words({ text }: { text: string }) {
  return (
    <>
      {linkParts(text).map((part, index) =>
        part.href ? (
          <a key={index} href={part.href} target="_blank" rel="noopener noreferrer">
            {part.text}
          </a>
        ) : (
          part.text
        ),
      )}
    </>
  )
}

/** How far an outgoing message has come. */
function Ticks({ status, t }: { status: Message['status']; t: T }) {
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
