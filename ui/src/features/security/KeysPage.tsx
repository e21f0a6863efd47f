import { Badge, Button, Text } from '@mantine/core'
import { IconKey, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'
import { listOptions, saveRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import type { ApiKeysRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { KeyModal } from './parts/KeyModal'
import c from './Security.module.css'

/** The keys of programs that use the API in this company's name. */
export default function KeysPage() {
  const { t } = useTranslation('security')
  const { can } = useMe()
  const manage = can('members.manage')
  const keys = useQuery({ ...listOptions('api_keys', { sort: '-created' }), enabled: manage })
  const [making, setMaking] = useState(false)
  const [now] = useState(() => new Date().toISOString().replace('T', ' '))
  const revoke = useMutation({
    mutationFn: (id: string) => saveRecord('api_keys', id, { revoked: true }),
    onError: (error) => toastError(error),
  })
  const make = (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setMaking(true)}>
      {t('keys.new')}
    </Button>
  )

  return (
    <SettingsPage title={t('app:nav.keys')} actions={manage && make}>
      {!manage ? (
        <NoPermission />
      ) : (
        <Section title={t('keys.title')} text={t('keys.text')}>
          {keys.error ? (
            <ErrorState error={keys.error} onRetry={() => void keys.refetch()} />
          ) : !keys.data ? (
            <ListSkeleton height={52} rows={2} />
          ) : keys.data.items.length === 0 ? (
            <EmptyState icon={IconKey} title={t('keys.empty')} text={t('keys.emptyText')}>
              {make}
            </EmptyState>
          ) : (
            <ul className={c.rows}>
              {keys.data.items.map((key) => (
                <Row key={key.id} record={key} expired={key.expires !== '' && key.expires < now} onRevoke={() => revoke.mutateAsync(key.id).catch(() => undefined)} />
              ))}
            </ul>
          )}
        </Section>
      )}
      {making && <KeyModal onClose={() => setMaking(false)} />}
    </SettingsPage>
  )
}

function Row({ record: key, expired, onRevoke }: { record: ApiKeysRecord; expired: boolean; onRevoke: () => unknown }) {
  const { t } = useTranslation('security')
  const format = useFormat()
  const count = Array.isArray(key.permissions) ? key.permissions.length : 0
  const parts = [
    t('keys.may', { count }),
    key.last_used ? t('keys.used', { when: format.relative(key.last_used) }) : t('keys.unused'),
    key.expires && !expired ? t('keys.until', { when: format.dateTime(key.expires) }) : '',
  ]
  return (
    <li className={c.row}>
      <IconKey size={20} stroke={1.6} className={c.icon} />
      <div className={c.who}>
        <div className={`${c.name} line`}>
          {key.name} <code>{key.prefix}…</code>
        </div>
        <Text size="xs" c="dimmed">
          {parts.filter(Boolean).join(' · ')}
        </Text>
      </div>
      {key.revoked || expired ? (
        <Badge color="gray" variant="default">
          {t(key.revoked ? 'keys.revoked' : 'keys.expired')}
        </Badge>
      ) : (
        <ConfirmButton question={t('keys.revokeText', { name: key.name })} confirm={t('keys.revoke')} onConfirm={onRevoke}>
          {t('keys.revoke')}
        </ConfirmButton>
      )}
    </li>
  )
}
