import { Button, Drawer, Group, Stack } from '@mantine/core'
import type { FormEventHandler, ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'

interface Props {
  title: string
  size?: 'md' | 'lg'
  saving: boolean
  /** Nothing can be saved: it is there to be looked at. */
  readOnly?: boolean
  /** What the server refused, if anything. */
  error: unknown
  /** What stands across from the button that saves: removing, archiving. */
  aside?: ReactNode
  onSubmit: FormEventHandler<HTMLFormElement>
  onClose: () => void
  children: ReactNode
}

/** One thing of a settings list: its fields, what went wrong, and saving it. */
export function FormDrawer({ title, size = 'md', saving, readOnly = false, error, aside, onSubmit, onClose, children }: Props) {
  const { t } = useTranslation()
  return (
    <Drawer opened onClose={onClose} position="right" size={size} title={title} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <form onSubmit={onSubmit}>
        <Stack>
          {children}
          <FormError error={error} />
          <Group justify={aside ? 'space-between' : 'flex-end'}>
            {aside}
            {!readOnly && (
              <Button type="submit" size="sm" loading={saving}>
                {t('common.save')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Drawer>
  )
}
