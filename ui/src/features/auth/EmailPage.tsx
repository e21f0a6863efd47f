import { Anchor, Button, PasswordInput, Stack } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { FormError } from '@/components/FormError'
import { fault } from '@/lib/errors'
import { confirmEmail, tokenOfLink } from './api'

/** Where a mailed link to an address leads. It takes a click: what only opens links uses nothing up. */
export default function EmailPage() {
  const { t } = useTranslation('auth')
  const [token] = useState(tokenOfLink)
  const [password, setPassword] = useState('')
  const confirm = useMutation({ mutationFn: () => confirmEmail(token, password) })
  const asks = fault(confirm.error).code === 'wrong_password' || password !== ''

  return (
    <AuthLayout title={confirm.data ? t('address.done') : t('address.title')} text={confirm.data ? t('address.doneText', { email: confirm.data.email }) : t('address.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          confirm.mutate()
        }}
      >
        <Stack>
          {asks && !confirm.data && (
            <PasswordInput label={t('password')} name="password" autoComplete="current-password" value={password} onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('showPassword') }} />
          )}
          <FormError error={confirm.error} />
          {confirm.data ? (
            <Anchor component={Link} to="/" size="sm" underline="always">
              {t('address.toDesk')}
            </Anchor>
          ) : (
            <Button type="submit" size="sm" loading={confirm.isPending}>
              {t('address.submit')}
            </Button>
          )}
        </Stack>
      </form>
    </AuthLayout>
  )
}
