import { Select, Switch, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ColorField } from '@/components/ColorField'
import { FormError } from '@/components/FormError'
import { HoursEditor } from '@/components/HoursEditor'
import { SaveBar } from '@/components/SaveBar'
import { Section } from '@/components/SettingsPage'
import { useCompany, useCompanyId, useMe } from '@/lib/company'
import { listOptions, removeRecord, saveRecord } from '@/lib/data'
import { PEOPLE } from '@/lib/members'
import { timeZones } from '@/lib/guess'
import { hoursValid, OFFICE_HOURS } from '@/lib/hours'
import type { AgendasRecord, AvailabilitiesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast } from '@/lib/toast'
import c from '../AgendaSettings.module.css'
import { hoursChange } from '../hours'
import { Exceptions } from './Exceptions'
import { Remove } from './Remove'

const PATH = '/c/$company/settings/agendas/{-$agenda}'

/** An agenda: whose it is, when it is open each week, and the days on which that is different. */
export function AgendaForm({ agenda, hours, color }: { agenda: AgendasRecord | undefined; hours: AvailabilitiesRecord[]; color: string }) {
  const { t } = useTranslation('agendas')
  const company = useCompanyId()
  const home = useCompany()
  const { member } = useMe()
  const navigate = useNavigate()
  const members = useQuery(listOptions('members', { filter: `active = true && ${PEOPLE}`, perPage: 500 }))
  const zones = useMemo(() => timeZones(), [])
  const stored = hours.map(({ weekday, start, end }) => ({ weekday, start, end }))

  const form = useForm({
    initialValues: {
      name: agenda?.name ?? '',
      kind: agenda?.kind ?? 'member',
      member: agenda ? agenda.member : (member?.id ?? ''),
      timezone: agenda?.timezone ?? home?.timezone ?? '',
      color: agenda?.color || color,
      active: agenda?.active ?? true,
      hours: agenda ? stored : OFFICE_HOURS,
    },
    validate: {
      name: (name) => (name.trim() ? null : t('agenda.nameMissing')),
      timezone: (zone) => (zone ? null : t('agenda.timezoneMissing')),
      hours: (weekly) => (hoursValid(weekly) ? null : t('agenda.hoursWrong')),
    },
  })
  const save = useMutation({
    async mutationFn({ hours: wanted, ...values }: typeof form.values) {
      const saved = await saveRecord('agendas', agenda?.id, { ...values, company, name: values.name.trim(), member: values.kind === 'member' ? values.member : '' })
      const change = hoursChange(hours, wanted)
      try {
        for (const { id, window } of change.update) await saveRecord('availabilities', id, window)
        for (const window of change.create) await saveRecord('availabilities', undefined, { ...window, company, agenda: saved.id })
        for (const id of change.remove) await removeRecord('availabilities', id)
      } finally {
        await queryClient.invalidateQueries({ queryKey: ['availabilities'] })
      }
      if (!agenda) await queryClient.invalidateQueries({ queryKey: ['agendas', 'list'] })
      return saved
    },
    onSuccess(saved, values) {
      form.setInitialValues(values)
      form.resetDirty(values)
      toast(t('app:common.saved'))
      if (!agenda) void navigate({ to: PATH, params: { company, agenda: saved.id }, replace: true, ignoreBlocker: true })
    },
  })

  const people = (members.data?.items ?? []).map((person) => ({ value: person.id, label: person.name || person.email }))

  return (
    <>
      <form className={c.form} noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Section title={t('agenda.about')}>
          <div className={c.fields}>
            <TextInput label={t('agenda.name')} description={t('agenda.nameHint')} required maxLength={120} data-autofocus autoFocus={!agenda} {...form.getInputProps('name')} />
            <div className={c.pair}>
              <Select label={t('agenda.kind')} data={(['member', 'room', 'device'] as const).map((value) => ({ value, label: t(`kind.${value}`) }))} {...form.getInputProps('kind')} />
              {form.values.kind === 'member' && (
                <Select
                  label={t('agenda.member')}
                  data={people}
                  clearable
                  searchable={people.length > 8}
                  placeholder={t('agenda.nobody')}
                  clearButtonProps={{ 'aria-label': t('agenda.nobody') }}
                  value={form.values.member || null}
                  onChange={(id) => form.setFieldValue('member', id ?? '')}
                />
              )}
            </div>
            <Select label={t('agenda.timezone')} required searchable data={zones} limit={60} nothingFoundMessage={t('nothingFound')} {...form.getInputProps('timezone')} />
            <ColorField label={t('color')} value={form.values.color} onChange={(chosen) => form.setFieldValue('color', chosen)} />
            <Switch label={t('agenda.active')} description={t('agenda.activeHint')} {...form.getInputProps('active', { type: 'checkbox' })} />
          </div>
        </Section>
        <Section title={t('agenda.hours')} text={t('agenda.hoursText')}>
          <HoursEditor overnight label={t('agenda.weekly')} value={form.values.hours} onChange={(weekly) => form.setFieldValue('hours', weekly)} />
          {form.errors.hours && (
            <div className={c.fault} role="alert">
              {form.errors.hours}
            </div>
          )}
        </Section>
        <FormError error={save.error} />
        <SaveBar dirty={form.isDirty() || !agenda} saving={save.isPending} onDiscard={() => (agenda ? form.reset() : void navigate({ to: PATH, params: { company, agenda: undefined }, ignoreBlocker: true }))} />
      </form>
      {agenda && <Exceptions agenda={agenda} />}
      {agenda && <Remove collection="agendas" record={agenda} onRemoved={() => void navigate({ to: PATH, params: { company, agenda: undefined }, replace: true, ignoreBlocker: true })} />}
    </>
  )
}
