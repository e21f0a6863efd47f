import { Alert } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { errorText } from '@/lib/errors'

/** Why a form was not accepted, said above its button and to screen readers at once. */
export function FormError({ error, text }: { error?: unknown; text?: string | undefined }) {
  const message = text ?? (error ? errorText(error) : '')
  if (!message) return null
  return (
    <Alert color="red" variant="light" role="alert" icon={<IconAlertCircle size={18} />} p="xs">
      {message}
    </Alert>
  )
}
