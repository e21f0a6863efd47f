import { IconAlertTriangle, IconCheck, IconChecks, IconClockPause, IconLock, IconNote, IconUserCheck, IconUserOff, IconX, type Icon } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { whoComes, type CalendarEvent, type Status } from '../model'
import c from './EventCard.module.css'

export const STATUS_ICONS: Record<Status, Icon> = { held: IconClockPause, pending: IconClockPause, confirmed: IconCheck, arrived: IconUserCheck, done: IconChecks, no_show: IconUserOff, cancelled: IconX }

interface Props {
  event: CalendarEvent
  color: string
  agenda: string
  top: number
  height: number
  left: number
  width: number
  open: boolean
  lifted: boolean
  past: boolean
  movable: boolean
  onSelect: (event: CalendarEvent) => void
}

/** An appointment or blocked time on the grid. As low as 24 px; what does not fit is in its details. */
export const EventCard = memo(function EventCard({ event, color, agenda, top, height, left, width, open, lifted, past, movable, onSelect }: Props) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const appointment = event.kind === 'appointment'
  const status = appointment ? event.row.status : 'confirmed'
  const Mark = appointment ? STATUS_ICONS[status] : IconLock
  const name = appointment ? whoComes(event, t('card.noName')) : event.row.title || t('card.blocked')
  const times = format.range(event.start, event.end)
  const squeezed = appointment && event.row.overbook
  const spoken = [name, appointment && event.service?.name, times, appointment && t(`status.${status}`), squeezed && t('card.squeezed'), agenda].filter(Boolean).join(', ')
  const tall = Math.max(24, height - 2)

  return (
    <button
      type="button"
      className={c.card}
      data-event={event.id}
      data-kind={event.kind}
      data-status={status}
      data-open={open || undefined}
      data-lifted={lifted || undefined}
      data-past={past || undefined}
      data-movable={movable || undefined}
      data-size={tall < 40 ? 'low' : tall < 56 ? 'two' : 'full'}
      aria-label={spoken}
      aria-haspopup="dialog"
      aria-expanded={open}
      style={{ top, height: tall, left: `calc(${left * 100}% + 1px)`, width: `calc(${width * 100}% - ${left + width > 0.999 ? 6 : 3}px)`, '--hue': (appointment && event.service?.color) || color, '--bar': color } as React.CSSProperties}
      onClick={() => onSelect(event)}
    >
      <span className={c.first}>
        <Mark className={c.icon} size={13} stroke={2.2} aria-hidden />
        {tall < 40 && <span className={c.time}>{format.time(event.start)}</span>}
        <span className={c.name}>{name}</span>
        {squeezed && <IconAlertTriangle className={c.flag} size={13} stroke={2.2} aria-hidden />}
        {appointment && event.row.note && <IconNote className={c.note} size={13} aria-hidden />}
      </span>
      {tall >= 40 && (
        <span className={c.second}>
          <span className={c.narrow}>{format.time(event.start)}</span>
          <span className={c.wide}>
            {times}
            {tall < 56 && appointment && event.service && ` · ${event.service.name}`}
          </span>
        </span>
      )}
      {tall >= 56 && appointment && event.service && <span className={c.second}>{event.service.name}</span>}
      {squeezed && tall >= 76 && <span className={c.badge}>{t('card.squeezed')}</span>}
    </button>
  )
})

/** Where a card would come to stand, or the time that is being marked. */
export function Ghost({ tone, top, height, text, hint }: { tone: 'move' | 'off' | 'no' | 'create' | 'block'; top: number; height: number; text: string; hint?: string | undefined }) {
  return (
    <div className={c.ghost} data-tone={tone} style={{ top, height }}>
      <span>{text}</span>
      {hint && <span>{hint}</span>}
    </div>
  )
}
