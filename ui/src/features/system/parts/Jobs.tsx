import { Badge, Button } from '@mantine/core'
import { IconPlayerPlay } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat, type Format } from '@/lib/format'
import { toastError } from '@/lib/toast'
import { runJob, type Job } from '../api'
import { jobName } from '../names'
import c from '../System.module.css'

/** What Recado does by itself; what fails comes first. */
export function Jobs({ list }: { list: Job[] }) {
  return (
    <ul className={c.rows}>
      {list.toSorted((a, b) => Number(a.ok) - Number(b.ok)).map((job) => (
        <JobRow key={job.name} job={job} />
      ))}
    </ul>
  )
}

/** To the second where it is today: many run every few of them. */
const at = (format: Format, moment: string) => (format.dayKey(moment) === format.dayKey(new Date()) ? format.custom(moment, { timeStyle: 'medium' }) : format.dateTime(moment))

function JobRow({ job }: { job: Job }) {
  const { t } = useTranslation('system')
  const format = useFormat()
  const run = useMutation({ mutationFn: () => runJob(job.name), onError: (error) => toastError(error) })
  const name = jobName(t, job.name)
  const times = [
    job.lastRun ? t('jobs.last', { when: at(format, job.lastRun) }) : t('jobs.never'),
    job.nextRun && t('jobs.next', { when: at(format, job.nextRun) }),
  ]
  return (
    <li className={c.row}>
      <div className={c.what}>
        <div className={c.name}>{name}</div>
        <div className={c.meta}>{times.filter(Boolean).join(' · ')}</div>
        {!job.ok && <div className={c.error}>{job.error}</div>}
      </div>
      {job.running ? (
        <Badge variant="light">{t('jobs.running')}</Badge>
      ) : job.ok ? null : (
        <Badge variant="light" color="red">
          {t('jobs.failed', { count: job.failures })}
        </Badge>
      )}
      <Button
        variant="default"
        leftSection={<IconPlayerPlay size={14} />}
        disabled={job.running}
        loading={run.isPending}
        onClick={() => run.mutate()}
        aria-label={t(job.ok ? 'jobs.runName' : 'jobs.retryName', { name })}
      >
        {job.ok ? t('jobs.run') : t('jobs.retry')}
      </Button>
    </li>
  )
}
