import { Anchor, Loader, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { backFromProvider, challengeOf, enter, type Entry } from './api'
import { SecondFactor } from './parts/SecondFactor'

/** Where a provider sends the browser back to. */
export default function ProviderPage() {
  const { t } = useTranslation('auth')
  const router = useRouter()
  const [attempt] = useState(backFromProvider)

  async function finish(entry: Entry) {
    await enter(entry)
    router.history.replace(attempt?.back ?? '/')
  }
  const entry = useQuery({
    queryKey: ['provider'],
    queryFn: async () => {
      await finish(await attempt!.finish())
      return true
    },
    enabled: !!attempt,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  const half = challengeOf(entry.error)

  return (
    <AuthLayout title={t(half ? 'factor.title' : 'provider.title')}>
      {half ? (
        <SecondFactor {...half} onDone={finish} onBack={() => router.history.replace('/login')} />
      ) : attempt && !entry.error ? (
        <Loader aria-label={t('provider.title')} />
      ) : (
        <Stack>
          <FormError error={entry.error} text={attempt ? undefined : t('provider.lost')} />
          <Anchor component={Link} to="/login" size="sm" underline="always">
            {t('reset.toLogin')}
          </Anchor>
        </Stack>
      )}
    </AuthLayout>
  )
}
