import { Badge, Button } from '@mantine/core'
import { IconCalendarTime, IconChevronRight, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { COLORS } from '@/components/ColorField'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useCompanyId, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { useFormat } from '@/lib/format'
import { WEEK } from '@/lib/hours'
import type { AgendasRecord, AvailabilitiesRecord } from '@/lib/pb-types'
import c from './AgendaSettings.module.css'
import { AgendaForm } from './parts/AgendaForm'

const PATH = '/c/$company/settings/agendas/{-$agenda}'

export default function AgendasPage() {
  const { t } = useTranslation('agendas')
  const { can } = useMe()
  const company = useCompanyId()
  const { agenda: id } = useParams({ strict: false, select: (params: { agenda?: string }) => params })
  const agendas = useQuery(listOptions('agendas', { sort: 'name', perPage: 500 }))
  const weekly = useQuery(listOptions('availabilities', { perPage: 1000 }))
  const title = t('app:nav.agendas')
  const error = agendas.error ?? weekly.error

  if (!can('agenda.manage')) {
    return (
      <SettingsPage title={title}>
        <NoPermission />
      </SettingsPage>
    )
  }
  if (error || !agendas.data || !weekly.data) {
    const retry = () => void Promise.all([agendas.refetch(), weekly.refetch()])
    return <SettingsPage title={title}>{error ? <ErrorState error={error} onRetry={retry} /> : <ListSkeleton height={64} rows={4} />}</SettingsPage>
  }
  const rows = agendas.data.items
  const chosen = rows.find((agenda) => agenda.id === id)
  if (chosen || id === 'new') {
    return (
      <SettingsPage
        title={chosen?.name ?? t('agendas.new')}
        actions={
          <Button component={Link} variant="default" to={PATH} params={{ company, agenda: undefined } as never}>
            {t('agendas.all')}
          </Button>
        }
      >
        <AgendaForm key={chosen?.id ?? 'new'} agenda={chosen} hours={weekly.data.items.filter((row) => row.agenda === chosen?.id)} color={COLORS[rows.length % COLORS.length]!} />
      </SettingsPage>
    )
  }
  const add = (
    <Button component={Link} leftSection={<IconPlus size={15} />} to={PATH} params={{ company, agenda: 'new' } as never}>
      {t('agendas.add')}
    </Button>
  )

  return (
    <SettingsPage title={title} actions={rows.length > 0 && add}>
      <Section title={t('agendas.title')} text={t('agendas.text')}>
        {rows.length === 0 ? (
          <EmptyState icon={IconCalendarTime} title={t('agendas.empty')} text={t('agendas.emptyText')}>
            {add}
          </EmptyState>
        ) : (
          <ul className={c.rows}>
            {rows.map((agenda, index) => (
              <li key={agenda.id}>
                <Link className={c.row} to={PATH} params={{ company, agenda: agenda.id }}>
                  <span className={c.color} style={{ background: agenda.color || COLORS[index % COLORS.length] }} />
                  <span className={c.who}>
                    <span className={c.name}>{agenda.name}</span>
                    <Summary agenda={agenda} rows={weekly.data.items} />
                  </span>
                  {!agenda.active && (
                    <Badge variant="light" color="gray">
                      {t('inactive')}
                    </Badge>
                  )}
                  <IconChevronRight size={16} aria-hidden />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </SettingsPage>
  )
}

function Summary({ agenda, rows }: { agenda: AgendasRecord; rows: AvailabilitiesRecord[] }) {
  const { t } = useTranslation('agendas')
  const format = useFormat()
  const days = WEEK.filter((day) => rows.some((row) => row.agenda === agenda.id && row.weekday === day))
  const open = days.length === 0 ? t('agendas.noHours') : new Intl.ListFormat(format.locale, { type: 'unit', style: 'narrow' }).format(days.map((day) => format.weekday(day, 'short')))
  return (
    <span className={c.meta} data-warn={days.length === 0 || undefined}>
      {t(`kind.${agenda.kind}`)} · {open}
    </span>
  )
}
