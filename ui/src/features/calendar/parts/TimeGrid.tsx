import { useEffect, useLayoutEffect, useMemo, useRef, type CSSProperties, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat, type Format } from '@/lib/format'
import type { AgendasRecord } from '@/lib/pb-types'
import type { CalendarEvent } from '../model'
import { instantAt, positionOf, spanOn, type Axis } from '../time/axis'
import { layOut } from '../time/layout'
import { gaps, merge, type Span } from '../time/hours'
import { dragSpan, dropStart, toGrid } from '../time/snap'
import { offsetAt, viewerZone } from '../time/zone'
import { EventCard, Ghost } from './EventCard'
import c from './TimeGrid.module.css'
import { useGridPointer } from './useGridPointer'

/** One column: a day, of one agenda or of several together. */
export interface Column {
  key: string
  /** Index into the days of the axis */
  day: number
  agendas: AgendasRecord[]
  /** What stands over the column, beside the day where that has several. */
  head?: ReactNode
}

/** Where something was dropped. `free`: no rule is known to stand against it. */
export interface Drop {
  agenda: string
  start: number
  free: boolean
}

interface Props {
  axis: Axis
  columns: Column[]
  view: 'day' | 'week'
  dayHead: (day: number) => ReactNode
  events: CalendarEvent[]
  open: Map<string, Span[]>
  colors: Map<string, string>
  /** Whether opening hours and events are there: then the grid goes to where the day begins */
  ready: boolean
  /** Pixels per hour */
  hour: number
  now: number
  selected: string | undefined
  onSelect: (event: CalendarEvent | undefined) => void
  /** What is shown beside the selected card. */
  details: ReactNode
  mayEdit: (agenda: string) => boolean
  movable: (event: CalendarEvent) => boolean
  blocking: boolean
  /** Bookable starts on an agenda for what is being dragged; undefined while unknown, null where it is not offered. */
  slotsOf: (event: CalendarEvent, agenda: string) => number[] | undefined | null
  onDrag: (event: CalendarEvent | undefined) => void
  onMove: (event: CalendarEvent, drop: Drop) => void
  onCreate: (asked: { agendas: string[]; start: number; end: number | undefined; block: boolean }) => void
}

