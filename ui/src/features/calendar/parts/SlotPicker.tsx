import { Loader } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { clock, parseClock, useFormat } from '@/lib/format'
import { slotsOptions, useFreshSlots } from '../api'
import { shortMoment } from '../moments'
import { addDays, dayOf, dayStart, wallMinutes, wallToInstant } from '../time/zone'
import { DayField } from './Dates'
import { useNow } from '../useNow'
import c from './Dialogs.module.css'

interface Props {
  agenda: string
  service: string
  /** YYYY-MM-DD in the company's zone */
  day: string
  /** The chosen start; undefined while there is none */
  start: number | undefined
  /** An appointment that is to be moved: its own time counts as free */
  exclude?: string
  onChange: (day: string, start: number | undefined) => void
}

/** A day, its free times as buttons, and any other time by hand. */
export function SlotPicker({ agenda, service, day, start, exclude = '', onChange }: Props) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const id = useId()
  const now = useNow()
  useFreshSlots()
  const zone = format.timeZone
  const [from, to] = [dayStart(zone, day), dayStart(zone, addDays(day, 1))]
  const slots = useQuery(slotsOptions(agenda, service, from, to, exclude))
  const none = slots.data?.length === 0
  const later = useQuery({ ...slotsOptions(agenda, service, to, dayStart(zone, addDays(day, 31)), exclude), enabled: none ?? false })
  const next = later.data?.[0]
  const ready = agenda !== '' && service !== ''

  return (
    <div className={c.slots}>
      <div className={c.pair}>
        <DayField label={t('book.day')} value={day} today={dayOf(zone, now)} onChange={(chosen) => onChange(chosen, start === undefined ? undefined : wallToInstant(zone, chosen, wallMinutes(zone, dayOf(zone, start), start)))} />
        <div>
          <label className={c.label} htmlFor={id}>
            {t('book.time')}
          </label>
          <input
            id={id}
            type="time"
            className={c.time}
            value={start === undefined ? '' : clock(((wallMinutes(zone, day, start) % 1440) + 1440) % 1440)}
            onChange={(event) => {
              const minutes = parseClock(event.currentTarget.value)
              onChange(day, Number.isNaN(minutes) ? undefined : wallToInstant(zone, day, minutes))
            }}
          />
        </div>
      </div>
      <div role="group" aria-label={t('book.freeTimes')} aria-busy={slots.isLoading} className={c.times}>
        {!ready && <span className={c.dim}>{t('book.chooseService')}</span>}
        {slots.isLoading && <Loader size="xs" />}
        {slots.error && <span className={c.dim}>{t('book.slotsFailed')}</span>}
        {slots.data?.map((slot) => (
          <button key={slot} type="button" className={c.slot} aria-pressed={slot === start} onClick={() => onChange(day, slot)}>
            {format.time(slot)}
          </button>
        ))}
        {none && (
          <span className={c.dim}>
            {t('book.noneFree')}{' '}
            {next !== undefined && (
              <button type="button" className={c.slot} onClick={() => onChange(dayOf(zone, next), next)}>
                {t('book.nextFree', { when: shortMoment(format, next) })}
              </button>
            )}
          </span>
        )}
      </div>
    </div>
  )
}
