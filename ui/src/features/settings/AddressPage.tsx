import { Alert, Code, List, Stack, Text } from '@mantine/core'
import { IconLock, IconLockOpen } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { addressOptions, OtherDevice } from '@/components/OtherDevice'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'

const LACKS = ['notify', 'clipboard', 'install', 'password', 'read'] as const

/** Under which address people find Recado, from where it can be opened, and what needs encryption. */
export default function AddressPage() {
  const { t } = useTranslation('settings')
  const allowed = useMe().can('company.manage')
  const address = useQuery({ ...addressOptions(), enabled: allowed })
  return (
    <SettingsPage title={t('app:nav.address')}>
      {!allowed ? (
        <NoPermission />
      ) : address.error ? (
        <ErrorState error={address.error} onRetry={() => void address.refetch()} />
      ) : !address.data ? (
        <ListSkeleton height={120} rows={3} />
      ) : (
        <>
          <Section title={t('address.title')} text={t('address.text')}>
            <Stack gap="xs">
              <Code block>{address.data.url || window.location.origin}</Code>
              <Text size="sm" c="dimmed">
                {t(address.data.url ? 'address.set' : 'address.unset')}
              </Text>
            </Stack>
          </Section>
          <Section title={t('app:device.title')}>
            <OtherDevice />
          </Section>
          <Section title={t('address.secure')}>
            <Connection />
          </Section>
        </>
      )}
    </SettingsPage>
  )
}

function Connection() {
  const { t } = useTranslation('settings')
  if (window.isSecureContext)
    return (
      <Alert color="green" variant="light" icon={<IconLock size={18} />}>
        {t(window.location.protocol === 'https:' ? 'address.isSecure' : 'address.isLocal')}
      </Alert>
    )
  return (
    <Stack gap="md">
      <Alert color="yellow" variant="light" icon={<IconLockOpen size={18} />}>
        {t('address.isPlain')}
      </Alert>
      <List size="sm" spacing={4}>
        {LACKS.map((lack) => (
          <List.Item key={lack}>{t(`address.lacks.${lack}`)}</List.Item>
        ))}
      </List>
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t('address.how')}
        </Text>
        <List size="sm" spacing={4}>
          <List.Item>{t('address.howDomain')}</List.Item>
          <List.Item>{t('address.howProxy')}</List.Item>
        </List>
      </div>
    </Stack>
  )
}
