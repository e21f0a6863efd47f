import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useCompany } from '@/lib/company'
import { useFormat } from '@/lib/format'
import { amountOf, stepsOf, type Line, type Run } from '../api'
import c from '../Rehearsal.module.css'

/** What was said in a talk, with how each answer came about beside it. `onTap` taps a button of the last answer. */
export function Talk({ lines, onTap }: { lines: Line[]; onTap?: ((option: { id: string; label: string }) => void) | undefined }) {
  const { t } = useTranslation('rehearsal')
  return (
    <ol className={c.talk}>
      {lines.map((line, index) => (
        <li key={index} data-who={line.who}>
          {line.who !== 'event' && (
            <div className={c.bubble}>
              <span className={c.who}>{t(`who.${line.who}`)}</span>
              <span data-user-text>{line.text || t('voice')}</span>
            </div>
          )}
          {line.options && line.options.length > 0 && (
            <Group gap={6} mt={6}>
              {line.options.map((option) => (
                <Button key={option.id} size="compact-sm" variant="default" disabled={!onTap || index !== lines.length - 1} onClick={() => onTap?.(option)} data-user-text>
                  {option.label}
                </Button>
              ))}
            </Group>
          )}
          {line.runs?.map((run, at) => (
            <RunLine key={at} run={run} />
          ))}
        </li>
      ))}
    </ol>
  )
}

/** How one answer came about: its outcome and cost in a line, and each step on demand. */
export function RunLine({ run }: { run: Run }) {
  const { t } = useTranslation('rehearsal')
  const format = useFormat()
  const currency = useCompany()?.currency || 'USD'
  const [shown, setShown] = useState(false)
  const steps = stepsOf(run)
  return (
    <div className={c.run}>
      <div className={c.runTop}>
        <span>{t(`outcome.${run.outcome || 'running'}`)}</span>
        <span>
          {t('used', {
            tokens: format.number(run.tokens_in + run.tokens_out),
            cost: format.number(amountOf(run.cost, currency), { style: 'currency', currency, maximumFractionDigits: 4 }),
            seconds: format.number(run.ms / 1000, { maximumFractionDigits: 1 }),
          })}
        </span>
        {steps.length > 0 && (
          <Button size="compact-xs" variant="subtle" aria-expanded={shown} onClick={() => setShown(!shown)}>
            {shown ? t('hide') : t('details')}
          </Button>
        )}
      </div>
      {run.reason && <div className={c.reason}>{run.reason}</div>}
      {shown && (
        <ol className={c.steps}>
          {steps.map((step, index) => (
            <li key={index}>
              {step.kind === 'tool' ? t('tool', { name: step.name }) : step.kind === 'model' ? t('model', { name: step.name }) : step.kind === 'consent' ? t('consent') : t('note', { name: step.name })}
              <pre data-user-text>{[step.problem, step.text, step.input && JSON.stringify(step.input), step.output && JSON.stringify(step.output, undefined, 1)].filter(Boolean).join('\n')}</pre>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
