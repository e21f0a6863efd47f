import { NumberInput, PasswordInput, Select, TextInput } from '@mantine/core'
import { useMemo } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ColorField } from '@/components/ColorField'
import { HoursEditor } from '@/components/HoursEditor'
import { WidgetPreview } from '@/components/WidgetPreview'
import { currencies, timeZones } from '@/lib/guess'
import { intlLocale, LANG_NAMES, LANGS } from '@/lib/i18n'
import { PASSWORD_MIN } from '@/lib/password'
import { KINDS } from '@/lib/kinds'
import type { Draft } from '../draft'
import c from '../Setup.module.css'

interface StepProps {
  draft: Draft
  set<K extends keyof Draft>(part: K, changes: Partial<Draft[K]>): void
}

export function OwnerStep({ draft, set, setCode, codeRequired }: StepProps & { codeRequired: boolean; setCode: (code: string) => void }) {
  const { t } = useTranslation('setup')
  const { owner } = draft
  return (
    <>
      {codeRequired && (
        <TextInput label={t('owner.code')} description={t('owner.codeHint')} required autoComplete="one-time-code" value={draft.code} onChange={(event) => setCode(event.currentTarget.value)} />
      )}
      <TextInput label={t('owner.name')} name="name" autoComplete="name" required autoFocus value={owner.name} onChange={(event) => set('owner', { name: event.currentTarget.value })} />
      <TextInput label={t('owner.email')} name="email" type="email" autoComplete="username" required value={owner.email} onChange={(event) => set('owner', { email: event.currentTarget.value })} />
      <PasswordInput
        label={t('owner.password')}
        description={t('owner.passwordHint', { count: PASSWORD_MIN })}
        name="password"
        autoComplete="new-password"
        required
        minLength={PASSWORD_MIN}
        value={owner.password}
        onChange={(event) => set('owner', { password: event.currentTarget.value })}
        visibilityToggleButtonProps={{ 'aria-label': t('owner.showPassword') }}
      />
    </>
  )
}

export function CompanyStep({ draft, set }: StepProps) {
  const { t, i18n } = useTranslation('setup')
  const { company } = draft
  const zones = useMemo(() => timeZones(), [])
  // oxlint-disable-next-line react/exhaustive-deps -- the names change with the language
  const money = useMemo(() => currencies(intlLocale()), [i18n.language])
  return (
    <>
      <TextInput label={t('company.name')} name="company" autoComplete="organization" required autoFocus value={company.name} onChange={(event) => set('company', { name: event.currentTarget.value })} />
      <Select label={t('company.kind')} placeholder={t('company.kindHint')} required data={KINDS.map((kind) => ({ value: kind, label: t(`app:kind.${kind}`) }))} value={company.kind || null} onChange={(kind) => set('company', { kind: kind ?? '' })} />
      {company.kind === 'other' && <TextInput label={t('company.kindOther')} required maxLength={100} value={company.kind_other} onChange={(event) => set('company', { kind_other: event.currentTarget.value })} />}
      <Select label={t('company.timezone')} description={t('company.timezoneHint')} required searchable limit={60} nothingFoundMessage={t('company.nothing')} data={zones} value={company.timezone} onChange={(timezone) => timezone && set('company', { timezone })} />
      <div className={c.pair}>
        <Select label={t('company.locale')} description={t('company.localeHint')} required data={LANGS.map((lang) => ({ value: lang, label: LANG_NAMES[lang] }))} value={company.locale} onChange={(locale) => locale && set('company', { locale: locale })} />
        <Select label={t('company.currency')} description={t('company.currencyHint')} required searchable limit={40} nothingFoundMessage={t('company.nothing')} data={money} value={company.currency} onChange={(currency) => currency && set('company', { currency })} />
      </div>
    </>
  )
}

export function AgendaStep({ draft, set }: StepProps) {
  const { t } = useTranslation('setup')
  const { agenda, company } = draft
  const service = (changes: Partial<typeof agenda.service>) => set('agenda', { service: { ...agenda.service, ...changes } })
  return (
    <>
      <TextInput label={t('agenda.name')} description={t('agenda.nameHint')} placeholder={draft.owner.name} value={agenda.name} onChange={(event) => set('agenda', { name: event.currentTarget.value })} />
      <HoursEditor label={t('agenda.hours')} value={agenda.hours} onChange={(hours) => set('agenda', { hours })} />
      <TextInput label={t('agenda.service')} placeholder={t('agenda.serviceHint')} required value={agenda.service.name} onChange={(event) => service({ name: event.currentTarget.value })} />
      <div className={c.pair}>
        <NumberInput label={t('agenda.duration')} required min={5} max={720} step={5} allowDecimal={false} clampBehavior="blur" value={agenda.service.duration} onChange={(minutes) => service({ duration: Number(minutes) || 30 })} />
        <TextInput label={t('agenda.price', { currency: company.currency })} inputMode="decimal" placeholder={t('agenda.priceHint')} value={agenda.service.price} onChange={(event) => service({ price: event.currentTarget.value })} />
      </div>
    </>
  )
}

export function WidgetStep({ draft, set }: StepProps) {
  const { t } = useTranslation('setup')
  const { widget, company } = draft
  return (
    <div className={c.widget}>
      <div style={{ display: 'grid', gap: 16, alignContent: 'start' }}>
        <ColorField label={t('widget.color')} value={widget.color} onChange={(color) => set('widget', { color })} />
        <TextInput label={t('widget.name')} placeholder={company.name} value={widget.title} onChange={(event) => set('widget', { title: event.currentTarget.value })} />
      </div>
      <WidgetPreview color={widget.color} title={widget.title || company.name} greeting={t('widget.greeting')} />
    </div>
  )
}
