import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { IconLock, IconPaperclip, IconSend2 } from '@tabler/icons-react'
import { forwardRef, memo, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNames } from '../api'
import { attach, clearUploads, draftText, isNote, keepNote, keepText, useUploads } from '../drafts'
import { kindOf } from '../files'
import { outbox } from '../outbox'
import { TypingSignal } from '../presence'
import type { Conversation } from '../types'
import type { Rights } from '../useRights'
import { Uploads } from './Uploads'
import c from './Composer.module.css'

/** The longest message the server takes. Characters. */
const MOST = 20_000

export interface ComposerHandle {
  focus(note?: boolean): void
}

const typing = new TypingSignal()
const growsByItself = typeof CSS !== 'undefined' && CSS.supports?.('field-sizing', 'content')

/** Where replies and notes are written. Enter sends, Shift+Enter starts a line; what is not sent stays with its conversation. */
export const Composer = forwardRef<ComposerHandle, { conversation: Conversation; rights: Rights }>(function Composer({ conversation, rights }, ref) {
  const { t } = useTranslation('inbox')
  const { id } = conversation
  const names = useNames()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState(() => draftText(id))
  const [note, setNote] = useState(() => isNote(id))
  const uploads = useUploads(id)
  /** Sent while a file was still on its way up: it leaves as soon as the file is there. */
  const [sendWhenReady, setSendWhenReady] = useState(false)

  const uploading = uploads.some((one) => !one.record && !one.error)
  const broken = uploads.some((one) => one.error !== undefined)
  const empty = text.trim() === '' && uploads.length === 0
  const tooLong = text.length > MOST

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

  useLayoutEffect(() => {
    const element = field.current
    if (growsByItself || !element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [text])

  function mode(wish: boolean): void {
    keepNote(id, wish)
    setNote(wish)
    if (wish) typing.stop()
  }

  function write(next: string): void {
    setText(next)
    keepText(id, next)
    // colleagues and the customer see that a reply is coming; a note is nobody's business until it is there
    if (next.trim() && !note) typing.key(id)
    else typing.stop()
  }

  function send(): void {
    if (empty || broken || tooLong) return
    if (uploading) {
      setSendWhenReady(true)
      return
    }
    const said = text.trim()
    const files = uploads.map((one) => one.record).filter((record) => record !== undefined)
    // channels carry one file a message; the words go with the first
    if (note || files.length === 0) outbox.write(id, note ? 'note' : 'text', said, files)
    else files.forEach((file, index) => outbox.write(id, kindOf(file.mime), index === 0 ? said : '', [file]))
    setSendWhenReady(false)
    clearUploads(id)
    typing.stop()
    setText('')
    keepText(id, '')
    field.current?.focus()
  }

  useEffect(() => {
    if (sendWhenReady && broken) setSendWhenReady(false)
    else if (sendWhenReady && !uploading) send()
    // oxlint-disable-next-line react/exhaustive-deps -- only when the uploads are through
  }, [sendWhenReady, uploading, broken])

  // one object that never changes, so that a key draws the text and nothing else
  const latest = useRef({ mode, send, add: (_files: File[]) => {} })
  useEffect(() => {
    latest.current = {
      mode,
      send,
      add(files) {
        attach(id, files)
        field.current?.focus()
      },
    }
  })
  const [act] = useState<Acts>(() => ({ mode: (wish) => latest.current.mode(wish), send: () => latest.current.send(), add: (files) => latest.current.add(files) }))

  if (!rights.reply) {
    const reason = rights.edit ? t('composer.noReply') : conversation.assignee ? t('composer.taken', { name: names.member(conversation.assignee) }) : t('composer.noReply')
    return (
      <div className={c.locked} role="note">
        <IconLock size={16} aria-hidden />
        {reason}
      </div>
    )
  }

  const closed = conversation.status === 'closed'
  const other = conversation.assignee !== '' && conversation.assignee !== rights.me
  const hint = note
    ? ''
    : closed
      ? t('composer.closed')
      : conversation.answerer === 'bot' || conversation.answerer === 'agent'
        ? t('composer.bot')
        : other
          ? t('composer.other', { name: names.member(conversation.assignee) })
          : ''

  return (
    <div className={c.root} data-note={note || undefined}>
      {hint && <p className={c.hint}>{hint}</p>}
      <div className={c.box}>
        <Uploads conversation={id} uploads={uploads} />
        <textarea
          ref={field}
          className={c.field}
          value={text}
          rows={1}
          placeholder={note ? t('composer.noteHere') : t('composer.replyHere')}
          aria-label={note ? t('composer.note') : t('composer.reply')}
          aria-keyshortcuts="r n"
          onChange={(event) => write(event.currentTarget.value)}
          onPaste={(event) => {
            const files = [...event.clipboardData.files]
            if (files.length === 0) return
            event.preventDefault()
            attach(id, files)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.nativeEvent.isComposing) {
              event.preventDefault()
              send()
            } else if (event.key === 'Escape') {
              event.stopPropagation()
              event.currentTarget.blur()
            }
          }}
        />
        <Tools note={note} disabled={empty || broken || tooLong} waiting={sendWhenReady} over={tooLong ? text.length - MOST : 0} act={act} />
      </div>
    </div>
  )
})

interface Acts {
  mode(note: boolean): void
  send(): void
  add(files: File[]): void
}

/** The row below the text: reply or note, files, send. */
const Tools = memo(function Tools({ note, disabled, waiting, over, act }: { note: boolean; disabled: boolean; waiting: boolean; over: number; act: Acts }) {
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
      <Tooltip label={t('composer.attach')}>
        <ActionIcon size={32} aria-label={t('composer.attach')} onClick={() => picker.current?.click()}>
          <IconPaperclip size={18} stroke={1.6} />
        </ActionIcon>
      </Tooltip>
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
        {note ? t('composer.saveNote') : t('composer.send')}
      </Button>
    </div>
  )
})
