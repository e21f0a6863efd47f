import { ActionIcon, Button } from '@mantine/core'
import { IconAlertTriangle, IconAt, IconBolt, IconLock, IconMicrophone, IconPaperclip, IconSend2, IconX } from '@tabler/icons-react'
import { forwardRef, lazy, memo, Suspense, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useLive } from '@/lib/live'
import { toast, toastError } from '@/lib/toast'
import type { Names } from '../api'
import { useQuoted } from '../changes'
import { attach, attachStored, clearDraft, draftText, isNote, keepNote, keepText, quote, useAnswering, useQuote, useUploads } from '../drafts'
import { kindOf } from '../files'
import { outbox } from '../outbox'
import { TypingSignal } from '../presence'
import { fillReply, useMentionable, useQuickReplies } from '../quickReplies'
import { fittingPeople, fittingReplies, mentionsIn, replaceToken, tokenAt, type Token } from '../suggest'
import type { Conversation, Message } from '../types'
import type { Rights } from '../useRights'
import { authorOf, nameOf } from '../words'
import { Avatar } from '@/components/Avatar'
import { Suggest, SUGGESTIONS, type SuggestHandle, type Suggestion } from './Suggest'
import { Uploads } from './Uploads'
import c from './Composer.module.css'

const Recorder = lazy(() => import('./Recorder'))
const DraftNow = lazy(() => import('./DraftNow'))

/** The longest message the server takes. Characters. */
const MOST = 20_000

export interface ComposerHandle {
  focus(note?: boolean): void
}

const typing = new TypingSignal()
const growsByItself = typeof CSS !== 'undefined' && CSS.supports?.('field-sizing', 'content')

