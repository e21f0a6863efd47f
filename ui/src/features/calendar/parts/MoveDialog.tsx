import { Button, Modal, Select, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import type { AgendasRecord } from '@/lib/pb-types'
import { refusalOf, slotsOptions, type Move } from '../api'
import type { AppointmentEvent } from '../model'
import { addDays, dayOf, dayStart } from '../time/zone'
import c from './Dialogs.module.css'
import { Refused } from './Refused'
import { SlotPicker } from './SlotPicker'

interface Props {
  event: AppointmentEvent
  agendas: AgendasRecord[]
  /** Where it was dropped, and what the server said to that; without it the dialog opens at the present time. */
  wanted?: Move
  refused?: unknown
  phone: boolean
  onMove: (to: Move) => Promise<unknown>
  onClose: () => void
}

/** Moves an appointment by hand: the way without a pointer, and what follows when a drop was refused. */
export default function MoveDialog({ event, agendas, wanted, refused, phone, onMove, onClose }: Props) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const { can } = useMe()
  const zone = format.timeZone
  const [agenda, setAgenda] = useState(wanted?.agenda ?? event.agenda)
  const [start, setStart] = useState<number | undefined>(wanted?.start ?? event.start)
  const [day, setDay] = useState(dayOf(zone, start ?? event.start))
  const [squeeze, setSqueeze] = useState(false)
  const [error, setError] = useState(refused)
  const [busy, setBusy] = useState(false)
  const refusal = refusalOf(error)
  const places = agendas.filter((place) => place.id === event.agenda || event.service?.agendas.includes(place.id))
  const slots = useQuery(slotsOptions(agenda, event.row.service, dayStart(zone, day), dayStart(zone, addDays(day, 1)), event.id)).data
  const notFree = start !== undefined && slots !== undefined && !slots.includes(start)
  const same = start === event.start && agenda === event.agenda && !(squeeze && notFree)

  async function submit(at: number | undefined, overbook: boolean) {
    if (at === undefined) return
    setBusy(true)
    setError(undefined)
    try {
      await onMove({ start: at, agenda, overbook })
      onClose()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }

  return (
    <Modal opened onClose={onClose} size="lg" fullScreen={phone} zIndex={300} title={t('move.title', { name: event.contact?.name || t('card.noName') })} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <form
        className={c.form}
        onSubmit={(submitted) => {
          submitted.preventDefault()
          void submit(start, squeeze && notFree)
        }}
      >
        <span className={c.dim}>{t('move.now', { when: `${format.day(event.start)}, ${format.range(event.start, event.end)}` })}</span>
        {refusal && (
          <Refused
            refusal={refusal}
            onChoose={(at) => {
              setDay(dayOf(zone, at))
              setStart(at)
              void submit(at, false)
            }}
          />
        )}
        <Select label={t('book.agenda')} comboboxProps={{ zIndex: 400 }} data={places.map((place) => ({ value: place.id, label: place.name }))} value={agenda} onChange={(id) => setAgenda(id ?? agenda)} />
        <SlotPicker
          agenda={agenda}
          service={event.row.service}
          day={day}
          start={start}
          exclude={event.id}
          onChange={(nextDay, nextStart) => {
            setDay(nextDay)
            setStart(nextStart)
            setError(undefined)
          }}
        />
        {notFree && can('agenda.overbook') && <Switch label={t('book.squeeze')} description={t('book.squeezeHint')} checked={squeeze} onChange={(change) => setSqueeze(change.currentTarget.checked)} />}
        <FormError error={refusal ? undefined : error} />
        <div className={c.foot}>
          <Button variant="default" size="sm" onClick={onClose}>
            {t('move.keep')}
          </Button>
          <Button type="submit" size="sm" loading={busy} disabled={start === undefined || same}>
            {squeeze && notFree ? t('move.squeeze') : t('move.submit')}
          </Button>
        </div>
      </form>
    </Modal>
  )
}
