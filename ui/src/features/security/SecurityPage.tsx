import { useTranslation } from '@/lib/useTranslation'
import { SettingsPage } from '@/components/SettingsPage'
import { Email } from './parts/Email'
import { Factor } from './parts/Factor'
import { Idle } from './parts/Idle'
import { Notices } from './parts/Notices'
import { Password } from './parts/Password'
import { Sessions } from './parts/Sessions'

/** How I sign in, where I am signed in, and for how long. */
export default function SecurityPage() {
  const { t } = useTranslation('security')
  return (
    <SettingsPage title={t('app:nav.security')}>
      <Factor />
      <Password />
      <Email />
      <Sessions />
      <Notices />
      <Idle />
    </SettingsPage>
  )
}