/** Days against hours. The axis is the company's wall clock; see time/axis.ts for days with 23 or 25 hours. */
export function TimeGrid(props: Props) {
  const { axis, columns, view, dayHead, events, open, colors, ready, hour, now, selected, onSelect, details, mayEdit, movable, blocking, slotsOf, onDrag, onMove, onCreate } = props
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const scroller = useRef<HTMLDivElement>(null)
  const scale = hour / 60
  const several = columns.some((column, index) => index > 0 && columns[index - 1]!.day === column.day)
  const viewer = useMemo(() => viewerOf(axis), [axis])

  const placed = useMemo(
    () =>
      columns.map((column) => {
        const day = axis.days[column.day]!
        const ids = new Set(column.agendas.map((agenda) => agenda.id))
        const items = events.flatMap((event) => {
          const span = ids.has(event.agenda) ? spanOn(day, event.start, event.end) : undefined
          return span ? [{ ...span, id: event.id, event }] : []
        })
        const lanes = layOut(items, 24 / scale)
        return items.sort((a, b) => a.from - b.from).map((item) => ({ ...item, lane: lanes.get(item.id)! }))
      }),
    [axis, columns, events, scale],
  )
  const closed = useMemo(
    () =>
      columns.map((column) => {
        const day = axis.days[column.day]!
        const spans = merge(column.agendas.flatMap((agenda) => open.get(agenda.id) ?? []))
        return gaps(spans, day.start, day.end).flatMap((gap) => spanOn(day, gap.start, gap.end) ?? [])
      }),
    [axis, columns, open],
  )

  const targetOf = (columnIndex: number, event: CalendarEvent): string => {
    const ids = columns[columnIndex]!.agendas.map((agenda) => agenda.id)
    return ids.includes(event.agenda) ? event.agenda : ids[0]!
  }
  const dropOf = (columnIndex: number, minute: number, event: CalendarEvent): Drop & { offered: boolean } => {
    const agenda = targetOf(columnIndex, event)
    const slots = slotsOf(event, agenda)
    const { start, free } = dropStart(axis.days[columns[columnIndex]!.day]!, minute, slots ?? undefined)
    return { agenda, start, free: free && slots !== null, offered: slots !== null }
  }

  const drag = useGridPointer({
    scroller,
    scale,
    blocking,
    movable(id) {
      const event = events.find((candidate) => candidate.id === id)
      const place = placed.flat().find((item) => item.id === id)
      return event && place && movable(event) ? { event, from: place.from } : undefined
    },
    canCreate: (column) => columns[column]?.agendas.some((agenda) => mayEdit(agenda.id)) ?? false,
    onDrop(done, moved) {
      if (done.kind === 'move') {
        const drop = dropOf(done.column, done.minute, done.event)
        if (drop.offered && mayEdit(drop.agenda) && (drop.start !== done.event.start || drop.agenda !== done.event.agenda)) onMove(done.event, drop)
        return
      }
      const column = columns[done.column]!
      const day = axis.days[column.day]!
      const agendas = column.agendas.map((agenda) => agenda.id).filter(mayEdit)
      if (!moved) {
        onCreate({ agendas, start: instantAt(day, toGrid(done.begun, 'floor')), end: undefined, block: done.block })
        return
      }
      const span = dragSpan(done.begun, done.minute, axis.total)
      onCreate({ agendas, start: instantAt(day, span.from), end: instantAt(day, span.to), block: done.block })
    },
  })

  const dragged = drag?.kind === 'move' ? drag.event : undefined
  useEffect(() => onDrag(dragged), [dragged, onDrag])

  // begin where the day begins: at the first hour anything is open, or a little before now; with a card that is open, there
  const begun = useRef(false)
  useLayoutEffect(() => {
    if (!ready || begun.current) return
    begun.current = true
    const today = axis.days.find((day) => now >= day.start && now < day.end)
    const opens = axis.days.flatMap((day) => [...open.values()].flat().filter((span) => span.end > day.start && span.start < day.end).map((span) => positionOf(day, Math.max(span.start, day.start), 'start')))
    const first = Math.min(...opens, ...placed.flat().map((item) => item.from), 8 * 60)
    const asked = placed.flat().find((item) => item.id === selected)
    const wanted = asked ? asked.from - 90 : today ? Math.max(first, positionOf(today, now, 'start') - 120) : first
    scroller.current?.scrollTo({ top: Math.max(0, wanted - 30) * scale })
    // oxlint-disable-next-line react/exhaustive-deps -- only where the person starts; from there they scroll
  }, [ready])

  const ghostIn = (index: number): ReactNode => {
    if (!drag || drag.column !== index) return null
    const day = axis.days[columns[index]!.day]!
    if (drag.kind === 'create') {
      const span = dragSpan(drag.begun, drag.minute, axis.total)
      return <Ghost tone={drag.block ? 'block' : 'create'} top={span.from * scale} height={(span.to - span.from) * scale} text={timesOf(format, instantAt(day, span.from), instantAt(day, span.to))} />
    }
    const { start, free, offered } = dropOf(index, drag.minute, drag.event)
    const end = start + drag.event.end - drag.event.start
    const span = spanOn(day, start, end) ?? { from: 0, to: 0 }
    const text = offered ? timesOf(format, start, end) : t('drag.notOffered')
    return <Ghost tone={!offered ? 'no' : free ? 'move' : 'off'} top={span.from * scale} height={Math.max(24, (span.to - span.from) * scale)} text={text} hint={offered && !free ? t('drag.notFree') : undefined} />
  }

  /** Where the dragged card could be dropped, as thin lines. */
  const marksIn = (column: Column): ReactNode => {
    if (!dragged) return null
    const day = axis.days[column.day]!
    const agenda = targetOf(columns.indexOf(column), dragged)
    return (slotsOf(dragged, agenda) ?? []).filter((slot) => slot >= day.start && slot < day.end).map((slot) => <div key={slot} className={c.mark} style={{ top: positionOf(day, slot, 'start') * scale }} />)
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus
    <div ref={scroller} className={c.scroller} tabIndex={0} role="region" aria-label={t('calendar.grid')} style={{ '--columns': columns.length, '--gutter': viewer === undefined ? '60px' : '124px', '--lines': `${axis.total * scale}px` } as CSSProperties}>
      <div className={c.grid}>
        <div className={c.corner}>{viewer !== undefined && <ZoneNames axis={axis} />}</div>
        {columns.map((column, index) => (
          <div key={column.key} className={c.head} data-first={index === 0 || columns[index - 1]!.day !== column.day || undefined} data-two={(several && view === 'week') || undefined}>
            {view === 'week' && (index === 0 || columns[index - 1]!.day !== column.day) && <div className={c.day}>{dayHead(column.day)}</div>}
            {column.head && <div className={c.agenda}>{column.head}</div>}
          </div>
        ))}
        <div className={c.gutter} aria-hidden>
          {axis.rows.map((row) => (
            <div key={row.at} className={c.hour} style={{ top: row.at * scale }}>
              {row.at > 0 && viewer !== undefined && <span className={c.theirs}>{format.minutes(((row.wall + viewer) % 1440 + 1440) % 1440)}</span>}
              {row.at > 0 && <span>{format.minutes(row.wall)}</span>}
            </div>
          ))}
        </div>
        {columns.map((column, index) => {
          const day = axis.days[column.day]!
          const here = now >= day.start && now < day.end
          return (
            <div key={column.key} className={c.column} data-column={index} data-first={index === 0 || columns[index - 1]!.day !== column.day || undefined} data-editable={column.agendas.some((agenda) => mayEdit(agenda.id)) || undefined}>
              {closed[index]!.map(({ from, to }) => (
                <div key={from} className={c.closed} style={{ top: from * scale, height: (to - from) * scale }} />
              ))}
              {axis.rows.map((row) => (
                <div key={row.at} className={c.line} style={{ top: row.at * scale, height: hour / 2 }} />
              ))}
              {day.holes.map(([from, to]) => (
                <div key={from} className={c.hole} style={{ top: from * scale, height: (to - from) * scale }} title={t('calendar.noSuchHour')} />
              ))}
              {marksIn(column)}
              {placed[index]!.map(({ event, from, to, lane }) => (
                <EventCard
                  key={event.id}
                  event={event}
                  color={colors.get(event.agenda) ?? ''}
                  agenda={column.agendas.find((agenda) => agenda.id === event.agenda)?.name ?? ''}
                  top={from * scale}
                  height={(to - from) * scale}
                  left={lane.left}
                  width={lane.width}
                  open={selected === event.id}
                  lifted={dragged?.id === event.id}
                  past={event.end <= now}
                  movable={movable(event)}
                  onSelect={onSelect}
                />
              ))}
              {placed[index]!.filter(({ id }) => id === selected).map(({ id, from, to, lane }) => (
                <div key={id} className={c.anchor} style={{ top: from * scale, height: Math.max(24, (to - from) * scale), left: `${lane.left * 100}%`, width: `${lane.width * 100}%` }}>
                  {details}
                </div>
              ))}
              {here && <div className={c.now} style={{ top: positionOf(day, now, 'start') * scale }} data-dot={index === 0 || columns[index - 1]!.day !== column.day || undefined} />}
              {ghostIn(index)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function timesOf(format: Format, start: number, end: number): string {
  return format.range(start, end)
}

/** Minutes the viewer's clock is ahead of the company's, where it is all through these days; undefined where it is not. */
function viewerOf(axis: Axis): number | undefined {
  const zone = viewerZone()
  const gaps = axis.days.flatMap((day) => [day.start, day.end - 1]).map((at) => (offsetAt(zone, at) - offsetAt(axis.zone, at)) / 60_000)
  return gaps[0] !== 0 && gaps.every((gap) => gap === gaps[0]) ? gaps[0] : undefined
}

function ZoneNames({ axis }: { axis: Axis }) {
  const { locale } = useFormat()
  const mine = viewerZone()
  const name = (timeZone: string): string =>
    new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'shortOffset' }).formatToParts(axis.days[0]!.start).find((part) => part.type === 'timeZoneName')?.value ?? ''
  return (
    <>
      <span title={mine}>{name(mine)}</span>
      <span title={axis.zone}>{name(axis.zone)}</span>
    </>
  )
}
