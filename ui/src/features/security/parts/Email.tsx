import { Badge, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { Section } from '@/components/SettingsPage'
import { userOptions } from '@/lib/company'
import { toast, toastError } from '@/lib/toast'
import { askVerify, changeEmail, mailOptions } from '../api'

/** The address I sign in with. Another one counts when a link was opened there. */
export function Email() {
  const { t } = useTranslation('security')
  const { data: user } = useQuery(userOptions())
  const ways = useQuery(mailOptions())
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const change = useMutation({
    mutationFn: () => changeEmail(email.trim(), password),
    onSuccess() {
      toast(t('email.sent', { email: email.trim() }))
      setEmail('')
      setPassword('')
    },
  })
  const verify = useMutation({ mutationFn: askVerify, onSuccess: () => toast(t('email.verifySent')), onError: (error) => toastError(error) })
  const mail = ways.data?.mail

  return (
    <Section title={t('email.title')} text={mail === false ? t('email.noMail') : t('email.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
      >
        <Stack gap="sm">
          <Group gap="xs">
            <Text size="sm">{user?.email}</Text>
            {user?.verified ? (
              <Badge variant="light" color="green">
                {t('email.verified')}
              </Badge>
            ) : (
              mail && (
                <Button size="compact-sm" variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
                  {t('email.verify')}
                </Button>
              )
            )}
          </Group>
          {mail && (
            <>
              <TextInput label={t('email.new')} type="email" autoComplete="off" required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
              <PasswordInput label={t('oldPassword')} autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} />
              <FormError error={change.error} />
              <Group>
                <Button type="submit" disabled={!email || !password} loading={change.isPending}>
                  {t('email.change')}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      </form>
    </Section>
  )
}
