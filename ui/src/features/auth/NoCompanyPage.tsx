import { Button, Stack, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { pb, signOut } from '@/lib/pb'

/** For someone who is signed in but belongs to no company (any more). */
export default function NoCompanyPage() {
  const { t } = useTranslation('auth')
  return (
    <AuthLayout title={t('none.title')} text={t('none.text')}>
      <Stack>
        <Text size="sm">{t('none.signedIn', { email: pb.authStore.record?.email as string })}</Text>
        <Button size="sm" onClick={() => window.location.reload()}>
          {t('app:common.retry')}
        </Button>
        <Button size="sm" variant="default" component={Link} to="/join">
          {t('app:shell.join')}
        </Button>
        <Button size="sm" variant="default" onClick={() => signOut(false)}>
          {t('app:shell.signOut')}
        </Button>
      </Stack>
    </AuthLayout>
  )
}
