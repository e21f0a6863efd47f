import { Button } from '@mantine/core'
import { IconCalendar, IconCheck, IconMail, IconMessageCircle, IconPhone, IconPhoneCheck } from '@tabler/icons-react'
import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { PageHeader } from '@/components/PageHeader'
import { ListSkeleton } from '@/components/PageSkeleton'
import { useCompanyId, useMe } from '@/lib/company'
import { applyRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import { useLive } from '@/lib/live'
import { api } from '@/lib/pb'
import type { AgendasRecord, AppointmentsRecord, ContactsRecord, ServicesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import c from './Reach.module.css'

/** An appointment whose customer may not know of it, and what there is to reach them by. */
interface Unreached {
  appointment: AppointmentsRecord & { expand?: { contact?: ContactsRecord; service?: ServicesRecord; agenda?: AgendasRecord } }
  reason: 'none' | 'no_mail' | 'away' | 'failed'
  detail: string
  phone: string
  email: string
  conversation: string
}

const unreachedOptions = (company: string) =>
  queryOptions({
    queryKey: ['unreached', company],
    queryFn: async ({ signal }) => (await api<{ items: Unreached[] }>('/api/recado/appointments/unreachable', { query: { expand: 'contact,service,agenda' }, signal })).items,
  })

/** The appointments of the next two weeks whose customer nothing reaches: to be called. */
export default function ReachPage() {
  const { t } = useTranslation('reach')
  const { can } = useMe()
  const company = useCompanyId()
  const list = useQuery({ ...unreachedOptions(company), enabled: can('agenda.view_own') })
  // an appointment made, moved or confirmed, a reminder that failed: the list may be another
  useLive('*', (event) => {
    if (/^(appointment|reminder|contact|mail)\./.test(event.name)) void queryClient.invalidateQueries({ queryKey: ['unreached', company] })
  })

  return (
    <>
      <PageHeader title={t('title')}>
        <Button component={Link} variant="default" leftSection={<IconCalendar size={15} />} to="/c/$company/calendar" params={{ company } as never}>
          {t('calendar')}
        </Button>
      </PageHeader>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.scroll} tabIndex={0} role="region" aria-label={t('title')} aria-busy={list.isLoading}>
        <div className={c.sheet}>
          {!can('agenda.view_own') ? (
            <NoPermission />
          ) : list.error ? (
            <ErrorState error={list.error} onRetry={() => void list.refetch()} />
          ) : !list.data ? (
            <ListSkeleton height={88} rows={4} />
          ) : list.data.length === 0 ? (
            <EmptyState icon={IconPhoneCheck} title={t('empty')} text={t('emptyText')} />
          ) : (
            <>
              <p className={c.intro}>{t('intro')}</p>
              <ul className={c.rows}>
                {list.data.map((one) => (
                  <Row key={one.appointment.id} one={one} />
                ))}
              </ul>
            </>
          )}
        </div>
      </div>
    </>
  )
}

function Row({ one }: { one: Unreached }) {
  const { t } = useTranslation('reach')
  const format = useFormat()
  const company = useCompanyId()
  const { appointment: a } = one
  const name = a.expand?.contact?.name || one.phone || one.email || t('noName')
  const confirm = useMutation({
    mutationFn: () => api<AppointmentsRecord>(`/api/recado/appointments/${a.id}/confirm`, { method: 'POST' }),
    onSuccess(saved) {
      applyRecord('appointments', saved)
      queryClient.setQueryData(unreachedOptions(company).queryKey, (rows) => rows?.filter((row) => row.appointment.id !== a.id))
      toast(t('confirmed', { name }))
    },
    onError: (error) => toastError(error),
  })

  return (
    <li className={c.row}>
      <div className={c.what}>
        <Link className={c.name} to="/c/$company/calendar" params={{ company }} search={{ date: format.dayKey(a.start), appointment: a.id } as never} data-user-text>
          {name}
        </Link>
        <span className={c.meta}>
          {format.day(a.start)}, {format.time(a.start)}
          <span data-user-text>{[a.expand?.service?.name, a.expand?.agenda?.name].filter(Boolean).map((part) => ` · ${part!}`)}</span>
        </span>
        <span className={c.why}>
          {t(`reason.${one.reason}`)}
          {one.detail && <span translate="no"> ({one.detail})</span>}
        </span>
      </div>
      <div className={c.actions}>
        {one.phone && (
          <Button component="a" href={`tel:${one.phone}`} leftSection={<IconPhone size={15} />} aria-label={t('callName', { name })}>
            {t('call')}
          </Button>
        )}
        {one.conversation && (
          <Button component={Link} variant="default" leftSection={<IconMessageCircle size={15} />} aria-label={t('writeName', { name })} to="/c/$company/inbox/{-$conversation}" params={{ company, conversation: one.conversation } as never}>
            {t('write')}
          </Button>
        )}
        {one.email && (
          <Button component="a" variant="default" href={`mailto:${one.email}`} leftSection={<IconMail size={15} />} aria-label={t('mailName', { name })}>
            {t('mail')}
          </Button>
        )}
        <Button variant="default" leftSection={<IconCheck size={15} />} loading={confirm.isPending} onClick={() => confirm.mutate()} aria-label={t('doneName', { name })}>
          {t('done')}
        </Button>
      </div>
    </li>
  )
}
