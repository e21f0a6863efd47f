import { ActionIcon, Button, Drawer, Popover, Textarea } from '@mantine/core'
import { IconAlertTriangle, IconArrowsMove, IconBell, IconCalendarPlus, IconMessageCircle, IconPencil, IconPhone, IconTrash, IconUserOff, IconX } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { useCompanyId, useMe } from '@/lib/company'
import { makeFormat, useFormat } from '@/lib/format'
import type { AgendasRecord, RemindersRecord } from '@/lib/pb-types'
import { toast, toastError } from '@/lib/toast'
import { cancel, conversationOf, remindersOptions, saveNote, step, unblock } from '../api'
import { isOpen, STEPS, whoComes, type AppointmentEvent, type BlockEvent, type CalendarEvent, type Step } from '../model'
import { offsetAt, viewerZone } from '../time/zone'
import { useNow } from '../useNow'
import c from './Details.module.css'
import { STATUS_ICONS } from './EventCard'
import { WriteButton } from '../../whatsapp/parts/WriteButton'

interface Props {
  event: CalendarEvent
  agenda: AgendasRecord | undefined
  color: string
  editable: boolean
  onClose: () => void
  onMove: (event: AppointmentEvent) => void
  onBookAgain: (event: AppointmentEvent) => void
}

