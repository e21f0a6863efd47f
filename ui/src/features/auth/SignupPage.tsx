import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { PASSWORD_MIN } from '@/lib/password'
import { confirmSignup, enter, signUp, tokenOfLink, type Entry } from './api'

/** A stranger's way to an account and a company of their own; with a token, its last step. */
export default function SignupPage() {
  const { t, i18n } = useTranslation('auth')
  const navigate = useNavigate()
  const [token] = useState(tokenOfLink)
  const [form, setForm] = useState({ name: '', email: '', password: '', company: '' })
  const send = useMutation({
    mutationFn: (): Promise<Partial<Entry> & { sent?: boolean }> =>
      token
        ? confirmSignup(token)
        : signUp({
            name: form.name.trim(), email: form.email.trim(), password: form.password,
            company: { name: form.company.trim(), locale: i18n.language, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone },
          }),
    async onSuccess(answer) {
      if (!answer.token) return
      await enter(answer as Entry)
      await navigate({ to: '/', replace: true })
    },
  })
  const field = (name: keyof typeof form) => ({ name, value: form[name], onChange: (event: React.ChangeEvent<HTMLInputElement>) => setForm({ ...form, [name]: event.currentTarget.value }) })
  const sent = send.data?.sent

  return (
    <AuthLayout title={t(sent ? 'signup.sent' : token ? 'signup.last' : 'signup.title')} text={t(sent ? 'signup.sentText' : token ? 'signup.lastText' : 'signup.text', { email: form.email })}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send.mutate()
        }}
      >
        <Stack>
          {!token && !sent && (
            <>
              <TextInput label={t('signup.company')} autoComplete="organization" required autoFocus {...field('company')} />
              <TextInput label={t('name')} autoComplete="name" required {...field('name')} />
              <TextInput label={t('email')} type="email" autoComplete="username" required {...field('email')} />
              <PasswordInput label={t('password')} description={t('passwordRule', { count: PASSWORD_MIN })} autoComplete="new-password" required minLength={PASSWORD_MIN} visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} {...field('password')} />
            </>
          )}
          <FormError error={send.error} />
          {!sent && (
            <Button type="submit" size="sm" loading={send.isPending}>
              {t(token ? 'signup.finish' : 'signup.submit')}
            </Button>
          )}
          <Text size="sm" c="dimmed">
            {t('invite.haveAccount')}{' '}
            <Anchor component={Link} to="/login" underline="always">
              {t('login.submit')}
            </Anchor>
          </Text>
        </Stack>
      </form>
    </AuthLayout>
  )
}
