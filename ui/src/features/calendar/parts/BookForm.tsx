import { Autocomplete, Button, Select, Switch, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { useCompany, useMe } from '@/lib/company'
import { errorText, fault } from '@/lib/errors'
import { useFormat } from '@/lib/format'
import { newId } from '@/lib/id'
import type { AgendasRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { attendeesOptions, book, refusalOf, slotsOptions, useServices, type Booking } from '../api'
import { shortMoment } from '../moments'
import { servicesOn, type Appointment } from '../model'
import { addDays, dayOf, dayStart } from '../time/zone'
import { nearest } from '../time/snap'
import { ContactPicker, type Person } from './ContactPicker'
import c from './Dialogs.module.css'
import { NextFree } from './NextFree'
import { Refused } from './Refused'
import { SlotPicker } from './SlotPicker'

/** What is known before the form opens: where was pressed, whom it is for. */
export interface Asked {
  agendas?: string[]
  service?: string | undefined
  start?: number | undefined
  day?: string
  contact?: string | undefined
  conversation?: string | undefined
}

/** A press on the grid means the slot it is nearest to. */
const MEANT = 20 * 60_000

/** Books an appointment: for whom, what, with whom, when. */
export function BookForm({ asked, agendas, onDone, onCancel }: { asked: Asked; agendas: AgendasRecord[]; onDone: (made: Appointment) => void; onCancel: () => void }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  const { can } = useMe()
  const services = useServices()
  const zone = format.timeZone

  const near = [...agendas].sort((a, b) => Number(asked.agendas?.includes(b.id) ?? false) - Number(asked.agendas?.includes(a.id) ?? false))
  const offered = services.filter((service) => service.active && agendas.some((agenda) => service.agendas.includes(agenda.id)))
  const firstService = (asked.service && offered.find((service) => service.id === asked.service)) || near.map((agenda) => servicesOn(services, agenda.id)[0]).find(Boolean)

  const [person, setPerson] = useState<Person>(asked.contact ? { kind: 'known', id: asked.contact } : { kind: 'none' })
  const [chosenService, setService] = useState('')
  const [chosenAgenda, setAgenda] = useState('')
  const [day, setDay] = useState(() => asked.day ?? dayOf(zone, asked.start ?? Date.now()))
  const [start, setStart] = useState(asked.start)
  const [touched, setTouched] = useState(false)
  const [note, setNote] = useState('')
  const [attendee, setAttendee] = useState('')
  const [squeeze, setSqueeze] = useState(false)
  const [tried, setTried] = useState(false)

  const asksWho = (useCompany()?.settings as { attendees?: boolean } | null)?.attendees ?? false
  const known = useQuery({ ...attendeesOptions(person.kind === 'known' ? person.id : ''), enabled: asksWho && person.kind === 'known' }).data
  const service = offered.find((candidate) => candidate.id === chosenService) ?? firstService
  const places = near.filter((agenda) => service?.agendas.includes(agenda.id))
  const agenda = places.find((candidate) => candidate.id === chosenAgenda) ?? places[0]

  const slots = useQuery(slotsOptions(agenda?.id ?? '', service?.id ?? '', dayStart(zone, day), dayStart(zone, addDays(day, 1)))).data
  const notFree = start !== undefined && slots !== undefined && !slots.includes(start)
  useEffect(() => {
    if (touched || start === undefined || !slots) return
    const meant = nearest(slots, start)
    if (meant !== undefined && Math.abs(meant - start) <= MEANT) setStart(meant)
  }, [slots, start, touched])

  // the same press again (a cut line, a double click) is the same booking; another time is another
  const lastKey = useRef({ body: '', key: '' })
  const save = useMutation({
    mutationFn: (booking: Booking) => {
      const body = JSON.stringify(booking)
      if (lastKey.current.body !== body) lastKey.current = { body, key: newId() }
      return book(booking, lastKey.current.key)
    },
    onSuccess(made) {
      toast(t('toast.booked', { name: made.expand?.contact?.name ?? '', when: shortMoment(format, made.start) }))
      onDone(made)
    },
  })
  const refusal = refusalOf(save.error)
  const phoneWrong = fault(save.error).data.field === 'visitor' && person.kind === 'new' && person.phone !== ''

  function submit(at: number | undefined) {
    setTried(true)
    if (person.kind === 'none' || (person.kind === 'new' && !person.name.trim()) || !service || !agenda || at === undefined) return
    save.mutate({
      agenda: agenda.id,
      service: service.id,
      start: at,
      ...(person.kind === 'known' ? { contact: person.id } : { visitor: { name: person.name.trim(), phone: person.phone.trim() } }),
      ...(asked.conversation && person.kind === 'known' && person.id === asked.contact ? { conversation: asked.conversation } : {}),
      ...(asksWho && attendee.trim() ? { attendee: attendee.trim() } : {}),
      ...(note.trim() ? { note: note.trim() } : {}),
      ...(squeeze && notFree ? { overbook: true } : {}),
    })
  }

  return (
    <form
      noValidate
      className={c.form}
      onSubmit={(event) => {
        event.preventDefault()
        submit(start)
      }}
    >
      <ContactPicker
        value={person}
        onChange={setPerson}
        error={tried && person.kind !== 'known' && !(person.kind === 'new' && person.name.trim()) ? t(person.kind === 'new' ? 'book.nameMissing' : 'book.contactMissing') : undefined}
        phoneError={phoneWrong ? t('book.phoneWrong') : undefined}
      />
      {asksWho && <Autocomplete label={t('book.attendee')} description={t('book.attendeeHint')} size="sm" data={known ?? []} value={attendee} onChange={setAttendee} maxLength={200} comboboxProps={{ zIndex: 400 }} />}
      <div className={c.pair}>
        <Select
          label={t('book.service')}
          required
          comboboxProps={{ zIndex: 400 }}
          data={offered.map((candidate) => ({ value: candidate.id, label: `${candidate.name} · ${format.duration(candidate.duration)}` }))}
          value={service?.id ?? null}
          onChange={(id) => setService(id ?? '')}
          error={tried && !service ? t('book.serviceMissing') : undefined}
          nothingFoundMessage={t('book.noService')}
          searchable={offered.length > 8}
        />
        <Select label={t('book.agenda')} required comboboxProps={{ zIndex: 400 }} data={places.map((place) => ({ value: place.id, label: place.name }))} value={agenda?.id ?? null} onChange={(id) => setAgenda(id ?? '')} />
      </div>
      <SlotPicker
        agenda={agenda?.id ?? ''}
        service={service?.id ?? ''}
        day={day}
        start={start}
        onChange={(nextDay, nextStart) => {
          setTouched(true)
          setDay(nextDay)
          setStart(nextStart)
          save.reset()
        }}
      />
      {service && (
        <NextFree
          service={service.id}
          from={dayStart(zone, day)}
          agendas={places}
          onChoose={(place, at) => {
            setTouched(true)
            setAgenda(place)
            setDay(dayOf(zone, at))
            setStart(at)
            setSqueeze(false)
            save.reset()
          }}
        />
      )}
      {tried && start === undefined && <FormError text={t('book.timeMissing')} />}
      {notFree && can('agenda.overbook') && <Switch label={t('book.squeeze')} description={t('book.squeezeHint')} checked={squeeze} onChange={(event) => setSqueeze(event.currentTarget.checked)} />}
      {notFree && !can('agenda.overbook') && !refusal && <span className={c.dim}>{t('book.notFree')}</span>}
      <Textarea label={t('book.note')} value={note} onChange={(event) => setNote(event.currentTarget.value)} autosize minRows={1} maxRows={5} maxLength={5000} />
      {refusal && (
        <Refused
          refusal={refusal}
          onChoose={(at) => {
            setTouched(true)
            setDay(dayOf(zone, at))
            setStart(at)
            setSqueeze(false)
            submit(at)
          }}
        />
      )}
      {save.error && !refusal && <FormError text={phoneWrong ? t('book.phoneWrong') : errorText(save.error)} />}
      <div className={c.foot}>
        <Button variant="default" size="sm" onClick={onCancel}>
          {t('app:common.cancel')}
        </Button>
        <Button type="submit" size="sm" loading={save.isPending}>
          {squeeze && notFree ? t('book.submitSqueeze') : t('book.submit')}
        </Button>
      </div>
    </form>
  )
}
