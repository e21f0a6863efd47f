import { Badge, Button } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { toast, toastError } from '@/lib/toast'
import { retryRow, type Queue } from '../api'
import c from '../System.module.css'

/** The rows that are work: how many wait, and those that were given up, each with a way to try again. */
export function Queues({ list }: { list: Queue[] }) {
  const { t } = useTranslation('system')
  const format = useFormat()
  return (
    <ul className={c.rows}>
      {list.map((queue) => (
        <li key={queue.name}>
          <div className={c.row}>
            <div className={c.what}>
              <div className={c.name}>{t(`queue.${queue.name}`, { defaultValue: queue.name })}</div>
              <div className={c.meta}>
                {queue.waiting === 0 ? t('queues.idle') : t('queues.waiting', { count: queue.waiting, when: format.relative(queue.oldest) })}
              </div>
            </div>
            {queue.failed > 0 && (
              <Badge variant="light" color="red">
                {t('queues.failed', { count: queue.failed })}
              </Badge>
            )}
          </div>
          <ul className={c.rows}>
            {queue.rows.map((row) => (
              <FailedRow key={row.id} queue={queue.name} row={row} />
            ))}
          </ul>
        </li>
      ))}
    </ul>
  )
}

function FailedRow({ queue, row }: { queue: string; row: Queue['rows'][number] }) {
  const { t } = useTranslation('system')
  const format = useFormat()
  const retry = useMutation({ mutationFn: () => retryRow(queue, row.id), onSuccess: () => toast(t('queues.again')), onError: (error) => toastError(error) })
  return (
    <li className={c.row}>
      <div className={c.what}>
        <div className={c.error}>{row.error || t('queues.noReason')}</div>
        <div className={c.meta}>{format.dateTime(row.updated)}</div>
      </div>
      <Button variant="default" leftSection={<IconRefresh size={14} />} loading={retry.isPending} onClick={() => retry.mutate()}>
        {t('queues.retry')}
      </Button>
    </li>
  )
}
