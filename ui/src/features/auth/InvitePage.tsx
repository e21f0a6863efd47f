import { Anchor, Button, PasswordInput, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { PASSWORD_MIN } from '@/lib/password'
import { roleName } from '@/lib/roles'
import { api, pb, signedIn } from '@/lib/pb'
import type { CompaniesRecord, UsersRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { challengeOf, enter } from './api'
import { SecondFactor } from './parts/SecondFactor'

interface Invite {
  company: { name: string }
  role: { name: string; key?: string }
  email: string
  expires: string
}

const route = getRouteApi('/invite/$token')

export default function InvitePage() {
  const { t } = useTranslation('auth')
  const navigate = useNavigate()
  const { token } = route.useParams()
  const address = `/api/recado/invites/${encodeURIComponent(token)}`
  const invite = useQuery({ queryKey: ['invite', token], queryFn: ({ signal }) => api<Invite>(address, { signal }), staleTime: Infinity })
  const [person, setPerson] = useState({ name: '', email: '', password: '' })
  const invited = invite.data?.email
  useEffect(() => {
    if (invited) setPerson((before) => ({ ...before, email: before.email || invited }))
  }, [invited])

  const accept = useMutation({
    mutationFn: (body: object) => api<{ token: string; record: UsersRecord; company: CompaniesRecord }>(`${address}/accept`, { body }),
    async onSuccess({ token, record, company }) {
      signedIn({ token, record })
      queryClient.clear()
      await navigate({ to: '/c/$company/inbox/{-$conversation}', params: { company: company.id }, replace: true })
    },
  })

  const half = challengeOf(accept.error)
  if (half) {
    return (
      <AuthLayout title={t('factor.title')}>
        <SecondFactor
          {...half}
          onDone={async (entry) => {
            await enter(entry)
            await navigate({ to: '/', replace: true })
          }}
          onBack={() => accept.reset()}
        />
      </AuthLayout>
    )
  }
  if (invite.error) {
    return (
      <AuthLayout>
        <ErrorState error={invite.error} onRetry={() => void invite.refetch()} />
      </AuthLayout>
    )
  }
  if (!invite.data) {
    return (
      <AuthLayout>
        <Stack aria-busy="true">
          <Skeleton h={28} w="70%" />
          <Skeleton h={36} />
          <Skeleton h={36} />
        </Stack>
      </AuthLayout>
    )
  }

  const signedInAs = pb.authStore.isValid ? ((pb.authStore.record?.name as string) || (pb.authStore.record?.email as string)) : ''
  const field = (name: keyof typeof person) => ({ name, value: person[name], onChange: (event: React.ChangeEvent<HTMLInputElement>) => setPerson({ ...person, [name]: event.currentTarget.value }) })

  return (
    <AuthLayout title={t('invite.title', { company: invite.data.company.name })} text={t('invite.text', { role: roleName(invite.data.role, t) })}>
      {signedInAs ? (
        <Stack>
          <FormError error={accept.error} />
          <Button size="sm" loading={accept.isPending} onClick={() => accept.mutate({})}>
            {t('invite.joinAs', { name: signedInAs })}
          </Button>
          <Button size="sm" variant="default" onClick={() => { pb.authStore.clear(); window.location.reload() }}>
            {t('invite.someoneElse')}
          </Button>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            accept.mutate({ name: person.name.trim(), email: person.email.trim(), password: person.password })
          }}
        >
          <Stack>
            <TextInput label={t('name')} autoComplete="name" required autoFocus {...field('name')} />
            <TextInput label={t('email')} type="email" autoComplete="username" required readOnly={!!invited} {...field('email')} />
            <PasswordInput label={t('password')} description={t('passwordRule', { count: PASSWORD_MIN })} autoComplete="new-password" required minLength={PASSWORD_MIN} visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} {...field('password')} />
            <FormError error={accept.error} />
            <Button type="submit" size="sm" loading={accept.isPending}>
              {t('invite.submit')}
            </Button>
            <Text size="sm" c="dimmed">
              {t('invite.haveAccount')}{' '}
              <Anchor component={Link} to="/login" search={{ return: `/invite/${token}` } as never} underline="always">
                {t('login.submit')}
              </Anchor>
            </Text>
          </Stack>
        </form>
      )}
    </AuthLayout>
  )
}
