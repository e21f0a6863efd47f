import { Button, SegmentedControl, Select, Skeleton, TextInput } from '@mantine/core'
import { IconChartBar, IconDownload } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { PageHeader } from '@/components/PageHeader'
import { useCompanyId, useMe } from '@/lib/company'
import { download } from '@/lib/download'
import { useFormat } from '@/lib/format'
import { toastError } from '@/lib/toast'
import { reportOptions } from './api'
import { Agenda, agendaEmpty } from './parts/Agenda'
import { Inbox, inboxEmpty } from './parts/Inbox'
import { Narrows } from './parts/Narrows'
import { addDays, narrowing, PRESETS, readSearch, stretchOf, type Narrowing, type Preset, type ReportsSearch, type Stretch } from './period'
import { daysText } from './words'
import c from './Reports.module.css'

const TO = '/c/$company/reports'

/** What happened at the desk and in the agendas, over a stretch of days. */
export default function ReportsPage() {
  const { t } = useTranslation('reports')
  const { can } = useMe()
  const format = useFormat()
  const company = useCompanyId()
  const navigate = useNavigate()
  const [today] = useState(() => format.dayKey(Date.now()))
  const search = readSearch(useSearch({ strict: false }), today)
  const stretch = stretchOf(search, today)
  const show = (changes: Partial<ReportsSearch>): void => {
    const { tab, period, from, to, ...rest } = { ...search, ...changes }
    void navigate({ to: TO, params: { company }, search: { tab, period, ...(period === 'custom' ? { from, to } : {}), ...narrowing(tab, rest) } as never, replace: true })
  }
  const narrowed = narrowing(search.tab, search)
  const save = useMutation({
    mutationFn: () => download(`/api/recado/reports/${search.tab}?${new URLSearchParams({ ...stretch, ...narrowed, format: 'csv' }).toString()}`, `${search.tab}-${stretch.from}-${stretch.to}.csv`),
    onError: (error) => toastError(error),
  })

  return (
    <>
      <PageHeader title={t('title')}>
        {can('reports.view') && (
          <Button variant="default" leftSection={<IconDownload size={15} />} loading={save.isPending} onClick={() => save.mutate()}>
            {t('csv')}
          </Button>
        )}
      </PageHeader>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.scroll} tabIndex={0} role="region" aria-label={t('title')}>
        {can('reports.view') ? (
          <div className={c.sheet}>
            <div className={c.bar}>
              <SegmentedControl
                aria-label={t('tabs')}
                value={search.tab}
                onChange={(tab) => show({ tab })}
                data={[
                  { value: 'inbox', label: t('tab.inbox') },
                  { value: 'agenda', label: t('tab.agenda') },
                ]}
              />
              <Select
                w={190}
                aria-label={t('period.label')}
                data={PRESETS.map((preset) => ({ value: preset, label: t(`period.${preset}`) }))}
                value={search.period}
                onChange={(period) => show({ period: period as Preset, ...(period === 'custom' ? stretch : {}) })}
              />
              {search.period === 'custom' && (
                <>
                  <TextInput type="date" aria-label={t('period.from')} value={search.from} max={search.to} onChange={(event) => event.currentTarget.value && show({ from: event.currentTarget.value })} />
                  <TextInput type="date" aria-label={t('period.to')} value={search.to} min={search.from} max={addDays(search.from, 365)} onChange={(event) => event.currentTarget.value && show({ to: event.currentTarget.value })} />
                </>
              )}
              <Narrows tab={search.tab} narrowing={narrowed} onChange={show} />
            </div>
            <Report company={company} tab={search.tab} stretch={stretch} narrowing={narrowed} onMonth={search.period === 'days' ? undefined : () => show({ period: 'days' })} />
          </div>
        ) : (
          <NoPermission />
        )}
      </div>
    </>
  )
}

function Report({ company, tab, stretch, narrowing, onMonth }: { company: string; tab: ReportsSearch['tab']; stretch: Stretch; narrowing: Narrowing; onMonth?: (() => void) | undefined }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const inbox = useQuery({ ...reportOptions(company, 'inbox', stretch, narrowing), enabled: tab === 'inbox' })
  const agenda = useQuery({ ...reportOptions(company, 'agenda', stretch, narrowing), enabled: tab === 'agenda' })
  const query = tab === 'inbox' ? inbox : agenda
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <Loading />
  const empty = tab === 'inbox' ? inboxEmpty(inbox.data!.total) : agendaEmpty(agenda.data!.total)
  return (
    <div className={c.report} aria-busy={query.isPlaceholderData}>
      <p className={c.stretch}>{t('stretch', { days: daysText(query.data, format.locale), before: daysText(query.data.before, format.locale) })}</p>
      {empty ? (
        <EmptyState icon={IconChartBar} title={t(`empty.${tab}`)} text={t(`empty.${tab}Text`)}>
          {onMonth && <Button onClick={onMonth}>{t('empty.month')}</Button>}
        </EmptyState>
      ) : tab === 'inbox' ? (
        <Inbox report={inbox.data!} />
      ) : (
        <Agenda report={agenda.data!} />
      )}
    </div>
  )
}

/** The shape of a report. */
function Loading() {
  return (
    <div className={c.report} aria-busy="true">
      <Skeleton h={16} w={260} />
      <div className={c.tiles}>
        {Array.from({ length: 6 }, (_, index) => (
          <Skeleton key={index} h={86} />
        ))}
      </div>
      <div className={c.charts}>
        <Skeleton h={250} />
        <Skeleton h={250} />
      </div>
      <Skeleton h={200} />
    </div>
  )
}
