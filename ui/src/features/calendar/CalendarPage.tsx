import { ActionIcon, Button, Popover, SegmentedControl } from '@mantine/core'
import { useLocalStorage, useMediaQuery } from '@mantine/hooks'
import { IconBan, IconCalendarPlus, IconCalendarTime, IconChevronLeft, IconChevronRight, IconFilter, IconPhoneOff, IconPlus, IconPrinter } from '@tabler/icons-react'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useEffect, useMemo, useState } from 'react'
import { flushSync } from 'react-dom'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { PageHeader } from '@/components/PageHeader'
import { useCompanyId, useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import { useHotkeys } from '@/lib/hotkeys'
import { toast, toastError } from '@/lib/toast'
import { move, refusalOf, useAgendas, useEvents, useHours, useServices, type Move } from './api'
import c from './CalendarPage.module.css'
import { colorOf, isOpen, type AppointmentEvent, type CalendarEvent } from './model'
import { CalendarSkeleton } from './parts/CalendarSkeleton'
import type { Asked } from './parts/BookForm'
import { MonthGrid } from './parts/Dates'
import { DayList } from './parts/DayList'
import { DetailsDrawer, DetailsPopover } from './parts/Details'
import { MonthView } from './parts/MonthView'
import { Panel } from './parts/Panel'
import { TimeGrid, type Column, type Drop } from './parts/TimeGrid'
import { shortMoment } from './moments'
import { readSearch, type CalendarSearch, type View } from './search'
import { makeAxis } from './time/axis'
import { openSpans } from './time/hours'
import { addDays, addMonths, dayOf, firstWeekday, monthOf, weekOf } from './time/zone'
import { useDragSlots } from './useDragSlots'
import { useNow } from './useNow'

// fetched with the first press: the grid is there without them
const MoveDialog = lazy(() => import('./parts/MoveDialog'))
const NewDialog = lazy(() => import('./parts/NewDialog'))

/** Pixels a column needs to be read, and those beside the columns: in a week, agendas that find less room are drawn together unless one asks for a column each. */
const COLUMN = 96
const BESIDE = 520

export default function CalendarPage() {
  const { t } = useTranslation('calendar')
  const { can } = useMe()
  const { visible, query } = useAgendas()

  if (!can('agenda.view_all') && !can('agenda.view_team') && !can('agenda.view_own')) {
    return (
      <>
        <PageHeader title={t('calendar.title')} />
        <NoPermission />
      </>
    )
  }
  if (query.error && !query.data) {
    return (
      <>
        <PageHeader title={t('calendar.title')} />
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      </>
    )
  }
  if (!query.data) return <CalendarSkeleton />
  if (visible.length === 0) return <NoAgendas />
  return <Calendar />
}

function NoAgendas() {
  const { t } = useTranslation('calendar')
  const company = useCompanyId()
  const { can } = useMe()
  return (
    <>
      <PageHeader title={t('calendar.title')} />
      <EmptyState icon={IconCalendarTime} title={t('empty.title')} text={t(can('agenda.manage') ? 'empty.text' : 'empty.ask')}>
        {can('agenda.manage') && (
          <Button component={Link} to="/c/$company/settings/agendas/{-$agenda}" params={{ company } as never}>
            {t('empty.action')}
          </Button>
        )}
      </EmptyState>
    </>
  )
}

interface NewAsked {
  asked: Asked
  end: number | undefined
  block: boolean
}

interface Moving {
  event: AppointmentEvent
  wanted?: Move
  refused?: unknown
}

function Calendar() {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const company = useCompanyId()
  const search = useSearch({ strict: false, select: (raw) => readSearch(raw as Record<string, unknown>) })
  const navigate = useNavigate()
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false }) ?? false
  const roomy = useMediaQuery('(min-width: 75em)', undefined, { getInitialValueInEffect: false }) ?? true
  const now = useNow()

  const { visible: agendas, editable } = useAgendas()
  const services = useServices()
  const zone = format.timeZone
  const today = dayOf(zone, now)
  const view: View = search.view ?? (phone ? 'day' : 'week')
  const date = search.date ?? today
  const first = firstWeekday(format.locale)
  // what is squeezed in is rare: its list is that of a month
  const squeezed = view === 'list' && search.squeezed === true
  const monthly = view === 'month' || squeezed
  const days = useMemo(() => {
    if (view === 'week') return weekOf(date, first)
    if (!monthly) return [date]
    const all = monthOf(date, first).flat()
    return squeezed ? all.filter((day) => day.slice(0, 7) === date.slice(0, 7)) : all
  }, [view, date, first, monthly, squeezed])
  const axis = useMemo(() => makeAxis(zone, days), [zone, days])
  const [from, to] = [axis.days[0]!.start, axis.days.at(-1)!.end]

  const [remembered, remember] = useLocalStorage<string[]>({ key: `recado-agendas-${company}`, defaultValue: [], getInitialValueInEffect: false })
  const shown = useMemo(() => {
    const wished = (search.agendas ?? remembered).filter((id) => agendas.some((agenda) => agenda.id === id))
    return new Set(wished.length > 0 ? wished : agendas.map((agenda) => agenda.id))
  }, [search.agendas, remembered, agendas])
  const chosen = useMemo(() => agendas.filter((agenda) => shown.has(agenda.id)), [agendas, shown])
  const colors = useMemo(() => new Map(agendas.map((agenda, index) => [agenda.id, colorOf(agenda, index)])), [agendas])
  const split = search.split ?? (window.innerWidth - BESIDE) / 7 / chosen.length >= COLUMN

  const { events: all, loading, error, full, retry } = useEvents(from, to)
  const events = useMemo(() => all.filter((event) => shown.has(event.agenda) && (search.cancelled || event.id === search.appointment || event.kind === 'block' || event.row.status !== 'cancelled') && (!squeezed || (event.kind === 'appointment' && event.row.overbook))), [all, shown, search.cancelled, search.appointment, squeezed])
  const hours = useHours(addDays(days[0]!, -2), addDays(days.at(-1)!, 1))
  const open = useMemo(
    () => new Map(chosen.map((agenda) => [agenda.id, hours.weekly && hours.overrides ? openSpans(agenda, hours.weekly, hours.overrides, from, to) : [{ start: from, end: to }]])),
    [chosen, hours.weekly, hours.overrides, from, to],
  )

  const [selected, setSelected] = useState<string>()
  const [asking, setAsking] = useState<NewAsked>()
  const [moving, setMoving] = useState<Moving>()
  const [dragged, setDragged] = useState<CalendarEvent>()
  const [blocking, setBlocking] = useState(false)
  const [filtering, setFiltering] = useState(false)
  const [picking, setPicking] = useState(false)
  const printing = usePrinting()
  const slotsOf = useDragSlots(dragged, chosen, services, Math.max(from, now), to)
  const bookable = agendas.filter((agenda) => editable.has(agenda.id))
  const card = events.find((event) => event.id === (selected ?? search.appointment))

  const go = useCallback(
    (changes: CalendarSearch, replace = false) => {
      void navigate({ to: '/c/$company/calendar', params: { company }, search: (before: Record<string, unknown>) => ({ ...readSearch(before), ...changes }), replace } as never)
    },
    [navigate, company],
  )
  const close = useCallback(() => {
    const id = selected
    setSelected(undefined)
    if (search.appointment) go({ appointment: undefined }, true)
    // the keyboard is where it was before
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-event="${id}"]`)?.focus({ preventScroll: true }))
  }, [selected, search.appointment, go])

  const show = (day: string) => {
    setSelected(undefined)
    setPicking(false)
    go({ date: day, appointment: undefined })
  }
  const turn = (by: number) => show(monthly ? addMonths(date, by) : addDays(date, by * (view === 'week' ? 7 : 1)))
  const change = (next: View) => {
    setSelected(undefined)
    go({ view: next })
  }
  const ask = (asked: Asked, block = false, end?: number) => {
    setSelected(undefined)
    setAsking({ asked, block, end })
  }
  const here = view === 'week' && days.includes(today) ? today : date

  useHotkeys(t('calendar.title'), [
    { keys: 't', label: t('keys.today'), run: () => show(today) },
    { keys: 'ArrowLeft', label: t('keys.back'), run: () => turn(-1) },
    { keys: 'ArrowRight', label: t('keys.forward'), run: () => turn(1) },
    { keys: 'd', label: t('keys.day'), run: () => change('day') },
    { keys: 'w', label: t('keys.week'), run: () => change('week') },
    { keys: 'm', label: t('keys.month'), run: () => change('month') },
    { keys: 'l', label: t('keys.list'), run: () => change('list') },
    ...(bookable.length > 0
      ? [
          { keys: 'n', label: t('keys.new'), run: () => ask({ day: here }) },
          { keys: 'b', label: t('keys.block'), run: () => setBlocking((on) => !on) },
        ]
      : []),
    { keys: 'Escape', label: t('keys.close'), run: () => (selected ? close() : setBlocking(false)) },
  ])

  // out of a contact or a conversation: the form is open when the page is
  const { contact, conversation } = search
  useEffect(() => {
    if (contact) setAsking({ asked: { contact, conversation, day: date }, end: undefined, block: false })
    // oxlint-disable-next-line react/exhaustive-deps -- once for each contact in the address
  }, [contact, conversation])

  const doMove = useCallback(
    async (event: AppointmentEvent, wanted: Move): Promise<void> => {
      const before: Move = { start: event.start, agenda: event.agenda, overbook: event.row.overbook }
      const moved = await move(event.row, wanted)
      const undo = () => void move({ ...moved, expand: event.row.expand ?? {} }, before).catch((failure: unknown) => toastError(failure))
      toast(t('toast.moved', { name: event.contact?.name ?? '', when: shortMoment(format, wanted.start) }), { label: t('undo'), run: undo })
    },
    [t, format],
  )
  const onMove = (event: CalendarEvent, drop: Drop) => {
    if (event.kind !== 'appointment') return
    const wanted = { start: drop.start, agenda: drop.agenda, overbook: false }
    doMove(event, wanted).catch((failure: unknown) => {
      if (refusalOf(failure)) setMoving({ event, wanted, refused: failure })
      else toastError(failure)
    })
  }

  const columns = useMemo<Column[]>(() => {
    const headOf = (agenda: (typeof chosen)[number]) => (
      <>
        <span className={c.dot} style={{ background: colors.get(agenda.id) }} aria-hidden />
        <span className="line" title={agenda.name}>
          {agenda.name}
        </span>
      </>
    )
    return days.flatMap((_, day) => (view === 'week' && !split ? [{ key: days[day]!, day, agendas: chosen }] : chosen.map((agenda) => ({ key: `${days[day]!} ${agenda.id}`, day, agendas: [agenda], head: view === 'week' && chosen.length === 1 ? undefined : headOf(agenda) }))))
  }, [days, view, split, chosen, colors])

  const dayHead = (index: number) => {
    const { day, start } = axis.days[index]!
    const noon = start + 12 * 3_600_000
    return (
      <Link className={c.dayLink} to="/c/$company/calendar" params={{ company }} search={{ ...search, view: 'day', date: day } as never} aria-label={format.longDate(noon)} aria-current={day === today ? 'date' : undefined}>
        <span>{format.custom(noon, { weekday: 'short' })}</span>
        <span className={c.number} data-today={day === today || undefined}>
          {format.custom(noon, { day: 'numeric' })}
        </span>
      </Link>
    )
  }

  const shortest = Math.min(60, ...services.filter((service) => service.active && service.duration >= 10).map((service) => service.duration))
  const hour = Math.min(144, Math.max(60, (24 / shortest) * 60))
  const noon = axis.days[0]!.start + 12 * 3_600_000
  const title =
    monthly
      ? sentence(format.custom(axis.days[Math.min(10, axis.days.length - 1)]!.start + 12 * 3_600_000, { month: 'long', year: 'numeric' }), format.locale)
      : view === 'week'
      ? format.range(noon, to - 1, { day: 'numeric', month: 'short', year: 'numeric' })
      : sentence(format.custom(noon, phone ? { weekday: 'short', day: 'numeric', month: 'short' } : { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }), format.locale)

  const panel = (
    <Panel
      agendas={agendas}
      shown={shown}
      colors={colors}
      onShown={(ids) => {
        remember(ids)
        go({ agendas: ids }, true)
      }}
      cancelled={search.cancelled ?? false}
      onCancelled={(on) => go({ cancelled: on || undefined }, true)}
      squeezed={view === 'list' ? squeezed : undefined}
      onSqueezed={(on) => go({ squeezed: on || undefined }, true)}
      split={view === 'week' && chosen.length > 1 ? split : undefined}
      onSplit={(on) => go({ split: on }, true)}
    />
  )
  const detailsOf = (event: CalendarEvent) => ({
    event,
    agenda: agendas.find((agenda) => agenda.id === event.agenda),
    color: colors.get(event.agenda) ?? '',
    editable: editable.has(event.agenda),
    onClose: close,
    onMove: (moved: AppointmentEvent) => {
      setSelected(undefined)
      setMoving({ event: moved })
    },
    onBookAgain: (done: AppointmentEvent) => ask({ contact: done.row.contact, service: done.row.service, agendas: [done.agenda], day: today > here ? today : here }),
  })
  const asList = view === 'list' || printing
  const inGrid = !phone && !asList

  return (
    <>
      <PageHeader
        title={title}
        extra={
          <div className={c.turn}>
            <Button variant="default" onClick={() => show(today)} disabled={days.includes(today) && ((view !== 'week' && view !== 'month') || date === today)} className={c.today}>
              {t('calendar.today')}
            </Button>
            <ActionIcon data-hint={t(monthly ? 'dates.previousMonth' : view === 'week' ? 'calendar.previousWeek' : 'calendar.previousDay')} size={30} variant="default" onClick={() => turn(-1)} aria-label={t(monthly ? 'dates.previousMonth' : view === 'week' ? 'calendar.previousWeek' : 'calendar.previousDay')}>
              <IconChevronLeft size={17} />
            </ActionIcon>
            <ActionIcon data-hint={t(monthly ? 'dates.nextMonth' : view === 'week' ? 'calendar.nextWeek' : 'calendar.nextDay')} size={30} variant="default" onClick={() => turn(1)} aria-label={t(monthly ? 'dates.nextMonth' : view === 'week' ? 'calendar.nextWeek' : 'calendar.nextDay')}>
              <IconChevronRight size={17} />
            </ActionIcon>
          </div>
        }
      >
        {!phone && <ViewSwitch view={view} onChange={change} />}
        {view === 'list' && !phone && (
          <ActionIcon data-hint={t('list.print')} size={30} variant="default" onClick={() => window.print()} aria-label={t('list.print')}>
            <IconPrinter size={17} />
          </ActionIcon>
        )}
        <ActionIcon data-hint={t('calendar.reach')} component={Link} to="/c/$company/calendar/reach" params={{ company } as never} size={30} variant="default" aria-label={t('calendar.reach')}>
          <IconPhoneOff size={17} />
        </ActionIcon>
        {bookable.length > 0 && !phone && view !== 'list' && view !== 'month' && (
          <ActionIcon data-hint={t('block.mode')} size={30} variant={blocking ? 'filled' : 'default'} color={blocking ? 'brand' : 'gray'} aria-pressed={blocking} onClick={() => setBlocking(!blocking)} aria-label={t('block.mode')}>
            <IconBan size={17} />
          </ActionIcon>
        )}
        {bookable.length > 0 && (
          <Button leftSection={<IconPlus size={15} />} onClick={() => ask({ day: here })} className={c.new}>
            {t('calendar.new')}
          </Button>
        )}
      </PageHeader>
      {(phone || !roomy) && (
        <div className={c.bar}>
          {phone && <ViewSwitch view={view} onChange={change} />}
          <Popover opened={picking} onChange={setPicking} position="bottom-start" shadow="md" trapFocus returnFocus>
            <Popover.Target>
              <Button variant="default" leftSection={<IconCalendarTime size={15} />} onClick={() => setPicking(!picking)}>
                {t('calendar.date')}
              </Button>
            </Popover.Target>
            <Popover.Dropdown aria-label={t('calendar.date')}>
              <MonthGrid value={date} marked={days} today={today} onChange={show} />
            </Popover.Dropdown>
          </Popover>
          <Popover opened={filtering} onChange={setFiltering} position="bottom-start" width={280} shadow="md" trapFocus returnFocus>
            <Popover.Target>
              <Button variant="default" leftSection={<IconFilter size={15} />} onClick={() => setFiltering(!filtering)}>
                {chosen.length === agendas.length ? t('panel.agendas') : t('panel.some', { count: chosen.length })}
              </Button>
            </Popover.Target>
            <Popover.Dropdown aria-label={t('panel.agendas')}>{panel}</Popover.Dropdown>
          </Popover>
        </div>
      )}
      {blocking && (
        <div className={c.hint} role="status">
          {t('block.hint')}
          <Button variant="subtle" size="compact-sm" color="gray" c="inherit" onClick={() => setBlocking(false)}>
            {t('block.stop')}
          </Button>
        </div>
      )}
      {full && <div className={c.hint}>{t('calendar.tooMany')}</div>}
      <div className={c.root} aria-busy={loading}>
        {roomy && !printing && (
          <aside className={c.side} aria-label={t('panel.title')}>
            <MonthGrid value={date} marked={days} today={today} onChange={show} />
            {panel}
          </aside>
        )}
        {error ? (
          <div className={c.main}>
            <ErrorState error={error} onRetry={retry} />
          </div>
        ) : (
          <div className={c.main}>
            {asList ? (
              <DayList
                days={axis.days}
                agendas={chosen}
                colors={colors}
                events={events}
                onSelect={(event) => setSelected(event.id)}
                sparse={monthly}
                add={
                  bookable.length > 0 && (
                    <Button leftSection={<IconCalendarPlus size={15} />} onClick={() => ask({ day: here })}>
                      {t('calendar.book')}
                    </Button>
                  )
                }
              />
            ) : view === 'month' ? (
              <MonthView days={axis.days} date={date} today={today} agendas={shown} colors={colors} events={events} onDay={(day) => go({ view: 'day', date: day })} onFocus={(day) => go({ date: day }, true)} />
            ) : (
              <TimeGrid
                key={view}
                view={view}
                axis={axis}
                columns={columns}
                dayHead={dayHead}
                events={events}
                open={open}
                colors={colors}
                ready={!loading && hours.loaded}
                hour={hour}
                now={now}
                selected={inGrid ? card?.id : undefined}
                onSelect={(event) => setSelected(event?.id)}
                details={card && inGrid && <DetailsPopover key={card.id} {...detailsOf(card)} />}
                mayEdit={(agenda) => editable.has(agenda)}
                movable={(event) => event.kind === 'appointment' && isOpen(event.row.status) && editable.has(event.agenda)}
                blocking={blocking}
                slotsOf={slotsOf}
                onDrag={setDragged}
                onMove={onMove}
                onCreate={({ agendas: places, start, end, block }) => {
                  if (card) close()
                  else ask({ agendas: places, start }, block, end)
                }}
              />
            )}
          </div>
        )}
      </div>
      {card && !inGrid && <DetailsDrawer key={card.id} {...detailsOf(card)} />}
      <Suspense fallback={null}>
      {asking && (
        <NewDialog
          {...asking}
          agendas={bookable}
          phone={phone}
          onClose={() => {
            setAsking(undefined)
            if (contact) go({ contact: undefined, conversation: undefined }, true)
          }}
          onDone={(made) => {
            setAsking(undefined)
            const day = made ? dayOf(zone, Date.parse(made.start.replace(' ', 'T'))) : date
            go({ contact: undefined, conversation: undefined, ...(days.includes(day) ? {} : { date: day }) }, true)
          }}
        />
      )}
      {moving && <MoveDialog key={moving.event.id} {...moving} agendas={bookable} phone={phone} onMove={(wanted) => doMove(moving.event, wanted)} onClose={() => setMoving(undefined)} />}
      </Suspense>
    </>
  )
}

function ViewSwitch({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  const { t } = useTranslation('calendar')
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('calendar.view')}
      value={view}
      onChange={(next) => onChange(next)}
      data={(['day', 'week', 'month', 'list'] as const).map((value) => ({ value, label: t(`calendar.${value}`) }))}
    />
  )
}

function sentence(text: string, locale: string): string {
  return text.replace(/^./, (letter) => letter.toLocaleUpperCase(locale))
}

/** Whatever is on screen, on paper it is the list. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    const before = (): void => flushSync(() => setPrinting(true))
    const after = (): void => setPrinting(false)
    window.addEventListener('beforeprint', before)
    window.addEventListener('afterprint', after)
    return () => {
      window.removeEventListener('beforeprint', before)
      window.removeEventListener('afterprint', after)
    }
  }, [])
  return printing
}
