import '@mantine/notifications/styles.layer.css'
import { Button, Group, Text } from '@mantine/core'
import { Notifications, notifications } from '@mantine/notifications'
import { IconAlertCircle, IconCheck } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { takeToasts, useToastCount } from './toast'

export default function Toasts() {
  const { t } = useTranslation()
  const count = useToastCount()

  useEffect(() => {
    for (const { id, message, tone, action } of takeToasts()) {
      const key = `toast-${id}`
      const error = tone === 'error'
      notifications.show({
        id: key,
        role: error ? 'alert' : 'status',
        autoClose: action ? 8000 : error ? 6000 : 3000,
        color: error ? 'red' : 'brand',
        icon: error ? <IconAlertCircle size={18} /> : <IconCheck size={18} />,
        closeButtonProps: { 'aria-label': t('common.close') },
        message: (
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm">{message}</Text>
            {action && (
              <Button
                variant="subtle"
                size="compact-sm"
                flex="none"
                onClick={() => {
                  notifications.hide(key)
                  action.run()
                }}
              >
                {action.label}
              </Button>
            )}
          </Group>
        ),
      })
    }
  }, [count, t])

  return <Notifications position="bottom-right" limit={4} zIndex={1000} />
}
