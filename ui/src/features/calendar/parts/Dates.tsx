import { ActionIcon, Button, Popover } from '@mantine/core'
import { IconCalendar, IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { addDays, addMonths, firstWeekday, monthOf, utcOf, weekdayOf } from '../time/zone'
import c from './Dates.module.css'

/** How far a key moves the day that has the focus. */
const KEYS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }

/** A month to choose a day from; days are YYYY-MM-DD. `marked` stands out: the days on screen. */
export function MonthGrid({ value, marked, today, onChange, autoFocus = false }: { value: string; marked?: string[]; today: string; onChange: (day: string) => void; autoFocus?: boolean }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const root = useRef<HTMLTableElement>(null)
  // the month follows the value; in between one may leaf through others
  const [leaf, setLeaf] = useState({ value, focus: value })
  const focus = leaf.value === value ? leaf.focus : value
  const first = firstWeekday(format.locale)
  const weeks = monthOf(focus, first)
  const civil = (day: string, options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(format.locale, { timeZone: 'UTC', ...options }).format(utcOf(day))

  function to(day: string, take: boolean) {
    setLeaf({ value, focus: day })
    if (take) requestAnimationFrame(() => root.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus())
  }
  function turn(months: number, take: boolean) {
    to(addMonths(focus, months), take)
  }
  function onKeyDown(event: KeyboardEvent) {
    const by = KEYS[event.key]
    if (by !== undefined) to(addDays(focus, by), true)
    else if (event.key === 'PageUp' || event.key === 'PageDown') turn(event.key === 'PageUp' ? -1 : 1, true)
    else return
    event.preventDefault()
  }

  return (
    <div className={c.month}>
      <div className={c.head}>
        <span aria-live="polite">{civil(focus, { month: 'long', year: 'numeric' })}</span>
        <ActionIcon size={28} onClick={() => turn(-1, false)} aria-label={t('dates.previousMonth')}>
          <IconChevronLeft size={16} />
        </ActionIcon>
        <ActionIcon size={28} onClick={() => turn(1, false)} aria-label={t('dates.nextMonth')}>
          <IconChevronRight size={16} />
        </ActionIcon>
      </div>
      <table ref={root} className={c.table} aria-label={civil(focus, { month: 'long', year: 'numeric' })}>
        <thead>
          <tr>
            {weeks[0]!.map((day) => (
              <th key={day} scope="col" abbr={format.weekday(weekdayOf(day))}>
                {format.weekday(weekdayOf(day), 'narrow')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <td key={day} data-marked={marked?.includes(day) || undefined}>
                  <button
                    type="button"
                    className={c.day}
                    tabIndex={day === focus ? 0 : -1}
                    autoFocus={autoFocus && day === focus}
                    aria-label={civil(day, { dateStyle: 'full' })}
                    aria-pressed={day === value}
                    aria-current={day === today ? 'date' : undefined}
                    data-outside={day.slice(0, 7) !== focus.slice(0, 7) || undefined}
                    onClick={() => onChange(day)}
                    onKeyDown={onKeyDown}
                  >
                    {Number(day.slice(8))}
                  </button>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** A field for a day. */
export function DayField({ label, value, today, onChange }: { label: string; value: string; today: string; onChange: (day: string) => void }) {
  const { locale } = useFormat()
  const id = useId()
  const [open, setOpen] = useState(false)
  return (
    <div>
      <span className={c.label} id={id}>
        {label}
      </span>
      <Popover opened={open} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus zIndex={400}>
        <Popover.Target>
          <Button id={`${id}-button`} aria-labelledby={`${id} ${id}-button`} variant="default" fullWidth h={36} justify="flex-start" fw={400} leftSection={<IconCalendar size={16} />} onClick={() => setOpen(!open)}>
            {dayText(locale, value, today)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={label}>
          <MonthGrid
            value={value}
            today={today}
            autoFocus
            onChange={(day) => {
              setOpen(false)
              onChange(day)
            }}
          />
        </Popover.Dropdown>
      </Popover>
    </div>
  )
}

/** Sat, 21 Nov; with the year when it is not this one */
function dayText(locale: string, day: string, today: string): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' as const }
  return new Intl.DateTimeFormat(locale, { timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short', ...year }).format(utcOf(day))
}
