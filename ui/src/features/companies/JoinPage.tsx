import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { PASSWORD_MIN } from '@/lib/password'
import { api, pb, signedIn } from '@/lib/pb'
import type { CompaniesRecord, UsersRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'

const route = getRouteApi('/join')

/** Into the company of a code, as who is signed in or with a new account. */
export default function JoinPage() {
  const { t } = useTranslation('companies', 'auth')
  const navigate = useNavigate()
  const search = route.useSearch()
  const [form, setForm] = useState({ code: search.code ?? '', name: '', email: '', password: '' })
  const known = pb.authStore.isValid ? ((pb.authStore.record?.name as string) || (pb.authStore.record?.email as string)) : ''
  const join = useMutation({
    mutationFn: () => api<{ token: string; record: UsersRecord; company: CompaniesRecord }>('/api/recado/companies/join', { body: known ? { code: form.code } : { ...form, email: form.email.trim() } }),
    async onSuccess({ token, record, company }) {
      signedIn({ token, record })
      queryClient.clear()
      await navigate({ to: '/c/$company/inbox/{-$conversation}', params: { company: company.id }, replace: true })
    },
  })
  const field = (name: keyof typeof form) => ({ name, value: form[name], onChange: (event: React.ChangeEvent<HTMLInputElement>) => setForm({ ...form, [name]: event.currentTarget.value }) })

  return (
    <AuthLayout title={t('join.title')} text={known ? t('join.textAs', { name: known }) : t('join.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          join.mutate()
        }}
      >
        <Stack>
          <TextInput label={t('join.code')} placeholder={t('join.placeholder')} required autoFocus autoComplete="off" autoCapitalize="characters" {...field('code')} />
          {!known && (
            <>
              <TextInput label={t('auth:name')} autoComplete="name" required {...field('name')} />
              <TextInput label={t('auth:email')} type="email" autoComplete="username" required {...field('email')} />
              <PasswordInput label={t('auth:password')} description={t('auth:passwordRule', { count: PASSWORD_MIN })} autoComplete="new-password" required minLength={PASSWORD_MIN} visibilityToggleButtonProps={{ 'aria-label': t('auth:showPassword') }} {...field('password')} />
            </>
          )}
          <FormError error={join.error} />
          <Button type="submit" size="sm" loading={join.isPending}>
            {t('join.do')}
          </Button>
          <Text size="sm" c="dimmed">
            {known ? (
              <Anchor component={Link} to="/" underline="always">
                {t('join.back')}
              </Anchor>
            ) : (
              <>
                {t('auth:invite.haveAccount')}{' '}
                <Anchor component={Link} to="/login" search={{ return: `/join${form.code ? `?code=${encodeURIComponent(form.code)}` : ''}` } as never} underline="always">
                  {t('auth:login.submit')}
                </Anchor>
              </>
            )}
          </Text>
        </Stack>
      </form>
    </AuthLayout>
  )
}
