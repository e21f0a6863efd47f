import { Button, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { RecoveryCodes } from '@/components/RecoveryCodes'
import { SecretQR } from '@/components/SecretQR'
import { enterFactor, setUpFactor, type Entry } from '../api'

/** The second half of a sign-in: the code of the app, which may have to be set up first. */
export function SecondFactor({ challenge, setUp, onDone, onBack }: { challenge: string; setUp: boolean; onDone: (entry: Entry) => unknown; onBack: () => void }) {
  const { t } = useTranslation('auth')
  const [code, setCode] = useState('')
  const [entry, setEntry] = useState<Entry>()
  const secret = useQuery({ queryKey: ['factor', challenge], queryFn: () => setUpFactor(challenge), enabled: setUp, staleTime: Infinity, retry: false })
  const send = useMutation({
    mutationFn: () => enterFactor(challenge, code),
    onSuccess: (answer) => (answer.recovery ? setEntry(answer) : onDone(answer)),
    onError: () => setCode(''),
  })

  if (entry?.recovery) {
    return (
      <Stack>
        <RecoveryCodes codes={entry.recovery} />
        <Button size="sm" onClick={() => onDone(entry)}>
          {t('factor.kept')}
        </Button>
      </Stack>
    )
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate()
      }}
    >
      <Stack>
        {setUp && <Text size="sm">{t('factor.setUp')}</Text>}
        {setUp && (secret.data ? <SecretQR {...secret.data} /> : secret.error ? <FormError error={secret.error} /> : <Skeleton h={192} />)}
        <TextInput
          label={t('app:factor.code')}
          description={setUp ? undefined : t('factor.orRecovery')}
          name="code"
          autoComplete="one-time-code"
          inputMode={setUp ? 'numeric' : 'text'}
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <FormError error={send.error} />
        <Button type="submit" size="sm" loading={send.isPending}>
          {t('login.submit')}
        </Button>
        <Button size="sm" variant="default" onClick={onBack}>
          {t('back')}
        </Button>
      </Stack>
    </form>
  )
}
