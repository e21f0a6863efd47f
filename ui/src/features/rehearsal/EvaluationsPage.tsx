import { Badge, Button, Group, Progress, SegmentedControl, Text, UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconClipboardCheck, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { useCompany, useCompanyId } from '@/lib/company'
import { oneOptions } from '@/lib/data'
import { useFormat } from '@/lib/format'
import type { AgentEvaluationsRecord, AgentPromptVersionsRecord, AgentsRecord, AgentTrialsRecord } from '@/lib/pb-types'
import { amountOf, cancelEvaluation, evaluate, evaluationsOptions, isOver, linesOf, problemsOf, scenariosOptions, trialsOptions, type Scenario } from './api'
import { Choice } from './parts/Choice'
import { Compare } from './parts/Compare'
import { Frame } from './parts/Frame'
import { Talk } from './parts/Talk'
import c from './Rehearsal.module.css'

/** How the versions of an agent's instructions do on the scenarios, and with customers. */
export default function EvaluationsPage() {
  const { t } = useTranslation('rehearsal')
  const { agent } = useParams({ from: '/c/$company/settings/ai-agents/evaluations/$agent' })
  return (
    <Frame title={t('evaluation.title')} agent={agent}>
      {(record, versions) => (
        <>
          <Evaluations key={record.id} agent={record} versions={versions} />
          <Compare prompt={record.prompt} versions={versions} />
        </>
      )}
    </Frame>
  )
}

function Evaluations({ agent, versions }: { agent: AgentsRecord; versions: AgentPromptVersionsRecord[] }) {
  const { t } = useTranslation('rehearsal')
  const [version, setVersion] = useState(versions[0]!.id)
  const [open, setOpen] = useState('')
  const scenarios = useQuery(scenariosOptions(useCompanyId())).data?.items
  const list = useQuery(evaluationsOptions(agent.id))
  const begin = useMutation({ mutationFn: () => evaluate(agent.id, version) })
  const going = list.data?.items.some((one) => one.version === version && !isOver(one)) ?? false
  return (
    <Section title={t('evaluation.title')} text={t('evaluation.text', { count: scenarios?.length ?? 0 })}>
      <Group align="flex-end">
        <Choice agent={agent} versions={versions} value={version} onChange={setVersion} />
        <Button leftSection={<IconPlayerPlay size={15} />} loading={begin.isPending} disabled={going} onClick={() => begin.mutate()}>
          {t('evaluation.begin')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed" mt={6}>
        {agent.gate > 0 ? t('evaluation.gate', { share: agent.gate }) : t('evaluation.noGate')}
      </Text>
      <FormError error={begin.error} />
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => void list.refetch()} />
      ) : !list.data ? (
        <ListSkeleton height={52} rows={2} />
      ) : list.data.items.length === 0 ? (
        <EmptyState icon={IconClipboardCheck} title={t('evaluation.empty')} text={t('evaluation.emptyText')} />
      ) : (
        <ul className={c.rows}>
          {list.data.items.map((one) => (
            <Evaluation
              key={one.id}
              evaluation={one}
              number={versions.find(({ id }) => id === one.version)?.number}
              wanted={agent.gate || 90}
              scenarios={scenarios ?? []}
              open={open === one.id}
              onOpen={() => setOpen(open === one.id ? '' : one.id)}
            />
          ))}
        </ul>
      )}
    </Section>
  )
}

interface EvaluationProps {
  evaluation: AgentEvaluationsRecord
  number: number | undefined
  /** Percent of the scenarios at which it is good. */
  wanted: number
  scenarios: Scenario[]
  open: boolean
  onOpen: () => void
}

