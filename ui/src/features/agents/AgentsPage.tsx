import { Anchor, Badge, Button, SegmentedControl, Table, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconFileText, IconKey, IconPlus, IconSparkles } from '@tabler/icons-react'
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { companyOptions, useCompanyId, useMe } from '@/lib/company'
import type { Page } from '@/lib/data'
import { useFormat } from '@/lib/format'
import { digitsOf } from '@/lib/money'
import type { AgentPromptsRecord, AgentsRecord, AiKeysRecord } from '@/lib/pb-types'
import { agentsOptions, conversationCostsOptions, costsOptions, keysOptions, promptsOptions, quoted } from './api'
import c from './Agents.module.css'
import r from '@/components/Rows.module.css'

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
        <ul className={r.rows}>
          {query.data.items.map((record) => (
            <li key={record.id}>
              <UnstyledButton className={r.row} onClick={() => onOpen(record)}>
                <span className={r.what}>
                  <span className={r.name} data-user-text>
                    {record.name}
                  </span>
                  {about && (
                    <span className={r.meta} data-user-text>
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

/** What the agents used in the last thirty days, by day or by conversation. */
function Costs() {
  const { t } = useTranslation('agents')
  const format = useFormat()
  const id = useCompanyId()
  const company = useQuery(companyOptions(id)).data
  const [now] = useState(() => Date.now())
  const [by, setBy] = useState<'day' | 'conversation'>('day')
  const day = (back: number) => new Date(now - back * 86_400_000).toISOString().slice(0, 10)
  const days = useQuery(costsOptions(id, day(30), day(-1)))
  const conversations = useQuery({ ...conversationCostsOptions(id, day(30), day(-1)), enabled: by === 'conversation' })
  const currency = company?.currency || 'USD'
  const plain = (millionths: number) => (millionths / 1_000_000 / 10 ** digitsOf(currency)).toFixed(6)
  const money = (millionths: number) => format.money(Math.round(millionths / 1_000_000), currency)
  if (!days.data || days.data.items.length === 0) return null

  const table: CostTable =
    by === 'day'
      ? {
          head: ['day', 'agent', 'runs', 'tokens', 'cost', 'trials'],
          rows: days.data.items.map((row) => ({ key: row.day + row.agent, day: format.date(`${row.day}T12:00:00Z`), cells: [row.day, row.agent ? row.name : t('costs.knowledge')], figures: [row.runs, row.tokens], amounts: [row.cost, row.trials] })),
        }
      : {
          head: ['conversation', 'agent', 'runs', 'tokens', 'cost'],
          rows: (conversations.data?.items ?? []).map((row) => ({
            key: row.conversation,
            cells: [row.name || t('costs.nobody'), row.agent],
            figures: [row.runs, row.tokens],
            amounts: [row.cost],
            link: row.conversation,
          })),
        }
  const csv = [table.head.join(','), ...table.rows.map(({ cells, figures, amounts }) => [...cells.map(quoted), ...figures, ...amounts.map(plain)].join(','))].join('\r\n')

  return (
    <Section
      title={t('costs.title')}
      text={t('costs.text')}
      action={
        <Button variant="default" component="a" download={`ai-costs-${by}.csv`} href={`data:text/csv;charset=utf-8,${encodeURIComponent(csv)}`}>
          {t('costs.csv')}
        </Button>
      }
    >
      <SegmentedControl
        size="xs"
        aria-label={t('costs.by')}
        value={by}
        onChange={setBy}
        data={[
          { value: 'day', label: t('costs.byDay') },
          { value: 'conversation', label: t('costs.byConversation') },
        ]}
      />
      {conversations.error && <ErrorState error={conversations.error} onRetry={() => void conversations.refetch()} />}
      {by === 'conversation' && conversations.isPending && <ListSkeleton rows={3} />}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.scroll} tabIndex={0} role="region" aria-label={t('costs.title')}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              {table.head.map((name, index) => (
                <Table.Th key={name} {...(index > 1 ? { ta: 'right' as const } : {})}>
                  {t(`costs.${name}`)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {table.rows.map(({ key, day, cells, figures, amounts, link }) => (
              <Table.Tr key={key}>
                {[day ?? cells[0], ...cells.slice(1)].map((text, index) => (
                  <Table.Td key={index} data-user-text>
                    {index === 0 && link ? (
                      <Anchor component={Link} size="sm" to="/c/$company/inbox/{-$conversation}" params={{ company: id, conversation: link } as never}>
                        {text}
                      </Anchor>
                    ) : (
                      text
                    )}
                  </Table.Td>
                ))}
                {[...figures.map((value) => format.number(value)), ...amounts.map(money)].map((text, index) => (
                  <Table.Td key={index} ta="right">
                    {text}
                  </Table.Td>
                ))}
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

/** Costs as a table: names, then figures, then amounts in millionths of the minor unit. `day` is how a day is written on the screen. */
interface CostTable {
  head: string[]
  rows: { key: string; day?: string; cells: string[]; figures: number[]; amounts: number[]; link?: string }[]
}
