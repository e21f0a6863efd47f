import { NativeSelect, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from '@/lib/useTranslation'
import { Section } from '@/components/SettingsPage'
import { useFormat } from '@/lib/format'
import { KEEP_EVENTS, KEEP_MESSAGES, type companyValues } from '../companyForm'

/** How long what people wrote is kept. */
export function RetentionSettings({ form }: { form: UseFormReturnType<ReturnType<typeof companyValues>> }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const days = (list: number[], now: string) =>
    [...new Set([...list, Number(now)])].sort((a, b) => (a || Infinity) - (b || Infinity)).map((count) => ({ value: String(count), label: count ? t('retention.days', { count, number: format.number(count) }) : t('retention.forever') }))
  return (
    <Section title={t('retention.title')} text={t('retention.text')}>
      <Stack gap="sm">
        <NativeSelect label={t('retention.messages')} description={t('retention.messagesHint')} data={days(KEEP_MESSAGES, form.values.messages_days)} {...form.getInputProps('messages_days')} />
        <NativeSelect label={t('retention.audit')} description={t('retention.auditHint')} data={days(KEEP_MESSAGES, form.values.audit_days)} {...form.getInputProps('audit_days')} />
        <NativeSelect label={t('retention.events')} description={t('retention.eventsHint')} data={days(KEEP_EVENTS, form.values.events_days)} {...form.getInputProps('events_days')} />
      </Stack>
    </Section>
  )
}