/** Where replies and notes are written. Enter sends, Shift+Enter starts a line; what is not sent stays with its conversation. */
export const Composer = forwardRef<ComposerHandle, { conversation: Conversation; rights: Rights; names: Names }>(function Composer({ conversation, rights, names }, ref) {
  const { t } = useTranslation('inbox')
  const { id } = conversation
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => draftText(id))
  const [note, setNote] = useState(() => isNote(id))
  const uploads = useUploads(id)
  /** Sent while a file was still on its way up: it leaves as soon as the file is there. */
  const [sendWhenReady, setSendWhenReady] = useState(false)

  /** A voice note is being recorded. */
  const [recording, setRecording] = useState(false)

  const uploading = uploads.some((one) => !one.record && !one.error)
  const sendable = uploads.filter((one) => one.error === undefined)
  const empty = text.trim() === '' && sendable.length === 0
  const tooLong = text.length > MOST
  const readOnly = conversation.is_group && (names.channels.find((channel) => channel.id === conversation.channel)?.settings as { groups?: string } | null)?.groups !== 'handled'
  /** Nothing can be sent here; a note can still be left. */
  const shut = readOnly && !note

  const replyTo = useQuote(id)
  /** The word being typed after a / or, in a note, an @: what fits is offered. */
  const [token, setToken] = useState<Token>()
  const [active, setActive] = useState('')
  const list = useRef<SuggestHandle>(null)
  const replies = useQuickReplies(rights.me, token !== undefined && !note)
  const people = useMentionable(id, note)
  /** A colleague who answered while this person was writing. */
  const [answered, setAnswered] = useState('')
  useLive('message.created', ({ record }) => {
    if (record?.conversation !== id || record.direction !== 'out' || record.answered_by !== 'human' || record.kind === 'note' || !record.author || record.author === rights.me) return
    if (draftText(id).trim()) setAnswered(String(record.author))
  })

  // its field and buttons stay from conversation to conversation: to make them anew takes longer than all the rest
  const [shown, setShown] = useState(id)
  if (shown !== id) {
    setShown(id)
    setText(draftText(id))
    setNote(isNote(id))
    setSendWhenReady(false)
    setRecording(false)
    setToken(undefined)
    setActive('')
    setAnswered('')
  }

  useImperativeHandle(ref, () => ({
    focus(wish) {
      if (wish !== undefined) mode(wish)
      field.current?.focus()
    },
  }))

  useEffect(() => {
    const save = (): void => keepText(id, draftText(id), true)
    window.addEventListener('pagehide', save)
    return () => {
      window.removeEventListener('pagehide', save)
      save()
      typing.stop()
    }
  }, [id])

  const answering = useAnswering()
  const wish = useRef(answering)
  useEffect(() => {
    wish.current = answering
    // oxlint-disable-next-line react/exhaustive-deps -- what was wished before the conversation was opened is over
  }, [id])
  useEffect(() => {
    if (!answering || answering === wish.current || answering.conversation !== id) return
    wish.current = answering
    mode(answering.note)
    // after the menu has let go of the focus
    setTimeout(() => field.current?.focus())
    // oxlint-disable-next-line react/exhaustive-deps -- once for each wish
  }, [answering, id])

  useLayoutEffect(() => {
    const element = field.current
    if (growsByItself || !element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text])

  function mode(wish: boolean): void {
    keepNote(id, wish)
    setNote(wish)
    setToken(undefined)
    if (wish) typing.stop()
  }

  function write(next: string, caret = next.length): void {
    setText(next)
    keepText(id, next)
    setToken(tokenAt(next, caret, note ? '@' : '/'))
    if (!next.trim()) setAnswered('')
    // colleagues and the customer see that a reply is coming; a note is nobody's business until it is there
    if (next.trim() && !note) typing.key(id)
    else typing.stop()
  }

  /** Puts words in place of what was typed after the mark. */
  function insert(token: Token, words: string): void {
    const next = replaceToken(draftText(id), token, words)
    write(next.text, next.caret)
    setToken(undefined)
    requestAnimationFrame(() => field.current?.setSelectionRange(next.caret, next.caret))
    field.current?.focus()
  }

  const suggestions: Suggestion[] = !token
    ? []
    : note
      ? fittingPeople(people.data?.items.filter((one) => one.id !== rights.me) ?? [], token.query).map((one) => ({
          key: one.id,
          title: one.name,
          mark: <Avatar name={one.name} size={22} />,
          choose: () => insert(token, `@${one.name} `),
        }))
      : fittingReplies(replies.data?.items ?? [], token.query).map((reply) => ({
          key: reply.id,
          title: `/${reply.shortcut}`,
          text: reply.text || reply.files.join(', '),
          choose() {
            setToken(undefined)
            fillReply(reply.id, id)
              .then(({ text, files }) => {
                attachStored(id, files)
                if (open.current === id) insert(token, text)
                else keepText(id, replaceToken(draftText(id), token, text).text, true)
              })
              .catch((error: unknown) => toastError(error))
          },
        }))
  const offering = token !== undefined && (note ? people.data !== undefined : replies.data !== undefined) && (suggestions.length > 0 || token.query === '' || !note)

  function send(): void {
    if (empty || tooLong || shut) return
    if (uploading) {
      setSendWhenReady(true)
      return
    }
    const said = text.trim()
    const files = uploads.map((one) => one.record).filter((record) => record !== undefined)
    const about = { replyTo, mentions: note ? [...new Set(mentionsIn(said, people.data?.items ?? []).map(({ person }) => person.id))] : [] }
    // channels carry one file a message; the words go with the first
    if (note || files.length === 0) outbox.write(id, note ? 'note' : 'text', said, files, about)
    else files.forEach((file, index) => outbox.write(id, kindOf(file.mime), index === 0 ? said : '', [file], index === 0 ? about : {}))
    setSendWhenReady(false)
    typing.stop()
    setText('')
    setToken(undefined)
    setAnswered('')
    clearDraft(id)
    field.current?.focus()
  }

  useEffect(() => {
    if (sendWhenReady && !uploading) {
      setSendWhenReady(false)
      send()
    }
    // oxlint-disable-next-line react/exhaustive-deps -- only when the uploads are through
  }, [sendWhenReady, uploading])

  // one object that never changes, so that a key draws the text and nothing else
  const latest = useRef({ mode, send, offer: () => {}, add: (_files: File[]) => {}, record: () => {}, draft: (_of: string, _words: string) => {} })
  const open = useRef(id)
  useEffect(() => {
    open.current = id
    latest.current = {
      mode,
      send,
      offer() {
        const words = draftText(id)
        const mark = note ? '@' : '/'
        write(words + (words === '' || /\s$/.test(words) ? mark : ` ${mark}`))
        field.current?.focus()
      },
      add(files) {
        attach(id, files)
        field.current?.focus()
      },
      record() {
        // browsers give the microphone to https and to this machine alone
        if (!('mediaDevices' in navigator) || typeof MediaRecorder === 'undefined') toast(t('voice.insecure'))
        else setRecording(true)
      },
      draft(of, words) {
        const before = draftText(of).trimEnd()
        const whole = before ? `${before}\n\n${words}` : words
        if (of !== id) {
          keepText(of, whole, true)
          return
        }
        write(whole)
        field.current?.focus()
      },
    }
  })
  const [act] = useState<Acts>(() => ({ mode: (wish) => latest.current.mode(wish), send: () => latest.current.send(), offer: () => latest.current.offer(), add: (files) => latest.current.add(files), record: () => latest.current.record(), draft: (of, words) => latest.current.draft(of, words) }))

  if (!rights.reply) {
    const reason = rights.edit ? t('composer.noReply') : conversation.assignee ? t('composer.taken', { name: names.member(conversation.assignee) }) : t('composer.noReply')
    return (
      <div className={c.locked} role="note">
        <IconLock size={16} aria-hidden />
        {reason}
      </div>
    )
  }

  const drafts = Boolean(names.queues.find((queue) => queue.id === conversation.queue)?.agent || names.channels.find((channel) => channel.id === conversation.channel)?.agent)
  const closed = conversation.status === 'closed'
  const other = conversation.assignee !== '' && conversation.assignee !== rights.me
  const hint = note
    ? ''
    : readOnly
      ? t('group.readOnly')
      : closed
        ? t('composer.closed')
        : conversation.answerer === 'bot' || conversation.answerer === 'agent'
          ? t('composer.bot')
          : other
            ? t('composer.other', { name: names.member(conversation.assignee) })
            : ''

  return (
    <div className={c.root} data-note={note || undefined}>
      {answered ? (
        <p className={c.warning} role="alert">
          <IconAlertTriangle size={15} aria-hidden />
          {t('composer.answered', { name: names.member(answered) })}
        </p>
      ) : (
        hint && (
          <p id="composer-hint" className={c.hint}>
            {hint}
          </p>
        )
      )}
      <div className={c.box}>
        {offering && (
          <Suggest
            key={note ? 'people' : 'replies'}
            ref={list}
            label={note ? t('mention.title') : t('quick.title')}
            items={suggestions}
            nothing={note ? t('mention.nobody') : replies.data?.items.length === 0 ? t('quick.none') : t('quick.nothing')}
            onClose={() => setToken(undefined)}
            onActive={setActive}
          />
        )}
        {replyTo && <Quoting id={replyTo} conversation={conversation} names={names} onClose={() => quote(id, '')} />}
        <Uploads conversation={id} uploads={uploads} />
        <textarea
          ref={field}
          className={c.field}
          value={text}
          rows={1}
          placeholder={note ? t('composer.noteHere') : t('composer.replyHere')}
          aria-label={note ? t('composer.note') : t('composer.reply')}
          aria-describedby={shut ? 'composer-hint' : undefined}
          disabled={shut}
          aria-keyshortcuts="r n"
          aria-autocomplete="list"
          aria-controls={offering ? SUGGESTIONS : undefined}
          aria-activedescendant={active || undefined}
          onChange={(event) => write(event.currentTarget.value, event.currentTarget.selectionStart)}
          onBlur={() => setToken(undefined)}
          onPaste={(event) => {
            const files = [...event.clipboardData.files]
            if (files.length === 0) return
            event.preventDefault()
            attach(id, files)
          }}
          onKeyDown={(event) => {
            if (offering && list.current?.key(event)) return
            if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.nativeEvent.isComposing) {
              event.preventDefault()
              send()
            } else if (event.key === 'Escape') {
              event.stopPropagation()
              event.currentTarget.blur()
            }
          }}
        />
        {recording ? (
          <Suspense fallback={null}>
            <Recorder
              onCancel={() => setRecording(false)}
              onDone={(file, voice) => {
                setRecording(false)
                attach(id, [file], voice)
                setSendWhenReady(true)
              }}
            />
          </Suspense>
        ) : (
          <Tools conversation={drafts && !shut ? id : ''} note={note} shut={shut} disabled={empty || tooLong || shut} waiting={sendWhenReady} over={tooLong ? text.length - MOST : 0} act={act} />
        )}
      </div>
    </div>
  )
})

