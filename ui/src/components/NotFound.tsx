import { Button, Center } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from './EmptyState'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Center component="main" h="100%" mih={320}>
      <EmptyState icon={IconMapOff} title={t('notFound.title')} text={t('notFound.text')}>
        <Button component={Link} to="/">
          {t('notFound.home')}
        </Button>
      </EmptyState>
    </Center>
  )
}
