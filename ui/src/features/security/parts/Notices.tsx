import { Switch } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { Section } from '@/components/SettingsPage'
import { usePreferences } from '@/lib/preferences'

/** Whether I am told of sign-ins on devices I never used. */
export function Notices() {
  const { t } = useTranslation('security')
  const { preferences, change } = usePreferences()
  return (
    <Section title={t('notices.title')}>
      <Switch label={t('notices.signIn')} description={t('notices.signInHint')} checked={preferences.login_notifications} onChange={(event) => change({ login_notifications: event.currentTarget.checked })} />
    </Section>
  )
}
