import { ActionIcon, Button, Group, Textarea } from '@mantine/core'
import { IconThumbDown, IconThumbUp } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { useCompanyId, useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import type { AgentRunsRecord } from '@/lib/pb-types'
import { rateRun, runsOptions, settleDraft } from '../api'
import type { Conversation } from '../types'
import c from './ContactPanel.module.css'
import r from './Runs.module.css'

/** What AI agents did in a conversation, the latest first: why each answer came about, and the drafts that wait. */
export function Runs({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('inbox')
  const { can } = useMe()
  const company = useCompanyId()
  const runs = useQuery(runsOptions(conversation.id)).data?.items ?? []
  if (runs.length === 0) return null
  return (
    <section className={c.section} aria-label={t('run.title')}>
      <h3>{t('run.title')}</h3>
      {can('agents.manage') && (
        <Button
          size="compact-xs"
          variant="default"
          renderRoot={(props) => <Link to="/c/$company/settings/ai-agents/replay/$conversation" params={{ company, conversation: conversation.id }} search={{ agent: runs[0]!.agent }} {...props} />}
        >
          {t('run.replay')}
        </Button>
      )}
      {runs.map((run) => (
        <Run key={run.id} run={run} />
      ))}
    </section>
  )
}

interface Step {
  kind: string
  name?: string
  text?: string
  input?: unknown
  output?: unknown
  problem?: string
}

/** Where an answer is from. */
interface Cited {
  title: string
  heading: string
  url: string
}

function Run({ run }: { run: AgentRunsRecord }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const { can } = useMe()
  const [shown, setShown] = useState(false)
  const [note, setNote] = useState(run.feedback_note)
  const rate = useMutation({ mutationFn: (feedback: '' | 'good' | 'bad') => rateRun(run.id, feedback, note) })
  const steps = Array.isArray(run.steps) ? (run.steps as Step[]) : []
  const cited = Array.isArray(run.cited) ? (run.cited as Cited[]) : []
  const tokens = run.tokens_in + run.tokens_out
  return (
    <div className={r.run}>
      <div className={r.top}>
        <span>{t(`run.outcome.${run.outcome || run.status}`)}</span>
        <span className={r.when}>{format.dateTime(run.created)}</span>
        <Group gap={2} ml="auto">
          {(['good', 'bad'] as const).map((feedback) => (
            <ActionIcon
              key={feedback}
              size={26}
              variant={run.feedback === feedback ? 'filled' : 'subtle'}
              aria-pressed={run.feedback === feedback}
              aria-label={t(`run.${feedback}`)}
              loading={rate.isPending && rate.variables === feedback}
              onClick={() => rate.mutate(run.feedback === feedback ? '' : feedback)}
            >
              {feedback === 'good' ? <IconThumbUp size={14} /> : <IconThumbDown size={14} />}
            </ActionIcon>
          ))}
          <Button size="compact-xs" variant="subtle" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? t('run.hide') : t('run.details')}
          </Button>
        </Group>
      </div>
      {cited.length > 0 && (
        <p className={r.when}>
          {t('run.cited')}{' '}
          {cited.map((one, index) => (
            <span key={index} data-user-text>
              {index > 0 && ' · '}
              {one.url ? (
                <a href={one.url} target="_blank" rel="noreferrer noopener">
                  {one.title}
                </a>
              ) : (
                one.title
              )}
              {one.heading && ` › ${one.heading}`}
            </span>
          ))}
        </p>
      )}
      {run.feedback !== '' && (
        <Textarea size="xs" aria-label={t('run.why')} placeholder={t('run.why')} autosize minRows={1} maxRows={4} maxLength={1000} value={note} onChange={(event) => setNote(event.currentTarget.value)} onBlur={() => note !== run.feedback_note && rate.mutate(run.feedback)} />
      )}
      {run.outcome === 'drafted' && can('inbox.reply') && <Draft run={run} />}
      {shown && (
        <>
          <p className={r.when}>{t('run.used', { tokens: format.number(tokens), seconds: format.number(run.ms / 1000, { maximumFractionDigits: 1 }) })}</p>
          {run.reason && <p className={r.when}>{run.reason}</p>}
          <ol className={r.steps}>
            {run.prompt_text && (
              <li>
                {t('run.prompt')}
                <pre data-user-text>{run.prompt_text}</pre>
              </li>
            )}
            {steps.map((step, index) => (
              <li key={index}>
                {step.kind === 'tool' ? t('run.tool', { name: step.name }) : step.kind === 'model' ? t('run.model', { name: step.name }) : step.name}
                <pre data-user-text>{[step.problem, step.text, step.input && JSON.stringify(step.input), step.output && JSON.stringify(step.output, undefined, 1)].filter(Boolean).join('\n')}</pre>
              </li>
            ))}
          </ol>
        </>
      )}
      <FormError error={rate.error} />
    </div>
  )
}

function Draft({ run }: { run: AgentRunsRecord }) {
  const { t } = useTranslation('inbox')
  const [text, setText] = useState(run.draft)
  const settle = useMutation({ mutationFn: (action: 'send' | 'drop') => settleDraft(run.id, action, text) })
  return (
    <>
      <Textarea mt={6} aria-label={t('run.edit')} autosize minRows={2} maxRows={8} maxLength={20_000} value={text} onChange={(event) => setText(event.currentTarget.value)} />
      <Group gap="xs" mt={6}>
        <Button size="compact-sm" loading={settle.isPending} onClick={() => settle.mutate('send')}>
          {t('run.send')}
        </Button>
        <Button size="compact-sm" variant="default" disabled={settle.isPending} onClick={() => settle.mutate('drop')}>
          {t('run.drop')}
        </Button>
      </Group>
      <FormError error={settle.error} />
    </>
  )
}
