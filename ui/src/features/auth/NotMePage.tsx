import { Button, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { pb } from '@/lib/pb'
import { notMe, tokenOfLink } from './api'

/** "It wasn't me": ends every sign-in, and goes on to a new password. */
export default function NotMePage() {
  const { t } = useTranslation('auth')
  const navigate = useNavigate()
  const [token] = useState(tokenOfLink)
  const end = useMutation({
    mutationFn: () => notMe(token),
    async onSuccess({ resetToken }) {
      pb.authStore.clear()
      await navigate({ to: '/auth/reset', hash: resetToken, replace: true })
    },
  })
  return (
    <AuthLayout title={t('notMe.title')} text={t('notMe.text')}>
      <Stack>
        <FormError error={end.error} />
        <Button size="sm" color="red" loading={end.isPending} onClick={() => end.mutate()}>
          {t('notMe.submit')}
        </Button>
      </Stack>
    </AuthLayout>
  )
}
