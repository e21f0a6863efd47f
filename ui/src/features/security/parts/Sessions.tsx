import { Badge, Text } from '@mantine/core'
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { useFormat } from '@/lib/format'
import { sessionId } from '@/lib/pb'
import type { AuthSessionsRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import { revoke, sessionsOptions } from '../api'
import { deviceOf } from '../device'
import c from '../Security.module.css'

/** The devices I am signed in on; each can be signed out from here. */
export function Sessions() {
  const { t } = useTranslation('security')
  const sessions = useQuery(sessionsOptions())
  const here = sessionId()
  const end = useMutation({
    mutationFn: revoke,
    onSuccess: () => toast(t('ended')),
    onError: (error) => toastError(error),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['auth_sessions'] }),
  })
  const others = sessions.data?.some((session) => session.id !== here)

  return (
    <Section
      title={t('sessions')}
      text={t('sessionsText')}
      action={
        others && (
          <ConfirmButton question={t('endOthersText')} confirm={t('end')} onConfirm={() => end.mutateAsync({ others: true }).catch(() => undefined)}>
            {t('endOthers')}
          </ConfirmButton>
        )
      }
    >
      {sessions.error ? (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : !sessions.data ? (
        <ListSkeleton height={52} rows={2} />
      ) : (
        <ul className={c.rows}>
          {sessions.data.map((session) => (
            <Row key={session.id} session={session} here={session.id === here} onEnd={() => end.mutateAsync({ session: session.id }).catch(() => undefined)} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Row({ session, here, onEnd }: { session: AuthSessionsRecord; here: boolean; onEnd: () => unknown }) {
  const { t } = useTranslation('security')
  const format = useFormat()
  const { browser, system, phone } = deviceOf(session.device)
  const Icon = phone ? IconDeviceMobile : IconDeviceDesktop
  const name = [browser, system].filter(Boolean).join(' · ') || t('unknown')
  return (
    <li className={c.row}>
      <Icon size={22} stroke={1.6} className={c.icon} />
      <div className={c.who}>
        <div className={`${c.name} line`}>{name}</div>
        <Text size="xs" c="dimmed">
          {[session.address, t('since', { when: format.dateTime(session.created) }), here ? '' : t('seen', { when: format.relative(session.last_seen) })].filter(Boolean).join(' · ')}
        </Text>
      </div>
      {session.kind === 'impersonation' && (
        <Badge variant="light" color="yellow">
          {t('admin')}
        </Badge>
      )}
      {here ? (
        <Badge variant="light">{t('here')}</Badge>
      ) : (
        <ConfirmButton question={t('endText', { name })} confirm={t('end')} onConfirm={onEnd}>
          {t('end')}
        </ConfirmButton>
      )}
    </li>
  )
}
