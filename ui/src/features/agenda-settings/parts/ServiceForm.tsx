import { Checkbox, NumberInput, Select, Stack, Switch, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ColorField } from '@/components/ColorField'
import { FormError } from '@/components/FormError'
import { SaveBar } from '@/components/SaveBar'
import { Section } from '@/components/SettingsPage'
import { useCompany, useCompanyId } from '@/lib/company'
import { saveRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import type { AgendasRecord, ServicesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast } from '@/lib/toast'
import c from '../AgendaSettings.module.css'
import { remindersBody, remindersFault, remindersOf } from '../reminders'
import { digitsOf, toMinor, unitOf } from '../hours'
import { RemindersEditor } from './RemindersEditor'
import { Remove } from './Remove'

const PATH = '/c/$company/settings/services/{-$service}'
const WEEK = 7 * 1440

/** What can be booked: how long, where, when at the earliest, for how much. */
export function ServiceForm({ service, agendas }: { service: ServicesRecord | undefined; agendas: AgendasRecord[] }) {
  const { t } = useTranslation('agendas')
  const company = useCompanyId()
  const home = useCompany()
  const format = useFormat()
  const navigate = useNavigate()
  const currency = service?.currency || home?.currency || 'USD'
  const digits = digitsOf(currency)
  const symbol = new Intl.NumberFormat(format.locale, { style: 'currency', currency }).formatToParts(0).find((part) => part.type === 'currency')?.value ?? currency

  const whole = (max: number) => (value: number | string) => (Number.isInteger(Number(value)) && Number(value) >= 0 && Number(value) <= max ? null : t('service.whole', { max: format.number(max) }))
  const form = useForm({
    initialValues: {
      name: service?.name ?? '',
      description: service?.description ?? '',
      duration: service?.duration ?? 30,
      price: (service?.price ? service.price / 10 ** digits : '') as number | string,
      agendas: service?.agendas ?? agendas.filter((agenda) => agenda.active).map((agenda) => agenda.id),
      color: service?.color ?? '',
      active: service?.active ?? true,
      step: service?.step ?? 0,
      buffer_before: service?.buffer_before ?? 0,
      buffer_after: service?.buffer_after ?? 0,
      min_notice: service?.min_notice ?? 0,
      horizon_days: (service?.horizon_days || '') as number | string,
      max_per_day: (service?.max_per_day || '') as number | string,
      max_open: (service?.max_open || '') as number | string,
      private: service?.private ?? false,
      reminders: remindersOf(service?.reminders),
    },
    validate: {
      name: (name) => (name.trim() ? null : t('service.nameMissing')),
      duration: (minutes) => (Number.isInteger(minutes) && minutes >= 1 && minutes <= WEEK ? null : t('service.durationWrong')),
      price: (price) => (Number.isNaN(toMinor(price, digits)) ? t('service.priceWrong') : null),
      agendas: (chosen) => (chosen.length > 0 ? null : t('service.agendaMissing')),
      step: whole(1440),
      buffer_before: whole(1440),
      buffer_after: whole(1440),
      min_notice: whole(1440 * 365),
      horizon_days: whole(3650),
      max_per_day: whole(1000),
      max_open: whole(1000),
      reminders: ({ offsets }) => (remindersFault(offsets) ? t('reminders.wrong') : null),
    },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) =>
      saveRecord('services', service?.id, {
        ...values,
        company,
        currency,
        name: values.name.trim(),
        description: values.description.trim(),
        price: toMinor(values.price, digits),
        horizon_days: Number(values.horizon_days),
        max_per_day: Number(values.max_per_day),
        max_open: Number(values.max_open),
        reminders: remindersBody(values.reminders),
        capacity: service?.capacity || 1,
      }),
    async onSuccess(saved, values) {
      form.setInitialValues(values)
      form.resetDirty(values)
      toast(t('app:common.saved'))
      if (service) return
      await queryClient.invalidateQueries({ queryKey: ['services', 'list'] })
      void navigate({ to: PATH, params: { company, service: saved.id }, replace: true, ignoreBlocker: true })
    },
  })
  const places = agendas.filter((agenda) => agenda.active || form.values.agendas.includes(agenda.id))
  const minutes = (name: 'duration' | 'step' | 'buffer_before' | 'buffer_after' | 'min_notice', hint?: string) => (
    <Amount label={t(`service.${name}`)} description={hint} error={form.errors[name]} value={form.values[name]} required={name === 'duration'} onChange={(value) => form.setFieldValue(name, value)} />
  )

  return (
    <>
      <form className={c.form} noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Section title={t('service.about')}>
          <div className={c.fields}>
            <TextInput label={t('service.name')} required maxLength={120} autoFocus={!service} {...form.getInputProps('name')} />
            <Textarea label={t('service.description')} description={t('service.descriptionHint')} autosize minRows={2} maxRows={6} maxLength={2000} {...form.getInputProps('description')} />
            <div className={c.pair}>
              {minutes('duration')}
              <NumberInput label={t('service.price')} size="sm" min={0} decimalScale={digits} fixedDecimalScale decimalSeparator={decimalOf(format.locale)} thousandSeparator={false} leftSection={<span style={{ fontSize: 13 }}>{symbol}</span>} leftSectionWidth={44} hideControls {...form.getInputProps('price')} />
            </div>
            <Checkbox.Group label={t('service.agendas')} required size="sm" {...form.getInputProps('agendas')}>
              <Stack gap={2} mt={4}>
                {places.map((agenda) => (
                  <Checkbox key={agenda.id} value={agenda.id} label={agenda.name} py={4} />
                ))}
                {places.length === 0 && <span className={c.meta}>{t('service.noAgenda')}</span>}
              </Stack>
            </Checkbox.Group>
            <ColorField label={t('color')} value={form.values.color} onChange={(color) => form.setFieldValue('color', color)} />
            <Switch label={t('service.private')} description={t('service.privateHint')} {...form.getInputProps('private', { type: 'checkbox' })} />
            <Switch label={t('service.active')} description={t('service.activeHint')} {...form.getInputProps('active', { type: 'checkbox' })} />
          </div>
        </Section>
        <Section title={t('service.rules')} text={t('service.rulesText')}>
          <div className={c.fields}>
            <div className={c.pair}>
              {minutes('step', t('service.stepHint'))}
              {minutes('min_notice', t('service.min_noticeHint'))}
            </div>
            <div className={c.pair}>
              {minutes('buffer_before', t('service.buffer_beforeHint'))}
              {minutes('buffer_after', t('service.buffer_afterHint'))}
            </div>
            <div className={c.pair}>
              <NumberInput label={t('service.horizon_days')} description={t('service.horizon_daysHint')} size="sm" min={0} max={3650} allowDecimal={false} hideControls placeholder={t('service.unlimited')} {...form.getInputProps('horizon_days')} />
              <NumberInput label={t('service.max_per_day')} description={t('service.max_per_dayHint')} size="sm" min={0} max={1000} allowDecimal={false} hideControls placeholder={t('service.unlimited')} {...form.getInputProps('max_per_day')} />
            </div>
            <NumberInput label={t('service.max_open')} description={t('service.max_openHint')} size="sm" min={0} max={1000} allowDecimal={false} hideControls placeholder={t('service.unlimited')} {...form.getInputProps('max_open')} />
          </div>
        </Section>
        <Section title={t('reminders.title')} text={t('reminders.text')}>
          <RemindersEditor value={form.values.reminders} onChange={(reminders) => form.setFieldValue('reminders', reminders)} />
        </Section>
        <FormError error={save.error} />
        <SaveBar dirty={form.isDirty() || !service} saving={save.isPending} onDiscard={() => (service ? form.reset() : void navigate({ to: PATH, params: { company, service: undefined }, ignoreBlocker: true }))} />
      </form>
      {service && <Remove collection="services" record={service} onRemoved={() => void navigate({ to: PATH, params: { company, service: undefined }, replace: true, ignoreBlocker: true })} />}
    </>
  )
}

function decimalOf(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === 'decimal')?.value ?? '.'
}

/** A length of time, typed in minutes, hours or days and kept in minutes. */
function Amount({ label, description, error, value, required, onChange }: { label: string; description: ReactNode; error: ReactNode; value: number; required: boolean; onChange: (minutes: number) => void }) {
  const { t } = useTranslation('agendas')
  const [unit, setUnit] = useState(() => unitOf(value).unit)
  const units = [
    { value: '1', label: t('unit.minutes') },
    { value: '60', label: t('unit.hours') },
    { value: '1440', label: t('unit.days') },
  ]
  return (
    <div className={c.amount}>
      <NumberInput label={label} description={description} error={error} required={required} size="sm" min={0} allowDecimal={false} hideControls value={value / unit} onChange={(count) => onChange(Math.round(Number(count) * unit))} />
      <Select
        aria-label={t('unit.of', { label })}
        size="sm"
        data={units}
        value={String(unit)}
        mb={error ? 21 : 0}
        onChange={(chosen) => {
          const next = Number(chosen)
          onChange((value / unit) * next)
          setUnit(next)
        }}
      />
    </div>
  )
}
