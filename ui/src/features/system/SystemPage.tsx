import { Badge, Progress, Text } from '@mantine/core'
import { IconBuildings } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'
import { fault } from '@/lib/errors'
import { useFormat } from '@/lib/format'
import { systemOptions, type System } from './api'
import { Advices } from './parts/Advices'
import { Jobs } from './parts/Jobs'
import { Queues } from './parts/Queues'
import c from './System.module.css'

const COLORS = { ok: 'green', degraded: 'yellow', failing: 'red' } as const

/** How this Recado runs: what needs a person, its jobs, its rows that are work, its room. */
export default function SystemPage() {
  const { t } = useTranslation('system')
  const { can } = useMe()
  const allowed = can('company.manage')
  const system = useQuery({ ...systemOptions(), enabled: allowed })
  const data = system.data
  return (
    <SettingsPage title={t('app:nav.system')}>
      {!allowed ? (
        <NoPermission />
      ) : fault(system.error).status === 403 ? (
        <EmptyState icon={IconBuildings} title={t('shared.title')} text={t('shared.text')} />
      ) : system.error && !data ? (
        <ErrorState error={system.error} onRetry={() => void system.refetch()} />
      ) : !data ? (
        <ListSkeleton height={120} rows={4} />
      ) : (
        <>
          <Section
            title={t('state.title')}
            text={t('state.version', { version: data.version })}
            action={
              <Badge variant="light" size="lg" color={COLORS[data.status]}>
                {t(`state.${data.status}`)}
              </Badge>
            }
          >
            <Advices list={data.advice} />
          </Section>
          <Section title={t('jobs.title')} text={t('jobs.text')}>
            <Jobs list={data.jobs} />
          </Section>
          <Section title={t('queues.title')} text={t('queues.text')}>
            <Queues list={data.queues} />
          </Section>
          <Section title={t('storage.title')} text={t('storage.text')}>
            <Storage storage={data.storage} />
          </Section>
          <Section title={t('backup.title')} text={t(`backup.${data.backup.every}`)}>
            <Backup backup={data.backup} />
          </Section>
        </>
      )}
    </SettingsPage>
  )
}

function Storage({ storage }: { storage: System['storage'] }) {
  const { t } = useTranslation('system')
  const format = useFormat()
  const used = storage.totalBytes - storage.freeBytes
  const lines: [string, string][] = [
    ...Object.entries(storage.databases).map(([name, size]): [string, string] => [t('storage.database', { name }), format.bytes(size)]),
    [t('storage.files', { count: storage.files }), format.bytes(storage.filesBytes)],
    [t('storage.backups', { count: storage.backups }), format.bytes(storage.backupsBytes)],
  ]
  if (storage.asideBytes > 0) lines.push([t('storage.aside'), format.bytes(storage.asideBytes)])
  if (storage.dayBytes > 0) lines.push([t('storage.growth'), t('storage.perDay', { size: format.bytes(storage.dayBytes) })])
  return (
    <>
      {storage.totalBytes > 0 && (
        <div className={c.disk}>
          <Text size="sm">{t('storage.free', { free: format.bytes(storage.freeBytes), total: format.bytes(storage.totalBytes) })}</Text>
          <Progress value={(100 * used) / storage.totalBytes} aria-label={t('storage.used')} />
        </div>
      )}
      <dl className={c.list}>
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

function Backup({ backup }: { backup: System['backup'] }) {
  const { t } = useTranslation('system')
  const format = useFormat()
  if (!backup.made) return <Text size="sm">{t('backup.none')}</Text>
  return <Text size="sm">{t(backup.late ? 'backup.late' : 'backup.last', { when: format.relative(backup.made), name: backup.name, size: format.bytes(backup.size) })}</Text>
}
