import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { fault } from '@/lib/errors'
import { PASSWORD_MIN } from '@/lib/password'
import { forgot, resetPassword, tokenOfLink, verifyCode } from './api'

/** A new password: by the mailed link, which opens this page with a token, or by the mailed code. */
export default function ResetPage() {
  const { t } = useTranslation('auth')
  const [token, setToken] = useState(tokenOfLink)
  const [email, setEmail] = useState('')
  const [code, setCode] = useState('')
  const [password, setPassword] = useState('')
  const [sent, setSent] = useState(false)

  const ask = useMutation({ mutationFn: () => forgot(email.trim()), onSuccess: () => setSent(true) })
  const verify = useMutation({ mutationFn: () => verifyCode(email.trim(), code), onSuccess: ({ resetToken }) => setToken(resetToken) })
  const reset = useMutation({ mutationFn: () => resetPassword(token, password) })
  const step = reset.isSuccess ? 'done' : token ? 'password' : sent ? 'code' : 'email'
  const run = { email: ask, code: verify, password: reset, done: reset }[step]

  function again() {
    setToken('')
    setSent(false)
    setCode('')
    reset.reset()
    verify.reset()
  }

  return (
    <AuthLayout title={t(`reset.title_${step}`)} text={t(`reset.text_${step}`, { email })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          run.mutate()
        }}
      >
        <Stack>
          {step === 'email' && <TextInput label={t('email')} type="email" name="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />}
          {step === 'code' && <TextInput label={t('code')} name="code" autoComplete="one-time-code" inputMode="numeric" required autoFocus value={code} onChange={(event) => setCode(event.currentTarget.value)} />}
          {step === 'password' && (
            <PasswordInput
              label={t('reset.password')}
              description={t('passwordRule', { count: PASSWORD_MIN })}
              name="password"
              autoComplete="new-password"
              required
              autoFocus
              minLength={PASSWORD_MIN}
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }}
            />
          )}
          <FormError error={run.error} />
          {step !== 'done' && (
            <Button type="submit" size="sm" loading={run.isPending}>
              {t(`reset.submit_${step}`)}
            </Button>
          )}
          {(step === 'code' || fault(reset.error).code === 'link_gone') && (
            <Button size="sm" variant="default" onClick={again}>
              {t('reset.again')}
            </Button>
          )}
          <Anchor component={Link} to="/login" size="sm" underline="always">
            {t('reset.toLogin')}
          </Anchor>
        </Stack>
      </form>
    </AuthLayout>
  )
}
