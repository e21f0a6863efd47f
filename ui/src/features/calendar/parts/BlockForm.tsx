import { Button, Select, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useId, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { fault } from '@/lib/errors'
import { clock, parseClock, useFormat } from '@/lib/format'
import { newId } from '@/lib/id'
import type { AgendasRecord } from '@/lib/pb-types'
import { toast, toastError } from '@/lib/toast'
import { blockTime, unblock } from '../api'
import { addDays, dayOf, wallMinutes, wallToInstant } from '../time/zone'
import { DayField } from './Dates'
import { useNow } from '../useNow'
import c from './Dialogs.module.css'

const HOUR = 60

/** Keeps time free of bookings: from when to when, and what for. */
export function BlockForm({ agendas, first, start, end, day: givenDay, onDone, onCancel }: { agendas: AgendasRecord[]; first: string | undefined; start: number | undefined; end: number | undefined; day: string | undefined; onDone: () => void; onCancel: () => void }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const zone = format.timeZone
  const now = useNow()
  const [title, setTitle] = useState('')
  const [agenda, setAgenda] = useState(first ?? agendas[0]?.id ?? '')
  const [day, setDay] = useState(() => givenDay ?? dayOf(zone, start ?? Date.now()))
  const [from, setFrom] = useState(start === undefined ? 12 * HOUR : wallMinutes(zone, dayOf(zone, start), start))
  const [to, setTo] = useState(end === undefined ? from + HOUR : wallMinutes(zone, dayOf(zone, start!), end))
  const wrong = from === to
  // an end before the start is on the next day
  const last = wallToInstant(zone, to % 1440 <= from && to < 1440 ? addDays(day, 1) : day, to)
  const lastKey = useRef({ body: '', key: '' })

  const save = useMutation({
    mutationFn: () => {
      const body = `${agenda} ${day} ${from} ${to} ${title}`
      if (lastKey.current.body !== body) lastKey.current = { body, key: newId() }
      return blockTime(agenda, wallToInstant(zone, day, from), last, title.trim(), lastKey.current.key)
    },
    onSuccess(made) {
      toast(t('toast.blocked'), { label: t('undo'), run: () => void unblock(made.id).catch((error: unknown) => toastError(error)) })
      onDone()
    },
  })

  return (
    <form
      className={c.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!wrong) save.mutate()
      }}
    >
      <TextInput label={t('block.title')} placeholder={t('block.placeholder')} maxLength={200} value={title} onChange={(event) => setTitle(event.currentTarget.value)} data-autofocus autoFocus />
      <Select label={t('book.agenda')} required comboboxProps={{ zIndex: 400 }} data={agendas.map((place) => ({ value: place.id, label: place.name }))} value={agenda} onChange={(id) => setAgenda(id ?? agenda)} />
      <DayField label={t('book.day')} value={day} today={dayOf(zone, now)} onChange={setDay} />
      <div className={c.pair}>
        <Time label={t('block.from')} value={from} onChange={setFrom} />
        <Time label={t('block.to')} value={to} onChange={(minutes) => setTo(minutes === 0 ? 1440 : minutes)} />
      </div>
      {to < 1440 && to < from && <span className={c.dim}>{t('block.nextDay')}</span>}
      {wrong && <FormError text={t('block.wrong')} />}
      <FormError error={fault(save.error).code === 'slot_taken' ? undefined : save.error} text={fault(save.error).code === 'slot_taken' ? t('block.taken') : undefined} />
      <div className={c.foot}>
        <Button variant="default" size="sm" onClick={onCancel}>
          {t('app:common.cancel')}
        </Button>
        <Button type="submit" size="sm" loading={save.isPending}>
          {t('block.submit')}
        </Button>
      </div>
    </form>
  )
}

function Time({ label, value, onChange }: { label: string; value: number; onChange: (minutes: number) => void }) {
  const id = useId()
  return (
    <div>
      <label className={c.label} htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="time"
        required
        className={c.time}
        value={clock(value % 1440)}
        onChange={(event) => {
          const minutes = parseClock(event.currentTarget.value)
          if (!Number.isNaN(minutes)) onChange(minutes)
        }}
      />
    </div>
  )
}
