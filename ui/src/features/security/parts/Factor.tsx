import { Badge, Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { RecoveryCodes } from '@/components/RecoveryCodes'
import { SecretQR } from '@/components/SecretQR'
import { Section } from '@/components/SettingsPage'
import { useFormat } from '@/lib/format'
import { queryClient } from '@/lib/query'
import { confirmFactor, factorOptions, makeFactor, removeFactor, renewRecovery } from '../api'

type Doing = 'add' | 'recovery' | 'remove'

/** The authenticator app that is asked for at each sign-in. */
export function Factor() {
  const { t } = useTranslation('security')
  const format = useFormat()
  const factor = useQuery(factorOptions())
  const [doing, setDoing] = useState<Doing>()
  const on = factor.data

  return (
    <Section title={t('factor.title')} text={t('factor.text')}>
      {factor.error ? (
        <ErrorState error={factor.error} onRetry={() => void factor.refetch()} />
      ) : factor.isPending ? (
        <ListSkeleton height={36} rows={1} />
      ) : on ? (
        <Stack gap="sm">
          <Group gap="xs">
            <Badge variant="light" color="green">
              {t('factor.on')}
            </Badge>
            <Text size="sm">{t('factor.since', { when: format.dateTime(on.confirmed) })}</Text>
            <Text size="sm" c={on.recovery_left < 3 ? 'orange' : 'dimmed'}>
              {t('factor.left', { count: on.recovery_left })}
            </Text>
          </Group>
          <Group>
            <Button variant="default" onClick={() => setDoing('recovery')}>
              {t('factor.renew')}
            </Button>
            <Button variant="default" onClick={() => setDoing('remove')}>
              {t('factor.remove')}
            </Button>
          </Group>
        </Stack>
      ) : (
        <Group>
          <Button onClick={() => setDoing('add')}>{t('factor.add')}</Button>
        </Group>
      )}
      {doing && <Dialog doing={doing} onClose={() => setDoing(undefined)} />}
    </Section>
  )
}

/** Password first, then the code; what comes of it is shown once. */
function Dialog({ doing, onClose }: { doing: Doing; onClose: () => void }) {
  const { t } = useTranslation('security')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [recovery, setRecovery] = useState<string[]>()
  const make = useMutation({ mutationFn: () => makeFactor(password) })
  const act = useMutation({
    mutationFn: (): Promise<{ recovery?: string[] } | undefined> => {
      if (doing === 'add') return confirmFactor(code)
      return doing === 'recovery' ? renewRecovery(password, code) : removeFactor(password, code).then(() => undefined)
    },
    async onSuccess(answer) {
      await queryClient.invalidateQueries({ queryKey: ['auth_factors'] })
      if (answer?.recovery) setRecovery(answer.recovery)
      else onClose()
    },
    onError: () => setCode(''),
  })
  const first = doing === 'add' && !make.data

  return (
    <Modal opened onClose={onClose} title={t(`factor.${doing === 'recovery' ? 'renew' : doing}`)} closeOnClickOutside={!recovery} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {recovery ? (
        <Stack>
          <RecoveryCodes codes={recovery} />
          <Button size="sm" onClick={onClose}>
            {t('done')}
          </Button>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (first) make.mutate()
            else act.mutate()
          }}
        >
          <Stack>
            {doing === 'remove' && <Text size="sm">{t('factor.removeText')}</Text>}
            {make.data && <SecretQR {...make.data} />}
            {!make.data && (
              <PasswordInput label={t('oldPassword')} autoComplete="current-password" required data-autofocus value={password} onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} />
            )}
            {!first && <TextInput label={t('app:factor.code')} autoComplete="one-time-code" autoCapitalize="none" spellCheck={false} required value={code} onChange={(event) => setCode(event.currentTarget.value)} />}
            <FormError error={first ? make.error : act.error} />
            <Button type="submit" size="sm" color={doing === 'remove' ? 'red' : undefined} loading={make.isPending || act.isPending}>
              {t(first ? 'factor.next' : doing === 'remove' ? 'factor.remove' : 'factor.confirm')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
