import { IconAlertTriangle, IconCalendarOff, IconLock } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { useCompany } from '@/lib/company'
import { useFormat } from '@/lib/format'
import type { AgendasRecord } from '@/lib/pb-types'
import { whoComes, type CalendarEvent } from '../model'
import type { AxisDay } from '../time/axis'
import c from './DayList.module.css'
import { STATUS_ICONS } from './EventCard'

interface Props {
  days: AxisDay[]
  agendas: AgendasRecord[]
  colors: Map<string, string>
  events: CalendarEvent[]
  onSelect: (event: CalendarEvent) => void
  add?: ReactNode
  /** Only days that have something: a list of what is rare */
  sparse?: boolean
}

/** The appointments of a day (or several) under each other: to read on a phone, to print, to work down. */
export function DayList({ days, agendas, colors, events, onSelect, add, sparse = false }: Props) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const company = useCompany()

  const filled = days.filter((day) => events.some((event) => event.start < day.end && event.end > day.start && agendas.some((agenda) => agenda.id === event.agenda)))

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus
    <div className={c.scroller} tabIndex={0} role="region" aria-label={t('list.title')}>
      <div className={c.sheet}>
        {sparse && filled.length === 0 && <EmptyState icon={IconCalendarOff} title={t('list.noSqueezed')} text={t('list.noSqueezedText')} />}
        {(sparse ? filled : days).map((day) => {
          const rows = events.filter((event) => event.start < day.end && event.end > day.start && agendas.some((agenda) => agenda.id === event.agenda)).sort((a, b) => a.start - b.start || (a.agenda < b.agenda ? -1 : 1))
          const booked = rows.filter((event) => event.kind === 'appointment' && event.row.status !== 'cancelled').length
          return (
            <section key={day.day} className={c.day}>
              <header className={c.head}>
                <h2>{format.longDate(day.start + 12 * 3_600_000)}</h2>
                <span>{t('list.count', { count: booked })}</span>
                <span className={c.company}>{company?.name}</span>
              </header>
              {rows.length === 0 ? (
                <EmptyState icon={IconCalendarOff} title={t('list.empty')} text={t('list.emptyText')}>
                  {add}
                </EmptyState>
              ) : (
                <table className={c.table}>
                  <thead>
                    <tr>
                      <th scope="col">{t('list.time')}</th>
                      <th scope="col">{t('list.who')}</th>
                      <th scope="col">{t('list.service')}</th>
                      <th scope="col">{t('list.agenda')}</th>
                      <th scope="col">{t('list.status')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {rows.map((event) => (
                      <Row key={event.id} event={event} agenda={agendas.find((agenda) => agenda.id === event.agenda)?.name ?? ''} color={colors.get(event.agenda) ?? ''} onSelect={onSelect} />
                    ))}
                  </tbody>
                </table>
              )}
            </section>
          )
        })}
      </div>
    </div>
  )
}

function Row({ event, agenda, color, onSelect }: { event: CalendarEvent; agenda: string; color: string; onSelect: (event: CalendarEvent) => void }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const appointment = event.kind === 'appointment' ? event : undefined
  const name = appointment ? whoComes(appointment, t('card.noName')) : event.kind === 'block' ? event.row.title || t('card.blocked') : ''
  const Mark = appointment ? STATUS_ICONS[appointment.row.status] : IconLock

  return (
    <tr data-status={appointment?.row.status ?? 'block'}>
      <td className={c.time}>{format.range(event.start, event.end)}</td>
      <td className={c.who}>
        <button type="button" className={c.open} aria-haspopup="dialog" data-event={event.id} onClick={() => onSelect(event)}>
          {name}
        </button>
        {appointment?.contact?.phone && <span className={`${c.dim} tnum`}>{appointment.contact.phone}</span>}
        {appointment?.row.note && <span className={c.note}>{appointment.row.note}</span>}
      </td>
      <td>{appointment?.service?.name}</td>
      <td>
        <span className={c.agenda}>
          <span className={c.dot} style={{ background: color }} aria-hidden />
          {agenda}
        </span>
      </td>
      <td>
        <span className={c.status}>
          <Mark size={15} stroke={2} aria-hidden />
          {appointment ? t(`status.${appointment.row.status}`) : t('card.blocked')}
        </span>
        {appointment?.row.overbook && (
          <span className={c.squeezed}>
            <IconAlertTriangle size={14} aria-hidden />
            {t('card.squeezed')}
          </span>
        )}
      </td>
    </tr>
  )
}
