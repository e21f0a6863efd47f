import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { NoPermission, ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { SaveBar } from '@/components/SaveBar'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { companyOptions, useCompanyId, useMe } from '@/lib/company'
import { currencies, timeZones } from '@/lib/guess'
import { intlLocale, LANG_NAMES, LANGS } from '@/lib/i18n'
import { newId } from '@/lib/id'
import { KINDS, SIZES } from '@/lib/kinds'
import { pb } from '@/lib/pb'
import type { CompaniesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import { companyBody, companyValues, HOURS_DEFAULTS } from './companyForm'
import { HoursField, hoursFault } from './parts/HoursField'
import { RatingSettings } from './parts/RatingSettings'
import { RetentionSettings } from './parts/RetentionSettings'
import { SampleData } from './parts/SampleData'
import { SignInSettings } from './parts/SignInSettings'
import c from './Settings.module.css'

const CompanyLife = lazy(() => import('../companies/CompanyLife'))

export default function CompanyPage() {
  const { t } = useTranslation('settings')
  const { can } = useMe()
  const company = useQuery(companyOptions(useCompanyId()))
  return (
    <SettingsPage title={t('app:nav.company')}>
      {!can('company.manage') && <NoPermission />}
      {company.error && <ErrorState error={company.error} onRetry={() => void company.refetch()} />}
      {company.isPending && <ListSkeleton height={160} />}
      {company.data && can('company.manage') && (
        <>
          {company.data.active && <CompanyForm company={company.data} />}
          {company.data.active && <SampleData company={company.data.id} />}
          <Suspense fallback={<ListSkeleton height={120} rows={3} />}>
            <CompanyLife company={company.data} />
          </Suspense>
        </>
      )}
    </SettingsPage>
  )
}

function CompanyForm({ company }: { company: CompaniesRecord }) {
  const { t, i18n } = useTranslation('settings')
  const zones = useMemo(() => timeZones(), [])
  // oxlint-disable-next-line react/exhaustive-deps -- the names change with the language
  const money = useMemo(() => currencies(intlLocale()), [i18n.language])
  const form = useForm({
    initialValues: companyValues(company),
    validate: {
      name: (name) => (name.trim() ? null : t('company.nameMissing')),
      kind_other: (other, { kind }) => (kind === 'other' && !other.trim() ? t('company.kindMissing') : null),
      pages: { title: (title) => (title.trim() ? null : t('company.pageTitleMissing')) },
      hours: hoursFault(t),
    },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) => pb.collection('companies').update<CompaniesRecord>(company.id, companyBody(company, values)),
    onSuccess(saved, values) {
      queryClient.setQueryData(companyOptions(company.id).queryKey, saved)
      void queryClient.invalidateQueries({ queryKey: ['members', 'mine'] })
      const { kind_other, phone, website } = companyValues(saved) // as the server writes them
      form.setFieldValue('phone', phone)
      form.setFieldValue('website', website)
      form.resetDirty({ ...values, kind_other, phone, website })
      toast(t('app:common.saved'))
    },
    onError: (error, values) => toastError(error, () => save.mutate(values)),
  })
  const pages = form.values.pages
  const hours = (name: keyof typeof HOURS_DEFAULTS) => (
    <NumberInput label={t(`company.${name}`)} description={t(`company.${name}Hint`)} suffix={` ${t('company.hoursUnit')}`} min={0} max={720} allowDecimal={false} {...form.getInputProps(name)} />
  )

  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} className={c.form}>
      <Section title={t('company.basics')}>
        <Stack gap="sm">
          <TextInput label={t('company.name')} required {...form.getInputProps('name')} />
          <div className={c.pair}>
            <Select label={t('company.kind')} data={KINDS.map((kind) => ({ value: kind, label: t(`app:kind.${kind}`) }))} {...form.getInputProps('kind')} value={form.values.kind || null} />
            {form.values.kind === 'other' && <TextInput label={t('company.kindOther')} required maxLength={100} {...form.getInputProps('kind_other')} />}
            <Select label={t('company.size')} clearable data={[...SIZES]} {...form.getInputProps('size')} value={form.values.size || null} onChange={(size) => form.setFieldValue('size', size ?? '')} />
            <TextInput label={t('company.phone')} type="tel" autoComplete="tel" {...form.getInputProps('phone')} />
            <TextInput label={t('company.website')} inputMode="url" autoComplete="url" placeholder="https://" {...form.getInputProps('website')} />
          </div>
        </Stack>
      </Section>
      <Section title={t('company.place')} text={t('company.placeText')}>
        <Stack gap="sm">
          <Select label={t('company.timezone')} searchable limit={60} required nothingFoundMessage={t('company.nothing')} data={zones} {...form.getInputProps('timezone')} />
          <div className={c.pair}>
            <Select label={t('company.locale')} description={t('company.localeHint')} data={LANGS.map((lang) => ({ value: lang, label: LANG_NAMES[lang] }))} {...form.getInputProps('locale')} />
            <Select label={t('company.currency')} description={t('company.currencyHint')} searchable limit={40} nothingFoundMessage={t('company.nothing')} data={money} {...form.getInputProps('currency')} />
          </div>
        </Stack>
      </Section>
      <Section title={t('company.hours')} text={t('company.hoursText')}>
        <Stack gap="sm">
          <HoursField none={t('company.always')} label={t('queues.hours')} value={form.values.hours} error={form.errors.hours as string | undefined} onChange={(value) => form.setFieldValue('hours', value)} />
          <NumberInput label={t('company.capacity')} description={t('company.capacityHint')} min={0} max={1000} allowDecimal={false} {...form.getInputProps('capacity')} />
        </Stack>
      </Section>
      <Section title={t('company.info')} text={t('company.infoText')}>
        <Stack gap="sm">
          <Textarea label={t('company.address')} autosize minRows={2} maxRows={5} {...form.getInputProps('address')} />
          <TextInput label={t('company.phoneText')} description={t('company.phoneTextHint')} {...form.getInputProps('phone_text')} />
          <Text size="sm" fw={500} mt="xs">
            {t('company.pages')}
          </Text>
          {pages.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('company.pagesEmpty')}
            </Text>
          )}
          {pages.map((page, index) => (
            <div key={page.id} className={c.card}>
              <Group gap="xs" wrap="nowrap" align="flex-end">
                <TextInput label={t('company.pageTitle')} placeholder={t('company.pageTitleHint')} flex={1} {...form.getInputProps(`pages.${index}.title`)} />
                <ActionIcon size={34} aria-label={t('company.pageUp', { title: page.title })} disabled={index === 0} onClick={() => form.reorderListItem('pages', { from: index, to: index - 1 })}>
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon size={34} aria-label={t('company.pageDown', { title: page.title })} disabled={index === pages.length - 1} onClick={() => form.reorderListItem('pages', { from: index, to: index + 1 })}>
                  <IconArrowDown size={16} />
                </ActionIcon>
                <ActionIcon size={34} aria-label={t('company.pageRemove', { title: page.title })} onClick={() => form.removeListItem('pages', index)}>
                  <IconTrash size={16} />
                </ActionIcon>
              </Group>
              <Textarea label={t('company.pageText')} autosize minRows={2} maxRows={10} mt="xs" {...form.getInputProps(`pages.${index}.text`)} />
            </div>
          ))}
          <Group>
            <Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => form.insertListItem('pages', { id: newId(), title: '', text: '' })}>
              {t('company.pageAdd')}
            </Button>
          </Group>
        </Stack>
      </Section>
      <Section title={t('company.rules')} text={t('company.rulesText')}>
        <Stack gap="sm">
          {hours('human_hours')}
          {hours('reopen_hours')}
          {hours('greeting_hours')}
        </Stack>
      </Section>
      <RatingSettings form={form} />
      <RetentionSettings form={form} />
      <SignInSettings form={form} />
      <SaveBar dirty={form.isDirty()} saving={save.isPending} onDiscard={form.reset} />
    </form>
  )
}