/** What there is to know and to do about a card, beside it. */
export function DetailsPopover(props: Props) {
  const { t } = useTranslation('calendar')
  return (
    <Popover opened onChange={(opened) => !opened && props.onClose()} onDismiss={props.onClose} position="right-start" withinPortal withRoles={false} trapFocus shadow="lg" radius="lg" width={340} offset={6} zIndex={200} middlewares={{ flip: { fallbackPlacements: ['left-start', 'bottom', 'top'] }, shift: { padding: 8 } }}>
      <Popover.Target>
        <span className={c.target} />
      </Popover.Target>
      <Popover.Dropdown p={0} role="dialog" aria-label={t(`details.${props.event.kind}`)} className={c.dropdown}>
        <Details {...props} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** The same from below, where there is no room beside anything. */
export function DetailsDrawer(props: Props) {
  const { t } = useTranslation('calendar')
  return (
    <Drawer opened onClose={props.onClose} position="bottom" size="auto" withCloseButton={false} padding={0} radius="lg" aria-label={t(`details.${props.event.kind}`)} zIndex={200} classNames={{ content: c.sheet }}>
      <Details {...props} />
    </Drawer>
  )
}

function Details(props: Props) {
  return props.event.kind === 'appointment' ? <AppointmentDetails {...props} event={props.event} /> : <BlockDetails {...props} event={props.event} />
}

function Frame({ title, color, actions, onClose, children }: { title: string; color: string; actions?: ReactNode; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation('calendar')
  return (
    <div className={c.root}>
      <header className={c.head}>
        <span className={c.dot} style={{ background: color }} aria-hidden />
        <h2 className={c.title}>{title}</h2>
        {actions}
        <ActionIcon size={30} onClick={onClose} aria-label={t('app:common.close')}>
          <IconX size={17} />
        </ActionIcon>
      </header>
      {children}
    </div>
  )
}

function AppointmentDetails({ event, agenda, color, editable, onClose, onMove, onBookAgain }: Props & { event: AppointmentEvent }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const company = useCompanyId()
  const { can } = useMe()
  const [mode, setMode] = useState<'view' | 'cancel' | 'note'>('view')
  const { row, contact, service } = event
  const conversation = useQuery({ queryKey: ['conversations', 'of', row.id, row.conversation, row.contact], queryFn: () => conversationOf(row), enabled: can('inbox.view_own') || can('inbox.view_team') || can('inbox.view_all') })
  const change = useMutation({
    mutationFn: (status: Step) => step(row, status),
    onSuccess(_, status) {
      const before = row.status
      const undo = before in STEPS && before !== status ? { label: t('undo'), run: () => void step({ ...row, status }, before as Step).catch((error: unknown) => toastError(error)) } : undefined
      toast(t('toast.status', { name: nameOf(), status: t(`status.${status}`) }), undo)
    },
    onError: (error) => toastError(error),
  })
  const nameOf = (): string => whoComes(event, t('card.noName'))
  const Mark = STATUS_ICONS[row.status]
  const price = row.price > 0 ? format.money(row.price, row.currency) : ''

  return (
    <Frame title={nameOf()} color={color} onClose={onClose}>
      <div className={c.body}>
        <div className={c.tags}>
          <span className={c.status} data-status={row.status}>
            <Mark size={14} stroke={2.2} aria-hidden />
            {t(`status.${row.status}`)}
          </span>
          {row.overbook && (
            <span className={c.squeezed}>
              <IconAlertTriangle size={14} aria-hidden />
              {t('card.squeezed')}
            </span>
          )}
          {(contact?.no_shows ?? 0) > 0 && (
            <span className={c.squeezed}>
              <IconUserOff size={14} aria-hidden />
              {t('details.noShows', { count: contact!.no_shows })}
            </span>
          )}
          {row.source && <span className={c.source}>{t(`source.${row.source}`)}</span>}
        </div>
        <p className={c.when}>
          <strong>{format.day(event.start)}</strong>
          <span className="tnum">
            {format.range(event.start, event.end)} ({format.duration(Math.round((event.end - event.start) / 60_000))})
          </span>
          <ViewerTime start={event.start} end={event.end} />
        </p>
        <p className={c.what}>
          {[service?.name, agenda?.name, price].filter(Boolean).join(' · ')}
        </p>
        {contact?.phone && (
          <p className={c.what}>
            <a className={c.phone} href={`tel:${contact.phone}`}>
              <IconPhone size={14} aria-hidden /> <span className="tnum">{contact.phone}</span>
            </a>
          </p>
        )}
        {row.status === 'cancelled' && row.cancelled_by && (
          <p className={c.what}>
            {t(`cancelledBy.${row.cancelled_by}`)}
            {row.cancel_reason && `: ${row.cancel_reason}`}
          </p>
        )}
        {mode === 'note' ? (
          <NoteForm event={event} onDone={() => setMode('view')} />
        ) : (
          row.note && (
            <div className={c.note}>
              <span>{row.note}</span>
              {editable && (
                <ActionIcon size={26} onClick={() => setMode('note')} aria-label={t('details.editNote')}>
                  <IconPencil size={15} />
                </ActionIcon>
              )}
            </div>
          )
        )}
      </div>
      {mode === 'view' && <Reminders appointment={row.id} />}
      {editable && mode === 'cancel' && <CancelForm event={event} onBack={() => setMode('view')} onDone={onClose} />}
      {editable && mode !== 'cancel' && row.status !== 'cancelled' && (
        <div className={c.steps} role="group" aria-label={t('details.steps')}>
          {(Object.keys(STEPS) as Step[]).map((status) => {
            const StepMark = STATUS_ICONS[status]
            return (
              <button key={status} type="button" className={c.step} data-status={status} aria-pressed={row.status === status} disabled={change.isPending} onClick={() => row.status !== status && change.mutate(status)}>
                <StepMark size={18} stroke={1.8} aria-hidden />
                {t(`step.${status}`)}
              </button>
            )
          })}
        </div>
      )}
      {mode !== 'cancel' && (
        <footer className={c.foot}>
          {conversation.data && (
            <Button component={Link} to="/c/$company/inbox/{-$conversation}" params={{ company, conversation: conversation.data } as never} variant="default" leftSection={<IconMessageCircle size={15} />}>
              {t('details.conversation')}
            </Button>
          )}
          {conversation.data === '' && <WriteButton person={contact} />}
          {editable && isOpen(row.status) && (
            <Button variant="default" leftSection={<IconArrowsMove size={15} />} onClick={() => onMove(event)}>
              {t('details.move')}
            </Button>
          )}
          {editable && !isOpen(row.status) && (
            <Button variant="default" leftSection={<IconCalendarPlus size={15} />} onClick={() => onBookAgain(event)}>
              {t('details.again')}
            </Button>
          )}
          {editable && !row.note && mode !== 'note' && (
            <ActionIcon data-hint={t('details.addNote')} size={30} variant="default" onClick={() => setMode('note')} aria-label={t('details.addNote')}>
              <IconPencil size={15} />
            </ActionIcon>
          )}
          {editable && isOpen(row.status) && (
            <Button variant="subtle" color="red" c="var(--app-danger)" className={c.cancel} onClick={() => setMode('cancel')}>
              {t('details.cancel')}
            </Button>
          )}
        </footer>
      )}
    </Frame>
  )
}

/** When the customer is, was or was not reminded, and what they answered. */
function Reminders({ appointment }: { appointment: string }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const reminders = useQuery(remindersOptions(appointment)).data?.items.filter((reminder) => reminder.status !== 'cancelled') ?? []
  if (reminders.length === 0) return null
  const said = (reminder: RemindersRecord): string => {
    if (reminder.reply) return t(`reminder.reply_${reminder.reply}`)
    if (reminder.status !== 'skipped') return t(`reminder.${reminder.status}`)
    return t('reminder.skippedWhy', { reason: t(`reminder.reason_${reminder.reason}`, { defaultValue: reminder.reason }) })
  }
  return (
    <ul className={c.reminders} aria-label={t('reminder.title')}>
      {reminders.map((reminder) => (
        <li key={reminder.id} data-warn={['failed', 'skipped'].includes(reminder.status) || undefined}>
          <IconBell size={14} aria-hidden />
          <span>
            {format.dateTime(reminder.sent_at || reminder.due)} · {said(reminder)}
          </span>
        </li>
      ))}
    </ul>
  )
}

/** The same time on the viewer's own clock, where that is another one. */
function ViewerTime({ start, end }: { start: number; end: number }) {
  const { t } = useTranslation('calendar')
  const { locale, timeZone } = useFormat()
  const mine = viewerZone()
  if (offsetAt(mine, start) === offsetAt(timeZone, start)) return null
  const own = makeFormat(locale, mine)
  const other = own.dayKey(start) !== makeFormat(locale, timeZone).dayKey(start)
  return <span className={c.dim}>{t('details.yourTime', { time: own.range(start, end, { hour: 'numeric', minute: '2-digit', ...(other ? { weekday: 'short' } : {}) }) })}</span>
}

function NoteForm({ event, onDone }: { event: AppointmentEvent; onDone: () => void }) {
  const { t } = useTranslation('calendar')
  const [note, setNote] = useState(event.row.note)
  const save = useMutation({ mutationFn: () => saveNote(event.row, note.trim()), onSuccess: onDone })
  return (
    <form
      className={c.form}
      onSubmit={(submit) => {
        submit.preventDefault()
        save.mutate()
      }}
    >
      <Textarea label={t('book.note')} value={note} onChange={(change) => setNote(change.currentTarget.value)} autosize minRows={2} maxRows={6} maxLength={5000} data-autofocus autoFocus />
      <FormError error={save.error} />
      <div className={c.buttons}>
        <Button variant="default" onClick={onDone}>
          {t('app:common.cancel')}
        </Button>
        <Button type="submit" loading={save.isPending}>
          {t('app:common.save')}
        </Button>
      </div>
    </form>
  )
}

function CancelForm({ event, onBack, onDone }: { event: AppointmentEvent; onBack: () => void; onDone: () => void }) {
  const { t } = useTranslation('calendar')
  const [reason, setReason] = useState('')
  const now = useNow()
  const remove = useMutation({
    mutationFn: () => cancel(event.row, reason.trim()),
    onSuccess() {
      toast(t('toast.cancelled', { name: event.contact?.name ?? '' }))
      onDone()
    },
  })
  return (
    <form
      className={c.form}
      data-framed
      onSubmit={(submit) => {
        submit.preventDefault()
        remove.mutate()
      }}
    >
      <Textarea label={t('details.reason')} description={event.start > now ? t('details.told') : undefined} value={reason} onChange={(change) => setReason(change.currentTarget.value)} autosize minRows={1} maxRows={4} maxLength={500} autoFocus />
      <FormError error={remove.error} />
      <div className={c.buttons}>
        <Button variant="default" onClick={onBack}>
          {t('details.keep')}
        </Button>
        <Button type="submit" color="red" loading={remove.isPending}>
          {t('details.cancel')}
        </Button>
      </div>
    </form>
  )
}

function BlockDetails({ event, agenda, color, editable, onClose }: Props & { event: BlockEvent }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const remove = useMutation({
    mutationFn: () => unblock(event.id),
    onSuccess() {
      toast(t('toast.unblocked'))
      onClose()
    },
    onError: (error) => toastError(error),
  })
  const sameDay = format.dayKey(event.start) === format.dayKey(event.end - 1)
  return (
    <Frame title={event.row.title || t('card.blocked')} color={color} onClose={onClose}>
      <div className={c.body}>
        <p className={c.when}>
          {sameDay && <strong>{format.day(event.start)}</strong>}
          <span className="tnum">{sameDay ? format.range(event.start, event.end) : format.range(event.start, event.end, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' })}</span>
          <ViewerTime start={event.start} end={event.end} />
        </p>
        <p className={c.what}>{agenda?.name}</p>
        <p className={c.dim}>{t(event.row.kind === 'external' ? 'details.external' : 'details.blockText')}</p>
      </div>
      {editable && event.row.kind === 'block' && (
        <footer className={c.foot}>
          <Button variant="default" leftSection={<IconTrash size={15} />} loading={remove.isPending} onClick={() => remove.mutate()}>
            {t('details.unblock')}
          </Button>
        </footer>
      )}
    </Frame>
  )
}
