import { Button, Select, Table, Text } from '@mantine/core'
import { IconScale } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { useCompany, useCompanyId } from '@/lib/company'
import { useFormat } from '@/lib/format'
import type { AgentPromptVersionsRecord } from '@/lib/pb-types'
import { amountOf, figuresOptions, percent, type Figures } from '../api'
import c from '../Rehearsal.module.css'

/** The versions beside each other, by what came of them with customers. */
export function Compare({ prompt, versions }: { prompt: string; versions: AgentPromptVersionsRecord[] }) {
  const { t } = useTranslation('rehearsal')
  const format = useFormat()
  const currency = useCompany()?.currency || 'USD'
  const [now] = useState(() => Date.now())
  const [days, setDays] = useState('30')
  const day = (back: number) => format.dayKey(now - back * 86_400_000)
  const figures = useQuery(figuresOptions(useCompanyId(), prompt, day(Number(days) - 1), day(0)))
  const share = (part: number, whole: number) => {
    const value = percent(part, whole)
    return value === undefined ? '–' : `${format.number(value)} %`
  }
  const money = (cost: number, of: number) => (of > 0 ? format.number(amountOf(cost / of, currency), { style: 'currency', currency, maximumFractionDigits: 4 }) : '–')
  const columns: { key: string; of: (row: Figures) => string }[] = [
    { key: 'conversations', of: (row) => format.number(row.conversations) },
    { key: 'booked', of: (row) => share(row.booked, row.conversations) },
    { key: 'handedOver', of: (row) => share(row.handedOver, row.conversations) },
    { key: 'turns', of: (row) => (row.conversations > 0 ? format.number(row.answers / row.conversations, { maximumFractionDigits: 1 }) : '–') },
    { key: 'cost', of: (row) => money(row.cost, row.conversations) },
    { key: 'costOfBooking', of: (row) => money(row.cost, row.booked) },
    { key: 'noShows', of: (row) => share(row.noShows, row.appointments) },
    { key: 'cancelled', of: (row) => share(row.cancelled, row.appointments) },
    { key: 'thumbs', of: (row) => `${format.number(row.good)} / ${format.number(row.bad)}` },
  ]
  const nameOf = (id: string) => {
    const version = versions.find((one) => one.id === id)
    return version ? t('versionIs', { number: version.number, state: t(`state.${version.state || 'draft'}`) }) : id
  }
  const rows = [...(figures.data?.items ?? [])].sort((a, b) => (versions.find(({ id }) => id === b.version)?.number ?? 0) - (versions.find(({ id }) => id === a.version)?.number ?? 0))
  const csv = () => {
    const head = ['version', 'conversations', 'booked', 'handed_over', 'fallback', 'answers', 'tokens', 'cost', 'appointments', 'no_shows', 'cancelled', 'good', 'bad']
    const lines = rows.map((row) =>
      [versions.find(({ id }) => id === row.version)?.number ?? '', row.conversations, row.booked, row.handedOver, row.fallback, row.answers, row.tokens, amountOf(row.cost, currency).toFixed(6), row.appointments, row.noShows, row.cancelled, row.good, row.bad].join(','),
    )
    return `data:text/csv;charset=utf-8,${encodeURIComponent([head.join(','), ...lines].join('\r\n'))}`
  }

  return (
    <Section
      title={t('compare.title')}
      text={t('compare.text')}
      action={
        rows.length > 0 && (
          <Button variant="default" component="a" download="versions.csv" href={csv()}>
            {t('compare.csv')}
          </Button>
        )
      }
    >
      <Select
        w={180}
        aria-label={t('compare.days')}
        allowDeselect={false}
        value={days}
        onChange={(value) => value && setDays(value)}
        data={['7', '30', '90', '365'].map((value) => ({ value, label: t('compare.last', { count: Number(value) }) }))}
      />
      {figures.error ? (
        <ErrorState error={figures.error} onRetry={() => void figures.refetch()} />
      ) : !figures.data ? (
        <ListSkeleton rows={2} />
      ) : rows.length === 0 ? (
        <EmptyState icon={IconScale} title={t('compare.empty')} text={t('compare.emptyText')} />
      ) : (
        <>
          {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
          <div className={c.scroll} tabIndex={0} role="region" aria-label={t('compare.title')}>
            <Table horizontalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('version')}</Table.Th>
                  {columns.map(({ key }) => (
                    <Table.Th key={key} ta="right">
                      {t(`compare.${key}`)}
                    </Table.Th>
                  ))}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((row) => (
                  <Table.Tr key={row.version}>
                    <Table.Th scope="row">{nameOf(row.version)}</Table.Th>
                    {columns.map(({ key, of }) => (
                      <Table.Td key={key} ta="right">
                        {of(row)}
                      </Table.Td>
                    ))}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
          <Text size="xs" c="dimmed" mt="xs">
            {t('compare.hint')}
          </Text>
        </>
      )}
    </Section>
  )
}
