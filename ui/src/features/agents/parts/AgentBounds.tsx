import { NumberInput, Select, SimpleGrid, TagsInput, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from '@/lib/useTranslation'
import type { OpenHours } from '@/features/settings/openHours'
import { HoursField } from '@/features/settings/parts/HoursField'
import { LIMITS, STANDARD } from '../api'
import c from '../Agents.module.css'

export interface Bounds {
  handover_words: string[]
  fallback: string
  hours: OpenHours
  price_in: number
  price_out: number
  limits: Record<string, number>
}

const MONEY = LIMITS.filter((name) => !(name in STANDARD))
const MANNER = LIMITS.filter((name) => name in STANDARD)

/** When an agent answers and when it does not, and what it may use. */
export default function AgentBounds<T extends Bounds>({ form }: { form: UseFormReturnType<T> }) {
  const { t } = useTranslation('agents')
  const bounds = form as unknown as UseFormReturnType<Bounds>
  return (
    <>
      <TagsInput label={t('agent.words')} description={t('agent.wordsHint')} maxTags={50} {...bounds.getInputProps('handover_words')} />
      <Select
        label={t('agent.fallback')}
        allowDeselect={false}
        data={(['dialogue', 'person'] as const).map((value) => ({ value, label: t(`agent.fallback_${value}`) }))}
        {...bounds.getInputProps('fallback')}
      />
      <HoursField none={t('agent.always')} label={t('agent.hours')} value={bounds.values.hours} error={bounds.errors.hours as string | undefined} onChange={(hours) => bounds.setFieldValue('hours', hours)} />
      <fieldset className={c.bounds}>
        <legend>{t('agent.limits')}</legend>
        <Text size="xs" c="dimmed" mb={6}>
          {t('agent.limitsHint')}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          <NumberInput label={t('agent.priceIn')} min={0} allowDecimal={false} {...bounds.getInputProps('price_in')} />
          <NumberInput label={t('agent.priceOut')} min={0} allowDecimal={false} {...bounds.getInputProps('price_out')} />
          {MONEY.map((name) => (
            <NumberInput key={name} label={t(`limit.${name}`)} min={0} allowDecimal={false} {...bounds.getInputProps(`limits.${name}`)} />
          ))}
        </SimpleGrid>
      </fieldset>
      <fieldset className={c.bounds}>
        <legend>{t('agent.manner')}</legend>
        <Text size="xs" c="dimmed" mb={6}>
          {t('agent.mannerHint')}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="xs">
          {MANNER.map((name) => {
            const [standard, most] = STANDARD[name]!
            const value = bounds.values.limits[name]
            return (
              <NumberInput
                key={name}
                label={t(`limit.${name}`)}
                placeholder={String(standard)}
                min={0}
                max={most}
                decimalScale={1}
                value={value || ''}
                onChange={(next) => bounds.setFieldValue(`limits.${name}`, Number(next) || 0)}
              />
            )
          })}
        </SimpleGrid>
      </fieldset>
    </>
  )
}
