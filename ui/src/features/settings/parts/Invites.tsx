import { Badge, Button, Modal, Stack, Text } from '@mantine/core'
import { IconMailForward } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { CopyField } from '@/components/CopyField'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { listOptions, saveRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import { api } from '@/lib/pb'
import type { RolesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { roleName } from '@/lib/roles'
import { toastError } from '@/lib/toast'
import { inviteState } from '../inviteState'
import c from '../Settings.module.css'

const TONES = { open: 'brand', used: 'gray', revoked: 'gray', expired: 'yellow' } as const

/** The links that were made, newest first, and what became of them. */
export function Invites({ roles, onInvite }: { roles: RolesRecord[]; onInvite: () => void }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const invites = useQuery(listOptions('invites', { sort: '-created', perPage: 50 }))
  const revoke = useMutation({
    mutationFn: (id: string) => saveRecord('invites', id, { revoked: true }),
    onError: (error) => toastError(error),
  })
  const again = useMutation({
    mutationFn: (id: string) => api<{ url: string; expires: string; sent: boolean }>(`/api/recado/invites/${id}/resend`, { method: 'POST' }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['invites'] }),
    onError: (error) => toastError(error),
  })
  const [now] = useState(() => new Date())

  return (
    <Section title={t('invites.title')} text={t('invites.text')}>
      {invites.error ? (
        <ErrorState error={invites.error} onRetry={() => void invites.refetch()} />
      ) : !invites.data ? (
        <ListSkeleton rows={2} />
      ) : invites.data.items.length === 0 ? (
        <EmptyState icon={IconMailForward} title={t('invites.empty')} text={t('invites.emptyText')}>
          <Button onClick={onInvite}>{t('members.invite')}</Button>
        </EmptyState>
      ) : (
        <ul className={c.rows}>
          {invites.data.items.map((invite) => {
            const state = inviteState(invite, now)
            const role = roleName(roles.find((one) => one.id === invite.role), t)
            const when = state === 'open' ? t('invites.until', { when: format.relative(invite.expires) }) : state === 'used' ? t('invites.usedAt', { when: format.dateTime(invite.used_at) }) : t('invites.madeAt', { when: format.dateTime(invite.created) })
            return (
              <li key={invite.id} className={c.row}>
                <div className={c.who}>
                  <div className={`${c.name} line`}>{invite.email || t('invites.anyone')}</div>
                  <Text size="xs" c="dimmed">
                    {[role, when, invite.sent_at && t('invites.sentAt', { when: format.relative(invite.sent_at) })].filter(Boolean).join(' · ')}
                  </Text>
                </div>
                <Badge variant="light" color={TONES[state]}>
                  {t(`invites.state_${state}`)}
                </Badge>
                {(state === 'open' || state === 'expired') && (
                  <Button variant="default" loading={again.isPending && again.variables === invite.id} onClick={() => again.mutate(invite.id)}>
                    {t('invites.again')}
                  </Button>
                )}
                {state === 'open' && (
                  <ConfirmButton question={t('invites.revokeText')} confirm={t('invites.revoke')} onConfirm={() => revoke.mutateAsync(invite.id)}>
                    {t('invites.revoke')}
                  </ConfirmButton>
                )}
              </li>
            )
          })}
        </ul>
      )}
      {again.data && (
        <Modal opened onClose={again.reset} title={t('invites.againTitle')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
          <Stack>
            {again.data.sent && <Text size="sm">{t('invites.againSent')}</Text>}
            <CopyField label={t('invite.link')} value={new URL(again.data.url, window.location.origin).href} hint={t('invite.linkHint', { date: format.longDate(again.data.expires) })} />
          </Stack>
        </Modal>
      )}
    </Section>
  )
}
