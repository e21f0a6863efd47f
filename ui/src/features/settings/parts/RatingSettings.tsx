import { NumberInput, Select, Stack } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useTranslation } from '@/lib/useTranslation'
import { Section } from '@/components/SettingsPage'
import type { companyValues } from '../companyForm'

/** Whether and how customers are asked how it was. */
export function RatingSettings({ form }: { form: UseFormReturnType<ReturnType<typeof companyValues>> }) {
  const { t } = useTranslation('settings')
  return (
    <Section title={t('rating.title')} text={t('rating.text')}>
      <Stack gap="sm">
        <Select
          label={t('rating.scale')}
          allowDeselect={false}
          data={(['0', '5', '10'] as const).map((value) => ({ value, label: t(`rating.scale_${value}`) }))}
          value={String(form.values.rating_scale)}
          onChange={(value) => form.setFieldValue('rating_scale', Number(value))}
        />
        {form.values.rating_scale > 0 && <NumberInput label={t('rating.hours')} description={t('rating.hoursHint')} suffix={` ${t('company.hoursUnit')}`} min={1} max={720} allowDecimal={false} {...form.getInputProps('rating_hours')} />}
      </Stack>
    </Section>
  )
}
