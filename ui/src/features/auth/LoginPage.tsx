import { Anchor, Button, Divider, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { codeText } from '@/lib/errors'
import { takeRefusal } from '@/lib/pb'
import { askCode, challengeOf, enter, enterCode, enterPassword, goToProvider, waysOptions, type Entry } from './api'
import { inviteIn, localPath } from './localPath'
import { SecondFactor } from './parts/SecondFactor'

const route = getRouteApi('/login')

export default function LoginPage() {
  const { t } = useTranslation('auth')
  const router = useRouter()
  const search = route.useSearch()
  const ways = useQuery(waysOptions())
  const invite = inviteIn(search.return)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [refusal] = useState(takeRefusal)
  const [by, setBy] = useState<'password' | 'code' | 'sent'>('password')

  async function finish(entry: Entry) {
    await enter(entry)
    router.history.replace(localPath(search.return))
  }
  const signIn = useMutation({
    mutationFn: async (): Promise<Entry | undefined> => {
      const address = email.trim()
      if (by === 'code') return askCode(address).then(() => undefined)
      return by === 'sent' ? enterCode(address, code, invite) : enterPassword(address, password, invite)
    },
    onSuccess: (entry) => (entry ? finish(entry) : setBy('sent')),
  })
  const go = useMutation({ mutationFn: (name: string) => goToProvider(name, localPath(search.return)) })
  const half = challengeOf(signIn.error)

  function choose(way: typeof by) {
    setBy(way)
    setCode('')
    signIn.reset()
  }

  if (half) {
    return (
      <AuthLayout title={t('factor.title')}>
        <SecondFactor {...half} invite={invite} onDone={finish} onBack={() => choose('password')} />
      </AuthLayout>
    )
  }

  return (
    <AuthLayout title={t('login.title')} text={by === 'sent' ? t('login.sent', { email }) : t('login.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          signIn.mutate()
        }}
      >
        <Stack>
          {by !== 'sent' && <TextInput label={t('email')} type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />}
          {by === 'password' && (
            <PasswordInput
              label={t('password')}
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
            />
          )}
          {by === 'sent' && (
            <TextInput label={t('code')} name="code" autoComplete="one-time-code" inputMode="numeric" required autoFocus value={code} onChange={(event) => setCode(event.currentTarget.value)} />
          )}
          <FormError error={signIn.error ?? go.error ?? undefined} text={!signIn.error && !go.error && refusal ? codeText(refusal.code, refusal) : undefined} />
          <Button type="submit" size="sm" loading={signIn.isPending}>
            {by === 'code' ? t('login.send') : t('login.submit')}
          </Button>
          {ways.data?.mail ? (
            <>
              <Button size="sm" variant="default" onClick={() => choose(by === 'password' ? 'code' : 'password')}>
                {by === 'password' ? t('login.byCode') : t('login.byPassword')}
              </Button>
              <Anchor component={Link} to="/auth/reset" size="sm" underline="always">
                {t('login.forgotten')}
              </Anchor>
            </>
          ) : (
            <Text size="sm" c="dimmed">
              {t('login.forgot')}
            </Text>
          )}
          {!!ways.data?.providers.length && (
            <>
              <Divider label={t('login.or')} />
              {ways.data.providers.map((provider) => (
                <Button key={provider.name} size="sm" variant="default" loading={go.isPending && go.variables === provider.name} onClick={() => go.mutate(provider.name)}>
                  {t('login.with', { provider: provider.displayName })}
                </Button>
              ))}
            </>
          )}
          {ways.data?.signup && (
            <Text size="sm" c="dimmed">
              {t('login.new')}{' '}
              <Anchor component={Link} to="/signup" underline="always">
                {t('signup.submit')}
              </Anchor>
            </Text>
          )}
        </Stack>
      </form>
    </AuthLayout>
  )
}
