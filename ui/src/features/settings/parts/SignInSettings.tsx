import { NativeSelect, Stack, Switch } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from '@/lib/useTranslation'
import { Section } from '@/components/SettingsPage'
import { idleChoices } from '@/lib/idle'
import { SIGN_IN_DAYS, type companyValues } from '../companyForm'

/** How long the people of a company stay signed in. */
export function SignInSettings({ form }: { form: UseFormReturnType<ReturnType<typeof companyValues>> }) {
  const { t } = useTranslation('settings')
  const { session_idle_minutes: idle, session_days: days } = form.values
  const choices = [...new Set([...SIGN_IN_DAYS, Number(days)])].sort((a, b) => a - b)
  return (
    <Section title={t('signIn.title')} text={t('signIn.text')}>
      <Stack gap="sm">
        <NativeSelect label={t('signIn.idle')} data={idleChoices(Number(idle), t('app:idle.never'), (count) => t('app:idle.minutes', { count }))} {...form.getInputProps('session_idle_minutes')} />
        <NativeSelect
          label={t('signIn.days')}
          description={t('signIn.daysHint')}
          data={choices.map((count) => ({ value: String(count), label: count ? t('signIn.days', { count }) : t('signIn.daysDefault') }))}
          {...form.getInputProps('session_days')}
        />
        <Switch label={t('signIn.factor')} description={t('signIn.factorHint')} {...form.getInputProps('require_two_factor', { type: 'checkbox' })} />
        <Switch label={t('signIn.hours')} description={t('signIn.hoursHint')} {...form.getInputProps('work_hours_only', { type: 'checkbox' })} />
      </Stack>
    </Section>
  )
}
