import { IconLock } from '@tabler/icons-react'
import { useRef, type KeyboardEvent } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { whoComes, type CalendarEvent } from '../model'
import type { AxisDay } from '../time/axis'
import { addDays, weekdayOf } from '../time/zone'
import c from './MonthView.module.css'

/** How many cards of a day are shown; the rest is a number. */
const CARDS = 3

/** How far a key moves the day that has the focus. */
const KEYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

interface Props {
  /** Whole weeks that hold the month */
  days: AxisDay[]
  /** The day the view is about, YYYY-MM-DD */
  date: string
  today: string
  agendas: Set<string>
  colors: Map<string, string>
  events: CalendarEvent[]
  onDay: (day: string) => void
  /** A key has moved the focus: the month may have to follow */
  onFocus: (day: string) => void
}

/** A month at a glance: how much there is on each day, and what comes first. A day opens by a press. */
export function MonthView({ days, date, today, agendas, colors, events, onDay, onFocus }: Props) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const root = useRef<HTMLTableElement>(null)
  const month = date.slice(0, 7)
  const weeks = Array.from({ length: days.length / 7 }, (_, index) => days.slice(index * 7, index * 7 + 7))

  function onKeyDown(event: KeyboardEvent, day: string) {
    const by = KEYS[event.key]
    if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    event.stopPropagation() // the page turns by the same keys
    onFocus(addDays(day, by))
    requestAnimationFrame(() => root.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus())
  }

  return (
    <div className={c.scroller}>
      <table ref={root} className={c.table} aria-label={t('month.title')}>
        <thead>
          <tr>
            {weeks[0]!.map(({ day }) => (
              <th key={day} scope="col" abbr={format.weekday(weekdayOf(day))}>
                {format.weekday(weekdayOf(day), 'short')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]!.day}>
              {week.map(({ day, start, end }) => {
                const rows = events.filter((event) => event.start < end && event.end > start && agendas.has(event.agenda)).sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1))
                const booked = rows.filter((event) => event.kind === 'appointment' && event.row.status !== 'cancelled').length
                return (
                  <td key={day}>
                    <button
                      type="button"
                      className={c.day}
                      tabIndex={day === date ? 0 : -1}
                      data-outside={day.slice(0, 7) !== month || undefined}
                      data-month-day={day}
                      aria-label={`${format.longDate(start + 12 * 3_600_000)}, ${t('list.count', { count: booked })}`}
                      aria-current={day === today ? 'date' : undefined}
                      onClick={() => onDay(day)}
                      onKeyDown={(event) => onKeyDown(event, day)}
                    >
                      <span className={c.head}>
                        <span className={c.number}>{Number(day.slice(8))}</span>
                        {booked > 0 && <span className={c.count}>{format.number(booked)}</span>}
                      </span>
                      <span className={c.cards} aria-hidden>
                        {rows.slice(0, CARDS).map((event) => (
                          <span key={event.id} className={c.card} data-status={event.kind === 'appointment' ? event.row.status : 'block'}>
                            {event.kind === 'block' ? <IconLock size={11} /> : <span className={c.dot} style={{ background: event.service?.color || colors.get(event.agenda) }} />}
                            <span className={c.time}>{format.time(Math.max(event.start, start))}</span>
                            <span className="line">{event.kind === 'appointment' ? whoComes(event, t('card.noName')) : event.row.title || t('card.blocked')}</span>
                          </span>
                        ))}
                        {rows.length > CARDS && <span className={c.more}>{t('month.more', { count: rows.length - CARDS })}</span>}
                      </span>
                    </button>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
