import { Stack, Text } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { CopyField } from './CopyField'

/** The secret of an authenticator app: to be scanned or, on the phone itself, copied. */
export function SecretQR({ secret, qr }: { secret: string; qr: string }) {
  const { t } = useTranslation()
  return (
    <Stack gap="sm">
      <Text size="sm">{t('factor.scan')}</Text>
      <img src={`data:image/svg+xml,${encodeURIComponent(qr)}`} alt={t('factor.qr')} width={192} height={192} style={{ alignSelf: 'center', borderRadius: 8 }} />
      <CopyField label={t('factor.secret')} value={secret} />
    </Stack>
  )
}
