import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { fault } from '@/lib/errors'
import { setLanguage } from '@/lib/i18n'
import { pb } from '@/lib/pb'
import { preferencesOf } from '@/lib/preferences'
import type { UsersRecord } from '@/lib/pb-types'
import { inviteIn, localPath } from './localPath'

const route = getRouteApi('/login')

export default function LoginPage() {
  const { t } = useTranslation('auth')
  const router = useRouter()
  const search = route.useSearch()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')

  const signIn = useMutation({
    mutationFn: () => pb.collection('users').authWithPassword<UsersRecord>(email.trim(), password, inviteIn(search.return) ? { query: { invite: inviteIn(search.return) } } : {}),
    async onSuccess({ record }) {
      const { language } = preferencesOf(record)
      if (language) await setLanguage(language)
      router.history.replace(localPath(search.return))
    },
  })
  const refused = signIn.error && [400, 401].includes(fault(signIn.error).status)

  return (
    <AuthLayout title={t('login.title')} text={t('login.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <Stack>
          <TextInput label={t('email')} type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <PasswordInput
            label={t('password')}
            name="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
          />
          <FormError error={signIn.error} text={refused ? t('login.refused') : undefined} />
          <Button type="submit" size="sm" loading={signIn.isPending}>
            {t('login.submit')}
          </Button>
          <Text size="sm" c="dimmed">
            {t('login.forgot')}
          </Text>
        </Stack>
      </form>
    </AuthLayout>
  )
}