function Evaluation({ evaluation, number, wanted, scenarios, open, onOpen }: EvaluationProps) {
  const { t } = useTranslation('rehearsal')
  const format = useFormat()
  const currency = useCompany()?.currency || 'USD'
  const stop = useMutation({ mutationFn: () => cancelEvaluation(evaluation.id) })
  const { status, done, total, passed, share } = evaluation
  const color = status === 'done' ? (share >= wanted ? 'green' : 'red') : status === 'failed' ? 'red' : status === 'cancelled' ? 'gray' : 'blue'
  return (
    <li className={c.row}>
      <div className={c.rowTop}>
        <UnstyledButton className={c.opener} aria-expanded={open} onClick={onOpen}>
          {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
          <span>
            <span className={c.name}>{number === undefined ? t('evaluation.otherVersion') : t('evaluation.of', { number })}</span>
            <span className={c.meta}>
              {format.dateTime(evaluation.created)} · <span data-user-text>{evaluation.model}</span>
              {evaluation.cost > 0 && ` · ${format.number(amountOf(evaluation.cost, currency), { style: 'currency', currency, maximumFractionDigits: 4 })}`}
            </span>
          </span>
        </UnstyledButton>
        <Badge variant="light" color={color}>
          {status === 'done' ? t('evaluation.share', { share, passed, total }) : t(`evaluation.status.${status}`)}
        </Badge>
        {!isOver(evaluation) && (
          <Button size="compact-sm" variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
            {t('evaluation.cancel')}
          </Button>
        )}
      </div>
      {!isOver(evaluation) && (
        <div className={c.progress}>
          <Text size="xs" c="dimmed" role="status">
            {t('evaluation.progress', { done, total, passed })}
          </Text>
          <Progress value={total > 0 ? (100 * done) / total : 0} aria-label={t('evaluation.title')} />
        </div>
      )}
      <FormError error={stop.error} />
      {open && <Trials evaluation={evaluation} scenarios={scenarios} />}
    </li>
  )
}

function Trials({ evaluation, scenarios }: { evaluation: AgentEvaluationsRecord; scenarios: Scenario[] }) {
  const { t } = useTranslation('rehearsal')
  const [which, setWhich] = useState<'failed' | 'all'>('failed')
  const [open, setOpen] = useState('')
  const trials = useQuery(trialsOptions(evaluation.id, !isOver(evaluation)))
  if (trials.error) return <ErrorState error={trials.error} onRetry={() => void trials.refetch()} />
  if (!trials.data) return <ListSkeleton rows={3} />
  const failed = trials.data.items.filter(({ passed }) => !passed)
  const shown = which === 'all' ? trials.data.items : failed
  return (
    <div className={c.trials}>
      <SegmentedControl
        size="xs"
        aria-label={t('evaluation.which')}
        value={which}
        onChange={setWhich}
        data={[
          { value: 'failed', label: t('evaluation.failed', { count: failed.length }) },
          { value: 'all', label: t('evaluation.all', { count: trials.data.items.length }) },
        ]}
      />
      {shown.length === 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('evaluation.none')}
        </Text>
      )}
      <ul className={c.rows}>
        {shown.map((trial) => (
          <Trial key={trial.id} trial={trial} scenario={scenarios.find(({ id }) => id === trial.scenario)} open={open === trial.id} onOpen={() => setOpen(open === trial.id ? '' : trial.id)} />
        ))}
      </ul>
    </div>
  )
}

function Trial({ trial, scenario, open, onOpen }: { trial: AgentTrialsRecord; scenario: Scenario | undefined; open: boolean; onOpen: () => void }) {
  const { t } = useTranslation('rehearsal')
  const whole = useQuery({ ...oneOptions('agent_trials', open ? trial.id : ''), staleTime: Infinity })
  return (
    <li className={c.row}>
      <UnstyledButton className={c.opener} aria-expanded={open} onClick={onOpen}>
        {open ? <IconChevronDown size={16} aria-hidden /> : <IconChevronRight size={16} aria-hidden />}
        <span>
          <span className={c.name} data-user-text>
            {scenario?.title ?? trial.scenario}
          </span>
          <span className={c.meta}>
            <span translate="no" data-user-text>
              {trial.scenario}
            </span>
            {scenario && ` · ${t(`about.${scenario.about}`, { defaultValue: scenario.about })}`}
          </span>
        </span>
        <Badge variant="light" color={trial.passed ? 'green' : 'red'} ml="auto">
          {trial.passed ? t('evaluation.pass') : t('evaluation.fail')}
        </Badge>
      </UnstyledButton>
      {!trial.passed && (
        <ul className={c.problems}>
          {problemsOf(trial).map((problem, index) => (
            <li key={index}>
              {t(`problem.${problem.code}`, { defaultValue: problem.code })}: <span data-user-text>{problem.text}</span>
            </li>
          ))}
        </ul>
      )}
      {open && (whole.data ? <Talk lines={linesOf(whole.data.talk)} /> : <ListSkeleton rows={2} />)}
    </li>
  )
}
