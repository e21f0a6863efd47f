import { Switch, Text } from '@mantine/core'
import { HoursEditor } from '@/components/HoursEditor'
import { hoursValid, OFFICE_HOURS } from '@/lib/hours'
import type { OpenHours } from '../openHours'
import { ClosedDays } from './ClosedDays'

/** What is wrong with hours, for a form. */
export const hoursFault = (t: (key: 'hours.wrong') => string) => ({ weekly }: OpenHours): string | null => (hoursValid(weekly) ? null : t('hours.wrong'))

interface Props {
  /** What no hours of one's own mean: "always there", "as the company". */
  none: string
  label: string
  value: OpenHours
  error?: string | undefined
  onChange: (hours: OpenHours) => void
}

/** A week with several spans a day, past midnight where need be, and the days it does not hold on. */
export function HoursField({ none, label, value, error, onChange }: Props) {
  const without = value.weekly.length === 0
  return (
    <>
      <Switch label={none} checked={without} onChange={(event) => onChange({ ...value, weekly: event.currentTarget.checked ? [] : OFFICE_HOURS })} />
      {!without && <HoursEditor overnight label={label} value={value.weekly} onChange={(weekly) => onChange({ ...value, weekly })} />}
      {error && (
        <Text size="xs" c="var(--app-danger)" role="alert">
          {error}
        </Text>
      )}
      <ClosedDays value={value.closed} onChange={(closed) => onChange({ ...value, closed })} />
    </>
  )
}
