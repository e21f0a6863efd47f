import { Button, Select, Text } from '@mantine/core'
import { IconDownload, IconHistory } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { SearchBox } from '@/components/SearchBox'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useCompanyId, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { download } from '@/lib/download'
import { useFormat } from '@/lib/format'
import type { AuditRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { auditOptions, changesOf, EVERYTHING, exportPath, type Narrowed } from './api'
import c from './Audit.module.css'

const ACTIONS = ['create', 'update', 'delete', 'sign_in', 'sign_in_failed', 'password_reset', 'not_me', 'second_factor_on', 'second_factor_off', 'impersonate', 'refused']
const COLLECTIONS = ['companies', 'members', 'roles', 'users', 'invites', 'api_keys', 'channels', 'queues', 'contacts', 'tags', 'contact_fields', 'conversations', 'messages', 'quick_replies', 'agendas', 'availabilities', 'services', 'appointments', 'imports']

/** Who did what in this company, the newest first. */
export default function AuditPage() {
  const { t } = useTranslation('audit')
  const { can } = useMe()
  return can('company.manage') ? (
    <Audit />
  ) : (
    <SettingsPage title={t('app:nav.audit')}>
      <NoPermission />
    </SettingsPage>
  )
}

function Audit() {
  const { t } = useTranslation('audit')
  const [narrowed, setNarrowed] = useState(EVERYTHING)
  const log = useInfiniteQuery(auditOptions(useCompanyId(), narrowed))
  const members = useQuery(listOptions('members', { sort: 'name', perPage: 500 }))
  const rows = log.data?.pages.flatMap((page) => page.items) ?? []
  const set = (changes: Partial<Narrowed>): void => setNarrowed({ ...narrowed, ...changes })
  const people = new Map(members.data?.items.map((member) => [member.user, member.name || member.email]))

  return (
    <SettingsPage
      title={t('app:nav.audit')}
      actions={
        <Button variant="default" leftSection={<IconDownload size={15} />} onClick={() => void download(exportPath(narrowed), 'audit.csv').catch(toastError)}>
          {t('export')}
        </Button>
      }
    >
      <Section title={t('title')} text={t('text')}>
        <div className={c.filters}>
          <SearchBox label={t('search')} placeholder={t('searchHint')} clear={t('clear')} q={narrowed.text} onSearch={(text) => set({ text })} />
          <Select size="xs" aria-label={t('who')} placeholder={t('anyone')} clearable searchable data={[...people].map(([value, label]) => ({ value, label }))} value={narrowed.actor || null} onChange={(actor) => set({ actor: actor ?? '' })} />
          <Select size="xs" aria-label={t('what')} placeholder={t('anything')} clearable data={ACTIONS.map((value) => ({ value, label: t(`action.${value}`) }))} value={narrowed.action || null} onChange={(action) => set({ action: action ?? '' })} />
          <Select size="xs" aria-label={t('where')} placeholder={t('anywhere')} clearable searchable data={COLLECTIONS.map((value) => ({ value, label: t(`of.${value}`) }))} value={narrowed.collection || null} onChange={(collection) => set({ collection: collection ?? '' })} />
        </div>
        {log.error ? (
          <ErrorState error={log.error} onRetry={() => void log.refetch()} />
        ) : log.isPending ? (
          <ListSkeleton height={44} rows={6} />
        ) : rows.length === 0 ? (
          <EmptyState icon={IconHistory} title={t('empty')} text={t('emptyText')} />
        ) : (
          <ul className={c.rows}>
            {rows.map((row) => (
              <Line key={row.id} row={row} who={row.actor_name || people.get(row.actor)} />
            ))}
          </ul>
        )}
        {log.hasNextPage && (
          <Button variant="default" loading={log.isFetchingNextPage} onClick={() => void log.fetchNextPage()}>
            {t('more')}
          </Button>
        )}
      </Section>
    </SettingsPage>
  )
}

function Line({ row, who }: { row: AuditRecord; who: string | undefined }) {
  const { t, i18n } = useTranslation('audit')
  const format = useFormat()
  const changes = changesOf(row.data)
  const known = (key: string, plain: string): string => (i18n.exists(`audit:${key}`) ? t(key as 'action.create') : plain)
  const head = (
    <>
      <span className={c.what}>
        <b data-user-text>{who || t('system')}</b> {row.actor_kind === 'key' && <Text span size="xs" c="dimmed">{t('key')}</Text>} {known(`action.${row.action}`, row.action)} {row.collection && known(`of.${row.collection}`, row.collection)}
      </span>
      <span className={c.when}>{format.dateTime(row.created)}</span>
    </>
  )
  if (changes.length === 0) return <li className={c.line}>{head}</li>
  return (
    <li>
      <details className={c.details}>
        <summary className={c.line}>{head}</summary>
        <dl className={c.changes}>
          {changes.map((change) => (
            <div key={change.field}>
              <dt>{change.field}</dt>
              <dd data-user-text>{change.silent ? t('silent') : change.before ? `${change.before} → ${change.after}` : change.after}</dd>
            </div>
          ))}
          {row.record && (
            <div>
              <dt>{t('id')}</dt>
              <dd data-user-text>{row.record}</dd>
            </div>
          )}
        </dl>
      </details>
    </li>
  )
}