/** The message that is answered, over the text. */
function Quoting({ id, conversation, names, onClose }: { id: string; conversation: Conversation; names: Names; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const quoted: Message | undefined = useQuoted(id, conversation.id)
  const who = !quoted ? '' : quoted.direction === 'in' ? nameOf(conversation.expand?.contact, conversation.contact, t) : authorOf(quoted, names, t)
  return (
    <div className={c.quoting} role="group" aria-label={t('quote.answering', { name: who })}>
      <span className={c.quoted} data-user-text>
        <b>{who}</b>
        <span>{quoted && (quoted.text || t(`kind.${quoted.kind}`))}</span>
      </span>
      <ActionIcon size={26} aria-label={t('quote.drop')} onClick={onClose}>
        <IconX size={15} />
      </ActionIcon>
    </div>
  )
}

interface Acts {
  mode(note: boolean): void
  send(): void
  /** Opens the list of quick replies or, in a note, of colleagues. */
  offer(): void
  add(files: File[]): void
  /** Begins a voice note. */
  record(): void
  /** Takes what an agent drafted for a conversation. */
  draft(of: string, words: string): void
}

/** The row below the text: reply or note, files, send. */
const Tools = memo(function Tools({ conversation, note, shut, disabled, waiting, over, act }: { /** Whose agent can draft a reply; empty: nobody does. */ conversation: string; note: boolean; shut: boolean; disabled: boolean; waiting: boolean; over: number; act: Acts }) {
  const { t } = useTranslation('inbox')
  const picker = useRef<HTMLInputElement>(null)
  return (
    <div className={c.tools}>
      <div className={c.modes} role="group" aria-label={t('composer.mode')}>
        <button type="button" className={c.mode} aria-pressed={!note} onClick={() => act.mode(false)}>
          {t('composer.modeReply')}
        </button>
        <button type="button" className={c.mode} aria-pressed={note} onClick={() => act.mode(true)}>
          {t('composer.modeNote')}
        </button>
      </div>
      <ActionIcon data-hint={t('composer.attach')} size={32} disabled={shut} aria-label={t('composer.attach')} onClick={() => picker.current?.click()}>
        <IconPaperclip size={18} stroke={1.6} />
      </ActionIcon>
      {!note && conversation && (
        <Suspense fallback={null}>
          <DraftNow key={conversation} conversation={conversation} onDraft={(words) => act.draft(conversation, words)} />
        </Suspense>
      )}
      {!note && (
        <ActionIcon data-hint={t('voice.record')} size={32} disabled={shut} aria-label={t('voice.record')} onClick={act.record}>
          <IconMicrophone size={18} stroke={1.6} />
        </ActionIcon>
      )}
      {/* the text keeps the focus, so that the list stays */}
      <ActionIcon data-hint={note ? t('mention.open') : t('quick.open')} size={32} disabled={shut} aria-label={note ? t('mention.open') : t('quick.open')} onPointerDown={(event) => event.preventDefault()} onClick={act.offer}>
        {note ? <IconAt size={18} stroke={1.6} /> : <IconBolt size={18} stroke={1.6} />}
      </ActionIcon>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          act.add([...(event.currentTarget.files ?? [])])
          event.currentTarget.value = ''
        }}
      />
      <span className={c.space} />
      {over > 0 && (
        <span className={c.count} role="status">
          {t('composer.tooLong', { count: over })}
        </span>
      )}
      <Button size="sm" h={34} className={c.send} disabled={disabled} loading={waiting} onClick={act.send} rightSection={<IconSend2 size={16} stroke={1.7} />}>
        <span className={c.sendText}>{note ? t('composer.saveNote') : t('composer.send')}</span>
      </Button>
    </div>
  )
})
