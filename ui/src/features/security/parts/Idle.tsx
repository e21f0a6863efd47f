import { NativeSelect } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { Section } from '@/components/SettingsPage'
import { useCompany } from '@/lib/company'
import { idleChoices } from '@/lib/idle'
import { usePreferences } from '@/lib/preferences'

/** After how long without a touch I am signed out. A company may want it sooner. */
export function Idle() {
  const { t } = useTranslation('security')
  const { preferences, change } = usePreferences()
  const company = useCompany()
  const wanted = (company?.settings as { session_idle_minutes?: number } | null)?.session_idle_minutes ?? 0
  return (
    <Section title={t('idle')} text={t('idleText')}>
      <NativeSelect
        label={t('idleAfter')}
        description={wanted > 0 ? t('idleCompany', { count: wanted }) : undefined}
        maw={280}
        data={idleChoices(preferences.session_idle_minutes, t('app:idle.never'), (count) => t('app:idle.minutes', { count }))}
        value={String(preferences.session_idle_minutes)}
        onChange={(event) => change({ session_idle_minutes: Number(event.currentTarget.value) })}
      />
    </Section>
  )
}
