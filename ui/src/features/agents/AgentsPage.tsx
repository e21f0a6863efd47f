import { Badge, Button, Table, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconFileText, IconKey, IconPlus, IconSparkles } from '@tabler/icons-react'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { companyOptions, useCompanyId, useMe } from '@/lib/company'
import type { Page } from '@/lib/data'
import { useFormat } from '@/lib/format'
import { digitsOf } from '@/lib/money'
import type { AgentPromptsRecord, AgentsRecord, AiKeysRecord } from '@/lib/pb-types'
import { agentsOptions, costsOptions, keysOptions, promptsOptions } from './api'
import c from './Agents.module.css'

const AgentDrawer = lazy(() => import('./parts/AgentDrawer'))
const KeyDrawer = lazy(() => import('./parts/KeyDrawer'))
const PromptDrawer = lazy(() => import('./parts/PromptDrawer'))

/** AI agents: who answers, by which instructions, with which key, and what it costs. */
export default function AgentsPage() {
  const { t } = useTranslation('agents')
  const { can } = useMe()
  return <SettingsPage title={t('app:nav.agents')}>{can('agents.manage') ? <Agents /> : <NoPermission />}</SettingsPage>
}

type Open = { kind: 'agent'; record?: AgentsRecord } | { kind: 'key'; record?: AiKeysRecord } | { kind: 'prompt'; record?: AgentPromptsRecord }

function Agents() {
  const { t } = useTranslation('agents')
  const [open, setOpen] = useState<Open>()
  const agents = useQuery(agentsOptions())
  const keys = useQuery(keysOptions())
  const prompts = useQuery(promptsOptions())
  const close = () => setOpen(undefined)

  return (
    <>
      <List
        title={t('agents.title')}
        text={t('agents.text')}
        query={agents}
        add={t('agents.add')}
        onAdd={() => setOpen({ kind: 'agent' })}
        empty={{ icon: IconSparkles, title: t('agents.empty'), text: t('agents.emptyText') }}
        onOpen={(record) => setOpen({ kind: 'agent', record })}
        about={(agent) => [agent.model, t(`audience.${agent.audience || 'nobody'}`)].filter(Boolean).join(' · ')}
        mark={(agent) => (agent.active ? [agent.shadow ? 'yellow' : 'green', agent.shadow ? t('agents.shadow') : t('agents.on')] : ['gray', t('agents.off')])}
      />
      <List
        title={t('prompts.title')}
        text={t('prompts.text')}
        query={prompts}
        add={t('prompts.add')}
        onAdd={() => setOpen({ kind: 'prompt' })}
        empty={{ icon: IconFileText, title: t('prompts.empty'), text: t('prompts.emptyText') }}
        onOpen={(record) => setOpen({ kind: 'prompt', record })}
      />
      <List
        title={t('keys.title')}
        text={t('keys.text')}
        query={keys}
        add={t('keys.add')}
        onAdd={() => setOpen({ kind: 'key' })}
        empty={{ icon: IconKey, title: t('keys.empty'), text: t('keys.emptyText') }}
        onOpen={(record) => setOpen({ kind: 'key', record })}
        about={(key) => [key.base_url, key.last4 && `…${key.last4}`].filter(Boolean).join(' · ')}
        mark={(key) => (key.tested_at ? (key.problem ? ['red', t('keys.failed')] : ['green', t('keys.works')]) : undefined)}
      />
      <Costs />
      <Suspense>
        {open?.kind === 'agent' && <AgentDrawer agent={open.record} onClose={close} />}
        {open?.kind === 'key' && <KeyDrawer known={open.record} onClose={close} />}
        {open?.kind === 'prompt' && <PromptDrawer known={open.record} onClose={close} />}
      </Suspense>
    </>
  )
}

interface ListProps<T> {
  title: string
  text: string
  query: UseQueryResult<Page<T>>
  add: string
  onAdd: () => void
  empty: { icon: typeof IconKey; title: string; text: string }
  onOpen: (record: T) => void
  about?: (record: T) => string
  /** A badge: its colour and its words. */
  mark?: (record: T) => [string, string] | undefined
}

/** One kind of thing: its rows, or what to do where there is none. */
function List<T extends { id: string; name: string }>({ title, text, query, add, onAdd, empty, onOpen, about, mark }: ListProps<T>) {
  const button = (
    <Button variant="default" leftSection={<IconPlus size={15} />} onClick={onAdd}>
      {add}
    </Button>
  )
  const some = (query.data?.items.length ?? 0) > 0
  return (
    <Section title={title} text={text} action={some && button}>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <ListSkeleton height={52} rows={2} />
      ) : !some ? (
        <EmptyState icon={empty.icon} title={empty.title} text={empty.text}>
          {button}
        </EmptyState>
      ) : (
        <ul className={c.rows}>
          {query.data.items.map((record) => (
            <li key={record.id}>
              <UnstyledButton className={c.row} onClick={() => onOpen(record)}>
                <span className={c.what}>
                  <span className={c.name} data-user-text>
                    {record.name}
                  </span>
                  {about && (
                    <span className={c.meta} data-user-text>
                      {about(record)}
                    </span>
                  )}
                </span>
                <Mark mark={mark?.(record)} />
                <IconChevronRight size={16} aria-hidden />
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Mark({ mark }: { mark: [string, string] | undefined }) {
  return mark ? (
    <Badge variant="light" color={mark[0]}>
      {mark[1]}
    </Badge>
  ) : null
}

/** What the agents used in the last thirty days. */
function Costs() {
  const { t } = useTranslation('agents')
  const format = useFormat()
  const id = useCompanyId()
  const company = useQuery(companyOptions(id)).data
  const [now] = useState(() => Date.now())
  const day = (back: number) => new Date(now - back * 86_400_000).toISOString().slice(0, 10)
  const costs = useQuery(costsOptions(id, day(30), day(-1)))
  const currency = company?.currency || 'USD'
  const money = (millionths: number) => format.money(Math.round(millionths / 1_000_000), currency)
  if (!costs.data || costs.data.items.length === 0) return null

  return (
    <Section
      title={t('costs.title')}
      text={t('costs.text')}
      action={
        <Button
          variant="default"
          component="a"
          download="ai-costs.csv"
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(['day,agent,runs,tokens,cost', ...costs.data.items.map((row) => [row.day, `"${row.name.replaceAll('"', '""')}"`, row.runs, row.tokens, (row.cost / 1_000_000 / 10 ** digitsOf(currency)).toFixed(6)].join(','))].join('\r\n'))}`}
        >
          {t('costs.csv')}
        </Button>
      }
    >
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.scroll} tabIndex={0} role="region" aria-label={t('costs.title')}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('costs.day')}</Table.Th>
              <Table.Th>{t('costs.agent')}</Table.Th>
              <Table.Th ta="right">{t('costs.runs')}</Table.Th>
              <Table.Th ta="right">{t('costs.tokens')}</Table.Th>
              <Table.Th ta="right">{t('costs.cost')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {costs.data.items.map((row) => (
              <Table.Tr key={row.day + row.agent}>
                <Table.Td>{row.day}</Table.Td>
                <Table.Td data-user-text>{row.name}</Table.Td>
                <Table.Td ta="right">{format.number(row.runs)}</Table.Td>
                <Table.Td ta="right">{format.number(row.tokens)}</Table.Td>
                <Table.Td ta="right">{money(row.cost)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      <Text size="xs" c="dimmed" mt="xs">
        {t('costs.hint')}
      </Text>
    </Section>
  )
}
