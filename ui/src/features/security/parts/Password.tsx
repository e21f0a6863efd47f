import { Button, Group, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { Section } from '@/components/SettingsPage'
import { PASSWORD_MIN } from '@/lib/password'
import { pb } from '@/lib/pb'
import { queryClient } from '@/lib/query'
import { toast } from '@/lib/toast'
import { changePassword } from '../api'

export function Password() {
  const { t } = useTranslation('security')
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const save = useMutation({
    mutationFn: () => changePassword(old, next),
    onSuccess() {
      setOld('')
      setNext('')
      toast(t('passwordChanged'))
      void queryClient.invalidateQueries({ queryKey: ['auth_sessions'] })
    },
  })
  const toggle = { 'aria-label': t('showPassword') }
  return (
    <Section title={t('password')} text={t('passwordText')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack gap="sm">
          <input type="text" name="username" autoComplete="username" value={(pb.authStore.record?.email as string | undefined) ?? ''} readOnly hidden />
          <PasswordInput label={t('oldPassword')} autoComplete="current-password" required value={old} onChange={(event) => setOld(event.currentTarget.value)} visibilityToggleButtonProps={toggle} />
          <PasswordInput
            label={t('newPassword')}
            description={t('passwordRule', { count: PASSWORD_MIN })}
            autoComplete="new-password"
            required
            minLength={PASSWORD_MIN}
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
            visibilityToggleButtonProps={toggle}
          />
          <FormError error={save.error} />
          <Group>
            <Button type="submit" disabled={!old || !next} loading={save.isPending}>
              {t('changePassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
