import { Alert, Anchor, Button, Group, Select, Stack, Switch, Textarea } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconDownload, IconExternalLink, IconInfoCircle } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ColorField } from '@/components/ColorField'
import { CopyField } from '@/components/CopyField'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { SaveBar } from '@/components/SaveBar'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { companyOptions, useCompanyId, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { pb } from '@/lib/pb'
import type { CompaniesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import c from './AgendaSettings.module.css'

/** companies.settings, as far as the public page goes by it. */
interface Settings {
  attendees?: boolean
  booking?: { on?: boolean; color?: string; intro?: string }
}

export default function BookingPage() {
  const { t } = useTranslation('agendas')
  const { can } = useMe()
  const company = useQuery(companyOptions(useCompanyId()))
  return (
    <SettingsPage title={t('app:nav.booking')}>
      {!can('company.manage') && <NoPermission />}
      {company.error && <ErrorState error={company.error} onRetry={() => void company.refetch()} />}
      {company.isPending && <ListSkeleton height={160} />}
      {company.data && can('company.manage') && <BookingForm company={company.data} />}
    </SettingsPage>
  )
}

/** Whether there is a public booking page, where it is, and how it looks. */
function BookingForm({ company }: { company: CompaniesRecord }) {
  const { t } = useTranslation('agendas')
  const settings = (company.settings as Settings | null) ?? {}
  const form = useForm({
    initialValues: {
      on: settings.booking?.on ?? false,
      color: settings.booking?.color ?? '',
      intro: settings.booking?.intro ?? '',
      attendees: settings.attendees ?? false,
    },
  })
  const save = useMutation({
    mutationFn: ({ attendees, ...booking }: typeof form.values) =>
      pb.collection('companies').update<CompaniesRecord>(company.id, { settings: { ...settings, attendees, booking: { ...settings.booking, ...booking, intro: booking.intro.trim() } } }),
    onSuccess(saved, values) {
      queryClient.setQueryData(companyOptions(company.id).queryKey, saved)
      form.resetDirty(values)
      toast(t('app:common.saved'))
    },
    onError: (error, values) => toastError(error, () => save.mutate(values)),
  })

  return (
    <form className={c.form} noValidate onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Section title={t('booking.title')} text={t('booking.text')}>
        <Stack gap="md">
          <Switch label={t('booking.on')} description={t('booking.onHint')} {...form.getInputProps('on', { type: 'checkbox' })} />
          {settings.booking?.on && <Address company={company} />}
        </Stack>
      </Section>
      <Section title={t('booking.look')}>
        <div className={c.fields}>
          <ColorField label={t('color')} value={form.values.color} onChange={(color) => form.setFieldValue('color', color)} />
          <Textarea label={t('booking.intro')} description={t('booking.introHint')} autosize minRows={2} maxRows={6} maxLength={1000} {...form.getInputProps('intro')} />
        </div>
      </Section>
      <Section title={t('booking.ask')}>
        <Switch label={t('booking.attendees')} description={t('booking.attendeesHint')} {...form.getInputProps('attendees', { type: 'checkbox' })} />
      </Section>
      <SaveBar dirty={form.isDirty()} saving={save.isPending} onDiscard={form.reset} />
    </form>
  )
}

/** Where the page is: to copy, to open, to point a phone at. */
function Address({ company }: { company: CompaniesRecord }) {
  const { t } = useTranslation('agendas')
  const services = useQuery(listOptions('services', { sort: 'name', perPage: 500 })).data?.items
  const offered = services?.filter((service) => service.active && !service.private && service.agendas.length > 0)
  const [direct, setDirect] = useState<string | null>(null)
  const path = `/book/${company.slug}`
  const address = `${location.origin}${path}`

  return (
    <Group align="flex-start" gap="lg" wrap="wrap">
      <Stack gap="sm" flex="1 1 280px" miw={0}>
        {offered?.length === 0 && (
          <Alert color="yellow" variant="light" icon={<IconInfoCircle size={18} />}>
            {t('booking.noServices')}
          </Alert>
        )}
        <CopyField label={t('booking.link')} value={address} hint={t('booking.linkHint')} />
        <Anchor href={path} target="_blank" rel="noreferrer" size="sm">
          <Group gap={6} component="span">
            <IconExternalLink size={15} aria-hidden />
            {t('booking.open')}
          </Group>
        </Anchor>
        {offered && offered.length > 1 && (
          <>
            <Select label={t('booking.direct')} description={t('booking.directHint')} placeholder={t('booking.choose')} size="sm" data={offered.map(({ id, name }) => ({ value: id, label: name }))} value={direct} onChange={setDirect} />
            {direct && <CopyField label={t('booking.serviceLink', { service: offered.find(({ id }) => id === direct)?.name })} value={`${address}/${direct}`} />}
          </>
        )}
      </Stack>
      <Stack gap="xs" align="center">
        <img src={`${path}/qr.svg`} alt={t('booking.qr')} width={148} height={148} className={c.qr} />
        <Button component="a" href={`${path}/qr.svg`} download={`${company.slug}.svg`} variant="default" size="compact-sm" leftSection={<IconDownload size={14} />}>
          {t('booking.qrSave')}
        </Button>
      </Stack>
    </Group>
  )
}
