import { Alert, Button, Progress as Bar, Text } from '@mantine/core'
import { IconAlertTriangle, IconArrowBackUp, IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { Section } from '@/components/SettingsPage'
import { download } from '@/lib/download'
import { useFormat } from '@/lib/format'
import type { ImportsRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { errorsPath, move } from '../api'
import c from '../Import.module.css'

const COUNTS = ['added', 'changed', 'skipped', 'failed'] as const

/** How far an import is and what came of it. It follows the live feed and may be left at any time. */
export function Progress({ record }: { record: ImportsRecord }) {
  const { t, i18n } = useTranslation('import')
  const format = useFormat()
  const going = record.state === 'queued' || record.state === 'running'
  const step = useMutation({ mutationFn: (name: 'cancel' | 'undo') => move(record.id, name), onError: (error) => toastError(error) })
  const errors = useMutation({ mutationFn: () => download(errorsPath(record.id, i18n.language), 'import-errors.csv'), onError: (error) => toastError(error) })
  const undone = record.state === 'undoing' || record.state === 'undone'
  const whole = undone ? record.added + record.changed : record.total
  const part = undone ? record.reverted + record.kept : record.done

  return (
    <Section title={record.name} text={t(`stateText_${record.state}`)}>
      <Bar.Root size="lg" aria-label={t('title')}>
        <Bar.Section value={record.state === 'undone' ? 100 : whole ? (100 * part) / whole : 100} color={record.state === 'failed' ? 'red' : 'brand'} animated={going || record.state === 'undoing'} aria-label={t('title')} />
      </Bar.Root>
      <Text size="sm" c="dimmed" mt={6} className="tnum" role="status">
        {t('progress', { done: format.number(part), total: format.number(whole) })}
      </Text>
      <dl className={c.counts}>
        {COUNTS.map((name) => (
          <div key={name} data-bad={(name === 'failed' && record.failed > 0) || undefined}>
            <dt>{t(`count_${name}`)}</dt>
            <dd className="tnum">{format.number(record[name])}</dd>
          </div>
        ))}
      </dl>
      {record.error && (
        <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} mt="sm">
          {t('trouble', { error: record.error })}
        </Alert>
      )}
      {record.state === 'undone' && record.kept > 0 && (
        <Text size="sm" mt="sm">
          {t('kept', { count: record.kept, number: format.number(record.kept) })}
        </Text>
      )}
      <div className={c.actions}>
        {record.failed > 0 && (
          <Button size="sm" variant="default" leftSection={<IconDownload size={15} />} loading={errors.isPending} onClick={() => errors.mutate()}>
            {t('errors')}
          </Button>
        )}
        {going && (
          <Button size="sm" variant="default" loading={step.isPending} onClick={() => step.mutate('cancel')}>
            {t('cancel')}
          </Button>
        )}
        {(record.state === 'done' || record.state === 'cancelled' || record.state === 'failed') && record.added + record.changed > 0 && (
          <ConfirmButton size="sm" leftSection={<IconArrowBackUp size={15} />} question={t('undoAsk')} confirm={t('undo')} onConfirm={() => step.mutateAsync('undo').catch(() => undefined)}>
            {t('undo')}
          </ConfirmButton>
        )}
      </div>
    </Section>
  )
}
