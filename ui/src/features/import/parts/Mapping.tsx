import { Badge, Button, Radio, Select, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { contactFieldsOptions } from '@/lib/contactFields'
import { useFormat } from '@/lib/format'
import type { ImportsRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { assign, cellOf, knowsSomeone, MODES, move, OWN, previewOptions, strings, TARGETS, type Plan } from '../api'
import c from '../Import.module.css'

/** What a column can become, the company's own fields last, each with its name. */
function useTargets() {
  const { t } = useTranslation('import')
  const own = useQuery(contactFieldsOptions()).data?.items ?? []
  return [...TARGETS.map((target) => ({ value: target as string, label: t(`field_${target}`) })), ...own.map((field) => ({ value: OWN + field.key, label: field.label }))]
}

/** Which column is what, what happens to those who are there already, and what would become of the first rows. */
export function Mapping({ record }: { record: ImportsRecord }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const headers = strings(record.headers)
  const sample = (Array.isArray(record.sample) ? record.sample : []) as string[][]
  const [plan, setPlan] = useState<Plan>({ mapping: strings(record.mapping), mode: record.mode || 'update' })
  const start = useMutation({ mutationFn: () => move(record.id, 'start', plan), onError: (error) => toastError(error) })
  const targets = useTargets()
  const ready = knowsSomeone(plan.mapping)

  return (
    <>
      <Section title={record.name} text={t('rows', { count: record.total, number: format.number(record.total) })}>
        <ul className={c.columns}>
          {headers.map((header, column) => (
            // oxlint-disable-next-line react/no-array-index-key -- two columns may be called alike
            <li key={column} className={c.column} data-unused={!plan.mapping[column] || undefined}>
              <span className={c.name}>
                <span className="line">{header || t('column', { number: column + 1 })}</span>
                <span className={`${c.meta} line`}>
                  {sample
                    .map((row) => row[column])
                    .filter(Boolean)
                    .join(' · ') || t('emptyColumn')}
                </span>
              </span>
              <Select
                className={c.target}
                aria-label={t('becomes', { column: header || column + 1 })}
                placeholder={t('leftOut')}
                clearable
                value={plan.mapping[column] || null}
                data={targets}
                onChange={(target) => setPlan({ ...plan, mapping: assign(plan.mapping, column, target ?? '') })}
              />
            </li>
          ))}
        </ul>
      </Section>
      <Section title={t('known')} text={t('knownText')}>
        <Radio.Group aria-label={t('known')} value={plan.mode} onChange={(mode) => setPlan({ ...plan, mode })}>
          <Stack gap="xs">
            {MODES.map((mode) => (
              <Radio key={mode} value={mode} label={t(`mode_${mode}`)} description={t(`modeText_${mode}`)} />
            ))}
          </Stack>
        </Radio.Group>
      </Section>
      <Section title={t('preview')} text={t('previewText')}>
        {ready ? <Preview id={record.id} plan={plan} /> : <Text size="sm">{t('nobody')}</Text>}
      </Section>
      <div className={c.actions}>
        <Button size="sm" disabled={!ready} loading={start.isPending} onClick={() => start.mutate()}>
          {t('start', { count: record.total, number: format.number(record.total) })}
        </Button>
      </div>
    </>
  )
}

const TONES = { create: 'brand', update: 'blue', skip: 'gray', error: 'red' } as const

function Preview({ id, plan }: { id: string; plan: Plan }) {
  const { t } = useTranslation('import')
  const preview = useQuery(previewOptions(id, plan))
  const targets = useTargets()
  if (preview.error) return <FormError error={preview.error} />
  if (!preview.data) return <ListSkeleton rows={4} height={32} />
  const shown = targets.filter(({ value }) => value !== 'first_name' && value !== 'last_name' && preview.data.rows.some((row) => cellOf(row, value)))
  const nameOf = (field: string) => targets.find(({ value }) => value === field)?.label ?? t('field_custom')

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus
    <div className={c.wide} tabIndex={0} role="region" aria-label={t('preview')}>
      <Table verticalSpacing={6} fz="sm" className={c.preview}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('row')}</Table.Th>
            <Table.Th>{t('outcome')}</Table.Th>
            {shown.map(({ value, label }) => (
              <Table.Th key={value}>{label}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {preview.data.rows.map((row) => (
            <Table.Tr key={row.row}>
              <Table.Td className="tnum">{row.row}</Table.Td>
              <Table.Td>
                <Badge variant="light" color={TONES[row.outcome]}>
                  {t(`outcome_${row.outcome}`)}
                </Badge>
                {row.name && <div className={c.meta}>{t('isThere', { name: row.name })}</div>}
              </Table.Td>
              {row.error ? (
                <Table.Td colSpan={Math.max(1, shown.length)} className={c.wrong}>
                  {t(`problem_${row.error.error}`, { field: nameOf(row.error.field) })}
                </Table.Td>
              ) : (
                shown.map(({ value }) => (
                  <Table.Td key={value} className={c.cell}>
                    {cellOf(row, value)}
                  </Table.Td>
                ))
              )}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
