import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import type { Advice } from '../api'
import { jobName } from '../names'
import c from '../System.module.css'

/** What needs a person, in the screen's language; the server's words where this screen is older than it. */
export function Advices({ list }: { list: Advice[] }) {
  const { t, i18n } = useTranslation('system')
  if (list.length === 0) return <Text size="sm">{t('state.nothing')}</Text>
  return (
    <div className={c.advices}>
      {list.map((advice) => (
        <Alert key={advice.code + (advice.job ?? '')} color={advice.code === 'disk_full' || advice.code === 'database' ? 'red' : 'yellow'} variant="light" icon={<IconAlertTriangle size={18} />}>
          {i18n.exists(`system:advice.${advice.code}`) ? t(`advice.${advice.code}`, { job: jobName(t, advice.job ?? '') }) : advice.message}
        </Alert>
      ))}
    </div>
  )
}
